package gpo

import (
	"errors"
	"io/fs"
	"path"
	"strings"
)

// A backup is one that is being read.
type backup struct {
	*Found
	*reader
	id      string            // that its folder is named by, or "" if it is not named by a GUID
	names   map[string]string // of its regular files, from its folder: as they are written, by lower case
	core    *element          // GroupPolicyCoreSettings of Backup.xml
	listed  map[string]bool   // the files of Backup.xml, in lower case
	applied map[string]bool   // the client-side extensions, in upper case
}

var errNoBackup = errors.New("no " + backupFile)

// backup reads a folder with a Backup.xml.
func (r *reader) backup(folder, base string) (*backup, error) {
	b := &backup{reader: r, Found: &Found{Folder: folder}, names: map[string]string{}, listed: map[string]bool{}, applied: map[string]bool{}}
	if isGUID(base) {
		b.id = base
	}
	for _, step := range [...]func() error{b.index, b.readScheme, b.readInfo, b.readPolicies, b.readScripts} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// index finds the files, without going behind links.
func (b *backup) index() error {
	entries := 0
	return fs.WalkDir(b.fsys, b.Folder, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return b.failed(file, err)
		}
		if entries++; entries > maxEntries {
			return b.errorf(b.Folder, "there are more than %d files in it", maxEntries)
		}
		if d.Type().IsRegular() {
			rel := strings.TrimPrefix(file, b.Folder+"/")
			b.names[strings.ToLower(rel)] = rel
		}
		return nil
	})
}

// path gives where a file of the backup is, "" if it is not there.
func (b *backup) path(file string) string {
	name, ok := b.names[strings.ToLower(file)]
	if !ok {
		return ""
	}
	return path.Join(b.Folder, name)
}

func (b *backup) noteAt(file string, e *element, rule, format string, args ...any) {
	b.Notes = append(b.Notes, noteOf(file, e, rule, format, args...))
}

// readScheme reads Backup.xml.
func (b *backup) readScheme() error {
	file := b.path(backupFile)
	if file == "" {
		return errNoBackup
	}
	root, err := b.xml(file, schemeSpace, "GroupPolicyBackupScheme")
	if err != nil {
		return err
	}
	b.core = root.child("GroupPolicyObject").child("GroupPolicyCoreSettings")
	b.Name = b.core.child("DisplayName").words()
	if b.core.child("UserVersionNumber").isZero() && b.core.child("MachineVersionNumber").isZero() {
		b.noteAt(file, b.core, "zero-version", "the versions of both sides are 0, with which a GPO is not applied")
	}
	b.readExtensions(file, b.core.child("MachineExtensionGuids"))
	root.walk(func(e *element) { b.checkObject(file, e) })
	return nil
}

// isZero tells whether a version number is 0 or not there.
func (e *element) isZero() bool { return strings.Trim(e.words(), "0") == "" }

// readExtensions reads the client-side extensions.
func (b *backup) readExtensions(file string, e *element) {
	before := ""
	for pair := range strings.SplitSeq(strings.TrimSuffix(strings.TrimPrefix(e.words(), "["), "]"), "][") {
		cse := strings.ToUpper(pair[:min(len(pair), len(registryCSE))])
		switch {
		case pair == "":
			return
		case !isGUID(cse):
			b.noteAt(file, e, "extension-form", "%.100q is not a client-side extension with its tools; write {CSE}{TOOL} in brackets", pair)
			return
		case cse < before:
			b.noteAt(file, e, "extension-order", "%s stands behind %s; a client stops at the first that is not in ascending order", cse, before)
			return
		}
		b.applied[cse], before = true, cse
	}
}

// checkObject takes note of a file that is listed, and looks whether it is there.
func (b *backup) checkObject(file string, e *element) {
	location := e.attr("Location")
	if e.name.Local != "FSObjectFile" || location == "" {
		return
	}
	name := strings.ToLower(strings.ReplaceAll(location, `\`, "/"))
	b.listed[name] = true
	if _, ok := b.names[name]; !ok {
		b.noteAt(file, e, "missing-object", "%.200q is not in the backup", location)
	}
}

// readInfo compares bkupInfo.xml.
func (b *backup) readInfo() error {
	file := b.path(infoFile)
	if file == "" {
		b.noteAt(b.path(backupFile), line(1), "no-info", "beside it is no %s, which GPMC finds a backup by", infoFile)
		return nil
	}
	root, err := b.xml(file, manifestSpace, instance)
	if err != nil {
		return err
	}
	b.compare(file, root)
	return nil
}

// compare looks whether a BackupInst is of this backup.
func (b *backup) compare(file string, e *element) {
	for _, is := range [...]struct{ field, want, of string }{
		{"ID", b.id, "its folder"},
		{"GPOGuid", b.core.child("ID").words(), backupFile},
		{"GPODisplayName", b.Name, backupFile},
	} {
		if have := e.child(is.field); is.want != "" && !strings.EqualFold(have.words(), is.want) {
			b.noteAt(file, have, "backup-id", "%s is %.80q, but that of %s is %.80q", is.field, have.words(), is.of, is.want)
		}
	}
}

// checkListed compares what the manifest says of the backup.
func (b *backup) checkListed(m *manifest) {
	for _, e := range m.instances {
		if strings.EqualFold(e.child("ID").words(), b.id) {
			b.compare(m.path, e)
			return
		}
	}
	if m.path != "" {
		b.noteAt(m.path, line(1), "unlisted-backup", "the backup %s is not listed, so that GPMC does not show it", b.id)
	}
}

// readPolicies reads the registry's files.
func (b *backup) readPolicies() (err error) {
	if b.Registry, err = b.file(registryFile, registryCSE, maxFile); err != nil {
		return err
	}
	b.Preferences, err = b.file(preferencesFile, preferencesCSE, maxText)
	return err
}

// file reads a file of the GPO's machine side, unless Windows does not apply it.
func (b *backup) file(name, cse string, most int64) (*File, error) {
	name = machine + "/" + name
	file := b.path(name)
	switch {
	case file == "":
		return nil, nil
	case !b.listed[strings.ToLower(name)]:
		b.drop(file, "unlisted-file", "%s does not name this file, so that it is not imported", backupFile)
		return nil, nil
	case !b.applied[cse]:
		b.drop(file, "no-extension", "%s is not among the client-side extensions of %s, so that this file is not applied", cse, backupFile)
		return nil, nil
	}
	src, err := b.read(file, most)
	return &File{file, src}, err
}

// drop notes that Windows ignores a file.
func (b *backup) drop(file, rule, format string, args ...any) {
	b.noteAt(file, line(1), rule, format, args...)
	b.Notes[len(b.Notes)-1].Dropped = true
}
