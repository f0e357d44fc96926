// Package pol reads and writes Registry.pol, the file in which Group Policy keeps
// settings of the registry ([MS-GPREG] 2.2.1; "Registry Policy File Format" of the
// Windows SDK calls it PReg).
//
// # The file
//
// Eight bytes stand before any number of records, with nothing between and behind them:
//
//	50 52 65 67 01 00 00 00     "PReg" and version 1
//	[key;value;type;size;data]
//
// The signs [ ; ] and the text of key and value are UTF-16LE; key and value end in a NUL
// (00 00). type and size are 32 bits, little-endian; type is the number that winnt.h
// gives it, and size the number of bytes of data, 0 to 65,535. data is what the registry
// holds, text with its NULs. Nothing is aligned, and there is no byte order mark. Windows
// skips a file with another beginning without a word.
//
// A key is a path without its root, which is known from where the file lies: below
// HKEY_LOCAL_MACHINE in Machine\Registry.pol of a Group Policy object and in
// %SystemRoot%\System32\GroupPolicy\Machine\Registry.pol, and so here. Records count in
// their order.
//
// Some names of values are special, in any case: **del.NAME, with a blank as REG_SZ,
// deletes the value, and more are told at [Policy]. A record without name, type
// and data creates the key; LGPO.exe writes it, MS-GPREG does not have it.
//
// # Positions
//
// The line of a position is the number of the record, from 1, its column 1, and its
// offset that of the byte. Messages about damage name the byte.
package pol

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"

	"portreg/regfile"
)

const header = "PReg\x01\x00\x00\x00"

// IsPol reports whether src, the start of a file or all of it, is meant as a
// Registry.pol, of whatever version.
func IsPol(src []byte) bool { return bytes.HasPrefix(src, []byte(header[:4])) }

// Decode reads a Registry.pol for machines; name is for messages. The operations keep
// parts of src, which must not change. Data of any type and size is kept, with a note if
// MS-GPREG has no such type or size: Samba accepts both, and what Windows does is not
// known. The error is a *[regfile.Error]: the beginning, or where a record is damaged.
func Decode(name string, src []byte) ([]regfile.Op, []regfile.Note, error) {
	r := reader{src: src}
	var p Policy
	r.expect(header, `50 52 65 67 01 00 00 00, "PReg" and version 1,`)
	for r.err == "" && r.off < len(src) {
		r.record++
		if i := r.next(); r.err == "" {
			p.Add(i)
		}
	}
	if r.err != "" {
		at := regfile.Pos{Line: max(1, r.record), Col: 1, Offset: int64(r.off)}
		return nil, nil, &regfile.Error{Name: name, Pos: at, Text: r.err}
	}
	return p.Ops, p.Notes, nil
}

// reader reads on until something is wrong; then it stays there.
type reader struct {
	src    []byte
	off    int
	record int
	err    string
}

func (r *reader) next() (i Record) {
	i.Pos = regfile.Pos{Line: r.record, Col: 1, Offset: int64(r.off)}
	r.sign('[', "before the key")
	i.Key = r.text("key")
	r.sign(';', "behind the key")
	i.Name = r.text("name")
	r.sign(';', "behind the name")
	i.Data.Type = regfile.Type(r.number("type"))
	r.sign(';', "behind the type")
	size := r.number("size")
	r.sign(';', "behind the size")
	i.Data.Bytes = r.data(size)
	r.sign(']', fmt.Sprintf("behind %d bytes of data", size))
	return i
}

// fail notes the first thing that is wrong.
func (r *reader) fail(format string, args ...any) {
	if r.err == "" {
		r.err = fmt.Sprintf("byte 0x%x: ", r.off) + fmt.Sprintf(format, args...)
	}
}

func (r *reader) expect(want, what string) {
	have := r.src[r.off:min(r.off+len(want), len(r.src))]
	switch {
	case r.err != "":
	case string(have) == want:
		r.off += len(want)
	case len(have) < len(want):
		r.fail("%s must stand here, and the file ends", what)
	default:
		r.fail("%s must stand here, not % x", what, have)
	}
}

func (r *reader) sign(c byte, where string) {
	r.expect(string([]byte{c, 0}), fmt.Sprintf("%c (%02x 00) %s", c, c, where))
}

// text reads UTF-16LE up to a NUL.
func (r *reader) text(what string) string {
	rest := r.src[r.off:]
	for n := 0; r.err == "" && n+1 < len(rest); n += 2 {
		if rest[n] == 0 && rest[n+1] == 0 {
			r.off += n + 2
			return regfile.UTF16String(rest[:n])
		}
	}
	r.fail("the %s that begins here has no end (00 00)", what)
	return ""
}

func (r *reader) number(what string) uint32 {
	if r.err != "" || len(r.src)-r.off < 4 {
		r.fail("the %s takes 4 bytes, and the file ends", what)
		return 0
	}
	r.off += 4
	return binary.LittleEndian.Uint32(r.src[r.off-4:])
}

func (r *reader) data(size uint32) []byte {
	left := len(r.src) - r.off
	if r.err != "" || int64(size) > int64(left) {
		r.fail("%d bytes of data are announced, and %d are left in the file", size, left)
		return nil
	}
	end := r.off + int(size)
	data := r.src[r.off:end:end]
	r.off = end
	return data
}

// Encode writes the operations as a Registry.pol for machines: equal operations give
// equal bytes. Errors, besides those of w, are those of [Records]; then
// nothing is written.
func Encode(w io.Writer, ops []regfile.Op) error {
	all, err := Records(ops)
	if err != nil {
		return err
	}
	b := []byte(header)
	for _, i := range all {
		b = appendRecord(b, i)
	}
	_, err = w.Write(b)
	return err
}

func appendRecord(b []byte, i Record) []byte {
	b = regfile.AppendUTF16(b, "["+i.Key+"\x00;"+i.Name+"\x00;")
	b = binary.LittleEndian.AppendUint32(b, uint32(i.Data.Type))
	b = regfile.AppendUTF16(b, ";")
	b = binary.LittleEndian.AppendUint32(b, uint32(len(i.Data.Bytes)))
	b = regfile.AppendUTF16(b, ";")
	b = append(b, i.Data.Bytes...)
	return regfile.AppendUTF16(b, "]")
}
