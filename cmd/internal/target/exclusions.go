package target

import (
	"cmp"
	"fmt"
	"slices"

	"portreg/ranges"
	"portreg/ranges/netsh"
)

// Limits of the modern dynamic port range (KB 929851).
const (
	dynamicFirst = 1025
	dynamicPorts = 255
)

// DefaultDynamicRange is the modern dynamic port range where none was set (KB 929851).
var DefaultDynamicRange = ranges.Range{First: 49152, Last: 65535}

// CheckDynamicRange tells why netsh would refuse r as dynamic port range.
func CheckDynamicRange(r ranges.Range) error {
	if r.First < dynamicFirst || r.Len() < dynamicPorts {
		return fmt.Errorf("dynamic port range %d-%d: it begins at %d or above and has at least %d ports",
			r.First, r.Last, dynamicFirst, dynamicPorts)
	}
	return nil
}

// Plan holds the commands that change a machine's excluded port ranges.
type Plan struct {
	Delete, Add []netsh.Command
}

// Exclude gives the commands for the ports of now.
func Exclude(now ranges.Ports) Plan { return Replace(ranges.Ports{}, now) }

// Replace gives the commands for a machine that had the ports of before: a block,
// that is a maximal range of one protocol, that both have is left alone, since
// netsh deletes only exactly what was added.
func Replace(before, now ranges.Ports) Plan {
	old, new := blocks(before), blocks(now)
	return Plan{commands(netsh.Delete, without(old, new)), commands(netsh.Add, without(new, old))}
}

// ReplaceOnto gives the commands for a machine. Of the administered rows only those
// are deleted that are exactly a block of before that now lacks: any other may be
// somebody else's, as HNS's 50000-50059 is. What the rows that stay do not cover is
// added.
func ReplaceOnto(m *Machine, before, now ranges.Ports) Plan {
	leave := setOf(without(blocks(before), blocks(now)))
	gone := slices.DeleteFunc(m.blocks(), func(b block) bool { return !leave[b] })
	stay := m.excluded.Minus(portsOf(gone))
	return Plan{commands(netsh.Delete, gone), Exclude(now.Minus(stay)).Add}
}

// Held gives the administered rows that p leaves although they hold ports of gone.
func (p Plan) Held(m *Machine, gone ranges.Ports) []Row {
	return m.rows(true, gone.Minus(PortsOf(p.Delete)))
}

// Undo gives the commands that take p back.
func (p Plan) Undo() Plan {
	return Plan{Delete: turned(p.Add, netsh.Delete), Add: turned(p.Delete, netsh.Add)}
}

// Commands gives all of p: room is made before it is taken.
func (p Plan) Commands() []netsh.Command { return append(slices.Clone(p.Delete), p.Add...) }

// PortsOf gives the ports that the commands name.
func PortsOf(cmds []netsh.Command) ranges.Ports {
	var bb []block
	for _, c := range cmds {
		bb = append(bb, block{c.Proto, c.Range})
	}
	return portsOf(bb)
}

// InTheWay gives the runtime reservations that make an add of p fail while they
// last.
func (p Plan) InTheWay(m *Machine) []Row { return m.rows(false, PortsOf(p.Add)) }

// SetDynamic gives the commands that set the dynamic port range of proto, for
// both address families.
func SetDynamic(proto ranges.Proto, r ranges.Range) []netsh.Command {
	var cmds []netsh.Command
	for _, family := range [...]string{"ipv4", "ipv6"} {
		for _, p := range [...]ranges.Proto{ranges.TCP, ranges.UDP} {
			if proto&p != 0 {
				cmds = append(cmds, netsh.Command{Verb: netsh.Set, Family: family, Dynamic: true, Proto: p, Range: r})
			}
		}
	}
	return cmds
}

// A block is a maximal range of the ports of one protocol.
type block struct {
	proto ranges.Proto
	ranges.Range
}

func blocks(ports ranges.Ports) []block {
	bb := make([]block, 0, ports.TCP.Ranges()+ports.UDP.Ranges())
	for _, proto := range [...]ranges.Proto{ranges.TCP, ranges.UDP} {
		for r := range ports.Of(proto).All() {
			bb = append(bb, block{proto, r})
		}
	}
	return bb
}

func portsOf(blocks []block) ranges.Ports {
	var all []ranges.Entry
	for _, b := range blocks {
		all = append(all, ranges.Entry{Range: b.Range, Proto: b.proto})
	}
	return ranges.PortsOf(all...)
}

func compareBlocks(a, b block) int {
	return cmp.Or(cmp.Compare(a.proto, b.proto), cmp.Compare(a.First, b.First), cmp.Compare(a.Last, b.Last))
}

func administered(rows []netsh.Row) (bb []block) {
	for _, r := range rows {
		if r.Administered {
			bb = append(bb, block{r.Proto, r.Range})
		}
	}
	return bb
}

func setOf(blocks []block) map[block]bool {
	set := make(map[block]bool, len(blocks))
	for _, b := range blocks {
		set[b] = true
	}
	return set
}

func without(blocks, others []block) []block {
	other := setOf(others)
	return slices.DeleteFunc(slices.Clone(blocks), func(b block) bool { return other[b] })
}

// touching gives what tells whether a block has a port in common with ports.
func touching(ports ranges.Ports) func(block) bool {
	tcp, udp := slices.Collect(ports.TCP.All()), slices.Collect(ports.UDP.All())
	return func(b block) bool {
		rr := tcp
		if b.proto == ranges.UDP {
			rr = udp
		}
		i, _ := slices.BinarySearchFunc(rr, b.First, func(r ranges.Range, first uint16) int { return cmp.Compare(r.Last, first) })
		return i < len(rr) && rr[i].First <= b.Last
	}
}

// commands gives a command for each block. Only ipv4 is named: both address
// families share the store.
func commands(verb netsh.Verb, blocks []block) []netsh.Command {
	var cmds []netsh.Command
	for _, b := range blocks {
		cmds = append(cmds, netsh.Command{Verb: verb, Family: "ipv4", Proto: b.proto, Range: b.Range})
	}
	return cmds
}

func turned(cmds []netsh.Command, verb netsh.Verb) []netsh.Command {
	out := slices.Clone(cmds)
	for i := range out {
		out[i].Verb = verb
	}
	return out
}
