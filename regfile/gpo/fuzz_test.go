package gpo

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"portreg/regfile"
)

// read reads a folder and checks what holds for any.
func read(t *testing.T, dir fstest.MapFS) ([]*Found, error) {
	t.Helper()
	found, err := Read("dir", dir)
	if (err == nil) != (len(found) > 0) || err != nil && !strings.HasPrefix(err.Error(), "dir") {
		t.Fatalf("%q, %v", texts(found), err)
	}
	for _, f := range found {
		for _, n := range f.Notes {
			if info, err := fs.Stat(dir, n.Path); err != nil || info.IsDir() || n.Pos.Line < 1 || n.Pos.Col < 1 || n.Rule == "" {
				t.Errorf("%+v: %v", n, err)
			}
		}
		for _, r := range f.Startup {
			if dir[r.Path] == nil || r.Line < 1 || r.File != nil && dir[r.File.Path] == nil {
				t.Errorf("%+v", r)
			}
		}
	}
	return found, err
}

// A file that was cut off anywhere gives an answer or an error with its place; XML that was
// is no XML.
func TestCutOff(t *testing.T) {
	for name := range folder(t, both) {
		for n := range len(folder(t, both)[name].Data) {
			dir := folder(t, both)
			dir[name].Data = dir[name].Data[:n]
			_, err := read(t, dir)
			var placed *regfile.Error
			whole := strings.HasSuffix(strings.TrimRight(string(dir[name].Data), "\r\n"), "</BackupInst>")
			if isXML := strings.HasSuffix(name, ".xml"); isXML && !whole && !errors.As(err, &placed) || !isXML && err != nil {
				t.Fatalf("%s, cut behind %d bytes: %v", name, n, err)
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	dir := folder(f, both)
	src := func(name string) []byte { return dir[name].Data }
	f.Add(src("manifest.xml"), src(id+"/bkupInfo.xml"), src(id+"/Backup.xml"), src(mac+"Scripts/scripts.ini"))
	f.Add([]byte("<Backups xmlns='"+manifestSpace+"'/>"), []byte("<BackupInst xmlns='"+manifestSpace+"'/>"), []byte("<GroupPolicyBackupScheme xmlns='"+schemeSpace+"'/>"), []byte("[Startup]\n0CmdLine=a\n"))
	f.Fuzz(func(t *testing.T, manifest, info, backup, ini []byte) {
		dir := folder(t, both)
		for name, src := range map[string][]byte{"manifest.xml": manifest, id + "/bkupInfo.xml": info, id + "/Backup.xml": backup, mac + "Scripts/scripts.ini": ini} {
			dir[name] = &fstest.MapFile{Data: src}
		}
		read(t, dir)
	})
}
