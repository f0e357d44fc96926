package report

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"

	"portreg/ranges"
)

var byDefault = Dynamic{Range: ranges.Range{First: 49152, Last: 65535}, Assumed: true}

// labelsAre gives every entry the labels.
func labelsAre(labels ...string) func(ranges.Range, ranges.Proto) []string {
	return func(ranges.Range, ranges.Proto) []string { return labels }
}

// single gives the ports of a parity, each a range of its own.
func single(parity int) ranges.Set {
	var rr []ranges.Range
	for port := 1; port <= 65535; port++ {
		if port%2 == parity {
			rr = append(rr, ranges.Range{First: uint16(port), Last: uint16(port)})
		}
	}
	return ranges.SetOf(rr...)
}

func change(old, new ranges.Ports, labels ...string) *Change {
	return &Change{
		Old:    Side{Name: "old.txt", Ports: old, TCP: byDefault, UDP: byDefault, Labels: labelsAre(labels...)},
		New:    Side{Name: "new.txt", Ports: new, TCP: byDefault, UDP: byDefault, Labels: labelsAre(labels...)},
		Advice: []Step{{Text: "To give them back:", Commands: []string{"portreg gen --replaces old.txt new.txt"}}},
	}
}

func both(s ranges.Set) ranges.Ports { return ranges.Ports{TCP: s, UDP: s} }

// outline is what a reader of Markdown makes of a text: the kinds of its blocks and
// what is in them.
func outline(t *testing.T, src []byte) (kinds []string, blocks []string) {
	t.Helper()
	doc := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(src))
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		kind := n.Kind().String()
		if code, ok := n.(*ast.FencedCodeBlock); ok {
			kind += " " + string(code.Language(src))
		}
		kinds = append(kinds, kind)
		blocks = append(blocks, string(n.Lines().Value(src)))
	}
	return kinds, blocks
}

// However much changes and whatever stands beside it, Markdown stays below its size,
// is made of the same blocks, and shows or counts every change.
func TestMarkdown(t *testing.T) {
	odd, even := single(1), single(0)
	some := ranges.SetOf(ranges.Range{First: 80, Last: 90})
	hostile := "```\n~~~\n</details><script>alert(1)</script> **x** @team #1 \x1b[31m\u202e [a](b) | \\"
	for _, tt := range []struct {
		name           string
		c              *Change
		removed, added int
	}{
		{"small", change(both(some), both(ranges.Set{})), 1, 0},
		{"65,535 changes", change(both(odd), both(even)), 32768, 32767},
		{"with labels", change(both(odd), both(even), "SQL Server", "cluster"), 32768, 32767},
		{"of either protocol", change(ranges.Ports{TCP: odd, UDP: even}, ranges.Ports{TCP: even, UDP: odd}), 65535, 65535},
		{"few removed", change(both(some), both(even), "x"), 5, 32767 - 6},
		{"few added", change(both(even), both(some), "x"), 32767 - 6, 5},
		{"hostile", change(both(some), both(odd), hostile), 6, 32768 - 5},
		{"long", change(both(odd), both(even), strings.Repeat("ä`", 100)), 32768, 32767},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.name == "hostile" {
				tt.c.Old.Name, tt.c.New.Name = hostile, strings.Repeat("`", 5000)
			}
			removed, added := tt.c.entries()
			var b bytes.Buffer
			if err := tt.c.Markdown(&b); err != nil {
				t.Fatal(err)
			}
			if !utf8.Valid(b.Bytes()) || b.Len() > markdownSize {
				t.Fatalf("%d bytes", b.Len())
			}
			kinds, blocks := outline(t, b.Bytes())
			want := "Paragraph, FencedCodeBlock diff, FencedCodeBlock text, Paragraph, FencedCodeBlock sh"
			if got := strings.Join(kinds, ", "); got != want {
				t.Fatalf("blocks %s", got)
			}
			if want := fmt.Sprintf("**%s removed, %s added**", Count(tt.removed, "port range"), Count(tt.added, "port range")); blocks[0] != want {
				t.Errorf("begins with %q", blocks[0])
			}
			checkRows(t, blocks[1], "-", removed)
			checkRows(t, blocks[1], "+", added)
			if len(removed) != tt.removed || len(added) != tt.added {
				t.Errorf("%d removed, %d added", len(removed), len(added))
			}
		})
	}
}

// checkRows checks that the rows of a sign are the first of the entries, in order, and
// that the rest is counted.
func checkRows(t *testing.T, block, sign string, entries []labelled) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(block, "\n"), "\n")
	from := map[string]int{"-": 2, "+": len(lines)}[sign] // behind --- and +++
	if sign == "+" {
		for from > 2 && (strings.HasPrefix(lines[from-1], "+ ") || strings.HasPrefix(lines[from-1], "# ")) {
			from--
		}
		if from < len(lines) && strings.HasPrefix(lines[from], "# ") { // it ends the removed ones
			from++
		}
	}
	n := 0
	for _, line := range lines[from:] {
		if !strings.HasPrefix(line, sign+" ") {
			break
		}
		if entry, _, _ := strings.Cut(line[2:], "  # "); n >= len(entries) || entry != entries[n].Entry.String() {
			t.Fatalf("line %q is not entry %d", line, n)
		}
		if utf8.RuneCountInString(line) > markdownLine {
			t.Errorf("line of %d characters", utf8.RuneCountInString(line))
		}
		n++
	}
	rest := fmt.Sprintf("# and %s more,", Thousands(len(entries)-n))
	if n < len(entries) != (from+n < len(lines) && strings.HasPrefix(lines[from+n], rest)) {
		t.Errorf("%d of %d with %q shown, then %q", n, len(entries), sign, lines[min(from+n, len(lines)-1)])
	}
	if n == 0 && len(entries) > 0 {
		t.Errorf("nothing with %q is shown", sign)
	}
}

// What is free is what a walk through the dynamic port range finds.
func TestFree(t *testing.T) {
	const seed = 11
	r := rand.New(rand.NewPCG(seed, seed))
	random := func() ranges.Range {
		a, b := 1025+r.IntN(300), 1025+r.IntN(300)
		return ranges.Range{First: uint16(min(a, b)), Last: uint16(max(a, b))}
	}
	for range 500 {
		h := half{dynamic: Dynamic{Range: random()}}
		var rr []ranges.Range
		for range r.IntN(8) {
			rr = append(rr, random())
		}
		some := r.IntN(len(rr) + 1)
		h.reserved, h.runtime = ranges.SetOf(rr[:some]...), ranges.SetOf(rr[some:]...)
		count, run, longest, last := 0, 0, 0, 0
		for port := int(h.dynamic.First); port <= int(h.dynamic.Last); port++ {
			if h.reserved.Contains(uint16(port)) || h.runtime.Contains(uint16(port)) {
				run = 0
				continue
			}
			count, run = count+1, run+1
			if run > longest {
				longest, last = run, port
			}
		}
		f := h.free()
		if got := f.run(); f.Len() != count || got.Len() != longest || longest > 0 && int(got.Last) != last {
			t.Fatalf("seed %d: %v in %v: %d free, run %v; want %d, %d ports to %d", seed, h.reserved, h.dynamic, f.Len(), f.run(), count, longest, last)
		}
	}
}

func TestShare(t *testing.T) {
	for _, tt := range []struct {
		free int
		want string
	}{{0, "0 (0.0 %)"}, {1, "1 (0.1 %)"}, {999, "999 (99.9 %)"}, {1000, "1,000 (100.0 %)"}} {
		first := uint16(2000)
		f := free{of: ranges.Range{First: first, Last: first + 999}}
		if tt.free > 0 {
			f.Set = ranges.SetOf(ranges.Range{First: first, Last: first + uint16(tt.free) - 1})
		}
		if got := f.share(); got != tt.want {
			t.Errorf("%d: %s, want %s", tt.free, got, tt.want)
		}
	}
	const n = 16384
	f := free{ranges.SetOf(ranges.Range{First: 49153, Last: 65535}), byDefault.Range}
	if got := f.share(); got != "16,383 (99.9 %)" || f.of.Len() != n {
		t.Errorf("all but one: %s", got)
	}
}
