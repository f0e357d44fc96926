package regfile

import (
	"bytes"
	"fmt"
	"slices"
)

// SetValue changes the file so that it leaves the value with the data d.
// Afterwards [StateOf] differs in that value only, and every byte that does not
// belong to it is as before: data that stands in the file is replaced where it
// stands; else a line is added below the key, or the key at the end.
//
// A key or name that no .reg file can hold is an error, and so is a file whose
// end would swallow what is added; the file is unchanged then.
func (f *File) SetValue(key, name string, d Data) error {
	op := Op{Verb: SetValue, Key: key, Name: name, Data: d}
	if err := checkOp(op, f.form.version); err != nil {
		return err
	}
	edited, err := Parse(f.name, f.withValue(op))
	if err != nil {
		return err
	}
	if !differsOnlyIn(op, StateOf(f.ops), StateOf(edited.ops)) {
		return fmt.Errorf("%s: the value cannot be set where the file is damaged", f.name)
	}
	*f = *edited
	return nil
}

// withValue gives the file's bytes with the operation worked in.
func (f *File) withValue(op Op) []byte {
	state := StateOf(f.ops)
	if i := f.setter(state, op); i >= 0 {
		s := f.spans[i]
		return f.splice(s.data, s.dataEnd, func(e *encoder) {
			e.col = int(s.data-f.lineStart(s.data)) / f.form.width
			e.data(op.Data)
		})
	}
	if state.HasKey(op.Key) {
		at := f.blockEnd(op.Key)
		return f.splice(at, at, func(e *encoder) {
			e.key = op.Key
			e.eol()
			e.value(op)
		})
	}
	end := int64(len(f.src) - (len(f.src)-f.form.mark)%f.form.width)
	return f.splice(end, end, func(e *encoder) {
		if f.lineStart(end) != end {
			e.eol()
		}
		e.op(op)
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
			at = f.lineEnd(max(op.Pos.Offset, f.spans[i].dataEnd))
		}
	}
	return at
}

// lineEnd is where the line at off ends, before its CR or LF.
func (f *File) lineEnd(off int64) int64 {
	return off + int64(findEOL(f.src[off:len(f.src)-(len(f.src)-int(off))%f.form.width], f.form.width))
}

// lineStart is where the line at off starts.
func (f *File) lineStart(off int64) int64 {
	w := int64(f.form.width)
	for off > int64(f.form.mark) && findEOL(f.src[off-w:off], f.form.width) > 0 {
		off -= w
	}
	return off
}

// splice gives the file's bytes with those from start to end replaced by what
// write writes in the file's own form.
func (f *File) splice(start, end int64, write func(*encoder)) []byte {
	var out bytes.Buffer
	out.Write(f.src[:start])
	e := &encoder{w: &out, wide: f.form.width == 2, version: f.form.version, newline: f.newline()}
	write(e)
	e.flush()
	out.Write(f.src[end:])
	return out.Bytes()
}

// newline is how the file's first line ends.
func (f *File) newline() string {
	end := string(narrow(f.src[f.form.body:min(len(f.src), f.form.body+2*f.form.width)], f.form.width))
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
	want := values(old)
	want[valueID(op.Key, op.Name)] = op.Data
	got := values(new)
	for id, d := range want {
		if !got[id].Equal(d) {
			return false
		}
	}
	return len(got) == len(want) && sameKeys(op.Key, old, new)
}

// sameKeys reports whether new has the keys of old and the one given.
func sameKeys(key string, old, new *State) bool {
	want := map[string]bool{fold(key): true}
	for k := range old.Keys() {
		want[fold(k)] = true
	}
	for k := range new.Keys() {
		if !want[fold(k)] {
			return false
		}
		delete(want, fold(k))
	}
	return len(want) == 0
}

func values(s *State) map[string]Data {
	m := map[string]Data{}
	for v := range s.Values() {
		m[valueID(v.Key, v.Name)] = v.Data
	}
	return m
}

// valueID names a value; no key or name holds a NUL.
func valueID(key, name string) string { return fold(key) + "\x00" + fold(name) }
