package oracle

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A dialect is a language that gen writes scripts in.
type dialect struct {
	format string // of gen
	run    func(testing.TB, site, []byte) result
}

var dialects = []dialect{{"cmd", runCmd}, {"ps1", runPS1}}

const scriptLimit = 2 * time.Minute // one run of a script

// A site is a folder for one machine: its state in the file machine, what was
// called in machine.log, and its ProgramData.
type site struct{ dir string }

func (s site) machine() string { return filepath.Join(s.dir, "machine") }

func (s site) calls() string { return s.machine() + ".log" }

func (s site) folder() string { return filepath.Join(s.dir, "ProgramData", "portreg") }

func (s site) log(name string) string { return filepath.Join(s.folder(), name+".log") }

// runCmd runs the script in Wine's cmd. Wine sets ProgramData when it starts, so
// a batch file of its own moves it.
func runCmd(t testing.TB, s site, script []byte) result {
	t.Helper()
	dir := tempDir(t)
	writeFile(t, filepath.Join(dir, "script.cmd"), script)
	start := fmt.Sprintf("@set \"ProgramData=%s\"\r\n@\"%%~dp0script.cmd\"\r\n", windowsPath(filepath.Join(s.dir, "ProgramData")))
	writeFile(t, filepath.Join(dir, "start.cmd"), []byte(start))
	c := command{dir: dir, env: standinEnv(s.machine()), limit: scriptLimit,
		args: []string{"wine", "cmd", "/c", windowsPath(filepath.Join(dir, "start.cmd"))}}
	r, err := c.run()
	if err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(left) != 2 {
		t.Errorf("beside the script there is now %q (%v)", left, err)
	}
	return r
}

// A scenario is a machine and what happens to it. Everything must come out as it
// is written here, whatever language the machine speaks.
type scenario struct {
	name    string
	machine string // edits to the usual machine
	steps   []step
	left    string // what differs from the start at the end, as edits; "" for nothing
}

// A step is one run of a script.
type step struct {
	flags   string // of gen, beside -f and, if there is none in it, --name web
	list    string
	edits   string            // to the machine, before the script runs
	write   string            // the log, before the script runs; "-" for none
	files   map[string]string // others of the folder, by name, before the script runs
	status  int
	report  string // its last line may be a WORD and the five numbers
	after   string // what the script changes of the machine, as edits
	log     string // all its lines but the first, in any order; "-" for none but it, "" if there is no log
	calls   string // those that change something, "!" before a refused one; "" for any, "none"
	refused int    // how many calls at most may be refused; 0 for any number
}

func (s step) name() string {
	_, rest, found := strings.Cut(s.flags, "--name ")
	if !found {
		return "web"
	}
	name, _, _ := strings.Cut(rest, " ")
	return name
}

func (s step) script(t testing.TB, d dialect) []byte {
	t.Helper()
	args := append([]string{"-f", d.format}, strings.Fields(s.flags)...)
	if !strings.Contains(s.flags, "--name ") {
		args = append(args, "--name", "web")
	}
	list := s.list
	if strings.Contains(s.flags, "--undo") {
		list = "1" // it goes by the log
	}
	return gen(t, list, args...)
}

// TestScripts runs all scenarios in each dialect, the machines speaking all the
// languages in turn.
func TestScripts(t *testing.T) {
	for _, d := range dialects {
		for i, s := range scenarios {
			l := languages[i%len(languages)]
			t.Run(d.format+"/"+s.name+"/"+l.name, func(t *testing.T) {
				t.Parallel()
				s.run(t, d, l)
			})
		}
	}
}

func newSite(t testing.TB) site {
	t.Helper()
	s := site{tempDir(t)}
	if err := os.Mkdir(filepath.Join(s.dir, "ProgramData"), 0o777); err != nil {
		t.Fatal(err)
	}
	return s
}

func (sc scenario) run(t *testing.T, d dialect, l language) {
	s := newSite(t)
	start := machine(strings.Split(usual, "\n")).edit(t, sc.machine)
	start.write(t, s.machine(), l)
	for i, step := range sc.steps {
		if !step.run(t, s, d, l) {
			t.Fatalf("step %d: %s %q", i+1, step.flags, step.list)
		}
	}
	if got, want := readMachine(t, s.machine()), start.edit(t, sc.left); !slices.Equal(got, want) {
		t.Errorf("at the end the machine differs from what it should be by\n%s", want.difference(got))
	}
}

func (st step) run(t *testing.T, s site, d dialect, l language) (ok bool) {
	t.Helper()
	before := readMachine(t, s.machine()).edit(t, st.edits)
	before.write(t, s.machine(), l)
	st.writeFiles(t, s)
	start := time.Now()
	r := d.runStarted(t, s, st.script(t, d))
	t.Logf("%s %s: %v", d.format, st.flags, time.Since(start).Round(time.Millisecond))

	if r.status != st.status || r.stderr != "" {
		t.Errorf("status %d, want %d; stderr: %s", r.status, st.status, r.stderr)
	}
	if got, want := st.reported(s, r), st.wantReport(); got != want {
		t.Errorf("it reports\n%s\nwant\n%s", got, want)
	}
	if got, want := before.difference(readMachine(t, s.machine())), before.difference(before.edit(t, st.after)); got != want {
		t.Errorf("it changes\n%s\nwant\n%s", got, want)
	}
	st.checkLog(t, s)
	st.checkCalls(t, s)
	return !t.Failed()
}

// runStarted runs the script, and again from the same start if Wine did not get a
// process started.
func (d dialect) runStarted(t *testing.T, s site, script []byte) result {
	t.Helper()
	before := readFolder(t, s.dir)
	return untilStarted(t,
		func() result { return d.run(t, s, script) },
		func() { writeFolder(t, s.dir, before) })
}

func readFolder(t testing.TB, dir string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			files[path] = readFile(t, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func writeFolder(t testing.TB, dir string, files map[string][]byte) {
	t.Helper()
	for path := range readFolder(t, dir) {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	for path, content := range files {
		writeFile(t, path, content)
	}
}

func (st step) writeFiles(t testing.TB, s site) {
	t.Helper()
	for name, content := range st.files {
		if err := os.MkdirAll(s.folder(), 0o777); err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(s.folder(), name), []byte(content))
	}
	switch st.write {
	case "":
	case "-":
		if err := os.Remove(s.log(st.name())); err != nil {
			t.Fatal(err)
		}
	default:
		writeFile(t, s.log(st.name()), []byte(st.write))
	}
}

// reported is what the script printed, with LOG for the path of its log.
func (st step) reported(s site, r result) string {
	text := strings.ReplaceAll(r.stdout, "\r\n", "\n")
	return strings.ReplaceAll(text, windowsPath(s.log(st.name())), "LOG")
}

var shortSummary = regexp.MustCompile(`(?m)^(OK|CHANGED|FAILED) (\d+) (\d+) (\d+) (\d+) (\d+)$`)

func (st step) wantReport() string {
	end := ""
	if st.status != 0 {
		end = fmt.Sprintf("; status %d", st.status)
	}
	full := "$1 " + st.name() + ": $2 already excluded, $3 added, $4 released, $5 blocked, $6 in use" + end
	return shortSummary.ReplaceAllString(unindent(st.report), full) + "\n"
}

func sortLines(text string) string {
	lines := strings.Split(unindent(text), "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func unindent(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// checkLog compares the log, and has portreg read it.
func (st step) checkLog(t *testing.T, s site) {
	t.Helper()
	path := s.log(st.name())
	if left, _ := filepath.Glob(filepath.Join(s.folder(), "*.tmp*")); len(left) > 0 {
		t.Errorf("in the folder there is still %q", left)
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if st.log != "" {
			t.Errorf("there is no log, want\n%s", unindent(st.log))
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if st.status >= 20 {
		if string(text) != st.write {
			t.Errorf("the log is now\n%s", text)
		}
		return
	}
	first, rest, _ := strings.Cut(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n")
	if got, want := sortLines(rest), strings.TrimPrefix(sortLines(st.log), "-"); got != want || st.log == "" {
		t.Errorf("the log is now\n%s\n%s\nwant\n%s", first, got, want)
	}
	if !strings.HasPrefix(first, "# portreg log of "+st.name()+":") {
		t.Errorf("the log starts %q", first)
	}
	if r := run(t, portreg, "show", path); r.status == 2 {
		t.Errorf("portreg does not read the log: %v", r)
	}
}

const aBlock = `protocol=(tcp|udp) startport=(\d+) numberofports=(\d+) store=persistent`

var (
	knownCall = regexp.MustCompile(`^\d+ (netsh int ipv4 show excludedportrange protocol=(tcp|udp)|netsh int ipv[46] show dynamicportrange protocol=(tcp|udp)|sc query winnat|reg query HKU\\S-1-5-19|fltmc|icacls .*)$`)
	changing  = regexp.MustCompile(`^(\d+) (?:netsh int ipv4 (add|delete) excludedportrange|netsh int (ipv[46]) set dynamicportrange) ` + aBlock + `$`)
	service   = regexp.MustCompile(`^(\d+) net (stop|start) winnat$`)
)

// checkCalls compares the calls that change something.
func (st step) checkCalls(t *testing.T, s site) {
	t.Helper()
	got := strings.Join(takeCalls(t, s), "\n")
	want := unindent(st.calls)
	if st.status >= 20 {
		want = "none"
	}
	if want != "" && got != want && !(want == "none" && got == "") {
		t.Errorf("it calls\n%s\nwant\n%s", got, want)
	}
	if n := strings.Count(got, "!"); st.refused > 0 && n > st.refused {
		t.Errorf("%d calls are refused", n)
	}
}

// takeCalls gives the calls since the last time that change something, and checks
// that each call is in the full form.
func takeCalls(t *testing.T, s site) (calls []string) {
	t.Helper()
	for line := range strings.Lines(string(readFile(t, s.calls()))) {
		line = strings.TrimSuffix(line, "\n")
		if call, ok := shortCall(line); ok {
			calls = append(calls, call)
		} else if !knownCall.MatchString(line) {
			t.Errorf("it calls %s", line)
		}
	}
	if err := os.Remove(s.calls()); err != nil {
		t.Fatal(err)
	}
	return calls
}

// shortCall gives a call that changes something in few words.
func shortCall(line string) (string, bool) {
	if m := service.FindStringSubmatch(line); m != nil {
		return refused(m[1]) + m[2] + " winnat", true
	}
	m := changing.FindStringSubmatch(line)
	if m == nil {
		return "", false
	}
	first, _ := strconv.Atoi(m[5])
	number, _ := strconv.Atoi(m[6])
	verb := m[2]
	if m[3] != "" {
		verb = "set " + m[3]
	}
	return fmt.Sprintf("%s%s %s %d-%d", refused(m[1]), verb, m[4], first, first+number-1), true
}

func refused(status string) string {
	if status == "0" {
		return ""
	}
	return "!"
}

// TestScriptsLanguages: a run that reads all there is to read, in every language.
func TestScriptsLanguages(t *testing.T) {
	sc := scenario{
		machine: "+exclude tcp 8010 8019\n-dynamic ipv4 tcp 49152 16384\n+dynamic ipv4 tcp 1024 64511",
		steps: []step{{
			flags: "--release-winnat --dynamic 49152-65535", list: "5357/tcp, 8000-8019/tcp, 58000/tcp, 50000/udp", status: 12,
			report: noLog + `
				WinNAT stopped
				WinNAT started again
				dynamic port range of tcp on ipv4: 1024-65534 before, now 49152-65535; restart Windows
				dynamic port range of udp on ipv4: already 49152-65535
				dynamic port range of tcp on ipv6: already 49152-65535
				dynamic port range of udp on ipv6: already 49152-65535
				5357/tcp: blocked by a runtime reservation
				8000-8009/tcp: added
				8010-8019/tcp: already excluded
				58000/tcp: added
				50000/udp: already excluded
				FAILED 2 2 0 1 0`,
			after: `
				-dynamic ipv4 tcp 1024 64511
				+dynamic ipv4 tcp 49152 16384
				-winnat tcp 58000 58099
				+winnat tcp 58001 58100
				+exclude tcp 8000 8009
				+exclude tcp 58000 58000`,
			log: `
				# listed 5357-5357/tcp
				# listed 8000-8019/tcp
				# listed 58000-58000/tcp
				# listed 50000-50000/udp
				# dynamic ipv4 tcp 1024 64511 49152 16384
				8000-8009/tcp
				58000-58000/tcp`,
		}},
		left: `
			-dynamic ipv4 tcp 1024 64511
			+dynamic ipv4 tcp 49152 16384
			-winnat tcp 58000 58099
			+winnat tcp 58001 58100
			+exclude tcp 8000 8009
			+exclude tcp 58000 58000`,
	}
	for _, d := range dialects {
		for _, l := range languages {
			t.Run(d.format+"/"+l.name, func(t *testing.T) {
				t.Parallel()
				sc.run(t, d, l)
			})
		}
	}
}

// TestScriptsNoFolder: where there can be no log, nothing is done.
func TestScriptsNoFolder(t *testing.T) {
	const report = "portreg web: the log LOG cannot be written; nothing was changed"
	for _, d := range dialects {
		for name, obstruct := range map[string]func(site) error{
			"a file for the folder": func(s site) error { return os.WriteFile(s.folder(), nil, 0o666) },
			"a folder for the log":  func(s site) error { return os.MkdirAll(s.log("web"), 0o777) },
		} {
			t.Run(d.format+"/"+name, func(t *testing.T) {
				s := newSite(t)
				if err := obstruct(s); err != nil {
					t.Fatal(err)
				}
				m := machine(strings.Split(usual, "\n")).edit(t, "")
				m.write(t, s.machine(), languages[0])
				for _, st := range []step{{list: "8000/tcp"}, {flags: "--undo"}} {
					st.status = 22
					r := d.runStarted(t, s, st.script(t, d))
					if got := st.reported(s, r); r.status != 22 || got != report+"\n" || r.stderr != "" {
						t.Errorf("%s: %v", st.flags, r)
					}
					st.checkCalls(t, s)
				}
				if got := readMachine(t, s.machine()); !slices.Equal(got, m) {
					t.Errorf("it changes\n%s", m.difference(got))
				}
			})
		}
	}
}

// TestScriptsHostileLabels: no comment of a list becomes a command. Each is tried
// alone, the last before the script's own lines, where it has nothing to do, and
// then all of them where it has.
func TestScriptsHostileLabels(t *testing.T) {
	for _, d := range dialects {
		for _, label := range hostileLabels {
			t.Run(d.format+"/"+label, func(t *testing.T) {
				t.Parallel()
				scenario{machine: "-elevated 1\n+elevated 0", steps: []step{{
					flags: "--annotate", list: "8080/tcp # " + label + "\n# " + label + "\n9090/tcp #" + label + "\n", status: 20,
					report: "portreg web: run this elevated (Run as administrator); nothing was changed",
				}}}.run(t, d, languages[0])
			})
		}
		t.Run(d.format+"/all", func(t *testing.T) {
			scenario{steps: []step{{
				flags: "--annotate", list: "8080/tcp\n# " + strings.Join(hostileLabels, "\n# "),
				report: noLog + `
					8080/tcp: added
					CHANGED 0 1 0 0 0`,
				after: "+exclude tcp 8080 8080",
				log:   "# listed 8080-8080/tcp\n8080-8080/tcp",
				calls: "add tcp 8080-8080",
			}}, left: "+exclude tcp 8080 8080"}.run(t, d, languages[0])
		})
	}
}
