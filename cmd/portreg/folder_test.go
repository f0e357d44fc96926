package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"portreg/regfile/gpo"
)

// filesOf are n files in folders that hang below one another.
func filesOf(n int) (files []gpo.File) {
	for i := range n {
		files = append(files, gpo.File{Path: fmt.Sprintf("a/b%d/c", i), Content: []byte("x")})
	}
	return files
}

// A failure leaves nothing, and nothing that is there is touched.
func TestWriteFolderFailsClean(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	broken := errors.New("broken")
	err := writeFolder(fileName(path), filesOf(3), func(from, to string) error { return broken })
	if !errors.Is(err, broken) || err.Error() != path+": broken" {
		t.Error(err)
	}
	twice := append(filesOf(3), filesOf(1)...)
	if err := writeFolder(fileName(path), twice, os.Rename); !errors.Is(err, os.ErrExist) || strings.Contains(err.Error(), ".portreg-") {
		t.Error(err)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	if err := writeFolder(fileName(filepath.Join(path, "missing")), filesOf(1), os.Rename); !errors.Is(err, os.ErrNotExist) || !strings.HasPrefix(err.Error(), path+"/missing: ") && os.PathSeparator == '/' {
		t.Error(err)
	}
}

// A signal that would end the program leaves nothing; one that it was started to ignore
// stays ignored.
func TestWriteFolderInterrupted(t *testing.T) {
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
			sent := make(chan error, 1)
			go func() {
				for {
					if there, _ := os.ReadDir(dir); len(there) > 0 {
						sent <- self.Signal(sig)
						return
					}
				}
			}()
			files := filesOf(100)
			err := writeFolder(fileName(filepath.Join(dir, "f")), files, func(from, to string) error {
				time.Sleep(50 * time.Millisecond)
				return os.Rename(from, to)
			})
			if err := <-sent; err != nil {
				t.Skip(err)
			}
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

// Whatever is otherwise in a folder is told, and the folder stays as it is.
func TestDifferences(t *testing.T) {
	for _, tt := range []struct {
		change func(dir string) error
		want   []string
	}{
		{func(string) error { return nil }, nil},
		{func(dir string) error { return os.Chmod(filepath.Join(dir, "a/b0/c"), 0o444) }, nil},
		{func(dir string) error { return os.WriteFile(filepath.Join(dir, "a/b0/c"), []byte("y"), 0o644) }, []string{"a/b0/c differs"}},
		{func(dir string) error { return os.WriteFile(filepath.Join(dir, "a/b0/c"), []byte("x\n"), 0o644) }, []string{"a/b0/c differs"}},
		{func(dir string) error { return os.Truncate(filepath.Join(dir, "a/b0/c"), 1<<40) }, []string{"a/b0/c differs"}},
		{func(dir string) error { return os.Remove(filepath.Join(dir, "a/b1/c")) }, []string{"a/b1/c is missing"}},
		{func(dir string) error { return os.RemoveAll(filepath.Join(dir, "a")) }, []string{"a/b0/c is missing", "a/b1/c is missing"}},
		{func(dir string) error { return os.Mkdir(filepath.Join(dir, "d"), 0o755) }, []string{"d is no part of it"}},
		{func(dir string) error { return os.WriteFile(filepath.Join(dir, "a/b0/d"), nil, 0o644) }, []string{"a/b0/d is no part of it"}},
		{func(dir string) error {
			os.Remove(filepath.Join(dir, "a/b0/c"))
			return os.Symlink("../b1/c", filepath.Join(dir, "a/b0/c"))
		}, []string{"a/b0/c is missing"}},
		{func(dir string) error {
			os.Remove(filepath.Join(dir, "a/b0/c"))
			return os.Mkdir(filepath.Join(dir, "a/b0/c"), 0o755)
		}, []string{"a/b0/c is missing"}},
	} {
		dir := filepath.Join(t.TempDir(), "f")
		if err := writeFolder(fileName(dir), filesOf(2), os.Rename); err != nil {
			t.Fatal(err)
		}
		if err := tt.change(dir); err != nil {
			t.Logf("%v: %v", tt.want, err)
			continue
		}
		found, err := differences(fileName(dir), filesOf(2))
		var got []string
		for _, d := range found {
			got = append(got, d.String())
		}
		if err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("%q, %v, want %q", got, err, tt.want)
		}
		if err := writeFolder(fileName(dir), filesOf(2), nil); (err == nil) != (tt.want == nil) {
			t.Error(err)
		}
	}
}
