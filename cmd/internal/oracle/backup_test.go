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

// TestBackups: readers that know nothing of portreg follow the references in backups of
// GPOs to a Registry.pol and a scripts.ini, which Samba reads: of random lists, the longest
// that fits and undo. The XML has the shape of GPMC's.
func TestBackups(t *testing.T) {
	t.Parallel()
	rng := random(t)
	dir := tempDir(t)
	var longest spans
	for i := range 2730 {
		longest = append(longest, span{10000 + 3*i, 10001 + 3*i})
	}
	all := []spans{longest}
	for range 50 {
		all = append(all, randomSpans(rng))
	}
	var folders []string
	add := func(args ...string) {
		folders = append(folders, filepath.Join(dir, fmt.Sprintf("%03d", len(folders))))
		mustRun(t, append([]string{portreg, "gen", "-f", "gpo", "--name", "web", "-o", folders[len(folders)-1]}, args...)...)
	}
	var lists []string
	for i, ss := range all {
		lists = append(lists, tempFile(t, "ports.txt", []byte(ss.list(rng))))
		undo := [][]string{nil, {"--undo"}}[i%2]
		add(slices.Concat([]string{"-t", "2022", lists[i]}, undo)...)
		if undo != nil {
			undo = append(undo, "--delete-value")
		}
		add(slices.Concat([]string{"-t", "2003", lists[i]}, undo)...)
	}
	checkShape(t, dir)
	for i, f := range backupsIn(t, folders) {
		list, undo := lists[i/2], i/2%2 == 1
		switch {
		case f.Name != "Reserved ports (web)":
			t.Errorf("%s: %q", folders[i], f.Name)
		case i%2 == 0:
			checkStartup(t, f, list, undo)
		default:
			want := [][2]any{{"ReservedPorts", all[i/2].strings()}}
			if undo {
				want = [][2]any{{"**del.ReservedPorts", " "}}
			}
			if fmt.Sprint(f.Policy) != fmt.Sprint(want) || f.Scripts != nil {
				t.Errorf("%s: %.400v, want %.400v", folders[i], f.Policy, want)
			}
		}
	}
}

// checkStartup checks that Windows would run the script that gen makes.
func checkStartup(t *testing.T, f backupFound, list string, undo bool) {
	t.Helper()
	args := []string{portreg, "gen", "-f", "cmd", "-t", "2022", "--name", "web", list}
	if undo {
		args = append(args, "--undo")
	}
	if want := mustRun(t, args...); string(readFile(t, f.Startup)) != want || f.Policy != nil {
		t.Errorf("%s is not what gen -f cmd makes", f.Startup)
	}
	if fmt.Sprint(f.Scripts) != "map[0CmdLine:web.cmd 0Parameters:]" {
		t.Errorf("%s: %q", f.Startup, f.Scripts)
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

func backupsIn(t *testing.T, folders []string) (found []backupFound) {
	t.Helper()
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
