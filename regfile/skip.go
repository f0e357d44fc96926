package regfile

import (
	"bytes"
	"encoding/binary"
	"slices"
	"unicode/utf8"
)

// The fast way over what a scan does not ask for: whole statements as exporters write
// them. Whatever is not exactly like that is left to the lexer, which gives the same
// for all of it.

// skipper passes over statements that stand whole in a window.
type skipper struct {
	width  int
	check  bool // look into names and text, too: what is wrong there would be noted
	wanted choice
	keys   [][]byte // wanted.keys as units
	names  [][]byte // wanted.names as units
	beyond bool     // the text is 8-bit and something wanted is not ASCII, which has several spellings there
	roots  [][]byte // as units, the one seen last first
	raw    []byte   // the key that was opened last, in the window
	opened bool     // raw is newer than the key that the builder has
	kept   []byte   // raw, when the window has moved on
	open   bool     // a key is open, so that values below it are not ignored

	// Statements are passed over in stretches. At first CRs without an LF are not looked
	// for, nor any CR or LF in wrapped hex data: counting them behind the stretch tells
	// whether there was one. If so, the stretch is passed over again, carefully.
	careful bool
	crs     int // line ends of the stretch that have a CR
	lf      int // how far the next LF is from the end of the window, when careful; -1: not known
}

func newSkipper(width int, c choice, check bool) *skipper {
	s := &skipper{width: width, check: check, wanted: c, lf: -1}
	s.roots, s.keys, s.names = s.units(rootKeys[:]), s.units(c.keys), s.units(c.names)
	s.beyond = width == 1 && (slices.ContainsFunc(s.keys, isBeyondASCII) || slices.ContainsFunc(s.names, isBeyondASCII))
	return s
}

// units are texts in the width of a file, UTF-8 where that is 1.
func (s *skipper) units(texts []string) (all [][]byte) {
	for _, text := range texts {
		if s.width == 1 {
			all = append(all, []byte(text))
		} else {
			all = append(all, AppendUTF16(nil, text))
		}
	}
	return all
}

// stretchSize is the least size of a stretch, if the window has as much: small, so that
// the lines are still at hand when their ends are counted.
const stretchSize = 8 << 10

// skip passes over the statements at the start of a window's rest, and says how many
// bytes and lines they have.
func (s *skipper) skip(w []byte) (n, lines int) {
	s.lf = -1
	for n < len(w) {
		size, more := s.stretch(w[n:])
		if size == 0 {
			break
		}
		n += size
		lines += more
	}
	return n, lines
}

// stretch passes over the statements up to stretchSize.
func (s *skipper) stretch(w []byte) (n, lines int) {
	raw, opened, open := s.raw, s.opened, s.open
	s.careful = false
	n, lines = s.statements(w)
	if n > 0 && s.has(w[:n], '\n', lines) && s.has(w[:n], '\r', s.crs) {
		return n, lines
	}
	s.raw, s.opened, s.open = raw, opened, open
	s.careful = true
	return s.statements(w)
}

func (s *skipper) statements(w []byte) (n, lines int) {
	s.crs = 0
	for n < min(len(w), stretchSize) {
		crs := s.crs
		used, more := s.statement(w[n:])
		if used == 0 {
			s.crs = crs
			break
		}
		n += used
		lines += more
		if n >= 2*s.width && s.unit(w[n-2*s.width:]) == '\r' {
			s.crs++
		}
	}
	return n, lines
}

// has tells whether the unit c is in w so many times.
func (s *skipper) has(w []byte, c byte, times int) bool {
	n := bytes.Count(w, []byte{c})
	if n == times || s.width == 1 {
		return n == times
	}
	n = 0
	for at := s.find(w, c); at < len(w); at = s.find(w, c) {
		n++
		w = w[at+s.width:]
	}
	return n == times
}

func (s *skipper) unit(w []byte) uint16 {
	if s.width == 1 {
		return uint16(w[0])
	}
	return uint16(w[0]) | uint16(w[1])<<8
}

// statement is the number of bytes and lines of the first statement, 0 if that is for
// the lexer.
func (s *skipper) statement(w []byte) (n, lines int) {
	end, next := s.line(w)
	if next == 0 {
		return 0, 0
	}
	line := w[:end]
	if end == 0 {
		return next, 1
	}
	switch s.unit(line) {
	case '[':
		if s.key(line) {
			return next, 1
		}
	case '"', '@':
		return s.value(w, end, next)
	}
	return 0, 0
}

// line finds the end of the first line and the start of the next one, which is 0 if it
// is not in the window.
func (s *skipper) line(w []byte) (end, next int) {
	if s.careful {
		return s.carefulLine(w)
	}
	lf := s.find(w, '\n')
	switch {
	case lf == len(w):
		return 0, 0
	case lf > 0 && s.unit(w[lf-s.width:]) == '\r':
		return lf - s.width, lf + s.width
	}
	return lf, lf + s.width
}

// carefulLine is line where a CR may stand without an LF.
func (s *skipper) carefulLine(w []byte) (end, next int) {
	lf := len(w) - s.lf
	if s.lf < 0 || lf < 0 {
		lf = s.find(w, '\n')
		s.lf = len(w) - lf
	}
	cr := s.find(w[:lf], '\r')
	switch {
	case cr+s.width < lf: // lone
		return cr, cr + s.width
	case lf == len(w):
		return 0, 0
	}
	return cr, lf + s.width
}

// find is the offset of the first unit c, or the length of w.
func (s *skipper) find(w []byte, c byte) int {
	if s.width == 1 {
		if i := bytes.IndexByte(w, c); i >= 0 {
			return i
		}
		return len(w)
	}
	for n := 0; n < len(w); {
		i := bytes.IndexByte(w[n:], c)
		if i < 0 {
			break
		}
		n += i
		if n&1 == 0 && w[n+1] == 0 {
			return n
		}
		n++
	}
	return len(w)
}

// key passes over a line that opens a key which is not wanted.
func (s *skipper) key(line []byte) bool {
	name := line[s.width:]
	size := len(name) - s.width
	if size <= 0 || size > maxName || s.unit(name[size:]) != ']' {
		return false
	}
	name = name[:size]
	if !s.knowsRoot(name) || s.hasNUL(name) || s.wants(name) {
		return false
	}
	s.raw, s.opened, s.open = name, true, true
	return true
}

// knowsRoot tells whether a key begins with a root as regedit writes it.
func (s *skipper) knowsRoot(name []byte) bool {
	for i, root := range s.roots {
		if rest, ok := bytes.CutPrefix(name, root); ok && (len(rest) == 0 || s.unit(rest) == '\\') {
			s.roots[0], s.roots[i] = s.roots[i], s.roots[0]
			return true
		}
	}
	return false
}

// wants tells whether a key may be wanted.
func (s *skipper) wants(name []byte) bool {
	if s.wanted.all || s.unit(name[len(name)-s.width:]) == '\\' || s.beyond && isBeyondASCII(name) {
		return true
	}
	for _, key := range s.keys {
		if s.endsIn(name, key) {
			return true
		}
	}
	return false
}

// endsIn compares from the end, where one backslash stands for any number.
func (s *skipper) endsIn(name, key []byte) bool {
	n := len(name)
	for k := len(key) - s.width; k >= 0; k -= s.width {
		want := s.unit(key[k:])
		if n -= s.width; n < 0 || foldUnit(s.unit(name[n:])) != want {
			return false
		}
		for want == '\\' && n >= s.width && s.unit(name[n-s.width:]) == '\\' {
			n -= s.width
		}
	}
	return n == 0 || s.unit(name[n-s.width:]) == '\\'
}

func foldUnit(c uint16) uint16 {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

// value passes over a value that is not wanted; its first line ends at end, and the next
// begins at next.
func (s *skipper) value(w []byte, end, next int) (n, lines int) {
	at := s.name(w[:end])
	if s.check && !s.open || at == 0 || at+s.width >= end || s.unit(w[at:]) != '=' {
		return 0, 0
	}
	at += s.width
	ok := false
	switch data := w[at:end]; s.unit(data) {
	case '"':
		ok = s.text(data[s.width:])
	case 'd':
		ok = !s.check || s.dword(data)
	case 'h':
		return s.hex(w, at, end)
	}
	if !ok {
		return 0, 0
	}
	return next, 1
}

// name is where the name of a value that is not wanted ends, or 0.
func (s *skipper) name(line []byte) int {
	if s.unit(line) == '@' {
		if s.wanted.name("") {
			return 0
		}
		return s.width
	}
	name := line[s.width:]
	end := s.special(name)
	if end == len(name) || end >= maxName || s.unit(name[end:]) != '"' || s.wantsName(name[:end]) {
		return 0
	}
	return end + 2*s.width
}

func (s *skipper) wantsName(name []byte) bool {
	for _, want := range s.names {
		if len(want) == len(name) && s.endsIn(name, want) {
			return true
		}
	}
	return s.wanted.all || s.beyond && isBeyondASCII(name)
}

// isBeyondASCII tells whether 8-bit text has bytes that are not ASCII.
func isBeyondASCII(text []byte) bool {
	return slices.ContainsFunc(text, func(c byte) bool { return c >= utf8.RuneSelf })
}

// text passes over the rest of a line behind an opening quote if the text ends with the
// line. Without check it may end before.
func (s *skipper) text(w []byte) bool {
	last := len(w) - s.width
	if last < 0 || s.unit(w[last:]) != '"' {
		return false
	}
	if s.check {
		return s.plain(w[:last])
	}
	escapes := 0
	for n := last - s.width; n >= 0 && s.unit(w[n:]) == '\\'; n -= s.width {
		escapes++
	}
	return escapes%2 == 0
}

// plain tells whether text has neither a quote nor a NUL, nor \0, and ends in no escape.
func (s *skipper) plain(w []byte) bool {
	for n := 0; ; n += 2 * s.width {
		n += s.special(w[n:])
		switch {
		case n == len(w):
			return true
		case s.unit(w[n:]) != '\\' || n+s.width == len(w) || s.unit(w[n+s.width:]) == '0':
			return false
		}
	}
}

// dword tells whether w is dword: and eight digits.
func (s *skipper) dword(w []byte) bool {
	const word = "dword:"
	if len(w) != (len(word)+8)*s.width {
		return false
	}
	for i := range len(word) {
		if s.unit(w[i*s.width:]) != uint16(word[i]) {
			return false
		}
	}
	for n := len(word) * s.width; n < len(w); n += s.width {
		if !isHex(s.unit(w[n:])) {
			return false
		}
	}
	return true
}

// hex passes over hex data, all lines of it, that begins at a place of w; its first line
// ends at end. Without check not every digit is looked at: if one is wrong, the value ends
// there, and each line that begins with a digit is lost, with as little to say of it.
func (s *skipper) hex(w []byte, at, end int) (n, lines int) {
	n = at + s.keyword(w[at:])
	if n == at {
		return 0, 0
	}
	if !s.check && s.continues(w[n:end]) {
		n = end - s.width
	}
	for lines = 1; ; lines++ {
		if !s.check && !s.careful && lines > 1 {
			size, more := s.wrapped(w[n:])
			n, lines = n+size, lines+more
		}
		run := hexRun(w[n:], s.width)
		n += run
		switch {
		case n+4*s.width > len(w):
			return 0, 0
		case s.unit(w[n:]) != '\\':
			if end := s.hexEnd(w[n:], run > 0); end > 0 {
				return n + end, lines
			}
			return 0, 0
		}
		next := s.nextHex(w[n+s.width:])
		if next == 0 {
			return 0, 0
		}
		n += s.width + next
	}
}

// The end of a line of hex data as regedit wraps it, in UTF-16, and how long such a line
// is from its first digit to that of the next.
const (
	wrappedEnd  = ',' | '\\'<<16 | '\r'<<32 | '\n'<<48
	wrappedSize = 2 * (25*3 + 1 + 2 + 2)
)

// continues tells whether a line of hex data ends in a comma and a backslash.
func (s *skipper) continues(line []byte) bool {
	n := len(line) - 2*s.width
	return n >= 0 && s.unit(line[n:]) == ',' && s.unit(line[n+s.width:]) == '\\'
}

// wrapped passes over lines of hex data that end as regedit wraps them.
func (s *skipper) wrapped(w []byte) (n, lines int) {
	for s.width == 2 && n+wrappedSize+2 <= len(w) {
		const end = wrappedSize - 12
		line := w[n : n+wrappedSize+2]
		next := binary.LittleEndian.Uint32(line[wrappedSize-4:])
		if binary.LittleEndian.Uint64(line[end:]) != wrappedEnd || next != ' '|' '<<16 || !isHex(s.unit(line[wrappedSize:])) {
			break
		}
		n += wrappedSize
		lines++
		s.crs++
	}
	return n, lines
}

// hexColon16 is hex: in UTF-16.
const (
	hexColon   = "hex:"
	hexColon16 = 'h' | 'e'<<16 | 'x'<<32 | ':'<<48
)

// keyword is the length of hex: or hex(…): at the start of w, or 0.
func (s *skipper) keyword(w []byte) int {
	if s.width == 2 && len(w) >= 16 && binary.LittleEndian.Uint64(w) == hexColon16 {
		return len(hexColon) * 2
	}
	const most = len("hex(12345678):")
	var word [most]byte
	for i := 0; i < most && i*s.width < len(w); i++ {
		c := s.unit(w[i*s.width:])
		if c > 0x7f {
			break
		}
		word[i] = byte(c)
		if c != ':' {
			continue
		}
		if _, ok := hexType(string(word[:i+1])); ok {
			return (i + 1) * s.width
		}
		break
	}
	return 0
}

// hexEnd is the length of the last byte of hex data and the end of its line, 0 if there
// is anything else. No byte at all is right where none came before.
func (s *skipper) hexEnd(w []byte, before bool) int {
	n := 0
	for n < 2*s.width && isHex(s.unit(w[n:])) {
		n += s.width
	}
	end := s.lineEnd(w[n:])
	if end == 0 || n == 0 && before {
		return 0
	}
	return n + end
}

// nextHex is how far behind a backslash the digits of the next line begin, 0 if
// anything else stands there.
func (s *skipper) nextHex(w []byte) int {
	n := s.lineEnd(w)
	switch n {
	case 0:
		return 0
	case 2 * s.width:
		s.crs++
	}
	for n < len(w) && s.unit(w[n:]) == ' ' {
		n += s.width
	}
	if n == len(w) || !isHex(s.unit(w[n:])) {
		return 0
	}
	return n
}

// lineEnd is the length of the end of a line at the start of w, 0 if there is none or w
// ends too early to tell.
func (s *skipper) lineEnd(w []byte) int {
	switch {
	case len(w) < 2*s.width:
		return 0
	case s.unit(w) == '\n':
		return s.width
	case s.unit(w) != '\r':
		return 0
	case s.unit(w[s.width:]) == '\n':
		return 2 * s.width
	}
	return s.width
}
