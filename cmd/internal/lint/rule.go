package lint

import (
	"fmt"
	"slices"
	"strings"
)

// Rule is a row of the table.
type Rule struct {
	Name        string
	Severity    Severity
	Except      *Exception // where another severity holds, or nil
	Why, Source string     // a sentence; a KB article or thread that says so
	Bad, Good   Example
	notes       []string // the names of the artefact's notes that are findings of the rule
	find        func(l *linter)
}

// Severities says which the rule has, and where: "error; info in a list".
func (r Rule) Severities() string {
	text := r.Severity.String()
	if r.Except != nil {
		text += fmt.Sprintf("; %v %s", r.Except.Severity, r.Except.Where)
	}
	return text
}

// Exception is a severity that a rule has in some cases.
type Exception struct {
	Severity Severity
	Where    string // in words
	holds    func(l *linter) bool
}

// Example is a file, and what the rule finds in it.
type Example struct {
	Text      string
	Described bool // Text says what is in the file, which is not text
	Options   Options
	Finds     []string // "line:col: severity: text"; nil for a good example
}

// Flags gives the options of the example as flags of portreg lint.
func (e Example) Flags() (flags []string) {
	if e.Options.Target.Name != "" {
		flags = append(flags, "-t", e.Options.Target.Name)
	}
	if e.Options.Dynamic.IsValid() {
		flags = append(flags, "--dynamic", e.Options.Dynamic.String())
	}
	if e.Options.Offline {
		flags = append(flags, "--offline")
	}
	return flags
}

// Rules gives the table of rules, in the order of the README.
func Rules() []Rule { return slices.Clone(table()) }

// CheckName tells why there is no rule of that name, and which there are.
func CheckName(name string) error {
	err := checkName(table(), name)
	if _, ok := err.(unknownRule); ok {
		var names []string
		for _, r := range table() {
			names = append(names, r.Name)
		}
		err = fmt.Errorf("%w; write one of %s", err, strings.Join(names, ", "))
	}
	return err
}

// unknownRule is a name that is like that of no rule.
type unknownRule string

func (name unknownRule) Error() string { return fmt.Sprintf("%q is not a rule", clip(string(name))) }

func checkName(rules []Rule, name string) error {
	nearest, distance := "", max(3, len(clip(name))/3)
	for _, r := range rules {
		if r.Name == name {
			return nil
		}
		if d := edits(clip(name), r.Name); d < distance {
			nearest, distance = r.Name, d
		}
	}
	if nearest == "" {
		return unknownRule(name)
	}
	return fmt.Errorf("%w; did you mean %s?", unknownRule(name), nearest)
}

// edits is the number of bytes to insert, delete or replace to get from a to b.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replace := diagonal
			if a[i] != b[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = min(replace, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// clip shortens s to what a message can quote.
func clip(s string) string {
	const most = 40
	n := 0
	for i := range s {
		if n++; n > most {
			return s[:i] + "..."
		}
	}
	return s
}
