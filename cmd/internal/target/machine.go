package target

import (
	"cmp"
	"fmt"
	"slices"

	"portreg/ranges"
	"portreg/ranges/netsh"
)

// Machine is what captures of one machine say together. They may hold several
// tables of a protocol: of ipv4 and ipv6, which share one store (bigfix.me 27007),
// of active and persistent exclusions, or of different times. A port is excluded
// only where every table of its protocol has it as administered; a runtime
// reservation counts if any table has it; of several dynamic port ranges of a
// protocol the first is taken. The zero Machine is one of which nothing is known.
type Machine struct {
	tables   []netsh.Table
	dynamic  []netsh.DynamicRange
	excluded ranges.Ports
	runtime  ranges.Ports
}

// Row is a row of a table and the name of its capture.
type Row struct {
	netsh.Row
	Name string
}

// MachineOf puts captures of one machine together.
func MachineOf(captures ...*netsh.Capture) *Machine {
	m := &Machine{}
	for _, c := range captures {
		m.tables = append(m.tables, c.Tables...)
		m.dynamic = append(m.dynamic, c.Dynamic...)
	}
	m.excluded = ranges.Ports{TCP: m.agreed(ranges.TCP), UDP: m.agreed(ranges.UDP)}
	for _, t := range m.tables {
		m.runtime = m.runtime.Union(ofProto(t.Proto, marked(t, false)))
	}
	return m
}

// agreed gives the ports that every table of proto has as administered.
func (m *Machine) agreed(proto ranges.Proto) (s ranges.Set) {
	first := true
	for _, t := range m.tables {
		switch {
		case t.Proto != proto:
		case first:
			s, first = marked(t, true), false
		default:
			s = s.Intersect(marked(t, true))
		}
	}
	return s
}

// marked gives the ports of the rows that are administered, or of those that are
// not.
func marked(t netsh.Table, administered bool) ranges.Set {
	var rr []ranges.Range
	for _, row := range t.Rows {
		if row.Administered == administered {
			rr = append(rr, row.Range)
		}
	}
	return ranges.SetOf(rr...)
}

func ofProto(proto ranges.Proto, s ranges.Set) (p ranges.Ports) {
	if proto&ranges.TCP != 0 {
		p.TCP = s
	}
	if proto&ranges.UDP != 0 {
		p.UDP = s
	}
	return p
}

// Excluded gives the ports that every table of their protocol has as administered.
func (m *Machine) Excluded() ranges.Ports { return m.excluded }

// HasTable tells whether there is a table of proto, if an empty one.
func (m *Machine) HasTable(proto ranges.Proto) bool {
	return slices.ContainsFunc(m.tables, func(t netsh.Table) bool { return t.Proto == proto })
}

// Dynamic gives the dynamic port range of proto, if there is one.
func (m *Machine) Dynamic(proto ranges.Proto) (r ranges.Range, ok bool) {
	i := slices.IndexFunc(m.dynamic, func(d netsh.DynamicRange) bool { return d.Proto == proto })
	if i < 0 {
		return r, false
	}
	return m.dynamic[i].Range, true
}

// rows gives the rows of one kind that have a port in common with p, in the order
// of the tables; of equal ones the first.
func (m *Machine) rows(administered bool, p ranges.Ports) (rows []Row) {
	hit, seen := touching(p), map[block]bool{}
	for _, t := range m.tables {
		for _, row := range t.Rows {
			b := block{row.Proto, row.Range}
			if row.Administered == administered && !seen[b] && hit(b) {
				rows = append(rows, Row{row, t.Name})
				seen[b] = true
			}
		}
	}
	return rows
}

// blocks gives the administered rows that every table of their protocol has, in
// order, each once: what netsh would delete if it was told so.
func (m *Machine) blocks() (bb []block) {
	for _, t := range m.tables {
		bb = append(bb, administered(t.Rows)...)
	}
	for _, t := range m.tables {
		have := setOf(administered(t.Rows))
		bb = slices.DeleteFunc(bb, func(b block) bool { return b.proto == t.Proto && !have[b] })
	}
	slices.SortFunc(bb, compareBlocks)
	return slices.Compact(bb)
}

// Verdict is how far ports are kept out of the dynamic port range.
type Verdict struct {
	Reserved ranges.Ports
	Runtime  ranges.Ports // in runtime reservations only, which go at the next start at the latest
	Missing  ranges.Ports // in neither
	Rows     []Row        // the runtime reservations that have ports of Runtime
}

// Judge tells which of the ports are excluded. Where there is no table of a
// protocol, none of its ports are.
func (m *Machine) Judge(p ranges.Ports) Verdict {
	open := p.Minus(m.excluded)
	v := Verdict{Reserved: p.Intersect(m.excluded), Runtime: open.Intersect(m.runtime), Missing: open.Minus(m.runtime)}
	if !v.Runtime.IsEmpty() {
		v.Rows = m.rows(false, v.Runtime)
	}
	return v
}

// Contradictions says, with the places, where tables of one protocol have other
// ports, and where dynamic port ranges of one protocol differ.
func (m *Machine) Contradictions() (all ranges.Errors) {
	for _, t := range m.tables {
		lacks := m.lacks(t)
		for _, row := range t.Rows {
			if e := contradicted(t, row, lacks); e != nil {
				all = append(all, e)
			}
		}
	}
	for _, d := range m.dynamic {
		first := m.dynamic[slices.IndexFunc(m.dynamic, func(e netsh.DynamicRange) bool { return e.Proto == d.Proto })]
		if d.Range != first.Range {
			all = append(all, &ranges.Error{Name: d.Name, Line: d.Line, Col: d.Col, Msg: fmt.Sprintf("this dynamic port range of %s is %s, the one at %s:%d:%d is %s; the latter is taken",
				d.Proto, d.Range, first.Name, first.Line, first.Col, first.Range)})
		}
	}
	return all
}

// A lack is what another table of the protocol does not have of a table: of its
// administered rows as such, and of its runtime reservations at all.
type lack struct {
	netsh.Table
	administered, runtime []ranges.Range
}

func (m *Machine) lacks(of netsh.Table) (all []lack) {
	administered, runtime := marked(of, true), marked(of, false)
	for _, t := range m.tables {
		if t.Proto == of.Proto {
			there := marked(t, true)
			all = append(all, lack{t,
				slices.Collect(administered.Minus(there).All()),
				slices.Collect(runtime.Minus(there.Union(marked(t, false))).All())})
		}
	}
	return all
}

// contradicted says which ports of a row of the table the first of the other tables
// lacks that lacks any.
func contradicted(table netsh.Table, row netsh.Row, lacks []lack) *ranges.Error {
	for _, l := range lacks {
		missing, text := l.administered, "%s is administered here, but not in the table at %s:%d:%d; it is not taken as reserved"
		if !row.Administered {
			missing, text = l.runtime, "the runtime reservation %s is not in the table at %s:%d:%d; it counts all the same"
		}
		if s := within(missing, row.Range); !s.IsEmpty() {
			return &ranges.Error{Name: table.Name, Line: row.Line, Col: row.Col,
				Msg: fmt.Sprintf(text, ofProto(row.Proto, s), l.Name, l.Line, l.Col)}
		}
	}
	return nil
}

// within gives the ports of r that the ranges, which are in order and apart, have.
func within(rr []ranges.Range, r ranges.Range) ranges.Set {
	i, _ := slices.BinarySearchFunc(rr, r.First, func(have ranges.Range, first uint16) int { return cmp.Compare(have.Last, first) })
	end := i
	for end < len(rr) && rr[end].First <= r.Last {
		end++
	}
	return ranges.SetOf(rr[i:end]...).Intersect(ranges.SetOf(r))
}
