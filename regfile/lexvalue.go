package regfile

// The part of the lexer that knows a value up to its data, and data of a few digits.

// lexName keeps a value's name up to its closing quote, which must be on the
// same line; \0 in it spoils the line (Wine: REGPROC_unescape_string).
func (l *lexer) lexName(w []byte) int {
	for n := 0; n < len(w); n += l.width {
		switch c := l.unit(w[n:]); {
		case c == 0:
			l.drop(w, n, "name-nul")
			return n
		case c == '0' && l.escaped:
			l.drop(w, n-l.width, "name-escape")
			return n
		case c == '"' && !l.escaped:
			l.keep(w[:n], maxName)
			l.endName()
			return n + l.width
		default:
			l.escaped = c == '\\' && !l.escaped
		}
	}
	l.keep(w, maxName)
	return len(w)
}

func (l *lexer) endName() {
	l.state = beforeEquals
	if len(l.buf) == maxName {
		l.dropToken("name-too-long")
		l.state = skipping
		return
	}
	l.put(namePiece, l.start, l.buf)
}

func (l *lexer) lexBeforeEquals(w []byte) int {
	n := l.blanks(w)
	switch {
	case n == len(w):
		return n
	case l.unit(w[n:]) != '=':
		return l.spoil(w, n, "no-equals")
	}
	l.state = beforeData
	return n + l.width
}

func (l *lexer) lexBeforeData(w []byte) int {
	n := l.blanks(w)
	if n == len(w) {
		return n
	}
	l.mark(w, n)
	switch l.unit(w[n:]) {
	case '"':
		l.put(quotePiece, l.start, nil)
		l.state = inString
	case '-':
		l.state = inDelete
	default:
		l.state = inKeyword
		return n
	}
	return n + l.width
}

func (l *lexer) lexKeyword(w []byte) int {
	for n := 0; n < len(w); n += l.width {
		l.keep(w[n:n+l.width], maxToken*l.width)
		if l.unit(w[n:]) == ':' {
			l.end = l.at(w, n+l.width)
			l.endKeyword()
			return n + l.width
		}
	}
	return len(w)
}

// endKeyword judges the name of a data type, lower case only (Wine:
// parse_data_type).
func (l *lexer) endKeyword() {
	word := string(narrow(l.buf, l.width))
	typ, ok := hexType(word)
	switch {
	case word == "dword:":
		l.buf, l.hex = l.buf[:0], hexState{}
		l.state = inDword
	case ok:
		l.emit(piece{kind: typePiece, place: l.start, typ: typ})
		l.hex = hexState{}
		l.state = inHex
	default:
		l.dropToken("unknown-type")
		l.state = skipping
	}
}

func (l *lexer) lexDelete(w []byte) int {
	n := l.blanks(w)
	switch {
	case n == len(w):
	case l.unit(w[n:]) == ';':
		l.put(deleteValuePiece, l.start, nil)
		return l.beginComment(w, n, inComment, false)
	default:
		return l.spoil(w, n, "delete-junk")
	}
	return n
}

// lexDword keeps up to eight digits; blanks may stand around them and a comment
// behind (Wine: convert_hex_to_dword).
func (l *lexer) lexDword(w []byte) int {
	for n := 0; n < len(w); n += l.width {
		switch c := l.unit(w[n:]); {
		case c == ';':
			l.endDword(w[:n])
			return l.beginComment(w, n, inComment, false)
		case isBlank(c):
			l.hex.gap = l.hex.digits > 0
		case l.hex.gap:
			return l.spoil(w, n, "dword-digits")
		case !isHex(c) || l.hex.digits == 8:
			return l.spoilAfter(w, n, "dword-digits")
		default:
			l.hex.digits++
			l.keep(w[n:n+l.width], maxToken*l.width)
			l.end = l.at(w, n+l.width)
		}
	}
	return len(w)
}

// endDword ends a dword behind w.
func (l *lexer) endDword(w []byte) {
	if l.hex.digits == 0 {
		l.drop(w, len(w), "dword-empty")
		return
	}
	l.put(dwordPiece, l.start, narrow(l.buf, l.width))
	l.put(endPiece, l.end, nil)
}
