package ranges

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// model is a set of ports that knows nothing of ranges.
type model [1 << 16]bool

func modelOf(rr []Range) *model {
	var m model
	for _, r := range rr {
		for p := int(r.First); p <= int(r.Last); p++ {
			m[p] = true
		}
	}
	return &m
}

// combine gives the model that has port p if keep(a has p, b has p).
func combine(a, b *model, keep func(a, b bool) bool) *model {
	var m model
	for p := range m {
		m[p] = keep(a[p], b[p])
	}
	return &m
}

// ranges gives the runs of m, by their edges.
func (m *model) ranges() []Range {
	var firsts, lasts []uint16
	for p, in := range m {
		if in && (p == 0 || !m[p-1]) {
			firsts = append(firsts, uint16(p))
		}
		if in && (p == 65535 || !m[p+1]) {
			lasts = append(lasts, uint16(p))
		}
	}
	var rr []Range
	for i := range firsts {
		rr = append(rr, Range{firsts[i], lasts[i]})
	}
	return rr
}

func (m *model) len() int {
	n := 0
	for _, in := range m {
		if in {
			n++
		}
	}
	return n
}

// check compares all that s says of itself with m.
func check(t *testing.T, what string, s Set, m *model) {
	t.Helper()
	want := m.ranges()
	if got := slices.Collect(s.All()); !slices.Equal(got, want) {
		t.Fatalf("%s: ranges %v, want %v", what, got, want)
	}
	if s.Len() != m.len() || s.Ranges() != len(want) || s.IsEmpty() != (len(want) == 0) {
		t.Fatalf("%s: Len %d, Ranges %d, IsEmpty %v of %v", what, s.Len(), s.Ranges(), s.IsEmpty(), s)
	}
	for p, in := range m {
		if s.Contains(uint16(p)) != in {
			t.Fatalf("%s: Contains(%d) = %v", what, p, !in)
		}
	}
}

// TestSetPatterns walks all sets of 16 adjacent ports at both ends of the port space.
func TestSetPatterns(t *testing.T) {
	for _, base := range []int{1, 65520} {
		for pattern := range 1 << 16 {
			var single []Range
			var want []Range
			for i := range 16 {
				if pattern>>i&1 == 0 {
					continue
				}
				p := uint16(base + i)
				single = append(single, Range{p, p})
				if i > 0 && pattern>>(i-1)&1 == 1 {
					want[len(want)-1].Last = p
				} else {
					want = append(want, Range{p, p})
				}
			}
			slices.Reverse(single)
			s := SetOf(single...)
			if got := slices.Collect(s.All()); !slices.Equal(got, want) {
				t.Fatalf("ports %v: ranges %v, want %v", single, got, want)
			}
			for p := max(0, base-2); p <= min(65535, base+17); p++ {
				in := p >= base && p < base+16 && pattern>>(p-base)&1 == 1
				if s.Contains(uint16(p)) != in {
					t.Fatalf("ports %v: Contains(%d) = %v", single, p, !in)
				}
			}
			if s.Len() != len(single) {
				t.Fatalf("ports %v: Len = %d", single, s.Len())
			}
			all := SetOf(Range{1, 65535})
			if rest := all.Minus(s); !rest.Union(s).Equal(all) || !rest.Intersect(s).IsEmpty() {
				t.Fatalf("ports %v: the others are %v", single, rest)
			}
		}
	}
}

// randomRanges gives overlapping and touching ranges, of which many end at 65535 or start at 1.
func randomRanges(r *rand.Rand) []Range {
	rr := make([]Range, r.IntN(12))
	longest := []int{1, 3, 50, 5000, 65535}[r.IntN(5)]
	from := []int{1, 65400, 65530}[r.IntN(3)]
	for i := range rr {
		first := from + r.IntN(65536-from)
		rr[i] = Range{uint16(first), uint16(min(65535, first+r.IntN(longest)))}
	}
	return rr
}

// newRand gives a source that differs from run to run; a failure prints its seed.
func newRand(t *testing.T) *rand.Rand {
	seed := uint64(time.Now().UnixNano())
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("seed %d", seed)
		}
	})
	return rand.New(rand.NewPCG(seed, 0))
}

func TestSetOperations(t *testing.T) {
	r := newRand(t)
	for range 150 {
		aa, bb := randomRanges(r), randomRanges(r)
		a, b, ma, mb := SetOf(aa...), SetOf(bb...), modelOf(aa), modelOf(bb)
		what := fmt.Sprintf("%v and %v", aa, bb)
		check(t, what, a, ma)
		check(t, what+": Union", a.Union(b), combine(ma, mb, func(a, b bool) bool { return a || b }))
		check(t, what+": Intersect", a.Intersect(b), combine(ma, mb, func(a, b bool) bool { return a && b }))
		check(t, what+": Minus", a.Minus(b), combine(ma, mb, func(a, b bool) bool { return a && !b }))
		if a.Equal(b) != (*ma == *mb) {
			t.Fatalf("%s: Equal = %v", what, a.Equal(b))
		}
		if !a.Equal(SetOf(slices.Collect(a.All())...)) {
			t.Fatalf("%s: not equal to the set of its ranges", what)
		}
		check(t, what+": operand", a, ma)
	}
}

func TestSetOfInvalid(t *testing.T) {
	if s := SetOf(Range{}, Range{0, 9}, Range{9, 8}, Range{7, 7}); s.String() != "7" {
		t.Errorf("got %v, want 7", s)
	}
}

// TestSetImmutable extends two sets that share a prefix.
func TestSetImmutable(t *testing.T) {
	a := SetOf(Range{10, 20}, Range{30, 40})
	b := a.Union(SetOf(Range{50, 60}))
	c := a.Union(SetOf(Range{41, 70}))
	for _, tt := range []struct {
		s    Set
		want string
	}{{a, "10-20, 30-40"}, {b, "10-20, 30-40, 50-60"}, {c, "10-20, 30-70"}} {
		if got := tt.s.String(); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
}

func TestPortsOperations(t *testing.T) {
	r := newRand(t)
	for range 60 {
		lists := [4][]Range{randomRanges(r), randomRanges(r), randomRanges(r), randomRanges(r)}
		var m [4]*model
		for i, rr := range lists {
			m[i] = modelOf(rr)
		}
		p := Ports{TCP: SetOf(lists[0]...), UDP: SetOf(lists[1]...)}
		q := Ports{TCP: SetOf(lists[2]...), UDP: SetOf(lists[3]...)}
		what := fmt.Sprint(lists)
		or := func(a, b bool) bool { return a || b }
		and := func(a, b bool) bool { return a && b }
		minus := func(a, b bool) bool { return a && !b }

		check(t, what+": Either", p.Either(), combine(m[0], m[1], or))
		check(t, what+": Of(TCP)", p.Of(TCP), m[0])
		check(t, what+": Of(UDP)", p.Of(UDP), m[1])
		check(t, what+": Of(Both)", p.Of(Both), combine(m[0], m[1], and))
		for _, op := range []struct {
			name string
			got  Ports
			keep func(a, b bool) bool
		}{
			{"Union", p.Union(q), or},
			{"Intersect", p.Intersect(q), and},
			{"Minus", p.Minus(q), minus},
		} {
			check(t, what+": TCP "+op.name, op.got.TCP, combine(m[0], m[2], op.keep))
			check(t, what+": UDP "+op.name, op.got.UDP, combine(m[1], m[3], op.keep))
		}
		added, removed := Diff(p, q)
		check(t, what+": TCP added", added.TCP, combine(m[2], m[0], minus))
		check(t, what+": UDP added", added.UDP, combine(m[3], m[1], minus))
		check(t, what+": TCP removed", removed.TCP, combine(m[0], m[2], minus))
		check(t, what+": UDP removed", removed.UDP, combine(m[1], m[3], minus))
		if p.Equal(q) != (*m[0] == *m[2] && *m[1] == *m[3]) {
			t.Fatalf("%s: Equal = %v", what, p.Equal(q))
		}
		if p.IsEmpty() != (m[0].len()+m[1].len() == 0) {
			t.Fatalf("%s: IsEmpty = %v", what, p.IsEmpty())
		}
		checkEntries(t, what, p, m[0], m[1])
	}
}

// checkEntries compares the entries of p with, per port, the protocols that have it.
func checkEntries(t *testing.T, what string, p Ports, tcp, udp *model) {
	t.Helper()
	var want []Entry
	var before Proto
	for port := 1; port <= 65535; port++ {
		var proto Proto
		if tcp[port] {
			proto |= TCP
		}
		if udp[port] {
			proto |= UDP
		}
		if proto != 0 && proto == before {
			want[len(want)-1].Range.Last = uint16(port)
		} else if proto != 0 {
			want = append(want, Entry{Range: Range{uint16(port), uint16(port)}, Proto: proto})
		}
		before = proto
	}
	if got := slices.Collect(p.Entries()); !slices.Equal(got, want) {
		t.Fatalf("%s: entries %v, want %v", what, got, want)
	}
}

func TestPortsString(t *testing.T) {
	p := Ports{
		TCP: SetOf(Range{80, 90}, Range{443, 443}, Range{65530, 65535}),
		UDP: SetOf(Range{53, 53}, Range{85, 95}, Range{443, 443}),
	}
	const want = "53/udp, 80-84/tcp, 85-90, 91-95/udp, 443, 65530-65535/tcp"
	if got := p.String(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := (Ports{}).String(); got != "" {
		t.Errorf("empty: got %q", got)
	}
}

func TestProtoText(t *testing.T) {
	for _, p := range []Proto{TCP, UDP, Both} {
		text, err := p.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var back Proto
		if err := back.UnmarshalText(text); err != nil || back != p {
			t.Errorf("%v: read back as %v, %v", p, back, err)
		}
	}
	var p Proto
	if err := p.UnmarshalText([]byte("TCP")); err == nil || err.Error() != `"TCP" is not a protocol; write tcp or udp` {
		t.Errorf("TCP: %v", err)
	}
	for _, p := range []Proto{0, 4} {
		if text, err := p.MarshalText(); err == nil {
			t.Errorf("Proto(%d): got %q, want an error", p, text)
		}
	}
}
