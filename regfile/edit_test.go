package regfile

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Where a value is written: below {P} of version 5.00 unless the input starts
// with "F:" or "B:", as in the table of rules.
func TestSetValue(t *testing.T) {
	const key = `HKEY_USERS\A`
	list, _ := MultiString("1-2")
	long := Data{Binary, make([]byte, 30)}
	dword := Uint32Data(10)
	for _, c := range []struct {
		what, in  string
		key, name string
		data      Data
		want      string // as in; or the error
	}{
		{"in place, all else stays", "; c\n \"n\" \t=  hex(7):00,00 ; old\n\"m\"=\"1\"\n", scratchKey, "N", list,
			"; c\n \"n\" \t=  hex(7):31,00,2d,00,32,00,00,00,00,00 ; old\n\"m\"=\"1\"\n"},
		{"a string in place, over lines", "@=\"a\nb\\\"\";c\n", scratchKey, "", dword, "@=dword:0000000a;c\n"},
		{"a dword in place", "\"n\"=dword: 1 ;c\n", scratchKey, "n", Data{SZ, units("\"\x00")}, "\"n\"=\"\\\"\" ;c\n"},
		{"continued data in place goes with its comments", "\"n\"=hex:01,\\;c\n ; c\n\n  02,;d\n\"m\"=-\n", scratchKey, "n", dword, "\"n\"=dword:0000000a;d\n\"m\"=-\n"},
		{"wrapped by the column it stands at", "  \"n\"    =   hex:\n", scratchKey, "n", long,
			"  \"n\"    =   hex:" + strings.Repeat("00,", 20) + "\\\n  " + strings.Repeat("00,", 9) + "00\n"},
		{"columns are units", "F:" + header5 + "\n[HKEY_USERS\\A]\n\"😀ä\"=hex:\n", key, "😀ä", long,
			"F:" + header5 + "\n[HKEY_USERS\\A]\n\"😀ä\"=hex:" + strings.Repeat("00,", 23) + "\\\n  " + strings.Repeat("00,", 6) + "00\n"},
		{"the last of several", "\"n\"=\"1\"\n\"N\"=\"2\"\n", scratchKey, "n", dword, "\"n\"=\"1\"\n\"N\"=dword:0000000a\n"},
		{"set again after its deletion", "\"n\"=\"1\"\n\"n\"=-\n", scratchKey, "n", dword, "\"n\"=\"1\"\n\"n\"=-\n\"n\"=dword:0000000a\n"},
		{"a new line behind the block's last", "\"a\"=hex:01,\\\n  02 ;c\n;d\n\njunk\n\n[HKEY_USERS\\A]\n", strings.ToLower(scratchKey), "n", dword,
			"\"a\"=hex:01,\\\n  02 ;c\n\"n\"=dword:0000000a\n;d\n\njunk\n\n[HKEY_USERS\\A]\n"},
		{"in the last block of the key", "\"a\"=\"1\"\n[HKEY_USERS\\A]\n[{P}] ;x\n[HKEY_USERS\\A]\n", scratchKey, "n", dword,
			"\"a\"=\"1\"\n[HKEY_USERS\\A]\n[{P}] ;x\n\"n\"=dword:0000000a\n[HKEY_USERS\\A]\n"},
		{"behind the last line without an end", "\"a\"=\"1\"", scratchKey, "n", dword, "\"a\"=\"1\"\n\"n\"=dword:0000000a"},
		{"a new key", "\"a\"=\"1\"\n\n", key, "n", dword, "\"a\"=\"1\"\n\n[HKEY_USERS\\A]\n\"n\"=dword:0000000a\n\n"},
		{"a blank line before it", "\"a\"=\"1\"\n", key, "n", dword, "\"a\"=\"1\"\n\n[HKEY_USERS\\A]\n\"n\"=dword:0000000a\n\n"},
		{"a line end before it", "\"a\"=\"1\" ;c", key, "", dword, "\"a\"=\"1\" ;c\n\n[HKEY_USERS\\A]\n@=dword:0000000a\n\n"},
		{"a key that was deleted", "[-HKEY_USERS\\A]\n\n", key, "n", dword, "[-HKEY_USERS\\A]\n\n[HKEY_USERS\\A]\n\"n\"=dword:0000000a\n\n"},
		{"a key named only above others", "B:[HKEY_USERS\\A\\B]\n\n", key, "n", dword, "B:[HKEY_USERS\\A\\B]\n\n[HKEY_USERS\\A]\n\"n\"=dword:0000000a\n\n"},
		{"damage elsewhere does not matter", "\"a\"=hex:zz\n[HKEY_USERS\\A\n\"a\"=\"1\"x\n", scratchKey, "n", dword,
			"\"n\"=dword:0000000a\n\"a\"=hex:zz\n[HKEY_USERS\\A\n\"a\"=\"1\"x\n"},

		{"a value whose data breaks off at the end", "\"n\"=hex:01,\\", scratchKey, "n", dword, "\"n\"=dword:0000000a"},
		{"the end would swallow a line", "\"a\"=hex:01,\\", scratchKey, "n", dword, `x.reg:4:13: "n" cannot be set where the file is damaged like this`},
		{"the end would swallow a key", "\"a\"=hex:01,\\\n", key, "n", dword, `x.reg:5:1: "n" cannot be set where the file is damaged like this`},
		{"an open quote would swallow a key", "\"a\"=\"b\n", key, "n", dword, `x.reg:5:1: "n" cannot be set where the file is damaged like this`},
		{"a comment would become data", "\"n\"=hex:01,;be;c\n", scratchKey, "n", Data{Binary, []byte{1}}, `x.reg:4:12: "n" cannot be set where the file is damaged like this`},
		{"a bad key", "", "HKLM\\A", "n", dword, `x.reg: "HKLM\\A" is not the path of a key that regedit knows`},
		{"a bad name", "", key, "\n", dword, `x.reg: value name "\n" holds a control character`},
		{"text that regedit changes", "", key, "n", Data{MultiSZ, units("a")}, `x.reg: REG_MULTI_SZ data must end in a NUL; regedit would add one`},
		{"a REG_SZ of no bytes", "", key, "n", Data{SZ, nil}, `x.reg: REG_SZ data must end in a NUL; regedit would add one`},
	} {
		in := ruleCase{in: c.in}.text()
		for _, encode := range []encoding{utf16LE,
			func(text string) []byte { return utf16LE(crlf(text)) },
			func(text string) []byte { return []byte(strings.ReplaceAll(text, "\n", "\r")) },
		} {
			f, err := Parse("x.reg", encode(in))
			if err != nil {
				t.Fatal(err)
			}
			err = f.SetValue(c.key, c.name, c.data)
			switch {
			case strings.HasPrefix(c.want, "x.reg:"):
				if err == nil || err.Error() != c.want || !bytes.Equal(f.Bytes(), encode(in)) {
					t.Errorf("%s: %v\nwant %s", c.what, err, c.want)
				}
			case err != nil || !bytes.Equal(f.Bytes(), encode(ruleCase{in: c.want}.text())):
				t.Errorf("%s: %v\n%q\nwant\n%q", c.what, err, f.Bytes(), c.want)
			}
		}
	}
}

// The version says how text is written, the mark in which width.
func TestSetValueForms(t *testing.T) {
	const body = "[HKEY_USERS\\A]\n\"ä\"="
	list, _ := MultiString("€")
	for _, c := range []struct {
		header, data string
		encode       encoding
	}{
		{header5, "ac,20,00,00,00,00", utf16LE},
		{header5, "ac,20,00,00,00,00", func(text string) []byte { return []byte(bomUTF8 + text) }},
		{header5, "ac,20,00,00,00,00", func(text string) []byte { return []byte(text) }},
		{header4, "80,00,00", latin1},
		{header4, "80,00,00", utf16LE},
	} {
		for _, old := range []string{"", body + "\"ü\"\n\n"} {
			f, err := Parse("x.reg", c.encode(c.header+"\n\n"+old))
			if err != nil {
				t.Fatal(err)
			}
			if err := f.SetValue(`HKEY_USERS\A`, "ä", list); err != nil {
				t.Fatal(err)
			}
			if want := c.encode(c.header + "\n\n" + body + "hex(7):" + c.data + "\n\n"); !bytes.Equal(f.Bytes(), want) {
				t.Errorf("%q\nwant\n%q", f.Bytes(), want)
			}
		}
	}
	f, err := Parse("x.reg", []byte("REGEDIT4\n"))
	if err != nil {
		t.Fatal(err)
	}
	if err := f.SetValue(`HKEY_USERS\A`, "ł", list); err == nil || err.Error() != `x.reg: value name "ł" cannot be written in Windows-1252` {
		t.Error(err)
	}
	if f, _ = Parse("x.reg", utf16LE("REGEDIT4\n")); f.SetValue(`HKEY_USERS\A`, "ł", Data{SZ, units("ł\x00")}) != nil {
		t.Error("REGEDIT4 in UTF-16 cannot hold text in quotes")
	}
}

// respelled are a fixture's text with other line ends, widths and versions.
func respelled(src []byte) [][]byte {
	out := [][]byte{src}
	f, err := Parse("", src)
	if err != nil || f.form.width == 1 {
		return out
	}
	text := strings.ReplaceAll(UTF16String(src[2:]), "\r\n", "\n")
	return append(out, utf16LE(text), utf16LE(strings.ReplaceAll(text, "\n", "\r")),
		[]byte(crlf(text)), []byte(bomUTF8+text), latin1(crlf(strings.Replace(text, header5, header4, 1))))
}

// setOne sets a value and checks that it alone has changed, in what the file
// leaves and in its bytes.
func setOne(src []byte, key, name string, d Data) error {
	f, err := Parse("x.reg", src)
	if err != nil {
		return nil
	}
	before := naiveOf(f.Ops())
	if err := f.SetValue(key, name, d); err != nil {
		damaged := errors.As(err, new(*Error))
		if !bytes.Equal(f.Bytes(), src) || damaged && !breaksOff(f) {
			return fmt.Errorf("refused: %v", err)
		}
		return nil
	}
	again, err := Parse("x.reg", f.Bytes())
	if err != nil {
		return err
	}
	old, set := before.value(key, name)
	before.apply(Op{Verb: SetValue, Key: key, Name: name, Data: d})
	if got, want := places(again.Ops(), before), places(nil, before); got != want {
		return fmt.Errorf("it leaves\n%s\nwant\n%s", got, want)
	}
	return sameBytes(src, f.Bytes(), set, old)
}

// breaksOff reports whether the file ends within a value, so that what is
// added would belong to it, or has a comment where bytes may follow.
func breaksOff(f *File) bool {
	return slices.ContainsFunc(f.Notes(), func(n Note) bool {
		return n.Rule == "continuation-eof" || n.Rule == "open-quote" || n.Rule == "hex-trailing-comma"
	})
}

// places lists what operations leave, or else what the model does, without
// the places, as these move.
func places(ops []Op, model *naive) string {
	if ops != nil {
		model = naiveOf(ops)
	}
	var lines []string
	for _, v := range model.values {
		lines = append(lines, fmt.Sprintf("%s\\%s: %v", lower(v.Key), lower(v.Name), showData(v.Data)))
	}
	for _, key := range model.keys {
		lines = append(lines, lower(key))
	}
	return strings.Join(slices.Sorted(slices.Values(lines)), "\n")
}

// sameBytes checks that b is a with something put in, or if the value was set,
// with something replaced behind its name.
func sameBytes(a, b []byte, set bool, old Value) error {
	start := 0
	for start < min(len(a), len(b)) && a[start] == b[start] {
		start++
	}
	end := 0
	for end < min(len(a), len(b))-start && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	gone := a[start : len(a)-end]
	switch {
	case !set && len(gone) > 0:
		return fmt.Errorf("%q is gone", gone)
	case set && start <= int(old.Pos.Offset):
		return fmt.Errorf("changed from byte %d on, before the value at %d", start, old.Pos.Offset)
	case set && old.Data.Type != SZ && bytes.ContainsAny(gone, "[=@\""):
		return fmt.Errorf("%q is gone", gone)
	}
	return nil
}

func TestSetValueChangesNothingElse(t *testing.T) {
	list, _ := MultiString("4000-4000", "5000-5010", strings.Repeat("6", 40))
	for id, src := range caseFiles(t) {
		for i, src := range respelled(src) {
			if len(src) > 10_000 && i > 0 {
				continue
			}
			for _, key := range []string{strings.ToLower(scratchKey), `HKEY_LOCAL_MACHINE\SYSTEM`, scratchKey + `\Sub`} {
				for _, name := range []string{"RESERVEDPORTS", "B", `n"\`} {
					for _, d := range []Data{list, {SZ, units("a\"b\x00")}, {Binary, nil}} {
						if err := setOne(src, key, name, d); err != nil {
							t.Errorf("%s, form %d: %s %q = %v: %v", id, i, key, name, d.Type, err)
						}
					}
				}
			}
		}
	}
}
