package artefact

import (
	"portreg/cmd/internal/target"
	"portreg/ranges"
	"portreg/ranges/netsh"
	"portreg/regfile"
)

// Options say how to read a file.
type Options struct {
	Port  ranges.Range // if valid: of a list, keep the entries that have a port in common with it
	Proto ranges.Proto // of captures whose header names none; 0 makes that an error
}

// Content is what a file holds.
type Content struct {
	File    string // its name
	Format  string // the name of its row in the table
	Ports   ranges.Ports
	Entries []ranges.Entry  // where entries matter: of a list read with Options.Port, and of json
	Values  []Value         // .reg: the ReservedPorts values, in the order they came into being
	Keys    []string        // .reg: the keys that could hold ReservedPorts and are there
	Rows    []netsh.Row     // captures
	Tables  ranges.Proto    // captures: the protocols with a table of exclusions, if an empty one
	Adds    []netsh.Command // netsh scripts: what stays added
	Deletes []netsh.Command // netsh scripts: what is deleted and not added before
	Dynamic []Dynamic       // dynamic port ranges
	Notes   []Note          // what is odd, in the order of the file
}

// Value is a ReservedPorts value.
type Value struct {
	Key, Name string // as written
	Place     target.Place
	Data      regfile.Data
	Line, Col int
	Entries   []ranges.Range // as written
}

// Set gives the ports of the value.
func (v Value) Set() ranges.Set { return ranges.SetOf(v.Entries...) }

// Dynamic is a dynamic port range.
type Dynamic struct {
	Range     ranges.Range
	Proto     ranges.Proto // Both where the file does not tell protocols apart
	Line, Col int
	// Of .reg files, where Range is what MaxUserPort means:
	Key         string
	MaxUserPort uint32
}

// Note is something that reads, but not as one would think.
type Note struct {
	Line, Col int
	Rule      string // a short name
	Text      string
	Dropped   bool // Windows ignores what stands there
}

// Holds tells whether there is a reservation, if an empty one.
func (c *Content) Holds() bool {
	return len(c.Values) > 0 || len(c.Entries) > 0 || !c.Ports.IsEmpty()
}
