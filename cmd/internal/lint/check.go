package lint

import (
	"cmp"
	"fmt"
	"slices"

	"portreg/cmd/internal/artefact"
	"portreg/cmd/internal/target"
	"portreg/ranges"
)

// Options say what is known beside the file.
type Options struct {
	Target  target.Windows // the zero Windows: the registry's formats are taken as legacy, captures, scripts and answer files as modern
	Dynamic ranges.Range   // the dynamic port range, if valid; else what the file says, or the default
	Offline bool           // .reg files are meant for an offline hive
	Ignore  []string       // the names of rules that are left out
}

// Check gives the findings of all rules in a file that was read with
// [artefact.Options].Written, in the order of their places.
func Check(c *artefact.Content, o Options) (findings []Finding) {
	for _, p := range c.Parts {
		findings = append(findings, Check(p, o)...)
	}
	if c.Parts != nil {
		return findings
	}
	l := &linter{Content: c, o: o, rules: table(), ignores: ignoresOf(c)}
	l.run()
	slices.SortStableFunc(l.findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	return l.findings
}

// A linter runs the rules on one file.
type linter struct {
	*artefact.Content
	o        Options
	rules    []Rule
	ignores  ignores
	findings []Finding
	entries  []ranges.Entry // of a list, once asked for
	rule     *Rule          // that is run
	count    int            // of its findings
	hive     bool           // the key that is looked at is in an offline hive
}

// maxFindings is how many findings of one rule in one file are told.
const maxFindings = 10_000

func (l *linter) run() {
	for i := range l.rules {
		if r := &l.rules[i]; !slices.Contains(l.o.Ignore, r.Name) {
			l.apply(r)
		}
	}
}

func (l *linter) apply(r *Rule) {
	l.rule, l.count = r, 0
	for _, n := range l.Notes {
		if slices.Contains(r.notes, n.Rule) && !l.find(n.Line, n.Col, "%s", n.Text) {
			return
		}
	}
	if r.find != nil {
		r.find(l)
	}
}

// find takes note of a finding, unless its line says not to, and tells whether the rule
// is to look for more.
func (l *linter) find(line, col int, format string, args ...any) bool {
	line, col = max(line, 1), max(col, 1) // a hive has no lines
	if l.ignores.cover(line, l.rule.Name) {
		return true
	}
	severity := l.rule.Severity
	if e := l.rule.Except; e != nil && e.holds(l) {
		severity = e.Severity
	}
	text := artefact.OneLine(fmt.Sprintf(format, args...))
	l.count++
	if l.count > maxFindings {
		l.ignores.unsure[l.rule.Name] = true
		text = fmt.Sprintf("more than %d findings of this rule; from here on it was not applied", maxFindings)
	}
	l.findings = append(l.findings, Finding{l.File, line, col, l.rule.Name, severity, text})
	return l.count <= maxFindings
}

// findIn is find for a spot.
func (l *linter) findIn(s spot, format string, args ...any) bool {
	return l.find(s.line, s.col, "%s", l.About(s.key)+fmt.Sprintf(format, args...))
}

// mechanism is what keeps the ports out of the dynamic port range: that of the target,
// else that of the format, or 0 for formats that carry either.
func (l *linter) mechanism() target.Mechanism {
	if l.o.Target.Mechanism != 0 {
		return l.o.Target.Mechanism
	}
	return l.carried()
}

// carried is the one mechanism of the format, or 0.
func (l *linter) carried() target.Mechanism {
	switch m := l.Row().Carries; m {
	case target.ReservedPorts, target.Exclusions:
		return m
	}
	return 0
}

func (l *linter) legacy() bool { return l.mechanism() == target.ReservedPorts }

// dead tells whether the target does not know what the file holds.
func (l *linter) dead() bool { return l.carried()&^l.mechanism() != 0 }
