package regfile

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// SetValue changes the file so that it leaves the value with the data d.
// Afterwards [StateOf] differs in that value only, and every byte that does not
// belong to it is as before:
//
//   - Where the file sets the value already, and that is what it leaves, its
//     data is replaced, from the type to the last byte. What stands before and
//     behind it, such as a comment, stays; comments between continued lines of
//     the data go.
//   - Else, where it opens the key, a line is added behind the last one of the
//     key's last block that regedit carries out.
//   - Else the key is added at the end, with a blank line before and after it.
//
// Lines end as the first one does, and text is in the file's own encoding,
// which for 8-bit files of version 5.00 is taken to be UTF-8.
//
// Errors are a key or name that no .reg file can hold, text data that regedit
// would not import as it is (see [Encode]), and a file so damaged, mostly at
// its end, that other values would change too. The file is unchanged then.
func (f *File) SetValue(key, name string, d Data) error {
	op := Op{Verb: SetValue, Key: key, Name: name, Data: d}
	e := f.encoder()
	if err := cmp.Or(e.checkKey(key), e.checkOp(op), checkImport(d)); err != nil {
		return fmt.Errorf("%s: %w", f.name, err)
	}
	state := StateOf(f.ops)
	edited, err := Parse(f.name, f.withValue(op, state))
	if err != nil {
		return err
	}
	if !differsOnlyIn(op, state, StateOf(edited.ops)) {
		return &Error{f.name, f.damage(), fmt.Sprintf("%s cannot be set where the file is damaged like this", quoteName(name))}
	}
	*f = *edited
	return nil
}

// checkImport refuses data that regedit changes.
func checkImport(d Data) error {
	if d.Type == SZ && len(d.Bytes) == 0 || d.Type.holdsText() && len(terminate(d.Bytes)) > len(d.Bytes) {
		return fmt.Errorf("%v data must end in a NUL; regedit would add one", d.Type)
	}
	return nil
}

// damage is the last place where something is wrong.
func (f *File) damage() Pos {
	if len(f.notes) == 0 {
		return Pos{Line: 1, Col: 1}
	}
	return f.notes[len(f.notes)-1].Pos
}

// withValue gives the file's bytes with the operation worked in.
func (f *File) withValue(op Op, state *State) []byte {
	if i := f.setter(state, op); i >= 0 {
		s := f.spans[i]
		return f.splice(s.data, s.dataEnd, func(e *encoder) {
			e.col = len(AppendUTF16(nil, f.form.text(f.src[f.lineStart(s.data):s.data]))) / 2
			e.data(op.Data)
		})
	}
	if state.HasKey(op.Key) {
		at := f.blockEnd(op.Key)
		return f.splice(at, at, func(e *encoder) {
			e.eol()
			e.value(op)
		})
	}
	end := len(f.src) - (len(f.src)-f.form.mark)%f.form.width
	return f.splice(int64(end), int64(end), func(e *encoder) {
		for range f.linesMissing(end) {
			e.eol()
		}
		e.text("[" + op.Key + "]")
		e.eol()
		e.value(op)
		e.eol()
		e.eol()
	})
}

// setter is the index of the operation whose data is what the file leaves for
// the value, or -1.
func (f *File) setter(state *State, op Op) int {
	v, ok := state.Value(op.Key, op.Name)
	if !ok {
		return -1
	}
	return slices.IndexFunc(f.ops, func(o Op) bool { return o.Verb == SetValue && o.Pos == v.Pos })
}

// blockEnd is the end of the last line that belongs to the key's last block.
func (f *File) blockEnd(key string) (at int64) {
	open := false
	for i, op := range f.ops {
		if op.Verb == CreateKey || op.Verb == DeleteKey {
			open = op.Verb == CreateKey && foldEqual(op.Key, key)
		}
		if open {
			at = max(op.Pos.Offset, f.spans[i].dataEnd)
		}
	}
	return at + int64(findEOL(f.whole(at), f.form.width))
}

// whole are the file's whole units from off on.
func (f *File) whole(off int64) []byte {
	rest := f.src[off:]
	return rest[:len(rest)-len(rest)%f.form.width]
}

// lineStart is where the line at off starts.
func (f *File) lineStart(off int64) int64 {
	w := int64(f.form.width)
	for off > int64(f.form.mark) && findEOL(f.src[off-w:off], f.form.width) > 0 {
		off -= w
	}
	return off
}

// linesMissing is how many line ends the text up to end needs to end in a blank
// line.
func (f *File) linesMissing(end int) int {
	tail := string(narrow(f.src[max(f.form.body, end-4*f.form.width):end], f.form.width))
	tail = strings.ReplaceAll(tail, "\r\n", "\n")
	lines := len(tail) - len(strings.TrimRight(tail, "\r\n"))
	return 2 - min(lines, 2)
}

// splice gives the file's bytes with those from start to end replaced by what
// write writes.
func (f *File) splice(start, end int64, write func(*encoder)) []byte {
	var out bytes.Buffer
	out.Write(f.src[:start])
	e := f.encoder()
	e.w = &out
	write(e)
	e.flush()
	out.Write(f.src[end:])
	return out.Bytes()
}

// encoder writes in the file's own form.
func (f *File) encoder() *encoder {
	e := &encoder{version: f.form.version, newline: f.newline(), charset: utf8Text}
	switch {
	case f.form.width == 2:
		e.charset = utf16le
	case f.form.ansi:
		e.charset = windows1252
	}
	return e
}

// newline is how the file's first line ends.
func (f *File) newline() string {
	w := f.form.width
	at := f.form.body + findEOL(f.whole(int64(f.form.body)), w)
	end := string(narrow(f.src[at:min(len(f.src), at+2*w)], w))
	switch {
	case end == "" || end == "\r\n":
		return "\r\n"
	case end[0] == '\n':
		return "\n"
	}
	return "\r"
}

// differsOnlyIn reports whether new is old with the operation carried out.
func differsOnlyIn(op Op, old, new *State) bool {
	want := leaves(old)
	want[Fold(op.Key)] = Data{}
	want[valueID(op.Key, op.Name)] = op.Data
	return maps.EqualFunc(want, leaves(new), Data.Equal)
}

// leaves are the keys, with no data, and values of a state.
func leaves(s *State) map[string]Data {
	m := map[string]Data{}
	for key := range s.Keys() {
		m[Fold(key)] = Data{}
	}
	for v := range s.Values() {
		m[valueID(v.Key, v.Name)] = v.Data
	}
	return m
}

// valueID names a value; no key or name holds a NUL.
func valueID(key, name string) string { return Fold(key) + "\x00" + Fold(name) }
