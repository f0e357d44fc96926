package oracle

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// span is a port range as this package counts them, apart from package
// ranges: what portreg makes of it is what the oracles judge.
type span struct{ first, last int }

// spans is a sorted, minimal list of them.
type spans []span

// randomSpans gives 1 to 40 ranges, or a few hundred now and then, that
// neither touch nor overlap.
func randomSpans(rng *rand.Rand) spans {
	n := 1 + rng.IntN(40)
	if rng.IntN(20) == 0 {
		n = 200 + rng.IntN(800)
	}
	taken := make([]bool, 65537)
	for range n {
		first := 1 + rng.IntN(1<<(1+rng.IntN(16))-1)
		for p := first; p <= min(65535, first+rng.IntN(1+rng.IntN(300))); p++ {
			taken[p] = true
		}
	}
	return spansOf(taken)
}

func spansOf(taken []bool) spans {
	var ss spans
	for p, in := range taken {
		switch {
		case !in:
		case len(ss) > 0 && ss[len(ss)-1].last == p-1:
			ss[len(ss)-1].last = p
		default:
			ss = append(ss, span{p, p})
		}
	}
	return ss
}

// list writes the ranges as a person might: in any order, single ports with and
// without their end, several on a line, comments between.
func (ss spans) list(rng *rand.Rand) string {
	var b strings.Builder
	for _, s := range shuffled(rng, ss) {
		entry := fmt.Sprintf("%d-%d", s.first, s.last)
		if s.first == s.last && rng.IntN(2) == 0 {
			entry = fmt.Sprint(s.first)
		}
		b.WriteString(entry)
		b.WriteString([]string{"\n", ", ", " # owner\n", "\r\n"}[rng.IntN(4)])
	}
	return strings.TrimSuffix(b.String(), ", ") + "\n"
}

func shuffled(rng *rand.Rand, ss spans) spans {
	ss = slices.Clone(ss)
	rng.Shuffle(len(ss), func(i, j int) { ss[i], ss[j] = ss[j], ss[i] })
	return ss
}

// strings are the entries of ReservedPorts.
func (ss spans) strings() []string {
	var entries []string
	for _, s := range ss {
		entries = append(entries, fmt.Sprintf("%d-%d", s.first, s.last))
	}
	return entries
}

// manyLists are 200 random lists and one for every data length from one short
// entry to the sixteenth wrap.
func manyLists(t testing.TB) []string {
	t.Helper()
	rng := random(t)
	var lists []string
	for range 200 {
		lists = append(lists, randomSpans(rng).list(rng))
	}
	for size := 10; size <= 18+15*25+4; size += 2 {
		lists = append(lists, listOfSize(size))
	}
	return lists
}

// listOfSize gives a list whose ReservedPorts value has exactly size bytes, an
// even number from 10: entries of 3 to 11 characters, each with a NUL, and one
// more NUL, in UTF-16.
func listOfSize(size int) string {
	short := map[int]string{
		3: "1-1", 4: "5-15", 5: "20-25", 6: "50-150", 7: "200-250",
		8: "500-1500", 9: "2000-2500", 10: "5000-15000",
	}
	chars := (size - 2) / 2
	long, rest := chars/12, chars%12
	var entries []string
	switch {
	case rest >= 4:
		entries = append(entries, short[rest-1])
	case rest > 0:
		long--
		entries = append(entries, short[3], short[rest+7])
	}
	for i := range long {
		entries = append(entries, fmt.Sprintf("%d-%d", 20000+3*i, 20001+3*i))
	}
	return strings.Join(entries, "\n") + "\n"
}

func TestListOfSize(t *testing.T) {
	for size := 10; size < 1000; size += 2 {
		entries := strings.Fields(listOfSize(size))
		if got := len(multiString(entries...)); got != size {
			t.Fatalf("listOfSize(%d) has %d bytes: %q", size, got, entries)
		}
	}
}

// multiString is the data of a REG_MULTI_SZ value that holds ASCII strings.
func multiString(entries ...string) []byte {
	var b []byte
	for _, c := range strings.Join(append(entries, ""), "\x00") + "\x00" {
		b = append(b, byte(c), 0)
	}
	return b
}
