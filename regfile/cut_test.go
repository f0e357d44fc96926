package regfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"
	"testing/iotest"
)

// A file that is cut at any byte is scanned alike in all ways, with the operations of Parse.
func TestScanCut(t *testing.T) {
	for id, src := range caseFiles(t) {
		if len(src) > 1200 {
			continue
		}
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			for n := range src {
				for _, depth := range depths {
					fastEqualsSlow(t, src[:n], Selection{Names: []string{"ReservedPorts"}}, depth)
				}
				f, err := Parse("x.reg", src[:n])
				if err != nil {
					continue
				}
				var ops []Op
				_, err = scanBlocks("x.reg", bytes.NewReader(src[:n]), int64(n), ScanOptions{Op: func(op Op) { ops = append(ops, op) }, Note: func(Note) {}}, 2, 200)
				if err != nil || fmt.Sprint(ops) != fmt.Sprint(f.Ops()) {
					t.Fatalf("cut at %d: %v, %v; want %v", n, ops, err, f.Ops())
				}
			}
		})
	}
}

// idle gives nothing every other time, and one byte else.
type idle struct {
	r    io.Reader
	turn bool
}

func (i *idle) Read(b []byte) (int, error) {
	if i.turn = !i.turn; i.turn {
		return 0, nil
	}
	return i.r.Read(b[:min(1, len(b))])
}

const damagedTail = header5 + "\n\n[HKEY_USERS\\k]\n\"ReservedPorts\"=dword:00000001\n\"a\"=\"b\"\n"

// Readers may give nothing for a while.
func TestScanIdle(t *testing.T) {
	scan := func(r io.Reader) func(ScanOptions) (Summary, error) {
		return func(o ScanOptions) (Summary, error) { return Scan("x.reg", r, o) }
	}
	for _, src := range [][]byte{[]byte(damagedTail), utf16LE(crlf(damagedTail))} {
		got := heard(scan(&idle{r: bytes.NewReader(src)}), Selection{}, full)
		if want := heard(scan(bytes.NewReader(src)), Selection{}, full); got != want {
			t.Errorf("%s\nwant\n%s", got, want)
		}
	}
}

// An error of the reader comes out, and what was read before is told.
func TestScanReadError(t *testing.T) {
	broken := errors.New("broken")
	src := append([]byte(damagedTail), bytes.Repeat([]byte("\"n\"=\"v\"\n"), 100_000)...)
	for _, n := range []int{0, 10, len(damagedTail), len(src)} {
		for way, scan := range map[string]func(ScanOptions) (Summary, error){
			"Scan": func(o ScanOptions) (Summary, error) {
				return Scan("x.reg", io.MultiReader(bytes.NewReader(src[:n]), iotest.ErrReader(broken)), o)
			},
			"ScanAt": func(o ScanOptions) (Summary, error) {
				return ScanAt("x.reg", brokenAt{src[:n], broken}, int64(len(src))+1, o)
			},
			"blocks": func(o ScanOptions) (Summary, error) {
				return scanBlocks("x.reg", brokenAt{src[:n], broken}, int64(len(src))+1, o, 3, 4096)
			},
		} {
			ops := 0
			_, err := scan(ScanOptions{Select: Selection{Names: []string{"ReservedPorts"}}, Op: func(Op) { ops++ }, Note: func(Note) {}})
			if !errors.Is(err, broken) || (ops > 0) != (n > windowSize) {
				t.Errorf("%s, broken at %d: %d operations, %v", way, n, ops, err)
			}
		}
	}
}

// brokenAt is a file that cannot be read behind its bytes.
type brokenAt struct {
	src []byte
	err error
}

func (b brokenAt) ReadAt(p []byte, off int64) (int, error) {
	if off >= int64(len(b.src)) {
		return 0, b.err
	}
	n := copy(p, b.src[off:])
	if n < len(p) {
		return n, b.err
	}
	return n, nil
}

// A file that is shorter than was said ends where it ends; what is longer is not read.
func TestScanSize(t *testing.T) {
	src := append([]byte(damagedTail), bytes.Repeat([]byte("[HKEY_USERS\\k]\n\"n\"=\"v\"\n"), 1000)...)
	src = append(src, "\"ReservedPorts\"=dword:00000002\n"...)
	for _, size := range []int{len(src), len(src) + 1, 3 * len(src), len(src) - 31, 1000} {
		want, _, _, err := scanned(src[:min(size, len(src))], ScanOptions{Select: Selection{Names: []string{"ReservedPorts"}}})
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range []int64{300, 5000, 1 << 20} {
			var got []Op
			_, err := scanBlocks("x.reg", bytes.NewReader(src), int64(size), ScanOptions{Select: Selection{Names: []string{"ReservedPorts"}},
				Op: func(op Op) { got = append(got, op) }, Note: func(Note) {}}, 3, block)
			if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%d bytes for %d, blocks of %d: %v, %v; want %v", len(src), size, block, got, err, want)
			}
		}
	}
}
