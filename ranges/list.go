package ranges

import (
	"bytes"
	"cmp"
	"slices"
	"sort"
	"strings"
	"sync"
)

// List is a list as a person wrote it. It is immutable and may be used by several goroutines.
type List struct {
	entries []Entry
	lines   []listLine
	labels  func() []labelled // made when first asked for
}

// listLine is a line of a list: entries and comment, one of them or, if blank, none.
type listLine struct {
	entries []Entry // a part of all
	comment string  // from '#' on, without trailing blanks
}

// labelled is an entry with a comment.
type labelled struct {
	Range
	proto Proto
	reach uint16 // the last port of this entry and all before it
	line  int
	label string
}

// Parse reads the list src, called name in errors. The error is an [Errors] with everything wrong
// with the list; then the List is nil.
func Parse(name string, src []byte) (*List, error) {
	l := &List{lines: make([]listLine, 0, bytes.Count(src, []byte("\n"))+1)}
	l.labels = sync.OnceValue(l.collectLabels)
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
func (l *List) Ports() Ports { return PortsOf(l.entries...) }

// Comment gives what follows the '#' of a line, counted from 1, without more of them and the blanks
// around: with its directive, if there is one. It is empty for a line without comment.
func (l *List) Comment(line int) string {
	if line < 1 || line > len(l.lines) {
		return ""
	}
	return bareComment(l.lines[line-1].comment)
}

// Label is Comment without its directive; of a long one, the first 200 characters.
func (l *List) Label(line int) string { return labelOf(l.Comment(line)) }

func bareComment(comment string) string {
	return strings.TrimRight(strings.TrimLeft(comment, "#"+blanks), blanks)
}

// labelOf gives a comment without its directive.
func labelOf(comment string) string {
	label, _, found := CutDirective(bareComment(comment))
	if found {
		label = strings.TrimRight(label, "#"+blanks)
	}
	return clip(label, maxLabel)
}

// CutDirective cuts a comment at its directive: before is what comes before "portreg:", and after
// what follows it. Without directive, before is the comment.
func CutDirective(comment string) (before, after string, found bool) {
	for at := 0; ; {
		i := strings.Index(comment[at:], directive)
		if i < 0 {
			return comment, "", false
		}
		before, after = comment[:at+i], comment[at+i+len(directive):]
		if beginsDirective(before, after) {
			return before, after, true
		}
		at += i + len(directive)
	}
}

// beginsDirective tells whether "portreg:" between before and after begins a directive.
func beginsDirective(before, after string) bool {
	apart := before == "" || strings.IndexByte("#"+blanks, before[len(before)-1]) >= 0
	return apart && after != "" && 'a' <= after[0]|0x20 && after[0]|0x20 <= 'z'
}

// Labels gives what was written, on the same line, beside the entries that have a port of one of
// the protocols in common with r: the comments, without '#', directive and the blanks around them,
// in order, each once, as [List.Label] gives them.
func (l *List) Labels(r Range, p Proto) []string {
	all := l.labels()
	from := sort.Search(len(all), func(i int) bool { return all[i].reach >= r.First })
	to := sort.Search(len(all), func(i int) bool { return all[i].First > r.Last })
	var near []labelled
	for _, e := range all[min(from, to):to] {
		if e.Last >= r.First && e.proto&p != 0 {
			near = append(near, e)
		}
	}
	slices.SortFunc(near, func(a, b labelled) int { return cmp.Compare(a.line, b.line) })
	var labels []string
	seen := make(map[string]bool, len(near))
	for _, e := range near {
		if !seen[e.label] {
			labels = append(labels, e.label)
		}
		seen[e.label] = true
	}
	return labels
}

// collectLabels gives the entries that have a comment, by their first port.
func (l *List) collectLabels() []labelled {
	var all []labelled
	for i, ln := range l.lines {
		label := labelOf(ln.comment)
		if label == "" {
			continue
		}
		for _, e := range ln.entries {
			all = append(all, labelled{Range: e.Range, proto: e.Proto, line: i, label: label})
		}
	}
	slices.SortFunc(all, func(a, b labelled) int { return cmp.Compare(a.First, b.First) })
	reach := uint16(0)
	for i := range all {
		reach = max(reach, all[i].Last)
		all[i].reach = reach
	}
	return all
}
