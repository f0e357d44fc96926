package regfile

import (
	"encoding/binary"
	"math/bits"
)

// Units are looked at eight bytes at once: four lanes of UTF-16, or eight of 8-bit text.

const (
	ones8  = 0x0101010101010101
	ones16 = 0x0001000100010001
)

// zeros8 has the high bit of each lane set that is zero, and maybe of lanes above such a
// one. zeros16 likewise.
func zeros8(x uint64) uint64  { return (x - ones8) &^ x & (ones8 << 7) }
func zeros16(x uint64) uint64 { return (x - ones16) &^ x & (ones16 << 15) }

// special is the offset of the first quote, backslash or NUL in w, or its length.
func (s *skipper) special(w []byte) int {
	n := 0
	for ; n+8 <= len(w); n += 8 {
		x := binary.LittleEndian.Uint64(w[n:])
		var found uint64
		if s.width == 1 {
			found = zeros8(x) | zeros8(x^ones8*'"') | zeros8(x^ones8*'\\')
		} else {
			found = zeros16(x) | zeros16(x^ones16*'"') | zeros16(x^ones16*'\\')
		}
		if found != 0 {
			return n + bits.TrailingZeros64(found)/8&^(s.width-1)
		}
	}
	return n + findAny(w[n:], &textEnd, s.width)
}

// hasNUL tells whether there is a NUL in w.
func (s *skipper) hasNUL(w []byte) bool {
	ones, n := uint64(ones8), 0
	if s.width == 2 {
		ones = ones16
	}
	top := ones << (8*s.width - 1)
	for ; n+32 <= len(w); n += 32 {
		v := w[n : n+32]
		a, b := binary.LittleEndian.Uint64(v), binary.LittleEndian.Uint64(v[8:])
		c, d := binary.LittleEndian.Uint64(v[16:]), binary.LittleEndian.Uint64(v[24:])
		if ((a-ones)&^a|(b-ones)&^b|(c-ones)&^c|(d-ones)&^d)&top != 0 {
			return true
		}
	}
	for ; n+8 <= len(w); n += 8 {
		a := binary.LittleEndian.Uint64(w[n:])
		if (a-ones)&^a&top != 0 {
			return true
		}
	}
	return findAny(w[n:], &nul, s.width) < len(w)-n
}

// hexRun is the length of the bytes of hex data at the start of w that have two digits
// and a comma behind them.
func hexRun(w []byte, width int) (n int) {
	if width == 1 {
		n = hexRun8(w)
	} else {
		n = hexRun16(w)
	}
	for n+3*width <= len(w) && isGroup(w[n:n+3*width], width) {
		n += 3 * width
	}
	return n
}

// isGroup tells whether w is two digits and a comma.
func isGroup(w []byte, width int) bool {
	if width == 1 {
		return hexDigit(w[0]) >= 0 && hexDigit(w[1]) >= 0 && w[2] == ','
	}
	return w[1]|w[3]|w[5] == 0 && hexDigit(w[0]) >= 0 && hexDigit(w[2]) >= 0 && w[4] == ','
}

// hexRun16 is the length of as many times four groups in UTF-16 as w begins with.
func hexRun16(w []byte) (n int) {
	const comma, lane, top = uint64(','), uint64(0xffff), uint64(0x8000)
	for ; len(w)-n >= 24; n += 24 {
		v := w[n : n+24]
		a := binary.LittleEndian.Uint64(v) ^ comma<<32
		b := binary.LittleEndian.Uint64(v[8:]) ^ comma<<16
		c := binary.LittleEndian.Uint64(v[16:]) ^ (comma | comma<<48)
		other := (a|b|c)&(ones16*0xff00) | a&(lane<<32) | b&(lane<<16) | c&(lane|lane<<48)
		bad := notHex16(a)&^(top<<32) | notHex16(b)&^(top<<16) | notHex16(c)&^(top|top<<48)
		if other|bad != 0 {
			break
		}
	}
	return n
}

// notHex16 has the high bit set of each lane, below 0x100, that is no hex digit.
func notHex16(x uint64) uint64 {
	letter := x | ones16*0x20
	digits := (x + ones16*(0x8000-'0')) &^ (x + ones16*(0x8000-'9'-1))
	letters := (letter + ones16*(0x8000-'a')) &^ (letter + ones16*(0x8000-'f'-1))
	return ^(digits | letters) & (ones16 << 15)
}

// hexRun8 is the length of as many times eight groups of 8-bit text as w begins with.
func hexRun8(w []byte) (n int) {
	const comma, lane, top = uint64(','), uint64(0xff), uint64(0x80)
	for ; len(w)-n >= 24; n += 24 {
		v := w[n : n+24]
		a := binary.LittleEndian.Uint64(v) ^ (comma<<16 | comma<<40)
		b := binary.LittleEndian.Uint64(v[8:]) ^ (comma | comma<<24 | comma<<48)
		c := binary.LittleEndian.Uint64(v[16:]) ^ (comma<<8 | comma<<32 | comma<<56)
		other := (a|b|c)&(ones8<<7) | a&(lane<<16|lane<<40) | b&(lane|lane<<24|lane<<48) | c&(lane<<8|lane<<32|lane<<56)
		bad := notHex8(a)&^(top<<16|top<<40) | notHex8(b)&^(top|top<<24|top<<48) | notHex8(c)&^(top<<8|top<<32|top<<56)
		if other|bad != 0 {
			break
		}
	}
	return n
}

// notHex8 has the high bit set of each lane, below 0x80, that is no hex digit.
func notHex8(x uint64) uint64 {
	letter := x | ones8*0x20
	digits := (x + ones8*(0x80-'0')) &^ (x + ones8*(0x80-'9'-1))
	letters := (letter + ones8*(0x80-'a')) &^ (letter + ones8*(0x80-'f'-1))
	return ^(digits | letters) & (ones8 << 7)
}
