package regfile

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
)

// scanned lists what a scan gives, notes in the order of the file as Parse has them.
func scanned(src []byte, o ScanOptions) (ops []Op, notes []Note, whole bool, err error) {
	o.Op = func(op Op) { ops = append(ops, op) }
	o.Note = func(n Note) { notes = append(notes, n) }
	sum, err := Scan("x.reg", bytes.NewReader(src), o)
	slices.SortStableFunc(notes, func(a, b Note) int { return int(a.Pos.Offset - b.Pos.Offset) })
	return ops, notes, sum.Whole, err
}

// A scan of everything gives what Parse gives.
func TestScanAll(t *testing.T) {
	for id, src := range caseFiles(t) {
		f, want := Parse("x.reg", src)
		ops, notes, whole, err := scanned(src, ScanOptions{Full: true})
		if fmt.Sprint(err) != fmt.Sprint(want) {
			t.Errorf("%s: %v, want %v", id, err, want)
		}
		if err != nil {
			continue
		}
		if fmt.Sprint(ops) != fmt.Sprint(f.Ops()) || fmt.Sprint(notes) != fmt.Sprint(f.Notes()) || whole != f.Whole() {
			t.Errorf("%s: %v %v %v, want %v %v %v", id, ops, notes, whole, f.Ops(), f.Notes(), f.Whole())
		}
	}
}
