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
		emit := func(e Entry, err *Error) bool {
			if err != nil {
				return yield(Entry{}, err)
			}
			return yield(e, nil)
		}
		src := blocks{r: r}
		for b := src.next(nil); len(b.text) > 0; b = src.next(b.text) {
			no := b.line
			for raw := range bytes.Lines(b.text) {
				if !newLine(name, no, raw).read(emit) {
					return
				}
				no++
			}
		}
		if src.err != io.EOF {
			yield(Entry{}, readError(name, src.err))
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
