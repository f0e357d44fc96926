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
	width    int
	check    bool // look into names and text, too: what is wrong there would be noted
	wanted   choice
	keys     [][]byte // wanted.keys as units
	names    [][]byte // wanted.names as units
	initials unitSet
	beyond   bool     // the text is 8-bit and something wanted is not ASCII, which has several spellings there
	roots    [][]byte // as units, the one seen last first
	raw      []byte   // the key that was opened last, in the window
	opened   bool     // raw is newer than the key that the builder has
	kept     []byte   // raw, when the window has moved on
	open     bool     // a key is open, so that values below it are not ignored

	// Statements are passed over in stretches. At first CRs without an LF are not looked
	// for, nor any CR or LF in wrapped hex data: counting them behind the stretch tells
	// whether there was one. If so, the stretch is passed over again, carefully.
	careful bool
	bare    int // line ends of the stretch that are an LF without a CR
	lf      int // how far the next LF is from the end of the window, when careful; -1: not known
}

func newSkipper(width int, c choice, check bool) *skipper {
	s := &skipper{width: width, check: check, wanted: c, lf: -1}
	s.roots, s.keys, s.names = s.units(rootKeys[:]), s.units(c.keys), s.units(c.names)
	s.initials = initials(c)
	s.beyond = width == 1 && (slices.ContainsFunc(s.keys, isBeyondASCII) || slices.ContainsFunc(s.names, isBeyondASCII))
	return s
}

func initials(c choice) (set unitSet) {
	set['\\'] = true
	for _, name := range c.names {
		if name == "" || name[0] >= 128 {
			continue
		}
		set[name[0]] = true
		set[bytes.ToUpper([]byte(name[:1]))[0]] = true
	}
	if c.all {
		for i := range set {
			set[i] = true
		}
	}
	return set
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
	if n > 0 && s.has(w[:n], '\n', lines) && s.has(w[:n], '\r', lines-s.bare) {
		return n, lines
	}
	s.raw, s.opened, s.open = raw, opened, open
	s.careful = true
	return s.statements(w)
}

func (s *skipper) statements(w []byte) (n, lines int) {
	s.bare = 0
	for n < min(len(w), stretchSize) {
		bare := s.bare
		used, more := s.statement(w[n:])
		if used == 0 {
			s.bare = bare
			break
		}
		n += used
		lines += more
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
	if len(w) < s.width {
		return 0, 0
	}
	switch s.unit(w) {
	case '\r', '\n':
		n = s.lineEnd(w)
	case '[':
		n = s.key(w)
	case '"', '@':
		return s.value(w)
	}
	if n == 0 {
		return 0, 0
	}
	return n, 1
}

// line finds the end of the first line, which is not before from, and the start of the
// next one, which is 0 if it is not in the window.
func (s *skipper) line(w []byte, from int) (end, next int) {
	if s.careful {
		return s.carefulLine(w)
	}
	lf := bytes.IndexByte(w[from:], '\n')
	if lf < 0 || s.width == 2 && (lf&1 != 0 || w[from+lf+1] != 0) {
		lf = s.find(w[from:], '\n')
	}
	lf += from
	switch {
	case lf == len(w):
		return 0, 0
	case lf > 0 && s.unit(w[lf-s.width:]) == '\r':
		return lf - s.width, lf + s.width
	}
	s.bare++
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

// key is the length of a line that opens a key which is not wanted, or 0.
func (s *skipper) key(w []byte) int {
	end, next := s.line(w, 0)
	size := end - 2*s.width
	if next == 0 || size <= 0 || size > maxName || s.unit(w[s.width+size:]) != ']' {
		return 0
	}
	name := w[s.width:][:size]
	if !s.knowsRoot(name) || s.hasNUL(name) || s.wants(name) {
		return 0
	}
	s.raw, s.opened, s.open = name, true, true
	return next
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

// value passes over a value that is not wanted.
func (s *skipper) value(w []byte) (n, lines int) {
	if s.width == 2 && !s.check && !s.careful && len(w) > 2 {
		if n, lines = s.quick(w); n > 0 {
			return n, lines
		}
	}
	at := s.name(w)
	if s.check && !s.open || at == 0 || at+2*s.width > len(w) || s.unit(w[at:]) != '=' {
		return 0, 0
	}
	at += s.width
	switch s.unit(w[at:]) {
	case '"':
		n = s.text(w, at+s.width)
	case 'd':
		n = s.dword(w, at)
	case 'h':
		return s.hex(w, at)
	}
	if n == 0 {
		return 0, 0
	}
	return n, 1
}

// name is where the name of a value that is not wanted ends in a line, or 0.
func (s *skipper) name(line []byte) int {
	if s.unit(line) == '@' {
		if s.wanted.name("") {
			return 0
		}
		return s.width
	}
	if s.careful {
		end, _ := s.carefulLine(line)
		line = line[:end]
	}
	name := line[min(s.width, len(line)):]
	end := s.nameEnd(name)
	if end == len(name) || end >= maxName || s.wantsName(name[:end]) {
		return 0
	}
	return end + 2*s.width
}

// nameEnd is where a name's closing quote stands, or the length of w if what stands
// before it is for the lexer.
func (s *skipper) nameEnd(w []byte) int {
	if s.check {
		if end := s.special(w); end < len(w) && s.unit(w[end:]) == '"' {
			return end
		}
		return len(w)
	}
	end := s.find(w, '"')
	if end > 0 && s.unit(w[end-s.width:]) == '\\' {
		return len(w)
	}
	return end
}

// wantsName tells whether a name may be wanted: it is, or has an escape.
func (s *skipper) wantsName(name []byte) bool {
	for _, want := range s.names {
		switch {
		case len(want) == len(name) && s.endsIn(name, want):
			return true
		case len(name) > 0 && len(want) > 0 && foldUnit(s.unit(name)) != s.unit(want) && s.unit(name) != '\\':
		case s.find(name, '\\') < len(name):
			return true
		}
	}
	return s.wanted.all || s.beyond && isBeyondASCII(name)
}

// mayWant tells by the first unit whether a name may be wanted.
func (s *skipper) mayWant(name []byte) bool {
	c := s.unit(name)
	return c >= 128 || s.initials[c]
}

// isBeyondASCII tells whether 8-bit text has bytes that are not ASCII.
func isBeyondASCII(text []byte) bool {
	return slices.ContainsFunc(text, func(c byte) bool { return c >= utf8.RuneSelf })
}

// text is where the next line begins if a text ends with the line, else 0; its opening
// quote is before at. Without check it may end before.
func (s *skipper) text(w []byte, at int) int {
	end, next := s.line(w, at)
	last := end - s.width
	switch {
	case last < at || s.unit(w[last:]) != '"':
		return 0
	case s.check && !s.plain(w[at:last]):
		return 0
	}
	escapes := 0
	for n := last - s.width; n >= at && s.unit(w[n:]) == '\\'; n -= s.width {
		escapes++
	}
	if escapes%2 == 1 {
		return 0
	}
	return next
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

// dword is where the next line begins behind dword: and eight digits, else 0.
func (s *skipper) dword(w []byte, at int) int {
	end := at + len("dword:12345678")*s.width
	if end > len(w) || (s.check || s.careful) && !s.isDword(w[at:end]) {
		return 0
	}
	size := s.lineEnd(w[end:])
	if size == 0 {
		return 0
	}
	return end + size
}

// isDword tells whether w, which is as long, is dword: and eight digits.
func (s *skipper) isDword(w []byte) bool {
	if s.width == 2 && binary.LittleEndian.Uint64(w) == dword16 && binary.LittleEndian.Uint32(w[8:]) == 'd'|':'<<16 {
		a, b := binary.LittleEndian.Uint64(w[12:]), binary.LittleEndian.Uint64(w[20:])
		return (a|b)&(ones16*0xff00)|notHex16(a)|notHex16(b) == 0
	}
	const word = "dword:"
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

// hex passes over hex data, all lines of it, that begins at a place of w.
func (s *skipper) hex(w []byte, at int) (n, lines int) {
	n = at + s.keyword(w[at:])
	if n == at {
		return 0, 0
	}
	for lines = 1; ; lines++ {
		size, continued := s.hexLine(w[n:])
		n += size
		switch {
		case size == 0:
			return 0, 0
		case !continued:
			return n, lines
		}
		blanks := s.beforeHex(w[n:])
		if blanks < 0 {
			return 0, 0
		}
		n += blanks
		if !s.check && !s.careful {
			size, more := s.wrapped(w[n:])
			n, lines = n+size, lines+more
		}
	}
}

// hexLine is the length of a line of hex data, 0 if it is for the lexer, and tells whether
// the next line continues it. Without check digits are not looked
// at: if one is wrong, the value ends there, and each line that begins with a digit is
// lost, with as little to say of it.
func (s *skipper) hexLine(w []byte) (n int, continued bool) {
	if s.check {
		return s.checkedHexLine(w)
	}
	end, next := s.line(w, 0)
	if next == 0 {
		return 0, false
	}
	switch s.find(w[:end], '\\') {
	case end:
		return next, false
	case end - s.width:
		return next, true
	}
	return 0, false // maybe a comment behind it
}

func (s *skipper) checkedHexLine(w []byte) (n int, continued bool) {
	n = hexRun(w, s.width)
	end := 0
	switch {
	case n+4*s.width > len(w):
	case s.unit(w[n:]) == '\\':
		n += s.width
		end, continued = s.lineEnd(w[n:]), true
	default:
		end = s.hexEnd(w[n:], n > 0)
	}
	if end == 0 {
		return 0, false
	}
	return n + end, continued
}

// The end of a line of hex data as regedit wraps it, in UTF-16, and how long such a line
// is from its first digit to that of the next.
const (
	wrappedEnd  = ',' | '\\'<<16 | '\r'<<32 | '\n'<<48
	wrappedSize = 2 * (25*3 + 1 + 2 + 2)
)

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
	}
	return n, lines
}

// The starts of data in UTF-16: of hex:, of hex(2): and the like, and of dword:.
const (
	hexColon16 = 'h' | 'e'<<16 | 'x'<<32 | ':'<<48
	hexParen16 = 'h' | 'e'<<16 | 'x'<<32 | '('<<48
	dword16    = 'd' | 'w'<<16 | 'o'<<32 | 'r'<<48
)

// keyword is the length of hex: or hex(…): at the start of w, or 0.
func (s *skipper) keyword(w []byte) int {
	if s.width == 2 && len(w) >= 16 {
		switch binary.LittleEndian.Uint64(w) {
		case hexColon16:
			return len("hex:") * 2
		case hexParen16:
			if isHex(s.unit(w[8:])) && binary.LittleEndian.Uint32(w[10:]) == ')'|':'<<16 {
				return len("hex(2):") * 2
			}
		}
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

// beforeHex is how far in a line its first digit is, and only blanks before it, or -1.
func (s *skipper) beforeHex(w []byte) int {
	n := 0
	for n < len(w) && s.unit(w[n:]) == ' ' {
		n += s.width
	}
	if n == len(w) || !isHex(s.unit(w[n:])) {
		return -1
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
		s.bare++
		return s.width
	case s.unit(w) != '\r':
		return 0
	case s.unit(w[s.width:]) == '\n':
		return 2 * s.width
	case !s.careful:
		return 0
	}
	return s.width
}
