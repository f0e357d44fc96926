package main

import (
	"fmt"
	"slices"
	"strings"

	"portreg/cmd/internal/artefact"
	"portreg/cmd/internal/target"
	"portreg/ranges"
	"portreg/regfile"
)

// makeOperations makes what sets ReservedPorts, or restores it.
func (j *job) makeOperations() error {
	j.made.UTF8 = j.Encoding == utf8Encoding
	j.warnPlace()
	there, err := j.ontoExport()
	if err != nil {
		return err
	}
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
	j.annotate(result, there)
	return nil
}

// warnPlace warns where importing does something else than one would think.
func (j *job) warnPlace() {
	if j.offline() && j.place().Online() {
		j.warnf("imported on Windows, %s changes that very machine; --mount NAME is for a hive that is mounted", j.place().Key())
	}
	if j.made.UTF8 && !j.offline() {
		j.warnf("a UTF-8 .reg file is for hivexregedit and git; regedit wants UTF-16")
	}
}

// An export is what a .reg file says about one key. The nil export says nothing.
type export struct {
	name    string
	key     string
	content *artefact.Content
}

// ontoExport reads the machine's current state, if it is given.
func (j *job) ontoExport() (*export, error) {
	if len(j.Onto) == 0 {
		return nil, nil
	}
	c, err := j.read(j.Onto[0], artefact.Options{})
	if err != nil {
		return nil, err
	}
	if c.Format != artefact.Reg {
		return nil, &ranges.Error{Name: c.File, Line: 1, Col: 1, Msg: "this is no .reg file; --onto wants an export of " + j.place().Key()}
	}
	e := &export{c.File, j.place().Key(), c}
	if err := j.sure(e); err != nil {
		return nil, err
	}
	if !c.State.HasKey(e.key) {
		return nil, e.errorf("%s", e.wrongFile())
	}
	return e, nil
}

// sure says what is odd in the current state. It is an error if that leaves open
// what the values are that are written.
func (j *job) sure(e *export) error {
	var obscure ranges.Errors
	for _, n := range e.content.Notes {
		placed := &ranges.Error{Name: e.name, Line: n.Line, Col: n.Col, Msg: n.Text}
		if n.Obscures(e.key) {
			placed.Msg += "; so the current state is not certain"
			obscure = append(obscure, placed)
			continue
		}
		report(j.err, placed)
	}
	if obscure != nil {
		return obscure
	}
	return j.sureOfEnd(e)
}

// sureOfEnd looks for signs that the export was cut off. Without a blank line at its
// end it may have been, and surely was if the value lacks its own end, too.
func (j *job) sureOfEnd(e *export) error {
	const cut = "the export ends without the blank line that regedit writes last"
	reserved := e.value(target.ReservedPortsName)
	switch {
	case e.content.Whole:
		return nil
	case reserved != nil && reserved.Irregularities() != nil:
		return e.errorf("%s, and %s in it is not complete; it was cut off", cut, target.ReservedPortsName)
	}
	j.warnf("%s: %s; it may be cut off", e.name, cut)
	return nil
}

// errorf is an error about the export as a whole.
func (e *export) errorf(format string, args ...any) error {
	return &ranges.Error{Name: e.name, Line: 1, Col: 1, Msg: fmt.Sprintf(format, args...)}
}

func (e *export) wrongFile() string {
	keys := parameterKeys(e.content)
	if keys == nil {
		return fmt.Sprintf("the export does not have %s, nor that key of another control set", e.key)
	}
	return fmt.Sprintf("the export does not have %s; it has %s", e.key, strings.Join(keys, ", "))
}

// parameterKeys gives the keys of TCP/IP's parameters that a .reg file leaves.
func parameterKeys(c *artefact.Content) (keys []string) {
	for key := range c.State.Keys() {
		if _, ok := target.PlaceOf(key); ok {
			keys = append(keys, key)
		}
	}
	return keys
}

// value gives the data of a value, or nil.
func (e *export) value(name string) *regfile.Data {
	v, ok := e.content.State.Value(e.key, name)
	if !ok {
		return nil
	}
	return &v.Data
}

// dynamic gives the dynamic port range.
func (e *export) dynamic() ranges.Range {
	for _, d := range e.content.Dynamic {
		if target.SameName(d.Key, e.key) {
			return d.Range
		}
	}
	return target.DefaultLegacyRange
}

// reserved gives the ports of ReservedPorts, if it is there.
func (e *export) reserved() (s ranges.Set, there bool) {
	if e == nil {
		return s, false
	}
	for _, v := range e.content.Values {
		if target.SameName(v.Key, e.key) {
			return v.Set(), true
		}
	}
	return s, false
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

// warnUnreached names the ports that are above the dynamic port range.
func (j *job) warnUnreached(last uint16, result ranges.Set) {
	above := target.Above(result, last)
	if !above.IsEmpty() {
		j.warnf("no effect above MaxUserPort, which is %d, until it is raised: %s", last, some(above.Ranges(), above.All()))
	}
}

// restore makes what leaves the key as it was.
func (j *job) restore(there *export) {
	reserved := target.Value{Name: target.ReservedPortsName}
	maxUserPort := target.Value{Name: target.MaxUserPortName}
	if there != nil {
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
}
