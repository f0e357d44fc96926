package regfile

import (
	"cmp"
	"io"
	"math"
)

// Where an export has a key that is added to it.

// keyPlace finds the statement that a missing key is added behind.
func (e *editor) keyPlace() (Pos, error) {
	p := keyPlace{key: e.key, at: e.header(), inside: true}
	s := scanner{name: e.name, r: io.NewSectionReader(e.r, 0, e.size), window: e.window}
	err := s.begin(ScanOptions{Full: true, Op: p.see, Note: p.note})
	if err != nil {
		return p.at, err
	}
	s.lexer.emit = func(p piece) {
		if p.kind != hexPiece && p.kind != textPiece { // data of any size is of no use here
			s.add(p)
		}
	}
	err = s.run(math.MaxInt64)
	return p.at, err
}

// keyPlace is the place of a key among others.
type keyPlace struct {
	key    string
	before string // the greatest key so far that comes before it; "" for none
	at     Pos    // its last operation, or what stands before all keys
	inside bool   // the file is in a block of that key
}

func (p *keyPlace) see(op Op) {
	switch {
	case op.Verb == DeleteKey:
		p.inside = concerns(op, p.key)
		if p.inside {
			p.before = ""
		}
	case op.Verb == CreateKey:
		p.inside = compareKeys(p.before, op.Key) <= 0 && compareKeys(op.Key, p.key) < 0
		if p.inside {
			p.before = op.Key
		}
	}
	if p.inside {
		p.at = op.Pos
	}
}

// note passes over values that no key is open for: the key that is added would be.
func (p *keyPlace) note(n Note) {
	if n.Rule == "no-key" && p.inside && p.before == "" {
		p.at = n.Pos
	}
}

// compareKeys compares paths in the order of an export.
func compareKeys(a, b string) int {
	for i := range min(len(a), len(b)) {
		if c := cmp.Compare(keyRank(a[i]), keyRank(b[i])); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(a), len(b))
}

// keyRank orders the bytes of a path: names in upper case, all of a name before what is
// below it.
func keyRank(c byte) byte {
	switch {
	case c == '\\':
		return 0
	case 'a' <= c && c <= 'z':
		return c - 'a' + 'A'
	}
	return c
}
