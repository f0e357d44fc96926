package oracle

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"portreg/regfile"
)

// exportTop is the key that the registries of the programs hold for these tests.
const exportTop = `HKEY_LOCAL_MACHINE\PREXPORT`

// A store is a program's registry, empty but for exportTop, to be filled and
// listed by another way than .reg files. Entries are those of registry/registry.c.
type store struct {
	run    func(t testing.TB, what, entries string) // what is "set" or "list"
	export func(t testing.TB) (file []byte, failure error)
}

// An exporter is a program that exports its registry.
type exporter struct {
	name   string
	open   func(t testing.TB) store
	losses []loss
	faults []fault
}

// A loss is how values read otherwise than they are there, by what the program
// writes. It gives the data as they must read.
type loss struct {
	reason  string
	becomes func(regfile.Data) regfile.Data
}

// A fault is what the program cannot hold or export at all, and what nothing could
// read of its export. The example must read otherwise than it is there.
type fault struct {
	reason  string
	example []regfile.Op
	matches func(regfile.Op) bool
}

// TestExports: what a program exports of a large registry reads as that registry
// is, every key and every value, and show finds the lists of ports in it.
func TestExports(t *testing.T) {
	for _, e := range exporters {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			ops := slices.DeleteFunc(randomRegistry(random(t)), func(op regfile.Op) bool {
				return slices.ContainsFunc(e.faults, func(f fault) bool { return f.matches(op) })
			})
			s := e.open(t)
			there := s.fill(t, ops)
			file, err := s.export(t)
			if err != nil {
				t.Fatal(err)
			}
			want := e.reads(t, there)
			checkSets(t, opSet(readReg(t, file)), want)
			if len(want) < 400 {
				t.Errorf("it has only %d keys and values", len(want))
			}
			checkLists(t, file, there)
		})
	}
}

// TestExportFaults: the faults are there.
func TestExportFaults(t *testing.T) {
	for _, e := range exporters {
		for _, f := range e.faults {
			t.Run(e.name+"/"+f.reason, func(t *testing.T) {
				t.Parallel()
				if !slices.ContainsFunc(f.example, f.matches) {
					t.Fatal("its own example is none")
				}
				s := e.open(t)
				there := s.fill(t, f.example)
				file, err := s.export(t)
				if err != nil {
					return
				}
				parsed, err := regfile.Parse("export.reg", file)
				if err == nil && parsed.Whole() && fmt.Sprint(opSet(parsed.Ops())) == fmt.Sprint(opSet(there)) {
					t.Errorf("it exports %q, as it is there", file)
				}
			})
		}
	}
}

// reads gives the entries as they must read, and checks that every loss occurs.
func (e exporter) reads(t testing.TB, there []regfile.Op) map[string]string {
	t.Helper()
	lost := make([]int, len(e.losses))
	there = slices.Clone(there)
	for i := range there {
		for j, l := range e.losses {
			if d := l.becomes(there[i].Data); !d.Equal(there[i].Data) {
				there[i].Data = d
				lost[j]++
			}
		}
	}
	for j, l := range e.losses {
		t.Logf("%4d %s", lost[j], l.reason)
		if lost[j] == 0 {
			t.Errorf("there is no example: %s", l.reason)
		}
	}
	return opSet(there)
}

// opSet gives what operations make of an empty registry, keys and values: by
// key and name, type and data.
func opSet(ops []regfile.Op) map[string]string {
	set := map[string]string{}
	for _, op := range ops {
		if op.Verb == regfile.SetValue {
			set[fmt.Sprintf("%q %q", op.Key, op.Name)] = fmt.Sprintf("%v %x", op.Data.Type, op.Data.Bytes)
		} else {
			set[fmt.Sprintf("%q", op.Key)] = ""
		}
	}
	return set
}

func checkSets(t testing.TB, got, want map[string]string) {
	t.Helper()
	var wrong []string
	for place, w := range want {
		if g, ok := got[place]; !ok || g != w {
			wrong = append(wrong, fmt.Sprintf("%s\n reads %.200s, %v\n  want %.200s", place, g, ok, w))
		}
	}
	for place, g := range got {
		if _, ok := want[place]; !ok {
			wrong = append(wrong, fmt.Sprintf("%s\n reads %.200s\n  want nothing", place, g))
		}
	}
	slices.Sort(wrong)
	if len(wrong) > 0 {
		t.Errorf("%d of %d are wrong, such as\n%s", len(wrong), len(want), strings.Join(wrong[:min(len(wrong), 5)], "\n"))
	}
}

// readReg reads an export, of which nothing is to be said.
func readReg(t testing.TB, file []byte) []regfile.Op {
	t.Helper()
	f, err := regfile.Parse("export.reg", file)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range f.Notes()[:min(len(f.Notes()), 5)] {
		t.Errorf("note %v of %d", n, len(f.Notes()))
	}
	if !f.Whole() {
		t.Error("it is not whole")
	}
	checkScans(t, file, f.Ops())
	return f.Ops()
}

// checkScans expects the operations of scans, too.
func checkScans(t testing.TB, file []byte, ops []regfile.Op) {
	t.Helper()
	var want []regfile.Op
	for _, op := range ops {
		if strings.EqualFold(op.Name, "ReservedPorts") {
			want = append(want, op)
		}
	}
	scan := func(o regfile.ScanOptions) (ops []regfile.Op) {
		o.Op = func(op regfile.Op) { ops = append(ops, op) }
		o.Note = func(n regfile.Note) { t.Errorf("a scan notes %v", n) }
		sum, err := regfile.ScanAt("export.reg", bytes.NewReader(file), int64(len(file)), o)
		if err != nil || !sum.Whole {
			t.Error(sum, err)
		}
		return ops
	}
	if !slices.EqualFunc(scan(regfile.ScanOptions{Full: true}), ops, sameOp) {
		t.Error("a scan gives other operations")
	}
	chosen := regfile.Selection{Names: []string{"ReservedPorts"}}
	for _, full := range []bool{false, true} {
		if got := scan(regfile.ScanOptions{Select: chosen, Full: full}); !slices.EqualFunc(got, want, sameOp) {
			t.Errorf("a scan for ReservedPorts finds %d, want %d", len(got), len(want))
		}
	}
}

func sameOp(a, b regfile.Op) bool { return fmt.Sprint(a) == fmt.Sprint(b) }

// checkLists expects of show each list of ports with key, name and ranges, and
// the line where it stands.
func checkLists(t testing.TB, file []byte, there []regfile.Op) {
	t.Helper()
	var found []struct {
		Values []struct {
			Key, Name string
			Line      int
			Ranges    []string
		}
	}
	if err := json.Unmarshal([]byte(mustRun(t, portreg, "show", "-f", "json", tempFile(t, "export.reg", file))), &found); err != nil {
		t.Fatal(err)
	}
	var got, want []string
	lines := regexp.MustCompile(`\r\n?|\n`).Split(textOf(file), -1)
	for _, v := range found[0].Values {
		got = append(got, fmt.Sprintf("%s %q %v", v.Key, v.Name, v.Ranges))
		if block := keyAbove(lines[:v.Line]); !strings.EqualFold(block, afterRoot(v.Key)) || !strings.HasPrefix(lines[v.Line-1], `"`+v.Name+`"=hex(7):`) {
			t.Errorf("%v is not on line %d, which is %.60q below %s", v, v.Line, lines[v.Line-1], block)
		}
	}
	for _, op := range there {
		if op.Verb == regfile.SetValue && strings.HasSuffix(op.Key, parameters) && strings.EqualFold(op.Name, "ReservedPorts") {
			taken := make([]bool, 65537)
			takePorts(taken, shown(7, op.Data.Bytes))
			want = append(want, fmt.Sprintf("%s %q %v", op.Key, op.Name, spansOf(taken).lines()))
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if len(want) < 5 || !slices.Equal(got, want) {
		t.Errorf("show finds\n%.2000s\nwant\n%.2000s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// keyAbove gives the key of the block in which the last line stands.
func keyAbove(lines []string) string {
	for i := len(lines) - 1; i >= 0; i-- {
		if key, ok := strings.CutPrefix(lines[i], "["); ok {
			return afterRoot(strings.TrimSuffix(key, "]"))
		}
	}
	return ""
}

// afterRoot is a path without its root, of which Samba writes the short form.
func afterRoot(key string) string {
	_, path, _ := strings.Cut(key, `\`)
	return path
}

// fill puts operations into the registry and gives what is there afterwards.
func (s store) fill(t testing.TB, ops []regfile.Op) []regfile.Op {
	t.Helper()
	path := filepath.Join(tempDir(t), "entries")
	writeFile(t, path, entriesOf(ops))
	s.run(t, "set", path)
	s.run(t, "list", path)
	return opsOf(t, readFile(t, path))
}

const noName = 0xFFFFFFFF // in place of the bytes of a name

func entriesOf(ops []regfile.Op) []byte {
	var b []byte
	for _, op := range ops {
		path := regfile.AppendUTF16(nil, strings.TrimPrefix(strings.TrimPrefix(op.Key, exportTop), `\`))
		name := regfile.AppendUTF16(nil, op.Name)
		sizes := [4]uint32{uint32(len(path)), uint32(len(name)), uint32(op.Data.Type), uint32(len(op.Data.Bytes))}
		if op.Verb == regfile.CreateKey {
			sizes[1] = noName
		}
		b, _ = binary.Append(b, binary.LittleEndian, sizes)
		b = slices.Concat(b, path, name, op.Data.Bytes)
	}
	return b
}

func opsOf(t testing.TB, entries []byte) (ops []regfile.Op) {
	t.Helper()
	r := bytes.NewReader(entries)
	for r.Len() > 0 {
		var sizes [4]uint32
		if err := binary.Read(r, binary.LittleEndian, &sizes); err != nil {
			t.Fatal(err)
		}
		op := regfile.Op{Verb: regfile.SetValue, Data: regfile.Data{Type: regfile.Type(sizes[2])}}
		if sizes[1] == noName {
			op.Verb, sizes[1] = regfile.CreateKey, 0
		}
		path := make([]byte, sizes[0])
		name := make([]byte, sizes[1])
		op.Data.Bytes = make([]byte, sizes[3])
		for _, part := range [][]byte{path, name, op.Data.Bytes} {
			if _, err := io.ReadFull(r, part); err != nil {
				t.Fatal(err)
			}
		}
		op.Key = strings.TrimSuffix(exportTop+`\`+regfile.UTF16String(path), `\`)
		op.Name = regfile.UTF16String(name)
		ops = append(ops, op)
	}
	return ops
}

// randomRegistry has some hundred keys with values of all types and sizes, names
// and text of all sorts, and five control sets with lists of ports among decoys.
func randomRegistry(rng *rand.Rand) []regfile.Op {
	r := registry{rng: rng}
	keys := []string{exportTop}
	for i := range 400 {
		parent := keys[max(0, len(keys)-1-rng.IntN(40))]
		if strings.Count(parent, `\`) > 6 {
			parent = exportTop
		}
		key := fmt.Sprintf(`%s\%s%d`, parent, r.text(keyPieces, rng.IntN(5)), i)
		keys = append(keys, key)
		r.create(key)
		for j := range rng.IntN(6) {
			r.set(key, fmt.Sprintf("%s%d", r.text(namePieces, rng.IntN(8)), j), r.data())
		}
	}
	for _, name := range namePieces {
		r.set(exportTop+`\names`, name, r.data())
	}
	for i, d := range oddData {
		r.set(exportTop+`\odd`, fmt.Sprint(i), d)
	}
	for n := range 5 {
		r.controlSet(fmt.Sprintf(`%s\ControlSet%03d`, exportTop, n+1))
	}
	return r.ops
}

type registry struct {
	rng *rand.Rand
	ops []regfile.Op
}

func (r *registry) create(key string) {
	r.ops = append(r.ops, regfile.Op{Verb: regfile.CreateKey, Key: key})
}

func (r *registry) set(key, name string, d regfile.Data) {
	r.ops = append(r.ops, regfile.Op{Verb: regfile.SetValue, Key: key, Name: name, Data: d})
}

// controlSet has one list of ports, and what looks like it.
func (r *registry) controlSet(key string) {
	key += parameters
	ports := func() regfile.Data {
		return regfile.Data{Type: regfile.MultiSZ, Bytes: multiString(randomSpans(r.rng).strings()...)}
	}
	r.create(key)
	r.set(key, "Banner", textData("a\r\n\"ReservedPorts\"=hex(7):31,00,00,00,00,00\r\n"))
	r.set(key, []string{"ReservedPorts", "RESERVEDPORTS", "reservedports"}[r.rng.IntN(3)], ports())
	r.set(key, "ReservedPorts ", ports())
	r.set(key, "ReservedPort", ports())
	for _, other := range []string{`\Sub`, ` `, `2`} {
		r.set(key+other, "ReservedPorts", ports())
		r.set(key+other, "Banner", textData("\n["+key+"]\n\"ReservedPorts\"=hex(7):31,00,00,00,00,00"))
	}
}

var (
	keyPieces = []string{"a", "Zz", "ä", "Ω", "😀", "漢字", `"`, "[", "]", "=", ";", " ", "-", "@", "#", "/", "%s", "{0}", "HKEY_USERS", strings.Repeat("long", 10)}

	namePieces = append(keyPieces, "", "\r\n", "\n", `\`, `\\`, `\"`, `\n`, `\0`, `"=`, "\t", ";c", `hex(7):00,\`, strings.Repeat("long", 30))
	textPieces = append(namePieces, "\r\n", "\n", "\r", "\r\n\r\n[HKEY_LOCAL_MACHINE\\A]\r\n@=\"\"\r\n", "\r\n\"a\"=\"b\"", "C:\\Windows\\", "\x01")
)

func (r *registry) text(pieces []string, n int) string {
	var b strings.Builder
	for range n {
		b.WriteString(pieces[r.rng.IntN(len(pieces))])
	}
	return b.String()
}

// data is of any type, and as its type has it.
func (r *registry) data() regfile.Data {
	text := r.text(textPieces, r.rng.IntN(10))
	switch typ := regfile.Type(r.rng.IntN(16)); typ {
	case regfile.SZ, 12, 13:
		return textData(text)
	case regfile.ExpandSZ:
		return regfile.Data{Type: typ, Bytes: textBytes(text + "\x00")}
	case regfile.MultiSZ, 14:
		return regfile.Data{Type: regfile.MultiSZ, Bytes: textBytes(text + "\x00" + r.text(textPieces, 3) + "\x00\x00")}
	case regfile.DWord, 15:
		return regfile.Uint32Data(r.rng.Uint32())
	default:
		size := r.rng.IntN([]int{2, 30, 30, 300, 3000}[r.rng.IntN(5)])
		return regfile.Data{Type: typ, Bytes: sized(r.rng, size)}
	}
}

// sized gives random bytes.
func sized(rng *rand.Rand, size int) []byte {
	b := make([]byte, size)
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	return b
}

func textData(text string) regfile.Data {
	return regfile.Data{Type: regfile.SZ, Bytes: textBytes(text + "\x00")}
}

func textBytes(text string) []byte { return regfile.AppendUTF16(nil, text) }

// oddData are data that are not as their type has them.
var oddData = []regfile.Data{
	{Type: regfile.SZ}, {Type: regfile.ExpandSZ}, {Type: regfile.MultiSZ}, {Type: regfile.DWord}, {Type: regfile.Binary}, {Type: regfile.None}, {Type: 0x80000001},
	{Type: regfile.SZ, Bytes: textBytes("a")}, {Type: regfile.SZ, Bytes: textBytes("a\x00b\x00")}, {Type: regfile.SZ, Bytes: textBytes("a\x00\x00")},
	{Type: regfile.SZ, Bytes: []byte("a\x00b")}, {Type: regfile.SZ, Bytes: textBytes("\xed\xa0\xbd\x00")},
	{Type: regfile.ExpandSZ, Bytes: textBytes("%a%")}, {Type: regfile.ExpandSZ, Bytes: []byte("a\x00b")}, {Type: regfile.ExpandSZ, Bytes: textBytes("a\x00b\x00")},
	{Type: regfile.MultiSZ, Bytes: []byte{0}}, {Type: regfile.MultiSZ, Bytes: textBytes("\x00")}, {Type: regfile.MultiSZ, Bytes: textBytes("a")},
	{Type: regfile.MultiSZ, Bytes: textBytes("\x00a\x00\x00")}, {Type: regfile.MultiSZ, Bytes: textBytes("\xed\xb8\x80\x00\x00")},
	{Type: regfile.DWord, Bytes: []byte{1, 2}}, {Type: regfile.DWord, Bytes: []byte{1, 2, 3, 4, 5}}, {Type: 5, Bytes: []byte{1, 2, 3, 4}}, {Type: regfile.QWord, Bytes: []byte{1}},
	{Type: 0xabcd, Bytes: []byte{1}}, {Type: 0xffffffff, Bytes: []byte{1, 2}}, {Type: regfile.Binary, Bytes: make([]byte, 60_000)},
}

// The stores.

var exporters = []exporter{
	{
		name: "wine", open: wineStore,
		losses: []loss{quotedText, {
			"a REG_DWORD of more than 4 bytes is exported as one of 4 (regproc.c: export_data)",
			func(d regfile.Data) regfile.Data {
				if d.Type == regfile.DWord && len(d.Bytes) > 4 {
					d.Bytes = d.Bytes[:4]
				}
				return d
			},
		}},
		faults: []fault{halfText, {
			"a REG_DWORD of less than 4 bytes is read beyond its end",
			setting("a", regfile.Data{Type: regfile.DWord, Bytes: []byte{1, 2}}),
			func(op regfile.Op) bool {
				return op.Data.Type == regfile.DWord && 0 < len(op.Data.Bytes) && len(op.Data.Bytes) < 4
			},
		}},
	},
	{
		name: "samba utf-8", open: sambaStore("regedit5utf8"),
		losses: []loss{sambaText, terminatedText},
		faults: sambaFaults,
	},
	{
		name: "samba regedit5", open: sambaStore("regedit5"),
		losses: []loss{sambaText, terminatedText},
		faults: sambaFaults,
	},
	{
		name: "samba regedit4", open: sambaStore("regedit4"),
		losses: []loss{sambaText, terminatedText},
		faults: append(slices.Clone(sambaFaults), fault{
			"half a unit of text is read as one of the code page",
			setting("a", regfile.Data{Type: regfile.MultiSZ, Bytes: []byte{0}}),
			func(op regfile.Op) bool { return holdsText(op.Data) && len(op.Data.Bytes)%2 != 0 },
		}, fault{
			"REGEDIT4 holds what is in the code page",
			setting("Ω", textData("")),
			func(op regfile.Op) bool {
				return !inCodePage(op.Key) || !inCodePage(op.Name) || holdsText(op.Data) && !inCodePage(regfile.UTF16String(op.Data.Bytes))
			},
		}),
	},
	{
		name: "hivexregedit", open: hiveStore(hivexExport),
		losses: []loss{terminatedText},
		faults: []fault{rawBreak, {
			"a name in Latin-1 is written in Latin-1, all else in UTF-8, as which such a name may read",
			setting("Ã¤", textData("")),
			func(op regfile.Op) bool {
				return latin1(op.Name) && strings.ToValidUTF8(string(narrowed(op.Name)), "?") == string(narrowed(op.Name)) && !ascii(op.Name)
			},
		}},
	},
	{
		name: "reged", open: hiveStore(regedExport),
		losses: []loss{quotedText, terminatedText},
		faults: []fault{rawBreak, halfText, {
			"a value that is called @ and the default value are confused",
			append(setting("", textData("default")), setting("@", textData("at"))...),
			func(op regfile.Op) bool { return op.Name == "@" },
		}, {
			"a name beyond Latin-1 ends it",
			setting("Ω", textData("")),
			func(op regfile.Op) bool { return !latin1(op.Name) },
		}, {
			"a key beyond Latin-1 is not always found, nor what is below it",
			[]regfile.Op{{Verb: regfile.CreateKey, Key: exportTop + `\😀`}},
			func(op regfile.Op) bool { return !latin1(op.Key) },
		}, {
			"the line of a value of no bytes has no end, unless it is a REG_SZ",
			setting("a", regfile.Data{Type: regfile.Binary}),
			func(op regfile.Op) bool {
				return op.Verb == regfile.SetValue && op.Data.Type != regfile.SZ && len(op.Data.Bytes) == 0
			},
		}, {
			"a REG_DWORD of another size is read from where it is not",
			setting("a", regfile.Data{Type: regfile.DWord, Bytes: []byte{1, 2, 3, 4, 5}}),
			func(op regfile.Op) bool {
				return op.Verb == regfile.SetValue && op.Data.Type == regfile.DWord && len(op.Data.Bytes) != 4
			},
		}},
	},
}

var sambaFaults = []fault{rawBreak, {
	"the name of a value has at most 255 bytes (registry/reg_backend_db.c: an fstring)",
	setting(strings.Repeat("a", 256), textData("")),
	func(op regfile.Op) bool { return len(op.Name) > 255 },
}}

var (
	rawBreak = fault{
		"a line break in a name is written as it is",
		setting("a\nb", textData("")),
		func(op regfile.Op) bool { return strings.ContainsAny(op.Name, "\r\n") },
	}
	halfText = fault{
		"half a unit at the end of text is read with what is behind it",
		setting("a", regfile.Data{Type: regfile.SZ, Bytes: []byte("a\x00b")}),
		func(op regfile.Op) bool { return op.Data.Type == regfile.SZ && len(op.Data.Bytes)%2 != 0 },
	}
	quotedText = loss{"text in quotes ends at its first NUL", func(d regfile.Data) regfile.Data {
		if d.Type != regfile.SZ {
			return d
		}
		text, _, _ := strings.Cut(regfile.UTF16String(d.Bytes), "\x00")
		return textData(text)
	}}
	sambaText = loss{"text in quotes ends at its first NUL; text that ends in none is exported as bytes", func(d regfile.Data) regfile.Data {
		if strings.HasSuffix(regfile.UTF16String(d.Bytes), "\x00") {
			return quotedText.becomes(d)
		}
		return d
	}}
	terminatedText = loss{"regedit adds the NUL that text lacks", func(d regfile.Data) regfile.Data {
		if text := regfile.UTF16String(d.Bytes); holdsText(d) && text != "" && len(d.Bytes)%2 == 0 && !strings.HasSuffix(text, "\x00") {
			d.Bytes = textBytes(text + "\x00")
		}
		return d
	}}
)

func holdsText(d regfile.Data) bool {
	return d.Type == regfile.SZ || d.Type == regfile.ExpandSZ || d.Type == regfile.MultiSZ
}

// setting sets a value of exportTop.
func setting(name string, d regfile.Data) []regfile.Op {
	return []regfile.Op{{Verb: regfile.SetValue, Key: exportTop, Name: name, Data: d}}
}

func ascii(s string) bool  { return strings.IndexFunc(s, func(c rune) bool { return c > 0x7f }) < 0 }
func latin1(s string) bool { return strings.IndexFunc(s, func(c rune) bool { return c > 0xff }) < 0 }

// inCodePage reports whether Latin-1 and Windows-1252 write s alike.
func inCodePage(s string) bool {
	return latin1(s) && strings.IndexFunc(s, func(c rune) bool { return 0x80 <= c && c < 0xa0 }) < 0
}

// narrowed is s in Latin-1.
func narrowed(s string) (b []byte) {
	for _, c := range s {
		b = append(b, byte(c))
	}
	return b
}

// oneWine is held by the test that has exportTop of Wine's registry.
var oneWine sync.Mutex

// wineStore is exportTop of Wine's registry.
func wineStore(t testing.TB) store {
	oneWine.Lock()
	t.Cleanup(oneWine.Unlock)
	exe := filepath.Join(scratch, "wine/drive_c/windows/system32/registry.exe")
	return store{
		run: func(t testing.TB, what, entries string) {
			mustWine(t, exe, what, strings.TrimPrefix(exportTop, `HKEY_LOCAL_MACHINE\`), windowsPath(entries))
		},
		export: func(t testing.TB) ([]byte, error) {
			file := regeditExport(t, exportTop)
			deleteKey(t, strings.Replace(exportTop, "HKEY_LOCAL_MACHINE", "HKLM", 1))
			return file, nil
		},
	}
}

// sambaStore is a registry.tdb of its own.
func sambaStore(form string) func(testing.TB) store {
	return func(t testing.TB) store {
		dir, conf := sambaFolder(t)
		top := strings.Replace(exportTop, "HKEY_LOCAL_MACHINE", "HKLM", 1)
		mustRun(t, "net", "-s", conf, "registry", "createkey", top)
		return store{
			run: func(t testing.TB, what, entries string) {
				mustRun(t, "/usr/bin/python3", program(t, "samba.py"), what, filepath.Join(dir, "registry.tdb"), strings.TrimPrefix(top, `HKLM\`), entries)
			},
			export: func(t testing.TB) ([]byte, error) {
				out := filepath.Join(dir, "out.reg")
				file, err := exportOf(t, out, "net", "-s", conf, "registry", "export", top, out, form)
				return longRoots(t, file), err
			},
		}
	}
}

// longRoots is an export with the roots that regedit knows. In UTF-8 Samba writes
// HKLM, below which regedit imports nothing.
func longRoots(t testing.TB, file []byte) []byte {
	t.Helper()
	short, long := []byte("\n[HKLM\\"), []byte("\n[HKEY_LOCAL_MACHINE\\")
	if bytes.Contains(file, short) {
		f, err := regfile.Parse("export.reg", file)
		if err != nil || len(f.Ops()) > 0 {
			t.Errorf("%v, %d operations below HKLM", err, len(f.Ops()))
		}
	}
	return bytes.ReplaceAll(file, short, long)
}

// hiveStore is a hive, whose root is exportTop.
func hiveStore(export func(t testing.TB, hive string) ([]byte, error)) func(testing.TB) store {
	return func(t testing.TB) store {
		hive := tempFile(t, "hive", emptyHive())
		return store{
			run: func(t testing.TB, what, entries string) {
				mustRun(t, "perl", program(t, "hive.pl"), what, hive, entries)
			},
			export: func(t testing.TB) ([]byte, error) { return export(t, hive) },
		}
	}
}

func hivexExport(t testing.TB, hive string) ([]byte, error) {
	r := run(t, "hivexregedit", "--export", "--prefix", exportTop, hive, `\`)
	if r.status != 0 {
		return nil, errors.New(r.String())
	}
	return []byte(r.stdout), nil
}

func regedExport(t testing.TB, hive string) ([]byte, error) {
	out := filepath.Join(tempDir(t), "out.reg")
	return exportOf(t, out, "reged", "-x", hive, exportTop, `\`, out)
}

// exportOf runs a program that writes a file.
func exportOf(t testing.TB, out string, args ...string) ([]byte, error) {
	t.Helper()
	if r := run(t, args...); r.status != 0 {
		return nil, errors.New(r.String())
	}
	return readFile(t, out), nil
}

func program(t testing.TB, name string) string {
	return filepath.Join(moduleRoot(t), "cmd/internal/oracle/registry", name)
}
