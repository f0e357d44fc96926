package regfile_test

import (
	"bytes"
	"testing"

	"portreg/regfile"
	"portreg/regfile/regfiletest"
)

// BenchmarkScan reads an export of 20 MB in UTF-16.
func BenchmarkScan(b *testing.B) {
	for name, form := range map[string]regfiletest.Form{"UTF16": regfiletest.UTF16, "UTF8": regfiletest.UTF8, "REGEDIT4": regfiletest.REGEDIT4} {
		b.Run(name, func(b *testing.B) {
			var src bytes.Buffer
			if err := regfiletest.Export(&src, form, 10_000_000); err != nil {
				b.Fatal(err)
			}
			benchmarkReadings(b, src.Bytes())
		})
	}
}

func benchmarkReadings(b *testing.B, src []byte) {
	for name, read := range map[string]func(src []byte) error{
		"find": scanAt(false), "find-stream": scan(false), "full": scanAt(true), "full-stream": scan(true), "parse": parse,
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(src)))
			for b.Loop() {
				if err := read(src); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func scanAt(full bool) func(src []byte) error {
	return func(src []byte) error {
		_, err := regfile.ScanAt("export.reg", bytes.NewReader(src), int64(len(src)), reservedPorts(full))
		return err
	}
}

func scan(full bool) func(src []byte) error {
	return func(src []byte) error {
		_, err := regfile.Scan("export.reg", bytes.NewReader(src), reservedPorts(full))
		return err
	}
}

func reservedPorts(full bool) regfile.ScanOptions {
	return regfile.ScanOptions{
		Select: regfile.Selection{Keys: []string{`Services\Tcpip\Parameters`}, Names: []string{"ReservedPorts"}},
		Full:   full,
		Op:     func(regfile.Op) {},
		Note:   func(regfile.Note) {},
	}
}

func parse(src []byte) error {
	f, err := regfile.Parse("export.reg", src)
	if err == nil {
		f.Ops()
	}
	return err
}
