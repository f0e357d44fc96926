package artefact

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"portreg/cmd/internal/target"
	"portreg/ranges"
	"portreg/regfile"
	"portreg/regfile/gpp"
	"portreg/regfile/hive"
)

// readReg reads files of any size in flat memory.
func readReg(c *Content, in input) error {
	r := newRegistryReader(c, in)
	o := regfile.ScanOptions{Select: in.o.Select.ofScan(), Full: in.o.Faults, Place: in.o.Place, Op: r.op, Note: r.note, Brief: r.notes.full}
	var m remarks
	if in.o.Faults {
		m = remarks{registryReader: r}
		o.Comment, o.Statement = m.comment, m.statement
	}
	sum, err := in.scan(o)
	if err != nil {
		return err
	}
	c.Whole, c.Place, c.Directives = sum.Whole, sum.Place, m.directives()
	return r.finish()
}

// scan looks through a .reg file: at once in several places, if it is a file.
func (in input) scan(o regfile.ScanOptions) (regfile.Summary, error) {
	if file, size, ok := in.file(); ok {
		return regfile.ScanAt(in.name, file, size, o)
	}
	return regfile.Scan(in.name, in.r, o)
}

// file gives the source, if it can be read in any order.
func (in input) file() (r io.ReaderAt, size int64, ok bool) {
	file, ok := in.source.(interface {
		io.ReaderAt
		io.Seeker
	})
	if !ok {
		return nil, 0, false
	}
	size, err := file.Seek(0, io.SeekEnd)
	return file, size, err == nil && size > 0
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
	if file, size, ok := in.file(); ok {
		return file, size, nil
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

// readOps takes all operations of a file.
func (c *Content) readOps(in input, ops []regfile.Op, notes []regfile.Note) error {
	r := newRegistryReader(c, in)
	for _, n := range notes {
		r.note(n)
	}
	for _, op := range ops {
		r.op(op)
	}
	return r.finish()
}

// A registryReader takes operations on the registry, one after the other, for what they
// mean to TCP/IP or for the lists that are selected. What it keeps of a file is limited.
type registryReader struct {
	*Content
	in    input
	notes notes
	about string // begins the notes of the value that is read
	lists int    // operations on lists
	links int    // operations that are kept for the control set which their keys name
	kept  int    // bytes that operations take
	err   error  // that these are too many
}

// What is kept of a file, which is more than any export has.
const (
	mostLists = 10_000   // operations on lists: merged exports have a few of each machine
	mostKept  = 64 << 20 // bytes of operations, and of notes
)

func newRegistryReader(c *Content, in input) *registryReader {
	c.State = &regfile.State{}
	return &registryReader{Content: c, in: in, notes: notes{brief: !in.o.Faults}}
}

func (r *registryReader) note(n regfile.Note) {
	if n.Rule == shortRoot && r.notes.brief && !r.notes.full(shortRoot) {
		n.Text += "; if Samba wrote the file, net registry convert OLD NEW regedit5 mends it"
	}
	r.notes.add(Note{Line: n.Pos.Line, Col: n.Pos.Col, Rule: n.Rule, Text: n.Text, Dropped: n.Dropped, Key: n.Key, Name: n.Name})
}

// op takes an operation, if it matters.
func (r *registryReader) op(op regfile.Op) {
	list := r.isList(op)
	switch {
	case r.err != nil, !list && !r.isBeside(op):
		return
	case list:
		r.lists++
	default:
		op.Data = regfile.Data{}
	}
	const fixed = 256
	r.kept += fixed + len(op.Key) + len(op.Name) + len(op.Data.Bytes)
	if r.lists > mostLists || r.kept > mostKept {
		r.err = &regfile.Error{Name: r.in.name, Pos: op.Pos, Text: fmt.Sprintf("more than %d lists of ports, or %d MiB of them, are not read", mostLists, mostKept>>20)}
		return
	}
	r.Ops = append(r.Ops, op)
	r.State.Apply(op)
}

// isList tells whether an operation is on a value that is read.
func (r *registryReader) isList(op regfile.Op) bool {
	s := r.in.o.Select
	switch {
	case op.Verb != regfile.SetValue && op.Verb != regfile.DeleteValue:
		return false
	case s.Given():
		return s.takes(op.Key, op.Name)
	case target.SameName(op.Name, target.MaxUserPortName):
		_, place := target.PlaceOf(op.Key)
		return place
	}
	return target.SameName(strings.TrimSpace(op.Name), target.ReservedPortsName)
}

// isBeside tells whether an operation matters for something else: it may delete lists, or
// it is on a key of TCP/IP's parameters, or names a control set.
func (r *registryReader) isBeside(op regfile.Op) bool {
	s := r.in.o.Select
	if op.Verb == regfile.DeleteKey && (s.mayHold(op.Key) || r.State.Names(op.Key)) {
		return true
	}
	_, place := target.PlaceOf(op.Key)
	if s.Given() || place {
		return !s.Given()
	}
	_, link := target.ControlSetOf(op.Key)
	if link = link && r.in.o.Faults && (op.Verb == regfile.CreateKey || op.Verb == regfile.DeleteKey); link {
		r.links++
	}
	return link && r.links <= maxNotes
}

// finish reads what the operations leave.
func (r *registryReader) finish() error {
	if r.err != nil {
		return r.err
	}
	var wrong ranges.Errors
	for v := range r.State.Values() {
		wrong = append(wrong, r.readAbout(v)...)
	}
	r.Ports = valuePorts(r.Values)
	r.noteDeletions()
	r.Notes = append(r.Notes, r.notes.list()...)
	slices.SortStableFunc(r.Notes, func(a, b Note) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	if wrong != nil {
		return wrong
	}
	return nil
}

// readAbout reads a value, and has all messages say which one they are about.
func (r *registryReader) readAbout(v regfile.Value) ranges.Errors {
	r.about = r.About(v.Key)
	wrong := r.readValue(v)
	for _, e := range wrong {
		e.Msg = r.about + e.Msg
	}
	r.about = ""
	return wrong
}

// faults tells whether what is no list of ports under a key is noted only.
func (r *registryReader) faults(key string) bool { return r.in.o.Faults || !r.asked(r.in.o, key) }

// asked tells whether a key is not of another control set than the one asked for.
func (c *Content) asked(o Options, key string) bool {
	if c.Format != Hive || o.ControlSet == nil {
		return true
	}
	n, err := c.ControlSet(*o.ControlSet)
	place, _ := target.PlaceOf(key)
	return err != nil || place.ControlSet == n
}

// readValue takes a value for what it means to TCP/IP, if anything, or for a list that is
// selected.
func (r *registryReader) readValue(v regfile.Value) (wrong ranges.Errors) {
	place, ok := r.placeOf(v.Key)
	switch {
	case r.in.o.Select.Given():
		return r.readPorts(v)
	case !target.SameName(strings.TrimSpace(v.Name), target.ReservedPortsName):
		if ok && target.SameName(v.Name, target.MaxUserPortName) {
			r.readMaxUserPort(v)
		}
	case !target.SameName(v.Name, target.ReservedPortsName):
		r.addNote(v.Pos, "value-name", "%q is not %q: nothing reads it", v.Name, target.ReservedPortsName)
	case !ok:
		r.addNote(v.Pos, "key", "%s under %s is read by nothing; it belongs under %s", v.Name, v.Key, target.Place{}.Key())
	default:
		if place.ControlSet > 0 && r.policy {
			r.addNote(v.Pos, "policy-control-set", "%s under %s: which control set is current differs from machine to machine; write CurrentControlSet", v.Name, v.Key)
		}
		return r.readPorts(v)
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
func (r *registryReader) readPorts(v regfile.Value) (wrong ranges.Errors) {
	data, faults := v.Data, r.faults(v.Key)
	if faults {
		data.Bytes = data.Bytes[:len(data.Bytes)&^1] // half a unit is irregular, see below
	}
	list, problems := target.ReadPortList(v.Name, data)
	switch {
	case !faults:
		for _, p := range firstOf(problems, maxNotes) {
			wrong = append(wrong, &ranges.Error{Name: r.in.name, Line: v.Pos.Line, Col: v.Pos.Col, Msg: p})
		}
	case problems != nil && data.Type != regfile.MultiSZ:
		r.addNote(v.Pos, "type", "%s", problems[0])
	case problems != nil:
		r.addNote(v.Pos, "bad-entry", "%s", firstFew(problems))
	}
	for _, odd := range v.Data.Irregularities() {
		r.addNote(v.Pos, odd.Rule, "%s", odd.Text)
	}
	switch n := len(list.Bare); {
	case !target.SameName(v.Name, target.ReservedPortsName):
	case n == 1:
		r.addNote(v.Pos, "bare-port", "%q is a bare port; KB 812873 wants %s-%[2]s", list.Bare[0], list.Bare[0])
	case n > 1:
		r.addNote(v.Pos, "bare-port", "%q and %d more are bare ports; KB 812873 wants %s-%[3]s", list.Bare[0], n-1, list.Bare[0])
	}
	if len(list.Entries) == 0 && problems == nil {
		r.addNote(v.Pos, "empty", "%s is there and empty", v.Name)
	}
	r.Values = append(r.Values, Value{v.Key, v.Name, v.Data, v.Pos.Line, v.Pos.Col, list.Entries})
	return wrong
}

// firstFew joins the first eight problems, and says how many more there are.
func firstFew(problems []string) string { return strings.Join(firstOf(problems, 8), "; ") }

// firstOf gives the first problems, and says how many more there are.
func firstOf(problems []string, most int) []string {
	if extra := len(problems) - most; extra > 0 {
		return append(problems[:most:most], fmt.Sprintf("and %d more", extra))
	}
	return problems
}

func (r *registryReader) readMaxUserPort(v regfile.Value) {
	n, err := v.Data.Uint32()
	if err != nil {
		r.addNote(v.Pos, "type", "%s is not a number: %v", v.Name, err)
		return
	}
	dynamic, documented := target.LegacyRange(n)
	if !documented {
		r.addNote(v.Pos, "max-user-port", "%s is %d, not %d to %d; taken for %d", v.Name, n, target.DefaultMaxUserPort, target.HighestMaxUserPort, dynamic.Last)
	}
	r.Dynamic = append(r.Dynamic, Dynamic{dynamic, ranges.Both, v.Key, v.Pos.Line, v.Pos.Col})
}

// noteDeletions says where a list is deleted that is not made again.
func (r *registryReader) noteDeletions() {
	s := r.in.o.Select
	var keys []string // that have values
	for _, v := range r.Values {
		keys = append(keys, regfile.Fold(v.Key)+`\`)
	}
	slices.Sort(keys)
	for _, op := range r.Ops {
		switch {
		case op.Verb == regfile.DeleteValue && r.deletesList(op):
			if _, set := r.State.Value(op.Key, op.Name); !set {
				r.addNote(op.Pos, "deletes", "deletes %s under %s", op.Name, op.Key)
			}
		case op.Verb == regfile.DeleteKey && (s.Given() || s.mayHold(op.Key)) && !hasBelow(keys, op.Key):
			r.addNote(op.Pos, "deletes", "deletes %s and with it any %s", op.Key, s.name())
		}
	}
}

// deletesList tells whether the value that is deleted would be a list.
func (r *registryReader) deletesList(op regfile.Op) bool {
	_, place := r.placeOf(op.Key)
	s := r.in.o.Select
	return s.takes(op.Key, op.Name) && (place || s.Given())
}

// hasBelow tells whether key, or one below it, is among the sorted keys, which end in
// backslashes.
func hasBelow(keys []string, key string) bool {
	key = regfile.Fold(key) + `\`
	i, _ := slices.BinarySearch(keys, key)
	return i < len(keys) && strings.HasPrefix(keys[i], key)
}

func (r *registryReader) addNote(at regfile.Pos, rule, format string, args ...any) {
	r.notes.add(Note{Line: at.Line, Col: at.Col, Rule: rule, Text: r.about + fmt.Sprintf(format, args...)})
}
