package netsh

import (
	"bytes"
	"slices"
	"unicode/utf8"
)

// Web pages and chat programs join the lines of a capture with blanks. The lines are
// found again where that needs no guess.

// pieces takes a line apart that begins at place. What cannot be taken apart stays in
// one piece.
func pieces(line []byte, at place) (all [][]byte) {
	for {
		from, to, runs := findDashes(line)
		all = append(all, below(line[:from], at, runs > 0)...)
		if runs == 0 {
			return all
		}
		all = append(all, line[from:to])
		line, at = line[to:], underDashes(runs)
	}
}

func underDashes(runs int) place {
	switch runs {
	case 1:
		return wantStart
	case 2:
		return inRows
	}
	return outside
}

// below takes apart what stands between the dashes of two tables.
func below(text []byte, at place, dashesFollow bool) [][]byte {
	switch at {
	case inRows:
		return rows(text, dashesFollow)
	case wantStart:
		return settings(text)
	}
	return [][]byte{text}
}

// findDashes finds the dashes of a table in a line, and the blanks behind them; where
// there are none, from is the end of the line. A single run needs both numbers of a
// dynamic port range behind it, or the end of the line.
func findDashes(line []byte) (from, to, runs int) {
	for to < len(line) {
		i := bytes.Index(line[to:], []byte("---"))
		if i < 0 {
			break
		}
		from = to + i
		to, runs = runsAt(line, from)
		rest, _, _ := bytes.Cut(line[to:], []byte("---"))
		if runs > 1 || runs == 1 && (to == len(line) || len(settings(rest)) > 1) {
			return from, to, runs
		}
	}
	return len(line), len(line), 0
}

// runsAt gives the number of runs of dashes that stand at from as words of their own,
// and where the blanks behind them end; for other dashes 0 and where these end.
func runsAt(line []byte, from int) (to, runs int) {
	to = from
	for {
		n := len(line) - len(bytes.TrimLeft(line[to:], "-"))
		alone := isWordAt(line, to, n)
		switch {
		case alone && n-to >= 3:
			runs++
			to = len(line) - len(bytes.TrimLeft(line[n:], blanks))
		case runs == 0:
			return max(n, from+1), 0
		default:
			return to, runs
		}
	}
}

// isWordAt tells whether there are blanks, or ends of the line, on both sides.
func isWordAt(line []byte, from, to int) bool {
	return (from == 0 || isBlank(line[from-1])) && (to == len(line) || isBlank(line[to]))
}

// rows takes joined rows apart, and what follows the last one: nothing, the footer, or
// the header of the next table, if its dashes follow.
func rows(text []byte, dashesFollow bool) [][]byte {
	var all [][]byte
	rest := text
	for n := rowLen(rest); n > 0; n = rowLen(rest) {
		all = append(all, rest[:n])
		rest = rest[n:]
	}
	if empty(rest) || isFooter(rest) || dashesFollow && isWords(rest) {
		return append(all, rest)
	}
	return [][]byte{text}
}

// rowLen gives the length of the row at the front of text, 0 if there is none. A star
// is the row's if a number, another star or nothing follows it: the footer has a dash
// behind its own.
func rowLen(text []byte) int {
	_, rest := cutDigits(bytes.TrimLeft(text, blanks))
	last := bytes.TrimLeft(rest, blanks)
	digits, rest := cutDigits(last)
	mark := bytes.TrimLeft(rest, blanks)
	switch {
	case digits == "" || len(rest) > 0 && len(mark) == len(rest) && mark[0] != '*':
		return 0
	case len(mark) == 0 || mark[0] != '*' || isFooter(mark):
		return len(text) - len(mark)
	}
	behind := bytes.TrimLeft(mark[1:], blanks)
	if len(behind) == 0 || behind[0] == '*' || isDigit(rune(behind[0])) {
		return len(text) - len(behind)
	}
	return 0
}

// isFooter tells whether text begins with a star and a dash, as the last line of a
// table does in every language, and has no number that could be a row's.
func isFooter(text []byte) bool {
	text, ok := bytes.CutPrefix(bytes.TrimLeft(text, blanks), []byte("*"))
	text = bytes.TrimLeft(text, blanks)
	dash, _ := utf8.DecodeRune(text)
	return ok && bytes.ContainsRune([]byte("-\u2013\u2014"), dash) && isWords(text)
}

// isWords tells whether text has no star and no number of its own.
func isWords(text []byte) bool {
	isNumber := func(word []byte) bool { return len(bytes.Trim(word, "0123456789")) == 0 }
	return !bytes.Contains(text, []byte("*")) && !slices.ContainsFunc(bytes.Fields(text), isNumber)
}

// settings takes the two numbers of a dynamic port range apart that stand in one
// line, and what follows them.
func settings(text []byte) [][]byte {
	first := settingLen(text)
	second := first + settingLen(text[first:])
	if first == 0 || second == first {
		return [][]byte{text}
	}
	return [][]byte{text[:first], text[first:second], text[second:]}
}

// settingLen gives the length of the text up to a colon and the number behind it, 0 if
// there is none.
func settingLen(text []byte) int {
	for i := range text {
		label, rest := text[:i], text[i:]
		if !bytes.HasSuffix(label, []byte(":")) && !bytes.HasSuffix(label, []byte("\uff1a")) {
			continue
		}
		digits, rest := cutDigits(bytes.TrimLeft(rest, blanks))
		if digits != "" && (len(rest) == 0 || isBlank(rest[0])) {
			return len(text) - len(rest)
		}
	}
	return 0
}

// isJoined tells whether the line holds a table with what belongs below its dashes. A
// comment of a list is none.
func isJoined(line []byte) bool {
	line, _, _ = bytes.Cut(line, []byte("#"))
	for {
		_, to, runs := findDashes(line)
		line = line[to:]
		switch {
		case runs == 0:
			return false
		case runs == 1 && len(line) > 0:
			return true
		case runs == 2 && len(line) > 0 && (isDigit(rune(line[0])) || line[0] == '*'):
			return true
		}
	}
}
