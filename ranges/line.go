package ranges

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

const (
	bom       = "\uFEFF"
	blanks    = " \t"
	directive = "portreg:" // begins the part of a comment that is for portreg
	maxLabel  = 200        // characters: a line has one comment for up to 65,536 entries
	maxLine   = 2 << 20    // bytes of a line without its ending; 65,536 entries need 1.1 MB
)

// line is one line of a list without its ending; comment begins with '#' or is empty.
type line struct {
	name          string
	no            int
	text, comment []byte
}

// newLine takes a line with its ending, which only the last line of a list may lack.
func newLine(name string, no int, raw []byte) line {
	if cut, ok := bytes.CutSuffix(raw, []byte("\n")); ok {
		raw = bytes.TrimSuffix(cut, []byte("\r"))
	}
	ln := line{name: name, no: no, text: raw}
	if i := bytes.IndexByte(raw, '#'); i >= 0 {
		ln.text, ln.comment = raw[:i], raw[i:]
	}
	return ln
}

// read yields the entries of ln and what is wrong with it, from left to right, and says whether
// yield wants more.
func (ln line) read(yield func(Entry, *Error) bool) bool {
	if len(ln.text)+len(ln.comment) > maxLine {
		return yield(Entry{}, ln.errorf(1, "line of more than %d bytes; write fewer entries on a line", maxLine))
	}
	if len(bytes.Trim(ln.text, blanks)) > 0 && !ln.readEntries(yield) {
		return false
	}
	if at, msg := badCharacter(ln.comment); msg != "" {
		return yield(Entry{}, ln.errorf(utf8.RuneCount(ln.text)+utf8.RuneCount(ln.comment[:at])+1, "%s", msg))
	}
	return true
}

func (ln line) readEntries(yield func(Entry, *Error) bool) bool {
	text, col := ln.text, 1
	for empty := false; ; {
		field, rest, comma := bytes.Cut(text, []byte(","))
		width := utf8.RuneCount(field)
		token := bytes.TrimLeft(field, blanks)
		at := col + len(field) - len(token)
		token = bytes.TrimRight(token, blanks)
		more := true
		switch {
		case len(token) > 0:
			more = yield(ln.readEntry(token, at))
		case comma:
			more = yield(Entry{}, ln.errorf(col+width, "no entry before the comma; write one or remove the comma"))
		case !empty:
			more = yield(Entry{}, ln.errorf(col-1, "no entry after the comma; write one or remove the comma"))
		}
		if !more || !comma {
			return more
		}
		text, col, empty = rest, col+width+1, len(token) == 0
	}
}

func (ln line) readEntry(token []byte, col int) (Entry, *Error) {
	e := Entry{Line: ln.no, Col: col}
	var ok bool
	if e.Range, e.Proto, ok = parseEntry(token); ok {
		return e, nil
	}
	if at, msg := badCharacter(token); msg != "" {
		return Entry{}, ln.errorf(col+utf8.RuneCount(token[:at]), "%s", msg)
	}
	return Entry{}, ln.errorf(col, "%s", explainEntry(string(token)))
}

// parseEntry reads "80", "80-90", "80/tcp" or "80-90/udp".
func parseEntry(token []byte) (Range, Proto, bool) {
	r, rest, ok := cutRange(token)
	switch string(rest) {
	case "":
		return r, Both, ok
	case "/tcp":
		return r, TCP, ok
	case "/udp":
		return r, UDP, ok
	}
	return r, 0, false
}

// badCharacter finds the first byte of text that no line may hold: of a control character other
// than tab, or of a sequence that is not UTF-8. The message is empty if there is none.
func badCharacter(text []byte) (at int, msg string) {
	for at < len(text) {
		c, size := utf8.DecodeRune(text[at:])
		switch {
		case c == utf8.RuneError && size == 1:
			return at, fmt.Sprintf("byte 0x%02X is not UTF-8; save the list as UTF-8", text[at])
		case c == 0:
			return at, "NUL character; is this UTF-16 without a byte order mark? save the list as UTF-8"
		case c == '\r':
			return at, "carriage return without line feed; end lines in LF or CRLF"
		case c < ' ' && c != '\t' || c == 0x7F:
			return at, fmt.Sprintf("control character U+%04X; remove it", c)
		}
		at += size
	}
	return 0, ""
}

func (ln line) errorf(col int, format string, args ...any) *Error {
	return &Error{ln.name, ln.no, col, fmt.Sprintf(format, args...)}
}
