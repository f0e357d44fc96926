package target

import (
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
	return Plan{Delete: commands(netsh.Delete, old, new), Add: commands(netsh.Add, new, old)}
}

// ReplaceOnto gives the commands for a machine whose exclusions are rows. A block
// of before that now lacks is deleted if it is exactly an administered row; if it
// is not, it is in missing. What administered rows then do not cover is added.
func ReplaceOnto(rows []netsh.Row, before, now ranges.Ports) (p Plan, missing []netsh.Command) {
	stay := slices.DeleteFunc(slices.Clone(rows), func(r netsh.Row) bool { return !r.Administered })
	for _, c := range Replace(before, now).Delete {
		gone := func(r netsh.Row) bool { return r.Proto == c.Proto && r.Range == c.Range }
		if !slices.ContainsFunc(stay, gone) {
			missing = append(missing, c)
			continue
		}
		stay = slices.DeleteFunc(stay, gone)
		p.Delete = append(p.Delete, c)
	}
	p.Add = Exclude(now.Minus(Administered(stay))).Add
	return p, missing
}

// Undo gives the commands that take p back.
func (p Plan) Undo() Plan {
	return Plan{Delete: turned(p.Add, netsh.Delete), Add: turned(p.Delete, netsh.Add)}
}

// Commands gives all of p: room is made before it is taken.
func (p Plan) Commands() []netsh.Command { return append(slices.Clone(p.Delete), p.Add...) }

// Administered gives the ports of the administered rows.
func Administered(rows []netsh.Row) ranges.Ports {
	var bb []block
	for _, r := range rows {
		if r.Administered {
			bb = append(bb, block{r.Proto, r.Range})
		}
	}
	return portsOf(bb)
}

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
func (p Plan) InTheWay(rows []netsh.Row) []netsh.Row {
	return slices.DeleteFunc(slices.Clone(rows), func(r netsh.Row) bool {
		return r.Administered || !slices.ContainsFunc(p.Add, func(c netsh.Command) bool {
			return c.Proto == r.Proto && c.Range.First <= r.Range.Last && r.Range.First <= c.Range.Last
		})
	})
}

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
	var tcp, udp []ranges.Range
	for _, b := range blocks {
		if b.proto == ranges.TCP {
			tcp = append(tcp, b.Range)
		} else {
			udp = append(udp, b.Range)
		}
	}
	return ranges.Ports{TCP: ranges.SetOf(tcp...), UDP: ranges.SetOf(udp...)}
}

// commands gives a command for each of the blocks that is not one of the others.
// Only ipv4 is named: both address families share the store.
func commands(verb netsh.Verb, blocks, others []block) []netsh.Command {
	other := make(map[block]bool, len(others))
	for _, b := range others {
		other[b] = true
	}
	var cmds []netsh.Command
	for _, b := range blocks {
		if !other[b] {
			cmds = append(cmds, netsh.Command{Verb: verb, Family: "ipv4", Proto: b.proto, Range: b.Range})
		}
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
