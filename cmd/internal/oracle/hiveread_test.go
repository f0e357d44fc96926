package oracle

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"portreg/regfile"
	"portreg/regfile/hive"
)

const system = `HKEY_LOCAL_MACHINE\SYSTEM`

// TestHivesRead: random hives, written by hivexregedit and by reged, are read as
// hivexregedit exports them.
func TestHivesRead(t *testing.T) {
	t.Parallel()
	rng := random(t)
	for i := range 8 {
		path := filepath.Join(tempDir(t), "SYSTEM")
		empty := emptyHive()
		empty[0x18] += byte(i % 3) // the version
		empty[0x1FC] ^= 3 ^ empty[0x18]
		writeFile(t, path, empty)
		keys := writeRandomHive(t, rng, path, i%2 == 0)
		h := readHive(t, path)
		for _, key := range keys {
			got := valuesBelow(h.Ops, key)
			if got == "" {
				t.Errorf("hive %d: nothing of %s in %d operations, %v", i, key, len(h.Ops), h.Notes)
			}
			if want := valuesBelow(exported(t, path, key), key); got != want {
				t.Errorf("hive %d: of %s it reads\n%.300s\nwant\n%.300s", i, key, got, want)
			}
		}
		if want := strings.TrimSpace(mustRun(t, "hivexget", path, "Select", "Current")); fmt.Sprint(h.Current) != want {
			t.Errorf("hive %d: current %d, want %s", i, h.Current, want)
		}
		if got, want := len(h.Notes), misplaced(h.Ops, i%3 > 0, i%2 == 0); got != want {
			t.Errorf("hive %d: %d notes, want %d: %+v", i, got, want, h.Notes)
		}
	}
}

// misplaced counts the values that are where Windows would not look for them:
// hivexregedit makes no segments, which hives have from version 1.4 on, and reged makes
// them in any.
func misplaced(ops []regfile.Op, segments, hivex bool) (n int) {
	for _, op := range ops {
		if len(op.Data.Bytes) > 16_344 && segments == hivex {
			n++
		}
	}
	return n
}

func readHive(t testing.TB, path string) *hive.Hive {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	h, err := hive.Read(path, f, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// writeRandomHive writes one to three control sets, among up to 300 services, and gives
// their Parameters keys. Hivexregedit makes no key whose parent is missing, and wants
// UTF-8; reged is given no names beyond ASCII.
func writeRandomHive(t testing.TB, rng *rand.Rand, path string, hivex bool) (keys []string) {
	t.Helper()
	var ops []regfile.Op
	create := func(key string) { ops = append(ops, regfile.Op{Verb: regfile.CreateKey, Key: key}) }
	set := func(key, name string, d regfile.Data) {
		ops = append(ops, regfile.Op{Verb: regfile.SetValue, Key: key, Name: name, Data: d})
	}
	sets := 1 + rng.IntN(3)
	create(system + `\Select`)
	set(system+`\Select`, "Current", regfile.Uint32Data(1+rng.Uint32N(uint32(sets))))
	for n := range sets {
		control := fmt.Sprintf(`%s\ControlSet%03d`, system, n+1)
		create(control)
		create(control + `\Services`)
		for i := range rng.IntN(300) {
			name := fmt.Sprintf(`\Services\%x-%d`, rng.Uint32(), i)
			if hivex && i%10 == 0 {
				name += "-Ω-ä"
			}
			create(control + name)
		}
		create(control + `\Services\Tcpip`)
		key := control + `\Services\Tcpip\Parameters`
		create(key)
		keys = append(keys, key)
		for i := range 1 + rng.IntN(5) {
			set(key, fmt.Sprint("V", i), regfile.Data{Type: regfile.Type([]uint32{0, 3, 8, 9, 10, 0x77}[rng.IntN(6)]), Bytes: randomBytes(rng)})
		}
		ports, err := regfile.MultiString(randomSpans(rng).strings()...)
		if err != nil {
			t.Fatal(err)
		}
		set(key, "ReservedPorts", ports)
	}
	var b bytes.Buffer
	if err := regfile.Encode(&b, ops, regfile.Options{Text: regfile.UTF8}); err != nil {
		t.Fatal(err)
	}
	file := tempFile(t, "in.reg", b.Bytes())
	if hivex {
		mustRun(t, "hivexregedit", "--merge", path, "--prefix", system, file)
	} else if r := run(t, "reged", "-I", "-C", path, system, file); r.status != 2 {
		t.Fatal(r)
	}
	return keys
}

// randomBytes gives 0 to 100 KB.
func randomBytes(rng *rand.Rand) []byte {
	b := make([]byte, rng.IntN([]int{6, 300, 20_000, 100_000}[rng.IntN(4)]))
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	return b
}

// exported gives a key as hivexregedit exports it. (What reged exports is no match: it
// takes the head of segments for the data, and pads text.)
func exported(t testing.TB, path, key string) []regfile.Op {
	t.Helper()
	export := mustRun(t, "hivexregedit", "--export", "--prefix", system, path, strings.TrimPrefix(key, system))
	f, err := regfile.Parse("export.reg", []byte(export))
	if err != nil {
		t.Fatal(err)
	}
	return f.Ops()
}

// valuesBelow gives the values of a key, sorted, a line each.
func valuesBelow(ops []regfile.Op, key string) string {
	var lines []string
	for _, op := range ops {
		if op.Verb == regfile.SetValue && strings.EqualFold(op.Key, key) {
			lines = append(lines, fmt.Sprintf("%s %v %d %x", op.Name, op.Data.Type, len(op.Data.Bytes), op.Data.Bytes))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// TestDamagedHives: what hivexget reads of a damaged hive is what is read here, unless
// the damage is noted, or the value is no list any more.
func TestDamagedHives(t *testing.T) {
	t.Parallel()
	rng := random(t)
	path := newHive(t, tempDir(t))
	file := gen(t, randomSpans(rng).list(rng), "-t", "2003", "--control-set", "1", "-f", "reg", "--encoding", "utf-8")
	mustRun(t, "hivexregedit", "--merge", path, "--prefix", system, tempFile(t, "in.reg", file))
	good := readFile(t, path)
	used := len(bytes.TrimRight(good, "\x00")) - hiveBlock
	compared := 0
	for range 200 {
		src := bytes.Clone(good)
		for range 1 + rng.IntN(3) {
			src[hiveBlock+rng.IntN(used)] = []byte{0, 0xFF, byte(rng.Uint32())}[rng.IntN(3)]
		}
		writeFile(t, path, src)
		r := run(t, "hivexget", path, hiveKey, "ReservedPorts")
		h, err := hive.Read(path, bytes.NewReader(src), int64(len(src)))
		if r.status != 0 || err != nil || len(h.Notes) > 0 {
			continue
		}
		v, ok := regfile.StateOf(h.Ops).Value(system+hiveKey, "ReservedPorts")
		got, err := v.Data.Strings()
		if ok && (err != nil || v.Data.Irregularities() != nil) {
			continue
		}
		compared++
		if want := strings.FieldsFunc(r.stdout, func(c rune) bool { return c == '\n' }); !slices.Equal(got, want) {
			t.Errorf("it reads %q, hivexget %q", got, want)
		}
	}
	if compared < 20 {
		t.Errorf("only %d hives are compared", compared)
	}
}

// TestVerifyMendsHive: what verify prints makes a file that both programs write into the
// hive, and then nothing is missing.
func TestVerifyMendsHive(t *testing.T) {
	t.Parallel()
	for _, write := range []string{
		`hivexregedit --merge SYSTEM --prefix 'HKEY_LOCAL_MACHINE\SYSTEM' ports.reg`,
		`reged -I -C SYSTEM 'HKEY_LOCAL_MACHINE\SYSTEM' ports.reg || test $? = 2`,
	} {
		dir := tempDir(t)
		mergeOthers(t, newHive(t, dir))
		writeFile(t, filepath.Join(dir, "ports.txt"), []byte("80-90\n1433\n"))
		verify := []string{portreg, "verify", "--list", "ports.txt", "SYSTEM"}
		r := runIn(t, dir, verify...)
		i := strings.Index(r.stdout, "portreg gen ")
		if r.status != 1 || i < 0 {
			t.Fatal(r)
		}
		command, _, _ := strings.Cut(r.stdout[i:], "\n")
		runSh(t, dir, strings.Replace(command, "portreg", portreg, 1)+"\n"+write)
		if r := runIn(t, dir, verify...); r.status != 0 {
			t.Errorf("%s: %v", write, r)
		}
		checkEntries(t, filepath.Join(dir, "SYSTEM"), spans{{80, 90}, {1433, 1433}, {9000, 9001}})
	}
}
