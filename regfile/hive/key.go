package hive

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"unicode/utf16"
)

// A key is what an nk cell says.
type key struct {
	offset       uint32
	name         string
	link         bool // a symbolic link
	parent       uint32
	subkeys      uint32
	list         uint32 // of subkeys
	values       uint32
	valueOffsets uint32 // where the list of the values is
	element             // of the list of its parent
}

// An element of a list of keys has, in lf and lh, what Windows looks at before it looks
// at the key.
type element struct {
	cell uint32 // of the key
	kind byte   // i, f or h
	hint [4]byte
}

const (
	keyName    = 76
	keyLink    = 0x10
	keyNarrow  = 0x20 // the name has one byte per character
	mostOfKey  = keyName + 2*256
	mostLeaves = 4 + 0xFFFF*8
)

func (f *file) key(offset uint32) (k key, err error) {
	b, err := f.record(offset, keyName, mostOfKey, "nk")
	if err != nil {
		return k, err
	}
	n := int(binary.LittleEndian.Uint16(b[72:]))
	if n > len(b)-keyName {
		return k, fmt.Errorf("the key at %s has a name of %d bytes", place(offset), n)
	}
	flags := binary.LittleEndian.Uint16(b[2:])
	u32 := func(at int) uint32 { return binary.LittleEndian.Uint32(b[at:]) }
	return key{
		offset: offset, parent: u32(16),
		name: name(b[keyName:keyName+n], flags&keyNarrow != 0), link: flags&keyLink != 0,
		subkeys: u32(20), list: u32(28), values: u32(36), valueOffsets: u32(40),
	}, nil
}

// name decodes the name of a key or value.
func name(b []byte, narrow bool) string {
	width := 2
	if narrow {
		width = 1
	}
	units := make([]uint16, len(b)/width)
	for i := range units {
		units[i] = uint16(b[i*width])
		if !narrow {
			units[i] |= uint16(b[i*width+1]) << 8
		}
	}
	return string(utf16.Decode(units))
}

// walk visits the subkeys of a key until visit says that it has seen enough. What is
// damaged is left out; the error, which is the first of all, comes only where that
// may have hidden a subkey.
func (f *file) walk(k key, visit func(key) (more bool)) error {
	if k.subkeys == 0 {
		return nil
	}
	leaves, damage := f.leaves(k.list)
	seen := map[uint32]bool{}
	for _, leaf := range leaves {
		elements, err := f.leaf(leaf)
		damage = cmp.Or(damage, err)
		for _, e := range elements {
			sub, err := f.subkey(k, e, seen)
			switch damage = cmp.Or(damage, err); {
			case errors.Is(err, errCircle):
				return damage
			case err == nil && !visit(sub):
				return nil
			}
		}
	}
	if damage == nil && len(seen) != int(k.subkeys) {
		damage = fmt.Errorf("the list at %s has %d subkeys of %d", place(k.list), len(seen), k.subkeys)
	}
	return damage
}

// subkey reads a key that must be below k, and not seen before.
func (f *file) subkey(k key, e element, seen map[uint32]bool) (key, error) {
	sub, err := f.key(e.cell)
	switch {
	case err != nil:
		return key{}, err
	case sub.parent != k.offset:
		return key{}, fmt.Errorf("the key at %s is said to be below that at %s, and says another", place(e.cell), place(k.offset))
	case seen[e.cell]:
		return key{}, fmt.Errorf("the key at %s is there twice", place(e.cell))
	}
	seen[e.cell], sub.element = true, e
	return sub, nil
}

// leaves gives the lists that a list of lists names, or the list itself.
func (f *file) leaves(list uint32) ([]uint32, error) {
	b, err := f.record(list, 4, mostLeaves, "lh", "lf", "li", "ri")
	if err != nil {
		return nil, err
	}
	if b[0] != 'r' {
		return []uint32{list}, nil
	}
	return offsets(b, list)
}

// offsets gives the elements of a list of lists.
func offsets(b []byte, list uint32) (all []uint32, err error) {
	elements, err := elements(b, list, 4)
	for _, e := range elements {
		all = append(all, e.cell)
	}
	return all, err
}

// leaf gives the elements of a list of keys.
func (f *file) leaf(list uint32) ([]element, error) {
	b, err := f.record(list, 4, mostLeaves, "lh", "lf", "li")
	if err != nil {
		return nil, err
	}
	if b[1] == 'i' {
		return elements(b, list, 4)
	}
	return elements(b, list, 8)
}

// elements gives the elements of a list, of 4 bytes or, with hints, of 8.
func elements(b []byte, list uint32, size int) (all []element, err error) {
	n, kind := int(binary.LittleEndian.Uint16(b[2:])), b[1]
	if room := (len(b) - 4) / size; n > room {
		return nil, fmt.Errorf("the list at %s has %d elements, and room for %d", place(list), n, room)
	}
	for b = b[4:]; n > 0; n, b = n-1, b[size:] {
		e := element{cell: binary.LittleEndian.Uint32(b), kind: kind}
		copy(e.hint[:], b[4:size])
		all = append(all, e)
	}
	return all, nil
}

// hidden tells why Windows would not find a key with a name of ASCII characters.
func (k key) hidden() error {
	switch {
	case k.kind == 'h' && binary.LittleEndian.Uint32(k.hint[:]) != hash(k.name):
		return fmt.Errorf("the list of its parent has a wrong hash for %q, by which Windows looks for it", k.name)
	case k.kind == 'f' && !begins(k.name, k.hint):
		return fmt.Errorf("the list of its parent says that %q begins with %q, by which Windows looks for it", k.name, k.hint)
	}
	return nil
}

// hash is that of a name in an lh.
func hash(name string) (sum uint32) {
	for _, c := range fold(name) {
		sum = 37*sum + uint32(c)
	}
	return sum
}

// begins tells whether a name begins like the hint in an lf, which a NUL may end.
func begins(name string, hint [4]byte) bool {
	start, _, _ := strings.Cut(string(hint[:]), "\x00")
	n := min(len(start), len(name))
	return same(start[:n], name[:n])
}

// find follows a path of names down from a key. Without an error, !found says that
// the key is not there; with one, found that Windows would not find it.
func (f *file) find(k key, path ...string) (sub key, found bool, err error) {
	hidden := k.hidden()
	for _, part := range path {
		found = false
		err = f.walk(k, func(one key) bool {
			if found = same(one.name, part); found {
				sub = one
			}
			return !found
		})
		if !found {
			return key{}, false, err
		}
		k, hidden = sub, cmp.Or(hidden, sub.hidden())
	}
	return k, true, hidden
}

// same compares names without the case of ASCII letters.
func same(a, b string) bool { return fold(a) == fold(b) }

func fold(name string) string {
	return strings.Map(func(c rune) rune {
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		return c
	}, name)
}
