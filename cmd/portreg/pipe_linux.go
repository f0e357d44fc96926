package main

import (
	"os"

	"golang.org/x/sys/unix"
)

// widenPipe makes a pipe hold 1 MiB, which any user may (pipe(7), pipe-max-size): of its
// usual 64 KiB reader and writer wait for each other most of the time. Nothing else than a
// pipe is changed.
func widenPipe(f *os.File) {
	_, _ = unix.FcntlInt(f.Fd(), unix.F_SETPIPE_SZ, 1<<20)
}
