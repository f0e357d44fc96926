package regfile

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

var selections = []Selection{
	{},
	{Names: []string{"ReservedPorts"}},
	{Keys: []string{`Services\Tcpip\Parameters`}, Names: []string{"B", ""}},
	{Keys: []string{"sub"}},
	{Names: []string{"none"}},
}

// slowScan is Scan in windows of a size, without the fast way.
func slowScan(src []byte, window int) func(ScanOptions) (Summary, error) {
	return func(o ScanOptions) (Summary, error) {
		s := scanner{name: "x.reg", r: bytes.NewReader(src), window: make([]byte, window)}
		if err := s.begin(o); err != nil {
			return Summary{}, err
		}
		s.skip = nil
		if err := s.run(math.MaxInt64); err != nil {
			return Summary{}, s.fail(err)
		}
		return s.end(), nil
	}
}

// scanEqualsParse checks that all ways to scan tell the same, and what Parse tells.
func scanEqualsParse(t *testing.T, src []byte, selections ...Selection) {
	t.Helper()
	f, err := Parse("x.reg", src)
	if err != nil {
		return
	}
	for _, sel := range selections {
		for _, depth := range depths {
			want := heard(slowScan(src, windowSize), sel, depth)
			for way, scan := range map[string]func(ScanOptions) (Summary, error){
				"fast":    func(o ScanOptions) (Summary, error) { return Scan("x.reg", bytes.NewReader(src), o) },
				"windows": slowScan(src, maxHeader+len(src)%7),
				"blocks": func(o ScanOptions) (Summary, error) {
					return scanBlocks("x.reg", bytes.NewReader(src), int64(len(src)), o, 3, 150)
				},
				"one byte": func(o ScanOptions) (Summary, error) {
					return Scan("x.reg", iotest.OneByteReader(bytes.NewReader(src)), o)
				},
				"data, EOF": func(o ScanOptions) (Summary, error) {
					return Scan("x.reg", iotest.DataErrReader(bytes.NewReader(src)), o)
				},
			} {
				if got := heard(scan, sel, depth); got != want {
					t.Fatalf("%s, %v, depth %d:\n%s\nwant\n%s\n%q", way, sel, depth, got, want, src)
				}
			}
		}
		for _, full := range []bool{false, true} {
			ops, notes, _, _ := scanned(src, ScanOptions{Select: sel, Full: full})
			if chosen := chosenOps(f.Ops(), sel); fmt.Sprint(ops) != fmt.Sprint(chosen) {
				t.Fatalf("%v, full %v:\n%v\nwant\n%v\n%q", sel, full, ops, chosen, src)
			}
			for _, n := range notes {
				if !slices.Contains(f.Notes(), n) {
					t.Fatalf("%v, full %v: note %v is none of Parse\n%q", sel, full, n, src)
				}
			}
			if full && len(notes) != len(f.Notes()) {
				t.Fatalf("%v: %v\nwant %v\n%q", sel, notes, f.Notes(), src)
			}
		}
	}
}

// The fast way, windows and blocks change nothing, on files damaged at random.
func TestScanEqualsParse(t *testing.T) {
	for _, c := range ruleCases {
		if text := strings.ReplaceAll(c.text(), "§", ""); len(text) < 5000 {
			scanEqualsParse(t, []byte(text), selections...)
			scanEqualsParse(t, utf16LE(crlf(text)), selections...)
		}
	}
	for id, src := range caseFiles(t) {
		if len(src) > 2000 {
			continue
		}
		for seed := range uint64(10) {
			src := mutated(rand.New(rand.NewPCG(seed, uint64(len(id)))), src)
			scanEqualsParse(t, src, selections...)
		}
	}
}

// tokens are what damage is made of.
var tokens = []string{"\r", "\n", "\r\n", `"`, `\`, `\0`, "[", "]", "[-", "=-", "\x00", "00,", "dword:1", ",\\\r\n", " ;c\r\n  ", ";c\r\n",
	"[HKEY_USERS\\A]\r\n", "[HKEY_LOCAL_MACHINE\\x\\\\sub\\]\r\n", `"ReservedPorts"=`, "hex(7):00,\\\r\n", "\"B\"=\"x\r\ny\"\r\n"}

// damaged replaces a few units by tokens, in the width of the file.
func damaged(r *rand.Rand, src []byte) []byte {
	width, encode := 1, func(s string) []byte { return []byte(s) }
	if bytes.HasPrefix(src, []byte(bomUTF16LE)) {
		width, encode = 2, func(s string) []byte { return AppendUTF16(nil, s) }
	}
	for range 1 + r.IntN(4) {
		i := r.IntN(len(src)/width+1) * width
		j := min(len(src), i+width*r.IntN(8))
		src = slices.Concat(src[:i], encode(tokens[r.IntN(len(tokens))]), src[j:])
	}
	return src
}

func TestScanEqualsParseDamaged(t *testing.T) {
	var bases [][]byte
	for _, src := range caseFiles(t) {
		if len(src) < 2000 {
			bases = append(bases, src)
		}
	}
	slices.SortFunc(bases, bytes.Compare)
	for _, c := range ruleCases {
		if text := strings.ReplaceAll(c.text(), "§", ""); len(text) < 2000 {
			bases = append(bases, []byte(text), utf16LE(text), utf16LE(strings.ReplaceAll(text, "\n", "\r")))
		}
	}
	r := rand.New(rand.NewPCG(812873, 0))
	for range 10_000 {
		src := damaged(r, bases[r.IntN(len(bases))])
		scanEqualsParse(t, src, selections[r.IntN(len(selections))])
	}
}

func FuzzScan(f *testing.F) {
	addFixtures(f, func(src []byte) { f.Add(src) })
	f.Fuzz(func(t *testing.T, src []byte) { scanEqualsParse(t, src, selections...) })
}
