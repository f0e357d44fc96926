package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"portreg/cmd/internal/artefact"
	"portreg/cmd/internal/report"
	"portreg/regfile/gpo"
)

// readFolder reads the backups in a folder; nothing outside of it is opened.
func readFolder(folder fileName, o artefact.Options) ([]*artefact.Content, error) {
	root, err := os.OpenRoot(string(folder))
	if err != nil {
		return nil, inFile(folder.String(), err)
	}
	defer root.Close()
	return artefact.ReadFolder(string(folder), root.FS(), o)
}

// writeFolder makes a folder that holds the files and nothing else, completely or not at
// all. One that is there already is not touched, and an error if it holds anything else.
func writeFolder(folder fileName, files []gpo.File, rename rename) error {
	path := filepath.Clean(string(folder))
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = makeFolder(path, files, rename)
	case err != nil:
	case info.Mode().Type() == fs.ModeSymlink:
		err = errors.New("is a symbolic link; name the folder itself")
	case !info.IsDir():
		err = errors.New("is a file, and a backup of a GPO is a folder; name one that is not there yet")
	default:
		return sameFolder(folder, files)
	}
	return inFile(folder.String(), err)
}

// sameFolder tells what makes a folder differ from what would be written.
func sameFolder(folder fileName, files []gpo.File) error {
	found, err := differences(folder, files)
	if err != nil || found == nil {
		return err
	}
	return fmt.Errorf("%s is there and not what would be written, and it is not written over; remove it or name another with -o: %s", folder, report.FirstFew(len(found), slices.Values(found)))
}

// makeFolder fills a folder beside path and renames it. A signal that would end the
// program while that is there removes it.
func makeFolder(path string, files []gpo.File, rename rename) error {
	interrupts, stop := interrupts()
	defer stop()
	temporary, err := mkdirBeside(path)
	if err != nil {
		return err
	}
	for _, f := range files {
		if err == nil {
			err = addFile(filepath.Join(temporary, filepath.FromSlash(f.Path)), f.Content)
		}
		if err == nil && len(interrupts) > 0 {
			err = errInterrupted
		}
	}
	if err == nil {
		err = rename(temporary, path)
	}
	if err != nil {
		os.RemoveAll(temporary)
	}
	return err
}

// mkdirBeside is os.MkdirTemp with permissions that follow the umask.
func mkdirBeside(path string) (temporary string, err error) {
	for {
		temporary = temporaryName(path)
		if err = os.Mkdir(temporary, 0o755); !errors.Is(err, fs.ErrExist) {
			return temporary, err
		}
	}
}

func addFile(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	return fill(f, 0, false, func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
}

// A difference is what a folder has otherwise than it would be written.
type difference struct {
	path       string // from the folder, with slashes
	text       string
	have, want []byte // of a file that differs
}

func (d difference) String() string { return d.path + " " + d.text }

// differences compares a folder with the files.
func differences(folder fileName, files []gpo.File) (found []difference, err error) {
	root, err := os.OpenRoot(string(folder))
	if err != nil {
		return nil, inFile(folder.String(), err)
	}
	defer root.Close()
	known := map[string]bool{}
	for _, f := range files {
		for p := f.Path; p != "."; p = path.Dir(p) {
			known[p] = true
		}
		d, err := compareFile(root, f)
		if err != nil {
			return nil, inFile(folder.String()+"/"+f.Path, err)
		}
		if d.text != "" {
			found = append(found, d)
		}
	}
	more, err := surplus(root.FS(), known)
	return append(found, more...), inFile(folder.String(), err)
}

// maxStrange is how many such files are looked for: the folder may be any.
const maxStrange = 100

// surplus gives what is in a folder and not known.
func surplus(folder fs.FS, known map[string]bool) (found []difference, err error) {
	err = fs.WalkDir(folder, ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case path == "." || known[path]:
			return nil
		case len(found) == maxStrange:
			return fs.SkipAll
		}
		found = append(found, difference{path: path, text: "is no part of it"})
		if d.IsDir() {
			return fs.SkipDir
		}
		return nil
	})
	return found, err
}

// maxSurplus is how much larger a file may be to be read.
const maxSurplus = 1 << 20

// compareFile compares a file of a folder; the difference has no text if there is none.
func compareFile(root *os.Root, f gpo.File) (d difference, err error) {
	d.path = f.Path
	info, err := root.Lstat(filepath.FromSlash(f.Path))
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && !info.Mode().IsRegular():
		d.text = "is missing"
		return d, nil
	case err != nil:
		return d, err
	case info.Size() > int64(len(f.Content))+maxSurplus:
		d.text = "differs"
		return d, nil
	}
	d.have, err = root.ReadFile(filepath.FromSlash(f.Path))
	if !bytes.Equal(d.have, f.Content) {
		d.want, d.text = f.Content, "differs"
	}
	return d, err
}

// checkFolder compares the folder at -o with the files that would be written.
func (j *job) checkFolder(files []gpo.File) error {
	found, err := differences(j.Output, files)
	if errors.Is(err, fs.ErrNotExist) {
		j.found()
		fmt.Fprintf(j.out, "%s does not exist\n", j.Output)
		return nil
	}
	if err != nil || found == nil {
		return err
	}
	j.found()
	for _, d := range found {
		if err := j.tell(d); err != nil {
			return err
		}
	}
	return nil
}

// tell says what a difference means: in ports, where it is one of those.
func (j *job) tell(d difference) error {
	name := report.FileName(strings.TrimSuffix(string(j.Output), "/") + "/" + d.path)
	if f := artefact.Recognise(d.want); d.want != nil && (f.Policy || f.Logs) {
		return j.compare(name, f.Title, bytes.NewReader(d.have), bytes.NewReader(d.want))
	}
	fmt.Fprintln(j.out, name, d.text)
	return nil
}
