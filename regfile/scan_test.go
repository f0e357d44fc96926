package regfile

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
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

// Blocks of any size give what one pass does, notes in the same order.
func TestScanBlocks(t *testing.T) {
	sel := Selection{Keys: []string{`Services\Tcpip\Parameters`}, Names: []string{"ReservedPorts", "B"}}
	for id, src := range caseFiles(t) {
		for seed := range uint64(10) {
			if seed > 0 && len(src) > 5000 {
				break
			}
			src := slices.Concat(src, src[min(len(src), 80):], src[min(len(src), 80):])
			if seed > 0 {
				src = mutated(rand.New(rand.NewPCG(seed, 1)), src)
			}
			for _, depth := range depths {
				want := heard(func(o ScanOptions) (Summary, error) { return Scan("x.reg", bytes.NewReader(src), o) }, sel, depth)
				for _, size := range []int64{64, 130, 700, 4000} {
					got := heard(func(o ScanOptions) (Summary, error) {
						return scanBlocks("x.reg", bytes.NewReader(src), int64(len(src)), o, 3, size)
					}, sel, depth)
					if got != want {
						t.Fatalf("%s, seed %d, full %v, blocks of %d:\n%s\nwant\n%s\n%q", id, seed, full, size, got, want, src)
					}
				}
			}
		}
	}
}

// Notes that may be brief are the same, but for their texts.
func TestScanBrief(t *testing.T) {
	for id, src := range caseFiles(t) {
		_, want, _, err := scanned(src, ScanOptions{Full: true})
		_, got, _, wrong := scanned(src, ScanOptions{Full: true, Brief: func(rule string) bool { return rule < "k" }})
		for i, n := range want {
			if n.Rule < "k" && !isOfFile(n) {
				want[i].Text = ""
			}
		}
		if fmt.Sprint(err, got) != fmt.Sprint(wrong, want) {
			t.Errorf("%s: %v %v\nwant %v %v", id, wrong, got, err, want)
		}
	}
}

// isOfFile tells whether a note is about the file as a whole, of which there is one.
func isOfFile(n Note) bool {
	return slices.Contains([]string{"utf8-mark", "regedit4-utf16", "header-junk", "odd-byte"}, n.Rule)
}

// heard lists all that a scan tells.
func heard(scan func(ScanOptions) (Summary, error), sel Selection, depth depth) string {
	var b strings.Builder
	o := ScanOptions{
		Select: sel, Full: depth == full, Place: missingKey,
		Op:   func(op Op) { fmt.Fprintln(&b, op) },
		Note: func(n Note) { fmt.Fprintf(&b, "%+v\n", n) },
	}
	if depth != search {
		o.Comment = func(c Comment) { fmt.Fprintln(&b, c) }
		o.Statement = func(first, last int) { fmt.Fprintln(&b, first, last) }
	}
	sum, err := scan(o)
	fmt.Fprintln(&b, sum.Whole, sum.Place.Above, sum.Place.behind, err)
	return b.String()
}

// depth is how much a scan tells.
type depth int

const (
	search   depth = iota // neither comments nor all notes
	comments              // comments, too
	full                  // and all notes
)

var depths = []depth{search, comments, full}

// missingKey is below keys of the fixtures, and of those that damage brings in.
const missingKey = `HKEY_LOCAL_MACHINE\x\Sub\Ü`

// A Place is where the operations say, and near a statement whose line is right.
func placeEqualsParse(src []byte, key string) error {
	f, err := Parse("x.reg", src)
	if err != nil {
		return nil
	}
	above, before, behind := "", "", int64(f.form.mark)
	var state State
	for _, op := range f.Ops() {
		state.Apply(op)
		path := Fold(op.Key)
		switch {
		case op.Verb == DeleteKey && strings.HasPrefix(Fold(key)+`\`, path+`\`):
			before, behind = "", op.Pos.Offset
		case op.Verb == CreateKey && inOrder(path, Fold(key)) && path != Fold(key) && (before == path || before == "" || inOrder(before, path)):
			before, behind = path, op.Pos.Offset
		}
	}
	for i := range key {
		if key[i] == '\\' && state.HasKey(key[:i]) {
			above = key[:i]
		}
	}
	for _, block := range []int64{1 << 20, 150, 700} {
		sum, err := scanBlocks("x.reg", bytes.NewReader(src), int64(len(src)), ScanOptions{Place: key, Select: selections[1], Op: func(Op) {}, Note: func(Note) {}}, 3, block)
		p := sum.Place
		if err != nil || p.Above != above || p.behind != behind || p.near.Offset > behind {
			return fmt.Errorf("blocks of %d: %v, %+v; want %q, %d", block, err, p, above, behind)
		}
		start := strings.ReplaceAll(string(narrow(src[f.form.mark:p.near.Offset], f.form.width)), "\r\n", "\n")
		if lines := 1 + strings.Count(start, "\n") + strings.Count(start, "\r"); p.near.Line != lines {
			return fmt.Errorf("blocks of %d: line %d, want %d", block, p.near.Line, lines)
		}
	}
	return nil
}

// inOrder tells whether an export has a before b; both are folded.
func inOrder(a, b string) bool {
	return slices.Compare(strings.Split(strings.ToUpper(a), `\`), strings.Split(strings.ToUpper(b), `\`)) < 0
}

func TestScanPlaces(t *testing.T) {
	keys := []string{missingKey, scratchKey + `\Sub`, `HKEY_LOCAL_MACHINE\SYSTEM\ControlSet009\Services\TCPIP\zz\y`, `HKEY_USERS\A`, `HKEY_USERS`}
	for id, src := range caseFiles(t) {
		for seed := range uint64(20) {
			if seed > 0 && len(src) > 5000 {
				break
			}
			if seed > 0 {
				src = damaged(rand.New(rand.NewPCG(seed, 3)), src)
			}
			for _, src := range [][]byte{src, slices.Concat(src, src[min(len(src), 76):])} {
				for _, key := range keys {
					if err := placeEqualsParse(src, key); err != nil {
						t.Fatalf("%s, seed %d, %s: %v\n%q", id, seed, key, err, src)
					}
				}
			}
		}
	}
}

// Names beyond ASCII are found in whatever way 8-bit text has them.
func TestScanNamesBeyondASCII(t *testing.T) {
	const body = "\n\n[HKEY_USERS\\Gr\xf6\xdfe]\n\"\xe4\"=dword:00000001\n\n[HKEY_USERS\\x]\n\"\xe4\"=dword:00000002\n\"b\"=dword:00000003\n\n"
	for _, src := range [][]byte{[]byte(header4 + body), []byte(header5 + body), []byte(header5 + ansiString([]byte(body))), utf16LE(header5 + ansiString([]byte(body)))} {
		scanEqualsParse(t, src, Selection{Keys: []string{"Größe"}}, Selection{Names: []string{"ä"}})
	}
}
