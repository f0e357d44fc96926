package main

import (
	"io"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// TestWidenPipe finds a pipe on standard input wider once it is opened, and the same bytes.
func TestWidenPipe(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	before := pipeSize(t, r)
	f, err := (&session{in: r}).open(dash)
	if err != nil {
		t.Fatal(err)
	}
	if after := pipeSize(t, r); after <= before {
		t.Errorf("the pipe holds %d bytes, before %d", after, before)
	}
	const want = "20000-20010 # a\n"
	_, _ = io.WriteString(w, want)
	w.Close()
	if got, err := io.ReadAll(f); string(got) != want || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

func pipeSize(t *testing.T, f *os.File) int {
	size, err := unix.FcntlInt(f.Fd(), unix.F_GETPIPE_SZ, 0)
	if err != nil {
		t.Fatal(err)
	}
	return size
}
