package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"portreg/cmd/internal/artefact"
	"portreg/cmd/internal/report"
	"portreg/cmd/internal/target"
	"portreg/ranges"
)

type diffCmd struct {
	Format     string     `short:"f" enum:"text,markdown,json" default:"text" placeholder:"FORMAT" help:"How to print: text (default), markdown, for a comment on a forge, or json."`
	Target     targetFlag `short:"t" placeholder:"WINDOWS" help:"The Windows version it is about: ${versions}. It decides about the dynamic port range where neither file does, and about preferences that are not for all."`
	ControlSet pickFlag   `placeholder:"current|N" help:"Of .reg files with several values and of hives, the control set (default: current)."`
	Protocol   protoFlag  `placeholder:"tcp|udp" help:"The protocol of captures whose header names none."`
	Old        fileName   `arg:"" help:"What was: whatever show reads, or REV:PATH from git; - is standard input."`
	New        fileName   `arg:"" help:"What is to be, likewise."`
}

func (*diffCmd) examples() string {
	return `  portreg diff ports.old.txt ports.txt
  portreg diff state.txt ports.txt
  portreg diff -f markdown ports.old.txt ports.txt
`
}

// Run reads both before it prints anything.
func (c *diffCmd) Run(s *session) error {
	old, oldErr := c.read(s, c.Old)
	new, newErr := c.read(s, c.New)
	if err := errors.Join(oldErr, newErr); err != nil {
		return err
	}
	s.sayLack(old, new.Ports)
	s.sayLack(new, old.Ports)
	if c.Target.Mechanism == target.ReservedPorts || old.State != nil || new.State != nil {
		old.Ports, new.Ports = s.unprotocolled(old), s.unprotocolled(new)
	}
	change := changeOf(old, new, c.Target.Windows)
	if change.IsEmpty() && !otherDynamic(old, new, change) {
		return nil
	}
	s.found()
	change.Advice = giveBack(old, new, c.Target.Windows, listArgument(old, c.Old, oldListWord), listArgument(new, c.New, listWord), c.Old)
	return c.print(s, change)
}

func (c *diffCmd) print(s *session, change *report.Change) error {
	switch c.Format {
	case "markdown":
		return change.Markdown(s.out)
	case "json":
		return change.JSON(s.out)
	}
	return change.Text(s.out, s.colour())
}

func (c *diffCmd) read(s *session, file fileName) (*artefact.Content, error) {
	all, err := s.contents(file, artefact.Options{Target: c.Target.Windows, Proto: c.Protocol.Proto, Written: true, ControlSet: &c.ControlSet.set})
	if err == nil {
		err = single(file, all)
	}
	if err == nil {
		err = c.pick(all[0])
	}
	if err != nil {
		return nil, err
	}
	content := all[0]
	content.Rename(report.FileName)
	s.sayNotes(content)
	return content, nil
}

// single refuses a folder of several backups.
func single(file fileName, all []*artefact.Content) error {
	if len(all) == 1 {
		return nil
	}
	var names []fileName
	for _, c := range all {
		names = append(names, fileName(c.File))
	}
	return fmt.Errorf("%s holds several backups; give one of %s", file, report.FirstFew(len(names), slices.Values(names)))
}

// changeOf is what becomes of a machine with the Windows w, or, where that is not given,
// of one that both files are for. What a capture has of runtime reservations is there
// before and after: nothing but Windows ends them, and no other file says anything of them.
func changeOf(old, new *artefact.Content, w target.Windows) *report.Change {
	if w.Name == "" && (old.State != nil || new.State != nil) {
		w, _ = target.ByName("2003")
	}
	change := report.Change{Old: sideOf(old, w), New: sideOf(new, w)}
	if old.Format == new.Format {
		change.Old.Beside, change.New.Beside = beside(old), beside(new)
	}
	before, after := &change.Old, &change.New
	after.TCP, after.UDP = stays(before.TCP, after.TCP), stays(before.UDP, after.UDP)
	if new.IsState() { // it shows a dynamic port range but does not set it
		before.TCP, before.UDP = stays(after.TCP, before.TCP), stays(after.UDP, before.UDP)
	}
	switch {
	case new.Format != artefact.Capture:
		after.Runtime = before.Runtime
	case old.Format != artefact.Capture:
		before.Runtime = after.Runtime
	}
	return &change
}

// stays is the dynamic port range that a file leaves: the one it names, else the other.
func stays(other, named report.Dynamic) report.Dynamic {
	if named.Assumed {
		return other
	}
	return named
}

func sideOf(c *artefact.Content, w target.Windows) report.Side {
	dynamic := func(p ranges.Proto) report.Dynamic {
		r, assumed := c.DynamicRange(w, p)
		return report.Dynamic{Range: r, Assumed: assumed}
	}
	side := report.Side{Name: c.File, Ports: c.Ports, Runtime: c.Taken().Minus(c.Ports), TCP: dynamic(ranges.TCP), UDP: dynamic(ranges.UDP)}
	if c.List != nil {
		side.Labels = c.List.Labels
	}
	return side
}

// beside is what a file does beside reserving ports, a line each.
func beside(c *artefact.Content) (lines []string) {
	for _, d := range c.Deletes {
		lines = append(lines, "delete "+entry(d.Range, d.Proto))
	}
	if c.Script != nil {
		lines = append(lines, scriptText(c.Script))
	}
	return append(lines, conditions(c)...)
}

// conditions is what a file of the registry says of where and when it sets something, and
// what it deletes, a line each.
func conditions(c *artefact.Content) (lines []string) {
	rules := []string{"deletes", "preference-versions", "preference-targeting", "preference-filter", "preference-create", "preference-remove"}
	for _, n := range c.AllNotes {
		if slices.Contains(rules, n.Rule) {
			lines = append(lines, n.Text)
		}
	}
	return lines
}

// otherDynamic tells whether two artefacts of a format leave other dynamic port ranges.
func otherDynamic(old, new *artefact.Content, change *report.Change) bool {
	sets := old.Format != artefact.Capture && old.Format == new.Format
	return sets && (change.Old.TCP.Range != change.New.TCP.Range || change.Old.UDP.Range != change.New.UDP.Range)
}

// listArgument is a list as an argument of a command; a file that is no list, or cannot
// be read twice, is called word.
func listArgument(c *artefact.Content, file fileName, word string) string {
	if c.Format != artefact.List || file == dash {
		return word
	}
	return argument(file, word)
}

// pick leaves one value of the registry where there are several.
func (c *diffCmd) pick(content *artefact.Content) error {
	inCurrent := func(v artefact.Value) bool {
		place, _ := target.PlaceOf(v.Key)
		return place.ControlSet == 0
	}
	var err error
	if content.Format == artefact.Hive || len(content.Values) > 1 && (c.ControlSet.given || slices.ContainsFunc(content.Values, inCurrent)) {
		err = content.Pick(c.ControlSet.set)
	}
	if err != nil || len(content.Values) < 2 {
		return err
	}
	var keys []string
	for _, v := range content.Values {
		keys = append(keys, v.Key)
	}
	return content.Errorf("there are several values; name the control set with --control-set: %s", strings.Join(keys, ", "))
}

// unprotocolled gives the ports of a file as ReservedPorts could hold them.
func (s *session) unprotocolled(c *artefact.Content) ranges.Ports {
	if !c.Ports.TCP.Equal(c.Ports.UDP) {
		s.sayf("%s is compared without its protocols, which ReservedPorts does not know", c.File)
	}
	either := c.Ports.Either()
	return ranges.Ports{TCP: either, UDP: either}
}

// sayLack says that a file reserves nothing, and of which protocol of the other one a
// capture tells nothing.
func (s *session) sayLack(c *artefact.Content, other ranges.Ports) {
	if c.Ports.IsEmpty() {
		s.sayf("%s: no reservation found", c.File)
	}
	if c.Format != artefact.Capture {
		return
	}
	for _, proto := range [...]ranges.Proto{ranges.TCP, ranges.UDP} {
		if !other.Of(proto).IsEmpty() && !target.MachineOf(c.Capture).HasTable(proto) {
			s.warnf("%s has no table for %s; it counts as if none of its ports were excluded", c.File, proto)
		}
	}
}
