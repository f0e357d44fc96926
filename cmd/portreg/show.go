package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"portreg/cmd/internal/artefact"
	"portreg/ranges"
	"portreg/ranges/netsh"
)

type showCmd struct {
	Format     string       `short:"f" enum:"text,json" default:"text" placeholder:"FORMAT" help:"How to print: text, which is a range list again (default), or json."`
	Port       ranges.Range `placeholder:"N[-M]" help:"Print which entries have these ports; status 1 if none."`
	ControlSet pickFlag     `placeholder:"current|N" help:"Of a .reg file, only the value in this control set."`
	Protocol   protoFlag    `placeholder:"tcp|udp" help:"The protocol of captures whose header names none."`
	Files      []string     `arg:"" name:"file" help:"Range lists, .reg files, netsh captures and scripts, sysctl settings; - is standard input."`
}

func (*showCmd) examples() string {
	return `
portreg show current.reg
portreg show --port 8080 current.reg ports.txt
portreg show -f json current.reg
`
}

// Run reads all files before it prints any.
func (c *showCmd) Run(s *session) error {
	var all []*artefact.Content
	var wrong []error
	for _, path := range c.Files {
		content, err := c.read(s, path)
		all, wrong = append(all, content), append(wrong, err)
	}
	if err := errors.Join(wrong...); err != nil {
		return err
	}
	w := bufio.NewWriter(s.out)
	if c.Format == "json" {
		printJSON(w, all)
	} else {
		c.printText(s, w, all)
	}
	c.judge(s, all)
	return w.Flush()
}

func (c *showCmd) read(s *session, path string) (*artefact.Content, error) {
	f, name, err := s.open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	content, err := artefact.Read(name, f, artefact.Options{Port: c.Port, Proto: c.Protocol.Proto})
	if err != nil {
		return nil, readError(name, err)
	}
	if c.ControlSet.given {
		content.Pick(c.ControlSet.set)
	}
	if c.Port.IsValid() {
		content.Narrow(c.Port)
	}
	return content, nil
}

// judge sets the status, and says what was not found.
func (c *showCmd) judge(s *session, all []*artefact.Content) {
	var have ranges.Ports
	holds := false
	for _, content := range all {
		have = have.Union(content.Ports)
		holds = holds || content.Holds()
		if !content.Holds() && !c.Port.IsValid() {
			s.sayf("%s: no reservation found", content.File)
		}
	}
	if !holds {
		s.found()
	}
	if !c.Port.IsValid() {
		return
	}
	if missing := ranges.SetOf(c.Port).Minus(have.Either()); !missing.IsEmpty() {
		s.sayf("not reserved: %s", missing)
	}
}

func (c *showCmd) printText(s *session, w io.Writer, all []*artefact.Content) {
	for _, content := range all {
		for _, n := range content.Notes {
			report(s.err, &ranges.Error{Name: content.File, Line: n.Line, Col: n.Col, Msg: n.Text})
		}
		switch {
		case c.Port.IsValid():
			printMatches(w, content)
		case len(all) > 1:
			fmt.Fprintf(w, "# %s\n", printable(content.File))
			fallthrough
		default:
			printContent(w, content)
		}
	}
}

// textOf is what show prints for one file.
func textOf(c *artefact.Content) string {
	var b strings.Builder
	printContent(&b, c)
	return b.String()
}

// printContent prints what a file holds as a range list.
func printContent(w io.Writer, c *artefact.Content) {
	switch c.Format {
	case artefact.Reg:
		printValues(w, c)
		return
	case artefact.Capture:
		for _, row := range c.Rows {
			fmt.Fprintln(w, rowText(row))
		}
	default:
		for e := range c.Ports.Entries() {
			fmt.Fprintln(w, e)
		}
	}
	for _, d := range c.Deletes {
		fmt.Fprintf(w, "# delete %s/%s\n", d.Range, d.Proto)
	}
	for _, d := range c.Dynamic {
		fmt.Fprintf(w, "# dynamic %s\n", dynamicText(d))
	}
}

func printValues(w io.Writer, c *artefact.Content) {
	for _, v := range c.Values {
		if len(c.Values) > 1 {
			fmt.Fprintf(w, "# %s\n", printable(v.Key))
		}
		for r := range v.Set().All() {
			fmt.Fprintln(w, r)
		}
		printDynamic(w, c, func(d artefact.Dynamic) bool { return strings.EqualFold(d.Key, v.Key) })
	}
	printDynamic(w, c, func(d artefact.Dynamic) bool {
		return !slices.ContainsFunc(c.Values, func(v artefact.Value) bool { return strings.EqualFold(d.Key, v.Key) })
	})
}

func printDynamic(w io.Writer, c *artefact.Content, wanted func(artefact.Dynamic) bool) {
	for _, d := range c.Dynamic {
		if wanted(d) {
			fmt.Fprintf(w, "# dynamic %s\n", dynamicText(d))
		}
	}
}

func rowText(row netsh.Row) string {
	if row.Administered {
		return fmt.Sprintf("%s/%s  # administered", row.Range, row.Proto)
	}
	return fmt.Sprintf("# runtime %s/%s", row.Range, row.Proto)
}

func dynamicText(d artefact.Dynamic) string {
	switch {
	case d.Key != "":
		return fmt.Sprintf("%d-%d", d.Range.First, d.MaxUserPort)
	case d.Proto == ranges.Both:
		return d.Range.String()
	}
	return fmt.Sprintf("%s/%s", d.Range, d.Proto)
}

// printMatches prints what Narrow left, each with its place.
func printMatches(w io.Writer, c *artefact.Content) {
	for _, v := range c.Values {
		for _, r := range v.Entries {
			fmt.Fprintf(w, "%s:%d:%d: %s  # %s\n", c.File, v.Line, v.Col, r, printable(v.Key))
		}
	}
	for _, row := range c.Rows {
		fmt.Fprintf(w, "%s:%d:%d: %s\n", c.File, row.Line, row.Col, rowText(row))
	}
	for _, add := range c.Adds {
		fmt.Fprintf(w, "%s:%d:%d: %s/%s\n", c.File, add.Line, add.Col, add.Range, add.Proto)
	}
	for _, e := range c.Entries {
		fmt.Fprintf(w, "%s:%d:%d: %s\n", c.File, e.Line, e.Col, e)
	}
	if c.Format == artefact.Sysctl {
		for e := range c.Ports.Entries() {
			fmt.Fprintf(w, "%s: %s\n", c.File, e)
		}
	}
}

// The forms of show -f json; the package comment describes them.

type jsonFile struct {
	File    string         `json:"file"`
	Format  string         `json:"format"`
	Values  []jsonValue    `json:"values,omitzero"`
	TCP     []ranges.Range `json:"tcp,omitzero"`
	UDP     []ranges.Range `json:"udp,omitzero"`
	Runtime []string       `json:"runtime,omitzero"`
	Deletes []string       `json:"deletes,omitzero"`
	Dynamic []string       `json:"dynamic"`
	Notes   []jsonNote     `json:"notes"`
}

type jsonValue struct {
	Key    string         `json:"key"`
	Name   string         `json:"name"`
	Line   int            `json:"line"`
	Type   string         `json:"type"`
	Ranges []ranges.Range `json:"ranges"`
}

type jsonNote struct {
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Rule    string `json:"rule"`
	Text    string `json:"text"`
	Dropped bool   `json:"dropped"`
}

func printJSON(w io.Writer, all []*artefact.Content) error {
	files := make([]jsonFile, len(all))
	for i, c := range all {
		files[i] = jsonOf(c)
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(files)
}

func jsonOf(c *artefact.Content) jsonFile {
	f := jsonFile{File: c.File, Format: c.Format, Dynamic: []string{}, Notes: []jsonNote{}}
	switch c.Format {
	case artefact.Reg:
		f.Values = []jsonValue{}
		for _, v := range c.Values {
			f.Values = append(f.Values, jsonValue{v.Key, v.Name, v.Line, v.Data.Type.String(), artefact.RangesOf(v.Set())})
		}
	case artefact.Capture:
		f.rows(c.Rows)
	default:
		f.TCP, f.UDP = artefact.RangesOf(c.Ports.TCP), artefact.RangesOf(c.Ports.UDP)
	}
	if c.Format == artefact.Netsh {
		f.Deletes = []string{}
		for _, d := range c.Deletes {
			f.Deletes = append(f.Deletes, fmt.Sprintf("%s/%s", d.Range, d.Proto))
		}
	}
	for _, d := range c.Dynamic {
		f.Dynamic = append(f.Dynamic, dynamicText(d))
	}
	for _, n := range c.Notes {
		f.Notes = append(f.Notes, jsonNote{n.Line, n.Col, n.Rule, n.Text, n.Dropped})
	}
	return f
}

func (f *jsonFile) rows(rows []netsh.Row) {
	f.TCP, f.UDP, f.Runtime = []ranges.Range{}, []ranges.Range{}, []string{}
	for _, row := range rows {
		switch {
		case !row.Administered:
			f.Runtime = append(f.Runtime, fmt.Sprintf("%s/%s", row.Range, row.Proto))
		case row.Proto == ranges.TCP:
			f.TCP = append(f.TCP, row.Range)
		default:
			f.UDP = append(f.UDP, row.Range)
		}
	}
}
