package regfile

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// encode gives what Encode writes.
func encode(t testing.TB, ops []Op, o Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Encode(&b, ops, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// wrapped states the rule step by step: a comma that brings the line to column
// 77 is followed by a backslash.
func wrapped(prefix string, data []byte, eol string) string {
	col := len(prefix)
	for i, c := range data {
		prefix += fmt.Sprintf("%02x", c)
		if i == len(data)-1 {
			break
		}
		prefix += ","
		if col += 3; col >= 77 {
			prefix += `\` + eol + "  "
			col = 2
		}
	}
	return prefix
}

// [W] "Multiple strings", "String expansion"@3494; 1,355 of 1,404 real values.
func TestWrapping(t *testing.T) {
	const key = `HKEY_USERS\A`
	data := make([]byte, 200)
	for i := range data {
		data[i] = byte(i * 7)
	}
	for prefix := 20; prefix < 120; prefix++ {
		name := strings.Repeat("n", prefix-len(`""=hex(100):`))
		start := fmt.Sprintf(`"%s"=hex(100):`, name)
		first := max(1, (77-prefix+2)/3)
		for _, size := range []int{0, 1, first - 1, first, first + 1, first + 24, first + 25, first + 26, first + 49, first + 50, first + 51, 200} {
			ops := []Op{{Verb: SetValue, Key: key, Name: name, Data: Data{0x100, data[:size]}}}
			body := "\r\n[" + key + "]\r\n" + wrapped(start, data[:size], "\r\n") + "\r\n\r\n"
			if got, want := encode(t, ops, Options{}), utf16LE(header5+"\r\n"+body); !bytes.Equal(got, want) {
				t.Fatalf("prefix %d, %d bytes:\n%s\nwant\n%s", prefix, size, got, want)
			}
			if got, want := encode(t, ops, Options{Version: V4}), header4+"\r\n"+body; string(got) != want {
				t.Fatalf("REGEDIT4, prefix %d, %d bytes:\n%s\nwant\n%s", prefix, size, got, want)
			}
			want := strings.ReplaceAll(header5+"\r\n"+body, "\r", "")
			if got := encode(t, ops, Options{Text: UTF8}); string(got) != want {
				t.Fatalf("UTF-8, prefix %d, %d bytes:\n%s\nwant\n%s", prefix, size, got, want)
			}
		}
	}
}

// The column counts UTF-16 units, of the escaped name.
func TestWrappingUnits(t *testing.T) {
	for _, name := range []string{"0123456789ab", `\\\\\\`, `""""""`, "ääääääääääää", "😀😀😀😀😀😀"} {
		ops := []Op{{Verb: SetValue, Key: `HKEY_USERS\A`, Name: name, Data: Data{MultiSZ, make([]byte, 30)}}}
		for _, text := range []Text{UTF16, UTF8} {
			src := encode(t, ops, Options{Text: text})
			line, _, _ := strings.Cut(narrowString(bytes.ReplaceAll(src, []byte{0}, nil)), "\\\n")
			if text == UTF16 {
				line, _, _ = strings.Cut(string(bytes.ReplaceAll(src, []byte{0}, nil)), "\\\r")
			}
			// 12 units, two quotes, = and hex(7): make 22; 19 bytes make it 79.
			if n := strings.Count(line, "00,"); n != 19 {
				t.Errorf("%q: %d bytes on the first line, want 19", name, n)
			}
		}
	}
}

func TestEncode(t *testing.T) {
	const key = `HKEY_USERS\A`
	text := func(s string) []byte { return append(AppendUTF16(nil, s), 0, 0) }
	list, _ := MultiString("1-2", "ä")
	none, _ := MultiString()
	set := func(name string, d Data) Op { return Op{Verb: SetValue, Key: key, Name: name, Data: d} }
	for _, c := range []struct {
		source string
		ops    []Op
		o      Options
		want   string // after the header line, LF
	}{
		{"no operations", nil, Options{}, "\n"},
		{"comments", nil, Options{Comments: []string{"one", "", "two\t\\ "}}, "\n; one\n;\n; two\t\\\n\n"},
		{"[W] test_export: each key after a blank line, one blank line at the end",
			[]Op{{Verb: CreateKey, Key: key}, {Verb: CreateKey, Key: key + `\B "]`}}, Options{Comments: []string{"c"}},
			"\n; c\n\n[HKEY_USERS\\A]\n\n[HKEY_USERS\\A\\B \"]]\n\n"},
		{"values open their key; one key block for any case", []Op{set("a", none), {Verb: DeleteValue, Key: `hkey_users\a`, Name: "b"}, {Verb: DeleteValue, Key: key}}, Options{},
			"\n[HKEY_USERS\\A]\n\"a\"=hex(7):00,00\n\"b\"=-\n@=-\n\n"},
		{"KB 310516: deletions; a deleted key is opened again", []Op{{Verb: DeleteKey, Key: key}, set("a", none)}, Options{},
			"\n[-HKEY_USERS\\A]\n\n[HKEY_USERS\\A]\n\"a\"=hex(7):00,00\n\n"},
		{"[W] complex_test@3480: types", []Op{set("", Data{SZ, text("x")}), set("d", Uint32Data(0x1234abcd)), set("b", Data{Binary, []byte{1, 0xab}}),
			set("0", Data{None, []byte{1}}), set("2", Data{ExpandSZ, text("%x%")}), set("7", list), set("q", Data{QWord, []byte{1, 0, 0, 0, 0, 0, 0, 0}}),
			set("100", Data{0x100, []byte{1}}), set("abcd", Data{0xabcd, []byte{1}}), set("f", Data{0xffffffff, []byte{1}})}, Options{},
			"\n[HKEY_USERS\\A]\n@=\"x\"\n\"d\"=dword:1234abcd\n\"b\"=hex:01,ab\n\"0\"=hex(0):01\n\"2\"=hex(2):25,00,78,00,25,00,00,00\n" +
				"\"7\"=hex(7):31,00,2d,00,32,00,00,00,e4,00,00,00,00,00\n\"q\"=hex(b):01,00,00,00,00,00,00,00\n\"100\"=hex(100):01\n\"abcd\"=hex(abcd):01\n\"f\"=hex(ffffffff):01\n\n"},
		{"[W] empty_hex_test@3519: data of no bytes", []Op{set("", Data{SZ, nil}), set("d", Data{DWord, nil}), set("b", Data{Binary, nil}), set("0", Data{None, nil}), set("7", Data{MultiSZ, nil})}, Options{},
			"\n[HKEY_USERS\\A]\n@=\"\"\n\"d\"=hex(4):\n\"b\"=hex:\n\"0\"=hex(0):\n\"7\"=hex(7):\n\n"},
		{"a REG_DWORD of other sizes", []Op{set("d", Data{DWord, []byte{1, 2, 3}})}, Options{}, "\n[HKEY_USERS\\A]\n\"d\"=hex(4):01,02,03\n\n"},
		{"escapes of names and text, a tab as it is", []Op{set(`a\"b`, Data{SZ, text("c\\\"d\te")})}, Options{}, "\n[HKEY_USERS\\A]\n\"a\\\\\\\"b\"=\"c\\\\\\\"d\te\"\n\n"},
		{"text that quotes cannot hold", []Op{set("n", Data{SZ, text("\n")}), set("r", Data{SZ, []byte{'r', 0}}), set("0", Data{SZ, text("\x00")}), set("o", Data{SZ, []byte{0}})}, Options{},
			"\n[HKEY_USERS\\A]\n\"n\"=hex(1):0a,00,00,00\n\"r\"=hex(1):72,00\n\"0\"=hex(1):00,00,00,00\n\"o\"=hex(1):00\n\n"},
		{"REGEDIT4: code page bytes", []Op{set("ä€", Data{SZ, text("ö")}), set("2", Data{ExpandSZ, text("€")}), set("7", list), set("b", Data{Binary, text("ö")}), set("e", none)}, Options{Version: V4, Text: UTF8},
			"\n[HKEY_USERS\\A]\n\"\xe4\x80\"=\"\xf6\"\n\"2\"=hex(2):80,00\n\"7\"=hex(7):31,2d,32,00,e4,00,00\n\"b\"=hex:f6,00,00,00\n\"e\"=hex(7):00\n\n"},
		{"UTF-8: LF, UTF-16LE bytes, no lone surrogates in quotes", []Op{set("ä😀", Data{SZ, text("ö")}), set("7", list), set("s", Data{SZ, []byte{0, 0xd8, 0, 0}})}, Options{Text: UTF8},
			"\n[HKEY_USERS\\A]\n\"ä😀\"=\"ö\"\n\"7\"=hex(7):31,00,2d,00,32,00,00,00,e4,00,00,00,00,00\n\"s\"=hex(1):00,d8,00,00\n\n"},
	} {
		want := []byte(header5 + "\n" + c.want)
		switch {
		case c.o.Version == V4:
			want = []byte(crlf(header4 + "\n" + c.want))
		case c.o.Text == UTF16:
			want = utf16LE(crlf(header5 + "\n" + c.want))
		}
		if got := encode(t, c.ops, c.o); !bytes.Equal(got, want) {
			t.Errorf("%s:\n%q\nwant\n%q", c.source, got, want)
		}
	}
}

// What would break its line, be read back as something else or be refused by
// the registry is an error, and nothing is written.
func TestEncodeRefuses(t *testing.T) {
	const key = `HKEY_USERS\A`
	long := strings.Repeat("n", 16384)
	name := func(name string) Op { return Op{Verb: DeleteValue, Key: key, Name: name} }
	create := func(key string) Op { return Op{Verb: CreateKey, Key: key} }
	for _, c := range []struct {
		op   Op
		o    Options
		want string
	}{
		{create(""), Options{}, `"" is not the path of a key that regedit knows`},
		{create("HKLM\\A"), Options{}, `"HKLM\\A" is not the path of a key that regedit knows`},
		{create("HKEY_USERS/A"), Options{}, `"HKEY_USERS/A" is not the path of a key that regedit knows`},
		{create("-HKEY_USERS\\A"), Options{}, `"-HKEY_USERS\\A" is not the path of a key that regedit knows`},
		{create(" HKEY_USERS\\A"), Options{}, `" HKEY_USERS\\A" is not the path of a key that regedit knows`},
		{create("HKEY_USERS\\A\\"), Options{}, `"HKEY_USERS\\A\\" is not the path of a key that regedit knows`},
		{create("HKEY_USERS\\\\A"), Options{}, `"HKEY_USERS\\\\A" is not the path of a key that regedit knows`},
		{create("HKEY_USERS\\A]\r\n[HKEY_USERS\\B"), Options{}, `key "HKEY_USERS\\A]\r\n[HKEY_USERS\\B" holds a control character`},
		{create("HKEY_USERS\\\x00"), Options{}, `key "HKEY_USERS\\\x00" holds a control character`},
		{create("HKEY_USERS\\\xff"), Options{}, `key "HKEY_USERS\\\xff" is not UTF-8`},
		{create("HKEY_USERS\\ł"), Options{Version: V4}, `key "HKEY_USERS\\ł" cannot be written in Windows-1252`},
		{create("HKEY_USERS\\" + long), Options{}, `key "HKEY_USERS\\` + long[:50] + `..." is longer than the 16383 characters that the registry takes`},
		{Op{Verb: DeleteKey, Key: "HKEY_USERS"}, Options{}, `"HKEY_USERS" is a root key, which cannot be deleted`},
		{Op{Verb: 9, Key: key}, Options{}, "verb 9 is none that a .reg file knows"},
		{name("a\nb"), Options{}, `value name "a\nb" holds a control character`},
		{name("a\rb"), Options{}, `value name "a\rb" holds a control character`},
		{name("a\x7f"), Options{}, `value name "a\x7f" holds a control character`},
		{name(strings.Repeat("\x93", 99)), Options{}, `value name "` + strings.Repeat(`\x93`, 57) + `..." is not UTF-8`},
		{name("\xed\xa0\xbd\xed\xb8\x80"), Options{}, `value name "\xed\xa0\xbd\xed\xb8\x80" is not UTF-8`},
		{name("\xed\xa0\xbd"), Options{Text: UTF8}, `value name "\xed\xa0\xbd" cannot be written in UTF-8`},
		{name("😀"), Options{Version: V4}, `value name "😀" cannot be written in Windows-1252`},
		{name(long), Options{}, `value name "` + long[:61] + `..." is longer than the 16383 characters that the registry takes`},
		{Op{Verb: SetValue, Key: key, Name: "\n"}, Options{}, `value name "\n" holds a control character`},
		{Op{Verb: SetValue, Key: key, Name: "l", Data: Data{MultiSZ, AppendUTF16(nil, "ł\x00\x00")}}, Options{Version: V4}, `"l" holds text that is not in Windows-1252, which REGEDIT4 needs`},
		{Op{Verb: SetValue, Key: key, Name: "l", Data: Data{SZ, AppendUTF16(nil, "ł\x00")}}, Options{Version: V4}, `"l" holds text that is not in Windows-1252, which REGEDIT4 needs`},
		{Op{Verb: SetValue, Key: key, Name: "o", Data: Data{MultiSZ, []byte{0}}}, Options{Version: V4}, `"o" holds text that is not in Windows-1252, which REGEDIT4 needs`},
		{create(key), Options{Comments: []string{"a", "b\r\n[-HKEY_USERS\\B]"}}, `comment "b\r\n[-HKEY_USERS\\B]" holds a control character`},
		{create(key), Options{Comments: []string{"\xff"}}, `comment "\xff" is not UTF-8`},
		{create(key), Options{Version: V4, Comments: []string{"ł"}}, `comment "ł" cannot be written in Windows-1252`},
	} {
		var b bytes.Buffer
		err := Encode(&b, []Op{create(key), c.op}, c.o)
		if err == nil || err.Error() != c.want || b.Len() > 0 {
			t.Errorf("%d bytes written, error %v\nwant %s", b.Len(), err, c.want)
		}
	}
}

// The longest names and paths are read back, in every form.
func TestLongNames(t *testing.T) {
	long := strings.Repeat("n", 16383)
	for _, op := range []Op{
		{Verb: DeleteValue, Key: `HKEY_USERS\A`, Name: long},
		{Verb: DeleteValue, Key: `HKEY_USERS\A`, Name: strings.Repeat(`"`, 16383)},
		{Verb: DeleteValue, Key: `HKEY_USERS\A`, Name: strings.Repeat("€", 16383)},
		{Verb: CreateKey, Key: `HKEY_USERS\` + long[11:]},
	} {
		for _, o := range []Options{{}, {Version: V4}, {Text: UTF8}} {
			f, err := Parse("x.reg", encode(t, []Op{op}, o))
			if err != nil || len(f.Notes()) > 0 {
				t.Fatal(err, f.Notes())
			}
			if last := f.Ops()[len(f.Ops())-1]; last.Key != op.Key || last.Name != op.Name {
				t.Errorf("%d characters are read back as %d", len(op.Key+op.Name), len(last.Key+last.Name))
			}
		}
	}
}

// A writer that fails has its error handed on.
func TestEncodeError(t *testing.T) {
	for size := range 3 {
		data := Data{Binary, make([]byte, size*100_000)}
		err := Encode(failing{}, []Op{{Verb: SetValue, Key: `HKEY_USERS\A`, Data: data}}, Options{})
		if err != errFull {
			t.Errorf("%d bytes: %v", len(data.Bytes), err)
		}
	}
}

type failing struct{}

var errFull = fmt.Errorf("disk full")

func (failing) Write([]byte) (int, error) { return 0, errFull }

// Files in regedit's own form are written again as they were.
func TestCanonical(t *testing.T) {
	files := caseFiles(t)
	for _, id := range strings.Fields(`enc-utf16le-bom-crlf key-add-delete-add key-lower key-twice-diff-case
		msz-ansi-bytes-in-u16 msz-bom-inside msz-empty-0bytes msz-empty-1byte msz-empty-4bytes msz-odd-no-nul
		msz-one-nul msz-surrogate typ-hex2 typ-hexb val-delete-then-set val-dup-diff-type val-dup-diffcase
		val-dup-last-wins val-name-lower val-name-space-inside val-then-delete
		L18-nowrap L20-wrap2 L42 L68 current empty four kb812873-range many200 one-port-4000`) {
		src := files[id]
		f, err := Parse(id, src)
		if err != nil {
			t.Fatal(err)
		}
		if got := encode(t, f.Ops(), Options{}); !bytes.Equal(got, src) {
			t.Errorf("%s:\n%s\nwant\n%s", id, got, src)
		}
	}
}

// randomOps are operations on few keys and names, so that they meet.
func randomOps(r *rand.Rand, latin bool) []Op {
	pick := func(ss ...string) string { return ss[r.IntN(len(ss))] }
	letters := []string{"a", "A", `"`, `]`, ";", "=", "-", "@", "\t", " ", "ä", "€", "#", "/", "'"}
	if !latin {
		letters = append(letters, "ł", "😀", "\ufeff", "中")
	}
	word := func() (s string) {
		for range r.IntN(6) {
			s += pick(letters...)
		}
		return s
	}
	var ops []Op
	for range r.IntN(12) {
		op := Op{Verb: Verb(r.IntN(4)), Key: pick("HKEY_LOCAL_MACHINE", "HKEY_USERS", "hkey_Current_User")}
		for range r.IntN(3) {
			op.Key += `\x` + word()
		}
		if op.Verb == DeleteKey {
			op.Key += `\y`
		}
		if op.Verb == SetValue || op.Verb == DeleteValue {
			op.Name = strings.ReplaceAll(word(), "]", `\`)
		}
		if op.Verb == SetValue {
			op.Data = randomData(r, word)
		}
		ops = append(ops, op)
	}
	return ops
}

// randomData is data that regedit imports as it is.
func randomData(r *rand.Rand, word func() string) Data {
	types := []Type{None, SZ, ExpandSZ, Binary, DWord, MultiSZ, QWord, 0x7fffffff, Type(r.Uint32())}
	d := Data{Type: types[r.IntN(len(types))]}
	if d.Type.holdsText() {
		d.Bytes = append(AppendUTF16(nil, word()+word()), 0, 0)
		return d
	}
	for range r.IntN(4) * r.IntN(40) {
		d.Bytes = append(d.Bytes, byte(r.UintN(256)))
	}
	if r.IntN(3) == 0 {
		return Uint32Data(r.Uint32())
	}
	return d
}

// opened is what a .reg file holds of operations: values below the line that
// opens their key.
func opened(ops []Op) []string {
	var out []string
	key := ""
	for _, op := range ops {
		open := op.Verb == SetValue || op.Verb == DeleteValue
		if open && !strings.EqualFold(key, op.Key) {
			out, key = append(out, "create "+op.Key), op.Key
		}
		switch op.Verb {
		case CreateKey:
			out, key = append(out, "create "+op.Key), op.Key
		case DeleteKey:
			out, key = append(out, "delete "+op.Key), ""
		default:
			out = append(out, fmt.Sprintf("%v %q in %s: %v", op.Verb, op.Name, key, showData(op.Data)))
		}
	}
	return out
}

// What is written is read back as the same operations.
func TestRoundTrip(t *testing.T) {
	for seed := range uint64(1000) {
		for _, o := range []Options{{}, {Version: V4}, {Text: UTF8}, {Comments: []string{`[x] \`, ""}}} {
			ops := randomOps(rand.New(rand.NewPCG(seed, 1)), o.Version == V4)
			f, err := Parse("x.reg", encode(t, ops, o))
			if err != nil || len(f.Notes()) > 0 {
				t.Fatalf("seed %d: %v %v", seed, err, f.Notes())
			}
			if got, want := opened(f.Ops()), opened(ops); !slices.Equal(got, want) {
				t.Fatalf("seed %d, %+v:\n%s\nwant\n%s", seed, o, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		}
	}
}
