package ranges

import "bytes"

// maxAlign is the longest entry text, in bytes, that moves the comments of its neighbours.
const maxAlign = 40

// Format gives the canonical form of l, in UTF-8 with LF. Order and comments are kept. Entries are
// separated by ", "; indentation and trailing blanks go; blank lines become one, none at the start
// and the end. In consecutive lines with entries, comments start in one column, two blanks after
// the longest entry text that has a comment; a text of more than 40 characters does not count.
func (l *List) Format() []byte {
	var out []byte
	blank := false
	for i := 0; i < len(l.lines); {
		n := 0
		for i+n < len(l.lines) && len(l.lines[i+n].entries) > 0 {
			n++
		}
		n = max(n, 1)
		block := l.lines[i : i+n]
		i += n
		if block[0].isBlank() {
			blank = len(out) > 0
			continue
		}
		if blank {
			out = append(out, '\n')
			blank = false
		}
		out = appendBlock(out, block)
	}
	return out
}

func (ln listLine) isBlank() bool { return len(ln.entries) == 0 && ln.comment == "" }

// appendBlock appends a comment line or consecutive lines with entries.
func appendBlock(out []byte, block []listLine) []byte {
	width := 0
	var text []byte
	for _, ln := range block {
		text = ln.appendEntries(text[:0])
		if ln.comment != "" && len(text) <= maxAlign {
			width = max(width, len(text))
		}
	}
	for _, ln := range block {
		start := len(out)
		out = ln.appendEntries(out)
		if n := len(out) - start; n > 0 && ln.comment != "" {
			out = append(out, bytes.Repeat([]byte(" "), max(0, width-n)+2)...)
		}
		out = append(append(out, ln.comment...), '\n')
	}
	return out
}

func (ln listLine) appendEntries(b []byte) []byte {
	for i, e := range ln.entries {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = e.append(b)
	}
	return b
}
