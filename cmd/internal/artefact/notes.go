package artefact

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// maxNotes is how many notes of one rule are kept of a file.
const maxNotes = 10_000

// Rules of lines that open no key.
const (
	unknownRoot = "unknown-root"
	shortRoot   = "short-root"
)

// notes keep the first notes of each rule and count the others: a file may have millions.
type notes struct {
	brief bool // of keys that regedit does not open, the first tells enough
	all   []Note
	rules map[string]*tally
	size  int // bytes that they take
}

// A tally counts the notes of a rule.
type tally struct {
	n    int
	rest *Note // the first that is not kept, or nil
}

// OneLine gives text with its line ends escaped, as the names of keys in policies and
// hives may hold some.
func OneLine(text string) string {
	return strings.NewReplacer("\n", `\n`, "\r", `\r`).Replace(text)
}

func (k *notes) add(n Note) {
	n.Text = OneLine(n.Text)
	if k.rules == nil {
		k.rules = map[string]*tally{}
	}
	t := k.rules[n.Rule]
	if t == nil {
		t = &tally{}
		k.rules[n.Rule] = t
	}
	t.n++
	const fixed = 256
	size := k.size + fixed + len(n.Text) + len(n.Key) + len(n.Name)
	switch {
	case t.rest == nil && t.n <= k.most(n.Rule) && size <= mostKept:
		k.all, k.size = append(k.all, n), size
	case t.rest == nil:
		n.Key, n.Name = "", ""
		t.rest = &n
		fallthrough
	default:
		t.rest.Omitted++
	}
}

// most is how many notes of a rule are kept at most.
func (k *notes) most(rule string) int {
	if k.brief && (rule == shortRoot || rule == unknownRoot) {
		return 1
	}
	return maxNotes
}

// full tells whether further notes of a rule are only counted.
func (k *notes) full(rule string) bool {
	t := k.rules[rule]
	return t != nil && (t.rest != nil || t.n >= k.most(rule))
}

// list gives the notes, of those that are not kept one for each rule.
func (k *notes) list() []Note {
	for _, rule := range slices.Sorted(maps.Keys(k.rules)) {
		if n := k.rules[rule].rest; n != nil {
			n.Text = fmt.Sprintf("from here on, %d notes like those before it (%s) are left out", n.Omitted, rule)
			if k.most(rule) == 1 {
				n.Text = fmt.Sprintf("lines with such a root, from here on: %d", n.Omitted)
			}
			k.all = append(k.all, *n)
		}
	}
	return k.all
}
