package regfile

// The part of the lexer that knows comments, and which statement stands behind one.

// awaited is the first line of a statement that has not begun.
const awaited = -1

// endStatement tells of a statement that stands behind a comment.
func (l *lexer) endStatement() {
	if l.comments && l.statement > 0 {
		l.emit(piece{kind: statementPiece, place: l.place, first: l.statement})
		l.statement = 0
	}
}

// begin begins a statement, or what is left of one behind a comment.
func (l *lexer) begin() {
	if l.statement == awaited {
		l.statement = l.line
	}
}

// beginComment begins the comment n bytes into w, at its ; or #.
func (l *lexer) beginComment(w []byte, n int, s state, lone bool) int {
	l.mark(w, n)
	l.state, l.lone = s, lone
	return n + l.width
}

func (l *lexer) lexComment(w []byte) int {
	if l.comments {
		l.keep(w, maxText)
	}
	return len(w)
}

func (l *lexer) endComment() {
	kind := commentPiece
	if l.lone {
		kind = loneCommentPiece
		if l.statement == 0 { // else the one that it stands in or before
			l.statement = awaited
		}
	}
	if l.comments {
		l.put(kind, l.start, l.buf)
	}
}
