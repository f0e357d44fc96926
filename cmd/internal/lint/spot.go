package lint

import (
	"cmp"
	"iter"
	"slices"

	"portreg/cmd/internal/artefact"
	"portreg/cmd/internal/target"
	"portreg/ranges"
)

// A spot is a place of a file with the entries that stand there: an entry of a list, a
// row of a capture, a command, or all of a ReservedPorts value.
type spot struct {
	line, col int
	key       string // of a value
	entries   []ranges.Entry
}

func (s spot) ports() ranges.Ports { return ranges.PortsOf(s.entries...) }

// spots gives the spots in the order of the file. Where the entries have no place,
// because the list is too large to be kept or a sysctl setting, all ports are one spot.
func (l *linter) spots() iter.Seq[spot] {
	switch {
	case l.State != nil:
		return l.values
	case l.List != nil:
		if l.entries == nil {
			l.entries = l.List.Entries()
		}
		return singly(l.entries)
	case l.Format == artefact.JSON:
		var ee []ranges.Entry
		for _, e := range l.Entries {
			ee = append(ee, e.Entry)
		}
		return singly(ee)
	case l.Format == artefact.Capture:
		return singly(l.administered())
	case l.carried() == target.Exclusions:
		var ee []ranges.Entry
		for _, a := range l.Adds {
			ee = append(ee, blockOf(a))
		}
		return singly(ee)
	}
	return func(yield func(spot) bool) {
		all := spot{line: 1, col: 1}
		for e := range l.Ports.Entries() {
			all.entries = append(all.entries, e)
		}
		yield(all)
	}
}

func singly(entries []ranges.Entry) iter.Seq[spot] {
	return func(yield func(spot) bool) {
		for i, e := range entries {
			if !yield(spot{line: e.Line, col: e.Col, entries: entries[i : i+1]}) {
				return
			}
		}
	}
}

func (l *linter) values(yield func(spot) bool) {
	for _, v := range l.Values {
		s := spot{line: v.Line, col: v.Col, key: v.Key}
		for _, r := range v.Entries {
			s.entries = append(s.entries, ranges.Entry{Range: r, Proto: ranges.Both})
		}
		if !yield(s) {
			return
		}
	}
}

// administered gives the rows of a capture that somebody made.
func (l *linter) administered() (entries []ranges.Entry) {
	for _, t := range l.Capture.Tables {
		for _, row := range t.Rows {
			if row.Administered {
				entries = append(entries, ranges.Entry{Range: row.Range, Proto: row.Proto, Line: row.Line, Col: row.Col})
			}
		}
	}
	return entries
}

// A pool is a dynamic port range; not valid where nothing says which one there is.
type pool struct {
	ranges.Range
	assumed bool // it is the default
}

func (p pool) String() string {
	if p.assumed {
		return p.Range.String() + " (the default)"
	}
	return p.Range.String()
}

// pool gives the dynamic port range that the ports of a spot are to be kept out of.
func (l *linter) pool(s spot, proto ranges.Proto) pool {
	if l.o.Dynamic.IsValid() {
		return pool{l.o.Dynamic, false}
	}
	for _, d := range l.Dynamic {
		if d.Proto&proto != 0 && target.SameName(d.Key, s.key) {
			return pool{d.Range, false}
		}
	}
	switch l.mechanism() {
	case target.ReservedPorts:
		return pool{target.DefaultLegacyRange, true}
	case target.Exclusions:
		return pool{target.DefaultDynamicRange, true}
	}
	return pool{}
}

// A finder finds ports of a set fast, for millions of entries.
type finder struct {
	set    ranges.Set
	ranges []ranges.Range // of the set
}

func finderOf(set ranges.Set) finder { return finder{set, slices.Collect(set.All())} }

// meets tells whether an entry of s has a port of the finder's, of whatever protocol.
func (s spot) meets(f finder) bool {
	return slices.ContainsFunc(s.entries, func(e ranges.Entry) bool {
		i, _ := slices.BinarySearchFunc(f.ranges, e.Range.First, func(r ranges.Range, port uint16) int { return cmp.Compare(r.Last, port) })
		return i < len(f.ranges) && f.ranges[i].First <= e.Range.Last
	})
}
