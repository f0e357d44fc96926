package artefact

import (
	"errors"
	"fmt"
	"slices"

	"portreg/cmd/internal/target"
	"portreg/ranges"
	"portreg/ranges/netsh"
	"portreg/regfile"
)

// Options say how to read a file.
type Options struct {
	Target  target.Windows      // of preferences: leave out what is not for it; the zero Windows: keep what is for any
	Port    ranges.Range        // if valid: of a list, keep the entries that have a port in common with it
	Proto   ranges.Proto        // of captures whose header names none; 0 makes that an error
	Written bool                // keep a list of less than 16 MiB as it was written, and directives of what is no .reg file
	Select  Selection           // of the registry: which lists are read
	Accept  func(*Format) error // if not nil, what tells why a format is not the one wanted
	Place   string              // of .reg files: the path of a key that may be missing, for Content.Place
	Faults  bool                // note what is no list of ports in a ReservedPorts value, else an error, hidden characters, and of a .reg file all that is odd, with its directives

	// ControlSet is that of a hive which is asked for, 0 for the current one: what is no
	// list of ports in another is noted only. Where it is nil, all are.
	ControlSet *int
}

// Content is what a file holds.
type Content struct {
	File    string // its name
	Format  string // the name of its row in the table
	Ports   ranges.Ports
	List    *ranges.List    // lists of less than 16 MiB, with Options.Written or Options.Port
	Entries []Entry         // where entries matter: of a list read with Options.Port, and of json
	Values  []Value         // of the registry: the values of Options.Select, in the order they came into being
	State   *regfile.State  // of the registry: what the file leaves; nil in other formats
	Ops     []regfile.Op    // of the registry: what leaves that, as far as it matters; of values that are not read without data
	Place   regfile.Place   // of .reg files: where that of Options.Place would be
	Whole   bool            // of the registry: it ends as an export does, so that nothing is cut off
	Current int             // hives: the number of the current control set, 0 if the hive does not say
	Next    int             // hives: the number of that for the next start, 0 if the hive does not say
	Capture *netsh.Capture  // captures; Ports is what all its tables agree on
	Script  *netsh.Converge // scripts with a log: what they are made from, but for their comments
	Adds    []netsh.Command // scripts, answer files: what stays added
	Repeats []Repeat        // netsh scripts: adds of what an earlier one has added
	Deletes []netsh.Command // netsh scripts, answer files: what is deleted and not added before
	Dynamic []Dynamic       // dynamic port ranges
	Notes   []Note          // what is odd, in the order of the file
	GPO     string          // backups of a GPO: the name of that
	Parts   []*Content      // backups of a GPO: its files, as far as they are read or have notes, in the order in which they apply

	policy     bool        // its format is for all machines that a Group Policy object applies to
	Directives []Directive // of .reg files with Options.Faults; of scripts and what List is there for with Options.Written
}

// Entry is an entry with what a person wrote beside it.
type Entry struct {
	ranges.Entry
	Label string // the comment of its line; "" in lists of 16 MiB and more
}

// Value is a value that is a list of ports.
type Value struct {
	Key, Name string // as written
	Data      regfile.Data
	Line, Col int
	Entries   []ranges.Range // as written
}

// Set gives the ports of the value.
func (v Value) Set() ranges.Set { return ranges.SetOf(v.Entries...) }

// Dynamic is a dynamic port range.
type Dynamic struct {
	Range ranges.Range
	Proto ranges.Proto // Both where the file does not tell protocols apart
	Key   string       // of the registry: the key whose MaxUserPort means Range

	Line, Col int // where it stands, from 1; 0 in json and in scripts with a log
}

// Repeat is a command that adds what Earlier added, of the same address family, and
// nothing deleted between them. (Whether Windows refuses the same ports of the other
// family is not documented.)
type Repeat struct {
	netsh.Command
	Earlier netsh.Command
}

// Note is something that reads, but not as one would think.
type Note struct {
	Line, Col int
	Rule      string // a short name
	Text      string // one line; may hold whatever else the file holds
	Dropped   bool   // Windows ignores what stands there
	Key, Name string // of the registry: the key it stands under and the value it is about, as far as known
	Omitted   int    // how many of its rule it stands for, the first of which is there
}

// Obscures tells whether the note leaves open what the TCP/IP values of key are:
// Windows ignores a line that sets one, or a line of the key that may belong to
// one, or its data may have been cut off, or there are too many such to tell.
func (n Note) Obscures(key string) bool {
	values := target.SameName(n.Name, target.ReservedPortsName) || target.SameName(n.Name, target.MaxUserPortName)
	here := target.SameName(n.Key, key)
	switch n.Rule {
	case unknownRoot, shortRoot: // the values below are noted, too
		return false
	}
	if n.Omitted > 0 {
		return true
	}
	switch n.Rule {
	case "stray-line", "swallowed-line":
		return here
	case "hex-trailing-comma", "continuation-eof", "hive-big-data":
		return here && values
	case "hive-damage":
		return here && (values || n.Name == "")
	case "delete-junk": // what it would delete stays
		return false
	}
	return n.Dropped && values && (here || n.Key == "")
}

// Row gives the row of the file's format.
func (c *Content) Row() *Format {
	return &formats[slices.IndexFunc(formats[:], func(f Format) bool { return f.Name == c.Format })]
}

// Carries gives what the file holds or, being of its format, could hold, as bits.
func (c *Content) Carries() (m target.Mechanism) {
	if c.Parts == nil {
		return c.Row().Carries
	}
	for _, p := range c.Parts {
		if p.Format != GPO {
			m |= p.Carries()
		}
	}
	return m
}

// Holds tells whether there is a reservation, if an empty one.
func (c *Content) Holds() bool {
	return len(c.Values) > 0 || len(c.Entries) > 0 || !c.Ports.IsEmpty()
}

// Taken gives the ports that no program gets by asking for any: Ports and, of a capture,
// all other rows, runtime reservations above all.
func (c *Content) Taken() ranges.Ports {
	if c.Capture == nil {
		return c.Ports
	}
	var rows []ranges.Entry
	for _, t := range c.Capture.Tables {
		for _, row := range t.Rows {
			rows = append(rows, ranges.Entry{Range: row.Range, Proto: row.Proto})
		}
	}
	return c.Ports.Union(ranges.PortsOf(rows...))
}

// Keys gives what there is of each key of the registry, which has a dynamic port range of
// its own: those of the values first, then those that only have a MaxUserPort. Of a file
// with one key or none, and of all others, it gives c.
func (c *Content) Keys() []*Content {
	var keys []string
	see := func(key string) {
		if key != "" && !slices.ContainsFunc(keys, func(k string) bool { return target.SameName(k, key) }) {
			keys = append(keys, key)
		}
	}
	for _, v := range c.Values {
		see(v.Key)
	}
	for _, d := range c.Dynamic {
		see(d.Key)
	}
	if len(keys) < 2 {
		return []*Content{c}
	}
	var all []*Content
	for _, key := range keys {
		one := *c
		one.keep(func(k string) bool { return target.SameName(k, key) })
		all = append(all, &one)
	}
	return all
}

// DynamicRange gives the dynamic port range of proto, TCP or UDP: the first that the
// file names, where it has values of the registry under the key of the first, else the
// default of w. Where w is the zero Windows, that is the legacy one for the registry's
// formats and the modern one for all else.
func (c *Content) DynamicRange(w target.Windows, proto ranges.Proto) (r ranges.Range, assumed bool) {
	i := slices.IndexFunc(c.Dynamic, func(d Dynamic) bool {
		return d.Proto&proto != 0 && (len(c.Values) == 0 || target.SameName(d.Key, c.Values[0].Key))
	})
	mechanism := w.Mechanism
	if mechanism == 0 && c.State != nil {
		mechanism = target.ReservedPorts
	}
	switch {
	case i >= 0:
		return c.Dynamic[i].Range, false
	case c.Format == Hive: // what is not there has its default
		return target.DefaultLegacyRange, false
	case mechanism == target.ReservedPorts:
		return target.DefaultLegacyRange, true
	}
	return target.DefaultDynamicRange, true
}

// Errorf is an error about the file as a whole.
func (c *Content) Errorf(format string, args ...any) *ranges.Error {
	e := &ranges.Error{Name: c.File, Line: 1, Col: 1, Msg: fmt.Sprintf(format, args...)}
	if c.Format == Hive {
		e.Line, e.Col = 0, 0
	}
	return e
}

// IsState tells whether the file shows what a machine has: it is not made to set it.
func (c *Content) IsState() bool { return c.Capture != nil || c.Format == Hive }

// About begins a message about a value: of a hive, which has no lines, it names the
// control set.
func (c *Content) About(key string) string {
	if c.Format != Hive {
		return ""
	}
	place, _ := target.PlaceOf(key)
	return fmt.Sprintf("ControlSet%03d: ", place.ControlSet)
}

// ControlSet gives the number by which the file knows a control set: where n is 0,
// the current one, a hive has that of Select\Current. It is an error if the hive does
// not say.
func (c *Content) ControlSet(n int) (int, error) {
	switch {
	case n != 0 || c.Format != Hive:
		return n, nil
	case c.Current == 0:
		return 0, c.Errorf("the hive does not say which of its control sets is current; name one with --control-set")
	}
	return c.Current, nil
}

// Pick keeps the values of one control set; 0 is the current one. Only the formats of
// the registry have any to pick.
func (c *Content) Pick(controlSet int) error {
	n, err := c.ControlSet(controlSet)
	for _, p := range c.Parts {
		err = errors.Join(err, p.Pick(controlSet))
	}
	if err != nil || c.State == nil {
		return err
	}
	c.keep(func(key string) bool {
		place, _ := target.PlaceOf(key)
		return place.ControlSet == n
	})
	return nil
}

// keep leaves what stands under some of the keys.
func (c *Content) keep(wanted func(key string) bool) {
	c.Values = slices.DeleteFunc(slices.Clone(c.Values), func(v Value) bool { return !wanted(v.Key) })
	c.Dynamic = slices.DeleteFunc(slices.Clone(c.Dynamic), func(d Dynamic) bool { return !wanted(d.Key) })
	c.Ports = valuePorts(c.Values).Union(target.PortsOf(c.Adds))
}

// Rename has name make another name of each there is of a file.
func (c *Content) Rename(name func(string) string) {
	c.File = name(c.File)
	for _, p := range c.Parts {
		p.Rename(name)
	}
}

// AllNotes gives the notes of a file, or of all files of a folder, with the name of each.
func (c *Content) AllNotes(yield func(file string, n Note) bool) {
	for _, p := range c.Parts {
		for _, n := range p.Notes {
			if !yield(p.File, n) {
				return
			}
		}
	}
	for _, n := range c.Notes {
		if !yield(c.File, n) {
			return
		}
	}
}

// Narrow keeps the entries that have a port in common with r.
func (c *Content) Narrow(r ranges.Range) {
	for _, p := range c.Parts {
		p.Narrow(r)
	}
	for i := range c.Values {
		v := &c.Values[i]
		v.Entries = slices.DeleteFunc(v.Entries, func(e ranges.Range) bool { return !overlap(e, r) })
	}
	c.Values = slices.DeleteFunc(c.Values, func(v Value) bool { return len(v.Entries) == 0 })
	c.Entries = slices.DeleteFunc(c.Entries, func(e Entry) bool { return !overlap(e.Range, r) })
	c.Adds = slices.DeleteFunc(c.Adds, func(cmd netsh.Command) bool { return !overlap(cmd.Range, r) })
	switch {
	case c.Capture != nil:
		c.narrowTables(r)
	case c.State != nil, c.Format == GPO, c.Row().Carries == target.Exclusions:
		c.Ports = valuePorts(c.Values).Union(target.PortsOf(c.Adds))
	case c.Format == Sysctl:
		c.Ports = ranges.Ports{TCP: touching(c.Ports.TCP, r), UDP: touching(c.Ports.UDP, r)}
	default:
		c.Ports = portsOf(c.Entries)
	}
}

func (c *Content) narrowTables(r ranges.Range) {
	var left []ranges.Entry
	for i := range c.Capture.Tables {
		t := &c.Capture.Tables[i]
		t.Rows = slices.DeleteFunc(t.Rows, func(row netsh.Row) bool { return !overlap(row.Range, r) })
		for _, row := range t.Rows {
			left = append(left, ranges.Entry{Range: row.Range, Proto: row.Proto})
		}
	}
	c.Ports = c.Ports.Intersect(ranges.PortsOf(left...))
}

// touching gives the ranges of s that have a port in common with r.
func touching(s ranges.Set, r ranges.Range) ranges.Set {
	return ranges.SetOf(slices.DeleteFunc(slices.Collect(s.All()), func(e ranges.Range) bool { return !overlap(e, r) })...)
}

func valuePorts(values []Value) ranges.Ports {
	var all []ranges.Range
	for _, v := range values {
		all = append(all, v.Entries...)
	}
	set := ranges.SetOf(all...)
	return ranges.Ports{TCP: set, UDP: set}
}
