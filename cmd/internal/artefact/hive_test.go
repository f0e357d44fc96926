package artefact

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"portreg/regfile/hive/hivetest"
)

// A countingFile counts the bytes that are read of a file.
type countingFile struct {
	*bytes.Reader
	n int
}

func (f *countingFile) Read(p []byte) (int, error) {
	n, err := f.Reader.Read(p)
	f.n += n
	return n, err
}

func (f *countingFile) ReadAt(p []byte, at int64) (int, error) {
	f.n += len(p)
	return f.Reader.ReadAt(p, at)
}

// system is a hive, with other data of that size in it.
func system(size int) []byte {
	parameters := hivetest.Key{Name: "Parameters", Values: []hivetest.Value{hivetest.Multi("ReservedPorts", "80-90")}}
	services := hivetest.Key{Name: "Services", Keys: []hivetest.Key{{Name: "Tcpip", Keys: []hivetest.Key{parameters}}}}
	src, _ := hivetest.Build(hivetest.Usual, hivetest.Key{Keys: []hivetest.Key{
		{Name: "ControlSet001", Keys: []hivetest.Key{{Name: "Control", Values: []hivetest.Value{hivetest.Multi("Other", strings.Repeat("x", size/2))}}, services}},
		{Name: "Select", Values: []hivetest.Value{hivetest.DWord("Current", 1)}},
	}})
	return src
}

func TestHiveIsNotReadWhole(t *testing.T) {
	f := &countingFile{Reader: bytes.NewReader(system(20 << 20))}
	c, err := Read("SYSTEM", f, Options{})
	if err != nil || c.Current != 1 || c.Ports.TCP.Len() != 11 || f.n > 2*recogniseSize {
		t.Errorf("%v, %+v, %d bytes read", err, c, f.n)
	}
}

func TestHiveFromPipe(t *testing.T) {
	src := system(100)
	c, err := Read("SYSTEM", io.MultiReader(bytes.NewReader(src)), Options{})
	if err != nil || c.Ports.TCP.Len() != 11 {
		t.Errorf("%v, %+v", err, c)
	}
	const want = "SYSTEM: a hive of more than 64 MiB is read from a file only, not from a pipe or from git"
	if _, err := Read("SYSTEM", io.MultiReader(bytes.NewReader(src), endless{}), Options{}); err == nil || err.Error() != want {
		t.Error(err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }
