package oracle

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"portreg/ranges/netsh"
)

// standins are the programs of Windows that standin/standin.c stands in for.
var standins = []string{"netsh", "net", "sc", "reg", "fltmc", "icacls"}

// installStandins compiles the stand-ins and puts them beside Wine's own programs,
// which stay what runs unless a call asks for them: see standinEnv.
func installStandins() error {
	return errors.Join(install("standin/standin.c", standins...), install("standin/findstr.c", "findstr"), install("registry/registry.c", "registry"))
}

// install compiles a program for Windows and puts it there under the names.
func install(source string, names ...string) error {
	exe := filepath.Join(scratch, filepath.Base(source)+".exe")
	args := []string{"x86_64-w64-mingw32-gcc", "-std=c99", "-Wall", "-Wextra", "-Werror", "-s", "-o", exe, source}
	if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
		return fmt.Errorf("%q: %w\n%s", args, err, out)
	}
	program, err := os.ReadFile(exe)
	if err != nil {
		return err
	}
	for _, name := range names {
		path := filepath.Join(scratch, "wine/drive_c/windows/system32", name+".exe")
		if err := replace(path, program); err != nil {
			return err
		}
	}
	return nil
}

// replace writes a new file in place of the old one, which may be a link to a
// program outside.
func replace(path string, content []byte) error {
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return err
	}
	return os.WriteFile(path, content, 0o777)
}

// standinEnv has Wine run the stand-ins in place of its own programs, on the
// machine in the file.
func standinEnv(machine string) []string {
	env := wineEnv("-all")
	for i, v := range env {
		if strings.HasPrefix(v, "WINEDLLOVERRIDES=") {
			env[i] = v + ";" + strings.Join(standins, ".exe,") + ".exe,findstr.exe=n"
		}
	}
	return append(env, "STANDIN="+windowsPath(machine))
}

// A language is what netsh prints in a language of Windows: its words, in the
// bytes of a code page, and how it lays them out.
type language struct {
	name   string
	encode func(string) string // from UTF-8
	texts  string              // lines KEY TEXT of the stand-in
	layout string              // lines KEY N of the stand-in
}

// The words of the tables are those of real captures; see standin.c for the keys.
const (
	english = `title Protocol % Port Exclusion Ranges
columns Start Port    End Port
dashes ----------    --------
footer * - Administered port exclusions.
dynamic Protocol % Dynamic Port Range
first Start Port      : 
number Number of Ports : 
ok Ok.
invalid The parameter is incorrect.
sharing The process cannot access the file because it is being used by another process.
missing Element not found.
elevation The requested operation requires elevation (Run as administrator).
denied Access is denied.
service The requested service has already been started.
absent [SC] EnumQueryServicesStatus:OpenService FAILED 1060:
running         STATE              : 4  RUNNING 
stopped         STATE              : 1  STOPPED 
unknown The following command was not found.`
	german = `title Portausschlussbereiche für das Protokoll "%"
columns Startport      Endport
dashes ----------    --------
footer * - Verwaltete Portausschlüsse.
dynamic Dynamischer Portbereich für Protokoll "%"
first Startport       : 
number Anzahl von Ports: 
ok OK.
invalid Falscher Parameter.
sharing Der Prozess kann nicht auf die Datei zugreifen, da sie von einem anderen Prozess verwendet wird.
missing Element nicht gefunden.
elevation Der angeforderte Vorgang erfordert erhöhte Rechte (Als Administrator ausführen).
denied Zugriff verweigert
service Der angeforderte Dienst wurde bereits gestartet.
absent [SC] EnumQueryServicesStatus:OpenService FEHLER 1060:
running         STATE              : 4  RUNNING 
stopped         STATE              : 1  STOPPED 
unknown Der folgende Befehl wurde nicht gefunden.`
	french = `title Protocole % Plages d’exclusion de ports
columns Port de début    Port de fin
dashes -------------    -----------
footer * - Exclusions de ports administrés.
dynamic Protocole % Plage de ports dynamique
first Port de démarrage   : 
number Nombre de ports     : 
ok Ok.
invalid Paramètre incorrect.
sharing Le processus ne peut pas accéder au fichier car ce fichier est utilisé par un autre processus.
missing Élément introuvable.
elevation L’opération demandée nécessite une élévation (Exécuter en tant qu’administrateur).
denied Accès refusé.
service Le service demandé a déjà été démarré.
absent [SC] EnumQueryServicesStatus:OpenService échec(s) 1060 :
running         STATE              : 4  RUNNING 
stopped         STATE              : 1  STOPPED 
unknown La commande suivante est introuvable.`
	spanish = `title Protocolo % Intervalos de exclusión de puertos
columns Puerto de inicio    Puerto final
dashes ----------          --------
footer * - Exclusiones de puertos administrados.
dynamic Intervalo de puertos dinámicos del protocolo %
first Puerto de inicio   : 
number Número de puertos  : 
ok Aceptar
invalid El parámetro no es correcto.
sharing El proceso no tiene acceso al archivo porque está siendo utilizado por otro proceso.
missing No se encontró el elemento.
elevation La operación solicitada requiere elevación (Ejecutar como administrador).
denied Acceso denegado.
service El servicio solicitado ya se ha iniciado.
absent [SC] EnumQueryServicesStatus:OpenService ERROR 1060:
running         ESTADO             : 4  RUNNING 
stopped         ESTADO             : 1  STOPPED 
unknown No se encontró el comando siguiente.`
	chinese = `title 协议 % 端口排除范围
columns 开始端口    结束端口
dashes ----------    --------
footer * - 管理的端口排除。
dynamic 协议 % 动态端口范围
first 启动端口        : 
number 端口数          : 
ok 确定。
invalid 参数错误。
sharing 另一个程序正在使用此文件，进程无法访问。
missing 找不到元素。
elevation 请求的操作需要提升(作为管理员运行)。
denied 拒绝访问。
service 请求的服务已经启动。
absent [SC] EnumQueryServicesStatus:OpenService 失败 1060:
running         STATE              : 4  RUNNING 
stopped         STATE              : 1  STOPPED 
unknown 找不到下列命令。`
	// No Windows speaks this: no word may matter to a script.
	odd = `title "&echo>pwned.txt & % !PATH!^
columns "&echo>pwned.txt |%PATH%!PATH!^
dashes ---      ------------
footer * - (a & b | c > pwned.txt) "%PATH%" !PATH! ^ 50000 7 * 8
dynamic "^ % & echo>pwned.txt "7
first !PATH! & (x) 49 : 
number x^ %1 : 
ok & echo>pwned.txt
invalid "
sharing %
missing !
elevation ^
denied )
service (
absent & echo>pwned.txt
running x & echo>pwned.txt : 4  !PATH!"
stopped "%PATH% : 1  ^
unknown |`
)

var languages = []language{
	{"en", utf8, english, ""},
	{"de-quoted-indented", utf8, german, "indent 2\nlf 1"},
	{"fr-cp850", cp850.Replace, french, ""},
	{"en-bare", utf8, strings.Replace(english, "footer * - Administered port exclusions.\n", "", 1), "trailing 6"},
	{"es-cp850", cp850.Replace, spanish, "lf 1"},
	{"zh-cp936", cp936.Replace, chinese, "indent 3"},
	{"fr-utf8", utf8, french, "trailing 6"},
	{"de-cp850", cp850.Replace, strings.ReplaceAll(german, `"`, ""), "trailing 6"},
	{"zh-utf8", utf8, chinese, ""},
	{"es-utf8", utf8, spanish, "indent 2"},
	{"odd", utf8, odd, "indent 1"},
}

func utf8(text string) string { return text }

// cp850 and cp936 encode what the texts have beyond ASCII.
var (
	cp850 = strings.NewReplacer("’", "'", "ü", "\x81", "é", "\x82", "á", "\xa0", "à", "\x85", "è", "\x8a",
		"É", "\x90", "í", "\xa1", "ó", "\xa2", "ú", "\xa3", "ñ", "\xa4", "ö", "\x94")
	cp936 = strings.NewReplacer(
		"。", "\xa1\xa3", "一", "\xd2\xbb", "下", "\xcf\xc2", "不", "\xb2\xbb", "个", "\xb8\xf6", "为", "\xce\xaa",
		"令", "\xc1\xee", "件", "\xbc\xfe", "作", "\xd7\xf7", "使", "\xca\xb9", "元", "\xd4\xaa", "列", "\xc1\xd0",
		"到", "\xb5\xbd", "务", "\xce\xf1", "动", "\xb6\xaf", "升", "\xc9\xfd", "协", "\xd0\xad", "参", "\xb2\xce",
		"口", "\xbf\xda", "另", "\xc1\xed", "启", "\xc6\xf4", "员", "\xd4\xb1", "命", "\xc3\xfc", "围", "\xce\xa7",
		"在", "\xd4\xda", "失", "\xca\xa7", "始", "\xca\xbc", "定", "\xb6\xa8", "已", "\xd2\xd1", "序", "\xd0\xf2",
		"开", "\xbf\xaa", "态", "\xcc\xac", "找", "\xd5\xd2", "拒", "\xbe\xdc", "排", "\xc5\xc5", "提", "\xcc\xe1",
		"操", "\xb2\xd9", "数", "\xca\xfd", "文", "\xce\xc4", "无", "\xce\xde", "服", "\xb7\xfe", "束", "\xca\xf8",
		"正", "\xd5\xfd", "此", "\xb4\xcb", "求", "\xc7\xf3", "法", "\xb7\xa8", "理", "\xc0\xed", "用", "\xd3\xc3",
		"的", "\xb5\xc4", "确", "\xc8\xb7", "程", "\xb3\xcc", "端", "\xb6\xcb", "管", "\xb9\xdc", "素", "\xcb\xd8",
		"经", "\xbe\xad", "结", "\xbd\xe1", "绝", "\xbe\xf8", "范", "\xb7\xb6", "行", "\xd0\xd0", "要", "\xd2\xaa",
		"议", "\xd2\xe9", "访", "\xb7\xc3", "误", "\xce\xf3", "请", "\xc7\xeb", "败", "\xb0\xdc", "运", "\xd4\xcb",
		"进", "\xbd\xf8", "错", "\xb4\xed", "问", "\xce\xca", "除", "\xb3\xfd", "需", "\xd0\xe8", "，", "\xa3\xac",
	)
)

// lines gives the language's part of a machine.
func (l language) lines() []string {
	var all []string
	for line := range strings.SplitSeq(l.texts, "\n") {
		all = append(all, "text "+l.encode(line))
	}
	for line := range strings.SplitSeq(l.layout, "\n") {
		if line != "" {
			all = append(all, "layout "+line)
		}
	}
	return all
}

// usual is a machine as most are; the lines are those of standin.c.
const usual = `elevated 1
service running
dynamic ipv4 tcp 49152 16384
dynamic ipv4 udp 49152 16384
dynamic ipv6 tcp 49152 16384
dynamic ipv6 udp 49152 16384
exclude tcp 50000 50059
exclude udp 50000 50059
runtime tcp 5357 5357
winnat tcp 58000 58099
winnat udp 58100 58199`

// machine is the state of one, without its language: its lines, in order.
type machine []string

// edit gives the machine after edits, lines that begin with + or -.
func (m machine) edit(t testing.TB, edits string) machine {
	t.Helper()
	m = slices.Clone(m)
	for edit := range strings.SplitSeq(edits, "\n") {
		switch edit = strings.TrimSpace(edit); {
		case edit == "":
		case edit[0] == '+':
			m = append(m, edit[1:])
		case edit[0] == '-' && slices.Contains(m, edit[1:]):
			m = slices.DeleteFunc(m, func(line string) bool { return line == edit[1:] })
		default:
			t.Fatalf("%q: no such line in %q", edit, m)
		}
	}
	slices.Sort(m)
	return m
}

func (m machine) write(t testing.TB, path string, l language) {
	t.Helper()
	writeFile(t, path, []byte(strings.Join(slices.Concat(m, l.lines()), "\n")+"\n"))
}

// readMachine reads what the stand-in left, without what it counted.
func readMachine(t testing.TB, path string) machine {
	t.Helper()
	var m machine
	for line := range strings.Lines(string(readFile(t, path))) {
		line = strings.TrimSuffix(line, "\n")
		if word, _, _ := strings.Cut(line, " "); word != "text" && word != "layout" && word != "count" {
			m = append(m, line)
		}
	}
	slices.Sort(m)
	return m
}

// difference gives the edits that lead from m to other.
func (m machine) difference(other machine) string {
	var b strings.Builder
	for _, line := range m {
		if !slices.Contains(other, line) {
			fmt.Fprintf(&b, "-%s\n", line)
		}
	}
	for _, line := range other {
		if !slices.Contains(m, line) {
			fmt.Fprintf(&b, "+%s\n", line)
		}
	}
	return b.String()
}

// TestStandinTables: portreg reads what the stand-in prints in each language, as
// it reads real captures.
func TestStandinTables(t *testing.T) {
	for _, l := range languages {
		t.Run(l.name, func(t *testing.T) {
			state := filepath.Join(tempDir(t), "machine")
			m := machine(strings.Split(usual, "\n")).edit(t, "+exclude tcp 1 1\n+exclude tcp 65535 65535\n-dynamic ipv4 tcp 49152 16384\n+dynamic ipv4 tcp 1024 64511")
			m.write(t, state, l)
			var capture string
			for _, proto := range []string{"tcp", "udp"} {
				for _, what := range []string{"excludedportrange", "dynamicportrange"} {
					r := standin(t, state, "netsh int ipv4 show "+what+" protocol="+proto)
					if r.status != 0 {
						t.Fatal(r)
					}
					capture += r.stdout
				}
			}
			checkCapture(t, capture)
		})
	}
}

// standin makes one call on the machine in the file.
func standin(t testing.TB, machine, call string) result {
	t.Helper()
	c := command{env: standinEnv(machine), limit: callLimit, args: append([]string{"wine"}, strings.Fields(call)...)}
	return c.untilStarted(t, keep(t, machine))
}

// TestStandinRules: the stand-in refuses what Windows refuses, by the rules of
// CreatePersistentTcpPortReservation and KB 929851.
func TestStandinRules(t *testing.T) {
	const (
		add     = "netsh int ipv4 add excludedportrange protocol="
		del     = "netsh int ipv4 delete excludedportrange protocol="
		set     = "netsh int ipv4 set dynamicportrange protocol="
		dynamic = "dynamic ipv4 tcp 49152 16384"
	)
	for _, c := range []struct {
		machine, call string // edits to the usual machine, and the call
		status        int
		changes       string // edits
	}{
		{"", add + "tcp startport=80 numberofports=11 store=persistent", 0, "+exclude tcp 80 90"},
		{"", add + "udp startport=65535 numberofports=1 store=persistent", 0, "+exclude udp 65535 65535"},
		{"", add + "tcp startport=0 numberofports=1 store=persistent", 1, ""},
		{"", add + "tcp startport=80 numberofports=0 store=persistent", 1, ""},
		{"", add + "tcp startport=65535 numberofports=2 store=persistent", 1, ""},
		{"", add + "tcp startport=50059 numberofports=2 store=persistent", 1, ""},
		{"", add + "tcp startport=50060 numberofports=1 store=persistent", 0, "+exclude tcp 50060 50060"},
		{"", add + "tcp startport=5357 numberofports=1 store=persistent", 1, ""},
		{"", add + "udp startport=5357 numberofports=1 store=persistent", 0, "+exclude udp 5357 5357"},
		{"", add + "tcp startport=57999 numberofports=2 store=persistent", 1, ""},
		{"+busy tcp 85 85", add + "tcp startport=80 numberofports=11 store=persistent", 1, ""},
		{"-elevated 1\n+elevated 0", add + "tcp startport=80 numberofports=1 store=persistent", 1, ""},
		{"", del + "tcp startport=50000 numberofports=60 store=persistent", 0, "-exclude tcp 50000 50059"},
		{"", del + "tcp startport=50000 numberofports=59 store=persistent", 1, ""},
		{"", del + "tcp startport=5357 numberofports=1 store=persistent", 1, ""},
		{"-elevated 1\n+elevated 0", del + "tcp startport=50000 numberofports=60 store=persistent", 1, ""},
		{"", set + "tcp startport=1024 numberofports=64511 store=persistent", 0, "-" + dynamic + "\n+dynamic ipv4 tcp 1024 64511"},
		{"+strict 1", set + "tcp startport=1024 numberofports=64511 store=persistent", 1, ""},
		{"", set + "tcp startport=1025 numberofports=254 store=persistent", 1, ""},
		{"", set + "tcp startport=65281 numberofports=255 store=persistent", 0, "-" + dynamic + "\n+dynamic ipv4 tcp 65281 255"},
		{"", set + "tcp startport=65282 numberofports=255 store=persistent", 1, ""},
		{"", "net stop winnat", 0, "-service running\n+service stopped"},
		{"", "net start winnat", 2, ""},
		{"-service running\n+service absent", "net stop winnat", 2, ""},
	} {
		state := filepath.Join(tempDir(t), "machine")
		m := machine(strings.Split(usual, "\n")).edit(t, c.machine)
		m.write(t, state, languages[0])
		if r := standin(t, state, c.call); r.status != c.status || r.stdout == "" {
			t.Errorf("%q, %s: want status %d, got %v", c.machine, c.call, c.status, r)
		}
		if got, want := m.difference(readMachine(t, state)), m.difference(m.edit(t, c.changes)); got != want {
			t.Errorf("%q, %s changes\n%s\nwant\n%s", c.machine, c.call, got, want)
		}
	}
}

func checkCapture(t *testing.T, capture string) {
	t.Helper()
	if _, err := netsh.ParseCapture("capture.txt", []byte(capture), 0); err != nil {
		t.Fatalf("%v\n%s", err, capture)
	}
	got := mustRun(t, portreg, "show", tempFile(t, "capture.txt", []byte(capture)))
	want := `1/tcp  # administered
# runtime 5357/tcp
50000-50059/tcp  # administered
# runtime 58000-58099/tcp
65535/tcp  # administered
50000-50059/udp  # administered
# runtime 58100-58199/udp
# dynamic 1024-65534/tcp
# dynamic 49152-65535/udp
`
	if got != want {
		t.Errorf("%s\n%s", firstDifference(got, want), capture)
	}
}
