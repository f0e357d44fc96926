package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"portreg/cmd/internal/artefact"
	"portreg/cmd/internal/target"
	"portreg/ranges"
	"portreg/ranges/netsh"
)

type diffCmd struct {
	ControlSet pickFlag  `placeholder:"current|N" help:"Of .reg files with several values, the control set (default: current)."`
	Protocol   protoFlag `placeholder:"tcp|udp" help:"The protocol of captures whose header names none."`
	Old        fileName  `arg:"" help:"What was: whatever show reads; - is standard input."`
	New        fileName  `arg:"" help:"What is to be: whatever show reads."`
}

func (*diffCmd) examples() string {
	return `  portreg diff ports.old.txt ports.txt
  portreg diff state.txt ports.txt
`
}

// Run reads both before it prints anything.
func (c *diffCmd) Run(s *session) error {
	old, oldErr := c.read(s, c.Old)
	new, newErr := c.read(s, c.New)
	if err := errors.Join(oldErr, newErr); err != nil {
		return err
	}
	s.sayLack(old, new.ports)
	s.sayLack(new, old.ports)
	if old.format == artefact.Reg || new.format == artefact.Reg {
		old.ports, new.ports = s.unprotocolled(old), s.unprotocolled(new)
	}
	if !old.ports.Equal(new.ports) {
		s.found()
		printDiff(s.out, old.name+" -> "+new.name, old, new)
	}
	return nil
}

// A side is one of two things that are compared.
type side struct {
	name    string
	format  string
	ports   ranges.Ports
	capture *netsh.Capture
	labels  func(ranges.Range, ranges.Proto) []string // what stands beside the entries of a list; or nil
}

func (c *diffCmd) read(s *session, file fileName) (side, error) {
	content, err := s.read(file, artefact.Options{Proto: c.Protocol.Proto, Written: true})
	if err == nil {
		err = c.pick(content)
	}
	if err != nil {
		return side{}, err
	}
	s.sayNotes(content)
	x := side{name: content.File, format: content.Format, ports: content.Ports, capture: content.Capture}
	if content.List != nil {
		x.labels = content.List.Labels
	}
	return x, nil
}

// pick leaves one value of a .reg file that has several.
func (c *diffCmd) pick(content *artefact.Content) error {
	inCurrent := func(v artefact.Value) bool {
		place, _ := target.PlaceOf(v.Key)
		return place.ControlSet == 0
	}
	if len(content.Values) > 1 && (c.ControlSet.given || slices.ContainsFunc(content.Values, inCurrent)) {
		content.Pick(c.ControlSet.set)
	}
	if len(content.Values) < 2 {
		return nil
	}
	var keys []string
	for _, v := range content.Values {
		keys = append(keys, v.Key)
	}
	return &ranges.Error{Name: content.File, Line: 1, Col: 1,
		Msg: fmt.Sprintf("there are several values; name the control set with --control-set: %s", strings.Join(keys, ", "))}
}

// unprotocolled gives the ports of a side as ReservedPorts could hold them.
func (s *session) unprotocolled(x side) ranges.Ports {
	if !x.ports.TCP.Equal(x.ports.UDP) {
		s.sayf("%s is compared without its protocols, which ReservedPorts does not know", x.name)
	}
	either := x.ports.Either()
	return ranges.Ports{TCP: either, UDP: either}
}

// sayLack says that a side reserves nothing, and of which protocol of the other side a
// capture tells nothing.
func (s *session) sayLack(x side, other ranges.Ports) {
	if x.ports.IsEmpty() {
		s.sayf("%s: no reservation found", x.name)
	}
	if x.format != artefact.Capture {
		return
	}
	for _, proto := range [...]ranges.Proto{ranges.TCP, ranges.UDP} {
		if !other.Of(proto).IsEmpty() && !target.MachineOf(x.capture).HasTable(proto) {
			s.warnf("%s has no table for %s; it counts as if none of its ports were excluded", x.name, proto)
		}
	}
}
