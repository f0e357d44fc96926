package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"
)

// A screen is a terminal of so many columns, whose lines must not wrap.
type screen struct {
	t       *testing.T
	columns int
	lines   []string // that were ended
	cells   []rune   // of the line where the cursor is; the right half of a wide character is 0
	at      int
}

func (s *screen) Write(p []byte) (int, error) {
	for _, r := range string(p) {
		switch r {
		case '\r':
			s.at = 0
		case '\n':
			s.lines = append(s.lines, s.line())
			s.cells, s.at = nil, 0
		default:
			s.put(r)
		}
	}
	return len(p), nil
}

func (s *screen) put(r rune) {
	wide := 1
	if strings.ContainsRune("出力中", r) {
		wide = 2
	}
	for len(s.cells) < s.at+wide {
		s.cells = append(s.cells, ' ')
	}
	s.cells[s.at] = r
	if wide == 2 {
		s.cells[s.at+1] = 0
	}
	if s.at += wide; s.at >= s.columns {
		s.t.Errorf("the cursor is at the end of the line: %q", s.line())
	}
}

func (s *screen) line() string {
	return strings.TrimRight(strings.ReplaceAll(string(s.cells), "\x00", ""), " ")
}

// is wants the lines of the screen, the last of which is that with the cursor.
func (s *screen) is(want ...string) {
	s.t.Helper()
	if got := append(s.lines[:len(s.lines):len(s.lines)], s.line()); strings.Join(got, "\n") != strings.Join(want, "\n") {
		s.t.Errorf("the screen shows %q, want %q", got, want)
	}
}

// A clock stands still until it is set.
type clock struct{ time.Time }

func (c *clock) after(d time.Duration) { c.Time = time.Unix(0, 0).Add(d) }

func testProgress(t *testing.T, columns int) (*progress, *screen, *clock) {
	s, c := &screen{t: t, columns: columns}, &clock{time.Unix(0, 0)}
	return &progress{w: s, columns: func() int { return s.columns }, now: func() time.Time { return c.Time }}, s, c
}

func TestProgress(t *testing.T) {
	p, screen, clock := testProgress(t, 80)
	m := p.begin("export.reg", 400e6)
	clock.after(499 * time.Millisecond)
	m.add(50e6)
	screen.is("")
	clock.after(500 * time.Millisecond)
	m.add(50e6)
	screen.is("export.reg: 100 of 400 MB, 25 %, 200 MB/s")
	clock.after(599 * time.Millisecond)
	m.add(1)
	screen.is("export.reg: 100 of 400 MB, 25 %, 200 MB/s")
	clock.after(time.Second)
	m.add(199_999_999)
	screen.is("export.reg: 300 of 400 MB, 75 %, 300 MB/s")

	// a message takes the place of the line, which comes back below it
	printError(p, fmt.Errorf("odd"))
	screen.is("portreg: odd", "")
	clock.after(2 * time.Second)
	m.add(200e6) // more than there is: some bytes were read twice
	screen.is("portreg: odd", "export.reg: 400 of 400 MB, 100 %, 250 MB/s")

	// what another meter counts is not shown until it is its turn
	other := p.begin("x", 0)
	clock.after(3 * time.Second)
	m.add(1)
	screen.is("portreg: odd", "export.reg: 400 of 400 MB, 100 %, 250 MB/s")
	other.add(5_500)
	screen.is("portreg: odd", "x: 5.5 kB, 5.5 kB/s")
	m.end()
	screen.is("portreg: odd", "x: 5.5 kB, 5.5 kB/s")
	other.end()
	screen.is("portreg: odd", "")

	p.stop()
	clock.after(9 * time.Second)
	p.begin("y", 0).add(1)
	screen.is("portreg: odd", "")
}

func TestProgressUnits(t *testing.T) {
	for _, tt := range []struct {
		done, size int64
		after      time.Duration
		want       string
	}{
		{120e6, 400e6, 100 * time.Millisecond, "120 of 400 MB, 30 %, 1.2 GB/s"},
		{1, 1, time.Second, "0.0 of 0.0 kB, 100 %, 0.0 kB/s"},
		{999_999, 1e6, time.Second, "1.0 of 1.0 MB, 99 %, 1000 kB/s"},
		{0, 12e9, 0, "0 of 12 GB, 0 %, 0.0 kB/s"},
		{1.25e9, 2.5e9, time.Second, "1.2 of 2.5 GB, 50 %, 1.2 GB/s"},
		{15e6, 0, 10 * time.Second, "15 MB, 1.5 MB/s"},
		{1 << 50, 1 << 51, time.Second, "1125900 of 2251800 GB, 50 %, 1125900 GB/s"},
	} {
		begun := time.Unix(0, 0)
		m := meter{size: tt.size, begun: begun}
		m.done.Store(tt.done)
		if got := m.figures(begun.Add(tt.after)); got != tt.want {
			t.Errorf("%d of %d after %v: %q, want %q", tt.done, tt.size, tt.after, got, tt.want)
		}
	}
}

// However narrow the terminal is and however wide the name, the line fits, and what it
// leaves out first is the front of the name.
func TestProgressWidth(t *testing.T) {
	const name, nameColumns, figures = "dir/出力中.reg", 14, ": 100 of 400 MB, 25 %, 100 MB/s"
	for columns := 1; columns < 60; columns++ {
		p, screen, clock := testProgress(t, columns)
		m := p.begin(name, 400e6)
		clock.after(time.Second)
		m.add(100e6)
		got, at := screen.line(), screen.at
		switch full, atLeast := nameColumns+len(figures)+1, len("...")+len(figures)+1; {
		case columns >= full && got != name+figures:
			t.Errorf("%d columns: %q is cut", columns, got)
		case columns < full && columns >= atLeast && (!strings.HasPrefix(got, "...") || !strings.HasSuffix(name+figures, got[3:]) || at < columns-2):
			t.Errorf("%d columns: %q", columns, got)
		case columns < atLeast && (!strings.HasPrefix("..."+figures, got) || at != columns-1):
			t.Errorf("%d columns: %q", columns, got)
		}
		p.stop()
		screen.is("")
	}
}

// Names bring no escape sequences to the terminal.
func TestProgressNames(t *testing.T) {
	for _, name := range []fileName{"a\x1b[31mb", "a\rb\n", "\u202egpj.exe", "\x9b31m", "\xff"} {
		p, screen, clock := testProgress(t, 80)
		m := p.begin(name.String(), 0)
		clock.after(time.Second)
		m.add(1)
		if got := screen.line(); !utf8.ValidString(got) || strings.ContainsAny(got, "\x1b\r\n\u202e\u009b") || len(screen.lines) > 0 || !strings.HasSuffix(got, ": 0.0 kB, 0.0 kB/s") {
			t.Errorf("%q shows %q", name, got)
		}
	}
}

// All that is read of a file counts, in whatever way.
func TestProgressOfFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, bytes.Repeat([]byte("x"), 1000), 0o644); err != nil {
		t.Fatal(err)
	}
	p, screen, clock := testProgress(t, 80)
	s := session{progress: p}
	f, err := s.open(fileName(path))
	if err != nil {
		t.Fatal(err)
	}
	var workers sync.WaitGroup
	for i := range 8 {
		workers.Go(func() { f.(io.ReaderAt).ReadAt(make([]byte, 100), int64(i)*100) })
	}
	workers.Wait()
	if at, err := f.(io.Seeker).Seek(800, io.SeekStart); at != 800 || err != nil {
		t.Error(at, err)
	}
	io.ReadFull(f, make([]byte, 100))
	clock.after(time.Second)
	io.ReadFull(f, make([]byte, 50))
	screen.is(path + ": 0.9 of 1.0 kB, 95 %, 0.9 kB/s")
	f.Close()
	screen.is("")
	if _, err := f.Read(make([]byte, 1)); err == nil {
		t.Error("the file is still open")
	}

	write := p.writing("out", func(w io.Writer) error {
		_, err := w.Write(make([]byte, 2000))
		clock.after(2 * time.Second)
		w.Write(nil)
		screen.is("out: 2.0 kB, 2.0 kB/s")
		return err
	})
	var out bytes.Buffer
	if err := write(&out); err != nil || out.Len() != 2000 {
		t.Error(out.Len(), err)
	}
	screen.is("")
}
