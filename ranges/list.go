package ranges

import (
	"bytes"
	"slices"
	"strings"
)

// List is a list as a person wrote it.
type List struct {
	lines []listLine
}

// listLine is a line of a list: entries and comment, one of them or, if blank, none.
type listLine struct {
	entries []Entry
	comment string // from '#' on, without trailing blanks
}

// Parse reads the list src, called name in errors. The error is an [Errors] with everything wrong
// with the list; then the List is nil.
func Parse(name string, src []byte) (*List, error) {
	l := &List{}
	var found findings
	no := 0
	for raw := range bytes.Lines(bytes.TrimPrefix(src, []byte(bom))) {
		no++
		ln := newLine(name, no, raw)
		out := listLine{comment: string(bytes.TrimRight(ln.comment, blanks))}
		ln.read(func(e Entry, err *Error) bool {
			if err != nil {
				found.add(err)
			} else {
				out.entries = append(out.entries, e)
			}
			return true
		})
		l.lines = append(l.lines, out)
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	return l, nil
}

// Entries gives the entries of l in the order and spelling-free form they were written, each with
// its place.
func (l *List) Entries() []Entry {
	var ee []Entry
	for _, ln := range l.lines {
		ee = append(ee, ln.entries...)
	}
	return ee
}

// Ports gives the ports that l names.
func (l *List) Ports() Ports { return portsOf(l.Entries()) }

// Labels gives what was written, on the same line, beside the entries that have a port in common
// with r: the comments, without '#' and the blanks around them, in order, each once.
func (l *List) Labels(r Range) []string {
	var labels []string
	for _, ln := range l.lines {
		label := strings.TrimRight(strings.TrimLeft(ln.comment, "#"+blanks), blanks)
		if label != "" && ln.overlaps(r) && !slices.Contains(labels, label) {
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
