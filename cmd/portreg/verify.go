package main

import (
	"bufio"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"portreg/cmd/internal/artefact"
	"portreg/cmd/internal/report"
	"portreg/cmd/internal/target"
	"portreg/ranges"
	"portreg/ranges/netsh"
)

type verifyCmd struct {
	Format     string     `short:"f" enum:"text,json" default:"text" placeholder:"FORMAT" help:"How to print: text (default) or json."`
	Lists      []fileName `name:"list" required:"" sep:"none" placeholder:"LIST" help:"A range list; - is standard input. Repeatable."`
	ControlSet pickFlag   `placeholder:"current|N" help:"Of a .reg export or a hive, the control set (default: current)."`
	Protocol   protoFlag  `placeholder:"tcp|udp" help:"The protocol of captures whose header names none."`
	Files      []fileName `arg:"" name:"file" help:"The state of one machine: netsh captures, or one .reg export or SYSTEM hive; - is standard input."`
}

func (*verifyCmd) examples() string {
	return `  portreg verify --list ports.txt state.txt
  portreg verify --list ports.txt merged.reg
  portreg verify -f json --list ports.txt state.txt
`
}

// Run reads everything before it prints anything.
func (c *verifyCmd) Run(s *session) error {
	entries, listErr := c.readLists(s)
	there, stateErr := c.readState(s, portsOf(entries))
	if err := errors.Join(listErr, stateErr); err != nil {
		return err
	}
	v := verify(entries, there)
	if !v.reserved() {
		s.found()
	}
	w := bufio.NewWriter(s.out)
	if c.Format == "json" {
		v.printJSON(w)
	} else {
		v.printText(w)
	}
	return w.Flush()
}

// A listed is an entry of a list.
type listed struct {
	list string
	artefact.Entry
}

func (c *verifyCmd) readLists(s *session) (all []listed, err error) {
	var wrong []error
	for _, file := range c.Lists {
		o := artefact.Options{Port: ranges.Range{First: 1, Last: 65535}}
		content, err := s.readAs(file, o, "not a range list; portreg show prints its ports", artefact.List)
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		for _, e := range content.Entries {
			all = append(all, listed{content.File, e})
		}
	}
	if wrong == nil && all == nil {
		wrong = append(wrong, fmt.Errorf("no port range in %s: there is nothing to verify", report.FirstFew(len(c.Lists), slices.Values(c.Lists))))
	}
	return all, errors.Join(wrong...)
}

func portsOf(all []listed) ranges.Ports {
	var entries []ranges.Entry
	for _, e := range all {
		entries = append(entries, e.Entry.Entry)
	}
	return ranges.PortsOf(entries...)
}

// A state is what a machine reserves.
type state interface {
	Judge(ranges.Ports) target.Verdict
	// mend gives what a person may do to reserve what is not.
	mend(v target.Verdict) []report.Step
}

// readState reads the machine's state, which must tell about the ports needed.
func (c *verifyCmd) readState(s *session, needed ranges.Ports) (state, error) {
	var all []*artefact.Content
	var wrong []error
	for _, file := range c.Files {
		o := artefact.Options{Proto: c.Protocol.Proto, ControlSet: &c.ControlSet.set}
		content, err := s.readAs(file, o, "not the state of a machine; verify wants the output of netsh int ipv4 show excludedportrange, a .reg export, or a SYSTEM hive", artefact.Capture, artefact.Reg, artefact.Hive)
		all, wrong = append(all, content), append(wrong, err)
	}
	if err := errors.Join(wrong...); err != nil {
		return nil, err
	}
	isReg := func(c *artefact.Content) bool { return c.State != nil }
	switch {
	case !slices.ContainsFunc(all, isReg):
		return c.captured(s, all, needed)
	case len(all) > 1:
		return nil, errors.New("a .reg export or a hive holds all of a machine's state; give it alone")
	}
	return c.exported(s, all[0], needed)
}

// captured is the state that captures give.
type captured struct {
	*target.Machine
	script string // the command that makes a script which stops WinNAT
}

func (c *verifyCmd) captured(s *session, all []*artefact.Content, needed ranges.Ports) (state, error) {
	if c.ControlSet.given {
		return nil, errors.New("--control-set is about .reg exports and hives; leave it out")
	}
	m, err := s.machine(report.FirstFew(len(c.Files), slices.Values(c.Files)), all, needed)
	return captured{m, "portreg gen -f cmd --name NAME --release-winnat -o NAME.cmd" + " " + arguments(c.Lists)}, err
}

func (c captured) mend(v target.Verdict) (steps []report.Step) {
	if !v.Missing.IsEmpty() {
		steps = append(steps, report.Step{Text: "To add what is missing, in an elevated prompt of that machine:", Commands: texts(target.Exclude(v.Missing).Add)})
	}
	if !v.Runtime.IsEmpty() {
		steps = append(steps,
			report.Step{Text: "To add the rest, which fails while the runtime reservations last:", Commands: texts(target.Exclude(v.Runtime).Add)},
			report.Step{Text: "Or, to make a script that stops WinNAT meanwhile:", Commands: []string{c.script}})
	}
	return steps
}

func texts(cmds []netsh.Command) []string {
	all := []string{}
	for _, c := range cmds {
		all = append(all, c.String())
	}
	return all
}

// exported is the state that a .reg export or a hive gives.
type exported struct {
	reserved ranges.Set
	step     report.Step // merges the lists into it
}

func (c *verifyCmd) exported(s *session, content *artefact.Content, needed ranges.Ports) (state, error) {
	if c.Protocol.Proto != 0 {
		return nil, errors.New("--protocol is about captures; leave it out")
	}
	set, err := content.ControlSet(c.ControlSet.set)
	if err != nil {
		return nil, err
	}
	place, err := placeIn(content, set)
	if err != nil {
		return nil, err
	}
	there, err := s.exportOf(content, place.Key())
	if err != nil {
		return nil, err
	}
	s.warnUnreached(there.dynamic().Last, needed.Either())
	reserved, _ := there.reserved()
	return exported{reserved, c.merge(content, place)}, nil
}

// placeIn finds the mount whose hive has the control set; where there is none, the
// place is that of the running Windows.
func placeIn(c *artefact.Content, controlSet int) (target.Place, error) {
	var found []target.Place
	for _, key := range parameterKeys(c) {
		if p, _ := target.PlaceOf(key); p.ControlSet == controlSet {
			found = append(found, p)
		}
	}
	switch len(found) {
	case 0:
		return target.Place{ControlSet: controlSet}, nil
	case 1:
		return found[0], nil
	}
	return target.Place{}, c.Errorf("the export is of several machines: it has %s; export one", strings.Join(parameterKeys(c), ", "))
}

// merge says how to make the file to import.
func (c *verifyCmd) merge(content *artefact.Content, p target.Place) report.Step {
	text := "To make the .reg file that adds what is missing (import it, restart Windows):"
	args := []string{"portreg gen -t 2003"}
	if p.Mount != "" {
		args = append(args, "--mount", argument(fileName(p.Mount), "NAME"))
	}
	if p.ControlSet != 0 {
		args = append(args, "--control-set", strconv.Itoa(p.ControlSet))
	}
	if content.Format == artefact.Hive {
		text = "To make the .reg file that adds what is missing (write it into the hive with hivexregedit or reged):"
		args = append(args, "--encoding utf-8")
	}
	args = append(args, "--onto", argument(c.Files[0], "FILE"), "-o ports.reg", arguments(c.Lists))
	return report.Step{Text: text, Commands: []string{strings.Join(args, " ")}}
}

func (e exported) Judge(p ranges.Ports) target.Verdict {
	reserved := ranges.Ports{TCP: e.reserved, UDP: e.reserved}
	return target.Verdict{Reserved: p.Intersect(reserved), Missing: p.Minus(reserved)}
}

func (e exported) mend(target.Verdict) []report.Step {
	return []report.Step{e.step}
}
