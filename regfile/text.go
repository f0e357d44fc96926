package regfile

import (
	"unicode/utf16"
	"unicode/utf8"
)

// Strings in this package are UTF-8; a lone surrogate, which the registry
// allows in names, is kept in the three bytes that UTF-8 would give it (WTF-8),
// so that no name is changed by being read and written.

// UTF16String decodes UTF-16LE; an odd last byte is left out, and a lone surrogate is
// kept in the three bytes that UTF-8 would give it.
func UTF16String(b []byte) string {
	out := make([]byte, 0, len(b)/2)
	for i := 0; i+1 < len(b); i += 2 {
		c := rune(b[i]) | rune(b[i+1])<<8
		if utf16.IsSurrogate(c) && i+3 < len(b) {
			if pair := utf16.DecodeRune(c, rune(b[i+2])|rune(b[i+3])<<8); pair != utf8.RuneError {
				c, i = pair, i+2
			}
		}
		out = appendRune(out, c)
	}
	return string(out)
}

// appendRune encodes c, lone surrogates too.
func appendRune(b []byte, c rune) []byte {
	if utf16.IsSurrogate(c) {
		return append(b, 0xe0|byte(c>>12), 0x80|byte(c>>6&0x3f), 0x80|byte(c&0x3f))
	}
	return utf8.AppendRune(b, c)
}

// AppendUTF16 appends s in UTF-16LE, as [UTF16String] gives it.
func AppendUTF16(b []byte, s string) []byte {
	for len(s) > 0 {
		c, n := decodeRune(s)
		s = s[n:]
		if c < 0x10000 {
			b = append(b, byte(c), byte(c>>8))
			continue
		}
		high, low := utf16.EncodeRune(c)
		b = append(b, byte(high), byte(high>>8), byte(low), byte(low>>8))
	}
	return b
}

// decodeRune is utf8.DecodeRuneInString that knows lone surrogates.
func decodeRune(s string) (rune, int) {
	c, n := utf8.DecodeRuneInString(s)
	if c == utf8.RuneError && n == 1 && len(s) >= 3 && s[0] == 0xed && s[1]&0xe0 == 0xa0 && s[2]&0xc0 == 0x80 {
		return 0xd000 | rune(s[1]&0x3f)<<6 | rune(s[2]&0x3f), 3
	}
	return c, n
}

// isText reports whether s is UTF-8, but for lone surrogates in WTF-8: whether
// UTF-16 holds it unchanged.
func isText(s string) bool {
	return utf8.ValidString(s) || UTF16String(AppendUTF16(nil, s)) == s
}

// narrowString decodes 8-bit text: UTF-8 where it is valid, as hivexregedit,
// Samba and git checkouts have it, else Windows-1252. The two halves of a surrogate
// pair may have three bytes each, as reged writes them.
func narrowString(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	if s := string(b); isWTF8(s) {
		return UTF16String(AppendUTF16(nil, s))
	}
	return ansiString(b)
}

// isWTF8 reports whether s is UTF-8 but for halves of surrogate pairs.
func isWTF8(s string) bool {
	for len(s) > 0 {
		c, n := decodeRune(s)
		if c == utf8.RuneError && n == 1 {
			return false
		}
		s = s[n:]
	}
	return true
}

// cp1252 is what Windows-1252 holds at 0x80 to 0x9f (Windows' best fit: the
// five undefined bytes are the C1 controls).
var cp1252 = [32]uint16{
	0x20ac, 0x81, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
	0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8d, 0x017d, 0x8f,
	0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
	0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d, 0x017e, 0x0178,
}

// ansiString decodes Windows-1252.
func ansiString(b []byte) string { return UTF16String(widen(b)) }

// widen turns Windows-1252 into UTF-16LE.
func widen(b []byte) []byte {
	out := make([]byte, 0, 2*len(b))
	for _, c := range b {
		u := uint16(c)
		if c >= 0x80 && c < 0xa0 {
			u = cp1252[c-0x80]
		}
		out = append(out, byte(u), byte(u>>8))
	}
	return out
}

// ansi turns UTF-16LE into Windows-1252; false if a unit is not in it or a
// byte is left over.
func ansi(b []byte) ([]byte, bool) {
	out := make([]byte, 0, len(b)/2)
	for i := 0; i+1 < len(b); i += 2 {
		c, ok := ansiByte(uint16(b[i]) | uint16(b[i+1])<<8)
		if !ok {
			return nil, false
		}
		out = append(out, c)
	}
	return out, len(b)%2 == 0
}

func ansiByte(u uint16) (byte, bool) {
	if u < 0x80 {
		return byte(u), true
	}
	for i, c := range cp1252 {
		if c == u {
			return byte(0x80 + i), true
		}
	}
	return byte(u), u >= 0xa0 && u < 0x100
}
