package main

import (
	"bytes"
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
	var want bytes.Buffer
	if err := write(&want); err != nil {
		return err
	}
	have, err := os.ReadFile(string(j.Output))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		j.found()
		fmt.Fprintf(j.out, "%s does not exist\n", j.Output)
		return nil
	case err != nil:
		return inFile(j.Output.String(), err)
	case bytes.Equal(have, want.Bytes()):
		return nil
	}
	j.found()
	return j.compare(j.Output.String(), j.format.Title, have, want.Bytes())
}

// compare says what makes two files differ, of which the wanted one is title.
func (j *job) compare(name, title string, have, want []byte) error {
	old, err := artefact.Read(name, bytes.NewReader(have), artefact.Options{})
	if err != nil {
		printError(j.err, err)
		fmt.Fprintf(j.out, "%s differs and cannot be read\n", name)
		return nil
	}
	new, err := artefact.Read(name, bytes.NewReader(want), artefact.Options{})
	if err != nil {
		return err
	}
	if old.Format != new.Format {
		fmt.Fprintf(j.out, "%s is %s; wanted is %s\n", name, artefact.Recognise(have).Title, title)
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
	for _, op := range c.Ops {
		known := slices.ContainsFunc(keys, func(key string) bool { return target.SameName(key, op.Key) })
		if _, ok := target.PlaceOf(op.Key); ok && !known && op.Verb != regfile.DeleteKey {
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
