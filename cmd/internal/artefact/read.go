package artefact

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"portreg/cmd/internal/target"
	"portreg/ranges"
	"portreg/ranges/netsh"
	"portreg/ranges/sysctl"
	"portreg/ranges/unattend"
	"portreg/regfile"
	"portreg/regfile/gpp"
	"portreg/regfile/hive"
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
		c.Notes = hiddenCharacters(string(text), "#")
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

func readReg(c *Content, in input) error {
	src, err := io.ReadAll(in.r)
	if err != nil {
		return err
	}
	f, err := regfile.Parse(in.name, src)
	if err != nil {
		return err
	}
	c.Whole = f.Whole()
	if in.o.Written {
		c.Directives = regDirectives(src)
	}
	if in.o.Faults {
		c.Notes = hiddenCharacters(regText(src), ";")
	}
	return c.readOps(in, f.Ops(), f.Notes())
}

// mostPolicy is how much of a file of policies or preferences is read: one with all ports
// singly takes less than 2 MiB.
const mostPolicy = 16 << 20

// decodeFunc is how a package reads a format of the registry.
type decodeFunc func(name string, src []byte) ([]regfile.Op, []regfile.Note, error)

// registryText gives the reader of a format that is text, in UTF-8 or UTF-16.
func registryText(decode decodeFunc) func(*Content, input) error {
	return func(c *Content, in input) error {
		r, err := textOf(in.name, in.encoding, in.r)
		if err != nil {
			return err
		}
		return c.decode(in, decode, r)
	}
}

// readGPP reads preferences for the target, or for all Windows that they are written for.
func readGPP(c *Content, in input) error {
	return registryText(func(name string, src []byte) ([]regfile.Op, []regfile.Note, error) {
		return gpp.Decode(name, src, preferring(in.o.Target)...)
	})(c, in)
}

// registryBytes gives the reader of a format that is no text.
func registryBytes(decode decodeFunc) func(*Content, input) error {
	return func(c *Content, in input) error { return c.decode(in, decode, in.r) }
}

// decode leaves out what is noted of policies and preferences that have nothing to do with
// what is read: most files have many.
func (c *Content) decode(in input, decode decodeFunc, r io.Reader) error {
	src, err := io.ReadAll(io.LimitReader(r, mostPolicy+1))
	switch {
	case err != nil:
		return err
	case len(src) > mostPolicy:
		return &regfile.Error{Name: in.name, Text: fmt.Sprintf("a file in the format %s of more than %d MiB is not read", c.Format, mostPolicy>>20)}
	}
	ops, notes, err := decode(in.name, src)
	if err != nil {
		return err
	}
	return c.readOps(in, ops, slices.DeleteFunc(notes, in.o.Select.isAside))
}

// isAside tells whether a note is about a value that is not read, or about a key that has
// none.
func (s Selection) isAside(n regfile.Note) bool {
	read := target.SameName(n.Name, s.name()) || !s.Given() && target.SameName(n.Name, target.MaxUserPortName)
	return n.Key != "" && !read && (n.Name != "" || !s.mayHold(n.Key))
}

func readHive(c *Content, in input) error {
	r, size, err := in.random()
	if err != nil {
		return err
	}
	h, err := hive.Read(in.name, r, size)
	if err != nil {
		return err
	}
	c.Whole, c.Current, c.Next = true, h.Current, h.Next
	return c.readOps(in, h.Ops, h.Notes)
}

// mostInMemory is how large a hive may be that is not read from a file; that of Windows
// Server 2003 has a few MiB.
const mostInMemory = 64 << 20

// random gives what can be read in any order: the source itself, or all of it.
func (in input) random() (r io.ReaderAt, size int64, err error) {
	if file, ok := in.source.(interface {
		io.ReaderAt
		io.Seeker
	}); ok {
		if size, err = file.Seek(0, io.SeekEnd); err == nil {
			return file, size, nil
		}
	}
	src, err := io.ReadAll(io.LimitReader(in.r, mostInMemory+1))
	switch {
	case err != nil:
		return nil, 0, err
	case len(src) > mostInMemory:
		return nil, 0, &regfile.Error{Name: in.name, Text: fmt.Sprintf("a hive of more than %d MiB is read from a file only, not from a pipe or from git", mostInMemory>>20)}
	}
	return bytes.NewReader(src), int64(len(src)), nil
}

// readOps takes operations on the registry for what they mean to TCP/IP, or for the lists
// that are selected.
func (c *Content) readOps(in input, ops []regfile.Op, notes []regfile.Note) error {
	for _, n := range notes {
		c.Notes = append(c.Notes, Note{n.Pos.Line, n.Pos.Col, n.Rule, n.Text, n.Dropped, n.Key, n.Name})
	}
	c.State, c.Ops = regfile.StateOf(ops), ops
	var wrong ranges.Errors
	for v := range c.State.Values() {
		switch s := in.o.Select; {
		case !s.Given():
			wrong = append(wrong, c.readAbout(in, v)...)
		case s.takes(v.Key, v.Name):
			wrong = append(wrong, c.readPorts(in, v)...)
		}
	}
	c.noteDeletions(in.o.Select, ops)
	slices.SortStableFunc(c.Notes, func(a, b Note) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	if wrong != nil {
		return wrong
	}
	return nil
}

// readAbout reads a value, and has all messages say which one they are about.
func (c *Content) readAbout(in input, v regfile.Value) ranges.Errors {
	from := len(c.Notes)
	in.o.Faults = in.o.Faults || !c.asked(in.o, v.Key)
	wrong := c.readValue(in, v)
	for i := from; i < len(c.Notes); i++ {
		c.Notes[i].Text = c.About(v.Key) + c.Notes[i].Text
	}
	for _, e := range wrong {
		e.Msg = c.About(v.Key) + e.Msg
	}
	return wrong
}

// asked tells whether a key is not of another control set than the one asked for.
func (c *Content) asked(o Options, key string) bool {
	if c.Format != Hive || o.ControlSet == nil {
		return true
	}
	n, err := c.ControlSet(*o.ControlSet)
	place, _ := target.PlaceOf(key)
	return err != nil || place.ControlSet == n
}

// readValue takes a value of the registry for what it means to TCP/IP, if anything.
func (c *Content) readValue(in input, v regfile.Value) (wrong ranges.Errors) {
	place, ok := c.placeOf(v.Key)
	switch {
	case !target.SameName(strings.TrimSpace(v.Name), target.ReservedPortsName):
		if ok && target.SameName(v.Name, target.MaxUserPortName) {
			c.readMaxUserPort(v)
		}
	case !target.SameName(v.Name, target.ReservedPortsName):
		c.addNote(v.Pos, "value-name", "%q is not %q: nothing reads it", v.Name, target.ReservedPortsName)
	case !ok:
		c.addNote(v.Pos, "key", "%s under %s is read by nothing; it belongs under %s", v.Name, v.Key, target.Place{}.Key())
	default:
		if place.ControlSet > 0 && c.policy {
			c.addNote(v.Pos, "policy-control-set", "%s under %s: which control set is current differs from machine to machine; write CurrentControlSet", v.Name, v.Key)
		}
		return c.readPorts(in, v)
	}
	return nil
}

// placeOf is target.PlaceOf, but for policies: they apply to the running Windows, where
// no hive is mounted.
func (c *Content) placeOf(key string) (target.Place, bool) {
	place, ok := target.PlaceOf(key)
	return place, ok && (place.Online() || !c.policy)
}

// readPorts reads a value that is to be a list of ports.
func (c *Content) readPorts(in input, v regfile.Value) (wrong ranges.Errors) {
	data := v.Data
	if in.o.Faults {
		data.Bytes = data.Bytes[:len(data.Bytes)&^1] // half a unit is irregular, see below
	}
	r, problems := target.ReadPortList(v.Name, data)
	switch {
	case !in.o.Faults:
		for _, p := range problems {
			wrong = append(wrong, &ranges.Error{Name: in.name, Line: v.Pos.Line, Col: v.Pos.Col, Msg: p})
		}
	case problems != nil && data.Type != regfile.MultiSZ:
		c.addNote(v.Pos, "type", "%s", problems[0])
	case problems != nil:
		c.addNote(v.Pos, "bad-entry", "%s", firstFew(problems))
	}
	for _, odd := range v.Data.Irregularities() {
		c.addNote(v.Pos, odd.Rule, "%s", odd.Text)
	}
	switch n := len(r.Bare); {
	case !target.SameName(v.Name, target.ReservedPortsName):
	case n == 1:
		c.addNote(v.Pos, "bare-port", "%q is a bare port; KB 812873 wants %s-%[2]s", r.Bare[0], r.Bare[0])
	case n > 1:
		c.addNote(v.Pos, "bare-port", "%q and %d more are bare ports; KB 812873 wants %s-%[3]s", r.Bare[0], n-1, r.Bare[0])
	}
	if len(r.Entries) == 0 && problems == nil {
		c.addNote(v.Pos, "empty", "%s is there and empty", v.Name)
	}
	c.Values = append(c.Values, Value{v.Key, v.Name, v.Data, v.Pos.Line, v.Pos.Col, r.Entries})
	set := ranges.SetOf(r.Entries...)
	c.Ports = c.Ports.Union(ranges.Ports{TCP: set, UDP: set})
	return wrong
}

// firstFew joins the first eight problems, and says how many more there are.
func firstFew(problems []string) string {
	const most = 8
	if extra := len(problems) - most; extra > 0 {
		problems = append(problems[:most:most], fmt.Sprintf("and %d more", extra))
	}
	return strings.Join(problems, "; ")
}

func (c *Content) readMaxUserPort(v regfile.Value) {
	n, err := v.Data.Uint32()
	if err != nil {
		c.addNote(v.Pos, "type", "%s is not a number: %v", v.Name, err)
		return
	}
	r, documented := target.LegacyRange(n)
	if !documented {
		c.addNote(v.Pos, "max-user-port", "%s is %d, not %d to %d; taken for %d", v.Name, n, target.DefaultMaxUserPort, target.HighestMaxUserPort, r.Last)
	}
	c.Dynamic = append(c.Dynamic, Dynamic{r, ranges.Both, v.Key, v.Pos.Line, v.Pos.Col})
}

// noteDeletions says where a list is deleted that is not made again.
func (c *Content) noteDeletions(s Selection, ops []regfile.Op) {
	for _, op := range ops {
		switch {
		case op.Verb == regfile.DeleteValue && c.isList(s, op):
			if _, set := c.State.Value(op.Key, op.Name); !set {
				c.addNote(op.Pos, "deletes", "deletes %s under %s", op.Name, op.Key)
			}
		case op.Verb == regfile.DeleteKey && s.mayHold(op.Key) && !c.valueUnder(op.Key):
			c.addNote(op.Pos, "deletes", "deletes %s and with it any %s", op.Key, s.name())
		}
	}
}

// isList tells whether an operation is on a value that is read for a list.
func (c *Content) isList(s Selection, op regfile.Op) bool {
	_, place := c.placeOf(op.Key)
	return s.takes(op.Key, op.Name) && (place || s.Given())
}

func (c *Content) valueUnder(key string) bool {
	return slices.ContainsFunc(c.Values, func(v Value) bool {
		return len(v.Key) >= len(key) && target.SameName(v.Key[:len(key)], key)
	})
}

func (c *Content) addNote(at regfile.Pos, rule, format string, args ...any) {
	c.Notes = append(c.Notes, Note{Line: at.Line, Col: at.Col, Rule: rule, Text: fmt.Sprintf(format, args...)})
}
