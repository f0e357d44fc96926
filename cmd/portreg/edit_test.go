package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"portreg/regfile/regfiletest"
)

// Of a large export only the value changes, and it is not held in memory.
func TestEditLarge(t *testing.T) {
	dir := t.TempDir()
	export, list, out := filepath.Join(dir, "export.reg"), filepath.Join(dir, "list.txt"), filepath.Join(dir, "new.reg")
	f, err := os.Create(export)
	if err == nil {
		err = errors.Join(regfiletest.Export(f, regfiletest.UTF16, 8_000_000), f.Close(), os.WriteFile(list, []byte("80-90"), 0o644))
	}
	if err != nil {
		t.Fatal(err)
	}
	const most = 12 << 20
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if status, _, said := portreg("", "gen", "-t", "2003", "--control-set", "2", "--onto", export, "--edit", "-o", out, list); status != statusFine {
		t.Fatal(said)
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > most {
		t.Errorf("%d bytes of memory", used)
	}
	old, errOld := os.ReadFile(export)
	new, errNew := os.ReadFile(out)
	if err := errors.Join(errOld, errNew); err != nil {
		t.Fatal(err)
	}
	start := bytes.Index(old, encode16(`SYSTEM\ControlSet002\Services\Tcpip\Parameters]`, false))
	start += bytes.Index(old[start:], encode16(`"ReservedPorts"=`, false))
	end := start + bytes.Index(old[start:], encode16("\r\n\"", false))
	tail := len(old) - end
	if !bytes.Equal(new[:start], old[:start]) || !bytes.Equal(new[len(new)-tail:], old[end:]) || bytes.Equal(new, old) {
		t.Error("other bytes differ")
	}
}

// A file that changes while it is edited is an error, and nothing is written.
func TestEditOfChanging(t *testing.T) {
	name := filepath.Join(t.TempDir(), "export.reg")
	text := strings.Repeat("x", 10)
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	for what, change := range map[string]func() error{
		"longer": func() error { return os.WriteFile(name, []byte(text+"x"), 0o644) },
		"later":  func() error { return os.Chtimes(name, time.Time{}, time.Unix(1, 0)) },
	} {
		e, err := openEdit(fileName(name))
		if err != nil {
			t.Fatal(err)
		}
		defer e.close()
		if err := change(); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := e.write(&out); err == nil || err.Error() != name+": the file has changed since it was read" || out.Len() > 0 {
			t.Errorf("%s: %v, %d bytes", what, err, out.Len())
		}
	}
}
