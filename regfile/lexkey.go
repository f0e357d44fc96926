package regfile

// The part of the lexer that knows lines which open or delete keys.

// lexKey keeps the line, or its start, and where its last ] is.
func (l *lexer) lexKey(w []byte) int {
	if n := findLast(w, ']', l.width); n >= 0 {
		l.end = l.at(w, n)
	}
	l.keep(w, maxName)
	return len(w)
}

// endKey judges a key line: the name ends at the last ], the rest is ignored
// (Wine: key_name_state).
func (l *lexer) endKey() {
	size := l.end.off - l.start.off - int64(l.width)
	name := l.buf[:max(0, min(size, int64(len(l.buf))))]
	switch first := l.first(l.buf); {
	case size < 0:
		l.dropToken("key-unclosed")
		return
	case isBlank(first):
		l.dropToken("key-blank")
		return
	case size > maxName:
		l.report(badKeyPiece, l.start, name, "key-too-long")
		return
	case findAny(name, &nul, l.width) < len(name):
		l.report(badKeyPiece, l.start, name, "key-nul")
		return
	case first == '-':
		l.put(deleteKeyPiece, l.start, name[l.width:])
	default:
		l.put(keyPiece, l.start, name)
	}
	l.endTrailer(l.buf[min(len(name)+l.width, len(l.buf)):])
}

// endTrailer tells of what follows a key's ] and is no comment.
func (l *lexer) endTrailer(w []byte) {
	n := l.blanks(w)
	at := l.end.after(l.width+n, l.width)
	switch {
	case n == len(w):
		return
	case l.unit(w[n:]) == ';':
		if l.comments {
			l.put(commentPiece, at, w[n+l.width:])
		}
		return
	}
	l.report(oddPiece, at, w[n:min(len(w), n+maxToken*l.width)], "key-junk")
}
