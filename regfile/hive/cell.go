package hive

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
)

const (
	signature = "regf"
	baseSize  = 4096 // bytes before the first bin
	headSize  = 512  // bytes of the base block that the checksum is about
	binHeader = 32   // bytes of a bin before its first cell
	sizeField = 4    // bytes of a cell before what it holds
)

// IsHive reports whether head is the start of a hive, or of a log file of one,
// which begins like it.
func IsHive(head []byte) bool { return bytes.HasPrefix(head, []byte(signature)) }

// A file is the cells of a hive.
type file struct {
	r     io.ReaderAt
	minor uint32 // of the version
	root  uint32
	end   int64 // of the bins, in the file
	left  int64 // how many bytes of cells may yet be read

	failed error // the reader's own error
}

var errCircle = errors.New("its lists lead in a circle, or share their parts")

// open reads the base block. odd are signs that Windows was not done writing.
func open(r io.ReaderAt, size int64) (f *file, odd []string, err error) {
	f = &file{r: r, left: headSize}
	if size < headSize {
		return f, nil, fmt.Errorf("the hive is cut off: the file has %d bytes, and a hive begins with %d", size, baseSize)
	}
	b, err := f.read(0, headSize)
	if err != nil {
		return f, nil, err
	}
	u32 := func(at int) uint32 { return binary.LittleEndian.Uint32(b[at:]) }
	f.minor, f.root, f.end = u32(24), u32(36), baseSize+int64(u32(40))
	f.left = 2 * f.end // of a file without circles no cell is read more than twice
	switch {
	case !IsHive(b):
		return f, nil, fmt.Errorf("the file begins with %q, and a hive with %q", b[:len(signature)], signature)
	case u32(28) != 0:
		return f, nil, errors.New("this is the log of a hive; give the hive itself, SYSTEM without .LOG, .LOG1 or .LOG2")
	case u32(20) != 1 || f.minor < 3 || f.minor > 6:
		return f, nil, fmt.Errorf("this is a hive of version %d.%d; only 1.3 to 1.6 can be read", u32(20), f.minor)
	case f.end > size:
		return f, nil, fmt.Errorf("the hive is cut off: it has %d bytes by its own account, and the file has %d", f.end, size)
	}
	if u32(4) != u32(8) {
		odd = append(odd, "its sequence numbers differ")
	}
	if u32(headSize-4) != checksum(b[:headSize-4]) {
		odd = append(odd, "its checksum is wrong")
	}
	return f, odd, nil
}

// checksum is the XOR of the words, but neither 0 nor all ones.
func checksum(b []byte) (sum uint32) {
	for ; len(b) >= 4; b = b[4:] {
		sum ^= binary.LittleEndian.Uint32(b)
	}
	switch sum {
	case 0:
		return 1
	case 0xFFFFFFFF:
		return 0xFFFFFFFE
	}
	return sum
}

// place is where a cell is in the file, in messages.
func place(offset uint32) string { return fmt.Sprintf("0x%x", baseSize+int64(offset)) }

// room gives how many bytes a cell can hold.
func (f *file) room(offset uint32) (int64, error) {
	at := baseSize + int64(offset)
	if offset%8 != 0 || offset < binHeader || at > f.end-8 {
		return 0, fmt.Errorf("there is no cell at %s", place(offset))
	}
	b, err := f.read(at, sizeField)
	if err != nil {
		return 0, err
	}
	size := -int64(int32(binary.LittleEndian.Uint32(b)))
	switch {
	case size <= 0:
		return 0, fmt.Errorf("the cell at %s is not in use", place(offset))
	case size < 8 || size > f.end-at:
		return 0, fmt.Errorf("the cell at %s has a size of %d", place(offset), size)
	}
	return size - sizeField, nil
}

// cell reads what a cell holds, up to most bytes.
func (f *file) cell(offset uint32, most int64) ([]byte, error) {
	room, err := f.room(offset)
	if err != nil {
		return nil, err
	}
	return f.read(baseSize+int64(offset)+sizeField, min(room, most))
}

// record reads a cell that begins with one of the signatures, for which it must hold
// least bytes, up to most.
func (f *file) record(offset uint32, least, most int64, signatures ...string) ([]byte, error) {
	b, err := f.cell(offset, most)
	switch {
	case err != nil:
		return nil, err
	case !slices.Contains(signatures, string(b[:2])):
		return nil, fmt.Errorf("the cell at %s begins with %q, not with %q", place(offset), b[:2], signatures[0])
	case int64(len(b)) < least:
		return nil, fmt.Errorf("the cell at %s has %d bytes for a %s", place(offset), len(b), b[:2])
	}
	return b, nil
}

// read reads bytes of the file, as long as there are any left to read.
func (f *file) read(at, n int64) ([]byte, error) {
	if f.left -= n; f.left < 0 {
		return nil, errCircle
	}
	b := make([]byte, n)
	if got, err := f.r.ReadAt(b, at); got < len(b) {
		f.failed = err
		return nil, err
	}
	return b, nil
}
