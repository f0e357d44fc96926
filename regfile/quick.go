package regfile

import (
	"bytes"
	"encoding/binary"
)

// quick is value for a search in UTF-16, where its line is as most are: a name without a
// backslash at its end, then text up to the end of the line, a dword or hex data. It gives
// 0 for all else.
func (s *skipper) quick(w []byte) (n, lines int) {
	const dword = 2 * len(`"=dword:12345678`)
	at := 2 + bytes.IndexByte(w[2:], '"')
	if at < 4 || at&1 != 0 || at+dword+4 > len(w) || w[at-2] == '\\' || s.mayWant(w[2:at]) {
		return 0, 0
	}
	switch binary.LittleEndian.Uint64(w[at:]) & (1<<48 - 1) {
	case '"' | '='<<16 | '"'<<32:
		end := at + 10 + bytes.IndexByte(w[at+10:], '\n')
		last := binary.LittleEndian.Uint64(w[end-6:])
		if end&1 == 0 && last>>16 == '"'|'\r'<<16|'\n'<<32 && w[end+1] == 0 && byte(last) != '\\' {
			return end + 2, 1
		}
	case '"' | '='<<16 | 'd'<<32:
		if at += dword; binary.LittleEndian.Uint32(w[at:]) == '\r'|'\n'<<16 {
			return at + 4, 1
		}
	case '"' | '='<<16 | 'h'<<32:
		return s.hex(w, at+4)
	}
	return 0, 0
}
