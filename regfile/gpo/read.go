package gpo

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"portreg/regfile"
)

// Found is a backup that was read, as far as it is about the machine's registry and
// scripts.
type Found struct {
	Folder      string // of the backup, from the folder that was read; "." if it is that
	Name        string // of the GPO
	Registry    *File  // Machine/registry.pol, nil if there is none
	Preferences *File  // Machine/Preferences/Registry/Registry.xml, nil if there is none
	Startup     []Run  // what Windows runs at its start, in this order
	Notes       []Note // what keeps any of it from having an effect, and what contradicts itself
}

// Run is a script that Windows runs.
type Run struct {
	Command, Parameters string // as in the file that names it
	File                *File  // nil if it is not in the backup; then there is a note
	Path                string // of the file that names it
	Line                int    // in that, from 1
}

// Note is what is wrong in a file of the folder.
type Note struct {
	Path string // from the folder that was read
	regfile.Note
}

// What is read of a folder, lest one that is none of a backup takes all memory: GPMC's
// files are a few KiB each.
const (
	maxBytes   = 64 << 20 // of all files
	maxFile    = 16 << 20 // of a file
	maxText    = 4 << 20  // of one with elements or settings
	maxEntries = 100_000  // files and folders of a backup
)

// Read reads the backups in a folder, or the one that is the folder, and checks whether
// their files fit each other. Nothing outside of fsys is opened, and of it only regular
// files. name is the folder's, for the errors: that there is no backup in it, that a file
// cannot be read, or a *regfile.Error, that one is no XML or not what it should be.
//
// What Windows would not apply, being left out of Backup.xml or of its extensions, is not
// there, but for a note.
func Read(name string, fsys fs.FS) ([]*Found, error) {
	r := reader{name: name, fsys: fsys, left: maxBytes}
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, r.failed(".", err)
	}
	if find(entries, backupFile) != "" {
		b, err := r.backup(".", path.Base(strings.ReplaceAll(name, `\`, "/")))
		if err != nil {
			return nil, err
		}
		return []*Found{b.Found}, nil
	}
	return r.all(entries)
}

// find gives the name of a file as it is written there.
func find(entries []fs.DirEntry, name string) string {
	for _, e := range entries {
		if strings.EqualFold(e.Name(), name) && e.Type().IsRegular() {
			return e.Name()
		}
	}
	return ""
}

// isGUID tells whether text is a GUID in braces.
func isGUID(text string) bool {
	if len(text) != len(registryCSE) {
		return false
	}
	for i := range len(text) {
		switch c := text[i]; registryCSE[i] {
		case '{', '-', '}':
			if c != registryCSE[i] {
				return false
			}
		default:
			if !strings.ContainsRune("0123456789abcdefABCDEF", rune(c)) {
				return false
			}
		}
	}
	return true
}

// A reader reads a folder.
type reader struct {
	name string
	fsys fs.FS
	left int64 // bytes that may still be read
}

// in gives the name of a file for errors.
func (r *reader) in(file string) string {
	if file == "." {
		return r.name
	}
	return strings.TrimSuffix(r.name, "/") + "/" + file
}

func (r *reader) errorf(file, format string, args ...any) error {
	return fmt.Errorf("%s: %w", r.in(file), fmt.Errorf(format, args...))
}

// failed says which file the system has an error about.
func (r *reader) failed(file string, err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return r.errorf(file, "%w", err)
}

// read gives the bytes of a regular file.
func (r *reader) read(file string, most int64) ([]byte, error) {
	f, err := r.fsys.Open(file)
	if err != nil {
		return nil, r.failed(file, err)
	}
	defer f.Close()
	most = min(most, r.left)
	src, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return nil, r.failed(file, err)
	}
	r.left -= int64(len(src))
	if int64(len(src)) > most {
		return nil, r.errorf(file, "the file is too large for a backup of a GPO, which has some KiB")
	}
	return src, nil
}

// all reads the backups in a folder.
func (r *reader) all(entries []fs.DirEntry) (found []*Found, err error) {
	m, err := r.manifest(find(entries, manifestFile))
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if !e.IsDir() || !isGUID(e.Name()) {
			continue
		}
		b, err := r.backup(e.Name(), e.Name())
		if errors.Is(err, errNoBackup) {
			continue
		}
		if err != nil {
			return nil, err
		}
		b.checkListed(m)
		found = append(found, b.Found)
	}
	if found == nil {
		return nil, r.errorf(".", "this folder is no backup of a GPO: neither %s nor a folder named by a GUID that has one is in it", backupFile)
	}
	found[0].Notes = append(m.missing(found), found[0].Notes...)
	return found, nil
}

// A manifest is what manifest.xml lists.
type manifest struct {
	path      string
	instances []*element
}

func (r *reader) manifest(file string) (*manifest, error) {
	m := &manifest{path: file}
	if file == "" {
		return m, nil
	}
	root, err := r.xml(file, manifestSpace, "Backups")
	if err != nil {
		return nil, err
	}
	for _, e := range root.below {
		if e.name.Local == instance {
			m.instances = append(m.instances, e)
		}
	}
	return m, nil
}

const instance = "BackupInst"

// missing notes what is listed and not there.
func (m *manifest) missing(found []*Found) (notes []Note) {
	if m.path == "" {
		file := path.Join(found[0].Folder, backupFile)
		return []Note{noteOf(file, line(1), "no-manifest", "in the folder above is no %s, which GPMC finds backups by", manifestFile)}
	}
	for _, e := range m.instances {
		id := e.child("ID").words()
		if !slices.ContainsFunc(found, func(f *Found) bool { return strings.EqualFold(f.Folder, id) }) {
			notes = append(notes, noteOf(m.path, e, "missing-backup", "the backup %.60q is not in the folder", id))
		}
	}
	return notes
}

// xml reads a file of XML.
func (r *reader) xml(file, space, root string) (*element, error) {
	src, err := r.read(file, maxText)
	if err != nil {
		return nil, err
	}
	return parse(r.in(file), src, space, root)
}

// noteOf makes a note about an element.
func noteOf(file string, e *element, rule, format string, args ...any) Note {
	return Note{file, regfile.Note{Pos: e.pos, Rule: rule, Text: fmt.Sprintf(format, args...)}}
}
