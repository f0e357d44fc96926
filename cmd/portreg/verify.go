package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
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
	ControlSet pickFlag   `placeholder:"current|N" help:"Of a .reg export, the control set (default: current)."`
	Protocol   protoFlag  `placeholder:"tcp|udp" help:"The protocol of captures whose header names none."`
	Files      []fileName `arg:"" name:"file" help:"The state of one machine: netsh captures, or one .reg export; - is standard input."`
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
		wrong = append(wrong, fmt.Errorf("no port range in %s: there is nothing to verify", some(len(c.Lists), slices.Values(c.Lists))))
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
		o := artefact.Options{Proto: c.Protocol.Proto}
		content, err := s.readAs(file, o, "not the state of a machine; verify wants the output of netsh int ipv4 show excludedportrange, or a .reg export", artefact.Capture, artefact.Reg)
		all, wrong = append(all, content), append(wrong, err)
	}
	if err := errors.Join(wrong...); err != nil {
		return nil, err
	}
	isReg := func(c *artefact.Content) bool { return c.Format == artefact.Reg }
	switch {
	case !slices.ContainsFunc(all, isReg):
		return c.captured(s, all, needed)
	case len(all) > 1:
		return nil, errors.New("a .reg export holds all of a machine's state; give it alone")
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
		return nil, errors.New("--control-set is about .reg exports; leave it out")
	}
	m, err := s.machine(some(len(c.Files), slices.Values(c.Files)), all, needed)
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

// exported is the state that a .reg export gives.
type exported struct {
	reserved ranges.Set
	command  string // merges the lists into it
}

func (c *verifyCmd) exported(s *session, content *artefact.Content, needed ranges.Ports) (state, error) {
	if c.Protocol.Proto != 0 {
		return nil, errors.New("--protocol is about captures; leave it out")
	}
	place, err := placeIn(content, c.ControlSet.set)
	if err != nil {
		return nil, err
	}
	there, err := s.exportOf(content, place.Key())
	if err != nil {
		return nil, err
	}
	s.warnUnreached(there.dynamic().Last, needed.Either())
	reserved, _ := there.reserved()
	return exported{reserved, c.merge(place)}, nil
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
	return target.Place{}, &ranges.Error{Name: c.File, Line: 1, Col: 1,
		Msg: fmt.Sprintf("the export is of several machines: it has %s; export one", strings.Join(parameterKeys(c), ", "))}
}

// merge gives the command that makes the file to import.
func (c *verifyCmd) merge(p target.Place) string {
	args := []string{"portreg gen -t 2003"}
	if p.Mount != "" {
		args = append(args, "--mount", argument(fileName(p.Mount), "NAME"))
	}
	if p.ControlSet != 0 {
		args = append(args, "--control-set", strconv.Itoa(p.ControlSet))
	}
	args = append(args, "--onto", argument(c.Files[0], "FILE"), "-o ports.reg")
	return strings.Join(args, " ") + " " + arguments(c.Lists)
}

func (e exported) Judge(p ranges.Ports) target.Verdict {
	reserved := ranges.Ports{TCP: e.reserved, UDP: e.reserved}
	return target.Verdict{Reserved: p.Intersect(reserved), Missing: p.Minus(reserved)}
}

func (e exported) mend(target.Verdict) []report.Step {
	return []report.Step{{Text: "To make the .reg file that adds what is missing (import it, restart Windows):", Commands: []string{e.command}}}
}

// A verification is the verdict on every entry and on all of them together.
type verification struct {
	entries []judged
	steps   []report.Step // that mend it
}

type judged struct {
	listed
	target.Verdict
}

func verify(all []listed, there state) verification {
	v := verification{steps: []report.Step{}}
	for _, e := range all {
		v.entries = append(v.entries, judged{e, there.Judge(ranges.PortsOf(e.Entry.Entry))})
	}
	if !v.reserved() {
		v.steps = there.mend(there.Judge(portsOf(all)))
	}
	return v
}

// The words for an entry: the worst of its parts.
const (
	isReserved = "reserved"
	isRuntime  = "runtime"
	isMissing  = "missing"
)

func (j judged) word() string {
	switch {
	case !j.Missing.IsEmpty():
		return isMissing
	case !j.Runtime.IsEmpty():
		return isRuntime
	}
	return isReserved
}

func (v verification) count(word string) (n int) {
	for _, j := range v.entries {
		if j.word() == word {
			n++
		}
	}
	return n
}

// reserved tells whether all entries are.
func (v verification) reserved() bool { return v.count(isReserved) == len(v.entries) }

func (v verification) printText(w io.Writer) {
	for _, j := range v.entries {
		text := fmt.Sprintf("%s:%d:%d: %s: %s", j.list, j.Line, j.Col, j.Entry.Entry, j.verdict())
		if j.Label != "" {
			text += "  # " + j.Label
		}
		fmt.Fprintln(w, report.Printable(text))
	}
	for _, step := range v.steps {
		fmt.Fprintf(w, "\n%s\n  %s\n", step.Text, strings.Join(step.Commands, "\n  "))
	}
	if len(v.steps) > 0 {
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "%s: %d reserved, %d covered by a runtime reservation only, %d not reserved or only in part\n",
		entryCount(len(v.entries)), v.count(isReserved), v.count(isRuntime), v.count(isMissing))
}

func entryCount(n int) string {
	if n == 1 {
		return "1 entry"
	}
	return report.Thousands(n) + " entries"
}

// verdict says what the entry is; of one that is several things, which part is what.
func (j judged) verdict() string {
	var parts []string
	for _, part := range [...]struct {
		ports ranges.Ports
		what  string
	}{
		{j.Reserved, "reserved"},
		{j.Runtime, "covered only by " + rowsText(j.Rows) + ", gone after a restart"},
		{j.Missing, "not reserved"},
	} {
		switch whole := part.ports.Equal(ranges.PortsOf(j.Entry.Entry)); {
		case whole:
			return part.what
		case !part.ports.IsEmpty():
			ee := slices.Collect(part.ports.Entries())
			parts = append(parts, some(len(ee), slices.Values(ee))+" "+part.what)
		}
	}
	return strings.Join(parts, "; ")
}

func rowsText(rows []target.Row) string {
	var all []string
	for _, r := range rows {
		all = append(all, fmt.Sprintf("the runtime reservation %s (%s:%d:%d)", entry(r.Range, r.Proto), r.Name, r.Line, r.Col))
	}
	return strings.Join(all, " and ")
}

// The forms of verify -f json; schema/verify.json in package report describes them.

type jsonVerification struct {
	Entries []jsonJudged  `json:"entries"`
	Mend    []report.Step `json:"mend"`
}

type jsonJudged struct {
	List     string    `json:"list"`
	Line     int       `json:"line"`
	Column   int       `json:"column"`
	Entry    string    `json:"entry"`
	Label    string    `json:"label"`
	Verdict  string    `json:"verdict"`
	Reserved []string  `json:"reserved"`
	Runtime  []string  `json:"runtime"`
	Missing  []string  `json:"missing"`
	Rows     []jsonRow `json:"rows"`
}

type jsonRow struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Row    string `json:"row"`
}

func (v verification) printJSON(w *bufio.Writer) {
	form := jsonVerification{Entries: []jsonJudged{}, Mend: v.steps}
	for _, j := range v.entries {
		e := jsonJudged{j.list, j.Line, j.Col, j.Entry.Entry.String(), j.Label, j.word(),
			entriesOf(j.Reserved), entriesOf(j.Runtime), entriesOf(j.Missing), []jsonRow{}}
		for _, r := range j.Rows {
			e.Rows = append(e.Rows, jsonRow{r.Name, r.Line, r.Col, entry(r.Range, r.Proto)})
		}
		form.Entries = append(form.Entries, e)
	}
	report.JSON(w, form) // w keeps its first error
}

func entriesOf(p ranges.Ports) []string {
	all := []string{}
	for e := range p.Entries() {
		all = append(all, e.String())
	}
	return all
}
