// Package hivetest builds hives, of which Debian has none, for tests.
package hivetest

import (
	"encoding/binary"
	"slices"
	"strings"
	"unicode/utf16"

	"portreg/regfile"
)

// Key is a key with what is in it.
type Key struct {
	Name   string
	Keys   []Key
	Values []Value
}

// Value is a value.
type Value struct {
	Name string
	Data regfile.Data
}

// Shape is how a hive is laid out, where there are several ways.
type Shape struct {
	Minor    uint32 // of the version, 1.3 to 1.6
	List     string // the kind of the lists of keys: li, lf, lh, or ri over leaves of three keys
	Wide     bool   // names are UTF-16
	Segments bool   // data of more than 16,344 bytes are in segments
}

// Usual is the shape of a hive of Windows XP and later.
var Usual = Shape{Minor: 5, List: "lh", Segments: true}

// Span is a part of a hive: the bytes from From up to To.
type Span struct{ From, To int }

const (
	signature = "regf"
	baseSize  = 4096
	headSize  = 512
	binHeader = 32
	sizeField = 4
	keyName   = 76
	valueName = 20
	inField   = 1 << 31
	segment   = 16_344
	none      = 0xFFFFFFFF
)

// A builder lays out cells.
type builder struct {
	Shape
	bins  []byte
	soft  []Span
	names map[uint32]string // of the keys, by their cells
}

func (b *builder) add(payload []byte) uint32 {
	offset := len(b.bins)
	size := (4 + len(payload) + 7) &^ 7
	b.bins = binary.LittleEndian.AppendUint32(b.bins, -uint32(size))
	b.bins = append(b.bins, payload...)
	b.bins = append(b.bins, make([]byte, offset+size-len(b.bins))...)
	return uint32(offset)
}

// soften notes bytes of the cell that will be added next.
func (b *builder) soften(from, n int) {
	at := baseSize + len(b.bins) + sizeField + from
	b.soft = append(b.soft, Span{at, at + n})
}

func (b *builder) spell(name string) (raw []byte, narrow bool) {
	narrow = !b.Wide
	for _, c := range name {
		narrow = narrow && c < 0x100
	}
	for _, u := range utf16.Encode([]rune(name)) {
		raw = append(raw, byte(u))
		if !narrow {
			raw = append(raw, byte(u>>8))
		}
	}
	return raw, narrow
}

func put32(b []byte, at int, v uint32) { binary.LittleEndian.PutUint32(b[at:], v) }
func put16(b []byte, at int, v int)    { binary.LittleEndian.PutUint16(b[at:], uint16(v)) }

func words(all ...uint32) (b []byte) {
	for _, v := range all {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return b
}

func (b *builder) key(k Key) uint32 {
	var keys, values []uint32
	for _, sub := range k.Keys {
		keys = append(keys, b.key(sub))
	}
	for _, v := range k.Values {
		values = append(values, b.value(v))
	}
	raw, narrow := b.spell(k.Name)
	nk := append(make([]byte, keyName), raw...)
	copy(nk, "nk")
	if narrow {
		nk[2] = 0x20
	}
	put32(nk, 20, uint32(len(keys)))
	put32(nk, 28, none)
	put32(nk, 36, uint32(len(values)))
	put32(nk, 40, none)
	if keys != nil {
		put32(nk, 28, b.list(keys))
	}
	if values != nil {
		b.soften(0, 4*len(values))
		put32(nk, 40, b.add(words(values...)))
	}
	put16(nk, 72, len(raw))
	b.soften(2, 2)
	b.soften(20, 4)
	b.soften(36, 8)
	b.soften(72, 2)
	b.soften(keyName, len(raw))
	at := b.add(nk)
	b.names[at] = k.Name
	for _, sub := range keys {
		put32(b.bins, int(sub)+sizeField+16, at)
	}
	return at
}

// list adds a list of keys.
func (b *builder) list(keys []uint32) uint32 {
	if b.List != "ri" {
		return b.leaf(b.List, keys)
	}
	var leaves []uint32
	for i, part := range slices.Collect(slices.Chunk(keys, 3)) {
		leaves = append(leaves, b.leaf([]string{"li", "lf", "lh"}[i%3], part))
	}
	return b.add(append([]byte{'r', 'i', byte(len(leaves)), byte(len(leaves) >> 8)}, words(leaves...)...))
}

func (b *builder) leaf(kind string, keys []uint32) uint32 {
	leaf := []byte{kind[0], kind[1], byte(len(keys)), byte(len(keys) >> 8)}
	for _, k := range keys {
		leaf = append(leaf, words(k)...)
		if kind != "li" {
			leaf = append(leaf, b.hint(kind, k)...)
		}
	}
	return b.add(leaf)
}

// hint is what stands beside a key in a list: the start of its name, if that is ASCII,
// or a hash.
func (b *builder) hint(kind string, key uint32) []byte {
	if kind == "lf" {
		return append([]byte(b.names[key]), 0, 0, 0, 0)[:4]
	}
	var sum uint32
	for _, u := range utf16.Encode([]rune(strings.ToUpper(b.names[key]))) {
		sum = sum*37 + uint32(u)
	}
	return words(sum)
}

func (b *builder) value(v Value) uint32 {
	raw, narrow := b.spell(v.Name)
	vk := append(make([]byte, valueName), raw...)
	copy(vk, "vk")
	put16(vk, 2, len(raw))
	put32(vk, 4, uint32(len(v.Data.Bytes)))
	put32(vk, 8, none)
	put32(vk, 12, uint32(v.Data.Type))
	if narrow {
		vk[16] = 1
	}
	if n := len(v.Data.Bytes); n > 4 {
		put32(vk, 8, b.data(v.Data.Bytes))
	} else {
		put32(vk, 4, uint32(n)|inField)
		copy(vk[8:12], v.Data.Bytes)
	}
	b.soften(2, 18)
	b.soften(valueName, len(raw))
	return b.add(vk)
}

func (b *builder) data(data []byte) uint32 {
	if len(data) <= segment || !b.Segments {
		b.soften(0, len(data))
		return b.add(data)
	}
	var parts []uint32
	for part := range slices.Chunk(data, segment) {
		b.soften(0, len(part))
		parts = append(parts, b.add(part))
	}
	b.soften(0, 4*len(parts))
	list := b.add(words(parts...))
	return b.add(append([]byte{'d', 'b', byte(len(parts)), 0}, words(list)...))
}

// Build gives a hive with the keys. Soft are its bytes that no reader can know to be
// wrong: names, data and types, how many values there are, and which: nothing in a
// value says whose it is.
func Build(s Shape, root Key) (hive []byte, soft []Span) {
	b := &builder{Shape: s, bins: make([]byte, binHeader), names: map[uint32]string{}}
	at := b.key(root)
	if n := -len(b.bins) & (baseSize - 1); n > 0 {
		b.bins = append(b.bins, words(uint32(n))...)
		b.bins = append(b.bins, make([]byte, n-sizeField)...)
	}
	copy(b.bins, "hbin")
	put32(b.bins, 8, uint32(len(b.bins)))
	base := make([]byte, baseSize)
	copy(base, signature)
	for at, v := range map[int]uint32{4: 7, 8: 7, 20: 1, 24: s.Minor, 32: 1, 36: at, 40: uint32(len(b.bins))} {
		put32(base, at, v)
	}
	Seal(base)
	return append(base, b.bins...), b.soft
}

// Seal makes the checksum of a hive right.
func Seal(hive []byte) {
	var sum uint32
	for i := 0; i < headSize-4; i += 4 {
		sum ^= binary.LittleEndian.Uint32(hive[i:])
	}
	put32(hive, headSize-4, sum)
}

// DWord is a value that holds a number.
func DWord(name string, n uint32) Value { return Value{name, regfile.Uint32Data(n)} }

// Multi is a value that holds strings, which must not be empty.
func Multi(name string, ss ...string) Value {
	d, err := regfile.MultiString(ss...)
	if err != nil {
		panic(err)
	}
	return Value{name, d}
}

// System gives the keys below HKEY_LOCAL_MACHINE\SYSTEM that operations leave, each
// list in alphabetical order.
func System(ops []regfile.Op) Key {
	var root Key
	for _, op := range ops {
		path := strings.Split(op.Key, `\`)
		k := root.open(path[min(2, len(path)):])
		if op.Verb == regfile.SetValue {
			k.Values = append(k.Values, Value{op.Name, op.Data})
		}
	}
	return root
}

// open gives the key at the end of a path, made where missing.
func (k *Key) open(path []string) *Key {
	if len(path) == 0 {
		return k
	}
	i, found := slices.BinarySearchFunc(k.Keys, path[0], func(sub Key, name string) int {
		return strings.Compare(strings.ToUpper(sub.Name), strings.ToUpper(name))
	})
	if !found {
		k.Keys = slices.Insert(k.Keys, i, Key{Name: path[0]})
	}
	return k.Keys[i].open(path[1:])
}
