package regfile

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// addFixtures seeds a fuzz target with the small fixtures and the table of rules.
func addFixtures(f *testing.F, add func(src []byte)) {
	for _, src := range caseFiles(f) {
		if len(src) < 4_000 {
			add(src)
		}
	}
	for _, c := range ruleCases {
		if text := strings.ReplaceAll(c.text(), "§", ""); len(text) < 2_000 {
			add([]byte(text))
		}
	}
}

func FuzzParse(f *testing.F) {
	addFixtures(f, func(src []byte) { f.Add(src) })
	f.Add([]byte(header5 + "\n\"\x80\xc6\x84\"=x\n[ \xff\xff]\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		parsed(t, src)
		IsReg(src)
		sameInWindows(t, src, 1, 2, 3, 4, 5, 6, 7, 8)
	})
}

// What Encode takes is read back as it was, and written again the same.
func FuzzEncode(f *testing.F) {
	addFixtures(f, func(src []byte) { f.Add(src, "a comment", uint8(0)) })
	f.Fuzz(func(t *testing.T, src []byte, comment string, form uint8) {
		file, err := Parse("x.reg", src)
		if err != nil {
			return
		}
		o := []Options{{}, {Version: V4}, {Text: UTF8}}[form%3]
		o.Comments = []string{comment}
		var b, again bytes.Buffer
		if err := Encode(&b, file.Ops(), o); err != nil {
			if b.Len() > 0 {
				t.Fatalf("%v, but %d bytes are written", err, b.Len())
			}
			return
		}
		back := parsed(t, b.Bytes())
		if back == nil || len(back.Notes()) > 0 {
			t.Fatalf("%q", b.Bytes())
		}
		if got, want := opened(back.Ops()), opened(imported(file.Ops())); !slices.Equal(got, want) {
			t.Fatalf("%q\nwant\n%q", got, want)
		}
		if err := Encode(&again, back.Ops(), o); err != nil || !bytes.Equal(again.Bytes(), b.Bytes()) {
			t.Fatalf("%v\n%q\nwant\n%q", err, again.Bytes(), b.Bytes())
		}
	})
}

// imported are operations as regedit carries them out: a REG_SZ of no bytes
// gets its NUL.
func imported(ops []Op) []Op {
	ops = slices.Clone(ops)
	for i, op := range ops {
		if op.Verb == SetValue && op.Data.Type == SZ && len(op.Data.Bytes) == 0 {
			ops[i].Data.Bytes = []byte{0, 0}
		}
	}
	return ops
}

func FuzzEdit(f *testing.F) {
	addFixtures(f, func(src []byte) { f.Add(src, scratchKey, "B", uint32(MultiSZ), []byte("1\x00\x00\x00\x00\x00")) })
	f.Fuzz(func(t *testing.T, src []byte, key, name string, typ uint32, data []byte) {
		if err := setOne(src, key, name, Data{Type(typ), data}); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzData(f *testing.F) {
	for _, s := range []string{"", "\x00", "1\x00\x00", "1\x002\x00\x00\x00", "ä", "\xed\xa0\xbd\x00\x00"} {
		f.Add(units(s))
	}
	f.Add([]byte{0})
	f.Fuzz(func(t *testing.T, b []byte) {
		d := Data{MultiSZ, b}
		if text := UTF16String(b); !bytes.Equal(AppendUTF16(nil, text), b[:len(b)&^1]) || !isText(text) {
			t.Fatalf("% x becomes %q", b, text)
		}
		ss, err := d.Strings()
		again, wrong := MultiString(ss...)
		regular := err == nil && wrong == nil && again.Equal(d)
		if wrong != nil || (len(d.Irregularities()) == 0) != (regular || len(b) == 0) && !half(ss) {
			t.Fatalf("% x: %q, %v, %v, %q", b, ss, err, wrong, d.Irregularities())
		}
	})
}

func half(ss []string) bool {
	return slices.ContainsFunc(ss, func(s string) bool { return strings.ToValidUTF8(s, "") != s })
}
