package artefact

import (
	"fmt"
	"maps"
	"slices"
)

// maxNotes is how many notes of one rule are kept of a file.
const maxNotes = 10_000

// notes keep the first notes of each rule and count the others: a file may have millions.
type notes struct {
	all   []Note
	rules map[string]*tally
	size  int // bytes that they take
}

// A tally counts the notes of a rule.
type tally struct {
	n    int
	rest *Note // the first that is not kept, or nil
}

func (k *notes) add(n Note) {
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
	case t.rest == nil && t.n <= maxNotes && size <= mostKept:
		k.all, k.size = append(k.all, n), size
	case t.rest == nil:
		n.Key, n.Name = "", ""
		t.rest = &n
		fallthrough
	default:
		t.rest.Omitted++
	}
}

// list gives the notes, of those that are not kept one for each rule.
func (k *notes) list() []Note {
	for _, rule := range slices.Sorted(maps.Keys(k.rules)) {
		if n := k.rules[rule].rest; n != nil {
			n.Text = fmt.Sprintf("from here on, %d notes like those before it (%s) are left out", n.Omitted, rule)
			k.all = append(k.all, *n)
		}
	}
	return k.all
}
