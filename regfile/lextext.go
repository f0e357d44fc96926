package regfile

// The part of the lexer that knows text between quotes.

func (l *lexer) lexString(w []byte) int {
	n := findAny(w, &textEnd, l.width)
	if n > 0 {
		l.put(textPiece, l.place, w[:n])
	}
	if n == len(w) {
		return n
	}
	switch l.unit(w[n:]) {
	case '\\':
		l.state = inEscape
	case '"':
		l.state, l.end = afterString, l.at(w, n+l.width)
	default:
		l.drop(w, n, "string-nul")
	}
	return n + l.width
}

// lexEscape resolves an escape as Wine's REGPROC_unescape_string does: \n and
// \r, no \0, else the unit itself.
func (l *lexer) lexEscape(w []byte) int {
	unit := w[:l.width]
	switch c := l.unit(unit); c {
	case '0':
		l.drop(nil, -l.width, "string-escape")
		return l.width
	case 'n', 'r':
		unit = []byte{unescaped(byte(c)), 0}[:l.width]
	}
	l.put(textPiece, l.place, unit)
	l.state = inString
	return l.width
}

// unescaped is what an escaped character stands for.
func unescaped(c byte) byte {
	switch c {
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	}
	return c
}

func (l *lexer) lexAfterString(w []byte) int {
	n := l.blanks(w)
	switch {
	case n == len(w):
	case l.unit(w[n:]) == ';':
		l.put(endPiece, l.end, nil)
		return l.beginComment(w, n, inComment, false)
	default:
		return l.spoil(w, n, "string-junk")
	}
	return n
}
