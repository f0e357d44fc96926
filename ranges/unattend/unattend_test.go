package unattend

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"portreg/ranges"
	"portreg/ranges/netsh"
)

func add(proto ranges.Proto, first, last uint16) netsh.Command {
	return netsh.Command{Verb: netsh.Add, Family: "ipv4", Proto: proto, Range: ranges.Range{First: first, Last: last}}
}

func set(family string, proto ranges.Proto, first, last uint16) netsh.Command {
	return netsh.Command{Verb: netsh.Set, Family: family, Dynamic: true, Proto: proto, Range: ranges.Range{First: first, Last: last}}
}

func written(t testing.TB, comments []string, cmds ...netsh.Command) string {
	t.Helper()
	var b strings.Builder
	if err := Write(&b, comments, cmds); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestWrite(t *testing.T) {
	got := written(t, []string{"a"}, add(ranges.TCP, 8000, 8039), set("ipv6", ranges.UDP, 49152, 65535))
	command := func(order int, description, path string) string {
		return fmt.Sprintf(`        <RunSynchronousCommand wcm:action="add">
          <Description>%s</Description>
          <Order>%d</Order>
          <Path>%s</Path>
          <WillReboot>OnRequest</WillReboot>
        </RunSynchronousCommand>
`, description, order, path)
	}
	want := `<?xml version="1.0" encoding="utf-8"?>
<!-- a -->
<unattend xmlns="urn:schemas-microsoft-com:unattend">
  <settings pass="specialize">
`
	for _, architecture := range []string{"amd64", "arm64", "x86"} {
		want += `    <component name="Microsoft-Windows-Deployment" processorArchitecture="` + architecture + `" publicKeyToken="31bf3856ad364e35" language="neutral" versionScope="nonSxS" xmlns:wcm="http://schemas.microsoft.com/WMIConfig/2002/State">
      <RunSynchronous>
` + command(1, "exclude 8000-8039/tcp", `cmd.exe /d /s /c "cd /d %SystemRoot%\System32&amp;netsh.exe int ipv4 add excludedportrange protocol=tcp startport=8000 numberofports=40 store=persistent&amp;netsh.exe int ipv4 show excludedportrange tcp|findstr /r /c:" 8000  *8039  *\*"&amp;if errorlevel 1 exit 10"`) +
			command(2, "dynamic port range of ipv6: 49152-65535/udp", `cmd.exe /d /s /c "cd /d %SystemRoot%\System32&amp;netsh.exe int ipv6 set dynamicportrange protocol=udp startport=49152 numberofports=16384 store=persistent&amp;if errorlevel 1 exit 10"`) +
			`      </RunSynchronous>
    </component>
`
	}
	want += "  </settings>\n</unattend>\n"
	if got != strings.ReplaceAll(want, "\n", "\r\n") {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got, want := written(t, nil), "</unattend>\r\n"; !strings.HasSuffix(got, "unattend\">\r\n"+want) {
		t.Errorf("without commands: %q", got)
	}
}

// Setup takes 259 characters. The length depends on the numbers of digits alone.
func TestPathLength(t *testing.T) {
	const maxPath = 259
	longest := 0
	ports := []uint16{1, 9, 10, 99, 100, 999, 1000, 9999, 10000, 65535}
	for _, first := range ports {
		for _, last := range ports {
			if first > last {
				continue
			}
			for _, c := range []netsh.Command{add(ranges.TCP, first, last), add(ranges.UDP, first, last), set("ipv6", ranges.UDP, first, last)} {
				longest = max(longest, len(path(c)))
			}
		}
	}
	for count := uint16(1); count != 0 && count <= 50000; count *= 10 {
		longest = max(longest, len(path(add(ranges.TCP, 65535-count+1, 65535))))
	}
	if longest = max(longest, len(path(add(ranges.TCP, 10000, 60000)))); longest > maxPath {
		t.Errorf("a path of %d characters", longest)
	}
}

// A pattern finds its own row in every table of the captures and no other: neither
// those of other blocks nor those of runtime reservations.
func TestPatternsFindRows(t *testing.T) {
	captures, err := filepath.Glob("../../testdata/netsh/*.txt")
	if err != nil || len(captures) == 0 {
		t.Fatal("no captures", err)
	}
	found := 0
	for _, file := range captures {
		if strings.Contains(file, "flattened") { // by a web page; netsh begins rows with blanks
			continue
		}
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		capture, err := netsh.ParseCapture(file, src, ranges.TCP)
		if err != nil {
			t.Fatal(err)
		}
		var rows []netsh.Row
		for _, table := range capture.Tables {
			rows = append(rows, table.Rows...)
		}
		for _, row := range rows {
			pattern := patternOf(t, row.Range)
			for i, line := range strings.Split(string(src), "\n") {
				matches := pattern.MatchString(line)
				want := slices.ContainsFunc(rows, func(r netsh.Row) bool { return r.Line == i+1 && r.Range == row.Range && r.Administered })
				if matches != want {
					t.Errorf("%s:%d: %s matches %q: %t, want %t", file, i+1, pattern, line, matches, want)
				}
				if matches {
					found++
				}
			}
		}
	}
	if found < 5 {
		t.Errorf("only %d rows found", found)
	}
	for line, want := range map[string]bool{
		" 80 90 *": true, "   80   90   *  ": true, " 180 90 *": false, " 80 190 *": false, " 80 900 *": false, " 80 90 ": false, " 80 90 *\r": true, "80 90 *": false,
	} {
		if got := patternOf(t, ranges.Range{First: 80, Last: 90}).MatchString(line); got != want {
			t.Errorf("%q: %t", line, got)
		}
	}
}

// patternOf gives what findstr looks for. What it takes of regular expressions here
// means the same to Go.
func patternOf(t *testing.T, r ranges.Range) *regexp.Regexp {
	t.Helper()
	_, text, _ := strings.Cut(path(add(ranges.TCP, r.First, r.Last)), `findstr /r /c:"`)
	text, _, ok := strings.Cut(text, `"`)
	if !ok || strings.ContainsAny(text, `.[]^$<>`) {
		t.Fatalf("pattern %q", text)
	}
	return regexp.MustCompile(text)
}

func TestWriteRefuses(t *testing.T) {
	many := slices.Repeat([]netsh.Command{add(ranges.TCP, 80, 80)}, 501)
	remove := add(ranges.TCP, 80, 80)
	remove.Verb = netsh.Delete
	active := add(ranges.TCP, 80, 80)
	active.Active = true
	for want, cmds := range map[string][]netsh.Command{
		"an answer file takes 500 commands, and these are 501; let one of them run a script instead":                                                          many,
		"netsh int ipv4 delete excludedportrange protocol=tcp startport=80 numberofports=1 store=persistent: an answer file only adds and sets, persistently": {remove},
		"netsh int ipv4 add excludedportrange protocol=tcp startport=80 numberofports=1 store=active: an answer file only adds and sets, persistently":        {active},
		"0-0 is not a port range": {add(ranges.TCP, 0, 0)},
		"protocol tcp+udp is not tcp or udp: netsh takes one at a time": {add(ranges.Both, 80, 80)},
	} {
		var b bytes.Buffer
		if err := Write(&b, nil, cmds); err == nil || err.Error() != want || b.Len() > 0 {
			t.Errorf("%v, %d bytes; want %s", err, b.Len(), want)
		}
	}
	written(t, nil, many[:500]...)
}

// Whatever a comment holds, the file is XML with that one comment and its commands.
func TestComments(t *testing.T) {
	for text, want := range map[string]string{
		"":                         "",
		"a -- b --- c":             `a -\u002D b -\u002D\u002D c`,
		"--> <x/> <!--":            `-\u002D> <x/> <!-\u002D`,
		"-":                        "-",
		"]]> &amp; & %PATH% \"'`$": "]]> &amp; & %PATH% \"'`$",
		"a\r\nb\tc\x00\x1b":        `a\u000D\u000Ab\u0009c\u0000\u001B`,
		"\u202eevil\u2028\ufeff":   `\u202Eevil\u2028\uFEFF`,
		"Müller \U0001F600":        "Müller \U0001F600",
		"\xff\ufffe\U000E0001":     `\uFFFD\uFFFE\uDB40\uDC01`,
	} {
		src := written(t, []string{text}, add(ranges.TCP, 80, 90))
		d := xml.NewDecoder(strings.NewReader(src))
		var comments []string
		for {
			token, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%q: %v", text, err)
			}
			if c, ok := token.(xml.Comment); ok {
				comments = append(comments, string(c))
			}
		}
		if len(comments) != 1 || comments[0] != " "+want+" " {
			t.Errorf("%q becomes %q, want %q", text, comments, want)
		}
		if bytes.ContainsFunc([]byte(src), func(r rune) bool { return r < ' ' && r != '\r' && r != '\n' }) {
			t.Errorf("%q: control characters in %q", text, src)
		}
		checkCommands(t, src, []netsh.Command{add(ranges.TCP, 80, 90)})
	}
}

// checkCommands: src holds the commands, for each of three architectures.
func checkCommands(t *testing.T, src string, want []netsh.Command) {
	t.Helper()
	file, err := Parse("f", []byte(src))
	if err != nil || len(file.Notes) > 0 {
		t.Fatal(err, file.Notes)
	}
	for i := range file.Commands {
		file.Commands[i].Line, file.Commands[i].Col = 0, 0
	}
	if !slices.Equal(file.Commands, slices.Repeat(want, 3)) {
		t.Errorf("read %v, want three times %v", file.Commands, want)
	}
}

func TestRoundTrip(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var cmds []netsh.Command
		for range rng.IntN(20) {
			first := 1 + rng.IntN(65535)
			last := first + rng.IntN(65536-first)
			proto := ranges.Proto(1 + rng.IntN(2))
			c := add(proto, uint16(first), uint16(last))
			if rng.IntN(4) == 0 {
				c = set([]string{"ipv4", "ipv6"}[rng.IntN(2)], proto, uint16(first), uint16(last))
			}
			cmds = append(cmds, c)
		}
		checkCommands(t, written(t, nil, cmds...), cmds)
	}
}

func in(pass, component, setting string) string {
	return `<unattend xmlns="urn:schemas-microsoft-com:unattend"><settings pass="` + pass + `"><component name="` + component + `" processorArchitecture="amd64">` + setting + `</component></settings></unattend>`
}

// task is a command that is run in the pass specialize.
func task(path string) string {
	return in("specialize", "Microsoft-Windows-Deployment", "<RunSynchronous><RunSynchronousCommand><Order>1</Order><Path>"+path+"</Path></RunSynchronousCommand></RunSynchronous>")
}

func TestParseForms(t *testing.T) {
	block := []netsh.Command{add(ranges.TCP, 80, 90)}
	for src, want := range map[string][]netsh.Command{
		`<unattend/>`: nil,
		task("netsh int ipv4 add excludedportrange tcp 80 11"):                                                                 block,
		task("\n\t netsh int ipv4 add excludedportrange protocol=tcp startport=80 numberofports=11 store=persistent \n"):       block,
		task("C:\\Windows\\System32\\netsh.exe int ip add ex tcp 80 11"):                                                       block,
		task("cmd /c netsh int ipv4 add excludedportrange tcp 80 11"):                                                          block,
		task(`"%ComSpec%" /c netsh int ipv4 add excludedportrange tcp 80 11`):                                                  block,
		task(`%SystemRoot%\System32\CMD.EXE /d /C "netsh int ipv4 add excludedportrange tcp 80 11"`):                           block,
		task(`cmd /c "netsh int ipv4 add excludedportrange tcp 80 11 &gt;nul 2&gt;&amp;1"`):                                    block,
		task(`cmd /c "(netsh int ipv4 add excludedportrange tcp 80 11)&amp;exit 0"`):                                           block,
		task(`cmd /c "netsh int ipv4 add excludedportrange tcp 80 11&amp;&amp;netsh int ipv4 add excludedportrange udp 53 1"`): {add(ranges.TCP, 80, 90), add(ranges.UDP, 53, 53)},
		task(`<![CDATA[cmd /c "netsh int ipv4 add excludedportrange tcp 80 11 & exit"]]>`):                                     block,
		task(`cmd /c netsh int ipv4 add excludedportrange tcp 80 11 2&gt;&amp;1`):                                              block,
		task(`netsh int ipv4 add excludedportrange tcp 80 11&gt;C:\log.txt`):                                                   block,
		task("netsh int ipv4 show excludedportrange tcp"):                                                                      nil,
		task("netsh advfirewall set allprofiles state off"):                                                                    nil,
		task("reg.exe import C:\\ports.reg"):                                                                                   nil,
		in("specialize", "Microsoft-Windows-Deployment", "<RunAsynchronous><RunAsynchronousCommand><Order>1</Order><Path>netsh int ipv4 add excludedportrange tcp 80 11</Path></RunAsynchronousCommand></RunAsynchronous>"):              block,
		in("oobeSystem", "Microsoft-Windows-Shell-Setup", "<FirstLogonCommands><SynchronousCommand><Order>1</Order><CommandLine>netsh int ipv4 add excludedportrange tcp 80 11</CommandLine></SynchronousCommand></FirstLogonCommands>"): block,
		in("oobeSystem", "Microsoft-Windows-Shell-Setup", "<Path>netsh int ipv4 add excludedportrange tcp 80 11</Path>"):                                                                                                                 nil,
		`<?xml version="1.0" encoding="UTF-16"?>` + task("netsh int ipv4 add excludedportrange tcp 80 11"):                                                                                                                               block,
		"\ufeff<?xml version=\"1.0\" encoding=\"utf-8\"?>" + task("netsh int ipv6 set dynamic tcp start=49152 num=16384"):                                                                                                                {set("ipv6", ranges.TCP, 49152, 65535)},
	} {
		file, err := Parse("f", []byte(src))
		if err != nil {
			t.Errorf("%s: %v", src, err)
			continue
		}
		for i := range file.Commands {
			file.Commands[i].Line, file.Commands[i].Col = 0, 0
		}
		if !slices.Equal(file.Commands, want) {
			t.Errorf("%s: %v, want %v", src, file.Commands, want)
		}
	}
}

func TestParseNotes(t *testing.T) {
	for src, want := range map[string]string{
		task("netsh int ipv4 add excludedportrange tcp 80 11"):                                                             `1:220 status when netsh refuses this, the command ends with 1 or 2, which Setup takes for a wish to restart, not for a failure; portreg gen -f unattend writes commands that end with 10`,
		task(`cmd /c "netsh int ipv4 add excludedportrange tcp 80 11||exit /b 10"`):                                        "",
		task(`cmd /c "netsh int ipv4 add excludedportrange tcp 80 11&amp;exit 0"`):                                         "",
		task(`cmd /c "netsh int ipv4 add excludedportrange tcp 80 11||exit 2"`):                                            `1:220 status when netsh refuses this, the command ends with 1 or 2, which Setup takes for a wish to restart, not for a failure; portreg gen -f unattend writes commands that end with 10`,
		task(`cmd /c "rem x netsh int ipv4 add excludedportrange tcp 80"`):                                                 "1:220 unread-command this command does not count: cmd.exe runs nothing of a line behind \"rem\"; remove that word",
		task(`cmd /c "rem x&amp;netsh int ipv4 add excludedportrange tcp 80 11&amp;exit 0"`):                               "",
		task(`cmd /c "netsh int ipv4 add excludedportrange tcp 80 11&amp;netsh int ipv4 show ex tcp|findstr 80||exit 10"`): "",
		task("web.cmd"):                `1:220 script "web.cmd" runs what is not in this file; give portreg show the script itself`,
		task("netsh -f C:\\ports.txt"): `1:220 script "netsh -f C:\\ports.txt" runs what is not in this file; give portreg show the script itself`,
		task("powershell -ExecutionPolicy Bypass -Command Get-Date"): "",

		task("netsh int ipv4 show excludedportrange tcp"):                           "",
		task("netsh int ipv4 add excludedportrange tcp 80"):                         `1:220 unread-command this command does not count: numberofports is missing; write netsh int ipv4 add excludedportrange protocol=tcp startport=80 numberofports=11 store=persistent`,
		"\n" + task("\n  powershell netsh int ipv4 add excludedportrange tcp $p 1"): `3:3 unread-command this command does not count: "powershell netsh int ipv4 add excludedportrange tcp $p 1" is not a netsh command; write netsh int ipv4 add excludedportrange protocol=tcp startport=80 numberofports=11 store=persistent`,
		in("windowsPE", "Microsoft-Windows-Setup", "<RunSynchronous><RunSynchronousCommand><Path>netsh int ipv4 add ex tcp 80 11</Path></RunSynchronousCommand></RunSynchronous>"): `1:198 windows-pe pass windowsPE: what is excluded there ends with Windows PE`,
	} {
		file, err := Parse("f", []byte(src))
		if err != nil {
			t.Fatal(err)
		}
		var notes []string
		for _, n := range file.Notes {
			notes = append(notes, fmt.Sprintf("%d:%d %s %s", n.Line, n.Col, n.Rule, n.Text))
		}
		if got := strings.Join(notes, "\n"); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", src, got, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for src, want := range map[string]string{
		"":                            "f:1:1: the file has no element; an answer file begins with <unattend>",
		"<!-- x -->\n":                "f:2:1: the file has no element; an answer file begins with <unattend>",
		"<html/>":                     `f:1:1: this is XML, but no answer file: its first element is "html", not "unattend"`,
		"<unattend>\n <a></b>":        "f:2:9: element <a> closed by </b>",
		"<unattend>\nüü<":             "f:2:4: unexpected EOF",
		"<unattend>":                  "f:1:11: unexpected EOF",
		"<unattend>&nbsp;</unattend>": "f:1:17: invalid character entity &nbsp;",
		"<unattend>\x01</unattend>":   "f:1:12: illegal character code U+0001",
		"<unattend>\xff</unattend>":   "f:1:12: invalid UTF-8",
		"<!DOCTYPE x [<!ENTITY a \"b\">]><unattend>&a;</unattend>":     "f:1:44: invalid character entity &a;",
		"<?xml version=\"1.0\" encoding=\"windows-1252\"?><unattend/>": `f:1:1: this answer file is not UTF-8, but declares "windows-1252"; save it as UTF-8 and declare that`,
	} {
		file, err := Parse("f", []byte(src))
		var placed *ranges.Error
		if !errors.As(err, &placed) || err.Error() != want || file != nil {
			t.Errorf("%q: %v, want %s", src, err, want)
		}
	}
}

func TestIsAnswerFile(t *testing.T) {
	for src, want := range map[string]bool{
		written(t, []string{"x"}): true, "\ufeff\r\n<unattend>": true, "<!-- unattend --><u:unattend xmlns:u='x'/>": true,
		"<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><!-- M\xfcller --><unattend>": true,
		"": false, "80-90\n": false, "unattend": false, "<html><unattend/></html>": false, "<": false, "<?xml version=\"1.0\"?>": false, "<unattend": false,
	} {
		if got := IsAnswerFile([]byte(src)); got != want {
			t.Errorf("%q: %t", src, got)
		}
	}
}

// Any bytes give a file or an error with a place; what a file's commands are, can be
// written.
func FuzzParse(f *testing.F) {
	f.Add(written(f, []string{"x"}, add(ranges.TCP, 80, 90), set("ipv6", ranges.UDP, 49152, 65535)))
	f.Add(task(`cmd /c "netsh int ipv4 del ex tcp 80 11 & netsh int ipv4 add ex udp 53 1"`))
	f.Add(in("windowsPE", "Microsoft-Windows-Setup", "<RunSynchronousCommand><Path>netsh excludedport</Path></RunSynchronousCommand>"))
	f.Add(written(f, nil, add(ranges.TCP, 80, 90)) + "<unattend/>")
	f.Add(strings.Replace(written(f, nil, add(ranges.TCP, 80, 90)), "tcp", "udp", 1))
	f.Add(strings.Replace(written(f, nil, add(ranges.TCP, 80, 90)), "<Order>1<", "<Order>x<", 1))
	f.Add(strings.Replace(written(f, nil, add(ranges.TCP, 80, 90)), "amd64", "x64", 1))
	f.Add(task(`cmd /c "rem x netsh int ipv4 add ex udp 53 1&netsh exec x.txt" && web.cmd`))
	f.Add("<unattend><RunSynchronousCommand><Path>netsh excludedport</Path></RunSynchronousCommand><component/></unattend>")
	f.Add("<unattend><a:component xmlns:a='b'><x:y/></a:component></unattend>x")
	f.Fuzz(func(t *testing.T, src string) {
		file, err := Parse("f", []byte(src))
		if err != nil {
			var placed *ranges.Error
			if !errors.As(err, &placed) || placed.Line < 1 || placed.Col < 1 {
				t.Errorf("%v has no place", err)
			}
			return
		}
		if err := netsh.Write(io.Discard, nil, file.Commands); err != nil {
			t.Error(err)
		}
		for _, c := range file.Commands {
			if c.Line < 1 || c.Line > 1+strings.Count(src, "\n") {
				t.Errorf("%s in line %d", c, c.Line)
			}
		}
		for _, n := range file.Notes {
			if n.Line < 1 || n.Line > 1+strings.Count(src, "\n") || n.Col < 1 || n.Text == "" {
				t.Errorf("note %+v", n)
			}
		}
	})
}
