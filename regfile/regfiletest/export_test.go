package regfiletest_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"testing"

	"portreg/regfile"
	"portreg/regfile/regfiletest"
)

const chars = 500_000

func export(t *testing.T, f regfiletest.Form) []byte {
	var b bytes.Buffer
	if err := regfiletest.Export(&b, f, chars); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// ops are those of an export, without their places in bytes.
func ops(t *testing.T, f regfiletest.Form) []regfile.Op {
	file, err := regfile.Parse("export.reg", export(t, f))
	if err != nil || len(file.Notes()) > 0 {
		t.Fatal(err, file.Notes())
	}
	all := file.Ops()
	for i := range all {
		all[i].Pos.Offset = 0
	}
	return all
}

func TestBytes(t *testing.T) {
	for f, want := range []string{
		"1000272 d00ab52f", "983370 6e684783f", "500869 bcadfefb0", "492418 9b8a93140", "500637 a69077918",
	} {
		b := export(t, regfiletest.Form(f))
		if got := fmt.Sprintf("%d %x", len(b), sha256.Sum256(b))[:16]; got != want {
			t.Errorf("form %d: %s, want %s", f, got, want)
		}
	}
}

func TestForms(t *testing.T) {
	for _, f := range [][2]regfiletest.Form{{regfiletest.UTF16, regfiletest.UTF8}, {regfiletest.UTF16LF, regfiletest.UTF8LF}} {
		if !reflect.DeepEqual(ops(t, f[0]), ops(t, f[1])) {
			t.Errorf("%v do not hold the same", f)
		}
	}
	if a, b := len(ops(t, regfiletest.UTF16)), len(ops(t, regfiletest.UTF16LF)); a != b {
		t.Errorf("%d operations, %d with LF", a, b)
	}
}

func TestReservedPorts(t *testing.T) {
	want := []string{"1433-1434", "3389-3389", "5985-5986", "8080-8080", "49152-49160"}
	const key = `HKEY_LOCAL_MACHINE\SYSTEM\%s\Services\Tcpip\Parameters`
	for f := range regfiletest.REGEDIT4 + 1 {
		state := regfile.StateOf(ops(t, f))
		for set, n := range map[string]int{"ControlSet001": 4, "ControlSet002": 2, "CurrentControlSet": 5} {
			v, ok := state.Value(fmt.Sprintf(key, set), "ReservedPorts")
			got, err := v.Data.Strings()
			if !ok || err != nil || !slices.Equal(got, want[:n]) {
				t.Errorf("form %d: %s: %q, %v", f, set, got, err)
			}
		}
	}
}

func TestError(t *testing.T) {
	r, w := io.Pipe()
	broken := errors.New("disk full")
	r.CloseWithError(broken)
	if err := regfiletest.Export(w, regfiletest.UTF16, 1<<60); err != broken {
		t.Error(err)
	}
}
