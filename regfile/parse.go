package regfile

import (
	"cmp"
	"slices"
)

// File is a .reg file as it was written, and what regedit would do with it.
type File struct {
	name  string
	src   []byte
	form  form
	ops   []Op
	notes []Note
}

// Parse reads a .reg file of either version; name is for messages. src is kept,
// not copied, and must not change. The error is an *[Error]: the encoding or the
// header is not one that regedit imports. Whatever is wrong further on is told
// by [File.Notes].
func Parse(name string, src []byte) (*File, error) {
	f := &File{name: name, src: src}
	var err error
	if f.form, err = sniff(src); err != nil {
		return nil, &Error{name, Pos{1, 1, int64(f.form.mark)}, err.Error()}
	}
	b := builder{form: f.form, closed: noKey, chosen: choice{all: true}, full: true, op: f.addOp, note: f.addNote}
	b.noteForm(src[f.form.tail:f.form.body])
	l := newLexer(f.form, src[f.form.mark:f.form.body], b.add)
	l.feed(src[f.form.body:], true)
	if len(src)%f.form.width != 0 {
		b.noteHalf(l.place)
	}
	slices.SortStableFunc(f.notes, func(a, b Note) int { return cmp.Compare(a.Pos.Offset, b.Pos.Offset) })
	return f, nil
}

// Bytes is the file's content, byte for byte as it was parsed. Like
// the operations and notes, it is the file's own and must not be changed.
func (f *File) Bytes() []byte { return f.src }

// Ops are the operations that regedit would carry out, in order.
func (f *File) Ops() []Op { return f.ops }

// Notes are the places where regedit ignores something, or takes what it would
// not write, in the order of the file. What spoils a value on a later line than
// its name has a note at either line.
func (f *File) Notes() []Note { return f.notes }

// Whole reports whether the file ends as every exporter ends one: with a blank
// line (regedit, reg, Wine, hivexregedit, reged) or a comment (Samba's footer).
// A file that does not may have been cut off, which its notes need not show:
// regedit imports what is left of it without a word.
func (f *File) Whole() bool {
	text := f.src[f.form.body:]
	return len(text)%f.form.width == 0 && f.form.whole(text[max(0, len(text)-tailSize):])
}

func (f *File) addOp(op Op)    { f.ops = append(f.ops, op) }
func (f *File) addNote(n Note) { f.notes = append(f.notes, n) }
