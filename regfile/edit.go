package regfile

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

// Edit works out how the first size bytes of r, a .reg file, are changed so that it
// leaves the values that the operations set; each sets another value of one and the
// same key. The file is not read again, but for where it is edited. scanned and place are
// what [ScanAt] has given of it: all operations on the key and its values, with the data
// of those that are set, and those that delete the key or one above it; others do not
// matter; and where the key would be, which matters if the file lacks it. Afterwards what
// it leaves differs in those values only, and every byte that does not belong to them is
// as before:
//
//   - A value that has the data already stays as it is written.
//   - Where the file sets the value, and that is what it leaves, its data is replaced,
//     from the type to the last byte. What stands before and behind it, such as a
//     comment, stays; comments between continued lines of the data go.
//   - Else, where it opens the key, a line is added behind the last one of the key's last
//     block that regedit carries out.
//   - Else the key is added, with a blank line before it, where regedit would export it: a
//     key comes before the keys below it and behind those of its siblings whose names are
//     less, in upper case. It stands behind the last statement in the last block of the
//     greatest key before it; if there is none, in front of all keys. Of a file in another
//     order, too, that is the place. Where the key or one above it is deleted, only what
//     follows counts. Lines that regedit ignores are statements, too, so that none is
//     below the new key that was not; comments in front of the next key stay with that.
//
// Lines end as the first one does, and text is in the file's own encoding, which for
// 8-bit files of version 5.00 is taken to be UTF-8.
//
// Errors are those of r; a first line that regedit does not import; a key or name that no .reg file can hold; text data that
// regedit would not import as it is (see [Encode]); and a file so damaged where it would
// be changed that other values would change, too.
func Edit(name string, r io.ReaderAt, size int64, scanned []Op, place Place, ops ...Op) (*Patch, error) {
	e := editor{Patch: Patch{name: name, r: r, size: size}, ops: ops, place: place}
	e.window = make([]byte, max(leastWindow, min(windowSize, size+size%2)))
	if err := e.begin(); err != nil {
		return nil, err
	}
	if err := e.check(); err != nil {
		return nil, err
	}
	e.see(scanned)
	if err := e.change(); err != nil {
		return nil, err
	}
	return &e.Patch, nil
}

// leastWindow is as much as a file's first line is looked for in, and more than the bytes
// before a column where data is wrapped.
const leastWindow = 2 * maxHeader

// editor works out a Patch.
type editor struct {
	Patch
	ops     []Op
	place   Place
	key     string // whose values they are
	form    form
	newline string
	state   State // what the file leaves of the key
	last    Pos   // the last operation on the key or its values
}

// begin reads how the file is written.
func (e *editor) begin() error {
	head, err := e.read(e.window, 0)
	if err != nil {
		return err
	}
	if e.form, err = sniff(head); err != nil {
		return &Error{e.name, e.header(), err.Error()}
	}
	first, err := e.statement(e.header())
	if err != nil {
		return err
	}
	end, err := e.read(e.window[:2*e.form.width], first.end)
	if err != nil {
		return err
	}
	switch end := string(narrow(end, e.form.width)); {
	case end == "" || end == "\r\n":
		e.newline = "\r\n"
	default:
		e.newline = end[:1]
	}
	return nil
}

// header is where the first line begins, which is no statement but ends like one.
func (e *editor) header() Pos { return e.form.first() }

// check refuses operations that the file cannot hold.
func (e *editor) check() error {
	w := e.encoder()
	for i, op := range e.ops {
		e.key = op.Key
		err := cmp.Or(w.checkKey(op.Key), w.checkOp(op), checkImport(op.Data))
		again := func(o Op) bool { return foldEqual(o.Name, op.Name) }
		switch {
		case err != nil:
		case op.Verb != SetValue || !foldEqual(op.Key, e.ops[0].Key):
			err = errors.New("an edit sets values of one key")
		case slices.ContainsFunc(e.ops[:i], again):
			err = fmt.Errorf("%s is set twice", quoteName(op.Name))
		}
		if err != nil {
			return fmt.Errorf("%s: %w", e.name, err)
		}
	}
	return nil
}

// checkImport refuses data that regedit changes.
func checkImport(d Data) error {
	if d.Type == SZ && len(d.Bytes) == 0 || d.Type.holdsText() && len(terminate(d.Bytes)) > len(d.Bytes) {
		return fmt.Errorf("%v data must end in a NUL; regedit would add one", d.Type)
	}
	return nil
}

// see finds what the file leaves of the key.
func (e *editor) see(scanned []Op) {
	for _, op := range scanned {
		if concerns(op, e.key) {
			e.state.Apply(op)
			e.last = op.Pos
		}
	}
}

// concerns tells whether an operation is on the key, on its values or on a key above it
// that it deletes.
func concerns(op Op, key string) bool {
	return foldEqual(op.Key, key) || op.Verb == DeleteKey && strings.HasPrefix(Fold(key), Fold(op.Key)+`\`)
}

// change finds the changes.
func (e *editor) change() error {
	var missing []Op
	for _, op := range e.ops {
		v, set := e.state.Value(op.Key, op.Name)
		switch {
		case !set:
			missing = append(missing, op)
		case !v.Data.Equal(op.Data):
			if err := e.replace(op, v.Pos); err != nil {
				return err
			}
		}
	}
	if len(missing) > 0 {
		if err := e.add(missing); err != nil {
			return err
		}
	}
	slices.SortFunc(e.changes, func(a, b change) int { return cmp.Compare(a.off, b.off) })
	return nil
}

// replace replaces the data of the value that is set there.
func (e *editor) replace(op Op, at Pos) error {
	s, err := e.statement(at)
	if err != nil {
		return err
	}
	col, err := e.column(s)
	if err != nil {
		return err
	}
	text := e.encode(func(w *encoder) {
		w.col = col
		w.data(op.Data)
	})
	return e.put(change{s, s.data, s.dataEnd, text}, []Op{op}, io.MultiReader(
		io.NewSectionReader(e.r, s.at.Offset, s.data-s.at.Offset),
		bytes.NewReader(text),
		io.NewSectionReader(e.r, s.dataEnd, s.end-s.dataEnd)))
}

// add adds lines, and the key if the file does not leave it.
func (e *editor) add(ops []Op) error {
	keyed := e.state.HasKey(e.key)
	place := e.keyPlace
	if keyed {
		place = func() (statement, error) { return e.statement(e.last) }
	}
	s, err := place()
	if err != nil {
		return err
	}
	if !s.sound {
		return e.damaged(s.at, ops[0])
	}
	text := e.encode(func(w *encoder) {
		if !keyed {
			w.eol()
			w.eol()
			w.text("[" + e.key + "]")
		}
		for _, op := range ops {
			w.eol()
			w.value(op)
		}
	})
	if !keyed {
		ops = slices.Insert(slices.Clone(ops), 0, Op{Verb: CreateKey, Key: e.key})
	}
	return e.put(change{s, s.end, s.end, text}, ops, bytes.NewReader(text))
}

// put makes a change if r, the lines of it, has just the operations, and what follows them
// begins a line.
func (e *editor) put(c change, ops []Op, r io.Reader) (err error) {
	var got []Op
	b := &builder{form: e.form, chosen: choice{all: true}, full: true, key: e.key, keyChosen: true}
	odd := false
	b.op = func(op Op) { got = append(got, op) }
	b.note = func(Note) { odd = true }
	s := scanner{name: e.name, r: r, window: e.window, builder: b, lexer: e.lexer(c.of.at, b.add)}
	s.lexer.state = lineStart
	if err := s.run(math.MaxInt64); err != nil {
		return err
	}
	same := func(a, b Op) bool {
		return a.Verb == b.Verb && foldEqual(a.Key, b.Key) && foldEqual(a.Name, b.Name) && a.Data.Equal(b.Data)
	}
	if odd || s.lexer.state != lineStart || !slices.EqualFunc(got, ops, same) {
		return e.damaged(c.of.at, ops[len(ops)-1])
	}
	c.of.sum, err = e.sum(c.of)
	e.changes = append(e.changes, c)
	return err
}

func (e *editor) damaged(at Pos, op Op) error {
	return &Error{e.name, at, fmt.Sprintf("%s cannot be set where the file is damaged like this", quoteName(op.Name))}
}

// statement is where a statement stands, or a line that is none.
type statement struct {
	at            Pos
	data, dataEnd int64 // its data, from the first letter of the type on; 0 where it has none
	end           int64 // of its last line, without the line end
	sound         bool  // the next line begins another
	meant         bool  // it is more than blanks and comments
	opens         bool  // it opens or deletes a key, or means to
	sum           uint64
}

// see takes note of what the statement is and where its data is.
func (s *statement) see(p piece) {
	s.meant = true
	switch p.kind {
	case keyPiece, deleteKeyPiece, badKeyPiece:
		s.opens = true
	case typePiece, quotePiece, dwordPiece:
		s.data = p.off
	case endPiece:
		s.dataEnd = p.off
	}
}

// statement reads the statement that begins at a place.
func (e *editor) statement(at Pos) (found statement, err error) {
	err = e.statements(at, func(s statement) bool {
		found = s
		return false
	})
	return found, err
}

// statements reads statements from that at a place on, as long as more are wanted.
func (e *editor) statements(at Pos, more func(statement) bool) error {
	s := statement{at: at}
	l := e.lexer(at, func(p piece) { s.see(p) })
	for {
		w, err := e.read(e.window, l.off)
		if err != nil {
			return err
		}
		if len(w) == 0 {
			l.feed(nil, true)
			s.end, s.sound = l.off, l.state == lineStart
			more(s)
			return nil
		}
		for len(w) > 0 {
			n := min(findEOL(w, l.width)+l.width, len(w))
			l.feed(w[:n], false)
			w = w[n:]
			if l.state != lineStart {
				continue
			}
			s.end, s.sound = l.off-int64(l.width), true
			if !more(s) {
				return nil
			}
			s = statement{at: l.pos()}
		}
	}
}

// lexer gives a lexer that is at the start of a statement.
func (e *editor) lexer(at Pos, emit func(piece)) *lexer {
	l := newLexer(e.form, nil, emit)
	if at != e.header() {
		l.place = place{off: at.Offset, line: at.Line, col: at.Col - 1}
		l.state = lineStart
	}
	return l
}

// read reads whole units at off, fewer than buf takes at the end of the file only.
func (e *editor) read(buf []byte, off int64) ([]byte, error) {
	n, err := e.r.ReadAt(buf[:min(int64(len(buf)), e.size-off)], off)
	if err == io.EOF && int64(n) == e.size-off {
		err = nil
	}
	return buf[:n-n%max(1, e.form.width)], err
}

// column gives the column that data stands in, in units, or another that is as far.
func (e *editor) column(s statement) (int, error) {
	w, err := e.read(e.window[:min(s.data-s.at.Offset, leastWindow)], s.at.Offset)
	return s.at.Col - 1 + len(AppendUTF16(nil, e.form.text(w)))/2, err
}

// encode gives what write writes in the file's own form.
func (e *editor) encode(write func(*encoder)) []byte {
	var b bytes.Buffer
	w := e.encoder()
	w.w = &b
	write(w)
	w.flush()
	return b.Bytes()
}

func (e *editor) encoder() *encoder {
	w := &encoder{version: e.form.version, newline: e.newline, charset: utf8Text}
	switch {
	case e.form.width == 2:
		w.charset = utf16le
	case e.form.ansi:
		w.charset = windows1252
	}
	return w
}
