package regfile

import (
	"bytes"
	"fmt"
	"math/rand/v2"
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

// chosenOps are the operations that a selection asks for.
func chosenOps(ops []Op, s Selection) (chosen []Op) {
	c := s.choice()
	for _, op := range ops {
		value := op.Verb == SetValue || op.Verb == DeleteValue
		if op.Verb == DeleteKey || c.key(op.Key) || value && c.name(op.Name) {
			chosen = append(chosen, op)
		}
	}
	return chosen
}

// Either depth gives the selected operations of Parse, and the full one all its notes.
func TestScanDepths(t *testing.T) {
	selections := []Selection{
		{Keys: []string{`Services\Tcpip\Parameters`}, Names: []string{"ReservedPorts"}},
		{Names: []string{"B", "C"}},
		{Keys: []string{"sub"}},
		{Names: []string{"none"}},
	}
	for id, src := range caseFiles(t) {
		for seed := range uint64(30) {
			if seed > 0 && len(src) > 5000 {
				break
			}
			src := src
			if seed > 0 {
				src = mutated(rand.New(rand.NewPCG(seed, 1)), src)
			}
			f, err := Parse("x.reg", src)
			if err != nil {
				continue
			}
			for _, sel := range selections {
				want := chosenOps(f.Ops(), sel)
				for _, full := range []bool{false, true} {
					ops, notes, whole, err := scanned(src, ScanOptions{Select: sel, Full: full})
					if err != nil || fmt.Sprint(ops) != fmt.Sprint(want) || whole != f.Whole() || full && fmt.Sprint(notes) != fmt.Sprint(f.Notes()) {
						t.Fatalf("%s, seed %d, %v, full %v: %v %v %v %v\nwant %v %v\n%q", id, seed, sel, full, err, ops, notes, whole, want, f.Notes(), src)
					}
				}
			}
		}
	}
}
