package ranges

import (
	"cmp"
	"iter"
	"slices"
	"strings"
)

// Set is a set of ports. The zero value is the empty set. A Set is immutable and may be used by
// several goroutines.
type Set struct {
	// rr is sorted and minimal: no two ranges overlap or touch, all are valid.
	rr []Range
}

// SetOf gives the ports of all rr, which may come in any order and overlap. Ranges that are not
// valid hold no ports and add none.
func SetOf(rr ...Range) Set {
	sorted := slices.DeleteFunc(slices.Clone(rr), func(r Range) bool { return !r.IsValid() })
	slices.SortFunc(sorted, func(a, b Range) int { return cmp.Compare(a.First, b.First) })
	var s Set
	for _, r := range sorted {
		s.extend(r)
	}
	return s
}

// extend adds r, which must not start before the last range of s does. Set is immutable to its
// users; only a set under construction is extended.
func (s *Set) extend(r Range) {
	end := len(s.rr) - 1
	if end < 0 || int(r.First) > int(s.rr[end].Last)+1 { // in int: 65535+1 must not wrap to 0
		s.rr = append(s.rr, r)
		return
	}
	s.rr[end].Last = max(s.rr[end].Last, r.Last)
}

// All gives the ranges of s in ascending order; there is at least one port between any two.
func (s Set) All() iter.Seq[Range] { return slices.Values(s.rr) }

// Ranges is the number of ranges that [Set.All] gives.
func (s Set) Ranges() int { return len(s.rr) }

// Len is the number of ports in s.
func (s Set) Len() int {
	n := 0
	for _, r := range s.rr {
		n += r.Len()
	}
	return n
}

// IsEmpty says whether s holds no port.
func (s Set) IsEmpty() bool { return len(s.rr) == 0 }

// Contains says whether port is in s.
func (s Set) Contains(port uint16) bool {
	i, _ := slices.BinarySearchFunc(s.rr, port, func(r Range, port uint16) int {
		return cmp.Compare(r.Last, port)
	})
	return i < len(s.rr) && s.rr[i].First <= port
}

// Equal says whether s and t hold the same ports.
func (s Set) Equal(t Set) bool { return slices.Equal(s.rr, t.rr) }

// Union gives the ports that are in s or in t.
func (s Set) Union(t Set) Set {
	switch {
	case len(s.rr) == 0:
		return t
	case len(t.rr) == 0 || s.Equal(t):
		return s
	}
	u := Set{make([]Range, 0, max(len(s.rr), len(t.rr)))}
	a, b := s.rr, t.rr
	for len(a) > 0 || len(b) > 0 {
		if len(b) == 0 || len(a) > 0 && a[0].First <= b[0].First {
			u.extend(a[0])
			a = a[1:]
		} else {
			u.extend(b[0])
			b = b[1:]
		}
	}
	return u
}

// Intersect gives the ports that are in both s and t.
func (s Set) Intersect(t Set) Set {
	both := Set{make([]Range, 0, max(len(s.rr), len(t.rr)))}
	for a, b := s.rr, t.rr; len(a) > 0 && len(b) > 0; {
		r := Range{max(a[0].First, b[0].First), min(a[0].Last, b[0].Last)}
		if r.IsValid() {
			both.rr = append(both.rr, r)
		}
		if a[0].Last < b[0].Last {
			a = a[1:]
		} else {
			b = b[1:]
		}
	}
	return both
}

// Minus gives the ports that are in s but not in t.
func (s Set) Minus(t Set) Set { return s.Intersect(t.complement()) }

// complement gives the ports that are not in s.
func (s Set) complement() Set {
	c := Set{make([]Range, 0, len(s.rr)+1)}
	next := 1
	for _, r := range s.rr {
		if next < int(r.First) {
			c.rr = append(c.rr, Range{uint16(next), r.First - 1})
		}
		next = int(r.Last) + 1
	}
	if next <= 65535 {
		c.rr = append(c.rr, Range{uint16(next), 65535})
	}
	return c
}

// String gives the ranges of s as a list line: "80, 443-445".
func (s Set) String() string { return join(s.All()) }

// join puts ", " between the elements of seq.
func join[T interface{ String() string }](seq iter.Seq[T]) string {
	var b strings.Builder
	for e := range seq {
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		b.WriteString(e.String())
	}
	return b.String()
}
