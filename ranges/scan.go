package ranges

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
)

// Scan reads the list r, called name in errors, once and in flat memory. It yields every entry with
// its place and every *[Error], in the order of the places, and goes on after an error. If r fails,
// the last error wraps that of r.
func Scan(r io.Reader, name string) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		lines(r, name, func(ln line) bool {
			return ln.read(func(e Entry, err *Error) bool {
				if err != nil {
					return yield(Entry{}, err)
				}
				return yield(e, nil)
			})
		}, func(err error) { yield(Entry{}, err) })
	}
}

// lines 
func lines(r io.Reader, name string, yield func(line) bool, fail func(error)) {
	src, err := io.ReadAll(r)
	if err != nil {
		fail(readError(name, err))
		return
	}
	src = bytes.TrimPrefix(src, []byte(bom))
	no := 0
	for raw := range bytes.Lines(src) {
		no++
		if !yield(newLine(name, no, raw)) {
			return
		}
	}
}

// readError puts the name before err, once: errors of files bring it along.
func readError(name string, err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return fmt.Errorf("%s: %w", name, err)
}
