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
	Target  target.Windows // the zero Windows: .reg files are taken as legacy, captures, scripts and answer files as modern
	Dynamic ranges.Range   // the dynamic port range, if valid; else what the file says, or the default
	Offline bool           // .reg files are meant for an offline hive
	Ignore  []string       // the names of rules that are left out
}

// Check gives the findings of all rules in a file that was read with
// [artefact.Options].Written, in the order of their places.
func Check(c *artefact.Content, o Options) []Finding {
	l := &linter{Content: c, o: o, rules: table(), ignores: ignoresOf(c.Directives)}
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
	rule     *Rule // that is run
	count    int   // of its findings
}

// maxFindings is how many findings of one rule in one file are told singly; one more
// then counts the rest.
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
		if slices.Contains(r.notes, n.Rule) {
			l.find(n.Line, n.Col, "%s", n.Text)
		}
	}
	if r.find != nil {
		r.find(l)
	}
	if rest := l.count - maxFindings; rest > 0 {
		l.findings[len(l.findings)-1].Text = fmt.Sprintf("more than %d findings of this rule; not shown from here on: %d", maxFindings, rest)
	}
}

// find takes note of a finding, unless its line says not to.
func (l *linter) find(line, col int, format string, args ...any) {
	if l.ignores.cover(line, l.rule.Name) {
		return
	}
	if l.count++; l.count > maxFindings+1 {
		return
	}
	severity := l.rule.Severity
	if e := l.rule.Except; e != nil && e.holds(l) {
		severity = e.Severity
	}
	l.findings = append(l.findings, Finding{l.File, line, col, l.rule.Name, severity, fmt.Sprintf(format, args...)})
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
	switch l.Format {
	case artefact.Reg:
		return target.ReservedPorts
	case artefact.Netsh, artefact.Cmd, artefact.PS1, artefact.Unattend, artefact.Capture:
		return target.Exclusions
	}
	return 0
}

func (l *linter) legacy() bool { return l.mechanism() == target.ReservedPorts }

// dead tells whether the target does not know what the file holds.
func (l *linter) dead() bool { return l.carried()&^l.mechanism() != 0 }
