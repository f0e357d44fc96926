package regfile

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func units(s string) []byte { return AppendUTF16(nil, s) }

func TestMultiString(t *testing.T) {
	for _, ss := range [][]string{nil, {"a"}, {"10-20", "30-40"}, {"ä", "😀", "\ufeff", " ", "\n"}, {"\xed\xa0\xbd", "\xed\xb8\x80"}} {
		d, err := MultiString(ss...)
		if err != nil {
			t.Fatal(err)
		}
		want := units(strings.Join(append(slices.Clone(ss), ""), "\x00") + "\x00")
		if !d.Equal(Data{MultiSZ, want}) {
			t.Errorf("%q: % x, want % x", ss, d.Bytes, want)
		}
		if got, err := d.Strings(); err != nil || !slices.Equal(got, ss) {
			t.Errorf("%q is read back as %q, %v", ss, got, err)
		}
	}
	for _, bad := range []string{"", "a\x00b", "\x00", "\xff", "\xed\xa0\xbd\xed\xb8\x80"} {
		want := fmt.Sprintf("%q cannot be a string of a REG_MULTI_SZ", bad)
		if _, err := MultiString("a", bad); err == nil || err.Error() != want {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// What programs read of a REG_MULTI_SZ, and what is odd about it.
func TestIrregularities(t *testing.T) {
	missing := Irregularity{"missing-nul", "the NUL that ends the list is missing"}
	surplus := Irregularity{"surplus-nul", "surplus NULs stand behind the end of the list"}
	for _, c := range []struct {
		data    []byte
		strings string // |-separated; or the error
		odd     []Irregularity
	}{
		{nil, "", nil},
		{units("\x00"), "", nil},
		{units("a\x00\x00"), "a", nil},
		{units("a\x00b\x00\x00"), "a|b", nil},
		{units("a\x00"), "a", []Irregularity{missing}},
		{units("a"), "a", []Irregularity{missing}},
		{units("a\x00b"), "a|b", []Irregularity{missing}},
		{units("\x00\x00"), "", []Irregularity{surplus}},
		{units("a\x00\x00\x00"), "a", []Irregularity{surplus}},
		{units("a\x00\x00\x00\x00\x00"), "a", []Irregularity{surplus}},
		{units("a\x00\x00b\x00c\x00\x00"), "a", []Irregularity{{"hidden-tail", `"b c" stands behind the end of the list, where nothing reads it`}}},
		{units("\x00b\x00"), "", []Irregularity{{"hidden-tail", `"b" stands behind the end of the list, where nothing reads it`}}},
		{units("a\x00\x00" + strings.Repeat("ä", 99)), "a", []Irregularity{{"hidden-tail", `"` + strings.Repeat("ä", 30) + `..." stands behind the end of the list, where nothing reads it`}}},
		{append(units("\xed\xa0\xbd"), units("\x00x\x00\x00")...), "\xed\xa0\xbd|x", []Irregularity{{"half-surrogate", `"\xed\xa0\xbd" holds half a surrogate pair`}}},
		{[]byte{0}, "its 1 bytes are not whole UTF-16 units", []Irregularity{{"half-unit", "its 1 bytes are not whole UTF-16 units"}}},
		{append(units("a\x00\x00"), 'x'), "its 7 bytes are not whole UTF-16 units", []Irregularity{{"half-unit", "its 7 bytes are not whole UTF-16 units"}}},
		{append(units("a"), 0), "its 3 bytes are not whole UTF-16 units", []Irregularity{{"half-unit", "its 3 bytes are not whole UTF-16 units"}, missing}},
	} {
		d := Data{MultiSZ, c.data}
		ss, err := d.Strings()
		got := strings.Join(ss, "|")
		if err != nil {
			got = err.Error()
		}
		if got != c.strings {
			t.Errorf("% x: %q, want %q", c.data, got, c.strings)
		}
		if odd := d.Irregularities(); !slices.Equal(odd, c.odd) {
			t.Errorf("% x: %q, want %q", c.data, odd, c.odd)
		}
	}
	for _, typ := range []Type{SZ, Binary, 8} {
		d := Data{typ, units("a")}
		want := fmt.Sprintf("it is a %v, not a REG_MULTI_SZ", typ)
		if _, err := d.Strings(); err == nil || err.Error() != want || d.Irregularities() != nil {
			t.Errorf("%v: %v, %v", typ, err, d.Irregularities())
		}
	}
}

func TestUint32(t *testing.T) {
	for _, v := range []uint32{0, 1, 0x12345678, 1<<32 - 1} {
		if got, err := Uint32Data(v).Uint32(); got != v || err != nil {
			t.Errorf("%d: %d, %v", v, got, err)
		}
	}
	for want, d := range map[string]Data{
		"REG_DWORD of 3 bytes is not a REG_DWORD of 4":  {DWord, []byte{1, 2, 3}},
		"REG_BINARY of 4 bytes is not a REG_DWORD of 4": {Binary, []byte{1, 2, 3, 4}},
		"hex(5) of 0 bytes is not a REG_DWORD of 4":     {5, nil},
	} {
		if _, err := d.Uint32(); err == nil || err.Error() != want {
			t.Errorf("%v: %v", d, err)
		}
	}
}

func TestNames(t *testing.T) {
	for typ, want := range map[Type]string{None: "REG_NONE", SZ: "REG_SZ", ExpandSZ: "REG_EXPAND_SZ", Binary: "REG_BINARY",
		DWord: "REG_DWORD", MultiSZ: "REG_MULTI_SZ", QWord: "REG_QWORD", 0xabcd: "hex(abcd)"} {
		if typ.String() != want {
			t.Errorf("%d: %v", uint32(typ), typ)
		}
	}
	for verb, want := range []string{"create key", "delete key", "set value", "delete value", "verb 4"} {
		if Verb(verb).String() != want {
			t.Errorf("%d: %v", verb, Verb(verb))
		}
	}
	note := Note{Pos: Pos{3, 4, 9}, Text: "odd"}
	if note.String() != "3:4: odd" || V4.String() != "REGEDIT4" {
		t.Error(note, V4)
	}
}

func TestIsReg(t *testing.T) {
	for id, src := range caseFiles(t) {
		if got, want := IsReg(src), id != "only-bom"; got != want {
			t.Errorf("%s: %v", id, got)
		}
	}
	body := "[HKEY_LOCAL_MACHINE\\A]\r\n"
	for _, text := range []string{header5, "regedit4", "REGEDIT 4", "; x\n" + body, "\n\n \t[-HKCU\\A]\n", "[hklm\\x]\n", strings.Repeat(" ", 99) + body} {
		le := utf16LE(text)
		var be []byte
		for i := 0; i < len(le); i += 2 {
			be = append(be, le[i+1], le[i])
		}
		for _, src := range [][]byte{[]byte(text), []byte(bomUTF8 + text), le, le[2:], be, be[2:], latin1(strings.ReplaceAll(text, "\n", "\r"))} {
			if !IsReg(src) {
				t.Errorf("%q is none", src)
			}
		}
	}
	for _, text := range []string{"", "80\n90-100\n", "# [HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters]\n80\n; REGEDIT4\n",
		"80 # REGEDIT4\nREGEDIT4\n", `{"ports": ["80", "[HKEY_LOCAL_MACHINE]"]}`, "[\n\"80\",\n\"90\"\n]\n", "[80]\n", "[Unicode]\nUnicode=yes\n",
		"\nProtocol tcp Port Exclusion Ranges\n\nStart Port    End Port\n----------    --------\n        80          80\n\n* - Administered port exclusions.\n",
		strings.Repeat("80\n", 1<<15) + "[HKEY_USERS\\A]\n",
		"regf\x01\x00\x00\x00", "PReg\x01\x00\x00\x00[\x00S\x00", "\x7fELF\x02\x01\x01\x00", "\x00\x00\x00\x00", "\xff\xfe", "MZ\x90\x00[HKEY_X"} {
		if IsReg([]byte(text)) || IsReg(utf16LE(text)) {
			t.Errorf("%q is one", text)
		}
	}
}

// 8-bit text is UTF-8, with halves of surrogate pairs as [M] reged 0.1 exports them, or
// else Windows-1252.
func TestNarrowString(t *testing.T) {
	for narrow, want := range map[string]string{
		"\xc3\xa4\xf0\x9f\x98\x80":   "ä😀",
		"a\xed\xa0\xbd\xed\xb8\x80ä": "a😀ä",
		"\xed\xa0\xbdä":              "\xed\xa0\xbdä",
		"\xed\xa0\xbd\xe4":           "í\u00a0½ä",
		"\xe4\x80":                   "ä€",
	} {
		if got := narrowString([]byte(narrow)); got != want {
			t.Errorf("%q becomes %q, want %q", narrow, got, want)
		}
	}
}

// Strings that are not UTF-8 become replacement characters, but for the three
// bytes of a lone surrogate.
func TestUTF16(t *testing.T) {
	for _, c := range []struct {
		s      string
		want   string
		isText bool
	}{
		{"aä😀", "61 00 e4 00 3d d8 00 de", true},
		{"\xed\xa0\xbd", "3d d8", true},
		{"\xed\xa0\xbdx\xed\xb8\x80", "3d d8 78 00 00 de", true},
		{"\xed\xa0\xbd\xed\xb8\x80", "3d d8 00 de", false},
		{"\xed\x41\x80", "fd ff 41 00 fd ff", false},
		{"\xed\xa0\x41", "fd ff fd ff 41 00", false},
		{"\xed\x9f\xbf\ufffd", "ff d7 fd ff", true},
		{"\xff", "fd ff", false},
	} {
		if got := fmt.Sprintf("% x", units(c.s)); got != c.want || isText(c.s) != c.isText {
			t.Errorf("%q: %s, %v", c.s, got, isText(c.s))
		}
	}
}
