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
	"portreg/cmd/internal/target"
	"portreg/ranges"
	"portreg/regfile"
)

// An edit is an export that is written again with some values changed.
type edit struct {
	name  fileName
	file  *os.File
	info  fs.FileInfo // when it was opened
	wide  bool        // it is UTF-16
	patch *regfile.Patch
}

// openEdit opens the file that --edit is about.
func openEdit(name fileName) (*edit, error) {
	twice := fmt.Errorf("--edit reads %s twice; give a file", name)
	if name == dash || name.inGit() {
		return nil, twice
	}
	f, err := os.Open(string(name))
	if err != nil {
		return nil, inFile(name.String(), err)
	}
	e := &edit{name: name, file: f}
	var head [4]byte
	e.info, err = f.Stat()
	if err == nil && !e.info.Mode().IsRegular() {
		err = twice
	}
	if err == nil {
		_, err = f.ReadAt(head[:], 0)
		e.wide = artefact.EncodingOf(head[:]) == artefact.UTF16LE
	}
	if err != nil && err != io.EOF {
		f.Close()
		return nil, err
	}
	return e, nil
}

func (e *edit) close() {
	if e != nil {
		e.file.Close()
	}
}

// write writes the edited file, if what it was made from is the same still.
func (e *edit) write(w io.Writer) error {
	now, err := e.file.Stat()
	if err == nil && (now.Size() != e.info.Size() || !now.ModTime().Equal(e.info.ModTime())) {
		err = errors.New("the file has changed since it was read")
	}
	if err != nil {
		return inFile(e.name.String(), err)
	}
	_, err = e.patch.WriteTo(w)
	return err
}

// exportToEdit takes a .reg file for the current state that is edited. Parameters that it
// lacks are added if it has a key above them, so that an export would have had them, too.
func (j *job) exportToEdit(c *artefact.Content) (*export, error) {
	key := j.place().Key()
	if c.State.HasKey(key) {
		return j.exportOf(c, key)
	}
	e := &export{c.File, key, c}
	if err := j.sure(e); err != nil {
		return nil, err
	}
	if _, ok := target.ControlSetOf(c.Place.Above); !ok {
		return nil, e.errorf("%s; --edit adds it only below a key of its control set", e.wrongFile())
	}
	j.warnf("%s does not have %s, which is added; it has %s", e.name, key, c.Place.Above)
	return e, nil
}

// sayOthers says which other control sets stay as they are.
func (j *job) sayOthers(there *export) {
	keys := slices.DeleteFunc(parameterKeys(there.content), func(key string) bool { return target.SameName(key, there.key) })
	if len(keys) > 0 {
		j.sayf("%s also has %s, which this edit leaves alone; --control-set picks one", there.name, strings.Join(keys, ", "))
	}
}

// warnSetBack warns where importing the file would set a numbered control set back.
func (j *job) warnSetBack(there *export, result ranges.Set) {
	v, set := there.content.State.Value(target.Place{}.Key(), target.ReservedPortsName)
	if set && j.place().Online() && !target.Reserves(v.Data, result) {
		j.warnf("where control set %d is the current one, importing %s sets back what is edited: it sets %s under %s, too", j.place().ControlSet, there.name, v.Name, v.Key)
	}
}

// planEdit works out what is changed for a result.
func (j *job) planEdit(there *export, result ranges.Set) error {
	j.sayOthers(there)
	if j.place().ControlSet > 0 {
		j.warnSetBack(there, result)
	}
	ops := slices.DeleteFunc(j.made.Operations, func(op regfile.Op) bool {
		return op.Verb == regfile.CreateKey || op.Name == target.ReservedPortsName && there.reserves(result)
	})
	if len(ops) == 0 {
		j.sayf("%s reserves these ports already; it is written as it is", there.name)
	}
	var err error
	j.edit.patch, err = regfile.Edit(j.edit.name.String(), j.edit.file, j.edit.info.Size(), there.content.Ops, there.content.Place, ops...)
	return err
}
