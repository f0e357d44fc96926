package regfile

import (
	"bytes"
	"cmp"
	"slices"
)

// Where an export has a key: behind the greatest of those that come before it.

// Place is where a file would have a key that it lacks.
type Place struct {
	Above string // the path of the next key above it that the file leaves, spelled as in the key's; "" for none

	near   Pos   // a statement, or the first line
	behind int64 // what the key stands behind: the place of a line that opens a key or deletes one, a little later at most, or of the first line
}

// nearest finds the place of a key while a file is scanned.
type nearest struct {
	form
	key    string
	place  Place
	before []byte // the greatest key so far that comes before it; empty for none
	same   int    // bytes that the two have in common
	above  []int  // the lengths of the paths above key that the file has
	buf    []byte
}

func newNearest(f form, key string) *nearest {
	if key == "" {
		return nil
	}
	return &nearest{form: f, key: key, place: Place{near: f.first(), behind: int64(f.mark)}}
}

// open takes a key, and a statement that it is at or a little behind.
func (n *nearest) open(path []byte, near Pos, at int64) {
	same, order := compareKeys(path, n.key, 0)
	if order >= 0 {
		return
	}
	if same == len(path) && n.key[same] == '\\' && !slices.Contains(n.above, same) {
		n.above = append(n.above, same)
	}
	if len(n.before) > 0 {
		if same < n.same {
			return
		}
		if _, order := compareKeys(n.before, path, same); same == n.same && order > 0 {
			return
		}
	}
	n.before, n.same = append(n.before[:0], path...), same
	n.place.near, n.place.behind = near, at
}

// remove takes a deletion, and tells whether it matters.
func (n *nearest) remove(op Op) bool {
	if !concerns(op, n.key) {
		return false
	}
	n.above = slices.DeleteFunc(n.above, func(size int) bool { return size >= len(op.Key) })
	n.before = n.before[:0]
	n.place.near, n.place.behind = op.Pos, op.Pos.Offset
	return true
}

// pass takes the keys in statements as exporters write them, the first of which is at a
// place.
func (n *nearest) pass(w []byte, at place) {
	mark := []byte("[\x00H\x00")
	if n.width == 1 {
		mark = []byte("[H")
	}
	for i := 0; ; i += n.width {
		next := bytes.Index(w[i:], mark)
		if next < 0 {
			return
		}
		i += next
		if i%n.width == 0 && (i == 0 || findEOL(w[i-n.width:i], n.width) == 0) {
			n.open(n.path(w[i+n.width:]), at.pos(), at.off+int64(i))
		}
	}
}

// path gives the path of a key up to the ] that ends its line. It is valid until the next
// one.
func (n *nearest) path(w []byte) []byte {
	b, plain := n.buf[:0], true
	for i := 0; i < len(w); i += n.width {
		c := w[i]
		if n.width == 2 && w[i+1] != 0 {
			c = 0xff
		}
		if c == '\r' || c == '\n' {
			break
		}
		plain = plain && c < 0x80 && (c != '\\' || w[i-n.width] != '\\')
		b = append(b, c)
	}
	n.buf = b
	if b = b[:len(b)-1]; plain {
		return b
	}
	key, _ := cleanKey(n.text(w[:len(b)*n.width]))
	return []byte(key)
}

// take takes what was found in a block whose lines are to be moved down by shift.
func (n *nearest) take(b *nearest, shift int) {
	for _, size := range b.above {
		if !slices.Contains(n.above, size) {
			n.above = append(n.above, size)
		}
	}
	if len(b.before) > 0 {
		near := b.place.near
		near.Line += shift
		n.open(b.before, near, b.place.behind)
	}
}

// found gives the place.
func (n *nearest) found() Place {
	if n == nil {
		return Place{}
	}
	p := n.place
	if len(n.above) > 0 {
		p.Above = n.key[:slices.Max(n.above)]
	}
	return p
}

// compareKeys compares paths in the order of an export, of which the first bytes are the
// same, and says how many are.
func compareKeys[A, B []byte | string](a A, b B, from int) (same, order int) {
	for same = from; same < min(len(a), len(b)); same++ {
		if c := cmp.Compare(keyRank(a[same]), keyRank(b[same])); c != 0 {
			return same, c
		}
	}
	return same, cmp.Compare(len(a), len(b))
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

// keyPlace finds the statement that a missing key is added behind: the last one, be it of
// use or not, before another key is opened or deleted. A line that would take up what is
// added does not count.
func (e *editor) keyPlace() (last statement, err error) {
	inside, behind := false, e.place.behind
	err = e.statements(e.place.near, func(s statement) bool {
		switch {
		case s.at.Offset <= behind && behind < s.end:
			inside, last = true, s
		case s.opens:
			inside = false
		case inside && s.meant && (s.sound || s.dataEnd > 0):
			last = s
		}
		return inside || s.at.Offset <= behind
	})
	return last, err
}
