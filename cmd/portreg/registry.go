package main

import (
	"fmt"
	"slices"
	"strings"

	"portreg/cmd/internal/artefact"
	"portreg/cmd/internal/target"
	"portreg/regfile/lgpo"
)

// makeOperations makes what sets ReservedPorts, or restores it.
func (j *job) makeOperations() error {
	j.made.UTF8 = j.Encoding == utf8Encoding
	there, err := j.ontoExport()
	if err != nil {
		return err
	}
	j.warnPlace(there)
	if j.Undo {
		j.restore(there)
		return nil
	}
	if there == nil && len(j.Replaces) > 0 {
		j.warnf("importing replaces the whole value anyway; --onto FILE keeps the entries of others")
	}
	kept, _ := there.reserved()
	result := target.Merge(kept, j.before.Either(), j.now.Either())
	dynamic := j.legacyPool(there)
	j.warnUnreached(dynamic.Last, result)
	j.sayFree(dynamic, result)
	values := []target.Value{target.ReservedPortsValue(result)}
	if j.Dynamic.IsValid() {
		values = slices.Insert(values, 0, target.MaxUserPortValue(j.Dynamic.Last))
	}
	j.made.Operations = j.place().Operations(values...)
	if j.edit != nil {
		return j.planEdit(there, result)
	}
	j.annotate(result, there)
	return nil
}

// warnPlace warns where importing does something else than one would think.
func (j *job) warnPlace(there *export) {
	ontoHive := there != nil && there.content.Format == artefact.Hive
	if j.offline() && j.place().Online() && !ontoHive && !j.Edit {
		j.warnf("imported on Windows, %s changes that very machine; --mount NAME is for a hive that is mounted", j.place().Key())
	}
	if j.made.UTF8 && !j.offline() {
		j.warnf("a UTF-8 .reg file is for hivexregedit and git; regedit wants UTF-16")
	}
}

// warnLongLines warns of LGPO text that LGPO.exe may not read.
func (j *job) warnLongLines() {
	var b strings.Builder
	if j.format.Name != artefact.LGPO || j.format.Write(&b, &j.made) != nil {
		return
	}
	for line := range strings.SplitSeq(b.String(), "\r\n") {
		if len(line) > lgpo.LongLine {
			j.warnf("a line of %d characters: the forerunner of LGPO.exe stopped at more than %d, and whether LGPO.exe does is not known; -f pol is for its /m", len(line), lgpo.LongLine)
		}
	}
}

// ontoExport reads the machine's current state, if it is given.
func (j *job) ontoExport() (*export, error) {
	if len(j.Onto) == 0 {
		return nil, nil
	}
	set := j.place().ControlSet
	o := artefact.Options{ControlSet: &set}
	want := fmt.Sprintf("not the state of a machine; --onto wants an export of %s, or the hive of an image", j.place().Key())
	formats := []string{artefact.Reg, artefact.Hive}
	if j.edit != nil {
		want = fmt.Sprintf("not an export; --edit changes a .reg file that has %s", j.place().Key())
		formats = formats[:1]
		o.Place = j.place().Key()
	}
	c, err := j.readAs(j.Onto[0], o, want, formats...)
	if err != nil {
		return nil, err
	}
	if j.edit != nil {
		return j.exportToEdit(c)
	}
	if j.format.Policy {
		j.warnf("what %s has goes to every machine that the policy applies to", c.File)
	}
	if c.Format == artefact.Hive {
		return j.ontoHive(c)
	}
	return j.exportOf(c, j.place().Key())
}

// ontoHive reads the state of an image: its hive has the keys of SYSTEM, under
// whatever name it will be mounted.
func (j *job) ontoHive(c *artefact.Content) (*export, error) {
	n, err := c.ControlSet(j.place().ControlSet)
	if err != nil {
		return nil, err
	}
	switch {
	case j.format.Policy:
	case !j.offline():
		j.warnf("the file is for a running Windows; to write it into %s, add --control-set %d", c.File, n)
	case c.Current != 0 && n != c.Current:
		j.warnf("the current control set of %s is %d; the file is for %d", c.File, c.Current, n)
	}
	return j.exportOf(c, target.Place{ControlSet: n}.Key())
}

// legacyPool gives the dynamic port range that will be in force.
func (j *job) legacyPool(there *export) pool {
	switch {
	case j.Dynamic.IsValid():
		return pool{Range: j.Dynamic}
	case there != nil:
		return pool{Range: there.dynamic()}
	}
	return pool{Range: target.DefaultLegacyRange, assumed: true}
}

// warnLate says that the state may be that after the change, which an undo restores then.
func (j *job) warnLate(there *export) {
	was, _ := there.reserved()
	if listed := j.now.Either(); !listed.IsEmpty() && listed.Minus(was).IsEmpty() {
		j.warnf("%s has all ports of the list already, and the undo leaves them there; if it is from after the change, take one from before", there.name)
	}
}

// restore makes what leaves the key as it was.
func (j *job) restore(there *export) {
	reserved := target.Value{Name: target.ReservedPortsName}
	maxUserPort := target.Value{Name: target.MaxUserPortName}
	if there != nil {
		j.warnLate(there)
		reserved.Data = there.value(reserved.Name)
		maxUserPort.Data = there.value(maxUserPort.Name)
	}
	values := []target.Value{reserved}
	switch {
	case !j.Dynamic.IsValid():
	case there == nil:
		j.warnf("MaxUserPort is left alone; only --onto FILE says what it was")
	default:
		values = slices.Insert(values, 0, maxUserPort)
	}
	j.made.Operations = j.place().Operations(values...)
	j.annotateUndo(there)
	if j.format.Name == artefact.Samba && reserved.Data == nil {
		j.sayf("samba-tool gpo load makes machines delete ReservedPorts; once they have, samba-tool gpo remove takes the ports and this out of the policy, else ports that are loaded again stay deleted")
	}
}
