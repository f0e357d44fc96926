package lgpo

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"portreg/regfile"
)

const (
	tcpip = `SYSTEM\CurrentControlSet\Services\Tcpip\Parameters`
	key   = `HKEY_LOCAL_MACHINE\` + tcpip
)

func utf16(s string) []byte { return regfile.AppendUTF16(nil, s) }

func set(name string, typ regfile.Type, b []byte) regfile.Op {
	return regfile.Op{Verb: regfile.SetValue, Key: key, Name: name, Data: regfile.Data{Type: typ, Bytes: b}}
}

func sameOp(a, b regfile.Op) bool {
	return a.Verb == b.Verb && a.Key == b.Key && a.Name == b.Name && a.Data.Equal(b.Data)
}

// Each action, as it is written, and other ways to write it.
var actions = []struct {
	action string
	op     regfile.Op
	others []string
}{
	{"DWORD:65534", set("V", regfile.DWord, []byte{0xfe, 0xff, 0, 0}), []string{"DWORD:0xFFFE", "DWORD:0Xfffe", "DWORD:065534"}},
	{"DWORD:4294967295", set("V", regfile.DWord, []byte{0xff, 0xff, 0xff, 0xff}), nil},
	{"QWORD:18446744073709551615", set("V", regfile.QWord, bytes.Repeat([]byte{0xff}, 8)), []string{"QWORD:0xffffffffffffffff"}},
	{"SZ:", set("V", regfile.SZ, utf16("\x00")), nil},
	{`SZ: a\0:b `, set("V", regfile.SZ, utf16(" a\\0:b \x00")), nil},
	{"EXSZ:%TEMP%;x", set("V", regfile.ExpandSZ, utf16("%TEMP%;x\x00")), nil},
	{`MULTISZ:1433-1434\03389-3389\08080-8090`, set("V", regfile.MultiSZ, utf16("1433-1434\x003389-3389\x008080-8090\x00\x00")), nil},
	{`MULTISZ:80-80`, set("V", regfile.MultiSZ, utf16("80-80\x00\x00")), nil},
	{`MULTISZ:\0`, set("V", regfile.MultiSZ, utf16("\x00\x00\x00")), nil},
	{`MULTISZ:`, set("V", regfile.MultiSZ, utf16("\x00\x00")), nil},
	{`MULTISZ:a\\00`, set("V", regfile.MultiSZ, utf16("a\\\x000\x00\x00")), nil},
	{"BINARY:00,ff,10", set("V", regfile.Binary, []byte{0, 255, 16}), []string{"BINARY:00,FF,10"}},
	{"BINARY:", set("V", regfile.Binary, nil), nil},
	{"DELETE", regfile.Op{Verb: regfile.DeleteValue, Key: key, Name: "V"}, nil},
}

func setting(action string) string { return "Computer\r\n" + tcpip + "\r\nV\r\n" + action + "\r\n" }

func TestActions(t *testing.T) {
	for _, a := range actions {
		for _, action := range append(a.others, a.action) {
			ops, notes, err := Decode("x", []byte(setting(action)))
			if err != nil || len(notes) > 0 || len(ops) != 1 || !sameOp(ops[0], a.op) || ops[0].Pos.Line != 3 {
				t.Errorf("%s: %v, %v, %v", action, ops, notes, err)
			}
		}
		var b bytes.Buffer
		if err := Encode(&b, []regfile.Op{{Verb: regfile.CreateKey, Key: key}, a.op}, nil); err != nil || b.String() != setting(a.action) {
			t.Errorf("%s: %v, %q", a.action, err, b.String())
		}
	}
}

// What stands between settings, line ends and the mark do not matter.
func TestLines(t *testing.T) {
	text := "; a comment\r\n\r\n \t\r\ncomputer\r\n" + tcpip + "\r\nReservedPorts\r\nMULTISZ:80-80\r\n;\r\nUSER\r\nA\r\n(Default)\r\nSZ:x\r\nUser\r\nA\r\n\r\nDWORD:1\r\nComputer\r\nB C\r\n*\r\nCREATEKEY\r\n"
	want := []regfile.Op{
		set("ReservedPorts", regfile.MultiSZ, utf16("80-80\x00\x00")),
		{Verb: regfile.SetValue, Key: `HKEY_CURRENT_USER\A`, Data: regfile.Data{Type: regfile.SZ, Bytes: utf16("x\x00")}},
		{Verb: regfile.SetValue, Key: `HKEY_CURRENT_USER\A`, Data: regfile.Uint32Data(1)},
		{Verb: regfile.CreateKey, Key: `HKEY_LOCAL_MACHINE\B C`},
	}
	for _, text := range []string{text, strings.ReplaceAll(text, "\r", ""), strings.TrimSuffix(text, "\r\n"), "\uFEFF" + text} {
		ops, _, err := Decode("x", []byte(text))
		if err != nil || !slices.EqualFunc(ops, want, sameOp) || !IsLGPO([]byte(text)) {
			t.Errorf("%q: %v, %v", text, ops, err)
		}
		for i, line := range []int{6, 11, 15, 19} {
			if got := ops[i].Pos; got.Line != line || strings.Count(text[:got.Offset], "\n") != line-1 || got.Offset > 3 && text[got.Offset-1] != '\n' {
				t.Errorf("%q: %v", text, got)
			}
		}
	}
}

func TestNotes(t *testing.T) {
	for action, want := range map[string]string{
		"DELETEALLVALUES": `3:1: "**DelVals." under ` + tcpip + " deletes every value that the key has",
		"CLEAR":           `4:1: "CLEAR" takes settings out of the policy`,
		"DELETEKEYS":      `4:1: "DELETEKEYS" takes settings`,
		`DELETEKEYS:A\B`:  `3:1: "**DeleteKeys" under ` + tcpip + ` deletes "A\\B", as Windows understands it`,
	} {
		ops, notes, err := Decode("x", []byte(setting(action)))
		if err != nil || len(ops) > 0 || len(notes) != 1 || !strings.HasPrefix(notes[0].String(), want) || notes[0].Key != key {
			t.Errorf("%s: %v, %v, %v", action, ops, notes, err)
		}
	}
}

// What is no LGPO text has an error at the line where LGPO.exe stops.
func TestErrors(t *testing.T) {
	for text, want := range map[string]string{
		"Hello\n":                         `x:1:1: "Hello" where a setting must begin: Computer or User`,
		setting("SZ:a") + "Computers\r\n": `x:5:1: "Computers" where a setting must begin: Computer or User`,
		" Computer\nA\nB\nSZ:\n":          `x:1:1: " Computer" where a setting must begin: Computer or User`,
		"Computer\n":                      "x:1:1: the second line of a setting must be its key",
		"Computer\n\nB\nSZ:\n":            "x:2:1: the second line of a setting must be its key",
		"Computer\nA\n":                   "x:2:1: the setting ends behind its key; the name of the value and an action must follow",
		"Computer\nA\nB\n":                "x:3:1: the setting ends behind the name of the value; an action such as MULTISZ:80-80 must follow",
		"Computer\nA\nB\n\nSZ:a\n":        `x:4:1: "" is no action; write DWORD:n`,
		setting("delete"):                 `x:4:1: "delete" is no action`,
		setting("DWORD:4294967296"):       `x:4:1: "DWORD:4294967296" is no action`,
		setting("DWORD:"):                 `x:4:1: "DWORD:" is no action`,
		setting("DWORD:0x"):               `x:4:1: "DWORD:0x" is no action`,
		setting("QWORD:-1"):               `x:4:1: "QWORD:-1" is no action`,
		setting("BINARY:0"):               `x:4:1: "BINARY:0" is no action`,
		setting("BINARY:00,"):             `x:4:1: "BINARY:00," is no action`,
		setting("SZ:a\x00b"):              `x:4:1: "SZ:a\x00b" is no action`,
		setting("MULTISZ:a\x00b"):         `x:4:1: "MULTISZ:a\x00b" is no action`,
		setting(strings.Repeat("x", 99)):  `x:4:1: "` + strings.Repeat("x", 61) + `..." is no action`,
	} {
		ops, notes, err := Decode("x", []byte(text))
		if ops != nil || notes != nil || err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v\nwant %s", text, err, want)
		}
	}
}

func TestIsLGPO(t *testing.T) {
	for text, want := range map[string]bool{
		"": false, ";\n": false, " Computer\t\n": true,
		strings.Repeat("; a\n", 5000) + "Comp": true, strings.Repeat("; a\n", 5000) + "80\n": false, strings.Repeat("; a\n", 4000): false, strings.Repeat("x", 20_000): false,
		"80-90\nComputer\n": false, "Computer": true, "; x\n\nUSER\n": true, "Computers\n": false, "[Computer]\n": false,
	} {
		if IsLGPO([]byte(text)) != want {
			t.Errorf("%q", text)
		}
	}
}

func TestEncode(t *testing.T) {
	var b bytes.Buffer
	ops := []regfile.Op{
		set("MaxUserPort", regfile.DWord, []byte{0xfe, 0xff, 0, 0}),
		set("ReservedPorts", regfile.MultiSZ, utf16("80-80\x00\x00")),
		{Verb: regfile.CreateKey, Key: `HKEY_LOCAL_MACHINE\A`},
	}
	err := Encode(&b, ops, []string{"ReservedPorts", "", `"&|;`})
	want := "; ReservedPorts\r\n;\r\n; \"&|;\r\n\r\nComputer\r\n" + tcpip + "\r\nMaxUserPort\r\nDWORD:65534\r\n\r\nComputer\r\n" + tcpip + "\r\nReservedPorts\r\nMULTISZ:80-80\r\n\r\nComputer\r\nA\r\n*\r\nCREATEKEY\r\n"
	if err != nil || b.String() != want {
		t.Errorf("%v\n%q", err, b.String())
	}
}

func TestEncodeRefuses(t *testing.T) {
	for want, op := range map[string]regfile.Op{
		"E: LGPO text has no action that gives these 2 bytes of REG_MULTI_SZ; -f pol takes them": set("E", regfile.MultiSZ, utf16("\x00")),
		"half: LGPO text has no action that gives these 1 bytes":                                 set("half", regfile.MultiSZ, []byte{1}),
		"open: LGPO text has no action that gives these 2 bytes":                                 set("open", regfile.MultiSZ, utf16("a")),
		"sep: LGPO text has no action that gives these 10 bytes":                                 set("sep", regfile.MultiSZ, utf16("a\\0\x00\x00")),
		"line: LGPO text has no action that gives these 8 bytes of REG_SZ":                       set("line", regfile.SZ, utf16("a\nb\x00")),
		"wide: LGPO text has no action that gives these 4 bytes":                                 set("wide", regfile.SZ, utf16("ä\x00")),
		"short: LGPO text has no action that gives these 1 bytes of REG_DWORD":                   set("short", regfile.DWord, []byte{1}),
		"long: LGPO text has no action that gives these 9 bytes of REG_QWORD":                    set("long", regfile.QWord, make([]byte, 9)),
		"big: LGPO text has no action that gives these 4 bytes of hex(5)":                        set("big", 5, make([]byte, 4)),
		"x is a REG_NONE, which a policy":                                                        set("x", 0, nil),
		`"(Default)" under`:                                                                      set("(Default)", regfile.SZ, utf16("\x00")),
		`" V" under`:                                                                             set(" V", regfile.SZ, utf16("\x00")),
	} {
		var b bytes.Buffer
		err := Encode(&b, []regfile.Op{set("V", regfile.SZ, utf16("\x00")), op}, nil)
		if b.Len() > 0 || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v\nwant %s", err, want)
		}
	}
	for _, c := range []string{"a\nComputer", "\x00", "ä", "\u2028"} {
		var b bytes.Buffer
		if err := Encode(&b, nil, []string{c}); err == nil || b.Len() > 0 {
			t.Errorf("comment %q is written", c)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, a := range actions {
		f.Add([]byte(setting(a.action)))
	}
	whole := "; c\r\n" + setting("DELETEALLVALUES") + "\nUser\nA\n*\nCREATEKEY\n" + setting("CLEAR")
	for n := range len(whole) + 1 {
		f.Add([]byte(whole[:n]))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		ops, notes, err := Decode("x", src)
		if err != nil {
			if ops != nil || notes != nil || !strings.HasPrefix(err.Error(), "x:") {
				t.Fatal(ops, notes, err)
			}
			return
		}
		if len(ops)+len(notes) > 0 && !IsLGPO(src) {
			t.Fatal("read, but not recognised")
		}
		var b, again bytes.Buffer
		if Encode(&b, ops, []string{fmt.Sprintf("%q", "x")}) != nil {
			return
		}
		back, _, err := Decode("y", b.Bytes())
		if err != nil || len(back) > len(ops) {
			t.Fatalf("%v: %v\nwant %v", err, back, ops)
		}
		for _, op := range back {
			if !slices.ContainsFunc(ops, func(o regfile.Op) bool { return sameOp(o, op) }) {
				t.Fatalf("%v is new", op)
			}
		}
		if err := Encode(&again, back, []string{`"x"`}); err != nil || !bytes.Equal(b.Bytes(), again.Bytes()) {
			t.Fatalf("%v\n%q\n%q", err, b.Bytes(), again.Bytes())
		}
	})
}

// Keys are deleted as a Registry.pol deletes them.
func TestDeleteKeys(t *testing.T) {
	ops, notes, err := Decode("x", []byte(setting("DELETEKEYS:A;B")))
	want := []regfile.Op{{Verb: regfile.DeleteKey, Key: key + `\A`}, {Verb: regfile.DeleteKey, Key: key + `\B`}}
	if err != nil || notes != nil || !slices.EqualFunc(ops, want, sameOp) {
		t.Errorf("%v, %v, %v", ops, notes, err)
	}
}

// A file stays recognisable behind the comments on all ports.
func TestManyComments(t *testing.T) {
	var b bytes.Buffer
	err := Encode(&b, []regfile.Op{set("V", regfile.SZ, utf16("\x00"))}, slices.Repeat([]string{"1433: database"}, 5000))
	for _, n := range []int{16<<10 + 1, 32 << 10, 64 << 10, b.Len()} {
		if !IsLGPO(b.Bytes()[:n]) {
			t.Errorf("%d bytes are not recognised", n)
		}
	}
	ops, _, failed := Decode("x", b.Bytes())
	if err != nil || failed != nil || len(ops) != 1 {
		t.Error(ops, err, failed)
	}
}

// A file that was cut off anywhere but at the end of a line is refused, or said to be.
func TestCutOff(t *testing.T) {
	const whole = "Computer\r\nSYSTEM\\A\r\nList\r\nMULTISZ:1433-1434\\05000-50199\r\n"
	for end := 1; end < len(whole); end++ {
		ops, notes, err := Decode("f", []byte(whole[:end]))
		cut := err != nil || len(notes) == 1 && notes[0].Rule == "policy-end" && notes[0].Pos.Line == 4
		if !cut && ops != nil {
			t.Errorf("%q: %v, %v", whole[:end], ops, notes)
		}
	}
	if _, notes, err := Decode("f", []byte(whole)); notes != nil || err != nil {
		t.Error(notes, err)
	}
}
