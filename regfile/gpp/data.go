package gpp

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"portreg/regfile"
)

// A form is how a type of data is written: as a text, of a REG_MULTI_SZ also as a list.
type form struct {
	data  regfile.Type
	image int // the editor's icon of action C; those of R, U and D follow
	read  func(text string, list []string) (b []byte, problem string)
	write func(b []byte) (text string, list []string)
}

// forms are those that were seen in files of the editor or of Set-GPPrefRegistryValue.
var forms = [...]form{
	{regfile.SZ, 5, readText, writeText},
	{regfile.ExpandSZ, 5, readText, writeText},
	{regfile.MultiSZ, 5, readList, writeList},
	{regfile.DWord, 10, readNumber(4), writeNumber},
	{regfile.QWord, 10, readNumber(8), writeNumber},
	{regfile.Binary, 15, readBytes, writeBytes},
}

// formOf finds a form by the name of its type.
func formOf(name string) (form, bool) {
	i := slices.IndexFunc(forms[:], func(f form) bool { return f.data.String() == name })
	if i < 0 {
		return form{}, false
	}
	return forms[i], true
}

func readText(text string, _ []string) ([]byte, string) { return terminated(nil, text), "" }

func writeText(b []byte) (string, []string) {
	text, _ := strings.CutSuffix(regfile.UTF16String(b), "\x00")
	return text, nil
}

func readList(text string, list []string) (b []byte, _ string) {
	if len(list) == 0 {
		list = strings.Fields(text)
	}
	for _, s := range list {
		b = terminated(b, s)
	}
	return append(b, 0, 0), ""
}

func writeList(b []byte) (string, []string) {
	list, _ := regfile.Data{Type: regfile.MultiSZ, Bytes: b[:len(b)&^1]}.Strings()
	return strings.Join(list, " "), list
}

func readNumber(size int) func(string, []string) ([]byte, string) {
	return func(text string, _ []string) ([]byte, string) {
		n, err := strconv.ParseUint(text, 16, 8*size)
		if err != nil || len(text) != 2*size {
			return nil, fmt.Sprintf("%.40q is not %d hexadecimal digits, as %0*X for 5000", text, 2*size, 2*size, 5000)
		}
		return binary.LittleEndian.AppendUint64(nil, n)[:size], ""
	}
}

func writeNumber(b []byte) (string, []string) {
	b = slices.Clone(b)
	slices.Reverse(b)
	return fmt.Sprintf("%X", b), nil
}

func readBytes(text string, _ []string) ([]byte, string) {
	b, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		return nil, fmt.Sprintf("%.40q is not hexadecimal digits, two for each byte", text)
	}
	return b, ""
}

func writeBytes(b []byte) (string, []string) { return fmt.Sprintf("% x", b), nil }

// terminated appends text in UTF-16LE and a NUL.
func terminated(b []byte, text string) []byte { return append(regfile.AppendUTF16(b, text), 0, 0) }
