package regfile

// lexer is the one grammar of .reg bodies (the text after the header line).
// It is resumable: feed takes the file in windows of any size and emits the
// same pieces for all of them, but for where runs of hex or text are cut.
type lexer struct {
	width int         // bytes of a code unit: 1 or 2 (little-endian)
	ansi  bool        // each byte is a character
	emit  func(piece) // receives each piece; its text is valid until emit returns

	// skip, if there is one, says how many bytes of whole statements at the start of w
	// need no pieces, and how many lines they are.
	skip func(w []byte) (n, lines int)
	hold int // bytes that are left for the next window if skip stops in front of them

	state   state
	place        // of the next unit
	afterCR bool // the unit before was a CR: an LF belongs to it
	high    bool // the unit before was the first half of a surrogate pair

	start   place  // of the token in buf
	end     place  // behind the value's data so far; in a key, of its last ]
	buf     []byte // units of a token that must be judged whole
	rule    string // what the token or line in buf breaks
	escaped bool   // the unit before was a backslash, in names
	hex     hexState

	comments  bool // emit comments, and statements behind those on a line of their own
	lone      bool // the comment under way is on a line of its own
	statement int  // first line of such a statement; 0 for none, awaited until it begins
}

// place is where a piece stands in the file.
type place struct {
	off  int64 // bytes from the start of the file
	line int   // 1-based
	col  int   // characters of the line before it
}

type kind uint8

const (
	keyPiece         kind = iota // text is the name in [name]
	deleteKeyPiece               // text is the name in [-name]
	badKeyPiece                  // a key that regedit cannot open; rule says why
	namePiece                    // text is the value's name, escapes and all; empty for @
	typePiece                    // typ is the type of the hex data that starts here
	quotePiece                   // a string starts here
	dwordPiece                   // text is the digits of a REG_DWORD that starts here
	hexPiece                     // text is a run of hex digits, commas and blanks
	textPiece                    // text is a run of a string, escapes resolved
	endPiece                     // the value is complete; its data ended here
	deleteValuePiece             // "name"=-; it stands at the -
	droppedPiece                 // regedit ignores this; rule says why, text quotes it
	oddPiece                     // regedit takes this, but it is not regular
	commentPiece                 // text is what follows the ; of a comment
	loneCommentPiece             // likewise, or what follows a #, on a line of its own
	statementPiece               // the statement behind a comment on its own line is complete; first is its first line
)

type piece struct {
	kind kind
	place
	text  []byte // raw code units; of a dwordPiece narrow
	typ   Type
	rule  string
	first int
}

type state uint8

const (
	lineStart      state = iota
	inKey                // after [
	inName               // after the opening quote
	beforeEquals         // after the name
	beforeData           // after =
	inKeyword            // hex(7): and the like, up to the colon
	inDelete             // after =-
	inDword              // after dword:
	inHex                // after hex(7): or on a continuation line
	afterSemicolon       // after digits; in hex data
	afterContinue        // after the backslash that continues hex data
	hexComment           // a comment within continued data
	beforeHexLine        // at the start of a continuation line
	inString             // after the opening quote
	inEscape             // after a backslash in a string
	afterString          // after the closing quote
	inToken              // what spoils the statement, quoted first, up to a blank or comma
	inStray              // a line to be dropped, quoted first
	inComment            // after its ; or #
	skipping             // the rest of the line does not matter
)

// states takes units of one line, without its end, and says how many bytes it
// used. Each is called with at least one whole unit.
var states = [...]func(*lexer, []byte) int{
	lineStart:      (*lexer).lexLineStart,
	inKey:          (*lexer).lexKey,
	inName:         (*lexer).lexName,
	beforeEquals:   (*lexer).lexBeforeEquals,
	beforeData:     (*lexer).lexBeforeData,
	inKeyword:      (*lexer).lexKeyword,
	inDelete:       (*lexer).lexDelete,
	inDword:        (*lexer).lexDword,
	inHex:          (*lexer).lexHex,
	afterSemicolon: (*lexer).lexAfterSemicolon,
	afterContinue:  (*lexer).lexAfterContinue,
	hexComment:     (*lexer).lexComment,
	beforeHexLine:  (*lexer).lexBeforeHexLine,
	inString:       (*lexer).lexString,
	inEscape:       (*lexer).lexEscape,
	afterString:    (*lexer).lexAfterString,
	inToken:        (*lexer).lexToken,
	inStray:        (*lexer).lexStray,
	inComment:      (*lexer).lexComment,
	skipping:       (*lexer).lexSkip,
}

const (
	maxName  = 1 << 16 // bytes of a key or value name; above what the registry takes
	maxText  = 1 << 16 // bytes of a comment
	maxToken = 41      // units kept of what is dropped; one more than is quoted
)

// feed lexes a window that begins where the one before was used up and returns
// how many bytes of it were used: all its whole units, or what stands before a
// statement near its end. final says that the file ends with this window.
func (l *lexer) feed(window []byte, final bool) int {
	whole := len(window) - len(window)%l.width
	for n := 0; n < whole; {
		if l.afterCR && l.lexLF(window[n:]) {
			n += l.width
			continue
		}
		n += l.pass(window[n:whole])
		if n > 0 && whole-n < l.hold && l.state == lineStart && !final {
			return n
		}
		end := n + findEOL(window[n:whole], l.width)
		for n < end {
			used := states[l.state](l, window[n:end])
			l.advance(window[n : n+used])
			n += used
		}
		if n < whole {
			l.lexEOL(window[n : n+l.width])
			n += l.width
		}
	}
	if final {
		l.endFile()
	}
	return whole
}

// pass moves behind statements that need no pieces.
func (l *lexer) pass(w []byte) int {
	if l.state != lineStart || l.skip == nil {
		return 0
	}
	n, lines := l.skip(w)
	if n > 0 {
		l.off += int64(n)
		l.line, l.col, l.high = l.line+lines, 0, false
	}
	return n
}

// advance moves behind units of a line.
func (l *lexer) advance(w []byte) {
	if len(w) > 0 {
		l.col += l.chars(w)
		l.off += int64(len(w))
		l.high = l.width == 2 && w[len(w)-1]&0xfc == 0xd8
	}
}

// lexLF takes the LF of a CRLF, if there is one.
func (l *lexer) lexLF(w []byte) bool {
	l.afterCR = false
	if l.unit(w) != '\n' {
		return false
	}
	if l.state == inString {
		l.put(textPiece, l.place, w[:l.width])
	}
	l.off += int64(l.width)
	return true
}

// lexEOL takes one CR or LF. Within quotes it is text.
func (l *lexer) lexEOL(w []byte) {
	if l.state == inString {
		l.put(textPiece, l.place, w)
	} else {
		l.endLine()
	}
	l.afterCR = l.unit(w) == '\r'
	l.off += int64(l.width)
	l.line, l.col, l.high = l.line+1, 0, false
}

// endFile takes a value that still waits for a continuation as it is
// (Wine: hex_multiline_state without a further line).
func (l *lexer) endFile() {
	switch l.state {
	case inString:
		l.drop(nil, 0, "open-quote")
		l.endStatement()
	case afterContinue, hexComment, beforeHexLine:
		l.endLine()
		l.report(oddPiece, l.place, nil, "continuation-eof")
		l.put(endPiece, l.end, nil)
		l.endStatement()
	default:
		l.endLine()
	}
}

func (l *lexer) endLine() {
	next := lineStart
	switch l.state {
	case inKey:
		l.endKey()
	case inName:
		l.dropToken("name-unclosed")
	case beforeEquals:
		l.drop(nil, 0, "no-equals")
	case beforeData:
		l.drop(nil, 0, "no-data")
	case inKeyword:
		l.dropToken("unknown-type")
	case inDelete:
		l.put(deleteValuePiece, l.start, nil)
	case inDword:
		l.endDword(nil)
	case inHex:
		l.endHexLine()
	case inComment:
		l.endComment()
	case hexComment:
		l.endComment()
		next = beforeHexLine
	case afterContinue, beforeHexLine:
		next = beforeHexLine
	case inEscape:
		l.drop(nil, -l.width, "string-escape")
	case afterSemicolon, afterString:
		l.put(endPiece, l.end, nil)
	case inToken, inStray:
		l.dropToken(l.rule)
	}
	if l.state = next; next == lineStart {
		l.endStatement()
	}
}

func (l *lexer) lexLineStart(w []byte) int {
	n := l.blanks(w)
	if n == len(w) {
		return n
	}
	l.mark(w, n)
	switch l.unit(w[n:]) {
	case '[':
		l.state, l.end = inKey, l.start
	case '"':
		l.state, l.escaped = inName, false
	case '@':
		l.put(namePiece, l.start, nil)
		l.state = beforeEquals
	case ';', '#':
		return l.beginComment(w, n, inComment, true)
	default:
		l.begin()
		l.state, l.rule = inStray, "stray-line"
		return n
	}
	l.begin()
	return n + l.width
}

func (l *lexer) lexToken(w []byte) int {
	for n := 0; n < len(w); n += l.width {
		c := l.unit(w[n:])
		if len(l.buf) > 0 && (isBlank(c) || c == ',' && l.rule == "hex-digits") {
			l.dropToken(l.rule)
			l.state = skipping
			return n
		}
		l.keep(w[n:n+l.width], maxToken*l.width)
	}
	return len(w)
}

func (l *lexer) lexStray(w []byte) int {
	l.keep(w, maxToken*l.width)
	return len(w)
}

func (l *lexer) lexSkip(w []byte) int { return len(w) }

// newLexer makes the lexer of a body; header is the first line without its end.
func newLexer(f form, header []byte, emit func(piece)) *lexer {
	l := &lexer{width: f.width, ansi: f.ansi, emit: emit, state: skipping}
	l.place = place{off: int64(f.body), line: 1, col: l.chars(header)}
	return l
}

func (l *lexer) put(k kind, at place, text []byte) { l.emit(piece{kind: k, place: at, text: text}) }

// report emits a piece with the rule that it breaks.
func (l *lexer) report(k kind, at place, text []byte, rule string) {
	l.emit(piece{kind: k, place: at, text: text, rule: rule})
}

// drop gives the statement up n bytes into w, which is at hand, or before it, and skips
// the line.
func (l *lexer) drop(w []byte, n int, rule string) {
	l.report(droppedPiece, l.at(w, n), nil, rule)
	l.state = skipping
}

// dropToken gives up the statement for the token in buf.
func (l *lexer) dropToken(rule string) { l.report(droppedPiece, l.start, l.buf, rule) }

// spoil gives up the statement for the token that starts n bytes into w.
func (l *lexer) spoil(w []byte, n int, rule string) int {
	l.buf = l.buf[:0]
	return l.spoilAfter(w, n, rule)
}

// spoilAfter gives up the statement for the token whose units up to n bytes
// into w are in buf: digits.
func (l *lexer) spoilAfter(w []byte, n int, rule string) int {
	l.start = l.at(w, n).after(-len(l.buf), l.width)
	l.state, l.rule = inToken, rule
	return n
}

// at is the place n bytes into w, which is at hand; what stands before w is ASCII
// where n is negative.
func (l *lexer) at(w []byte, n int) place {
	if n <= 0 {
		return l.place.after(n, l.width)
	}
	p := l.place
	p.off += int64(n)
	p.col += l.chars(w[:n])
	return p
}

// pos is the place in the file's terms.
func (p place) pos() Pos { return Pos{p.line, 1 + p.col, p.off} }

// after is the place behind n bytes of ASCII units.
func (p place) after(n, width int) place {
	p.off += int64(n)
	p.col += n / width
	return p
}

// mark starts a token n bytes into w.
func (l *lexer) mark(w []byte, n int) {
	l.start = l.at(w, n)
	l.buf = l.buf[:0]
}

// keep adds units to the token, up to max bytes in all.
func (l *lexer) keep(w []byte, max int) {
	l.buf = append(l.buf, w[:min(len(w), max-len(l.buf))]...)
}
