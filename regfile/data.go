package regfile

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Type is the type of a value, by the registry's own number (winnt.h).
type Type uint32

// The types that have a name of their own in winnt.h and matter here.
const (
	None     Type = 0  // REG_NONE
	SZ       Type = 1  // REG_SZ: text and a NUL
	ExpandSZ Type = 2  // REG_EXPAND_SZ: text with %variables% and a NUL
	Binary   Type = 3  // REG_BINARY
	DWord    Type = 4  // REG_DWORD: 32 bits, little-endian
	MultiSZ  Type = 7  // REG_MULTI_SZ: strings, each with a NUL, and one more NUL
	QWord    Type = 11 // REG_QWORD: 64 bits, little-endian
)

// String is the name from winnt.h, or for other numbers hex(n) as a .reg file
// writes them.
func (t Type) String() string {
	switch t {
	case None:
		return "REG_NONE"
	case SZ:
		return "REG_SZ"
	case ExpandSZ:
		return "REG_EXPAND_SZ"
	case Binary:
		return "REG_BINARY"
	case DWord:
		return "REG_DWORD"
	case MultiSZ:
		return "REG_MULTI_SZ"
	case QWord:
		return "REG_QWORD"
	}
	return fmt.Sprintf("hex(%x)", uint32(t))
}

// holdsText reports whether data of the type is text, which REGEDIT4 holds in
// the code page (Wine: prepare_hex_string_data).
func (t Type) holdsText() bool { return t == SZ || t == ExpandSZ || t == MultiSZ }

// hexType reads "hex:" or "hex(7):", with 1 to 8 hex digits.
func hexType(word string) (Type, bool) {
	if word == "hex:" {
		return Binary, true
	}
	digits, opened := strings.CutPrefix(word, "hex(")
	digits, closed := strings.CutSuffix(digits, "):")
	n, err := strconv.ParseUint(digits, 16, 32)
	return Type(n), opened && closed && err == nil && len(digits) <= 8
}

// Data is the data of a value as the registry holds it: text is UTF-16LE with
// its NULs, whatever the file it came from. Lone surrogates are kept.
type Data struct {
	Type  Type
	Bytes []byte
}

// Equal reports whether type and bytes are the same.
func (d Data) Equal(e Data) bool { return d.Type == e.Type && slices.Equal(d.Bytes, e.Bytes) }

// MultiString is the REG_MULTI_SZ of the strings given in UTF-8: each with a
// NUL, then one more NUL; no string at all gives the two bytes that regedit
// exports for an empty list. A string that is empty, holds a NUL or is not
// UTF-8 cannot be in it and is an error.
func MultiString(ss ...string) (Data, error) {
	size := 2
	for _, s := range ss {
		size += 2*len(s) + 2
	}
	b := make([]byte, 0, size)
	for _, s := range ss {
		if s == "" || strings.Contains(s, "\x00") || !isText(s) {
			return Data{}, fmt.Errorf("%q cannot be a string of a %v", s, MultiSZ)
		}
		b = append(AppendUTF16(b, s), 0, 0)
	}
	return Data{MultiSZ, append(b, 0, 0)}, nil
}

// Uint32Data is the REG_DWORD of v.
func Uint32Data(v uint32) Data {
	return Data{DWord, binary.LittleEndian.AppendUint32(nil, v)}
}

// Uint32 is the number that a REG_DWORD holds; another type or size is an error.
func (d Data) Uint32() (uint32, error) {
	if d.Type != DWord || len(d.Bytes) != 4 {
		return 0, fmt.Errorf("%v of %d bytes is not a REG_DWORD of 4", d.Type, len(d.Bytes))
	}
	return binary.LittleEndian.Uint32(d.Bytes), nil
}

// Strings are the strings of a REG_MULTI_SZ, up to the empty one that ends the
// list or the end of the data, as programs on Windows read them. Another type
// and an odd number of bytes are errors. What stands behind the end is told by
// [Data.Irregularities].
func (d Data) Strings() ([]string, error) {
	if d.Type != MultiSZ {
		return nil, fmt.Errorf("it is a %v, not a %v", d.Type, MultiSZ)
	}
	if len(d.Bytes)%2 != 0 {
		return nil, fmt.Errorf("its %d bytes are not whole UTF-16 units", len(d.Bytes))
	}
	ss, _ := d.split()
	return ss, nil
}

// split gives the strings and what is left behind the list's end.
func (d Data) split() (ss []string, rest []byte) {
	rest = d.Bytes[:len(d.Bytes)&^1]
	for len(rest) > 0 {
		end := findAny(rest, &nul, 2)
		next := rest[min(end+2, len(rest)):]
		if end == 0 {
			return ss, next
		}
		ss = append(ss, UTF16String(rest[:end]))
		rest = next
	}
	return ss, nil
}

// Irregularity is something about a REG_MULTI_SZ that is not as regedit writes it.
type Irregularity struct {
	Rule string // a short name, such as "hidden-tail"
	Text string // one line for a person
}

// Irregularities tells what is not as regedit writes a REG_MULTI_SZ: half a unit
// at the end (half-unit), missing or surplus NULs (missing-nul, surplus-nul),
// strings behind the end of the list, which no program reads (hidden-tail), and
// halves of surrogate pairs (half-surrogate). It is nil for a regular list, for
// data of no bytes and for other types.
func (d Data) Irregularities() (odd []Irregularity) {
	if d.Type != MultiSZ || len(d.Bytes) == 0 {
		return nil
	}
	add := func(rule, format string, args ...any) {
		odd = append(odd, Irregularity{rule, fmt.Sprintf(format, args...)})
	}
	if len(d.Bytes)%2 != 0 {
		add("half-unit", "its %d bytes are not whole UTF-16 units", len(d.Bytes))
	}
	ss, rest := d.split()
	switch hidden := strings.Trim(UTF16String(rest), "\x00"); {
	case hidden != "":
		add("hidden-tail", "%q stands behind the end of the list, where nothing reads it", Shorten(strings.ReplaceAll(hidden, "\x00", " ")))
	case len(rest) > 0:
		add("surplus-nul", "surplus NULs stand behind the end of the list")
	case len(ss) > 0 && len(d.Bytes) < multiSize(ss):
		add("missing-nul", "the NUL that ends the list is missing")
	}
	for _, s := range ss {
		if !utf8.ValidString(s) {
			add("half-surrogate", "%q holds half a surrogate pair", Shorten(s))
		}
	}
	return odd
}

// multiSize is the number of bytes of a regular REG_MULTI_SZ of ss.
func multiSize(ss []string) int {
	n := 2
	for _, s := range ss {
		n += len(AppendUTF16(nil, s)) + 2
	}
	return n
}
