package lint

import (
	"cmp"

	"portreg/ranges"
)

// A relation is what an entry is to those before it. An entry has at most one.
type relation uint8

const (
	duplicate   relation = iota + 1 // an equal one was there
	overlapping                     // else: one shares ports of a protocol with it
	touching                        // else: one ends right before it, or begins right behind it
)

// A seen holds the entries so far, by their ports.
type seen struct {
	equal   map[ranges.Entry]ranges.Entry // the first of each kind, by range and protocol
	entries []ranges.Entry                // those that were the first to have a port
	first   [ranges.Both + 1]owners       // by protocol
}

// owners tells for each port which entry had it first, in pages, of which most lists
// need few.
type owners [1<<8 + 1]*page

type page [1 << 8]struct {
	entry int32 // 1 + index of the entry, or 0
	free  int32 // for a port that is taken, one above it that may be free
}

func (o *owners) entry(port int32) int32 {
	if p := o[port>>8]; p != nil {
		return p[port&0xFF].entry
	}
	return 0
}

func newSeen() *seen { return &seen{equal: map[ranges.Entry]ranges.Entry{}} }

// add tells how an entry relates to those before it, and adds it.
func (s *seen) add(e ranges.Entry) (how relation, earlier ranges.Entry) {
	same := ranges.Entry{Range: e.Range, Proto: e.Proto}
	if earlier, there := s.equal[same]; there {
		return duplicate, earlier
	}
	s.equal[same] = e
	how, i := s.relation(e)
	if i > 0 {
		earlier = s.entries[i-1]
	}
	s.entries = append(s.entries, e)
	took := false
	for _, proto := range protos(e) {
		took = s.first[proto].take(e.Range, int32(len(s.entries))) || took
	}
	if !took {
		s.entries = s.entries[:len(s.entries)-1]
	}
	return how, earlier
}

// relation finds the first port of e, or else next to it, that is taken.
func (s *seen) relation(e ranges.Entry) (how relation, entry int32) {
	first, last := int32(e.Range.First), int32(e.Range.Last)
	for _, proto := range protos(e) {
		for port := first; port <= last; port++ {
			if i := s.first[proto].entry(port); i > 0 {
				return overlapping, i
			}
		}
	}
	for _, proto := range protos(e) {
		o := &s.first[proto]
		if i := cmp.Or(o.entry(first-1), o.entry(last+1)); i > 0 {
			return touching, i
		}
	}
	return 0, 0
}

// take gives the ports of r that are free to an entry. What lies between taken ports
// is walked once only: see free.
func (o *owners) take(r ranges.Range, entry int32) (took bool) {
	for port := o.next(int32(r.First)); port <= int32(r.Last); port = o.next(port) {
		p := o[port>>8]
		if p == nil {
			p = new(page)
			o[port>>8] = p
		}
		p[port&0xFF].entry, p[port&0xFF].free = entry, port+1
		took = true
	}
	return took
}

// next is the first free port from port on, or 65536.
func (o *owners) next(port int32) int32 {
	for o.entry(port) > 0 {
		at := &o[port>>8][port&0xFF]
		if o.entry(at.free) > 0 {
			at.free = o[at.free>>8][at.free&0xFF].free
		}
		port = at.free
	}
	return port
}

func protos(e ranges.Entry) []ranges.Proto {
	switch e.Proto {
	case ranges.TCP:
		return []ranges.Proto{ranges.TCP}
	case ranges.UDP:
		return []ranges.Proto{ranges.UDP}
	}
	return []ranges.Proto{ranges.TCP, ranges.UDP}
}
