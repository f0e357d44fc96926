package main

import (
	"io"
	"os"
	"path/filepath"
	"testing"
)

// TestFileOnStdin reads a file on standard input as one that was named, if none of it was
// read before.
func TestFileOnStdin(t *testing.T) {
	const text = "80\n20000-20010\n"
	path := filepath.Join(t.TempDir(), "list")
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, read := range []int{0, 3} {
		in, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(in, make([]byte, read)); err != nil {
			t.Fatal(err)
		}
		f, err := (&session{in: in}).open(dash)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := f.(io.ReaderAt); ok != (read == 0) {
			t.Errorf("behind %d bytes: can be read in any order: %v", read, ok)
		}
		if got, err := io.ReadAll(f); string(got) != text[read:] || err != nil {
			t.Errorf("behind %d bytes: %q, %v", read, got, err)
		}
		f.Close()
	}
}
