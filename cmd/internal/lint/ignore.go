package lint

import (
	"strings"

	"portreg/cmd/internal/artefact"
)

// An ignore is a directive that switches rules off for some lines.
type ignore struct {
	artefact.Directive
	names []string
	used  map[string]bool // of them, those that a finding was left out for
	wrong string          // what is wrong with the directive as such
}

// ignores are all of a file.
type ignores struct {
	all    []*ignore
	byLine map[int][]*ignore
	unsure map[string]bool // rules that were not applied to the whole file
}

func ignoresOf(directives []artefact.Directive) ignores {
	ii := ignores{byLine: map[int][]*ignore{}, unsure: map[string]bool{}}
	for _, d := range directives {
		i := parseIgnore(d)
		ii.all = append(ii.all, i)
		for line := d.First; line > 0 && line <= d.Last; line++ {
			ii.byLine[line] = append(ii.byLine[line], i)
		}
	}
	return ii
}

// parseIgnore reads "ignore RULE[, RULE]".
func parseIgnore(d artefact.Directive) *ignore {
	i := &ignore{Directive: d, used: map[string]bool{}}
	verb, rest, _ := strings.Cut(strings.ReplaceAll(d.Text, "\t", " "), " ")
	i.names = strings.FieldsFunc(rest, func(r rune) bool { return r == ',' || r == ' ' })
	switch {
	case verb != "ignore":
		i.names, i.wrong = nil, clip("portreg:"+verb)+" is no directive; write portreg:ignore RULE"
	case len(i.names) == 0:
		i.wrong = "portreg:ignore names no rule; write portreg:ignore RULE"
	}
	return i
}

// cover tells whether the rule is switched off for a line.
func (ii ignores) cover(line int, rule string) (off bool) {
	for _, i := range ii.byLine[line] {
		for _, name := range i.names {
			if name == rule {
				i.used[name] = true
				off = true
			}
		}
	}
	return off
}

// unused says what of an ignore is of no use. Whether the rule own is of any is not
// known yet.
func (ii ignores) unused(i *ignore, rules []Rule, own string) (texts []string) {
	if i.wrong != "" {
		texts = append(texts, i.wrong)
	}
	for _, name := range i.names {
		err := checkName(rules, name)
		switch {
		case err != nil:
			texts = append(texts, "portreg:ignore: "+err.Error())
		case !i.used[name] && !ii.unsure[name] && name != own:
			texts = append(texts, "portreg:ignore "+name+" ignores nothing")
		}
	}
	return texts
}
