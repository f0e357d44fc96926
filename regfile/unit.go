package regfile

// The primitives of the lexer that know how wide a code unit is.

// unit is the first code unit of w.
func (l *lexer) unit(w []byte) uint16 {
	if l.width == 1 {
		return uint16(w[0])
	}
	return uint16(w[0]) | uint16(w[1])<<8
}

// blanks is the length in bytes of the blanks and tabs that w starts with.
func (l *lexer) blanks(w []byte) int {
	n := 0
	for n < len(w) && isBlank(l.unit(w[n:])) {
		n += l.width
	}
	return n
}

// first is the first unit of w, 0 if there is none.
func (l *lexer) first(w []byte) uint16 {
	if len(w) == 0 {
		return 0
	}
	return l.unit(w)
}

// chars counts the characters that begin in w, which is at hand: not the second half
// of a surrogate pair, nor the continuation bytes of UTF-8.
func (l *lexer) chars(w []byte) int {
	switch {
	case l.ansi:
		return len(w)
	case l.width == 1:
		return len(w) - countContinuations(w)
	}
	n, high := len(w)/2, l.high
	for i := 1; i < len(w); i += 2 {
		switch w[i] & 0xfc {
		case 0xdc:
			if high {
				n--
			}
			high = false
		default:
			high = w[i]&0xfc == 0xd8
		}
	}
	return n
}

func countContinuations(w []byte) (n int) {
	for _, c := range w {
		if c&0xc0 == 0x80 {
			n++
		}
	}
	return n
}

// unitSet is a set of ASCII units.
type unitSet [128]bool

var (
	eol     = unitSet{'\n': true, '\r': true}
	textEnd = unitSet{'"': true, '\\': true, 0: true} // what ends a run of quoted text
	nul     = unitSet{0: true}
)

// findEOL is the offset of the first CR or LF in w, or its length.
func findEOL(w []byte, width int) int { return findAny(w, &eol, width) }

// findAny is the offset of the first unit that is in the set, or the length of
// w, which holds whole units.
func findAny(w []byte, set *unitSet, width int) int {
	for n := 0; n < len(w); n += width {
		if c := w[n]; c < 128 && set[c] && (width == 1 || w[n+1] == 0) {
			return n
		}
	}
	return len(w)
}

// findLast is the offset of the last unit c in w, or -1.
func findLast(w []byte, c byte, width int) int {
	n := len(w) - width
	for n >= 0 && (w[n] != c || width == 2 && w[n+1] != 0) {
		n -= width
	}
	return max(n, -1)
}

// narrow gives the low byte of each unit of w, 0xff for units above 0xff.
func narrow(w []byte, width int) []byte {
	if width == 1 {
		return w
	}
	out := make([]byte, 0, len(w)/2)
	for n := 0; n+1 < len(w); n += 2 {
		c := w[n]
		if w[n+1] != 0 {
			c = 0xff
		}
		out = append(out, c)
	}
	return out
}

func isBlank(c uint16) bool { return c == ' ' || c == '\t' }

func isHex(c uint16) bool { return c < 0x80 && hexDigit(byte(c)) >= 0 }

// hexDigit is the value of a hex digit in either case, -1 for anything else.
func hexDigit(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
