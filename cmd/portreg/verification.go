package main

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"portreg/cmd/internal/report"
	"portreg/cmd/internal/target"
	"portreg/ranges"
)

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
			parts = append(parts, report.FirstFew(len(ee), slices.Values(ee))+" "+part.what)
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
		e := jsonJudged{report.TrueName(j.list), j.Line, j.Col, j.Entry.Entry.String(), j.Label, j.word(),
			entriesOf(j.Reserved), entriesOf(j.Runtime), entriesOf(j.Missing), []jsonRow{}}
		for _, r := range j.Rows {
			e.Rows = append(e.Rows, jsonRow{report.TrueName(r.Name), r.Line, r.Col, entry(r.Range, r.Proto)})
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
