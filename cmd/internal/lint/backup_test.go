package lint

import (
	"bytes"
	"strings"
	"testing"
	"testing/fstest"

	"portreg/cmd/internal/artefact"
	"portreg/cmd/internal/target"
	"portreg/ranges"
	"portreg/regfile/gpo"
	"portreg/regfile/pol"
)

// A folder is a backup of a GPO with a policy and a script; files go by the end of their
// paths.
type folder struct{ fstest.MapFS }

func (f folder) path(end string) string {
	for path := range f.MapFS {
		if strings.HasSuffix(path, end) {
			return path
		}
	}
	panic(end)
}

func (f folder) remove(end string)           { delete(f.MapFS, f.path(end)) }
func (f folder) set(end string, text string) { f.MapFS[f.path(end)].Data = []byte(text) }

func (f folder) replace(end, old, new string) {
	f.set(end, strings.Replace(string(f.MapFS[f.path(end)].Data), old, new, 1))
}

// backupsOf are the backups that examples describe, as edits of a good one.
var backupsOf = map[string]func(f folder){
	"a backup without the registry.pol that its Backup.xml names\n":    func(f folder) { f.remove("registry.pol") },
	"a backup with all files that its Backup.xml names\n":              func(folder) {},
	"a backup whose scripts.ini has no script but 1CmdLine=web.cmd\n":  func(f folder) { f.replace("scripts.ini", "0\x00C\x00", "1\x00C\x00") },
	"a backup whose scripts.ini has no script but 0CmdLine=web.cmd\n":  func(folder) {},
	"a backup whose startup script web.cmd is that of somebody else\n": func(f folder) { f.set("web.cmd", "echo hello\r\n") },
	"a backup whose startup script web.cmd is one of gen\n":            func(folder) {},
}

func backup(t *testing.T) folder {
	t.Helper()
	var policy bytes.Buffer
	if err := pol.Encode(&policy, target.Place{}.Operations(target.ReservedPortsValue(ranges.SetOf(ranges.Range{First: 4000, Last: 4010})))); err != nil {
		t.Fatal(err)
	}
	files, err := gpo.Backup{Name: "Reserved ports (web)", Registry: policy.Bytes(), Startup: &gpo.Script{Name: "web.cmd", Content: []byte(script("\r\n"))}}.Files()
	if err != nil {
		t.Fatal(err)
	}
	f := folder{fstest.MapFS{}}
	for _, file := range files {
		f.MapFS[file.Path] = &fstest.MapFile{Data: file.Content}
	}
	return f
}

func checkBackup(t *testing.T, edit func(folder), o Options) []Finding {
	t.Helper()
	f := backup(t)
	edit(f)
	all, err := artefact.ReadFolder("dir", f, artefact.Options{Written: true, Faults: true})
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	return Check(all[0], o)
}

// What is found in a backup stands in its files, and what is found in these alone is, too.
func TestBackupFiles(t *testing.T) {
	ff := checkBackup(t, func(f folder) { f.replace("web.cmd", `"errorlevel="`, `"errorlevel=0"`); f.remove("manifest.xml") }, Options{})
	var got []string
	for _, finding := range ff {
		got = append(got, finding.File[strings.LastIndex(finding.File, "/")+1:]+" "+finding.Rule)
	}
	if text := strings.Join(got, ", "); text != "Backup.xml broken-backup, registry.pol replaces-value, web.cmd edited-script, web.cmd outside-dynamic-range, web.cmd outside-dynamic-range" {
		t.Error(text)
	}
}
