package ranges

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
)

// Proto is a transport protocol, or both.
type Proto uint8

const (
	TCP  Proto       = 1 << iota // "tcp"
	UDP                          // "udp"
	Both = TCP | UDP             // "tcp+udp"; in a list: no protocol is written
)

// String gives "tcp", "udp" or "tcp+udp".
func (p Proto) String() string {
	switch p {
	case TCP:
		return "tcp"
	case UDP:
		return "udp"
	case Both:
		return "tcp+udp"
	}
	return fmt.Sprintf("Proto(%d)", uint8(p))
}

// MarshalText gives p as [Proto.String] has it; other values are an error.
func (p Proto) MarshalText() ([]byte, error) {
	if p == 0 || p > Both {
		return nil, fmt.Errorf("%v is not a protocol", p)
	}
	return []byte(p.String()), nil
}

// UnmarshalText reads "tcp", "udp" or "tcp+udp".
func (p *Proto) UnmarshalText(text []byte) error {
	for _, known := range [...]Proto{TCP, UDP, Both} {
		if string(text) == known.String() {
			*p = known
			return nil
		}
	}
	return fmt.Errorf("%q is not a protocol; write tcp or udp", clip(string(text), maxQuote))
}

// Ports is what is reserved for each protocol. The zero value holds nothing.
type Ports struct{ TCP, UDP Set }

// Either gives the ports that are in p for at least one protocol.
func (p Ports) Either() Set { return p.TCP.Union(p.UDP) }

// Of gives the ports that p holds for proto; for Both, those it holds for both protocols.
func (p Ports) Of(proto Proto) Set {
	switch proto {
	case TCP:
		return p.TCP
	case UDP:
		return p.UDP
	case Both:
		return p.TCP.Intersect(p.UDP)
	}
	return Set{}
}

// Union gives, for each protocol, the ports that are in p or in q.
func (p Ports) Union(q Ports) Ports { return Ports{p.TCP.Union(q.TCP), p.UDP.Union(q.UDP)} }

// Minus gives, for each protocol, the ports that are in p but not in q.
func (p Ports) Minus(q Ports) Ports { return Ports{p.TCP.Minus(q.TCP), p.UDP.Minus(q.UDP)} }

// Intersect gives, for each protocol, the ports that are in both p and q.
func (p Ports) Intersect(q Ports) Ports {
	return Ports{p.TCP.Intersect(q.TCP), p.UDP.Intersect(q.UDP)}
}

// Equal says whether p and q hold the same ports for each protocol.
func (p Ports) Equal(q Ports) bool { return p.TCP.Equal(q.TCP) && p.UDP.Equal(q.UDP) }

// IsEmpty says whether p holds no port.
func (p Ports) IsEmpty() bool { return p.TCP.IsEmpty() && p.UDP.IsEmpty() }

// Diff compares what was reserved with what is to be: per protocol, added is in new but not in old,
// removed in old but not in new.
func Diff(old, new Ports) (added, removed Ports) { return new.Minus(old), old.Minus(new) }

// Entry is a range as a list has it: with its protocol and, if it was read from a list, its place.
type Entry struct {
	Range     Range
	Proto     Proto
	Line, Col int // from 1, Col in characters; 0 if the entry was not read
}

// String gives the entry as a list has it: "80-90", "5022/tcp".
func (e Entry) String() string { return string(e.append(nil)) }

func (e Entry) append(b []byte) []byte {
	b, _ = e.Range.AppendText(b)
	if e.Proto != Both {
		b = append(append(b, '/'), e.Proto.String()...)
	}
	return b
}

// Entries gives p as a list has it, ascending: without protocol what p holds for both, with /tcp or
// /udp what it holds for one only. Entries of one kind never overlap or touch.
func (p Ports) Entries() iter.Seq[Entry] {
	var ee []Entry
	add := func(s Set, proto Proto) {
		for r := range s.All() {
			ee = append(ee, Entry{Range: r, Proto: proto})
		}
	}
	add(p.TCP.Intersect(p.UDP), Both)
	add(p.TCP.Minus(p.UDP), TCP)
	add(p.UDP.Minus(p.TCP), UDP)
	slices.SortFunc(ee, func(a, b Entry) int { return cmp.Compare(a.Range.First, b.Range.First) })
	return slices.Values(ee)
}

// String gives the entries of p as a list line: "80, 443/tcp".
func (p Ports) String() string { return join(p.Entries()) }

// PortsOf gives the ports that the entries name.
func PortsOf(ee ...Entry) Ports {
	var tcp, udp []Range
	for _, e := range ee {
		if e.Proto&TCP != 0 {
			tcp = append(tcp, e.Range)
		}
		if e.Proto&UDP != 0 {
			udp = append(udp, e.Range)
		}
	}
	return Ports{SetOf(tcp...), SetOf(udp...)}
}
