package ranges

import (
	"bytes"
	"io"
	"slices"
)

const (
	blockSize = 256 << 10
	slack     = 32 // bytes that may be read behind a block

	// keptLine is how much of a line shows that it has more than maxLine bytes.
	keptLine = len(bom) + maxLine + 1 + len("\r\n")
)

// block is whole lines of a list. Each ends in LF, but for the last one of a list without final
// newline. There is slack behind the text.
type block struct {
	text []byte
	line int // number of the first line
}

// blocks cuts what r gives into blocks.
type blocks struct {
	r     io.Reader
	err   error  // of r, io.EOF at its end; nothing is read after it
	rest  []byte // was read, but is not in a block yet: the front of a line
	lines int    // LF in all blocks so far
	begun bool
}

// next puts the next block into buf, the text of an earlier one or nil; it grows if a line needs
// it. The block is empty at the end and after an error, where an unfinished line is left out. Of a
// line that is far too long there is only the front.
func (b *blocks) next(buf []byte) block {
	if buf == nil {
		buf = make([]byte, 0, blockSize+slack)
	}
	buf = append(buf[:0], b.rest...)
	b.rest = b.rest[:0]
	for {
		buf = b.fill(buf)
		end := bytes.LastIndexByte(buf, '\n') + 1
		switch {
		case b.err == io.EOF:
			return b.cut(buf)
		case b.err != nil:
			return b.cut(buf[:end])
		case end > 0:
			b.rest = append(b.rest, buf[end:]...)
			return b.cut(buf[:end])
		case len(buf) >= keptLine:
			b.skipLine()
			buf[keptLine-1] = '\n'
			return b.cut(buf[:keptLine])
		}
		buf = slices.Grow(buf, min(len(buf), keptLine-len(buf))+slack)
	}
}

// cut makes a block of text, and drops a byte order mark at the start of the list.
func (b *blocks) cut(text []byte) block {
	if !b.begun {
		text = bytes.TrimPrefix(text, []byte(bom))
		b.begun = true
	}
	first := b.lines + 1
	b.lines += bytes.Count(text, []byte("\n"))
	return block{text, first}
}

// fill reads until text is full but for the slack.
func (b *blocks) fill(text []byte) []byte {
	for full := cap(text) - slack; b.err == nil && len(text) < full; {
		n := b.read(text[len(text):full])
		text = text[:len(text)+n]
	}
	return text
}

// read reads something, or sets b.err.
func (b *blocks) read(p []byte) int {
	for range 100 {
		n, err := b.r.Read(p)
		b.err = err
		if n > 0 || err != nil {
			return n
		}
	}
	b.err = io.ErrNoProgress
	return 0
}

// skipLine reads up to the next LF.
func (b *blocks) skipLine() {
	for chunk := make([]byte, 64<<10); b.err == nil; {
		n := b.read(chunk)
		if i := bytes.IndexByte(chunk[:n], '\n'); i >= 0 {
			b.rest = append(b.rest, chunk[i+1:n]...)
			return
		}
	}
}
