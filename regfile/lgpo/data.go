package lgpo

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"portreg/regfile"
)

// form is how an action gives data of a type.
type form struct {
	word  string
	typ   regfile.Type
	read  func(text string) ([]byte, bool)
	write func(b []byte) string // of bytes that read could give
}

var forms = [...]form{
	{"DWORD:", regfile.DWord, readNumber[uint32], writeNumber},
	{"QWORD:", regfile.QWord, readNumber[uint64], writeNumber},
	{"SZ:", regfile.SZ, readText, writeText},
	{"EXSZ:", regfile.ExpandSZ, readText, writeText},
	{"MULTISZ:", regfile.MultiSZ, readStrings, writeStrings},
	{"BINARY:", regfile.Binary, readBinary, writeBinary},
}

// dataOf gives the data that an action sets.
func dataOf(action string) (d regfile.Data, ok bool) {
	for _, f := range forms {
		if text, is := strings.CutPrefix(action, f.word); is {
			d.Type = f.typ
			d.Bytes, ok = f.read(text)
		}
	}
	return d, ok
}

// actionOf gives the action that sets d, if there is one: else any text.
func actionOf(d regfile.Data) string {
	for _, f := range forms {
		if f.typ == d.Type {
			return f.word + f.write(d.Bytes)
		}
	}
	return ""
}

// readNumber reads a number of the size of N.
func readNumber[N uint32 | uint64](text string) ([]byte, bool) {
	digits, base := text, 10
	if len(text) > 2 && strings.EqualFold(text[:2], "0x") {
		digits, base = text[2:], 16
	}
	size := binary.Size(N(0))
	n, err := strconv.ParseUint(digits, base, 8*size)
	return binary.LittleEndian.AppendUint64(nil, n)[:size], err == nil
}

func writeNumber(b []byte) string {
	var full [8]byte
	copy(full[:], b)
	return strconv.FormatUint(binary.LittleEndian.Uint64(full[:]), 10)
}

func readText(text string) ([]byte, bool) {
	return regfile.AppendUTF16(nil, text+"\x00"), !strings.Contains(text, "\x00")
}

func writeText(b []byte) string {
	return strings.TrimSuffix(regfile.UTF16String(b), "\x00")
}

const separator = `\0`

func readStrings(text string) ([]byte, bool) {
	return regfile.AppendUTF16(nil, strings.ReplaceAll(text, separator, "\x00")+"\x00\x00"), !strings.Contains(text, "\x00")
}

func writeStrings(b []byte) string {
	return strings.ReplaceAll(strings.TrimSuffix(regfile.UTF16String(b), "\x00\x00"), "\x00", separator)
}

func readBinary(text string) (b []byte, ok bool) {
	if text == "" {
		return nil, true
	}
	for part := range strings.SplitSeq(text, ",") {
		c, err := hex.DecodeString(part)
		if err != nil || len(c) != 1 {
			return nil, false
		}
		b = append(b, c[0])
	}
	return b, true
}

func writeBinary(b []byte) string {
	return strings.ReplaceAll(fmt.Sprintf("% x", b), " ", ",")
}
