package regfile

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// Without Full, notes are those of the first line, of lines meant for keys and of what is
// selected, and no others.
func TestScanSearchNotes(t *testing.T) {
	for id, src := range caseFiles(t) {
		if len(src) > 5000 {
			continue
		}
		for seed := range uint64(20) {
			src := src
			if seed > 0 {
				src = damaged(rand.New(rand.NewPCG(seed, 2)), src)
			}
			for _, sel := range selections[1:] {
				_, all, _, err := scanned(src, ScanOptions{Select: sel, Full: true})
				if err != nil {
					continue
				}
				want := slices.DeleteFunc(all, func(n Note) bool { return !isSearched(n, sel) })
				_, got, _, err := scanned(src, ScanOptions{Select: sel})
				if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
					t.Fatalf("%s, seed %d, %v: %v\n%+v\nwant\n%+v\n%q", id, seed, sel, err, got, want, src)
				}
			}
		}
	}
}

func isSearched(n Note, sel Selection) bool {
	c := sel.choice()
	ofKey := strings.HasPrefix(n.Rule, "key-") || strings.HasSuffix(n.Rule, "-root")
	return isOfFile(n) || ofKey || n.Key != "" && c.key(n.Key) || n.Name != "" && c.name(n.Name)
}
