package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"portreg/cmd/internal/artefact"
	"portreg/cmd/internal/report"
	"portreg/cmd/internal/target"
	"portreg/ranges"
	"portreg/ranges/netsh"
)

type showCmd struct {
	Format     string       `short:"f" enum:"text,json,svg" default:"text" placeholder:"FORMAT" help:"How to print: text, which is a range list again (default), json, or svg, a picture."`
	Output     fileName     `short:"o" placeholder:"FILE" help:"The file to write; - is standard output."`
	Port       ranges.Range `placeholder:"N[-M]" help:"Print which entries have these ports; status 1 if none."`
	Target     targetFlag   `short:"t" placeholder:"VERSION" help:"The version of Windows: preferences for others are left out, and -f svg draws its dynamic port range if the file names none: ${versions}."`
	ControlSet pickFlag     `placeholder:"current|N" help:"Of a .reg file or a hive, only the value in this control set."`
	Key        keyFlag      `placeholder:"KEY" help:"Of a .reg file or a policy, the value under keys whose path is KEY or ends in it, not TCP/IP's."`
	Name       valueFlag    `placeholder:"NAME" help:"Likewise, the value of that name, not ReservedPorts; without --key under any key."`
	Protocol   protoFlag    `placeholder:"tcp|udp" help:"The protocol of captures whose header names none."`
	Files      []fileName   `arg:"" name:"file" help:"Range lists, .reg files, SYSTEM hives, Registry.pol, LGPO text, JSON for samba-tool, Registry.xml, folders of GPO backups, scripts, answer files, netsh captures, sysctl settings; - is standard input."`
}

func (*showCmd) examples() string {
	return `  portreg show current.reg
  portreg show --port 8080 current.reg ports.txt
  portreg show --key "Software\Microsoft\Rpc\Internet" --name Ports software.reg
`
}

// Run reads all files before it prints any.
func (c *showCmd) Run(s *session) error {
	if err := errors.Join(c.check(), s.checkOutput(c.Output, c.Files)); err != nil {
		return err
	}
	var all []*artefact.Content
	var wrong []error
	for _, file := range c.Files {
		contents, err := c.read(s, file)
		all, wrong = append(all, contents...), append(wrong, err)
	}
	if err := errors.Join(wrong...); err != nil {
		return err
	}
	var b bytes.Buffer
	switch c.Format {
	case "json":
		c.printJSON(&b, all)
	case "svg":
		c.printSVG(s, &b, all)
	default:
		c.printText(s, &b, all)
	}
	c.judge(s, all)
	return s.write(c.Output, func(w io.Writer) error {
		_, err := w.Write(b.Bytes())
		return err
	})
}

// check tells which flags do not go together.
func (c *showCmd) check() error {
	switch {
	case c.Format == "svg" && c.Port.IsValid():
		return errors.New("--port picks entries, and a picture of them alone would show reserved ports as free; leave out one of --port and -f svg")
	case c.Format == "svg" && c.selection().Given():
		return errors.New("a picture shows what is kept out of the dynamic port range, and other lists of ports are for other things; leave out -f svg, or --key and --name")
	case c.ControlSet.given && c.selection().Given():
		return errors.New(`--control-set is about TCP/IP's ReservedPorts; leave it out, and name the control set in --key, such as ControlSet001\Services\Tcpip\Parameters`)
	}
	return nil
}

func (c *showCmd) selection() artefact.Selection {
	return artefact.Selection{Key: string(c.Key), Name: string(c.Name)}
}

func (c *showCmd) read(s *session, file fileName) ([]*artefact.Content, error) {
	o := artefact.Options{Target: c.Target.Windows, Port: c.Port, Proto: c.Protocol.Proto, Written: c.Format == "svg", Select: c.selection()}
	o.Accept = func(f *artefact.Format) error { return o.Select.Accept(file.String(), f) }
	if c.ControlSet.given {
		o.ControlSet = &c.ControlSet.set
	}
	all, err := s.contents(file, o)
	for _, content := range all {
		content.Rename(report.FileName)
		if c.ControlSet.given {
			err = errors.Join(err, content.Pick(c.ControlSet.set))
		}
		if c.Port.IsValid() {
			content.Narrow(c.Port)
		}
	}
	return all, err
}

// judge sets the status, and says what was not found.
func (c *showCmd) judge(s *session, all []*artefact.Content) {
	var have ranges.Ports
	holds := false
	for _, content := range all {
		have = have.Union(content.Ports)
		holds = holds || content.Holds()
		if !content.Holds() && !c.Port.IsValid() {
			s.sayf("%s: %s", content.File, c.nothing())
		}
	}
	if !holds {
		s.found()
	}
	if !c.Port.IsValid() {
		return
	}
	if missing := ranges.SetOf(c.Port).Minus(have.Either()); !missing.IsEmpty() {
		s.sayf("%s: %s", c.notThere(), report.FirstFew(missing.Ranges(), missing.All()))
	}
}

// nothing says that a file does not hold what was looked for.
func (c *showCmd) nothing() string {
	if s := c.selection(); s.Given() {
		return fmt.Sprintf("no %s found", s)
	}
	return "no reservation found"
}

// notThere says what ports are that no entry has.
func (c *showCmd) notThere() string {
	if s := c.selection(); s.Given() {
		return fmt.Sprintf("not in %s", s)
	}
	return "not reserved"
}

func (c *showCmd) printText(s *session, w io.Writer, all []*artefact.Content) {
	for _, content := range all {
		s.sayNotes(content)
		switch {
		case c.Port.IsValid():
			printMatches(w, content)
		case len(all) > 1:
			fmt.Fprintf(w, "# %s\n", report.Printable(content.File))
			fallthrough
		default:
			printContent(w, content, c.selection().Given())
		}
	}
}

// sayNotes says what is odd in a file.
func (s *session) sayNotes(c *artefact.Content) {
	for file, n := range c.AllNotes {
		printError(s.err, &ranges.Error{Name: file, Line: n.Line, Col: n.Col, Msg: n.Text})
	}
}

// textOf is what show prints for one file.
func textOf(c *artefact.Content) string {
	var b strings.Builder
	printContent(&b, c, false)
	return b.String()
}

// printContent prints what a file holds as a range list. Keys are named where there are
// several, or always.
func printContent(w io.Writer, c *artefact.Content, keys bool) {
	if c.GPO != "" {
		fmt.Fprintf(w, "# GPO %s\n", report.Printable(c.GPO))
	}
	switch {
	case c.State != nil && (c.Parts == nil || keys):
		printCurrent(w, c)
		printValues(w, c, keys || c.Format == artefact.Hive)
		return
	case c.Capture != nil:
		for _, p := range partsOf(c) {
			fmt.Fprintln(w, p)
		}
	default:
		for e := range c.Ports.Entries() {
			fmt.Fprintln(w, e)
		}
	}
	for _, d := range c.Deletes {
		fmt.Fprintf(w, "# delete %s\n", entry(d.Range, d.Proto))
	}
	for _, d := range c.Dynamic {
		fmt.Fprintf(w, "# dynamic %s\n", entry(d.Range, d.Proto))
	}
	if c.Script != nil {
		fmt.Fprintf(w, "# %s\n", scriptText(c.Script))
	}
}

// scriptText says what there is to a script beside its ports.
func scriptText(s *netsh.Converge) string {
	switch text := "log " + s.Name; {
	case s.Undo:
		return text + ": all that it names is taken back"
	case s.ReleaseWinNAT:
		return text + "; WinNAT is stopped where it is in the way"
	default:
		return text
	}
}

// printCurrent says which of a hive's control sets is the current one, and which one is
// for the next start, if that is another.
func printCurrent(w io.Writer, c *artefact.Content) {
	const text = "# %s: ControlSet%03d; portreg gen --control-set %[2]d\n"
	if c.Current != 0 {
		fmt.Fprintf(w, text, "current", c.Current)
	}
	if c.Next != 0 && c.Next != c.Current {
		fmt.Fprintf(w, text, "next", c.Next)
	}
}

func printValues(w io.Writer, c *artefact.Content, keys bool) {
	header := func(key string, wanted bool) {
		if wanted || keys {
			fmt.Fprintf(w, "# %s\n", report.Printable(key))
		}
	}
	for _, v := range c.Values {
		header(v.Key, len(c.Values) > 1)
		for r := range v.Set().All() {
			fmt.Fprintln(w, r)
		}
		printDynamic(w, c, func(d artefact.Dynamic) bool { return target.SameName(d.Key, v.Key) })
	}
	printDynamic(w, c, func(d artefact.Dynamic) bool {
		alone := !slices.ContainsFunc(c.Values, func(v artefact.Value) bool { return target.SameName(d.Key, v.Key) })
		if alone {
			header(d.Key, false)
		}
		return alone
	})
}

func printDynamic(w io.Writer, c *artefact.Content, wanted func(artefact.Dynamic) bool) {
	for _, d := range c.Dynamic {
		if wanted(d) {
			fmt.Fprintf(w, "# dynamic %s\n", entry(d.Range, d.Proto))
		}
	}
}

// A part is a row of a capture, or what all tables have of it, or what they do not.
type part struct {
	netsh.Row
	word string // administered, runtime or contradicted
}

// partsOf gives the rows in the order of the lines.
func partsOf(c *artefact.Content) (all []part) {
	for _, t := range c.Capture.Tables {
		for _, row := range t.Rows {
			all = append(all, cut(row, c.Ports.Of(row.Proto))...)
		}
	}
	return all
}

// cut cuts an administered row where not every table has it.
func cut(row netsh.Row, excluded ranges.Set) (parts []part) {
	if !row.Administered {
		return []part{{row, "runtime"}}
	}
	add := func(s ranges.Set, word string) {
		for row.Range = range s.All() {
			parts = append(parts, part{row, word})
		}
	}
	whole := ranges.SetOf(row.Range)
	add(whole.Intersect(excluded), "administered")
	add(whole.Minus(excluded), "contradicted")
	return parts
}

func (p part) isEntry() bool { return p.word == "administered" }

// String gives the line of a range list.
func (p part) String() string {
	if p.isEntry() {
		return entry(p.Range, p.Proto) + "  # " + p.word
	}
	return "# " + p.word + " " + entry(p.Range, p.Proto)
}

// entry is "80-90/tcp", or "80-90" for both protocols.
func entry(r ranges.Range, proto ranges.Proto) string {
	return ranges.Entry{Range: r, Proto: proto}.String()
}

// A match is an entry that --port found.
type match struct {
	line, col   int // 0 in a sysctl setting
	text, label string
	kind        string // what it is if it is no entry: runtime or contradicted
}

// matches gives what Narrow left.
func matches(c *artefact.Content) (all []match) {
	for _, v := range c.Values {
		for _, r := range v.Entries {
			all = append(all, match{v.Line, v.Col, r.String(), v.Key, ""})
		}
	}
	if c.Format == artefact.Capture {
		for _, p := range partsOf(c) {
			m := match{line: p.Line, col: p.Col, text: entry(p.Range, p.Proto), label: p.word}
			if !p.isEntry() {
				m.kind = p.word
			}
			all = append(all, m)
		}
	}
	for _, add := range c.Adds {
		all = append(all, match{add.Line, add.Col, entry(add.Range, add.Proto), "", ""})
	}
	for _, e := range c.Entries {
		all = append(all, match{e.Line, e.Col, e.String(), e.Label, ""})
	}
	if c.Format == artefact.Sysctl {
		for e := range c.Ports.Entries() {
			all = append(all, match{text: e.String()})
		}
	}
	return all
}

// printMatches prints the matches with their places; what is no entry is a comment.
func printMatches(w io.Writer, c *artefact.Content) {
	if c.Parts != nil {
		for _, p := range c.Parts {
			printMatches(w, p)
		}
		return
	}
	for _, m := range matches(c) {
		fmt.Fprint(w, report.Printable(c.File), ":")
		if m.line > 0 {
			fmt.Fprintf(w, "%d:%d:", m.line, m.col)
		}
		switch {
		case m.kind != "":
			fmt.Fprintf(w, " # %s %s\n", m.kind, m.text)
		case m.label != "":
			fmt.Fprintf(w, " %s  # %s\n", m.text, report.Printable(m.label))
		default:
			fmt.Fprintf(w, " %s\n", m.text)
		}
	}
}

// The forms of show -f json; schema/show.json in package report describes them.

type jsonFile struct {
	File    string         `json:"file"`
	Format  string         `json:"format"`
	Current int            `json:"current,omitzero"`
	Name    string         `json:"name,omitzero"`
	Values  []jsonValue    `json:"values,omitzero"`
	TCP     []ranges.Range `json:"tcp,omitzero"`
	UDP     []ranges.Range `json:"udp,omitzero"`
	Runtime []string       `json:"runtime,omitzero"`
	Deletes []string       `json:"deletes,omitzero"`
	Dynamic []string       `json:"dynamic"`
	Entries []jsonEntry    `json:"entries,omitzero"`
	Log     string         `json:"log,omitzero"`
	Undo    bool           `json:"undo,omitzero"`
	Notes   []jsonNote     `json:"notes"`
	Parts   []jsonFile     `json:"parts,omitzero"`
}

type jsonValue struct {
	Key    string         `json:"key"`
	Name   string         `json:"name"`
	Line   int            `json:"line"`
	Type   string         `json:"type"`
	Ranges []ranges.Range `json:"ranges"`
}

type jsonEntry struct {
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Entry  string `json:"entry"`
	Label  string `json:"label"`
}

type jsonNote struct {
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Rule    string `json:"rule"`
	Text    string `json:"text"`
	Dropped bool   `json:"dropped"`
}

func (c *showCmd) printJSON(w *bytes.Buffer, all []*artefact.Content) {
	files := make([]jsonFile, len(all))
	for i, content := range all {
		files[i] = c.jsonOf(content)
	}
	report.JSON(w, files) // a buffer takes everything
}

// jsonOf gives a file, or a folder with its files.
func (c *showCmd) jsonOf(content *artefact.Content) jsonFile {
	f := jsonOf(content)
	if c.Port.IsValid() && content.Format != artefact.GPO {
		f.Entries = jsonEntries(content)
	}
	for _, p := range content.Parts {
		f.Parts = append(f.Parts, c.jsonOf(p))
	}
	return f
}

func jsonOf(c *artefact.Content) jsonFile {
	f := jsonFile{File: report.TrueName(c.File), Format: c.Format, Name: c.GPO, Current: c.Current, Dynamic: []string{}, Notes: []jsonNote{}}
	switch {
	case c.State != nil && c.Parts == nil:
		f.Values = []jsonValue{}
		for _, v := range c.Values {
			f.Values = append(f.Values, jsonValue{v.Key, v.Name, v.Line, v.Data.Type.String(), artefact.RangesOf(v.Set())})
		}
	case c.Capture != nil:
		f.rows(partsOf(c))
	default:
		f.TCP, f.UDP = artefact.RangesOf(c.Ports.TCP), artefact.RangesOf(c.Ports.UDP)
	}
	if c.Format == artefact.Netsh || c.Format == artefact.Unattend {
		f.Deletes = []string{}
		for _, d := range c.Deletes {
			f.Deletes = append(f.Deletes, entry(d.Range, d.Proto))
		}
	}
	if c.Script != nil {
		f.Log, f.Undo = c.Script.Name, c.Script.Undo
	}
	for _, d := range c.Dynamic {
		f.Dynamic = append(f.Dynamic, entry(d.Range, d.Proto))
	}
	for _, n := range c.Notes {
		f.Notes = append(f.Notes, jsonNote{n.Line, n.Col, n.Rule, n.Text, n.Dropped})
	}
	return f
}

func jsonEntries(c *artefact.Content) []jsonEntry {
	entries := []jsonEntry{}
	for _, m := range matches(c) {
		if m.kind == "" {
			entries = append(entries, jsonEntry{m.line, m.col, m.text, m.label})
		}
	}
	return entries
}

func (f *jsonFile) rows(parts []part) {
	f.TCP, f.UDP, f.Runtime = []ranges.Range{}, []ranges.Range{}, []string{}
	for _, p := range parts {
		switch {
		case p.word == "runtime":
			f.Runtime = append(f.Runtime, entry(p.Range, p.Proto))
		case !p.isEntry():
		case p.Proto == ranges.TCP:
			f.TCP = append(f.TCP, p.Range)
		default:
			f.UDP = append(f.UDP, p.Range)
		}
	}
}
