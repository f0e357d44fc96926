package oracle

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A preference is an item of a Registry.xml as Python reads it.
type preference struct {
	Root, Action, Hive, Key, Name, Type, Value, Decimal, Desc string
	Values                                                    []string
	Filters                                                   []string // "AND XP"
}

const readPreferences = `
import json, sys
import xml.etree.ElementTree as ET
def item(root, r):
    p = r.find("Properties")
    return dict(root=root.tag, desc=r.get("desc", ""), decimal=p.get("displayDecimal"),
        values=[v.text for v in p.findall("Values/Value")],
        filters=[f.get("bool") + " " + f.get("version") for f in r.findall("Filters/FilterOs")],
        **{a: p.get(a) for a in "action hive key name type value".split()})
files = []
for name in sys.argv[1:]:
    root = ET.parse(name).getroot()
    files.append([item(root, r) for r in root])
json.dump(files, sys.stdout)
`

// preferencesOf has xmllint check files against the schema and Python read them.
func preferencesOf(t testing.TB, paths ...string) (files [][]preference) {
	t.Helper()
	schema, err := filepath.Abs("testdata/gpp-registry.xsd")
	if err != nil {
		t.Fatal(err)
	}
	mustRun(t, append([]string{"xmllint", "--noout", "--nonet", "--schema", schema}, paths...)...)
	out := mustRun(t, append([]string{"python3", "-c", readPreferences}, paths...)...)
	if err := json.Unmarshal([]byte(out), &files); err != nil || len(files) != len(paths) {
		t.Fatalf("%v\n%s", err, out)
	}
	return files
}

// listed is what xmlstarlet reads: a line for each item, and one for each of its strings.
func listed(t testing.TB, paths ...string) string {
	t.Helper()
	return mustRun(t, append([]string{"xmlstarlet", "sel", "-T", "-t", "-m", "//Registry/Properties",
		"-v", `concat(@action, " ", @hive, "\", @key, " ", @name, " ", @type)`, "-n",
		"-m", "Values/Value", "-v", ".", "-n"}, paths...)...)
}

const preferencesKey = `SYSTEM\CurrentControlSet\Services\Tcpip\Parameters`

func (p preference) check(t testing.TB, path, action, name, kind string, entries []string) {
	t.Helper()
	if p.Action != action || p.Hive != "HKEY_LOCAL_MACHINE" || p.Key != preferencesKey || p.Name != name || p.Type != kind {
		t.Errorf("%s: %+v", path, p)
	}
	if p.Value != strings.Join(entries, " ") || !slices.Equal(p.Values, entries) && kind == "REG_MULTI_SZ" {
		t.Errorf("%s: %.200q and %.200q, want %.200q", path, p.Value, p.Values, entries)
	}
}

// versions are the filters for a target.
var versions = map[string][]string{
	"":     {"AND XP", "OR 2K3", "OR 2K3R2"},
	"xp":   {"AND XP"},
	"2003": {"AND 2K3", "OR 2K3R2"},
}

// A preferenceCase is a file with one item, and what is to be in it.
type preferenceCase struct {
	path, root   string
	filters      []string
	action, kind string
	entries      []string
}

// preferenceForms are the roots of files by their format.
var preferenceForms = map[string]string{"gpp": "RegistrySettings", "gpp-collection": "Collection"}

// TestPreferences: independent readers find in a Registry.xml, and in a collection,
// what was listed, in either form, for the versions of the target: of random lists, the
// longest and an empty one. An undo has what was there, or deletes the value.
func TestPreferences(t *testing.T) {
	rng := random(t)
	all := []spans{nil, singlePorts()}
	for range 50 {
		all = append(all, randomSpans(rng))
	}
	dir := tempDir(t)
	var cases []preferenceCase
	for i, ss := range all {
		target := []string{"", "xp", "2003"}[i%3]
		before := all[(i+1)%len(all)]
		current := tempFile(t, "current.reg", gen(t, before.list(rng), "-f", "reg", "--allow-empty"))
		add := func(format, action, kind string, want spans, args ...string) {
			path := filepath.Join(dir, fmt.Sprintf("%03d.xml", len(cases)))
			args = append(args, "--allow-empty", "-f", format)
			if target != "" {
				args = append(args, "-t", target)
			}
			writeFile(t, path, gen(t, ss.list(rng), args...))
			cases = append(cases, preferenceCase{path, preferenceForms[format], versions[target], action, kind, want.strings()})
		}
		for _, format := range slices.Sorted(maps.Keys(preferenceForms)) {
			add(format, "U", "REG_MULTI_SZ", ss)
			add(format, "U", "REG_MULTI_SZ", before, "--undo", "--onto", current)
			add(format, "D", "REG_SZ", nil, "--undo", "--delete-value")
		}
	}
	checkPreferences(t, cases)
}

func checkPreferences(t *testing.T, cases []preferenceCase) {
	t.Helper()
	var paths []string
	var lines strings.Builder
	for _, c := range cases {
		paths = append(paths, c.path)
		fmt.Fprintf(&lines, "%s HKEY_LOCAL_MACHINE\\%s ReservedPorts %s\n", c.action, preferencesKey, c.kind)
		for _, entry := range c.entries {
			lines.WriteString(entry + "\n")
		}
	}
	for i, items := range preferencesOf(t, paths...) {
		c := cases[i]
		if len(items) != 1 || items[0].Root != c.root || !slices.Equal(items[0].Filters, c.filters) {
			t.Fatalf("%s: %.400v", c.path, items)
		}
		items[0].check(t, c.path, c.action, "ReservedPorts", c.kind, c.entries)
	}
	if got := listed(t, paths...); got != lines.String() {
		t.Errorf("xmlstarlet: %s", firstDifference(got, lines.String()))
	}
}

// TestPreferencesOfMaxUserPort: a number is in hexadecimal, and shown as a decimal one.
func TestPreferencesOfMaxUserPort(t *testing.T) {
	bare := tempFile(t, "bare.reg", []byte("REGEDIT4\r\n\r\n[HKEY_LOCAL_MACHINE\\"+preferencesKey+"]\r\n\"A\"=\"\"\r\n\r\n"))
	set := tempFile(t, "set.xml", gen(t, "80\n", "-f", "gpp", "--dynamic", "1025-65534"))
	undo := tempFile(t, "undo.xml", gen(t, "80\n", "-f", "gpp", "--dynamic", "1025-65534", "--undo", "--onto", bare))
	files := preferencesOf(t, set, undo)
	for i, action := range []string{"U", "D"} {
		if len(files[i]) != 2 {
			t.Fatalf("%+v", files[i])
		}
		port := files[i][0]
		if i == 0 {
			port.check(t, set, action, "MaxUserPort", "REG_DWORD", []string{"0000FFFE"})
			files[i][1].check(t, set, action, "ReservedPorts", "REG_MULTI_SZ", []string{"80-80"})
			if port.Decimal != "1" {
				t.Errorf("%+v", port)
			}
			continue
		}
		port.check(t, undo, action, "MaxUserPort", "REG_SZ", nil)
		files[i][1].check(t, undo, action, "ReservedPorts", "REG_SZ", nil)
	}
}

// TestPreferencesAreData: text of a list is text in the description, without what HTML
// takes for markup, and nothing else.
func TestPreferencesAreData(t *testing.T) {
	list := "80  # <b>&lt;</b> ]]> --> <!-- <?a?> &#10; \" ' <script>\n# " + strings.Join(hostileLabels, "\n81  # ") + "\n"
	annotated := tempFile(t, "annotated.xml", gen(t, list, "-f", "gpp", "--annotate"))
	plain := tempFile(t, "plain.xml", gen(t, list, "-f", "gpp"))
	files := preferencesOf(t, annotated, plain)
	if listed(t, annotated) != listed(t, plain) || len(files[0]) != 1 {
		t.Errorf("%+v", files[0])
	}
	desc := files[0][0].Desc
	if strings.ContainsAny(desc, "<>&\u202e\u2028") || !strings.Contains(desc, `\u003Cb\u003E\u0026lt;\u003C/b\u003E`) {
		t.Errorf("%q", desc)
	}
}

// TestPreferencesCanonical: two parsers make the same canonical XML of a file, and of the
// items of a GPO and of a collection.
func TestPreferencesCanonical(t *testing.T) {
	rng := random(t)
	list := randomSpans(rng).list(rng)
	var items []string
	for _, format := range []string{"gpp", "gpp-collection"} {
		path := tempFile(t, "Registry.xml", gen(t, list, "-f", format, "--annotate", "--dynamic", "1025-60000"))
		canonical := mustRun(t, "xmllint", "--nonet", "--exc-c14n", path)
		if got := mustRun(t, "python3", "-c", "import sys, xml.etree.ElementTree as ET; ET.canonicalize(from_file=sys.argv[1], out=sys.stdout)", path); got != canonical {
			t.Error(firstDifference(got, canonical))
		}
		_, inner, _ := strings.Cut(canonical, "><Registry")
		items = append(items, inner[:strings.LastIndex(inner, "</")])
	}
	if items[0] != items[1] {
		t.Error(firstDifference(items[0], items[1]))
	}
}
