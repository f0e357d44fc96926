package ranges

import (
	"bytes"
	"slices"
	"strings"
)

// List is a list as a person wrote it. It is immutable and may be used by several goroutines.
type List struct {
	entries []Entry
	lines   []listLine
}

// listLine is a line of a list: entries and comment, one of them or, if blank, none.
type listLine struct {
	entries []Entry // a part of all
	comment string  // from '#' on, without trailing blanks
}

// Parse reads the list src, called name in errors. The error is an [Errors] with everything wrong
// with the list; then the List is nil.
func Parse(name string, src []byte) (*List, error) {
	l := &List{lines: make([]listLine, 0, bytes.Count(src, []byte("\n"))+1)}
	var found findings
	no := 0
	keep := func(e Entry, err *Error) bool {
		if err != nil {
			found.add(err)
		} else {
			l.entries = append(l.entries, e)
		}
		return true
	}
	for raw := range bytes.Lines(bytes.TrimPrefix(src, []byte(bom))) {
		no++
		ln := newLine(name, no, raw)
		before := len(l.entries)
		ln.read(keep)
		l.lines = append(l.lines, listLine{
			entries: l.entries[before:],
			comment: string(bytes.TrimRight(ln.comment, blanks)),
		})
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	return l, nil
}

// Entries gives the entries of l as they were written, in order, each with its place.
func (l *List) Entries() []Entry { return slices.Clone(l.entries) }

// Ports gives the ports that l names.
func (l *List) Ports() Ports { return portsOf(l.entries) }

// Labels gives what was written, on the same line, beside the entries that have a port in common
// with r: the comments, without '#' and the blanks around them, in order, each once.
func (l *List) Labels(r Range) []string {
	var labels []string
	seen := map[string]bool{"": true}
	for _, ln := range l.lines {
		if !ln.overlaps(r) {
			continue
		}
		label := strings.TrimRight(strings.TrimLeft(ln.comment, "#"+blanks), blanks)
		if !seen[label] {
			seen[label] = true
			labels = append(labels, label)
		}
	}
	return labels
}

func (ln listLine) overlaps(r Range) bool {
	return slices.ContainsFunc(ln.entries, func(e Entry) bool {
		return max(r.First, e.Range.First) <= min(r.Last, e.Range.Last)
	})
}
