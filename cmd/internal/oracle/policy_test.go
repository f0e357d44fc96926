package oracle

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"portreg/regfile"
	"portreg/regfile/pol"
)

// What testdata/policies.py finds.
type policyFindings struct {
	Read    map[string]policyFile
	Made    map[string][]policyEntry
	Damaged []struct {
		At         int
		How, Bytes string
		Survives   bool
	}
}

// A policyFile is a Registry.pol as Samba reads it.
type policyFile struct {
	Entries     []policyEntry
	Packed, XML bool // the same again, from Samba's structures and from its XML
	LGPO, JSON  bool // the other formats are the same PReg
}

type policyEntry struct {
	Key, Name string
	Type      uint32
	Size      int
	Values    []string
	Data      string // in hexadecimal
}

const policyKey = `SYSTEM\CurrentControlSet\Services\Tcpip\Parameters`

// asked are the records that a file must have.
type asked map[string][]policyEntry

// TestPolicies: Samba reads in a Registry.pol what was asked for and writes it again byte
// for byte, also by way of its XML; LGPO text and JSON for samba-tool are the same PReg to
// readers of their own: of random lists, the longest that fits and undo. The other way,
// portreg reads what Samba packs, and refuses what Samba does not read or not write again.
func TestPolicies(t *testing.T) {
	t.Parallel()
	rng := random(t)
	dir := tempDir(t)
	want := asked{}
	for i := range 50 {
		ss, args := randomSpans(rng), []string(nil)
		entries := []policyEntry{listEntry(ss)}
		if i%2 == 1 {
			args = []string{"--dynamic", fmt.Sprintf("1025-%d", 60000+i)}
			entries = slices.Insert(entries, 0, policyEntry{Key: policyKey, Name: "MaxUserPort", Type: 4, Size: 4, Values: []string{fmt.Sprint(60000 + i)}})
		}
		want.add(t, dir, fmt.Sprintf("random%02d", i), ss.list(rng), entries, args...)
	}
	longest := longestList()
	want.add(t, dir, "longest", longest.list(rng), []policyEntry{listEntry(longest)})
	checkTooLong(t, append(longest, span{65000, 65001}).list(rng))
	want.addUndo(t, dir, randomSpans(rng))
	writeFile(t, filepath.Join(dir, "damage.pol"), damagePol(t))

	found := readPolicies(t, dir, rng.Int64())
	checkPolicies(t, found.Read, want)
	for name, entries := range found.Made {
		checkMade(t, filepath.Join(dir, "made", name), entries)
	}
	checkDamaged(t, &found)
}

func listEntry(ss spans) policyEntry {
	size := 2
	for _, s := range ss.strings() {
		size += 2*len(s) + 2
	}
	return policyEntry{Key: policyKey, Name: "ReservedPorts", Type: 7, Size: size, Values: ss.strings()}
}

// add has gen write a list in the three formats.
func (a asked) add(t *testing.T, dir, name, list string, entries []policyEntry, args ...string) {
	t.Helper()
	for format, ending := range map[string]string{"pol": ".pol", "lgpo": ".lgpo", "samba-json": ".json"} {
		writeFile(t, filepath.Join(dir, name+ending), gen(t, list, append(args, "-t", "2003", "-f", format)...))
	}
	a[name] = entries
}

// addUndo has gen take back what it wrote: to nothing, to a value, and to none.
func (a asked) addUndo(t *testing.T, dir string, former spans) {
	t.Helper()
	value := tempFile(t, "value.reg", gen(t, former.list(random(t)), "-f", "reg", "--dynamic", "1025-60001"))
	none := tempFile(t, "none.reg", []byte("REGEDIT4\r\n\r\n[HKEY_LOCAL_MACHINE\\"+policyKey+"]\r\n\r\n"))
	gone := func(name string) policyEntry {
		return policyEntry{Key: policyKey, Name: "**del." + name, Type: 1, Size: 4, Values: []string{" "}}
	}
	port := policyEntry{Key: policyKey, Name: "MaxUserPort", Type: 4, Size: 4, Values: []string{"60001"}}
	a.add(t, dir, "undo-delete", "80\n", []policyEntry{gone("ReservedPorts")}, "--undo", "--delete-value")
	a.add(t, dir, "undo-value", "80\n", []policyEntry{port, listEntry(former)}, "--undo", "--onto", value, "--dynamic", "1025-65534")
	a.add(t, dir, "undo-none", "80\n", []policyEntry{gone("MaxUserPort"), gone("ReservedPorts")}, "--undo", "--onto", none, "--dynamic", "1025-65534")
}

func checkTooLong(t *testing.T, list string) {
	t.Helper()
	ports := tempFile(t, "long.txt", []byte(list))
	for _, format := range []string{"pol", "lgpo", "samba-json"} {
		r := run(t, portreg, "gen", "-f", format, "-o", "-", ports)
		if r.status != 2 || r.stdout != "" || !strings.Contains(r.stderr, "of its 2731 strings the first 2730 would fit") {
			t.Errorf("%s: %v", format, r)
		}
	}
}

func readPolicies(t *testing.T, dir string, seed int64) (found policyFindings) {
	t.Helper()
	script, err := filepath.Abs("testdata/policies.py")
	if err != nil {
		t.Fatal(err)
	}
	// The bindings are those of Debian's own Python.
	out := mustRun(t, "/usr/bin/python3", script, dir, fmt.Sprint(seed))
	if err := json.Unmarshal([]byte(out), &found); err != nil {
		t.Fatal(err)
	}
	return found
}

func checkPolicies(t *testing.T, found map[string]policyFile, want asked) {
	t.Helper()
	if got, want := slices.Sorted(maps.Keys(found)), slices.Sorted(maps.Keys(want)); !slices.Equal(got, want) {
		t.Fatalf("%q, want %q", got, want)
	}
	for name, f := range found {
		if !f.Packed || !f.XML || !f.LGPO || !f.JSON {
			t.Errorf("%s: packed %v, xml %v, lgpo %v, json %v", name, f.Packed, f.XML, f.LGPO, f.JSON)
		}
		if got, want := fmt.Sprint(f.Entries), fmt.Sprint(want[name]); got != want {
			t.Errorf("%s: %.400s\nwant %.400s", name, got, want)
		}
	}
}

// checkMade reads a file that Samba packed.
func checkMade(t *testing.T, path string, entries []policyEntry) {
	t.Helper()
	ops, _, err := pol.Decode(path, readFile(t, path))
	if err != nil || len(ops) != len(entries) {
		t.Errorf("%d operations, want %d: %v", len(ops), len(entries), err)
		return
	}
	for i, e := range entries {
		data, err := hex.DecodeString(e.Data)
		if err != nil {
			t.Fatal(err)
		}
		verb, d := regfile.SetValue, regfile.Data{Type: regfile.Type(e.Type), Bytes: data}
		name, deleted := strings.CutPrefix(e.Name, "**del.")
		if deleted {
			verb, d = regfile.DeleteValue, regfile.Data{}
		}
		if op := ops[i]; op.Verb != verb || op.Key != `HKEY_LOCAL_MACHINE\`+e.Key || op.Name != name || !op.Data.Equal(d) {
			t.Errorf("%s: %+v, want %+v", path, op, e)
		}
	}
}

// damagePol is a file with two records of types whose data Samba keeps as it is.
func damagePol(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	ports, err := regfile.MultiString("80-80", "443-445")
	if err != nil {
		t.Fatal(err)
	}
	ops := []regfile.Op{
		{Verb: regfile.SetValue, Key: `HKEY_LOCAL_MACHINE\A\B`, Name: "Ports", Data: ports},
		{Verb: regfile.SetValue, Key: `HKEY_LOCAL_MACHINE\C`, Name: "V", Data: regfile.Data{Type: regfile.Binary, Bytes: []byte("[;];]")}},
	}
	if err := pol.Encode(&b, ops); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// checkDamaged compares the verdicts on damaged files. The one known difference: Samba
// turns keys, names and the data of some types into text and numbers, and stops where they
// are none. MS-GPREG has no such rule, so that portreg keeps the bytes.
func checkDamaged(t *testing.T, found *policyFindings) {
	t.Helper()
	survived, kept := 0, 0
	for _, d := range found.Damaged {
		src, err := hex.DecodeString(d.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		ops, _, refused := pol.Decode("damaged.pol", src)
		switch {
		case d.Survives && refused != nil:
			t.Errorf("byte %d %s: portreg refuses what Samba takes: %v", d.At, d.How, refused)
		case d.Survives:
			survived++
		case refused == nil && !slices.ContainsFunc(ops, isOdd):
			t.Errorf("byte %d %s: portreg takes what Samba refuses: %v", d.At, d.How, ops)
		case refused == nil:
			kept++
		}
	}
	t.Logf("%d damaged files: Samba takes %d, portreg %d more", len(found.Damaged), survived, kept)
	if len(found.Damaged) < 1000 || survived < 100 || kept == 0 {
		t.Error("that is too few for a comparison")
	}
}

// isOdd tells whether a value is none that Samba has a structure for.
func isOdd(op regfile.Op) bool {
	size := len(op.Data.Bytes)
	switch op.Data.Type {
	case regfile.None:
		return size > 0
	case regfile.SZ, regfile.ExpandSZ:
		return true
	case regfile.DWord, 5:
		return size != 4
	case regfile.QWord:
		return size != 8
	}
	text := op.Key + op.Name
	return strings.ToValidUTF8(text, "") != text
}
