package regfile

import (
	"bytes"
	"hash/fnv"
	"io"
)

// Patch is a file with some of its bytes replaced.
type Patch struct {
	name    string
	r       io.ReaderAt
	size    int64
	changes []change // in the order of the file
	window  []byte   // what is read at once
}

// change has text take the place of bytes of a statement, or follow it.
type change struct {
	of       statement
	off, end int64
	text     []byte
}

// WriteTo writes the file as it is with the changes. It is an error if the file has been
// cut since, or has changed where it is edited; nothing is written in the latter case.
func (p *Patch) WriteTo(w io.Writer) (int64, error) {
	if err := p.unchanged(); err != nil {
		return 0, err
	}
	var parts []io.Reader
	off, size := int64(0), p.size
	for _, c := range p.changes {
		parts = append(parts, io.NewSectionReader(p.r, off, c.off-off), bytes.NewReader(c.text))
		off, size = c.end, size+int64(len(c.text))-(c.end-c.off)
	}
	parts = append(parts, io.NewSectionReader(p.r, off, p.size-off))
	// Readers and writers that choose a buffer of their own choose a small one.
	n, err := io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{io.MultiReader(parts...)}, p.window)
	if err == nil && n != size {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

func (p *Patch) unchanged() error {
	for _, c := range p.changes {
		sum, err := p.sum(c.of)
		if err != nil {
			return err
		}
		if sum != c.of.sum {
			return &Error{p.name, c.of.at, "the file has changed here since it was read"}
		}
	}
	return nil
}

// sum gives a checksum of a statement.
func (p *Patch) sum(s statement) (uint64, error) {
	sum := fnv.New64a()
	_, err := io.CopyBuffer(sum, io.NewSectionReader(p.r, s.at.Offset, s.end-s.at.Offset), p.window)
	return sum.Sum64(), err
}
