package netsh

import (
	"bytes"
	"unicode/utf8"

	"portreg/ranges"
)

// Table is a table of exclusions.
type Table struct {
	Name      string       // of the capture, as ParseCapture was given it
	Proto     ranges.Proto // TCP or UDP
	Rows      []Row        // in the order of the lines
	Line, Col int          // of its dashes, counted from 1
}

// Row is a row of a table of exclusions.
type Row struct {
	Range        ranges.Range
	Proto        ranges.Proto // of its table
	Administered bool         // marked with *: made by netsh or the API; else a runtime reservation
	Line, Col    int          // of its first port, counted from 1
}

// DynamicRange is a dynamic port range as show dynamicport prints it. Windows
// refuses to set one below 1025, but machines have them from 1024 on.
type DynamicRange struct {
	Name      string       // of the capture, as ParseCapture was given it
	Proto     ranges.Proto // TCP or UDP
	Range     ranges.Range
	Line, Col int // of its first port, counted from 1
}

// Capture is what a capture holds, in the order of the lines.
type Capture struct {
	Tables  []Table // even empty ones, and several of a protocol
	Dynamic []DynamicRange
}

// IsCapture reports whether src is a capture: it has a line of two runs of three
// or more dashes and blanks, or one of a single run with a line below that ends in
// a colon and a number, or such lines joined. No valid range list has such a line.
func IsCapture(src []byte) bool {
	s := captureSource("", src)
	for ruled := false; s.next(); {
		runs := dashes(s.line)
		if runs == 2 || ruled && isSetting(s.line) || isJoined(s.line) {
			return true
		}
		ruled = runs == 1 || ruled && empty(s.line)
	}
	return false
}

// captureSource takes no-break spaces, which web pages have, for blanks.
func captureSource(name string, src []byte) source {
	return newSource(name, bytes.ReplaceAll(src, []byte("\u00a0"), []byte(" ")))
}

// ParseCapture reads a capture in any language and ASCII-based code page. proto,
// TCP or UDP, is for the tables whose header does not name one; with 0 such a
// table is an error. name is the file's, for the errors.
//
// Nothing that looks like a row is dropped: one that is not, or is out of range,
// or stands outside a table, is an error that quotes it. Half a dynamic port range
// and a text without a table are errors too. The error is a ranges.Errors with all that is
// wrong in src; there is no capture then.
func ParseCapture(name string, src []byte, proto ranges.Proto) (*Capture, error) {
	p := captureParser{source: captureSource(name, src), given: proto}
	for p.next() {
		p.readLine()
	}
	p.end()
	if err := p.err(); err != nil {
		return nil, err
	}
	return &p.capture, nil
}

type captureParser struct {
	source
	capture Capture
	given   ranges.Proto
	header  ranges.Proto // named since the table before
	place   place
	start   DynamicRange // at wantCount: all but Range.Last
	begun   int          // tables of both kinds
}

// place is where in a capture a line stands.
type place uint8

const (
	outside   place = iota
	inRows          // below the dashes of a table of exclusions
	wantStart       // below one run of dashes: the dynamic port range, or some other table
	wantCount       // below the start of a dynamic port range
)

// readLine takes a line in the pieces that were lines before they were joined.
func (p *captureParser) readLine() {
	for _, piece := range pieces(p.line, p.place) {
		p.line = piece
		if !empty(piece) {
			p.read()
		}
		p.skip += utf8.RuneCount(piece)
	}
	p.skip -= utf8.RuneCount(p.line)
}

// read takes a line, or a piece of one, that is not empty.
func (p *captureParser) read() {
	setting := isSetting(p.line)
	if !setting {
		p.notDynamic()
	}
	switch runs := dashes(p.line); {
	case runs == 2:
		p.table()
	case runs == 1:
		p.place = wantStart
	case runs > 2:
		p.place, p.header = outside, 0
	case setting && p.place == wantStart:
		p.dynamicStart()
	case setting && p.place == wantCount:
		p.dynamicCount()
	case isRowlike(p.line):
		p.row()
	default:
		p.other()
	}
}

// other takes a line of words. One that names a protocol is part of a header, so
// the rows of the table before are over.
func (p *captureParser) other() {
	named := protocols(p.line)
	if named != 0 {
		p.header, p.place = named, outside
	}
}

// protocol gives the protocol of the table that begins on this line.
func (p *captureParser) protocol() ranges.Proto {
	named := p.header
	p.header = 0
	p.begun++
	switch {
	case named == ranges.TCP || named == ranges.UDP:
		return named
	case p.given != 0:
		return p.given
	case named == ranges.Both:
		p.errorf(indent(p.line), "the header of this table names both tcp and udp; say which it is with --protocol tcp or --protocol udp")
	default:
		p.errorf(indent(p.line), "the header of this table names neither tcp nor udp; say which it is with --protocol tcp or --protocol udp")
	}
	return 0
}

// table begins a table of exclusions.
func (p *captureParser) table() {
	p.place = inRows
	t := Table{Name: p.name, Proto: p.protocol(), Line: p.num, Col: p.col(indent(p.line))}
	p.capture.Tables = append(p.capture.Tables, t)
}

func (p *captureParser) row() {
	at := indent(p.line)
	text := bytes.Trim(p.line, blanks)
	row, ok := cutRow(text)
	if !ok {
		p.errorf(at, `%.60q is not a row of a table; a row is "50000 50059", or "50000 50059 *" if administered`, text)
		return
	}
	if p.place != inRows {
		p.errorf(at, "%.60q stands outside a table; the line of dashes above it is missing", text)
		return
	}
	first := p.number(at, row.first)
	last := p.number(at+row.lastAt, row.last)
	if first == 0 || last == 0 {
		return
	}
	if first > last {
		p.errorf(at, "%.60q: the last port is below the first; a row is first port, last port", text)
		return
	}
	t := &p.capture.Tables[len(p.capture.Tables)-1]
	t.Rows = append(t.Rows, Row{
		Range: ranges.Range{First: uint16(first), Last: uint16(last)},
		Proto: t.Proto, Administered: row.star, Line: p.num, Col: p.col(at),
	})
}

// number reads a port, or says what is wrong and gives 0.
func (p *captureParser) number(at int, digits string) int {
	n, ok := number(digits)
	if !ok {
		p.errorf(at, "%.60q is not a port; ports are 1 to 65535", digits)
		return 0
	}
	return n
}

func (p *captureParser) dynamicStart() {
	at, digits := cutSetting(p.line)
	p.place = wantCount
	p.start = DynamicRange{Name: p.name, Proto: p.protocol(), Line: p.num, Col: p.col(at)}
	p.start.Range.First = uint16(p.number(at, digits))
}

func (p *captureParser) dynamicCount() {
	p.place = outside
	at, digits := cutSetting(p.line)
	count, ok := number(digits)
	if !ok {
		p.errorf(at, "%.60q is not a number of ports; it is 1 to 65535", digits)
		return
	}
	first := int(p.start.Range.First)
	d := p.start
	if d.Range, ok = block(first, count); !ok {
		p.errorf(at, "%d ports from %d on end at %d; the last port is 65535", count, first, first+count-1)
		return
	}
	p.capture.Dynamic = append(p.capture.Dynamic, d)
}

// notDynamic ends what could have been a dynamic port range.
func (p *captureParser) notDynamic() {
	switch p.place {
	case wantCount:
		p.errorAt(p.start.Line, p.start.Col, "the number of ports is missing below this start of a dynamic port range")
		p.place = outside
	case wantStart:
		p.place = outside
	}
}

func (p *captureParser) end() {
	if p.place == wantStart {
		p.errorf(len(p.line), "the capture ends below the dashes of a table")
	}
	p.notDynamic()
	if p.begun == 0 && p.found == 0 {
		p.errorAt(1, 1, "no table of netsh int ipv4 show excludedportrange or show dynamicport found")
	}
}

// dashes gives the number of runs of dashes in a line of dashes and blanks, each
// run of three or more; 0 for any other line.
func dashes(line []byte) int {
	runs := 0
	for line = bytes.TrimLeft(line, blanks); len(line) > 0; runs++ {
		rest := bytes.TrimLeft(line, "-")
		next := bytes.TrimLeft(rest, blanks)
		if len(line)-len(rest) < 3 || len(next) > 0 && len(next) == len(rest) {
			return 0
		}
		line = next
	}
	return runs
}

func empty(line []byte) bool { return len(bytes.Trim(line, blanks)) == 0 }

// indent gives the offset of the first character that is not blank.
func indent(line []byte) int { return len(line) - len(bytes.TrimLeft(line, blanks)) }

// isRowlike reports whether the line could only be meant as a row. Bytes above
// ASCII may be a no-break space of a web page as well as any letter.
func isRowlike(line []byte) bool {
	line = bytes.TrimLeft(line, blanks)
	if isDigit(rune(line[0])) {
		return true
	}
	return bytes.ContainsFunc(line, isDigit) && !bytes.ContainsFunc(line, isLetter)
}

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

func isLetter(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }

type cells struct {
	first, last string
	lastAt      int // offset of last
	star        bool
}

// cutRow takes a row without blanks around it apart.
func cutRow(text []byte) (cells, bool) {
	first, rest := cutDigits(text)
	rest = bytes.TrimLeft(rest, blanks)
	lastAt := len(text) - len(rest)
	last, rest := cutDigits(rest)
	mark := string(bytes.TrimLeft(rest, blanks))
	return cells{first, last, lastAt, mark == "*"}, first != "" && last != "" && (mark == "" || mark == "*")
}

func cutDigits(text []byte) (digits string, rest []byte) {
	n := 0
	for n < len(text) && isDigit(rune(text[n])) {
		n++
	}
	return string(text[:n]), text[n:]
}

// cutSetting gives the number that ends the line behind a colon, and its offset;
// "" where there is none.
func cutSetting(line []byte) (at int, digits string) {
	line = bytes.TrimRight(line, blanks)
	at = len(line)
	for at > 0 && isDigit(rune(line[at-1])) {
		at--
	}
	label := bytes.TrimRight(line[:at], blanks)
	if bytes.HasSuffix(label, []byte(":")) || bytes.HasSuffix(label, []byte("\uff1a")) {
		digits = string(line[at:])
	}
	return at, digits
}

func isSetting(line []byte) bool {
	_, digits := cutSetting(line)
	return digits != ""
}

// protocols gives the protocols that line names in a word of their own.
func protocols(line []byte) (named ranges.Proto) {
	for i := range max(0, len(line)-2) {
		if i > 0 && isLetter(rune(line[i-1])) || i+3 < len(line) && isLetter(rune(line[i+3])) {
			continue
		}
		switch word := string(line[i : i+3]); {
		case short(word, "tcp", 3):
			named |= ranges.TCP
		case short(word, "udp", 3):
			named |= ranges.UDP
		}
	}
	return named
}
