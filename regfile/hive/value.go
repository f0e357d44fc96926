package hive

import (
	"encoding/binary"
	"fmt"

	"portreg/regfile"
)

// A value is what a vk cell says.
type value struct {
	name  string
	typ   regfile.Type
	size  uint32 // of the data; the top bit says that they are in field
	field [4]byte
}

const (
	valueName   = 20
	valueNarrow = 1 // flag: the name has one byte per character
	mostOfValue = valueName + 2*16_383
	inField     = 1 << 31
	segment     = 16_344 // bytes of the data in each cell but the last
	mostValues  = 1 << 16
)

// values gives where the values of a key are.
func (f *file) values(k key) ([]uint32, error) {
	if k.values == 0 {
		return nil, nil
	}
	if k.values > mostValues {
		return nil, fmt.Errorf("they are said to be %d", k.values)
	}
	return f.array(k.valueOffsets, int(k.values))
}

// array reads a cell that holds n offsets and nothing else.
func (f *file) array(offset uint32, n int) (all []uint32, err error) {
	b, err := f.cell(offset, int64(n)*4)
	if err != nil {
		return nil, err
	}
	if len(b) < n*4 {
		return nil, fmt.Errorf("the list at %s has %d elements, and room for %d", place(offset), n, len(b)/4)
	}
	for ; len(b) > 0; b = b[4:] {
		all = append(all, binary.LittleEndian.Uint32(b))
	}
	return all, nil
}

func (f *file) value(offset uint32) (v value, err error) {
	b, err := f.record(offset, valueName, mostOfValue, "vk")
	if err != nil {
		return v, err
	}
	n := int(binary.LittleEndian.Uint16(b[2:]))
	if n > len(b)-valueName {
		return v, fmt.Errorf("the value at %s has a name of %d bytes", place(offset), n)
	}
	narrow := binary.LittleEndian.Uint16(b[16:])&valueNarrow != 0
	return value{
		name:  name(b[valueName:valueName+n], narrow),
		typ:   regfile.Type(binary.LittleEndian.Uint32(b[12:])),
		size:  binary.LittleEndian.Uint32(b[4:]),
		field: [4]byte(b[8:]),
	}, nil
}

// data reads the data of a value, most bytes at the most. odd says why Windows would
// not find them.
func (f *file) data(v value, most int) (b []byte, odd string, err error) {
	switch n := v.size &^ inField; {
	case v.size == n:
		return f.outside(v, int64(most))
	case n > 4:
		return nil, "", fmt.Errorf("its %d bytes are said to stand in a field of 4", n)
	default:
		return v.field[:n], "", nil
	}
}

// outside reads data that have cells of their own.
func (f *file) outside(v value, most int64) (b []byte, odd string, err error) {
	size, offset := int64(v.size), binary.LittleEndian.Uint32(v.field[:])
	switch {
	case size == 0:
		return nil, "", nil
	case size > most:
		return nil, "", fmt.Errorf("its %d bytes are more than can be read", size)
	}
	room, err := f.room(offset)
	switch {
	case err != nil:
		return nil, "", err
	case room >= size:
		b, err = f.read(baseSize+int64(offset)+sizeField, size)
	case size <= segment:
		return nil, "", fmt.Errorf("its %d bytes have a cell for %d at %s", size, room, place(offset))
	default:
		b, err = f.segments(offset, int(size))
	}
	return b, f.misplaced(size, room >= size), err
}

// misplaced says where Windows would look for data that are not there.
func (f *file) misplaced(size int64, oneCell bool) string {
	switch segments := size > segment && f.minor > 3; {
	case segments && oneCell:
		return fmt.Sprintf("in a hive of version 1.%d Windows looks for %d bytes in segments; they stand in one cell, as hivexregedit writes them (reged writes segments)", f.minor, size)
	case !segments && !oneCell:
		return fmt.Sprintf("in a hive of version 1.%d Windows looks for %d bytes in one cell; they stand in segments, as reged writes them (hivexregedit writes one cell)", f.minor, size)
	}
	return ""
}

// segments reads big data.
func (f *file) segments(offset uint32, size int) ([]byte, error) {
	head, err := f.record(offset, 8, 8, "db")
	if err != nil {
		return nil, err
	}
	n := (size + segment - 1) / segment
	if have := int(binary.LittleEndian.Uint16(head[2:])); have != n {
		return nil, fmt.Errorf("its %d bytes should have %d segments, and the cell at %s says %d", size, n, place(offset), have)
	}
	all, err := f.array(binary.LittleEndian.Uint32(head[4:]), n)
	if err != nil {
		return nil, err
	}
	var b []byte
	for _, offset := range all {
		want := min(segment, size-len(b))
		part, err := f.cell(offset, int64(want))
		switch {
		case err != nil:
			return nil, err
		case len(part) < want:
			return nil, fmt.Errorf("its segment at %s has %d bytes of %d", place(offset), len(part), want)
		}
		b = append(b, part...)
	}
	return b, nil
}
