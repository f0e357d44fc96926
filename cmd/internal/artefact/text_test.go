package artefact

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"portreg/ranges"
)

// encode16 is text as UTF-16 with its mark.
func encode16(text string, big bool) []byte {
	var b []byte
	for _, u := range append([]uint16{0xFEFF}, utf16.Encode([]rune(text))...) {
		if big {
			b = append(b, byte(u>>8), byte(u))
		} else {
			b = append(b, byte(u), byte(u>>8))
		}
	}
	return b
}

// open is textOf behind a look at the first bytes.
func open(name string, r io.Reader) (io.Reader, error) {
	head, r, err := peek(r, 100)
	if err != nil {
		return nil, err
	}
	return textOf(name, EncodingOf(head), r)
}

func readText(src []byte) (string, error) {
	r, err := open("f", bytes.NewReader(src))
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(r)
	return string(text), err
}

func TestTextDecodesBothOrders(t *testing.T) {
	long := strings.Repeat("80 # ä€\U0001F600\r\n", 10_000)
	for _, want := range []string{"80", "80-90 # käse\r\n", "# \U0001F600\n443", "\uFFFD", "a\uFEFFb", long, "80\x00"} {
		for _, big := range []bool{false, true} {
			got, err := readText(encode16(want, big))
			if err != nil || got != want {
				t.Errorf("big-endian %v: %.60q becomes %.60q, %v", big, want, got, err)
			}
			r, err := open("f", iotest.OneByteReader(bytes.NewReader(encode16(want, big))))
			if err != nil {
				t.Fatal(err)
			}
			if all, err := io.ReadAll(r); err != nil || string(all) != want {
				t.Errorf("big-endian %v, byte by byte: %.60q becomes %.60q, %v", big, want, all, err)
			}
		}
	}
}

func TestTextPassesOtherBytes(t *testing.T) {
	for _, src := range []string{"", "8", "80\n", "\xEF\xBB\xBF80\n", "caf\x82\r\n", "\xFF", "80\x00", strings.Repeat("80\n", 5000)} {
		if got, err := readText([]byte(src)); err != nil || got != src {
			t.Errorf("%.60q becomes %.60q, %v", src, got, err)
		}
	}
}

func TestTextRefusesDamage(t *testing.T) {
	const (
		half  = "the last character is cut: half a UTF-16 unit"
		again = "; save the file again as UTF-8"
		mark  = "f:1:1: this is UTF-16 without a byte order mark; save it as UTF-8, or as UTF-16 with its mark"
	)
	for _, tt := range []struct{ src, want string }{
		{"\xFF\xFE8", "f:1:1: " + half},
		{"\xFF\xFE8\x000\x00\n\x009\x00!", "f:2:2: " + half},
		{"\xFE\xFF\x008\x00\n\x00\xE4\x00", "f:2:2: " + half},
		{"\xFF\xFE8\x00\x00\xD8", "f:1:2: lone surrogate U+D800" + again},
		{"\xFF\xFE8\x00\n\x00\x00\xDC9\x00", "f:2:1: lone surrogate U+DC00" + again},
		{"\xFF\xFE\x3D\xD8\x3D\xD8\x00\xDE", "f:1:1: lone surrogate U+D83D" + again},
		{"\xFE\xFF\xD8\x3D\xDE\x00\xDF\xFF", "f:1:2: lone surrogate U+DFFF" + again},
		{"\xFF\xFE\x3D\xD8\x00", "f:1:1: lone surrogate U+D83D" + again},
		{"8\x000\x00\n\x00", mark},
		{"\x008\x000\x00\n", mark},
	} {
		for _, wrap := range []func(io.Reader) io.Reader{func(r io.Reader) io.Reader { return r }, iotest.OneByteReader} {
			r, err := open("f", wrap(strings.NewReader(tt.src)))
			if err == nil {
				_, err = io.ReadAll(r)
			}
			var placed *ranges.Error
			if !errors.As(err, &placed) || placed.Error() != tt.want {
				t.Errorf("%q: %v, want %s", tt.src, err, tt.want)
			}
		}
	}
}

// Any text comes back, wherever its bytes are cut into reads.
func FuzzText(f *testing.F) {
	f.Add("80-90 # ä\n", 3)
	f.Add("\U0001F600", 1)
	f.Fuzz(func(t *testing.T, text string, n int) {
		want := string([]rune(text)) // invalid bytes are U+FFFD
		src := encode16(want, n%2 == 0)
		size := 1 + int(uint(n)%7)
		r, err := open("f", &pieces{src, size})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || string(got) != want {
			t.Errorf("%q becomes %q, %v", want, got, err)
		}
	})
}

// pieces gives size bytes at a time.
type pieces struct {
	src  []byte
	size int
}

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.src) == 0 {
		return 0, io.EOF
	}
	n := copy(b[:min(len(b), p.size)], p.src)
	p.src = p.src[n:]
	return n, nil
}
