package artefact

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"unicode/utf16"
	"unicode/utf8"

	"portreg/ranges"
)

// Encoding is how the characters of a file are written.
type Encoding uint8

// The encodings that the first bytes tell apart.
const (
	Bytes   Encoding = iota // UTF-8, ASCII or a code page: no byte order mark, or that of UTF-8
	UTF16LE                 // FF FE first
	UTF16BE                 // FE FF first
	NoMark                  // every second byte of the first few is NUL: UTF-16 without its mark
)

// EncodingOf looks at the first bytes of a file.
func EncodingOf(head []byte) Encoding {
	switch {
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}):
		return UTF16LE
	case bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		return UTF16BE
	case len(head) >= 4 && (head[0] == 0 && head[2] == 0 || head[1] == 0 && head[3] == 0):
		return NoMark
	}
	return Bytes
}

// errNoMark says what to do about a text in UTF-16 that does not say so.
func errNoMark(name string) error {
	return &ranges.Error{Name: name, Line: 1, Col: 1,
		Msg: "this is UTF-16 without a byte order mark; save it as UTF-8, or as UTF-16 with its mark"}
}

// textOf gives the text that r holds in UTF-8, in flat memory. UTF-16 with its
// byte order mark is decoded; all other bytes pass as they are, for the reader of
// the format to judge. A lone surrogate or an odd last byte of UTF-16 is a
// *ranges.Error with its place, given by Read where it stands.
func textOf(name string, encoding Encoding, r io.Reader) (io.Reader, error) {
	switch encoding {
	case NoMark:
		return nil, errNoMark(name)
	case UTF16LE, UTF16BE:
		return &decoder{name: name, r: r, big: encoding == UTF16BE, line: 1}, nil
	}
	return r, nil
}

// peek gives the first bytes of r, up to n, and a reader of all of it.
func peek(r io.Reader, n int) ([]byte, io.Reader, error) {
	head, err := io.ReadAll(io.LimitReader(r, int64(n)))
	switch {
	case err != nil:
		return nil, nil, err
	case len(head) < n:
		return head, bytes.NewReader(head), nil
	}
	return head, io.MultiReader(bytes.NewReader(head), r), nil
}

// A decoder reads UTF-16 as UTF-8. The byte order mark, and any U+FEFF at the
// very front, is not passed on.
type decoder struct {
	name string
	r    io.Reader
	big  bool
	in   [32 << 10]byte
	rest int    // bytes at the front of in that are not decoded yet: half a unit or half a pair
	out  []byte // decoded, not yet read
	buf  []byte
	err  error

	begun bool // the mark is behind us
	line  int
	col   int // characters of the line so far
}

func (d *decoder) Read(p []byte) (int, error) {
	for len(d.out) == 0 {
		if d.err != nil {
			return 0, d.err
		}
		d.fill()
	}
	n := copy(p, d.out)
	d.out = d.out[n:]
	return n, nil
}

// fill decodes what one read gives.
func (d *decoder) fill() {
	n, err := d.r.Read(d.in[d.rest:])
	n += d.rest
	d.out = d.decode(d.buf[:0], d.in[:n], err != nil)
	d.buf = d.out
	if d.err == nil {
		d.err = err
	}
}

// decode appends the characters of in to out and keeps a cut one for later.
func (d *decoder) decode(out, in []byte, last bool) []byte {
	d.rest = 0
	for len(in) > 0 {
		out, in = d.ascii(out, in)
		r, n := d.next(in)
		switch {
		case len(in) == 0:
			return out
		case n > 0:
			out = d.append(out, r)
		case !last:
			d.rest = copy(d.in[:], in)
			return out
		case len(in) < 2:
			d.fail("the last character is cut: half a UTF-16 unit")
			return out
		default:
			r = d.unit(in)
		}
		if utf16.IsSurrogate(r) {
			d.fail(fmt.Sprintf("lone surrogate U+%04X; save the file again as UTF-8", r))
			return out
		}
		in = in[n:]
	}
	return out
}

// ascii passes on the ASCII characters at the front of in: all there is in most lists.
func (d *decoder) ascii(out, in []byte) (decoded, rest []byte) {
	low, high := 0, 1
	if d.big {
		low, high = 1, 0
	}
	start, n := len(out), 0
	out = slices.Grow(out, len(in)/2)
	text := out[start : start+len(in)/2]
	for n < len(text) && in[2*n+high] == 0 && in[2*n+low] < utf8.RuneSelf {
		text[n] = in[2*n+low]
		n++
	}
	text = text[:n]
	d.begun = d.begun || n > 0
	d.col += n
	if end := bytes.LastIndexByte(text, '\n'); end >= 0 {
		d.line += bytes.Count(text, []byte("\n"))
		d.col = n - end - 1
	}
	return out[:start+n], in[2*n:]
}

// next decodes one character, or a surrogate that is alone; n is 0 if in ends
// within the character.
func (d *decoder) next(in []byte) (r rune, n int) {
	if len(in) < 2 {
		return 0, 0
	}
	r = d.unit(in)
	const low = 0xDC00
	if !utf16.IsSurrogate(r) || r >= low {
		return r, 2
	}
	if len(in) < 4 {
		return 0, 0
	}
	if pair := utf16.DecodeRune(r, d.unit(in[2:])); pair != utf8.RuneError {
		return pair, 4
	}
	return r, 2
}

func (d *decoder) unit(in []byte) rune {
	if d.big {
		return rune(in[0])<<8 | rune(in[1])
	}
	return rune(in[1])<<8 | rune(in[0])
}

// append passes a character on and counts it; the mark and surrogates are neither.
func (d *decoder) append(out []byte, r rune) []byte {
	if !d.begun {
		d.begun = true
		if r == 0xFEFF {
			return out
		}
	}
	if utf16.IsSurrogate(r) {
		return out
	}
	d.col++
	if r == '\n' {
		d.line++
		d.col = 0
	}
	return utf8.AppendRune(out, r)
}

func (d *decoder) fail(msg string) {
	d.err = &ranges.Error{Name: d.name, Line: d.line, Col: d.col + 1, Msg: msg}
}
