package oracle

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
)

// What testdata/backups.py finds in a backup.
type backupFound struct {
	Name    string
	Policy  [][2]any          // names and data of values
	Scripts map[string]string // the settings of scripts.ini
	Startup string            // the path of the script that is run
}

// A backupCase is a backup and what is to be in it.
type backupCase struct {
	folder string
	policy [][2]any // as in backupFound; nil if it has a script
	script string   // what gen -f cmd makes
}

// TestBackups: readers that know nothing of portreg follow the references in backups of
// GPOs to a Registry.pol and a scripts.ini, which Samba reads: of random lists, the longest
// that fit and every kind of undo. The XML has the shape of GPMC's.
func TestBackups(t *testing.T) {
	t.Parallel()
	rng := random(t)
	dir := tempDir(t)
	all := []spans{longestList()}
	for range 50 {
		all = append(all, randomSpans(rng))
	}
	scripts := append(slices.Clone(all), singlePorts())
	var cases []backupCase
	add := func(list string, policy [][2]any, args ...string) {
		c := backupCase{folder: filepath.Join(dir, fmt.Sprintf("%03d", len(cases))), policy: policy}
		args = append(args, "--name", "web", tempFile(t, "ports.txt", []byte(list)))
		mustRun(t, append([]string{portreg, "gen", "-f", "gpo", "-o", c.folder}, args...)...)
		if policy == nil {
			c.script = mustRun(t, append([]string{portreg, "gen", "-f", "cmd"}, args...)...)
		}
		cases = append(cases, c)
	}
	for _, ss := range scripts {
		add(ss.list(rng), nil, "-t", "2022")
		add(ss.list(rng), nil, "-t", "2022", "--undo")
	}
	for i, ss := range all {
		before := all[(i+1)%len(all)]
		state := tempFile(t, "state.reg", gen(t, before.list(rng), "-t", "2003"))
		add(ss.list(rng), [][2]any{{"ReservedPorts", ss.strings()}}, "-t", "2003")
		add(ss.list(rng), [][2]any{{"ReservedPorts", before.strings()}}, "-t", "2003", "--undo", "--onto", state)
		add(ss.list(rng), [][2]any{{"**del.ReservedPorts", " "}}, "-t", "xp", "--undo", "--delete-value")
	}
	checkShape(t, dir)
	for i, f := range backupsIn(t, cases) {
		cases[i].check(t, f)
	}
}

// longestList is the longest list that a Registry.pol holds.
func longestList() (longest spans) {
	for i := range 2730 {
		longest = append(longest, span{10000 + 3*i, 10001 + 3*i})
	}
	return longest
}

// singlePorts is the list with the most ranges.
func singlePorts() (all spans) {
	for port := 1; port <= 65535; port += 2 {
		all = append(all, span{port, port})
	}
	return all
}

// check checks that Windows would set what was asked for, or run the script that gen makes.
func (c backupCase) check(t *testing.T, f backupFound) {
	t.Helper()
	if f.Name != "Reserved ports (web)" || fmt.Sprint(f.Policy) != fmt.Sprint(c.policy) {
		t.Errorf("%s: %q, %.400v, want %.400v", c.folder, f.Name, f.Policy, c.policy)
	}
	switch {
	case c.policy != nil:
		if f.Scripts != nil {
			t.Errorf("%s: %q", c.folder, f.Scripts)
		}
	case fmt.Sprint(f.Scripts) != "map[0CmdLine:web.cmd 0Parameters:]":
		t.Errorf("%s: %q", c.folder, f.Scripts)
	case string(readFile(t, f.Startup)) != c.script:
		t.Errorf("%s is not what gen -f cmd makes", f.Startup)
	}
}

// checkShape has xmllint compare the XML with the schemas.
func checkShape(t *testing.T, dir string) {
	t.Helper()
	for schema, patterns := range map[string][]string{
		"gpo-backup.xsd":   {"*/*/Backup.xml"},
		"gpo-manifest.xsd": {"*/manifest.xml", "*/*/bkupInfo.xml"},
	} {
		path, err := filepath.Abs("testdata/" + schema)
		if err != nil {
			t.Fatal(err)
		}
		args := []string{"xmllint", "--noout", "--nonet", "--schema", path}
		for _, pattern := range patterns {
			found, err := filepath.Glob(filepath.Join(dir, pattern))
			if err != nil || len(found) < 100 {
				t.Fatal(pattern, len(found), err)
			}
			args = append(args, found...)
		}
		mustRun(t, args...)
	}
}

func backupsIn(t *testing.T, cases []backupCase) (found []backupFound) {
	t.Helper()
	var folders []string
	for _, c := range cases {
		folders = append(folders, c.folder)
	}
	script, err := filepath.Abs("testdata/backups.py")
	if err != nil {
		t.Fatal(err)
	}
	// The bindings are those of Debian's own Python.
	out := mustRun(t, append([]string{"/usr/bin/python3", script}, folders...)...)
	if err := json.Unmarshal([]byte(out), &found); err != nil || len(found) != len(folders) {
		t.Fatal(len(found), err)
	}
	return found
}
