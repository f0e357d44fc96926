package main

import (
	"fmt"

	"portreg/cmd/internal/artefact"
	"portreg/cmd/internal/target"
	"portreg/ranges"
	"portreg/ranges/netsh"
)

// machine puts the captures of a machine, which messages call by their source,
// together and says where they contradict each other. There must be a table of each
// protocol of the ports that are needed.
func (s *session) machine(source string, captures []*artefact.Content, needed ranges.Ports) (*target.Machine, error) {
	var all []*netsh.Capture
	for _, c := range captures {
		all = append(all, c.Capture)
	}
	m := target.MachineOf(all...)
	for _, proto := range [...]ranges.Proto{ranges.TCP, ranges.UDP} {
		if !needed.Of(proto).IsEmpty() && !m.HasTable(proto) {
			return nil, fmt.Errorf("%s has no table for %s, which the lists need; add a capture of netsh int ipv4 show excludedportrange %[2]s", source, proto)
		}
	}
	for _, e := range m.Contradictions() {
		s.warnAt(e)
	}
	return m, nil
}

// warnRow warns about a row of a capture.
func (s *session) warnRow(row target.Row, format string, args ...any) {
	s.warnAt(&ranges.Error{Name: row.Name, Line: row.Line, Col: row.Col, Msg: fmt.Sprintf(format, args...)})
}

func (s *session) warnAt(e *ranges.Error) {
	e.Msg = "warning: " + e.Msg
	printError(s.err, e)
}
