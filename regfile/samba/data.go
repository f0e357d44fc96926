package samba

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"portreg/regfile"
)

// form is how JSON gives data of a type.
type form struct {
	name  string
	typ   regfile.Type
	want  string                     // what the data must be
	read  func(v any) ([]byte, bool) // of a string, a json.Number or a list of them
	write func(b []byte) any         // of bytes that read could give
}

var forms = [...]form{
	{"REG_SZ", regfile.SZ, "a string", readText, writeText},
	{"REG_EXPAND_SZ", regfile.ExpandSZ, "a string", readText, writeText},
	{"REG_BINARY", regfile.Binary, "a list of numbers from 0 to 255", readBytes, writeBytes},
	{"REG_DWORD", regfile.DWord, "a number of 32 bits", readLittle32, writeLittle},
	{"REG_DWORD_BIG_ENDIAN", 5, "a number of 32 bits", readBig32, writeBig32},
	{"REG_MULTI_SZ", regfile.MultiSZ, "a list of strings", readStrings, writeStrings},
	{"REG_QWORD", regfile.QWord, "a number of 64 bits", readLittle64, writeLittle},
}

func formOf(t regfile.Type) (form, bool) {
	for _, f := range forms {
		if f.typ == t {
			return f, true
		}
	}
	return form{}, false
}

// asRead gives what is written as the reader of JSON gives it.
func asRead(v any) any {
	switch v := v.(type) {
	case []string:
		list := make([]any, len(v))
		for i, s := range v {
			list[i] = s
		}
		return list
	case []int:
		list := make([]any, len(v))
		for i, n := range v {
			list[i] = json.Number(strconv.Itoa(n))
		}
		return list
	case uint64:
		return json.Number(strconv.FormatUint(v, 10))
	}
	return v
}

func readText(v any) ([]byte, bool) {
	s, ok := v.(string)
	return regfile.AppendUTF16(nil, s+"\x00"), ok && isString(s)
}

// isString tells whether JSON can hold a string that does not end early in the registry.
func isString(s string) bool { return utf8.ValidString(s) && !strings.Contains(s, "\x00") }

func writeText(b []byte) any { return strings.TrimSuffix(regfile.UTF16String(b), "\x00") }

func readStrings(v any) ([]byte, bool) {
	list, ok := v.([]any)
	ss := make([]string, len(list))
	for i, v := range list {
		s, is := v.(string)
		ss[i], ok = s, ok && is && isString(s)
	}
	return regfile.AppendUTF16(nil, strings.Join(ss, "\x00")+"\x00\x00"), ok
}

func writeStrings(b []byte) any {
	return strings.Split(strings.TrimSuffix(regfile.UTF16String(b), "\x00\x00"), "\x00")
}

func readBytes(v any) ([]byte, bool) {
	list, ok := v.([]any)
	b := make([]byte, len(list))
	for i, v := range list {
		n, fits := number(v, 8)
		b[i], ok = byte(n), ok && fits
	}
	return b, ok
}

func writeBytes(b []byte) any {
	list := make([]int, len(b))
	for i, c := range b {
		list[i] = int(c)
	}
	return list
}

func number(v any, bits int) (uint64, bool) {
	n, err := strconv.ParseUint(fmt.Sprint(v), 10, bits)
	_, ok := v.(json.Number)
	return n, ok && err == nil
}

func readLittle32(v any) ([]byte, bool) {
	n, ok := number(v, 32)
	return binary.LittleEndian.AppendUint32(nil, uint32(n)), ok
}

func readLittle64(v any) ([]byte, bool) {
	n, ok := number(v, 64)
	return binary.LittleEndian.AppendUint64(nil, n), ok
}

func readBig32(v any) ([]byte, bool) {
	n, ok := number(v, 32)
	return binary.BigEndian.AppendUint32(nil, uint32(n)), ok
}

func writeLittle(b []byte) any {
	var full [8]byte
	copy(full[:], b)
	return binary.LittleEndian.Uint64(full[:])
}

func writeBig32(b []byte) any {
	var full [4]byte
	copy(full[:], b)
	return uint64(binary.BigEndian.Uint32(full[:]))
}
