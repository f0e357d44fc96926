package regfile

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
)

// largeTests tells whether tests take files of their full size, as .ci/run asks for, or
// small ones of the same kind.
func largeTests() bool { return os.Getenv("PORTREG_LARGE") != "" }

// hostile is what a file may have in front of a list: front, body as often as makes size
// bytes of 8-bit text, and back.
type hostile struct {
	what              string
	front, body, back string
	size              int64
	notes             bool // there is something to note
}

var hostiles = []hostile{
	{what: "2 GiB in UTF-16", body: strings.Repeat("[HKEY_USERS\\S\\Key]\n\"Name\"=\"some text\"\n@=dword:0000abcd\n\"Data\"=hex:"+
		strings.Repeat("00,11,22,33,44,55,66,77,88,99,aa,bb,cc,dd,ee,ff,\\\n  ", 20)+"00\n\n", 100), size: 1 << 30},
	{what: "comment", front: ";", body: strings.Repeat("x", 4000), back: "\n", size: 50e6},
	{what: "text", front: `"a"="`, body: strings.Repeat(`x \"y\\ `, 500), back: "\"\n", size: 50e6},
	{what: "text of many lines", front: `"a"="`, body: "[HKEY_USERS]\n\\\"", back: "\"\n", size: 30e6},
	{what: "name", front: `"`, body: strings.Repeat("x", 4000), back: "\"=dword:1\n", size: 50e6, notes: true},
	{what: "key", front: `[HKEY_USERS\`, body: strings.Repeat(`x\`, 2000), back: "]\n", size: 50e6, notes: true},
	{what: "key without end", front: `[HKEY_USERS\`, body: strings.Repeat(`x\`, 2000), back: "\n", size: 50e6, notes: true},
	{what: "hex data", front: `"a"=hex:`, body: strings.Repeat("00,", 1000), back: "00\n", size: 50e6},
	{what: "stray line", body: strings.Repeat("x ", 2000), back: "\n", size: 50e6, notes: true},
	{what: "blanks", body: strings.Repeat(" ", 4000), back: "\n", size: 50e6},
	{what: "backslashes", front: `"a"="`, body: strings.Repeat(`\\`, 2000), back: "\"\n", size: 50e6},
	{what: "value of 64 MB", front: "\"a\"=hex:\\\n  ", body: strings.Repeat("00,", 25) + "\\\n  ", back: "00\n", size: 205e6},
	{what: "values", body: "\"a\"=\"b\"\n", size: 10e6},
	{what: "keys", body: "[HKEY_USERS\\k]\n", size: 20e6},
	{what: "deleted keys", body: "[-HKEY_USERS\\k]\n", size: 20e6},
	{what: "keys that regedit does not open", body: "[HKEY\\k]\n", size: 9e6, notes: true},
	{what: "names without end", body: "\"abc\n", size: 5e6, notes: true},
	{what: "texts without end", body: "\"a\"=\"b\n\"a\"=\"b\n", size: 7e6, notes: true},
	{what: "stray lines", body: "x\n", size: 2e6, notes: true},
	{what: "comments", body: ";\n", size: 2e6},
	{what: "empty lines", body: "\n", size: 5e6},
	{what: "continuations", front: "\"a\"=hex:\\\n", body: "00,\\\n", back: "00\n", size: 10e6},
	{what: "continuations that break", body: "\"a\"=hex:00,\\\n[HKEY_USERS\\x]\n", size: 10e6, notes: true},
	{what: "comments in hex data", front: "\"a\"=hex:\\\n", body: ";00,\\\n00,\\;\n", back: "00\n", size: 10e6},
}

const listBehind = "\n[HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet001\\Services\\Tcpip\\Parameters]\n\"ReservedPorts\"=dword:00000001\n"

// TestLarge finds a list behind what is large, or what there is a lot of, on the line
// where it is, in flat memory, and reads no part of the file more than about three times:
// twice where a block finds no start, and once more in order.
func TestLarge(t *testing.T) {
	if raceEnabled && largeTests() {
		t.Fatal("PORTREG_LARGE is for tests without -race")
	}
	for _, h := range hostiles {
		t.Run(h.what, func(t *testing.T) {
			for form, encode := range encodings {
				if form != "UTF-8" && form != "UTF-16 and CR" || !largeTests() {
					h.test(t, form, encode)
				}
			}
		})
	}
}

// encodings are those of .reg files, with line ends of several kinds.
var encodings = map[string]func(string) []byte{
	"UTF-16":        func(s string) []byte { return AppendUTF16(nil, crlf(s)) },
	"UTF-8":         func(s string) []byte { return []byte(crlf(s)) },
	"UTF-16 and CR": func(s string) []byte { return AppendUTF16(nil, strings.ReplaceAll(s, "\n", "\r")) },
	"UTF-8 and LF":  func(s string) []byte { return []byte(s) },
}

func (h hostile) test(t *testing.T, form string, encode func(string) []byte) {
	head := header5 + "\n\n[HKEY_USERS\\first]\n" + h.front
	times := max(2, h.size/int64(len(h.body)))
	if !largeTests() {
		times = max(2, times/500)
	}
	line := int64(strings.Count(head+h.back+listBehind, "\n")) + times*int64(strings.Count(h.body, "\n"))
	if strings.HasPrefix(form, "UTF-16") {
		head = "\ufeff" + head
	}
	src := repeated{head: encode(head), body: encode(h.body), tail: encode(h.back + listBehind), times: times}
	for _, depth := range []depth{search, full} {
		for _, way := range []string{"Scan", "ScanAt"} {
			got, err := h.scan(src, depth, way)
			want := largeResult{found: 1, line: line, notes: got.notes, memory: got.memory, read: got.read}
			switch {
			case err != nil || got != want:
				t.Errorf("%s, %s, depth %d: %+v, %v; want line %d", form, way, depth, got, err, want.line)
			case depth == full && (got.notes > 0) != h.notes:
				t.Errorf("%s, %s: %d notes", form, way, got.notes)
			case got.memory > 16<<20:
				t.Errorf("%s, %s, depth %d: %d MiB of memory", form, way, depth, got.memory>>20)
			case got.read > src.size()*31/10+windowSize*8:
				t.Errorf("%s, %s, depth %d: %d bytes read of %d", form, way, depth, got.read, src.size())
			}
		}
	}
}

// largeResult is what was found, and what that took.
type largeResult struct {
	found, notes int
	line         int64
	memory       int64 // more that the heap has of the system
	read         int64
}

func (h hostile) scan(src repeated, depth depth, way string) (r largeResult, err error) {
	o := ScanOptions{
		Select: Selection{Names: []string{"ReservedPorts"}}, Full: depth == full,
		Note:  func(Note) { r.notes++ },
		Brief: func(string) bool { return true },
		Op: func(op Op) {
			if op.Verb == SetValue {
				r.found, r.line = r.found+1, int64(op.Pos.Line)
			}
		},
	}
	if depth == full {
		o.Comment, o.Statement = func(Comment) {}, func(int, int) {}
	}
	counted := &countedFile{repeated: src}
	runtime.GC()
	before := heapSys()
	if way == "Scan" {
		_, err = Scan("x.reg", io.NewSectionReader(counted, 0, src.size()), o)
	} else {
		_, err = ScanAt("x.reg", counted, src.size(), o)
	}
	r.memory, r.read = heapSys()-before, counted.n.Load()
	return r, err
}

func heapSys() int64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapSys)
}

// countedFile counts the bytes that are read.
type countedFile struct {
	repeated
	n atomic.Int64
}

func (f *countedFile) ReadAt(b []byte, off int64) (int, error) {
	n, err := f.repeated.ReadAt(b, off)
	f.n.Add(int64(n))
	return n, err
}

// A selected value of 64 MB is an error that says where, in a file of any length.
func TestLargeSelected(t *testing.T) {
	head := "\ufeff" + header5 + "\n\n[HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet001\\Services\\Tcpip\\Parameters]\n\"ReservedPorts\"=hex(7):"
	body := strings.Repeat("00,", 25) + "\\\n  "
	src := repeated{head: AppendUTF16(nil, crlf(head)), body: AppendUTF16(nil, crlf(body)), times: 64e6 / 25}
	for _, full := range []bool{false, true} {
		_, err := ScanAt("x.reg", src, src.size(), ScanOptions{Select: Selection{Names: []string{"ReservedPorts"}}, Full: full, Op: func(Op) {}, Note: func(Note) {}})
		if placed, ok := err.(*Error); !ok || placed.Pos.Line != 4 || placed.Pos.Col != 1 || !strings.Contains(fmt.Sprint(err), "16 MiB") {
			t.Errorf("full %v: %v", full, err)
		}
	}
}
