package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A rename is how a finished file takes its place.
type rename func(from, to string) error

var errInterrupted = errors.New("interrupted")

// writeFile makes path hold what write writes, completely or not at all. A file
// that holds those bytes already is not touched; a symbolic link is followed,
// and devices, pipes and what is below /dev and /proc are written through. write
// may be called twice and must write the same each time.
func writeFile(file fileName, write func(io.Writer) error, rename rename) error {
	path, err := behindLinks(string(file))
	if err == nil {
		err = writePath(path, write, rename)
	}
	return inFile(file.String(), err)
}

func writePath(path string, write func(io.Writer) error, rename rename) error {
	info, err := os.Stat(path)
	switch {
	case isDevice(path) || err == nil && info.Mode()&fs.ModeType&^fs.ModeDir != 0:
		return writeThrough(path, write)
	case errors.Is(err, fs.ErrNotExist):
		return replace(path, 0o644, false, write, rename)
	case err != nil:
		return err
	case info.IsDir():
		return errors.New("is a directory")
	case holds(path, write):
		return nil
	}
	return replace(path, info.Mode().Perm(), true, write, rename)
}

// inFile says which file an error is about: the one the user named, not the
// temporary one.
func inFile(name string, err error) error {
	if err == nil {
		return nil
	}
	var pe *fs.PathError
	var le *os.LinkError
	switch {
	case errors.As(err, &pe):
		err = pe.Err
	case errors.As(err, &le):
		err = le.Err
	}
	return fmt.Errorf("%s: %w", name, err)
}

// isDevice tells whether path is where names stand for what is plugged in or open.
func isDevice(path string) bool {
	path, err := filepath.Abs(path)
	if err != nil || strings.HasPrefix(path, "/dev/shm/") { // files like any other
		return false
	}
	return strings.HasPrefix(path, "/dev/") || strings.HasPrefix(path, "/proc/")
}

// writeThrough adds to what path names: /dev/fd/3 may be a file that holds something.
func writeThrough(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}

// replace writes a temporary file beside path and renames it. A signal that would
// end the program while that file exists removes it.
func replace(path string, perm fs.FileMode, exact bool, write func(io.Writer) error, rename rename) error {
	interrupts, stop := interrupts()
	f, err := createBeside(path, perm)
	if err != nil {
		stop()
		return err
	}
	err = unlessInterrupted(interrupts, f, func() error { return fill(f, perm, exact, write) })
	if err == nil {
		err = rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	if !errors.Is(err, errInterrupted) { // after which the program ends with this error
		stop()
	}
	return err
}

// unlessInterrupted has f filled, but does not wait for that after a signal.
func unlessInterrupted(interrupts <-chan os.Signal, f *os.File, fill func() error) error {
	filled := make(chan error, 1)
	go func() { filled <- fill() }()
	select {
	case err := <-filled:
		if err == nil && len(interrupts) > 0 {
			err = errInterrupted
		}
		return err
	case <-interrupts:
	}
	f.Close() // so that the next write fails
	select {
	case <-filled: // most likely at once; Windows removes no file that is being written
	case <-time.After(100 * time.Millisecond):
	}
	return errInterrupted
}

// interrupts gives the signals, until stop, that would end the program.
func interrupts() (all <-chan os.Signal, stop func()) {
	c := make(chan os.Signal, 1)
	for _, s := range [...]os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(s) { // as after nohup
			signal.Notify(c, s)
		}
	}
	return c, func() { signal.Stop(c) }
}

func fill(f *os.File, perm fs.FileMode, exact bool, write func(io.Writer) error) error {
	err := write(f)
	if err == nil && exact {
		err = f.Chmod(perm)
	}
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// createBeside is os.CreateTemp with permissions that follow the umask.
func createBeside(path string, perm fs.FileMode) (*os.File, error) {
	for {
		f, err := os.OpenFile(temporaryName(path), os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
}

// temporaryName is the name of a file beside path that is not there, most likely.
func temporaryName(path string) string {
	return filepath.Join(filepath.Dir(path), ".portreg-"+strconv.FormatUint(rand.Uint64(), 36))
}

// behindLinks gives the file that path leads to, also where that one is missing.
// Links below /dev and /proc are not followed: they stand for what is open.
func behindLinks(path string) (string, error) {
	const most = 40
	for range most {
		to, err := os.Readlink(path)
		if err != nil || isDevice(path) {
			return path, nil
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(path), to)
		}
		path = to
	}
	return "", errors.New("too many symbolic links")
}

// holds tells whether the file at path has exactly the bytes that write writes.
func holds(path string, write func(io.Writer) error) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	same, err := equals(f, write)
	return same && err == nil
}

// equals tells whether r has exactly the bytes that write writes. Errors are those of
// write.
func equals(r io.Reader, write func(io.Writer) error) (bool, error) {
	switch err := write(&comparer{r: r}); {
	case errors.Is(err, errDiffers):
		return false, nil
	case err != nil:
		return false, err
	}
	n, err := r.Read(make([]byte, 1))
	return n == 0 && err == io.EOF, nil
}

var errDiffers = errors.New("the bytes differ")

// A comparer fails at the first byte that is not the next one of r.
type comparer struct {
	r   io.Reader
	buf []byte
}

func (c *comparer) Write(p []byte) (int, error) {
	if len(c.buf) < len(p) {
		c.buf = make([]byte, len(p))
	}
	n, _ := io.ReadFull(c.r, c.buf[:len(p)])
	if !bytes.Equal(p, c.buf[:n]) {
		return 0, errDiffers
	}
	return len(p), nil
}

// On Windows a file that a virus scanner or the indexer holds cannot be replaced
// for a moment (moby/sys#219): ERROR_ACCESS_DENIED, ERROR_SHARING_VIOLATION.
const (
	accessDenied     = syscall.Errno(5)
	sharingViolation = syscall.Errno(32)
	renameTries      = 10
)

// osRename renames as the system needs it.
func osRename(from, to string) error {
	if runtime.GOOS != "windows" {
		return os.Rename(from, to)
	}
	return renameStubborn(from, to, os.Rename, time.Sleep)
}

// renameStubborn tries again where somebody else holds the file: ten times in
// about 250 ms.
func renameStubborn(from, to string, rename rename, sleep func(time.Duration)) error {
	for try := 1; ; try++ {
		err := rename(from, to)
		held := errors.Is(err, accessDenied) || errors.Is(err, sharingViolation)
		if !held || try == renameTries {
			return err
		}
		sleep(time.Duration(try) * 5 * time.Millisecond)
	}
}
