package hive

import (
	"encoding/binary"
	"slices"
	"strings"
	"unicode/utf16"

	"portreg/regfile"
)

// A testKey is a key of a hive that a test builds.
type testKey struct {
	name   string
	keys   []testKey
	values []testValue
}

type testValue struct {
	name string
	typ  regfile.Type
	data []byte
}

// A shape is how a hive is built, where there are several ways.
type shape struct {
	minor    uint32 // of the version
	list     string // the kind of the lists of keys: li, lf, lh, or ri over leaves of three
	wide     bool   // names are UTF-16
	segments bool   // data of more than 16,344 bytes are in segments
}

var plain = shape{minor: 5, list: "lh", segments: true}

// A builder lays out cells. soft are the bytes that no reader can know to be wrong:
// names, data and types, how many values there are, and
// which: nothing in a value says whose it is.
type builder struct {
	shape
	bins []byte
	soft []span
}

type span struct{ from, to int }

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
	b.soft = append(b.soft, span{at, at + n})
}

func (b *builder) spell(name string) (raw []byte, narrow bool) {
	narrow = !b.wide
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

func (b *builder) key(k testKey) uint32 {
	var keys, values []uint32
	for _, sub := range k.keys {
		keys = append(keys, b.key(sub))
	}
	for _, v := range k.values {
		values = append(values, b.value(v))
	}
	raw, narrow := b.spell(k.name)
	nk := append(make([]byte, keyName), raw...)
	copy(nk, "nk")
	if narrow {
		nk[2] = keyNarrow
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
	for _, sub := range keys {
		put32(b.bins, int(sub)+sizeField+16, at)
	}
	return at
}

// list adds a list of keys.
func (b *builder) list(keys []uint32) uint32 {
	if b.shape.list != "ri" {
		return b.leaf(b.shape.list, keys)
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
			leaf = append(leaf, "hint"...)
		}
	}
	return b.add(leaf)
}

func (b *builder) value(v testValue) uint32 {
	raw, narrow := b.spell(v.name)
	vk := append(make([]byte, valueName), raw...)
	copy(vk, "vk")
	put16(vk, 2, len(raw))
	put32(vk, 4, uint32(len(v.data)))
	put32(vk, 8, none)
	put32(vk, 12, uint32(v.typ))
	if narrow {
		vk[16] = valueNarrow
	}
	if n := len(v.data); n > 4 {
		put32(vk, 8, b.data(v.data))
	} else {
		put32(vk, 4, uint32(n)|inField)
		copy(vk[8:12], v.data)
	}
	b.soften(2, 18)
	b.soften(valueName, len(raw))
	return b.add(vk)
}

func (b *builder) data(data []byte) uint32 {
	if len(data) <= segment || !b.segments {
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

// build gives a hive with the keys, and its soft bytes.
func build(s shape, root testKey) (hive []byte, soft []span) {
	b := &builder{shape: s, bins: make([]byte, binHeader)}
	at := b.key(root)
	if n := -len(b.bins) & (baseSize - 1); n > 0 {
		b.bins = append(b.bins, words(uint32(n))...)
		b.bins = append(b.bins, make([]byte, n-4)...)
	}
	copy(b.bins, "hbin")
	put32(b.bins, 8, uint32(len(b.bins)))
	base := make([]byte, baseSize)
	copy(base, signature)
	put32(base, 4, 7)
	put32(base, 8, 7)
	put32(base, 20, 1)
	put32(base, 24, s.minor)
	put32(base, 32, 1)
	put32(base, 36, at)
	put32(base, 40, uint32(len(b.bins)))
	put32(base, headSize-4, checksum(base[:headSize-4]))
	return append(base, b.bins...), b.soft
}

func dword(name string, n uint32) testValue {
	return testValue{name, regfile.DWord, words(n)}
}

func multi(name string, ss ...string) testValue {
	d, err := regfile.MultiString(ss...)
	if err != nil {
		panic(err)
	}
	return testValue{name, d.Type, d.Bytes}
}

// below gives the key at the end of a path, with the values.
func below(path string, values ...testValue) testKey {
	first, rest, more := strings.Cut(path, `\`)
	if !more {
		return testKey{first, nil, values}
	}
	return testKey{first, []testKey{{name: "Before"}, below(rest, values...), {name: "Zebra"}}, nil}
}

func set(name string, values ...testValue) testKey {
	return below(name+`\Services\Tcpip\Parameters`, values...)
}

func choose(current, def uint32) testKey {
	return testKey{"Select", nil, []testValue{dword("Current", current), dword("Default", def)}}
}
