package regfiletest

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	lower = "0123456789abcdef"
	upper = "0123456789ABCDEF"
)

// expand appends the template with what its verbs stand for.
func (g *generator) expand(b []byte, template string) []byte {
	for i := 0; i < len(template); i++ {
		if template[i] != '%' {
			b = append(b, template[i])
			continue
		}
		i++
		b = verbs[template[i]](g, b)
	}
	return b
}

func pick(g *generator, list []string) string {
	return list[g.rand.IntN(len(list))]
}

func (g *generator) phrase(b []byte, n int) []byte {
	for range n - 1 {
		b = append(append(b, pick(g, words)...), ' ')
	}
	return append(b, pick(g, words)...)
}

func (g *generator) name(b []byte) []byte {
	if g.rand.IntN(3) > 0 {
		return append(b, pick(g, names)...)
	}
	b = append(append(b, pick(g, words)...), pick(g, words)...)
	return g.number(b)
}

func (g *generator) file(b []byte) []byte {
	start := len(b)
	b = append(append(b, pick(g, words)...), pick(g, words)...)
	copy(b[start:], bytes.ToLower(b[start:]))
	return append(append(b, '.'), pick(g, files)...)
}

func (g *generator) component(b []byte) []byte {
	b = append(append(b, "Microsoft-Windows-"...), pick(g, words)...)
	b = append(append(b, '-'), pick(g, words)...)
	b = append(b, "-Package~31bf3856ad364e35~amd64~~10.0.20348."...)
	return g.number(b)
}

func (g *generator) number(b []byte) []byte {
	return strconv.AppendInt(b, int64(g.rand.IntN(10000)), 10)
}

func (g *generator) version(b []byte) []byte {
	for _, n := range []int{20, 10, 30000} {
		b = append(strconv.AppendInt(b, int64(g.rand.IntN(n)), 10), '.')
	}
	return g.number(b)
}

func (g *generator) guid(b []byte) []byte {
	b = append(b, '{')
	for _, digits := range []int{8, 4, 4, 4} {
		b = append(appendHex(b, upper, g.rand.Uint64(), digits), '-')
	}
	return append(appendHex(b, upper, g.rand.Uint64(), 12), '}')
}

func (g *generator) hash(b []byte) []byte {
	return appendHex(appendHex(b, upper, g.rand.Uint64(), 16), upper, g.rand.Uint64(), 16)
}

// dword is a number of none to four bytes.
func (g *generator) dword(b []byte) []byte {
	return appendHex(b, lower, g.rand.Uint64()>>(32+8*g.rand.IntN(5)), 8)
}

func appendHex(b []byte, digits string, n uint64, width int) []byte {
	for shift := 4 * (width - 1); shift >= 0; shift -= 4 {
		b = append(b, digits[n>>shift&15])
	}
	return b
}

func nothing(*generator, int) {}

// quoted writes one of the contents as REG_SZ.
func quoted(contents []choice[string]) func(*generator, int) {
	return func(g *generator, _ int) {
		g.content = g.expand(g.content[:0], choose(g.rand, contents))
		g.text = append(g.text, '"')
		for _, c := range g.content {
			g.text = g.appendEscaped(g.text, c)
		}
		g.text = append(g.text, '"')
	}
}

func (g *generator) appendEscaped(b []byte, c byte) []byte {
	switch c {
	case '\n':
		return append(b, g.eol...)
	case '\\', '"':
		return append(b, '\\', c)
	}
	return append(b, c)
}

// content writes the content in hex.
func content(template string) func(*generator, int) {
	return func(g *generator, column int) {
		g.content = g.expand(g.content[:0], template)
		g.hex(g.data(nil, g.content), column)
	}
}

func text(s string) func(*generator, int) {
	return func(g *generator, column int) { g.hex(g.data(nil, []byte(s)), column) }
}

// blob writes n bytes in hex: any, or mostly zeros.
func blob(n count) func(*generator, int) {
	return func(g *generator, column int) {
		b := g.content[:0]
		some := g.rand.IntN(3) > 0
		for range n(g.rand) {
			u := g.rand.Uint32()
			if some && u>>8%3 > 0 {
				u = 0
			}
			b = append(b, byte(u))
		}
		g.content = b
		g.hex(b, column)
	}
}

// hex writes data that begins behind the column, wrapped as regedit does.
func (g *generator) hex(data []byte, column int) {
	for i, c := range data {
		g.text = append(g.text, lower[c>>4], lower[c&15])
		if i == len(data)-1 {
			return
		}
		g.text = append(g.text, ',')
		if column += 3; column >= 77 {
			g.text = append(append(append(g.text, '\\'), g.eol...), "  "...)
			column = 2
		}
	}
}

func appendUTF8(dst, s []byte) []byte {
	return append(dst, s...)
}

func appendUTF16(dst, s []byte) []byte {
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			dst = append(dst, s[i], 0)
			i++
			continue
		}
		r, n := utf8.DecodeRune(s[i:])
		for _, u := range utf16.AppendRune(nil, r) {
			dst = binary.LittleEndian.AppendUint16(dst, u)
		}
		i += n
	}
	return dst
}

// appendANSI appends Windows-1252, of which only what the contents have beside
// Latin-1 is known.
func appendANSI(dst, s []byte) []byte {
	for _, r := range string(s) {
		switch {
		case r <= 0xff:
			dst = append(dst, byte(r))
		case r == '–':
			dst = append(dst, 0x96)
		default:
			dst = append(dst, '?')
		}
	}
	return dst
}
