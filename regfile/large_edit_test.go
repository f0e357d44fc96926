package regfile

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"
)

// repeated is a file of a head, a body so many times, and a tail.
type repeated struct {
	head, body, tail []byte
	times            int64
}

func (r repeated) size() int64 {
	return int64(len(r.head)) + r.times*int64(len(r.body)) + int64(len(r.tail))
}

func (r repeated) ReadAt(b []byte, off int64) (n int, err error) {
	for n < len(b) {
		part := r.from(off + int64(n))
		if len(part) == 0 {
			return n, io.EOF
		}
		n += copy(b[n:], part)
	}
	return n, nil
}

// from gives bytes from an offset on, none at the end.
func (r repeated) from(off int64) []byte {
	body := r.times * int64(len(r.body))
	switch behind := off - int64(len(r.head)); {
	case behind < 0:
		return r.head[off:]
	case behind < body:
		return r.body[behind%int64(len(r.body)):]
	default:
		return r.tail[behind-body:]
	}
}

// same is a writer of which every byte must be that of a file.
type same struct {
	want io.Reader
	buf  []byte
	n    int64
}

func (s *same) Write(b []byte) (int, error) {
	if len(s.buf) < len(b) {
		s.buf = make([]byte, len(b))
	}
	if _, err := io.ReadFull(s.want, s.buf[:len(b)]); err != nil || !bytes.Equal(s.buf[:len(b)], b) {
		return 0, fmt.Errorf("other bytes from %d on: %v", s.n, err)
	}
	s.n += int64(len(b))
	return len(b), nil
}

// An edit takes as much memory for 1 GiB as for 16 MiB, and only what is edited changes.
func TestEditMemory(t *testing.T) {
	const most = 4 << 20
	size := int64(16 << 20)
	if os.Getenv("PORTREG_LARGE") != "" {
		size = 1 << 30
	}
	const parameters = `HKEY_LOCAL_MACHINE\SYSTEM\ControlSet002\Services\Tcpip\Parameters`
	const head = "\n\n[HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet001]\n\n"
	const services = "[HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet002\\Services]\n"
	const key, old, new, other = "[" + parameters + "]\n", "\"A\"=dword:00000001", "\"A\"=dword:00000002", "\"B\"=\"\"\n"
	body := strings.Repeat("[HKEY_LOCAL_MACHINE\\SOFTWARE\\Vendor\\Product]\n\"Path\"=\"C:\\\\Program Files\\\\x\"\n\"Data\"=hex:"+
		strings.Repeat("00,11,22,33,44,55,66,77,88,99,aa,bb,cc,dd,ee,ff,\\\n  ", 30)+"00\n\n", 300)
	for _, c := range []struct {
		what      string
		old, edit string // of the tail, or of what stands behind the header
		front     bool
	}{
		{"in place", key + old + " ; c\n" + other + "\n", key + new + " ; c\n" + other + "\n", false},
		{"in front", key + old + " ; c\n" + other + "\n", key + new + " ; c\n" + other + "\n", true},
		{"a value", key + other + "\n", key + other + new + "\n\n", false},
		{"a key", services + other + "\n", services + other + "\n" + key + new + "\n\n", false},
	} {
		for _, encode := range []func(string) []byte{func(s string) []byte { return AppendUTF16(nil, crlf(s)) }, func(s string) []byte { return []byte(s) }} {
			start := header5
			if len(encode("x")) > 1 {
				start = "\ufeff" + header5
			}
			src := repeated{head: encode(start + head), body: encode(body), tail: encode(c.old)}
			want := repeated{head: src.head, body: src.body, tail: encode(c.edit)}
			if c.front {
				src.head, src.tail = encode(start+"\n\n"+c.old), nil
				want.head, want.tail = encode(start+"\n\n"+c.edit), nil
			}
			src.times = size / int64(len(src.body))
			want.times = src.times
			out := &same{want: io.NewSectionReader(want, 0, want.size()), buf: make([]byte, windowSize)}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			err := editLarge(src, out, Op{Verb: SetValue, Key: parameters, Name: "A", Data: Uint32Data(2)})
			runtime.ReadMemStats(&after)
			if err != nil || out.n != want.size() {
				t.Errorf("%s: %v, %d of %d bytes", c.what, err, out.n, want.size())
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > most {
				t.Errorf("%s: %d bytes of memory", c.what, used)
			}
		}
	}
}

func editLarge(src repeated, w io.Writer, op Op) error {
	var scanned []Op
	sum, err := ScanAt("x.reg", src, src.size(), ScanOptions{
		Select: Selection{Keys: []string{op.Key}}, Place: op.Key,
		Op: func(op Op) { scanned = append(scanned, op) }, Note: func(Note) {},
	})
	if err != nil {
		return err
	}
	p, err := Edit("x.reg", src, src.size(), scanned, sum.Place, op)
	if err != nil {
		return err
	}
	_, err = p.WriteTo(w)
	return err
}
