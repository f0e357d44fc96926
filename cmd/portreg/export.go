package main

import (
	"fmt"
	"strings"

	"portreg/cmd/internal/artefact"
	"portreg/cmd/internal/report"
	"portreg/cmd/internal/target"
	"portreg/ranges"
	"portreg/regfile"
)

// An export is what a .reg file says about one key. The nil export says nothing.
type export struct {
	name    string
	key     string
	content *artefact.Content
}

// exportOf takes a .reg file for the current state of key. It is an error if the file
// lacks the key, or leaves open what its values are.
func (s *session) exportOf(c *artefact.Content, key string) (*export, error) {
	e := &export{c.File, key, c}
	if err := s.sure(e); err != nil {
		return nil, err
	}
	if !c.State.HasKey(e.key) {
		return nil, e.errorf("%s", e.wrongFile())
	}
	return e, nil
}

// sure says what is odd in the current state. It is an error if that leaves open
// what the values are that are written.
func (s *session) sure(e *export) error {
	var obscure ranges.Errors
	for _, n := range e.content.Notes {
		placed := &ranges.Error{Name: e.name, Line: n.Line, Col: n.Col, Msg: n.Text}
		if n.Obscures(e.key) {
			placed.Msg += "; so the current state is not certain"
			obscure = append(obscure, placed)
			continue
		}
		printError(s.err, placed)
	}
	if obscure != nil {
		return obscure
	}
	return s.sureOfEnd(e)
}

// sureOfEnd looks for signs that the export was cut off. Without a blank line at its
// end it may have been, and surely was if the value lacks its own end, too.
func (s *session) sureOfEnd(e *export) error {
	const cut = "the export ends without the blank line that regedit writes last"
	reserved := e.value(target.ReservedPortsName)
	switch {
	case e.content.Whole:
		return nil
	case reserved != nil && reserved.Irregularities() != nil:
		return e.errorf("%s, and %s in it is not complete; it was cut off", cut, target.ReservedPortsName)
	}
	s.warnf("%s: %s; it may be cut off", e.name, cut)
	return nil
}

// errorf is an error about the export as a whole.
func (e *export) errorf(format string, args ...any) error {
	return e.content.Errorf(format, args...)
}

func (e *export) wrongFile() string {
	file := "export"
	if e.content.Format == artefact.Hive {
		file = "hive"
	}
	keys := parameterKeys(e.content)
	if keys == nil {
		return fmt.Sprintf("the %s does not have %s, nor that key of another control set", file, e.key)
	}
	return fmt.Sprintf("the %s does not have %s; it has %s", file, e.key, strings.Join(keys, ", "))
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

// reserves tells whether ReservedPorts holds just s, in the form that Windows wants.
func (e *export) reserves(s ranges.Set) bool {
	data := e.value(target.ReservedPortsName)
	return data == nil && s.IsEmpty() || data != nil && target.Reserves(*data, s)
}

// warnUnreached names the ports that are above the dynamic port range.
func (s *session) warnUnreached(last uint16, reserved ranges.Set) {
	above := target.Above(reserved, last)
	if !above.IsEmpty() {
		s.warnf("no effect above MaxUserPort, which is %d, until it is raised: %s", last, report.FirstFew(above.Ranges(), above.All()))
	}
}
