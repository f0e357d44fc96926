package regfile

import (
	"errors"
	"io"
	"math"
	"runtime"
	"sync"
)

// A file is scanned on several cores in blocks. Each begins at the first line behind its
// nominal start that looks as if it opens a key, and is read to where the next one
// begins, if that is within no statement. What looks like a key may be text between
// quotes: so a block counts only if the one before it ends where it begins. Else, and
// where there is much to tell, that part of the file is read in order.

// blockSize is the distance of the nominal starts: large files have no more blocks than
// others, each of which costs memory until the next garbage collection.
func blockSize(file int64) int64 { return min(max(file/128, 4<<20), 64<<20) }

// mostEvents is how much of a block is kept until it is its turn.
const mostEvents = 1 << 13

// Why a block is read again, in order.
var (
	errCrowded  = errors.New("too much to keep")
	errRelative = errors.New("a note names a line, and that of the file is not known")
	errDeletes  = errors.New("it deletes what other blocks may have")
	errLost     = errors.New("no start near the nominal one, or none to end at")
)

// ScanAt is [Scan] of the first size bytes of r, on all cores.
func ScanAt(name string, r io.ReaderAt, size int64, o ScanOptions) (Summary, error) {
	return scanBlocks(name, r, size, o, runtime.GOMAXPROCS(0), blockSize(size))
}

// blocks scans a file in blocks.
type blocks struct {
	r     io.ReaderAt
	size  int64 // of the file
	block int64 // and of a block
	o     ScanOptions
	main  *scanner // what reads in order
}

// block is some of a file, and what was found in it.
type block struct {
	nominal, limit int64
	start          int64 // where it begins
	events         []event
	*scanner                     // at its end; lines count from 1
	wrong          error         // why it must be read again
	ready          chan struct{} // closed when all that is known
}

// event tells of something, with its lines moved down by shift.
type event func(shift int)

func scanBlocks(name string, r io.ReaderAt, size int64, o ScanOptions, cores int, blockSize int64) (Summary, error) {
	main := &scanner{name: name, r: io.NewSectionReader(r, 0, size), window: make([]byte, min(windowSize, max(blockSize, maxHeader)))}
	if err := main.begin(o); err != nil {
		return Summary{}, err
	}
	bb := &blocks{r, size, blockSize, o, main}
	if err := bb.run(cores); err != nil {
		return Summary{}, main.fail(err)
	}
	return main.end(), nil
}

// run has the blocks read, and takes them in order.
func (bb *blocks) run(cores int) error {
	if cores < 2 || bb.size < 2*bb.block {
		return bb.main.run(math.MaxInt64)
	}
	var all sync.WaitGroup
	defer all.Wait()
	quit := make(chan struct{})
	defer close(quit)
	queue, work := make(chan *block, cores), make(chan *block)
	all.Go(func() { bb.plan(queue, work, quit) })
	for range cores {
		all.Go(func() { bb.work(work) })
	}
	for b := range queue {
		<-b.ready
		if err := bb.take(b); err != nil || bb.main.done {
			return err
		}
	}
	return bb.main.run(math.MaxInt64)
}

// plan lists the blocks in order, for run and for those who read them.
func (bb *blocks) plan(queue, work chan<- *block, quit <-chan struct{}) {
	defer close(queue)
	defer close(work)
	for at := int64(0); at < bb.size; at += bb.block {
		b := &block{nominal: at, limit: at + bb.block, ready: make(chan struct{})}
		for _, to := range [...]chan<- *block{queue, work} {
			select {
			case to <- b:
			case <-quit:
				return
			}
		}
	}
}

func (bb *blocks) work(work <-chan *block) {
	window := make([]byte, len(bb.main.window))
	for b := range work {
		b.wrong = bb.read(b, window)
		close(b.ready)
	}
}

// read reads a block.
func (bb *blocks) read(b *block, window []byte) error {
	b.scanner = &scanner{window: window, most: b.limit + bb.block}
	b.prepare(bb.main.form, bb.main.head, b.keep(bb.o))
	b.relative = true
	if err := bb.begin(b); err != nil {
		return err
	}
	b.start = b.off
	return b.run(b.limit)
}

// begin finds where a block begins: behind the header, or where a key opens.
func (bb *blocks) begin(b *block) error {
	if b.nominal == 0 {
		b.r = io.NewSectionReader(bb.r, b.off, bb.size-b.off)
		return nil
	}
	width := int64(b.width)
	if b.nominal-width < b.off {
		return errLost
	}
	b.place = place{off: b.nominal - width, line: 1, col: 1} // within a line, to tell whether one begins behind it
	b.state = lineStart
	b.r = io.NewSectionReader(bb.r, b.off, bb.size-b.off)
	for b.off < b.limit && !b.ended {
		if err := b.fill(); err != nil {
			return err
		}
		at := b.blockStart(0)
		found := at < b.held
		if !found {
			at = b.held / 2 &^ 1
		}
		b.off += int64(at)
		b.held = copy(b.window, b.window[at:b.held])
		if found && b.off < b.limit {
			b.col = 0
			return nil
		}
	}
	return errLost
}

// take tells of a block, or reads that part of the file in order.
func (bb *blocks) take(b *block) error {
	m := bb.main
	switch {
	case m.off >= b.limit:
		return nil
	case b.wrong != nil || b.start != m.off || m.comments && m.statement == awaited:
		return m.run(b.limit)
	}
	shift := m.line - 1
	for _, tell := range b.events {
		tell(shift)
	}
	if m.near != nil {
		m.near.take(b.near, shift)
	}
	m.place, m.state, m.afterCR, m.high, m.statement = b.place, lineStart, false, false, b.statement
	m.line += shift
	m.r = io.NewSectionReader(bb.r, b.off, bb.size-b.off)
	m.held, m.ended, m.done, m.tail = 0, false, b.done, b.tail
	if b.done {
		m.held = b.held // half a unit
	}
	return nil
}

// keep gives options that make events of what is told.
func (b *block) keep(o ScanOptions) ScanOptions {
	later := func(e event) {
		if len(b.events) == mostEvents {
			b.err = errCrowded
			return
		}
		b.events = append(b.events, e)
	}
	kept := ScanOptions{Select: o.Select, Full: o.Full, Place: o.Place}
	kept.Op = func(op Op) {
		later(func(shift int) { op.Pos.Line += shift; o.Op(op) })
	}
	kept.Note = func(n Note) {
		later(func(shift int) { n.Pos.Line += shift; o.Note(n) })
	}
	if o.Comment != nil {
		kept.Comment = func(c Comment) {
			later(func(shift int) { c.Pos.Line += shift; o.Comment(c) })
		}
		kept.Statement = func(first, last int) {
			later(func(shift int) { o.Statement(first+shift, last+shift) })
		}
	}
	return kept
}
