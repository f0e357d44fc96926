package artefact

import (
	"strings"
	"unicode/utf8"

	"portreg/regfile"
)

// remarks reads the comments of a .reg file for directives, which stand in comments on
// lines of their own and are about the next statement, and for hidden characters.
type remarks struct {
	*registryReader
	lone, misplaced []Directive
	done            int  // how many of lone have their statement
	size            int  // bytes of their texts
	full            bool // there are too many
}

// Of a .reg file's directives that many are read, and that much of their texts.
const (
	maxDirectives    = 1000
	maxDirectiveText = 1 << 20
)

func (m *remarks) comment(c regfile.Comment) {
	if strings.Contains(c.Text, directive) {
		m.directive(c)
	}
	if m.in.encoding == Bytes && !utf8.ValidString(wholeText(c.Text)) {
		return // a code page has none
	}
	if col, first, all := hiddenIn(c.Text); all > 0 {
		m.notes.add(hiddenNote(c.Pos.Line, c.Pos.Col+col, first, all))
	}
}

// wholeText leaves out the start of a character at the end of a comment that was cut.
func wholeText(text string) string {
	const cut = 64 << 10
	for n := len(text); len(text) == cut && n > cut-utf8.UTFMax; n-- {
		if utf8.ValidString(text[:n]) {
			return text[:n]
		}
	}
	return text
}

func (m *remarks) directive(c regfile.Comment) {
	text := strings.TrimLeft(c.Text, ";")
	d, ok := directiveOf(text)
	if !ok || m.full {
		return
	}
	d.Line, d.Misplaced = c.Pos.Line, !c.Lone
	d.Col += c.Pos.Col + len(c.Text) - len(text)
	m.size += len(d.Text)
	if m.full = len(m.lone)+len(m.misplaced) == maxDirectives || m.size > maxDirectiveText; m.full {
		d.Text, d.Surplus = "", true
	}
	if d.Misplaced || d.Surplus {
		m.misplaced = append(m.misplaced, d)
	} else {
		m.lone = append(m.lone, d)
	}
}

// statement gives the directives before a statement, or in it, its lines.
func (m *remarks) statement(first, last int) {
	for ; m.done < len(m.lone); m.done++ {
		d := &m.lone[m.done]
		d.First, d.Last = max(first, d.Line+1), last
	}
}

func (m *remarks) directives() []Directive { return append(m.lone, m.misplaced...) }
