package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/term"

	"portreg/cmd/internal/report"
)

// A progress shows on a terminal how far long work is, in a line that is rewritten in
// place:
//
//	export.reg: 120 of 400 MB, 30 %, 1.2 GB/s
//
// Messages are written through it, which erases the line. It needs nothing of a terminal
// but that carriage returns work. A nil progress shows nothing.
type progress struct {
	w       io.Writer
	columns func() int // of the terminal
	now     func() time.Time

	mu      sync.Mutex
	current *meter    // what the line is about
	begun   time.Time // when the first meter was
	drawn   time.Time // when the line last was
	width   int       // of the line that is there
	stopped bool
}

const (
	showAfter   = 500 * time.Millisecond
	redrawAfter = 100 * time.Millisecond
)

// newProgress gives nil if w is no terminal, or one that cannot rewrite a line.
func newProgress(w io.Writer) *progress {
	f := terminalOf(w)
	if f == nil || os.Getenv("TERM") == "dumb" {
		return nil
	}
	return &progress{w: f, columns: func() int { return columnsOf(f) }, now: time.Now}
}

// terminalOf gives the terminal that w is, or nil.
func terminalOf(w io.Writer) *os.File {
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return f
	}
	return nil
}

func columnsOf(f *os.File) int {
	columns, _, err := term.GetSize(int(f.Fd()))
	if err != nil || columns <= 0 { // as on a serial line
		return 80
	}
	return columns
}

// Write writes a message where the line was.
func (p *progress) Write(message []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.erase()
	return p.w.Write(message)
}

// stop erases the line for good.
func (p *progress) stop() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stopped = true
	p.erase()
}

func (p *progress) erase() {
	if p.width > 0 {
		fmt.Fprintf(p.w, "\r%*s\r", p.width, "")
		p.width = 0
	}
}

// draw draws the line of a meter if it is time.
func (p *progress) draw(m *meter) {
	now := p.now()
	if p.stopped || m != p.current || now.Sub(p.begun) < showAfter || now.Sub(p.drawn) < redrawAfter {
		return
	}
	if p.drawn.IsZero() && runtime.GOOS != "windows" {
		p.eraseAtSignals()
	}
	p.drawn = now
	line := cutName(m.name, ": "+m.figures(now), p.columns()-1) // the last column would wrap
	width := columnsFor(line)
	fmt.Fprintf(p.w, "\r%s%*s", line, max(p.width-width, 0), "")
	p.width = width
}

// eraseAtSignals erases the line before a signal ends the program. Who else waits for
// the signal gets it twice. On Windows, where a process cannot send itself one, the line
// stays.
func (p *progress) eraseAtSignals() {
	interrupts, stop := interrupts()
	go func() {
		sig := <-interrupts
		erased := make(chan struct{})
		go func() {
			p.stop()
			close(erased)
		}()
		select {
		case <-erased:
		case <-time.After(redrawAfter): // the terminal takes nothing
		}
		stop()
		if self, err := os.FindProcess(os.Getpid()); err == nil {
			self.Signal(sig)
		}
	}()
}

// A meter counts the bytes of a file that is read or written.
type meter struct {
	p     *progress
	name  string
	size  int64 // 0 if it is not known
	begun time.Time
	done  atomic.Int64
}

// begin begins a meter, which the line is about until it ends or another begins.
func (p *progress) begin(name string, size int64) *meter {
	p.mu.Lock()
	defer p.mu.Unlock()
	m := &meter{p: p, name: report.Printable(name), size: size, begun: p.now()}
	if p.begun.IsZero() {
		p.begun = m.begun
	}
	p.current = m
	return m
}

// add counts n bytes more; several goroutines may.
func (m *meter) add(n int) {
	m.done.Add(int64(n))
	if m.p.mu.TryLock() {
		m.p.draw(m)
		m.p.mu.Unlock()
	}
}

func (m *meter) end() {
	m.p.mu.Lock()
	defer m.p.mu.Unlock()
	if m.p.current == m {
		m.p.current = nil
		m.p.erase()
	}
}

// figures is "120 of 400 MB, 30 %, 1.2 GB/s", or "120 MB, 1.2 GB/s" without a size.
func (m *meter) figures(now time.Time) string {
	done := m.done.Load()
	rate := int64(float64(done) / max(now.Sub(m.begun), time.Millisecond).Seconds())
	if m.size == 0 {
		return inUnits(done) + ", " + inUnits(rate) + "/s"
	}
	done = min(done, m.size) // its beginning is read twice, to find the format
	u := unitOf(m.size)
	return fmt.Sprintf("%s of %s, %d %%, %s/s", u.text(done, m.size), inUnits(m.size), done*100/m.size, inUnits(rate))
}

// A unit of bytes.
type unit struct {
	name  string
	bytes float64
}

func unitOf(n int64) unit {
	for _, u := range [...]unit{{"GB", 1e9}, {"MB", 1e6}} {
		if float64(n) >= u.bytes {
			return u
		}
	}
	return unit{"kB", 1e3}
}

// text gives n as exactly as it suits the whole.
func (u unit) text(n, whole int64) string {
	digits := 0
	if float64(whole) < 10*u.bytes {
		digits = 1
	}
	return strconv.FormatFloat(float64(n)/u.bytes, 'f', digits, 64)
}

// inUnits is "1.2 GB".
func inUnits(n int64) string {
	u := unitOf(n)
	return u.text(n, n) + " " + u.name
}

// cutName puts a name before a text and cuts the front of the name, then the end of the
// text, for no more than so many columns.
func cutName(name, text string, columns int) string {
	const cut = "..."
	if columnsFor(name+text) > columns {
		rest := []rune(name)
		for len(rest) > 0 && columnsFor(cut+string(rest)+text) > columns {
			rest = rest[1:]
		}
		name = cut + string(rest)
	}
	line := []rune(name + text)
	for len(line) > 0 && columnsFor(string(line)) > columns {
		line = line[:len(line)-1]
	}
	return string(line)
}

// columnsFor is how many columns of a terminal a text takes at most: of all characters
// from the first wide one on it counts two.
func columnsFor(text string) (n int) {
	const firstWide = 0x1100
	for _, r := range text {
		if n++; r >= firstWide {
			n++
		}
	}
	return n
}

// meterOf begins a meter for a file that is to be read, if there is a terminal to show it
// on. What is typed at one shows itself.
func (p *progress) meterOf(file fileName, f *os.File) *meter {
	if p == nil {
		return nil
	}
	info, err := f.Stat()
	switch {
	case err != nil || info.Mode()&fs.ModeCharDevice != 0:
		return nil
	case info.Mode().IsRegular():
		return p.begin(file.String(), info.Size())
	}
	return p.begin(file.String(), 0)
}

// A meteredReader counts what is read.
type meteredReader struct {
	r io.Reader
	m *meter
}

func (r meteredReader) Read(b []byte) (int, error) {
	n, err := r.r.Read(b)
	r.m.add(n)
	return n, err
}

func (r meteredReader) Close() error {
	r.m.end()
	return nil
}

// A meteredFile counts what is read of a file, in order or not.
type meteredFile struct {
	meteredReader
	f *os.File
}

func (f meteredFile) ReadAt(b []byte, at int64) (int, error) {
	n, err := f.f.ReadAt(b, at)
	f.m.add(n)
	return n, err
}

func (f meteredFile) Seek(offset int64, whence int) (int64, error) {
	return f.f.Seek(offset, whence)
}

func (f meteredFile) Close() error {
	return errors.Join(f.meteredReader.Close(), f.f.Close())
}

// A meteredWriter counts what is written, from the first byte on.
type meteredWriter struct {
	w     io.Writer
	begin func() *meter
	m     *meter
}

// writing gives write with what it writes counted, if there is a terminal to show it on.
func (p *progress) writing(name string, write func(io.Writer) error) func(io.Writer) error {
	if p == nil {
		return write
	}
	return func(w io.Writer) error {
		m := meteredWriter{w: w, begin: func() *meter { return p.begin(name, 0) }}
		err := write(&m)
		if m.m != nil {
			m.m.end()
		}
		return err
	}
}

func (w *meteredWriter) Write(b []byte) (int, error) {
	if w.m == nil {
		w.m = w.begin()
	}
	n, err := w.w.Write(b)
	w.m.add(n)
	return n, err
}
