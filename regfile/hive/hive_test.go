package hive

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"portreg/regfile"
	"portreg/regfile/hive/hivetest"
)

func put32(b []byte, at int, v uint32) { binary.LittleEndian.PutUint32(b[at:], v) }

func words(all ...uint32) (b []byte) {
	for _, v := range all {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return b
}

// below gives the key at the end of a path, with the values.
func below(path string, values ...hivetest.Value) hivetest.Key {
	first, rest, more := strings.Cut(path, `\`)
	if !more {
		return hivetest.Key{Name: first, Values: values}
	}
	return hivetest.Key{Name: first, Keys: []hivetest.Key{{Name: "Before"}, below(rest, values...), {Name: "Zebra"}}}
}

func set(name string, values ...hivetest.Value) hivetest.Key {
	return below(name+`\Services\Tcpip\Parameters`, values...)
}

func choose(current, def uint32) hivetest.Key {
	return hivetest.Key{Name: "Select", Values: []hivetest.Value{hivetest.DWord("Current", current), hivetest.DWord("Default", def)}}
}

func valueOf(name string, typ regfile.Type, data []byte) hivetest.Value {
	return hivetest.Value{Name: name, Data: regfile.Data{Type: typ, Bytes: data}}
}

// A counter counts what is read of a hive.
type counter struct {
	*bytes.Reader
	calls, bytes int
}

func (c *counter) ReadAt(p []byte, at int64) (int, error) {
	c.calls++
	c.bytes += len(p)
	return c.Reader.ReadAt(p, at)
}

// read reads a hive, and checks what holds for any bytes.
func read(t testing.TB, src []byte) (*Hive, error) {
	t.Helper()
	c := &counter{Reader: bytes.NewReader(src)}
	h, err := Read("SYSTEM", c, int64(len(src)))
	if c.bytes > 2*len(src)+headSize {
		t.Errorf("it reads %d of %d bytes, in %d calls", c.bytes, len(src), c.calls)
	}
	var placed *regfile.Error
	if err != nil && (h != nil || !errors.As(err, &placed) || strings.ContainsAny(placed.Text, "\r\n")) {
		t.Errorf("%v with %v", err, h)
	}
	if err == nil {
		kept := 0
		for i, op := range h.Ops {
			kept += len(op.Data.Bytes)
			if (op.Verb != regfile.SetValue && op.Verb != regfile.CreateKey) || !strings.HasSuffix(op.Key, `\Services\Tcpip\Parameters`) || i == 0 && op.Verb != regfile.CreateKey {
				t.Errorf("operation %d is %+v", i, op)
			}
		}
		for _, n := range h.Notes {
			if strings.ContainsAny(n.Text, "\r\n") {
				t.Errorf("note %q", n.Text)
			}
		}
		if kept > mostData || h.Current < 0 || h.Current > 999 {
			t.Errorf("%d bytes of data, current %d", kept, h.Current)
		}
	}
	return h, err
}

// texts gives operations and notes as lines.
func texts(h *Hive) (lines []string) {
	for _, op := range h.Ops {
		key := strings.TrimPrefix(op.Key, systemKey+`\`)
		switch op.Verb {
		case regfile.CreateKey:
			lines = append(lines, key)
		case regfile.SetValue:
			data := op.Data.Bytes
			if len(data) > 40 {
				data = data[:40]
			}
			lines = append(lines, fmt.Sprintf("%s %v %d %q", op.Name, op.Data.Type, len(op.Data.Bytes), strings.ReplaceAll(string(data), "\x00", "")))
		}
	}
	for _, n := range h.Notes {
		lines = append(lines, n.Rule+": "+n.Text)
	}
	last := fmt.Sprint("current ", h.Current)
	if h.Next != 0 && h.Next != h.Current {
		last += fmt.Sprint(", next ", h.Next)
	}
	return append(lines, last)
}

func TestRead(t *testing.T) {
	many := hivetest.Key{Name: "ControlSet001"}
	for i := range 40 {
		many.Keys = append(many.Keys, hivetest.Key{Name: fmt.Sprintf("Ünder %02d ⇒", i)})
	}
	many.Keys[21] = set("x", hivetest.Multi("ReservedPorts", "80-90", "100-100"), hivetest.DWord("MaxUserPort", 6000), valueOf("Ω wide", regfile.SZ, []byte("a\x00b\x00\x00\x00")), valueOf("", regfile.Binary, nil)).Keys[1]
	long := hivetest.Multi("reservedports", strings.Repeat("1-2 ", 10_000))
	root := hivetest.Key{Name: "root", Keys: []hivetest.Key{many, set("CONTROLSET002", long, hivetest.DWord("four", 4)), {Name: "ControlSet003"}, choose(1, 1)}}
	want := []string{
		`ControlSet001\Services\Tcpip\Parameters`,
		`ReservedPorts REG_MULTI_SZ 30 "80-90100-100"`,
		`MaxUserPort REG_DWORD 4 "p\x17"`,
		`Ω wide REG_SZ 6 "ab"`,
		` REG_BINARY 0 ""`,
		`ControlSet002\Services\Tcpip\Parameters`,
		`reservedports REG_MULTI_SZ 80004 "1-2 1-2 1-2 1-2 1-2 "`,
		`four REG_DWORD 4 "\x04"`,
		`current 1`,
	}
	for _, list := range []string{"li", "lf", "lh", "ri"} {
		for _, wide := range []bool{false, true} {
			for minor := uint32(3); minor <= 6; minor++ {
				src, _ := hivetest.Build(hivetest.Shape{Minor: minor, List: list, Wide: wide, Segments: minor > 3}, root)
				h, err := read(t, src)
				if err != nil {
					t.Fatal(err)
				}
				if got := texts(h); !slices.Equal(got, want) {
					t.Errorf("%s, wide %v, 1.%d:\n%s\nwant\n%s", list, wide, minor, strings.Join(got, "\n"), strings.Join(want, "\n"))
				}
			}
		}
	}
}

// found is what Read finds in the hive: the operations and notes, or the error.
func found(t *testing.T, src []byte) string {
	t.Helper()
	h, err := read(t, src)
	if err != nil {
		return "error: " + err.(*regfile.Error).Text
	}
	return strings.Join(texts(h), "\n")
}

func TestNotes(t *testing.T) {
	ports := hivetest.Multi("ReservedPorts", "80-90")
	usual := `ControlSet001\Services\Tcpip\Parameters
ReservedPorts REG_MULTI_SZ 14 "80-90"
`
	big := valueOf("B", regfile.Binary, bytes.Repeat([]byte("x"), segment+1))
	where := `"B" of HKEY_LOCAL_MACHINE\SYSTEM\ControlSet001\Services\Tcpip\Parameters: `
	for _, c := range []struct {
		name  string
		shape hivetest.Shape
		keys  []hivetest.Key
		edit  func(src []byte)
		want  string
	}{
		{name: "usual", keys: []hivetest.Key{set("ControlSet001", ports), choose(1, 1)}, want: usual + "current 1"},
		{name: "no values", keys: []hivetest.Key{set("ControlSet001"), choose(1, 1)}, want: `ControlSet001\Services\Tcpip\Parameters` + "\ncurrent 1"},
		{name: "no Select", keys: []hivetest.Key{set("ControlSet001", ports)}, want: usual + "hive-select: it has no key Select, which says which control set is current\ncurrent 0"},
		{name: "no Current", keys: []hivetest.Key{set("ControlSet001", ports), {Name: "Select", Values: []hivetest.Value{hivetest.DWord("Default", 1)}}},
			want: usual + "hive-select: the key Select has no Current, which says which control set is current\ncurrent 0, next 1"},
		{name: "current 0", keys: []hivetest.Key{set("ControlSet001", ports), choose(0, 0)},
			want: usual + "hive-select: the key Select has no Current, which says which control set is current\ncurrent 0"},
		{name: "current missing", keys: []hivetest.Key{set("ControlSet001", ports), choose(3, 3)},
			want: usual + `hive-select: Select\Current is 3, and there is no ControlSet003` + "\n" + `hive-select: Select\Default is 3, and there is no ControlSet003` + "\ncurrent 0"},
		{name: "another next", keys: []hivetest.Key{set("ControlSet001", ports), {Name: "ControlSet002"}, choose(1, 2)},
			want: usual + `hive-select: Select\Default is 2: Windows starts with ControlSet002 next, not with ControlSet001` + "\ncurrent 1, next 2"},
		{name: "next missing", keys: []hivetest.Key{set("ControlSet001", ports), choose(1, 7)},
			want: usual + `hive-select: Select\Default is 7, and there is no ControlSet007` + "\ncurrent 1"},
		{name: "dead key", keys: []hivetest.Key{set("ControlSet001", ports), set("CurrentControlSet", ports), choose(1, 1)},
			want: usual + "hive-current: it has a key CurrentControlSet, which is none of a hive: a .reg file for a running Windows was written into it, and nothing reads that\ncurrent 1"},
		{name: "twice", keys: []hivetest.Key{set("ControlSet001", ports, hivetest.Multi("RESERVEDPORTS", "1-2")), choose(1, 1)},
			want: usual + `hive-damage: damaged: HKEY_LOCAL_MACHINE\SYSTEM\ControlSet001\Services\Tcpip\Parameters has "RESERVEDPORTS" twice` + "\ncurrent 1"},
		{name: "sequence", keys: []hivetest.Key{set("ControlSet001", ports), choose(1, 1)},
			edit: func(src []byte) { src[8]++; put32(src, 508, checksum(src[:508])) },
			want: usual + "hive-dirty: its sequence numbers differ: " + newer + "\ncurrent 1"},
		{name: "checksum", keys: []hivetest.Key{set("ControlSet001", ports), choose(1, 1)},
			edit: func(src []byte) { src[508]++ },
			want: usual + "hive-dirty: its checksum is wrong: " + newer + "\ncurrent 1"},
		{name: "both", keys: []hivetest.Key{set("ControlSet001", ports), choose(1, 1)},
			edit: func(src []byte) { src[8]++ },
			want: usual + "hive-dirty: its sequence numbers differ and its checksum is wrong: " + newer + "\ncurrent 1"},
		{name: "segments in 1.3", shape: hivetest.Shape{Minor: 3, List: "li", Segments: true}, keys: []hivetest.Key{set("ControlSet001", big), choose(1, 1)},
			want: `ControlSet001\Services\Tcpip\Parameters
B REG_BINARY 16345 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
hive-big-data: ` + where + `in a hive of version 1.3 Windows looks for 16345 bytes in one cell; they stand in segments, as reged writes them (hivexregedit writes one cell)
current 1`},
		{name: "one cell in 1.5", shape: hivetest.Shape{Minor: 5, List: "li"}, keys: []hivetest.Key{set("ControlSet001", big), choose(1, 1)},
			want: `ControlSet001\Services\Tcpip\Parameters
B REG_BINARY 16345 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
hive-big-data: ` + where + `in a hive of version 1.5 Windows looks for 16345 bytes in segments; they stand in one cell, as hivexregedit writes them (reged writes segments)
current 1`},
		{name: "another hive", keys: []hivetest.Key{{Name: "Microsoft"}, {Name: "Wow\n6432"}}, want: `error: this is no SYSTEM hive: it has neither Select nor ControlSet001, but "Microsoft", "Wow\n6432"`},
		{name: "no key", want: `error: this is no SYSTEM hive: it has neither Select nor ControlSet001, but no key`},
		{name: "no control set", keys: []hivetest.Key{{Name: "ControlSet000"}, {Name: "ControlSet01"}, {Name: "ControlSet+01"}, {Name: "ControlSet00１"}},
			want: `error: this is no SYSTEM hive: it has neither Select nor ControlSet001, but "ControlSet000", "ControlSet01", "ControlSet+01", "ControlSet00１"`},
		{name: "log", keys: []hivetest.Key{choose(1, 1)}, edit: func(src []byte) { src[28] = 6 }, want: "error: this is the log of a hive; give the hive itself, SYSTEM without .LOG, .LOG1 or .LOG2"},
		{name: "version", keys: []hivetest.Key{choose(1, 1)}, edit: func(src []byte) { src[24] = 2 }, want: "error: this is a hive of version 1.2; only 1.3 to 1.6 can be read"},
		{name: "signature", keys: []hivetest.Key{choose(1, 1)}, edit: func(src []byte) { src[3] = 'x' }, want: `error: the file begins with "regx", and a hive with "regf"`},
	} {
		if c.shape.List == "" {
			c.shape = hivetest.Usual
		}
		src, _ := hivetest.Build(c.shape, hivetest.Key{Name: "root", Keys: c.keys})
		if c.edit != nil {
			c.edit(src)
		}
		if got := found(t, src); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

// Windows finds a key by what the list of its parent has beside it. What stands beside
// keys that are not on the way does not matter.
func TestHints(t *testing.T) {
	const wrongHash = `the list of its parent has a wrong hash for `
	for _, c := range []struct {
		list, key string
		old, new  []byte // the last in the file is that of a list
		want      string
	}{
		{"lf", "", []byte("Tcpi"), []byte("tCP\x00"), ""},
		{"lf", "", []byte("Befo"), []byte("Bexo"), ""},
		{"lh", "", words(0x18B7F0E3), words(1), ""}, // Before
		{"li", "", []byte("Tcpi"), []byte("Tcpi"), ""},
		{"lf", path1, []byte("Tcpi"), []byte("Tcpj"), `the list of its parent says that "Tcpip" begins with "Tcpj"`},
		{"lf", path1, []byte("Cont"), []byte("cant"), `the list of its parent says that "ControlSet001" begins with "cant"`},
		{"lf", systemKey, []byte("Sele"), []byte("Sela"), `the list of its parent says that "Select" begins with "Sela"`},
		{"lh", path1, words(0x8F3BA9A2), words(0), wrongHash + `"ControlSet001"`},
		{"lh", path1, words(0x227AF730), words(0), wrongHash + `"Services"`},
		{"lh", path1, words(0x0997AE98), words(0), wrongHash + `"Tcpip"`},
		{"lh", path1, words(0x6E7FEA98), words(0), wrongHash + `"Parameters"`},
		{"lh", systemKey, words(0x5F0024A0), words(0), wrongHash + `"Select"`},
	} {
		src, _ := hivetest.Build(hivetest.Shape{Minor: 5, List: c.list}, hivetest.Key{Keys: []hivetest.Key{set("ControlSet001"), choose(1, 1)}})
		at := bytes.LastIndex(src, c.old)
		if at < 0 {
			t.Errorf("%s: no %x", c.list, c.old)
			continue
		}
		copy(src[at:], c.new)
		h, err := read(t, src)
		if err != nil || len(h.Ops) != 1 || h.Current != 1 {
			t.Fatalf("%s, %q: %v, %+v", c.list, c.new, err, h)
		}
		var notes []string
		for _, n := range h.Notes {
			notes = append(notes, n.Rule+" "+n.Key)
			if !strings.HasSuffix(n.Text, ": "+c.want+", by which Windows looks for it") {
				t.Error(n.Text)
			}
		}
		if got := strings.Join(notes, "\n"); got != strings.TrimSuffix("hive-damage "+c.key, "hive-damage ") {
			t.Errorf("%s, %q: %s", c.list, c.new, got)
		}
	}
}

const path1 = systemKey + `\ControlSet001\Services\Tcpip\Parameters`

const newer = "Windows was not done writing it, and what is newer stands in its log files (.LOG, .LOG1, .LOG2), which are not read; start that Windows and shut it down, or let it recover the hive"

// sample is a hive with all kinds of cells.
func sample(s hivetest.Shape) (src []byte, soft []hivetest.Span) {
	return hivetest.Build(s, hivetest.Key{Name: "root", Keys: []hivetest.Key{
		set("ControlSet001", hivetest.Multi("ReservedPorts", "80-90"), hivetest.DWord("MaxUserPort", 6000)),
		set("ControlSet002", valueOf("ReservedPorts", regfile.MultiSZ, bytes.Repeat([]byte{'1', 0, 0, 0}, segment/4+2))),
		choose(2, 2),
	}})
}

// Whatever byte is wrong, it is noted or does not matter, but where nobody can know.
func TestDamagedBytes(t *testing.T) {
	for _, s := range []hivetest.Shape{hivetest.Usual, {Minor: 5, List: "ri", Wide: true, Segments: true}} {
		src, soft := sample(s)
		good := found(t, src)
		rng := rand.New(rand.NewPCG(1, 2))
		reported := 0
		for i := range src {
			if i%61 > 0 && slices.ContainsFunc(soft, func(s hivetest.Span) bool { return s.From+20 <= i && i < s.To }) {
				continue // within long data
			}
			old := src[i]
			for _, b := range [...]byte{0, 0xFF, byte(rng.Uint32()), old ^ 1} {
				src[i] = b
				got := found(t, src)
				known := slices.ContainsFunc(soft, func(s hivetest.Span) bool { return s.From <= i && i < s.To })
				noted := strings.Contains(got, "hive-") || strings.HasPrefix(got, "error: ")
				if got != good && !noted && !known {
					t.Fatalf("byte %#x from %#x to %#x:\n%s\nwant\n%s", i, old, b, got, good)
				}
				if got != good && noted {
					reported++
				}
			}
			src[i] = old
		}
		if reported < 1_000 {
			t.Errorf("only %d changes are noted", reported)
		}
	}
}

func TestCutAnywhere(t *testing.T) {
	src, _ := sample(hivetest.Shape{Minor: 5, List: "ri"})
	for n := range src {
		want := fmt.Sprintf("error: the hive is cut off: it has %d bytes by its own account, and the file has %d", len(src), n)
		if n < headSize {
			want = fmt.Sprintf("error: the hive is cut off: the file has %d bytes, and a hive begins with 4096", n)
		}
		if got := found(t, src[:n]); got != want {
			t.Fatalf("%d bytes: %s, want %s", n, got, want)
		}
	}
	if got := found(t, append(src, make([]byte, 5_000)...)); strings.HasPrefix(got, "error") {
		t.Error(got)
	}
}

// cellOf is the size of a cell in use.
func cellOf(size uint32) []byte { return words(-size) }

// at gives where a cell is that begins with text.
func at(t *testing.T, src []byte, text string) int {
	t.Helper()
	i := bytes.Index(src, []byte(text))
	if i < 0 {
		t.Fatalf("no %q", text)
	}
	return i
}

// Lists that lead to themselves, or share what they lead to, and sizes and counts
// beyond all bounds, cost no more than a good hive. (read counts.)
func TestHostile(t *testing.T) {
	for _, c := range []struct {
		name string
		keys int
		edit func(t *testing.T, src []byte) []byte
		want string
	}{
		{"list in itself", 1, func(t *testing.T, src []byte) []byte {
			root := baseSize + int(src[36]) + int(src[37])<<8 + 4
			list := int(src[root+28]) + int(src[root+29])<<8
			copy(src[baseSize+list+4:], "ri\x01\x00")
			put32(src, baseSize+list+8, uint32(list))
			return src
		}, `begins with "ri", not with "lh"`},
		{"one leaf for all lists", 1, func(t *testing.T, src []byte) []byte {
			leaf := uint32(len(src) - baseSize)
			src = append(src, cellOf(8+4*0xFFFE)...)
			src = append(append(src, "li\xFE\xFF"...), bytes.Repeat(words(leaf), 0xFFFE)...)
			list := uint32(len(src) - baseSize)
			src = append(src, cellOf(8+4*0xFFFE)...)
			src = append(append(src, "ri\xFE\xFF"...), bytes.Repeat(words(leaf), 0xFFFE)...)
			put32(src, baseSize+int(src[36])+int(src[37])<<8+4+28, list)
			put32(src, 40, uint32(len(src)-baseSize))
			return src
		}, `begins with "li", not with "nk"`},
		{"one key for all elements", 1, func(t *testing.T, src []byte) []byte {
			key := uint32(at(t, src, "nk") - 4 - baseSize)
			leaf := uint32(len(src) - baseSize)
			src = append(src, cellOf(8+4*0xFFFE)...)
			src = append(append(src, "li\xFE\xFF"...), bytes.Repeat(words(key), 0xFFFE)...)
			list := uint32(len(src) - baseSize)
			src = append(src, cellOf(8+4*0xFFFE)...)
			src = append(append(src, "ri\xFE\xFF"...), bytes.Repeat(words(leaf), 0xFFFE)...)
			put32(src, baseSize+int(src[36])+int(src[37])<<8+4+28, list)
			put32(src, 40, uint32(len(src)-baseSize))
			return src
		}, "error: the hive is damaged: its keys: the key at 0x1"},
		{"four billion values", 1, func(t *testing.T, src []byte) []byte {
			put32(src, at(t, src, "Parameters")-keyName+36, 0xFFFFFFFF)
			return src
		}, "hive-damage: damaged: the values of " + systemKey + `\ControlSet001\Services\Tcpip\Parameters: they are said to be 4294967295`},
		{"two gigabytes of data", 1, func(t *testing.T, src []byte) []byte {
			put32(src, at(t, src, "MaxUserPort")-valueName+4, 0x7FFFFFFF)
			return src
		}, `"MaxUserPort" of ` + systemKey + `\ControlSet001\Services\Tcpip\Parameters: its 2147483647 bytes are more than can be read`},
		{"data outside", 1, func(t *testing.T, src []byte) []byte {
			put32(src, at(t, src, "MaxUserPort")-valueName+4, 4)
			put32(src, at(t, src, "MaxUserPort")-valueName+8, 0xFFFFFFF0)
			return src
		}, `"MaxUserPort" of ` + systemKey + `\ControlSet001\Services\Tcpip\Parameters: there is no cell at 0x100000ff0`},
		{"segment in itself", 1, func(t *testing.T, src []byte) []byte {
			db := at(t, src, "db\x02\x00")
			put32(src, db+4, uint32(db-4-baseSize))
			return src
		}, `"ReservedPorts" of ` + systemKey + `\ControlSet002\Services\Tcpip\Parameters: there is no cell at 0x`},
	} {
		src, _ := sample(hivetest.Usual)
		if got := found(t, c.edit(t, src)); !strings.Contains(got, c.want) {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

// More data than anybody reads ends the reading.
func TestMuchData(t *testing.T) {
	megabyte := make([]byte, 1<<20)
	var values []hivetest.Value
	for i := range 20 {
		values = append(values, valueOf(fmt.Sprint("V", i), regfile.Binary, megabyte))
	}
	src, _ := hivetest.Build(hivetest.Usual, hivetest.Key{Name: "root", Keys: []hivetest.Key{set("ControlSet001", values...), choose(1, 1)}})
	got := found(t, src)
	if !strings.Contains(got, "V14 ") || strings.Contains(got, "V16 REG") || !strings.Contains(got, "its 1048576 bytes are more than can be read") {
		t.Error(got)
	}
}

func TestReaderFails(t *testing.T) {
	src, _ := sample(hivetest.Usual)
	broken := errors.New("the disk is broken")
	for n := 0; ; n++ {
		_, err := Read("SYSTEM", &failing{bytes.NewReader(src), n, broken}, int64(len(src)))
		if err == nil {
			return
		}
		if err != broken {
			t.Errorf("after %d calls: %v", n, err)
		}
	}
}

type failing struct {
	*bytes.Reader
	calls int
	err   error
}

func (f *failing) ReadAt(p []byte, at int64) (int, error) {
	if f.calls--; f.calls < 0 {
		return 0, f.err
	}
	return f.Reader.ReadAt(p, at)
}

func FuzzRead(f *testing.F) {
	for _, s := range []hivetest.Shape{hivetest.Usual, {Minor: 3, List: "ri", Wide: true}, {Minor: 5, List: "li"}} {
		src, _ := sample(s)
		f.Add(src)
		f.Add(src[:headSize])
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		if h, err := read(t, src); err == nil {
			texts(h)
		}
		IsHive(src)
	})
}
