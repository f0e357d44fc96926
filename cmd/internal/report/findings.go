package report

import (
	"bufio"
	"fmt"
	"io"

	"portreg/cmd/internal/lint"
)

// FindingsText writes a line for each finding, in the form of compilers:
//
//	file:line:col: severity: message [rule]
func FindingsText(w io.Writer, ff []lint.Finding, colour bool) error {
	b := bufio.NewWriter(w)
	for _, f := range ff {
		fmt.Fprintln(b, textOf(f, colour))
	}
	return b.Flush()
}

var renditions = [...]rendition{lint.Info: cyan, lint.Warning: yellow, lint.Error: red}

func textOf(f lint.Finding, colour bool) string {
	severity := renditions[f.Severity].of(f.Severity.String(), colour)
	return fmt.Sprintf("%s: %s: %s [%s]", placeOf(f), severity, Printable(f.Text), f.Rule)
}

func placeOf(f lint.Finding) string {
	return fmt.Sprintf("%s:%d:%d", FileName(f.File), f.Line, f.Col)
}

// FindingsJSON writes an array; schema/lint.json describes it.
func FindingsJSON(w io.Writer, ff []lint.Finding) error {
	form := make([]jsonFinding, len(ff))
	for i, f := range ff {
		form[i] = jsonFinding{TrueName(FileName(f.File)), f.Line, f.Col, f.Severity, f.Rule, f.Text}
	}
	return JSON(w, form)
}

type jsonFinding struct {
	File     string        `json:"file"`
	Line     int           `json:"line"`
	Column   int           `json:"column"`
	Severity lint.Severity `json:"severity"`
	Rule     string        `json:"rule"`
	Text     string        `json:"text"`
}
