package report

import (
	"math/rand/v2"
	"strings"
	"testing"

	"portreg/ranges"
)

func TestBar(t *testing.T) {
	for _, tt := range []struct {
		s    ranges.Set
		want string
	}{
		{ranges.Set{}, strings.Repeat("·", 64)},
		{ranges.SetOf(ranges.Range{First: 1, Last: 65535}), strings.Repeat("█", 64)},
		{ranges.SetOf(ranges.Range{First: 1, Last: 1}), "▁" + strings.Repeat("·", 63)},
		{ranges.SetOf(ranges.Range{First: 1, Last: 1022}), "▇" + strings.Repeat("·", 63)},
		{ranges.SetOf(ranges.Range{First: 1, Last: 1023}), "█" + strings.Repeat("·", 63)},
		{ranges.SetOf(ranges.Range{First: 1024, Last: 2046}), "·▇" + strings.Repeat("·", 62)},
		{ranges.SetOf(ranges.Range{First: 1024, Last: 2047}), "·█" + strings.Repeat("·", 62)},
		{ranges.SetOf(ranges.Range{First: 64511, Last: 65023}), strings.Repeat("·", 62) + "▁▄"},
		{ranges.SetOf(ranges.Range{First: 65535, Last: 65535}), strings.Repeat("·", 63) + "▁"},
	} {
		if got := bar(tt.s); got != tt.want {
			t.Errorf("%v:\ngot  %s\nwant %s", tt.s, got, tt.want)
		}
	}
}

// perCell counts what a walk through all ports counts.
func TestPerCell(t *testing.T) {
	const seed = 4
	r := rand.New(rand.NewPCG(seed, seed))
	for range 200 {
		var rr []ranges.Range
		for range r.IntN(20) {
			a, b := 1+r.IntN(65535), 1+r.IntN(65535)
			rr = append(rr, ranges.Range{First: uint16(min(a, b)), Last: uint16(max(a, b))})
		}
		s := ranges.SetOf(rr...)
		var want [cells]int
		for port := 1; port <= 65535; port++ {
			if s.Contains(uint16(port)) {
				want[port*cells/65536]++
			}
		}
		if got := perCell(s); got != want {
			t.Fatalf("seed %d: %v\ngot  %v\nwant %v", seed, s, got, want)
		}
	}
}
