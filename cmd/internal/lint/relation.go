package lint

import "portreg/ranges"

// A relation is what an entry is to those before it. An entry has at most one.
type relation uint8

const (
	duplicate   relation = iota + 1 // an equal one was there
	overlapping                     // else: one shares ports of a protocol with it
	touching                        // else: one ends right before it, or begins right behind it
)

// A pair is an entry and an earlier one that it relates to.
type pair struct{ earlier, later ranges.Entry }

// A seen holds the entries so far, by their ports.
type seen struct {
	equal   map[ranges.Entry]ranges.Entry // the first of each kind, by range and protocol
	entries []ranges.Entry                // those that were the first to have a port
	first   [ranges.Both + 1]*ports       // by protocol
}

// ports tells for each port which entry had it first.
type ports struct {
	entry [1<<16 + 1]int32 // 1 + index of the entry, or 0
	free  [1<<16 + 1]int32 // for a port that is taken, one above it that may be free
}

func newSeen() *seen {
	s := &seen{equal: map[ranges.Entry]ranges.Entry{}}
	s.first[ranges.TCP], s.first[ranges.UDP] = new(ports), new(ports)
	return s
}

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
	for _, proto := range protos(e) {
		p := s.first[proto]
		for port := int(e.Range.First); port <= int(e.Range.Last); port++ {
			if i := p.entry[port]; i > 0 {
				return overlapping, i
			}
		}
	}
	for _, proto := range protos(e) {
		p := s.first[proto]
		if i := max(p.entry[e.Range.First-1], p.entry[int(e.Range.Last)+1]); i > 0 {
			return touching, i
		}
	}
	return 0, 0
}

// take gives the ports of r that are free to an entry. What lies between taken ports
// is walked once only: see free.
func (p *ports) take(r ranges.Range, entry int32) (took bool) {
	for port := p.next(int32(r.First)); port <= int32(r.Last); port = p.next(port) {
		p.entry[port], p.free[port] = entry, port+1
		took = true
	}
	return took
}

// next is the first free port from port on, or 65536.
func (p *ports) next(port int32) int32 {
	for port <= 65535 && p.entry[port] > 0 {
		if over := p.free[port]; over <= 65535 && p.entry[over] > 0 {
			p.free[port] = p.free[over]
		}
		port = p.free[port]
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
