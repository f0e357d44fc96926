package netsh

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf8"

	"portreg/ranges"
)

const blanks = " \t"

// source is a text read line by line, and the errors found in it.
type source struct {
	name string
	rest []byte
	line []byte // without its end, or a piece of it
	num  int
	skip int // characters of the line before the piece
	// The first maxErrors errors, and one more if there are more.
	errs  ranges.Errors
	found int
}

const maxErrors = 10_000

func newSource(name string, src []byte) source {
	return source{name: name, rest: bytes.TrimPrefix(src, []byte("\ufeff"))}
}

func (s *source) next() bool {
	if len(s.rest) == 0 {
		return false
	}
	s.line, s.rest, _ = bytes.Cut(s.rest, []byte("\n"))
	// Some consoles hand on CR CR LF.
	s.line = bytes.TrimRight(s.line, "\r")
	s.num++
	s.skip = 0
	return true
}

// col gives the column of byte at of the line, in characters.
func (s *source) col(at int) int { return s.skip + utf8.RuneCount(s.line[:at]) + 1 }

func (s *source) errorf(at int, format string, args ...any) {
	msg := ""
	if s.found < maxErrors {
		msg = fmt.Sprintf(format, args...)
	}
	s.errorAt(s.num, s.col(at), msg)
}

func (s *source) errorAt(line, col int, msg string) {
	if s.found++; s.found <= maxErrors+1 {
		s.errs = append(s.errs, &ranges.Error{Name: s.name, Line: line, Col: col, Msg: msg})
	}
}

// err gives what was found: nil or ranges.Errors.
func (s *source) err() error {
	if s.found == 0 {
		return nil
	}
	if s.found > maxErrors {
		s.errs[maxErrors].Msg = fmt.Sprintf("from here on %d more errors are not shown", s.found-maxErrors)
	}
	return s.errs
}

// number reads 1 to 65535, the least and the most of a port as well as of a
// number of ports.
func number(digits string) (int, bool) {
	if len(digits) > 5 {
		return 0, false
	}
	n, err := strconv.ParseUint(digits, 10, 16)
	return int(n), err == nil && n > 0
}

// block gives the range of count ports from first on, if it ends within 65535.
func block(first, count int) (ranges.Range, bool) {
	last := first + count - 1
	if last > 65535 {
		return ranges.Range{}, false
	}
	return ranges.Range{First: uint16(first), Last: uint16(last)}, true
}
