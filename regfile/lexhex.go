package regfile

// The part of the lexer that knows hex data: its digits, commas, comments and
// continuation lines.

// hexState is where a value's hex data, or its dword, stands.
type hexState struct {
	digits int  // of the byte or dword under way
	gap    bool // blanks after those digits
	comma  bool // a comma came, no digit since
	blank  bool // blanks after that comma
	later  bool // on a continuation line
}

// lexHex checks hex data in place and passes on runs of it (Wine:
// convert_hex_csv_to_hex; unlike strtoul there, at most two digits, no sign
// and no 0x, which other readers refuse).
func (l *lexer) lexHex(w []byte) int {
	for n := 0; n < len(w); n += l.width {
		if l.hex.digits == 0 {
			if run := hexRun(w[n:], l.width); run > 0 {
				n += run
				l.hex = hexState{comma: true, later: l.hex.later}
			}
		}
		if n == len(w) {
			break
		}
		if rule := l.hex.take(l.unit(w[n:])); rule != "" {
			l.putHex(w[:n])
			return l.endHex(w, n, rule)
		}
	}
	l.putHex(w)
	return len(w)
}

// putHex passes on a run. Its last two units stay in buf: they may be digits
// of a byte that turns out to be none.
func (l *lexer) putHex(run []byte) {
	n := len(run)
	for n > 0 && isBlank(l.unit(run[n-l.width:])) {
		n -= l.width
	}
	if n > 0 {
		l.end = l.at(run, n)
	}
	if len(run) > 0 {
		l.put(hexPiece, l.place, run)
	}
	l.buf = append(l.buf, run[max(0, len(run)-2*l.width):]...)
	l.buf = append(l.buf[:0], l.buf[max(0, len(l.buf)-2*l.width):]...)
}

// take advances by one unit of hex data. It returns "" while the data goes on,
// ";" or "\\" where a comment or a continuation ends the line, else the rule
// that the unit breaks.
func (h *hexState) take(c uint16) string {
	switch {
	case h.gap && (isHex(c) || c == ','):
		return "hex-blank"
	case isHex(c):
		if h.digits == 2 {
			return "hex-digits"
		}
		h.digits, h.comma, h.blank = h.digits+1, false, false
	case c == ',':
		if h.digits == 0 {
			return "hex-comma"
		}
		h.digits, h.comma = 0, true
	case isBlank(c):
		h.gap, h.blank = h.digits > 0, h.comma
	case c == ';':
		return ";"
	case c == '\\' && h.digits == 0:
		return "\\"
	case c == '\\':
		return "continuation-comma"
	default:
		return "hex-digits"
	}
	return ""
}

// endHex acts on what take found n bytes into w, and says how many of them are used.
func (l *lexer) endHex(w []byte, n int, rule string) int {
	switch rule {
	case ";":
		l.noteTrailingComma()
		l.mark(w, n)
		l.state = afterSemicolon
	case "\\":
		l.end = l.at(w, n+l.width)
		l.state = afterContinue
	case "hex-digits":
		if l.hex.gap {
			return l.spoil(w, n, rule)
		}
		l.buf = l.buf[len(l.buf)-l.hex.digits*l.width:]
		return l.spoilAfter(w, n, rule)
	default:
		l.drop(w, n, rule)
	}
	return n + l.width
}

// lexAfterSemicolon tells a comment behind hex data from semicolons between
// bytes, where a comment would leave the first byte only, in silence (Samba
// drops the value, Wine crashes).
func (l *lexer) lexAfterSemicolon(w []byte) int {
	for n := 0; n < len(w); n += l.width {
		c := l.unit(w[n:])
		if c == ';' && len(l.buf) > 0 && !l.hex.gap && !l.hex.comma {
			l.drop(w, n, "hex-semicolon")
			return n
		}
		if !isHex(c) || len(l.buf) == 2*l.width {
			l.put(endPiece, l.end, nil)
			l.state, l.lone = inComment, false
			return n
		}
		l.keep(w[n:n+l.width], 2*l.width)
	}
	return len(w)
}

// endHexLine ends hex data at the end of a line. After a comma this cuts the
// value short without a word; blanks behind that comma spoil a continuation
// line, while regedit trims them from the first.
func (l *lexer) endHexLine() {
	if l.hex.blank && l.hex.later {
		l.report(droppedPiece, l.end, nil, "hex-line-blank")
		return
	}
	l.noteTrailingComma()
	l.put(endPiece, l.end, nil)
}

func (l *lexer) noteTrailingComma() {
	if l.hex.comma {
		l.report(oddPiece, l.end, nil, "hex-trailing-comma")
	}
}

// lexAfterContinue allows blanks and a comment behind the backslash (Wine:
// eol_backslash_state).
func (l *lexer) lexAfterContinue(w []byte) int {
	n := l.blanks(w)
	switch {
	case n == len(w):
	case l.unit(w[n:]) == ';':
		return l.beginComment(w, n, hexComment, false)
	default:
		return l.spoil(w, n, "continuation-junk")
	}
	return n
}

// lexBeforeHexLine passes over comments; a line that does not go on with a
// digit ends the value and is lost itself (Wine: hex_multiline_state).
func (l *lexer) lexBeforeHexLine(w []byte) int {
	n := l.blanks(w)
	if n == len(w) {
		return n
	}
	switch c := l.unit(w[n:]); {
	case c == ';':
		return l.beginComment(w, n, hexComment, true)
	case isHex(c):
		l.begin()
		l.hex = hexState{later: true}
		l.state = inHex
	default:
		l.begin()
		l.drop(w, n, "continuation-broken")
		l.mark(w, n)
		l.state, l.rule = inStray, "swallowed-line"
	}
	return n
}
