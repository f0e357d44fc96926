package artefact

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"portreg/cmd/internal/target"
	"portreg/ranges"
)

func TestRecognise(t *testing.T) {
	const capture = "Protocol tcp Port Exclusion Ranges\n\nStart Port    End Port\n----------    --------\n 80 90\n"
	for src, want := range map[string]string{
		"":                                       List,
		"80-90 # web\n":                          List,
		"8080,9148-9150\n":                       List,
		"80 90\n":                                List,
		"REGEDIT4\n":                             Reg,
		"regedit4\n":                             Reg,
		"Windows Registry Editor Version 5.00\n": Reg,
		"; x\n[HKEY_LOCAL_MACHINE\\X]\n":         Reg,
		"{}":                                     JSON,
		"\uFEFF \r\n{\"tcp\": []}":               JSON,
		"netsh int ipv4 add excludedportrange tcp 80 1\r\n": Netsh,
		"rem 80-90\r\n": Netsh,
		"@echo off\r\n": Netsh,
		"<?xml version=\"1.0\"?>\n<unattend xmlns=\"urn:schemas-microsoft-com:unattend\"/>": Unattend,
		"<?xml version=\"1.0\" encoding=\"windows-1252\"?>\n<unattend/>":                    Unattend,
		"<RegistrySettings/>": GPP,
		"<!-- from\n[HKEY_LOCAL_MACHINE\\X]\n--><RegistrySettings/>":                                                   GPP,
		"<RegistrySettings a=\"\nnetsh int ipv4 add excludedportrange tcp 80 1\n\"/>":                                  GPP,
		"<unattend a=\"\nREGEDIT4\n[HKLM\\X]\n\"/>":                                                                    Unattend,
		"<?xml version=\"1.0\" encoding=\"utf-16\"?>\r\n<Collection clsid=\"{53B533F5-224C-47e3-B01B-CA3B3F3FF4BF}\">": GPP,
		"<Collection/>": XML, "<html/>": XML, "<Project>": XML, "<!-- x": XML, "<80>": List, "< x": List,
		capture: Capture,
		"C:\\>netsh int ipv4 show excludedportrange tcp\n" + capture: Capture,
		"net.ipv4.ip_local_reserved_ports = 1\n":                     Sysctl,
		"80\x000\x00":                                                List,
		"Computer\r\nA\r\nB\r\nSZ:":                                  LGPO, "; 80-90\n\nUSER\n": LGPO, "; [HKEY_LOCAL_MACHINE]\nComputer\nA\nB\nSZ:tcp\n--- ---\n80 90\n": LGPO,
		"[\n {\"keyname\": ":        Samba,
		"[{\"file\": \"keyname\"}]": JSON, "[]": JSON,
	} {
		for _, enc := range []func(string) []byte{
			func(s string) []byte { return []byte(s) },
			func(s string) []byte { return encode16(strings.TrimPrefix(s, "\uFEFF"), false) },
			func(s string) []byte { return encode16(strings.TrimPrefix(s, "\uFEFF"), true) },
		} {
			head := enc(src)
			if got := Recognise(head).Name; got != want {
				t.Errorf("%.40q is %s, want %s", head, got, want)
			}
		}
	}
}

// What is no text is recognised by its bytes, whatever text it holds.
func TestRecogniseBytes(t *testing.T) {
	for src, want := range map[string]string{
		"PReg\x01\x00\x00\x00": Pol,
		"PReg\x02":             Pol,
		"PReg\r\nnetsh interface ipv4 add excludedportrange tcp 80 1\r\n":                   Pol,
		"regf\r\n[HKEY_LOCAL_MACHINE\\SYSTEM]\r\n":                                          Hive,
		"regf\r\nnetsh interface ipv4 add excludedportrange tcp 80 1\r\n":                   Hive,
		"regf[\x00A\x00\x00\x00\r\x00\n\x00[\x00H\x00K\x00L\x00M\x00\\\x00":                 Hive,
		"PReg\x01\x00\x00\x00[\x00A\x00\x00\x00\r\x00\n\x00[\x00H\x00K\x00L\x00M\x00\\\x00": Pol,
	} {
		if got := Recognise([]byte(src)).Name; got != want {
			t.Errorf("%q is %s, want %s", src, got, want)
		}
	}
}

func TestTable(t *testing.T) {
	for path, want := range map[string]string{"a.reg": Reg, "A.REG": Reg, ".reg": Reg, "x.y.Reg": Reg, "a.reg.txt": "", "reg": "", "": "", "a.cmd": Cmd, "a.ps1": PS1, "a.json": "", "REGISTRY.POL": Pol} {
		f, ok := ForFile(path)
		if ok != (want != "") || ok && f.Name != want {
			t.Errorf("ForFile(%q) = %v, %v", path, f, ok)
		}
	}
	for _, name := range []string{Reg, Regedit4, Netsh, Cmd, PS1, Unattend, Pol, LGPO, Samba, GPP, "gpp-collection", GPO, JSON} {
		if f, ok := Named(name); !ok || f.Name != name {
			t.Errorf("Named(%q) = %v, %v", name, f, ok)
		}
	}
	for _, name := range []string{List, Capture, Sysctl, "", "REG"} {
		if f, ok := Named(name); ok {
			t.Errorf("Named(%q) = %v", name, f)
		}
	}
	if got := For(target.ReservedPorts).Name + " " + For(target.Exclusions).Name; got != "reg netsh" {
		t.Errorf("made without -f: %s", got)
	}
	for m, want := range map[target.Mechanism]string{
		target.ReservedPorts: "reg regedit4 pol lgpo samba-json gpp gpp-collection gpo json", target.Exclusions: "netsh cmd ps1 unattend gpo json", either: "reg regedit4 netsh cmd ps1 unattend pol lgpo samba-json gpp gpp-collection gpo json",
	} {
		if got := strings.Join(Written(m), " "); got != want {
			t.Errorf("Written(%d) = %s, want %s", m, got, want)
		}
	}
}

func TestChoices(t *testing.T) {
	for path, want := range map[string]string{"a.XML": "unattend gpp gpp-collection", "a.json": "samba-json json", "xml": strings.Join(Written(either), " ")} {
		if got := strings.Join(Choices(path), " "); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

// Windows 2000 has no Preferences.
func TestSuits(t *testing.T) {
	for version, want := range map[string]string{
		"2000": "reg regedit4 pol lgpo samba-json gpo json", "xp": "reg regedit4 pol lgpo samba-json gpp gpp-collection gpo json", "2022": "netsh cmd ps1 unattend gpo json",
	} {
		w, _ := target.ByName(version)
		var names []string
		for _, f := range formats {
			if f.written() && f.Suits(w) {
				names = append(names, f.Name)
			}
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: %s, want %s", version, got, want)
		}
	}
}

// A list that is wrong since it is something else gets one error, any other list all
// of them; a short list and a long one read the same.
func TestReadList(t *testing.T) {
	long := "80-90\n" + strings.Repeat("# nothing\n", 2000)
	for _, tt := range []struct{ src, ports, err string }{
		{"", "", ""},
		{"80-90, 443/tcp", "80-90, 443/tcp", ""},
		{long, "80-90", ""},
		{"x\n80\ny", "", "f:1:1: \"x\" is not"},
		{long + "x\n80\ny", "", "f:2002:1: \"x\" is not"},
		{"REGEDIT4\n", "", "f:1:1: this is a .reg file, not a range list; portreg show prints its ports"},
		{"REGEDIT4\n" + long, "", "f:1:1: this is a .reg file, not a range list; portreg show prints its ports"},
		{"rem x\n", "", "f:1:1: this is a netsh script, not a range list; portreg show prints its ports"},
		{"{}", "", "f:1:1: this is JSON, not a range list; portreg show prints its ports"},
		{"net.ipv4.ip_local_reserved_ports=1", "", "f:1:1: this is a sysctl setting, not a range list; portreg show prints its ports"},
	} {
		for _, src := range [][]byte{[]byte(tt.src), encode16(tt.src, false), encode16(tt.src, true)} {
			ports, kept, err := ReadList("f", bytes.NewReader(src), false)
			if (kept != nil) != (err == nil && len(src) < listHead) {
				t.Errorf("%.30q: kept %v", src, kept)
			}
			ports2, kept, err2 := ReadList("f", bytes.NewReader(src), true)
			if message(err2) != message(err) || !ports2.Equal(ports) || (kept != nil) != (err == nil) {
				t.Errorf("%.30q, written: %v, %v, %v", src, ports2, kept, err2)
			}
			if !ports.Equal(parsed(t, tt.ports)) || (err == nil) != (tt.err == "") || err != nil && !strings.HasPrefix(err.Error(), tt.err) {
				t.Errorf("%.30q: %v, %v", src, ports, err)
			}
			list, text, err2 := ParseList("f", src)
			switch {
			case message(err) != message(err2):
				t.Errorf("%.30q: ParseList says %v, ReadList %v", src, err2, err)
			case err == nil && (!list.Ports().Equal(ports) || string(text) != tt.src):
				t.Errorf("%.30q: ParseList gives %v, %.30q", src, list.Ports(), text)
			}
		}
	}
}

func parsed(t *testing.T, list string) ranges.Ports {
	l, err := ranges.Parse("list", []byte(list))
	if err != nil {
		t.Fatal(err)
	}
	return l.Ports()
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestReadJSON(t *testing.T) {
	const form = "; write a port or a range such as 80 or 80-90"
	for _, tt := range []struct{ src, ports, err string }{
		{`{}`, "", ""},
		{`{"udp": ["53"], "tcp": ["443-445", "80", "81"], "dynamic": "1025-60000"}`, "53/udp, 80-81/tcp, 443-445/tcp", ""},
		{"\uFEFF{\r\n\t\"tcp\" : [ \"80\" ] }\r\n", "80/tcp", ""},
		{`{"tcp": ["\u0038\u0030"]}`, "80/tcp", ""},
		{`{`, "", `f:1:2: the JSON ends too early`},
		{`{"tcp": ["80"`, "", `f:1:14: the JSON ends too early`},
		{`{"tcp": ["80"]`, "", `f:1:15: the JSON ends too early`},
		{`{"tcp": [80]}`, "", `f:1:10: a string such as "80" or "443-445" expected`},
		{`{"tcp": "80"}`, "", `f:1:9: a list such as ["80", "443-445"] expected`},
		{`{"tcp": null}`, "", `f:1:9: a list such as ["80", "443-445"] expected`},
		{`{"tcp": [null]}`, "", `f:1:10: a string such as "80" or "443-445" expected`},
		{"{\"tcp\": [],\n \"ports\": []}", "", `f:2:2: "ports" is not one of tcp, udp, dynamic`},
		{"{\"tcp\": [],\n \"tcp\": []}", "", `f:2:2: "tcp" is there twice`},
		{`{"tcp": []} {}`, "", `f:1:13: more than one JSON value`},
		{`{"tcp": []}x`, "", `f:1:12: more than one JSON value`},
		{"{\n\"tcp\": [\"ä\",\"x\"]}", "", "f:2:9: \"ä\" is not a port range" + form + "\nf:2:13: \"x\" is not a port range" + form},
		{`{"dynamic": "x"}`, "", `f:1:13: "x" is not a port range` + form},
		{`{"tcp": ["80",, "81"]}`, "", `f:1:17: invalid character ',' looking for beginning of value`},
		{`{"tcp": ["8\q"]}`, "", `f:1:10: invalid character 'q' in string escape code`},
		{`{"tcp" ["80"]}`, "", `f:1:8: invalid character '[' after object key`},
	} {
		c, err := Read("f", strings.NewReader(tt.src), Options{})
		if message(err) != tt.err {
			t.Errorf("%q: %v, want %s", tt.src, err, tt.err)
		}
		if err == nil && !c.Ports.Equal(parsed(t, tt.ports)) {
			t.Errorf("%q: %v, want %s", tt.src, c.Ports, tt.ports)
		}
	}
}

func TestEscape(t *testing.T) {
	for _, tt := range []struct{ text, utf16, ascii string }{
		{"SQL Server", "SQL Server", "SQL Server"},
		{"", "", ""},
		{"Müller", "Müller", `M\u00FCller`},
		{"a\tb\x1b", `a\u0009b\u001B`, `a\u0009b\u001B`},
		{"\u202e\u00a0", `\u202E\u00A0`, `\u202E\u00A0`},
		{"\U0001F600", "\U0001F600", `\uD83D\uDE00`},
		{`C:\x\`, `C:\x\u005C`, `C:\x\u005C`},
		{`\`, `\u005C`, `\u005C`},
		{"a\xffb", "a\uFFFDb", `a\uFFFDb`},
	} {
		if got := escape(tt.text, 0x10FFFF); got != tt.utf16 {
			t.Errorf("%q in UTF-16: %s, want %s", tt.text, got, tt.utf16)
		}
		if got := escape(tt.text, 0x7E); got != tt.ascii {
			t.Errorf("%q in ASCII: %s, want %s", tt.text, got, tt.ascii)
		}
	}
}

// What is no file of policies by its size alone is not read to its end.
func TestLargePolicies(t *testing.T) {
	for _, head := range []string{"PReg\x01\x00\x00\x00", "Computer\n", "<RegistrySettings>", `[{"keyname": "`} {
		endless := io.MultiReader(strings.NewReader(head), blanksForever{})
		_, err := Read("f", endless, Options{})
		if err == nil || !strings.HasSuffix(err.Error(), " of more than 16 MiB is not read") {
			t.Errorf("%q: %v", head, err)
		}
	}
}

type blanksForever struct{}

func (blanksForever) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}
