package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"portreg/cmd/internal/artefact"
	"portreg/cmd/internal/report"
	"portreg/cmd/internal/target"
	"portreg/regfile"
)

// check compares the file at -o with what would be written.
func (j *job) check(write func(io.Writer) error) error {
	have, err := openFile(j.Output)
	if errors.Is(err, fs.ErrNotExist) {
		j.found()
		fmt.Fprintf(j.out, "%s does not exist\n", j.Output)
		return write(io.Discard)
	}
	if err != nil {
		return err
	}
	defer have.Close()
	same, err := equals(have, write)
	if err != nil || same {
		return err
	}
	if _, err := have.Seek(0, io.SeekStart); err != nil {
		return inFile(j.Output.String(), err)
	}
	j.found()
	want, written := io.Pipe()
	defer want.Close()
	go func() { written.CloseWithError(write(written)) }()
	return j.compare(j.Output.String(), j.format.Title, have, want)
}

// openFile opens a file that is no folder.
func openFile(name fileName) (*os.File, error) {
	f, err := os.Open(string(name))
	if err != nil {
		return nil, inFile(name.String(), err)
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close()
		return nil, inFile(name.String(), errors.New("is a directory"))
	}
	return f, nil
}

// compare says what makes two files differ, of which the wanted one is title.
func (j *job) compare(name, title string, have, want io.Reader) error {
	old, err := artefact.Read(name, have, artefact.Options{})
	if err != nil {
		printError(j.err, err)
		fmt.Fprintf(j.out, "%s differs and cannot be read\n", name)
		return nil
	}
	new, err := artefact.Read(name, want, artefact.Options{})
	if err != nil {
		return err
	}
	if old.Format != new.Format {
		fmt.Fprintf(j.out, "%s is %s; wanted is %s\n", name, old.Row().Title, title)
		return nil
	}
	otherKey := old.State != nil && new.State != nil && printKeys(j.out, name, old, new)
	switch {
	case !old.Ports.Equal(new.Ports), !slices.Equal(conditions(old), conditions(new)):
		return j.printChange(old, new)
	case otherKey: // is said
	case textOf(old) != textOf(new) || len(old.Notes) > len(new.Notes):
		j.sayNotes(old)
		fmt.Fprintf(j.out, "%s: the ports are the same, but not all else that it says\n", name)
	default:
		fmt.Fprintf(j.out, "%s: only the bytes differ\n", name)
	}
	return nil
}

// writtenKeys gives the keys of TCP/IP's parameters that have values set or deleted.
func writtenKeys(c *artefact.Content) (keys []string) {
	known := map[string]bool{}
	for _, op := range c.Ops {
		key := regfile.Fold(op.Key)
		if _, ok := target.PlaceOf(op.Key); ok && !known[key] && op.Verb != regfile.DeleteKey {
			known[key] = true
			keys = append(keys, op.Key)
		}
	}
	return keys
}

// printKeys prints which keys two files of the registry are about, if these differ.
func printKeys(w io.Writer, name string, old, new *artefact.Content) bool {
	was, want := writtenKeys(old), writtenKeys(new)
	if slices.EqualFunc(was, want, target.SameName) {
		return false
	}
	there := "the key is " + strings.Join(was, ", ")
	if was == nil {
		there = "no key of TCP/IP's parameters is there"
	}
	fmt.Fprintf(w, "%s: %s; wanted is %s\n", name, report.Printable(there), strings.Join(want, ", "))
	return true
}

// printChange prints what writing the file would change.
func (j *job) printChange(old, new *artefact.Content) error {
	change := changeOf(old, new, j.Target.Windows)
	change.Old.Labels, change.New.Labels = j.oldLists.labels, j.lists.labels
	if len(j.Replaces) == 0 {
		change.Advice = giveBack(old, new, j.Target.Windows, oldListWord, arguments(j.Lists), j.Output)
	}
	return change.Text(j.out, j.colour())
}
