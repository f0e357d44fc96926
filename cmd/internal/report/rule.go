package report

import (
	"fmt"
	"strings"

	"portreg/cmd/internal/lint"
)

// Rule tells a person what a rule is about, with what it finds in its bad example and
// with its good one.
func Rule(r lint.Rule) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s)\n\n%s\nSource: %s\n", r.Name, r.Severities(), r.Why, r.Source)
	fmt.Fprintf(&b, "\n%s\n%s", exampleTitle("Bad", r.Bad), indented(r.Bad.Text))
	for _, finding := range r.Bad.Finds {
		fmt.Fprintln(&b, Printable(finding))
	}
	fmt.Fprintf(&b, "\n%s\n%s", exampleTitle("Good", r.Good), indented(r.Good.Text))
	return b.String()
}

func exampleTitle(title string, e lint.Example) string {
	if flags := e.Flags(); flags != nil {
		return title + ", with " + strings.Join(flags, " ") + ":"
	}
	return title + ":"
}

// indented is text in lines that are moved to the right and printable.
func indented(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		fmt.Fprintf(&b, "  %s\n", Printable(strings.TrimRight(line, "\r\n")))
	}
	return b.String()
}
