package regfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"portreg/regfile/regfiletest"
)

// Where a value is written: below {P} of version 5.00 unless the input starts
// with "F:" or "B:", as in the table of rules.
func TestEdit(t *testing.T) {
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
		{"a blank line before it", "\"a\"=\"1\"\n", key, "n", dword, "\"a\"=\"1\"\n\n[HKEY_USERS\\A]\n\"n\"=dword:0000000a\n"},
		{"a line end before it", "\"a\"=\"1\" ;c", key, "", dword, "\"a\"=\"1\" ;c\n\n[HKEY_USERS\\A]\n@=dword:0000000a"},
		{"a key that was deleted", "[-HKEY_USERS\\A]\n\n", key, "n", dword, "[-HKEY_USERS\\A]\n\n[HKEY_USERS\\A]\n\"n\"=dword:0000000a\n\n"},
		{"a key named only above others", "B:[HKEY_USERS\\A\\B]\n\n", key, "n", dword, "B:[HKEY_USERS\\A]\n\"n\"=dword:0000000a\n\n[HKEY_USERS\\A\\B]\n\n"},
		{"behind values without a key", "B:\"a\"=\"1\\\\\nb\" ;c\n\"b\"=hex:zz\n\n[HKEY_USERS\\B]\n", key, "n", dword,
			"B:\"a\"=\"1\\\\\nb\" ;c\n\"b\"=hex:zz\n\n[HKEY_USERS\\A]\n\"n\"=dword:0000000a\n\n[HKEY_USERS\\B]\n"},
		{"behind what regedit ignores, but not behind comments", "junk\n; c\n\"b\"=hex:01,\\\n\"c\"=\"1\"\n  [HKEY_USERS\\9\n# d\n\n[HKEY_USERS\\B]\n", key, "n", dword,
			"junk\n; c\n\"b\"=hex:01,\\\n\"c\"=\"1\"\n  [HKEY_USERS\\9\n\n[HKEY_USERS\\A]\n\"n\"=dword:0000000a\n# d\n\n[HKEY_USERS\\B]\n"},
		{"before a line that closes the key", "junk\n\n[HKLM\\A]\n\"a\"=\"1\"\njunk\n", key, "n", dword,
			"junk\n\n[HKEY_USERS\\A]\n\"n\"=dword:0000000a\n\n[HKLM\\A]\n\"a\"=\"1\"\njunk\n"},
		{"before all keys, were they ones", "B:junk\n\n[HKLM\\A]\n\"a\"=\"1\"\n\n[HKEY_USERS\\B]\n", key, "n", dword,
			"B:junk\n\n[HKEY_USERS\\A]\n\"n\"=dword:0000000a\n\n[HKLM\\A]\n\"a\"=\"1\"\n\n[HKEY_USERS\\B]\n"},
		{"behind values that a deletion leaves without a key", "B:[HKEY_USERS\\A]\n[-HKEY_USERS\\a]\n\"a\"=-\n[HKEY_USERS\\B]\n", key, "n", dword,
			"B:[HKEY_USERS\\A]\n[-HKEY_USERS\\a]\n\"a\"=-\n\n[HKEY_USERS\\A]\n\"n\"=dword:0000000a\n[HKEY_USERS\\B]\n"},
		{"only what follows a deletion counts", "B:[HKEY_USERS\\S\\@]\n[-HKEY_USERS\\S]\n[HKEY_USERS]\n\"a\"=\"1\"\n[HKEY_USERS\\T]\n", `HKEY_USERS\s\A`, "n", dword,
			"B:[HKEY_USERS\\S\\@]\n[-HKEY_USERS\\S]\n[HKEY_USERS]\n\"a\"=\"1\"\n\n[HKEY_USERS\\s\\A]\n\"n\"=dword:0000000a\n[HKEY_USERS\\T]\n"},
		{"in an unsorted file", "B:[HKEY_USERS\\_]\n[HKEY_USERS\\9]\n\"a\"=\"1\"\n; c\n[HKEY_USERS\\B]\n[HKEY_USERS\\1]\n\"a\"=\"1\"\n", key, "n", dword,
			"B:[HKEY_USERS\\_]\n[HKEY_USERS\\9]\n\"a\"=\"1\"\n\n[HKEY_USERS\\A]\n\"n\"=dword:0000000a\n; c\n[HKEY_USERS\\B]\n[HKEY_USERS\\1]\n\"a\"=\"1\"\n"},
		{"in the last block of the key before it", "B:[HKEY_USERS\\9]\n\"a\"=\"1\"\n[HKEY_USERS\\1]\n[HKEY_USERS\\9]\n\"b\"=-\n[HKEY_USERS\\B]\n", key, "n", dword,
			"B:[HKEY_USERS\\9]\n\"a\"=\"1\"\n[HKEY_USERS\\1]\n[HKEY_USERS\\9]\n\"b\"=-\n\n[HKEY_USERS\\A]\n\"n\"=dword:0000000a\n[HKEY_USERS\\B]\n"},
		{"a long first line", "F:" + header5 + " ; " + strings.Repeat("\"", 5000) + "\n\n", key, "n", dword,
			"F:" + header5 + " ; " + strings.Repeat("\"", 5000) + "\n\n[HKEY_USERS\\A]\n\"n\"=dword:0000000a\n\n"},
		{"what it is already, in other words", "\"n\"=hex(4):A,0,0,00\n", scratchKey, "n", dword, "\"n\"=hex(4):A,0,0,00\n"},
		{"damage elsewhere does not matter", "\"a\"=hex:zz\n[HKEY_USERS\\A\n\"a\"=\"1\"x\n", scratchKey, "n", dword,
			"\"n\"=dword:0000000a\n\"a\"=hex:zz\n[HKEY_USERS\\A\n\"a\"=\"1\"x\n"},

		{"a value whose data breaks off at the end", "\"n\"=hex:01,\\", scratchKey, "n", dword, "\"n\"=dword:0000000a"},
		{"the end would swallow a line", "\"a\"=hex:01,\\", scratchKey, "n", dword, `x.reg:4:1: "n" cannot be set where the file is damaged like this`},
		{"the end would swallow a key", "\"a\"=hex:01,\\\n", key, "n", dword, `x.reg:4:1: "n" cannot be set where the file is damaged like this`},
		{"an open quote swallows nothing", "\"a\"=\"b\n", key, "n", dword, "\n[HKEY_USERS\\A]\n\"n\"=dword:0000000a\n\"a\"=\"b\n"},
		{"a comment would become data", "\"n\"=hex:01,;be;c\n", scratchKey, "n", Data{Binary, []byte{2}}, `x.reg:4:1: "n" cannot be set where the file is damaged like this`},
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
			got, err := edited(encode(in), Op{Verb: SetValue, Key: c.key, Name: c.name, Data: c.data})
			switch {
			case strings.HasPrefix(c.want, "x.reg:"):
				if err == nil || err.Error() != c.want {
					t.Errorf("%s: %v\nwant %s", c.what, err, c.want)
				}
			case err != nil || !bytes.Equal(got, encode(ruleCase{in: c.want}.text())):
				t.Errorf("%s: %v\n%q\nwant\n%q", c.what, err, got, c.want)
			}
		}
	}
}

// The version says how text is written, the mark in which width.
func TestEditForms(t *testing.T) {
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
			got, err := edited(c.encode(c.header+"\n\n"+old), Op{Verb: SetValue, Key: `HKEY_USERS\A`, Name: "ä", Data: list})
			if want := c.encode(c.header + "\n\n" + body + "hex(7):" + c.data + "\n\n"); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%v\n%q\nwant\n%q", err, got, want)
			}
		}
	}
	op := Op{Verb: SetValue, Key: `HKEY_USERS\A`, Name: "ł", Data: Data{SZ, units("ł\x00")}}
	if _, err := edited([]byte("REGEDIT4\n"), op); err == nil || err.Error() != `x.reg: value name "ł" cannot be written in Windows-1252` {
		t.Error(err)
	}
	if _, err := edited(utf16LE("REGEDIT4\n"), op); err != nil {
		t.Error("REGEDIT4 in UTF-16 cannot hold text in quotes:", err)
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

// edit scans a file for the key of the operations and edits it.
func edit(src []byte, ops ...Op) (*Patch, error) {
	var scanned []Op
	o := ScanOptions{Op: func(op Op) { scanned = append(scanned, op) }, Note: func(Note) {}}
	for _, op := range ops {
		o.Select.Keys, o.Place = append(o.Select.Keys, op.Key), op.Key
	}
	sum, err := ScanAt("x.reg", bytes.NewReader(src), int64(len(src)), o)
	if err != nil {
		return nil, err
	}
	return Edit("x.reg", bytes.NewReader(src), int64(len(src)), scanned, sum.Place, ops...)
}

// edited gives a file as Edit leaves it.
func edited(src []byte, ops ...Op) ([]byte, error) {
	p, err := edit(src, ops...)
	if err != nil {
		return nil, err
	}
	var out, again bytes.Buffer
	n, err := p.WriteTo(&out)
	if _, wrong := p.WriteTo(&again); n != int64(out.Len()) || wrong != nil || !bytes.Equal(out.Bytes(), again.Bytes()) {
		return nil, fmt.Errorf("%d bytes are %d; a second time: %v, %q", out.Len(), n, wrong, again.Bytes())
	}
	return out.Bytes(), err
}

// setOne sets a value and checks that it alone has changed, in what the file
// leaves and in its bytes.
func setOne(src []byte, key, name string, d Data) error {
	f, err := Parse("x.reg", src)
	if err != nil {
		return nil
	}
	op := Op{Verb: SetValue, Key: key, Name: name, Data: d}
	before := naiveOf(f.Ops())
	got, err := edited(src, op)
	if err != nil {
		if damaged := errors.As(err, new(*Error)); damaged && !breaksOff(f) {
			return fmt.Errorf("refused: %v", err)
		}
		return nil
	}
	again, err := Parse("x.reg", got)
	if err != nil {
		return err
	}
	if same, err := edited(got, op); err != nil || !bytes.Equal(same, got) {
		return fmt.Errorf("edited again: %v, %q", err, same)
	}
	old, set := before.value(key, name)
	before.apply(op)
	if got, want := places(again.Ops(), before), places(nil, before); got != want {
		return fmt.Errorf("it leaves\n%s\nwant\n%s", got, want)
	}
	if got, want := whatIsNoted(again), whatIsNoted(f); !set && !slices.Equal(got, want) && !opensQuote(f) {
		return fmt.Errorf("it notes\n%q\nwant\n%q", got, want)
	}
	return sameBytes(src, got, set, old)
}

// breaksOff reports whether the file ends within a value, so that what is
// added would belong to it, or has a comment where bytes may follow.
func breaksOff(f *File) bool {
	return slices.ContainsFunc(f.Notes(), func(n Note) bool {
		return n.Rule == "continuation-eof" || n.Rule == "hex-trailing-comma"
	})
}

// opensQuote reports whether the file ends in text without a closing quote, which is
// behind whatever is added.
func opensQuote(f *File) bool {
	return slices.ContainsFunc(f.Notes(), func(n Note) bool { return n.Rule == "open-quote" })
}

// whatIsNoted lists the notes without their places, as these move.
func whatIsNoted(f *File) (all []string) {
	for _, n := range f.Notes() {
		text, _, _ := strings.Cut(n.Text, " on line ")
		all = append(all, fmt.Sprintf("%s %q %q: %s", n.Rule, n.Key, n.Name, text))
	}
	return all
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

func TestEditChangesNothingElse(t *testing.T) {
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

func TestEditMutations(t *testing.T) {
	list, _ := MultiString("4000-4000", "5000-5010")
	for id, src := range caseFiles(t) {
		if len(src) > 5000 {
			continue
		}
		for seed := range uint64(20) {
			src := mutated(rand.New(rand.NewPCG(seed, 2)), src)
			for _, key := range []string{scratchKey, `HKEY_LOCAL_MACHINE\SYSTEM\ControlSet009\Services\Tcpip`} {
				if err := setOne(src, key, "ReservedPorts", list); err != nil {
					t.Errorf("%s, seed %d: %s: %v\n%q", id, seed, key, err, src)
				}
			}
		}
	}
}

// exported are the operations that an export of a random tree has.
func exported(r *rand.Rand, key string, depth int) []Op {
	ops := []Op{{Verb: CreateKey, Key: key}}
	for i := range r.IntN(3) {
		ops = append(ops, Op{Verb: SetValue, Key: key, Name: fmt.Sprint(i), Data: Uint32Data(r.Uint32())})
	}
	names := []string{"A", "a b", "A-", "a.b", "A0", "aB", "AC", "a_", "A~", "b"} // as RtlCompareUnicodeString has them, without case
	for _, name := range names {
		if depth > 0 && r.IntN(3) == 0 {
			ops = append(ops, exported(r, key+`\`+name, depth-1)...)
		}
	}
	return ops
}

// A key that is added to an export is where it would have been exported: what lacks it
// becomes the whole.
func TestEditAddsWhereExported(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for n := 0; n < 300; n++ {
		ops := exported(r, `HKEY_LOCAL_MACHINE\SYSTEM`, 3)
		key := ops[r.IntN(len(ops))].Key
		others := slices.DeleteFunc(slices.Clone(ops), func(op Op) bool { return op.Key == key })
		var values []Op
		for _, op := range ops {
			if op.Key == key && op.Verb == SetValue {
				values = append(values, op)
			}
		}
		if len(values) == 0 {
			continue
		}
		var want, without bytes.Buffer
		o := []Options{{}, {Version: V4}, {Text: UTF8}}[n%3]
		if err := errors.Join(Encode(&want, ops, o), Encode(&without, others, o)); err != nil {
			t.Fatal(err)
		}
		got, err := edited(without.Bytes(), values...)
		if err != nil || !bytes.Equal(got, want.Bytes()) {
			t.Fatalf("%s: %v\n%s\nwant\n%s", key, err, got, want.Bytes())
		}
	}
}

// Two values in one edit: one in place, one behind it.
func TestEditTwo(t *testing.T) {
	const key = `HKEY_USERS\A`
	src := []byte("REGEDIT4\n\n[HKEY_USERS\\A]\n\"B\"=\"1\" ;c\n; d\n")
	set := func(name string, n uint32) Op { return Op{Verb: SetValue, Key: key, Name: name, Data: Uint32Data(n)} }
	for _, ops := range [][]Op{{set("A", 1), set("b", 2)}, {set("b", 2), set("A", 1)}} {
		got, err := edited(src, ops...)
		want := "REGEDIT4\n\n[HKEY_USERS\\A]\n\"B\"=dword:00000002 ;c\n\"A\"=dword:00000001\n; d\n"
		if err != nil || string(got) != want {
			t.Errorf("%v\n%s", err, got)
		}
	}
	if got, err := edited(src); err != nil || !bytes.Equal(got, src) {
		t.Errorf("nothing to do: %v, %q", err, got)
	}
	for _, c := range []struct {
		ops  []Op
		want string
	}{
		{[]Op{set("A", 1), set("a", 2)}, `x.reg: "a" is set twice`},
		{[]Op{set("A", 1), {Verb: SetValue, Key: `HKEY_USERS\B`, Data: Uint32Data(1)}}, "x.reg: an edit sets values of one key"},
		{[]Op{{Verb: DeleteValue, Key: key}}, "x.reg: an edit sets values of one key"},
	} {
		if _, err := edited(src, c.ops...); err == nil || err.Error() != c.want {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
}

// A file that changes where it is edited, or is cut, between the passes is an error.
func TestEditOfChanging(t *testing.T) {
	src := []byte(header5 + "\n\n[HKEY_USERS\\A]\n\"a\"=\"1\"\n\"b\"=\"2\"\n\n")
	op := Op{Verb: SetValue, Key: `HKEY_USERS\A`, Name: "a", Data: Uint32Data(1)}
	patch := func() *Patch {
		p, err := edit(src, op)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	var out bytes.Buffer
	p, at := patch(), bytes.Index(src, []byte("1"))
	src[at] = '3'
	if _, err := p.WriteTo(&out); err == nil || err.Error() != "x.reg:4:1: the file has changed here since it was read" || out.Len() > 0 {
		t.Errorf("%v, %q", err, out.Bytes())
	}
	p = patch()
	p.r = bytes.NewReader(src[:len(src)-2])
	if _, err := p.WriteTo(&out); err != io.ErrUnexpectedEOF {
		t.Error(err)
	}
}

// What allocates nothing like the file's size, of files of any form, leaves all bytes but
// those of the data as they are.
func TestEditLarge(t *testing.T) {
	const key = `HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters`
	const most = 4 << 20
	list, _ := MultiString("1433-1434")
	for form, in := range map[regfiletest.Form]func(string) []byte{
		regfiletest.UTF16:    func(s string) []byte { return AppendUTF16(nil, s) },
		regfiletest.REGEDIT4: func(s string) []byte { return []byte(s) },
	} {
		var src, out bytes.Buffer
		if err := regfiletest.Export(&src, form, 8_000_000); err != nil {
			t.Fatal(err)
		}
		data := "hex(7):31,00,34,00,33,00,33,00,2d,00,31,00,34,00,33,00,34,00,\\\r\n  00,00,00,00"
		if form == regfiletest.REGEDIT4 {
			data = "hex(7):31,34,33,33,2d,31,34,33,34,00,00"
		}
		file := src.Bytes()
		start := bytes.Index(file, in("["+key+"]"))
		start += bytes.Index(file[start:], in(`"ReservedPorts"=`)) + len(in(`"ReservedPorts"=`))
		end := start + bytes.Index(file[start:], in("\r\n\"SyncDomain"))
		moved := strings.Replace(key, "Tcpip", "Tcpiq", 1)
		for _, c := range []struct {
			key        string
			want       []byte
			start, end int
		}{
			{key, in(data), start, end},
			{moved, in("\r\n\r\n[" + moved + "]\r\n\"ReservedPorts\"=" + data), 0, 0},
		} {
			out.Reset()
			out.Grow(src.Len() + 1000)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			p, err := edit(file, Op{Verb: SetValue, Key: c.key, Name: "ReservedPorts", Data: list})
			if err == nil {
				_, err = p.WriteTo(&out)
			}
			if err != nil {
				t.Fatal(err)
			}
			runtime.ReadMemStats(&after)
			if used := after.TotalAlloc - before.TotalAlloc; used > most {
				t.Errorf("form %d, %s: %d bytes of memory", form, c.key, used)
			}
			if c.start == 0 {
				c.start = bytes.Index(out.Bytes(), c.want)
				c.end = c.start
			}
			if !bytes.Equal(out.Bytes(), slices.Concat(file[:c.start], c.want, file[c.end:])) {
				t.Errorf("form %d, %s: other bytes differ", form, c.key)
			}
		}
	}
}
