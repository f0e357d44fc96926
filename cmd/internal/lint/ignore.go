package lint

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"

	"portreg/cmd/internal/artefact"
)

// An ignore is a directive that switches rules off for some lines.
type ignore struct {
	artefact.Directive
	names []word
	used  map[string]bool // for each name, whether a finding was left out for it
	wrong string          // what is wrong with the directive as such
}

type word struct {
	text string
	col  int
}

// ignores are all of a file.
type ignores struct {
	all    []*ignore
	about  []*ignore       // those about any lines, in the order of these
	unsure map[string]bool // rules that were not applied to the whole file
}

func ignoresOf(c *artefact.Content) ignores {
	reason := "#"
	if c.Format == artefact.Reg {
		reason = ";"
	}
	ii := ignores{unsure: map[string]bool{}}
	for _, d := range c.Directives {
		i := parseIgnore(d, reason)
		switch {
		case d.Surplus:
			i.names, i.wrong = nil, "there are too many ignores; from here on none counts"
		case d.Misplaced:
			i.names, i.wrong = nil, misplaced(c.Format)
		}
		ii.all = append(ii.all, i)
		if d.First > 0 {
			ii.about = append(ii.about, i)
		}
	}
	slices.SortStableFunc(ii.about, func(a, b *ignore) int { return cmp.Compare(a.First, b.First) })
	return ii
}

// parseIgnore reads "ignore RULE[, RULE]", up to the mark of a reason.
func parseIgnore(d artefact.Directive, reason string) *ignore {
	i := &ignore{Directive: d, used: map[string]bool{}}
	text, _, _ := strings.Cut(d.Text, reason)
	verb, names := word{}, wordsOf(text, d.Col+len("portreg:"))
	if len(names) > 0 {
		verb, names = names[0], names[1:]
	}
	switch {
	case verb.text != "ignore":
		i.wrong = clip("portreg:"+verb.text) + " is no directive; write portreg:ignore RULE"
	case len(names) == 0:
		i.wrong = "portreg:ignore names no rule; write portreg:ignore RULE"
	default:
		i.names = names
	}
	for _, name := range i.names {
		i.used[name.text] = false
	}
	return i
}

// wordsOf cuts text, which begins in a column, at blanks and commas.
func wordsOf(text string, col int) (words []word) {
	start, startCol := -1, 0
	for at, r := range text + " " {
		switch inside := r != ' ' && r != '\t' && r != ','; {
		case inside && start < 0:
			start, startCol = at, col
		case !inside && start >= 0:
			words = append(words, word{text[start:at], startCol})
			start = -1
		}
		col++
	}
	return words
}

// misplaced says where directives count instead.
func misplaced(format string) string {
	if format == artefact.Reg {
		return "portreg:ignore counts on a line of its own, before the value"
	}
	return "portreg:ignore does not count in netsh commands; use --ignore"
}

// on gives the ignores that are about a line: of two, their lines are apart, or those of
// the later one end with those of the earlier one.
func (ii ignores) on(line int) []*ignore {
	to := sort.Search(len(ii.about), func(n int) bool { return ii.about[n].First > line })
	from := to
	for from > 0 && ii.about[from-1].Last >= line {
		from--
	}
	return ii.about[from:to]
}

// cover tells whether the rule is switched off for a line.
func (ii ignores) cover(line int, rule string) (off bool) {
	for _, i := range ii.on(line) {
		if _, named := i.used[rule]; named {
			i.used[rule] = true
			off = true
		}
	}
	return off
}

// maxUnknown is how many names of one ignore that are those of no rule are told singly:
// each is compared to all rules.
const maxUnknown = 8

// unused says what of an ignore is of no use, and in which columns. Whether the rule own
// is of any is not known yet.
func (ii ignores) unused(i *ignore, rules []Rule, own string) (texts []word) {
	if i.wrong != "" {
		return []word{{i.wrong, i.Col}}
	}
	var unknown []word
	for _, name := range i.names {
		switch {
		case !slices.ContainsFunc(rules, func(r Rule) bool { return r.Name == name.text }):
			unknown = append(unknown, name)
		case !i.used[name.text] && !ii.unsure[name.text] && name.text != own:
			texts = append(texts, word{"portreg:ignore " + name.text + " ignores nothing", name.col})
		}
	}
	for n, name := range unknown {
		if n == maxUnknown {
			rest := fmt.Sprintf("portreg:ignore: from here on, %d more words are not rules", len(unknown)-n)
			return append(texts, word{rest, name.col})
		}
		texts = append(texts, word{"portreg:ignore: " + checkName(rules, name.text).Error(), name.col})
	}
	return texts
}
