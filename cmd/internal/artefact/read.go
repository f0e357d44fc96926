package artefact

import (
	"bytes"
	"errors"
	"io"
	"slices"

	"portreg/cmd/internal/target"
	"portreg/ranges"
	"portreg/ranges/netsh"
	"portreg/ranges/sysctl"
	"portreg/ranges/unattend"
)

func readList(c *Content, in input) error {
	r, err := textOf(in.name, in.encoding, in.r)
	if err != nil {
		return err
	}
	if !in.o.Port.IsValid() && !in.o.Written {
		c.Ports, err = ranges.ReadPorts(r, in.name)
		return err
	}
	head, r, err := peek(r, writtenSize)
	switch {
	case err != nil:
		return err
	case len(head) < writtenSize:
		return c.readWritten(in, head)
	case in.o.Port.IsValid():
		return c.scanEntries(in, r)
	}
	c.Ports, err = ranges.ReadPorts(r, in.name)
	return err
}

// writtenSize is the size of the lists that are kept in memory as they were written:
// larger ones would take many times their size.
const writtenSize = 16 << 20

// readWritten reads a list with what stands beside its entries.
func (c *Content) readWritten(in input, text []byte) (err error) {
	c.List, err = ranges.Parse(in.name, text)
	if err != nil {
		return err
	}
	c.Ports = c.List.Ports()
	c.Directives = listDirectives(text)
	if in.o.Faults {
		c.Notes = hiddenCharacters(string(text))
	}
	if !in.o.Port.IsValid() {
		return nil
	}
	line, label := 0, ""
	for _, e := range c.List.Entries() {
		if e.Line != line { // one comment may be that of thousands of entries
			line, label = e.Line, c.List.Label(e.Line)
		}
		if overlap(e.Range, in.o.Port) {
			c.Entries = append(c.Entries, Entry{e, label})
		}
	}
	c.Ports = portsOf(c.Entries)
	return nil
}

// scanEntries finds entries in flat memory.
func (c *Content) scanEntries(in input, r io.Reader) error {
	var wrong ranges.Errors
	for e, err := range ranges.Scan(r, in.name) {
		placed, ok := err.(*ranges.Error)
		switch {
		case ok:
			wrong = append(wrong, placed)
		case err != nil:
			return err
		case overlap(e.Range, in.o.Port):
			c.Entries = append(c.Entries, Entry{Entry: e})
		}
	}
	if wrong != nil {
		return wrong
	}
	c.Ports = portsOf(c.Entries)
	return nil
}

func overlap(a, b ranges.Range) bool { return a.First <= b.Last && b.First <= a.Last }

func portsOf(entries []Entry) ranges.Ports {
	var all []ranges.Entry
	for _, e := range entries {
		all = append(all, e.Entry)
	}
	return ranges.PortsOf(all...)
}

func readSysctl(c *Content, in input) error {
	text, err := in.text()
	if err != nil {
		return err
	}
	set, err := sysctl.Parse(in.name, text)
	c.Ports = ranges.Ports{TCP: set, UDP: set}
	return err
}

func readCapture(c *Content, in input) error {
	text, err := in.text()
	if err != nil {
		return err
	}
	c.Capture, err = netsh.ParseCapture(in.name, text, in.o.Proto)
	if err != nil {
		return err
	}
	machine := target.MachineOf(c.Capture)
	c.Ports = machine.Excluded()
	for _, e := range machine.Contradictions() {
		c.Notes = append(c.Notes, Note{Line: e.Line, Col: e.Col, Rule: "contradiction", Text: e.Msg})
	}
	for _, d := range c.Capture.Dynamic {
		c.Dynamic = append(c.Dynamic, Dynamic{Range: d.Range, Proto: d.Proto, Line: d.Line, Col: d.Col})
	}
	return nil
}

func readScript(c *Content, in input) error {
	text, err := in.text()
	if err != nil {
		return err
	}
	if in.o.Written {
		c.Directives = scriptDirectives(text, "rem", "::")
	}
	cmds, err := netsh.ParseScript(in.name, text)
	c.carryOut(cmds)
	return err
}

// readConverge reads a script that keeps a log.
func readConverge(c *Content, in input) error {
	text, err := in.text()
	if err != nil {
		return err
	}
	r, err := netsh.ParseConverge(in.name, text)
	if err != nil {
		return err
	}
	if in.o.Written {
		c.Directives = scriptDirectives(text, "rem", "::", "#")
	}
	c.Script, c.Adds, c.Ports = &r.Converge, r.Blocks, r.Ports
	if r.Dynamic.IsValid() {
		c.addDynamic(Dynamic{Range: r.Dynamic, Proto: ranges.Both})
	}
	if c.Format == Cmd && (in.encoding != Bytes || bytes.HasPrefix(text, []byte("\ufeff"))) {
		c.Notes = append(c.Notes, Note{Line: 1, Col: 1, Rule: "encoding", Text: "cmd.exe stumbles over a byte order mark and cannot run UTF-16; save the script as ASCII"})
	}
	if r.LF > 0 {
		c.Notes = append(c.Notes, Note{Line: r.LF, Col: 1, Rule: "line-end", Text: "the line ends in LF alone, where cmd.exe can miss labels; save the script with CRLF"})
	}
	if r.Edited > 0 {
		c.Notes = append(c.Notes, Note{Line: r.Edited, Col: 1, Rule: "edited", Text: "edited, or by another version: from here on the script is not as this portreg writes it"})
	}
	return nil
}

func readUnattend(c *Content, in input) error {
	text, err := in.text()
	if err != nil {
		return err
	}
	file, err := unattend.Parse(in.name, text)
	if err != nil {
		return err
	}
	for _, n := range file.Notes {
		c.Notes = append(c.Notes, Note{Line: n.Line, Col: n.Col, Rule: n.Rule, Text: n.Text, Dropped: n.Dropped})
	}
	c.carryOut(file.Commands)
	c.Repeats = nil // each architecture has commands of its own
	return nil
}

// readXML gives the error of what is neither an answer file nor a Registry.xml.
func readXML(c *Content, in input) error {
	err := readUnattend(c, in)
	var placed *ranges.Error
	if errors.As(err, &placed) {
		placed.Msg += "; of Preferences, show reads Registry.xml only, and of the backup of a GPO its folder"
	}
	return err
}

// carryOut works out what the commands leave on a machine of which nothing is
// known: a delete takes back an add of the same block before it.
func (c *Content) carryOut(cmds []netsh.Command) {
	type block struct {
		ranges.Range
		ranges.Proto
	}
	at := map[block]int{} // 1 + index in c.Adds
	for _, cmd := range cmds {
		b := block{cmd.Range, cmd.Proto}
		switch i := at[b]; {
		case cmd.Verb == netsh.Set:
			c.addDynamic(Dynamic{Range: cmd.Range, Proto: cmd.Proto, Line: cmd.Line, Col: cmd.Col})
		case cmd.Verb == netsh.Add && i == 0:
			c.Adds = append(c.Adds, cmd)
			at[b] = len(c.Adds)
		case cmd.Verb == netsh.Add && cmd.Family == c.Adds[i-1].Family:
			c.Repeats = append(c.Repeats, Repeat{cmd, c.Adds[i-1]})
		case cmd.Verb == netsh.Delete && i > 0:
			c.Adds[i-1].Proto = 0
			delete(at, b)
		case cmd.Verb == netsh.Delete:
			c.Deletes = append(c.Deletes, cmd)
		}
	}
	c.Adds = slices.DeleteFunc(c.Adds, func(cmd netsh.Command) bool { return cmd.Proto == 0 })
	c.Ports = target.PortsOf(c.Adds)
}

// addDynamic keeps d once: scripts set it for both address families.
func (c *Content) addDynamic(d Dynamic) {
	same := func(e Dynamic) bool { return e.Range == d.Range && e.Proto == d.Proto }
	if !slices.ContainsFunc(c.Dynamic, same) {
		c.Dynamic = append(c.Dynamic, d)
	}
}
