package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"time"
)

// saying writes text in small pieces.
func saying(text string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.Copy(w, iotest.OneByteReader(strings.NewReader(text)))
		return err
	}
}

func fileIs(t *testing.T, path, want string) {
	t.Helper()
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("%s holds %q, %v; want %q", path, got, err, want)
	}
}

func TestWriteFileLeavesEqualBytesAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	never := func(from, to string) error { return errors.New("renamed") }
	for _, text := range []string{"", "x", strings.Repeat("x", 100_000)} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := writeFile(fileName(path), saying(text), never); err != nil {
			t.Errorf("%d equal bytes: %v", len(text), err)
		}
		for _, other := range []string{text + "y", "y" + text, text + text + "z"} {
			if err := writeFile(fileName(path), saying(other), never); err == nil {
				t.Errorf("%d bytes over %d are not written", len(other), len(text))
			}
		}
	}
	if err := os.WriteFile(path, []byte("longer"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := writeFile(fileName(path), saying("long"), never); err == nil {
		t.Error("a shorter text is not written")
	}
}

// Whatever fails, the old file is whole and nothing is left beside it.
func TestWriteFileFailsClean(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	broken := errors.New("broken")
	half := func(w io.Writer) error {
		io.WriteString(w, "half")
		return broken
	}
	for _, tt := range []struct {
		write  func(io.Writer) error
		rename rename
	}{
		{half, os.Rename},
		{saying("new"), func(from, to string) error { return broken }},
	} {
		os.Remove(path)
		if err := writeFile(fileName(path), tt.write, tt.rename); !errors.Is(err, broken) || err.Error() != path+": broken" {
			t.Errorf("got %v", err)
		}
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Errorf("left: %v", left)
		}
		if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := writeFile(fileName(path), tt.write, tt.rename); !errors.Is(err, broken) {
			t.Errorf("got %v", err)
		}
		fileIs(t, path, "old")
		if left, _ := os.ReadDir(dir); len(left) != 1 {
			t.Errorf("left: %v", left)
		}
	}
}

// Errors name the file that was asked for, not the temporary one.
func TestWriteFileErrorsNameThePath(t *testing.T) {
	path := filepath.Join(t.TempDir(), "missing", "f")
	err := writeFile(fileName(path), saying("x"), os.Rename)
	if !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), path+": ") || strings.Contains(err.Error(), ".portreg-") {
		t.Errorf("got %v", err)
	}
}

// ignore has a signal ignored until the end of the test. (After Reset alone, Ignored goes
// on to say so.)
func ignore(t *testing.T, sig os.Signal) {
	signal.Ignore(sig)
	t.Cleanup(func() {
		c := make(chan os.Signal, 1)
		signal.Notify(c, sig)
		signal.Reset(sig)
	})
}

// A signal that would end the program leaves nothing; one that it was started to
// ignore, as nohup does, stays ignored.
func TestWriteFileInterrupted(t *testing.T) {
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		for _, ignored := range []bool{false, true} {
			dir := t.TempDir()
			if ignored {
				ignore(t, sig)
			}
			err := writeFile(fileName(filepath.Join(dir, "f")), func(w io.Writer) error {
				if err := self.Signal(sig); err != nil {
					t.Skip(err)
				}
				time.Sleep(50 * time.Millisecond)
				return saying("x")(w)
			}, os.Rename)
			left, _ := os.ReadDir(dir)
			switch {
			case ignored && (err != nil || len(left) != 1):
				t.Errorf("%v, ignored: %v, left: %v", sig, err, left)
			case !ignored && (!errors.Is(err, errInterrupted) || len(left) > 0):
				t.Errorf("%v: %v, left: %v", sig, err, left)
			}
		}
	}
}

// A file that is held for a moment is tried again, for about a quarter of a second;
// any other error is final.
func TestRenameStubborn(t *testing.T) {
	for _, tt := range []struct {
		err   error
		fails int
		tries int
		ok    bool
	}{
		{nil, 0, 1, true},
		{accessDenied, 3, 4, true},
		{sharingViolation, 9, 10, true},
		{sharingViolation, 10, 10, false},
		{syscall.Errno(2), 1, 1, false},
		{errors.New("other"), 1, 1, false},
	} {
		tries, slept := 0, time.Duration(0)
		err := renameStubborn("a", "b", func(from, to string) error {
			if tries++; tries <= tt.fails {
				return &os.LinkError{Op: "rename", Old: from, New: to, Err: tt.err}
			}
			return nil
		}, func(d time.Duration) { slept += d })
		if (err == nil) != tt.ok || tries != tt.tries {
			t.Errorf("%v, %d times: %v after %d tries", tt.err, tt.fails, err, tries)
		}
		if slept > 250*time.Millisecond || tt.tries == 10 && slept < 200*time.Millisecond {
			t.Errorf("%v, %d times: slept %v", tt.err, tt.fails, slept)
		}
	}
}

// writeEndless is a program that writes to the file that it is given, or, if it is told to
// be silent, makes it and writes nothing.
func writeEndless() {
	piece := make([]byte, 64<<10)
	err := writeFile(fileName(os.Args[1]), func(w io.Writer) error {
		for {
			if len(os.Args) > 2 {
				time.Sleep(time.Hour)
			}
			if _, err := w.Write(piece); err != nil {
				return err
			}
			time.Sleep(time.Millisecond)
		}
	}, osRename)
	printError(os.Stderr, err)
	os.Exit(statusTrouble)
}

// A program that is interrupted in the midst of writing leaves nothing behind and says so,
// also while it does not get to write.
func TestInterruptedProcess(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a process cannot send signals there")
	}
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		caught := make(chan os.Signal, 1) // so that the program does not begin with the signal ignored
		signal.Notify(caught, sig)
		defer signal.Stop(caught)
		for _, args := range [][]string{nil, {"silent"}} {
			dir := t.TempDir()
			path := filepath.Join(dir, "f")
			cmd := exec.CommandContext(t.Context(), "write-endless", append([]string{path}, args...)...)
			var said strings.Builder
			cmd.Stderr = &said
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			for !holdsAtLeast(dir, int64(1-len(args))<<20) {
				time.Sleep(time.Millisecond)
			}
			cmd.Process.Signal(sig)
			cmd.Wait()
			left, _ := os.ReadDir(dir)
			if want := "portreg: " + path + ": interrupted\n"; cmd.ProcessState.ExitCode() != statusTrouble || said.String() != want || len(left) > 0 {
				t.Errorf("%v, %q: %v, %q, left: %v", sig, args, cmd.ProcessState, said.String(), left)
			}
		}
	}
}

// holdsAtLeast tells whether a folder holds a file of at least so many bytes.
func holdsAtLeast(dir string, size int64) bool {
	files, _ := os.ReadDir(dir)
	for _, f := range files {
		if info, err := f.Info(); err == nil && info.Size() >= size {
			return true
		}
	}
	return false
}
