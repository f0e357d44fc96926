package regfile

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// File is a .reg file as it was written, and what regedit would do with it.
type File struct {
	name  string
	src   []byte
	form  form
	ops   []Op
	spans []span // of each op
	notes []Note
}

// span is where an operation's data stands, from the first letter of its type
// on, in bytes from the start of the file. It is zero where there is none.
type span struct{ data, dataEnd int64 }

// Parse reads a .reg file of either version. src is kept, not copied. The
// error is an *[Error]: the encoding or the header is not one that regedit
// imports. Whatever is wrong further on is told by [File.Notes].
func Parse(name string, src []byte) (*File, error) {
	f := &File{name: name, src: src}
	var err error
	if f.form, err = sniff(src); err != nil {
		return nil, &Error{name, Pos{Line: 1, Col: 1}, err.Error()}
	}
	b := builder{f: f}
	l := lexer{width: f.form.width, emit: b.add}
	l.place = place{off: int64(f.form.body), line: 1, lineOff: int64(f.form.mark)}
	l.state = skipping
	f.noteForm()
	l.feed(src[f.form.body:], true)
	return f, nil
}

// Bytes is the file's content, byte for byte as it was parsed or edited.
func (f *File) Bytes() []byte { return f.src }

// Version is the version that the header names.
func (f *File) Version() Version { return f.form.version }

// Ops are the operations that regedit would carry out, in order.
func (f *File) Ops() []Op { return f.ops }

// Notes are the places where the file is not what regedit writes, in order of
// their lines.
func (f *File) Notes() []Note { return f.notes }

func (f *File) noteForm() {
	odd := func(rule, text string) {
		f.notes = append(f.notes, Note{Pos: Pos{Line: 1, Col: 1}, Rule: rule, Text: text})
	}
	if f.form.width == 1 && f.form.mark > 0 {
		odd("utf8-mark", "the file starts with a UTF-8 byte order mark, which not every regedit takes")
	}
	if f.form.tail != "" {
		odd("header-junk", fmt.Sprintf("%q behind the header: not every regedit takes it", f.form.tail))
	}
	if f.form.version == V4 && f.form.width == 2 {
		odd("regedit4-utf16", "REGEDIT4 in a UTF-16 file: text in hex data is read as code page bytes")
	}
	if len(f.src)%f.form.width != 0 {
		odd("odd-byte", "the last byte is half a UTF-16 unit and is ignored")
	}
}

// pos is the place in the file's terms.
func (f *File) pos(p place) Pos {
	return Pos{p.line, 1 + countChars(f.src[p.lineOff:p.off], f.form.width), p.off}
}

// countChars counts characters: not the second half of a surrogate pair, nor
// the continuation bytes of UTF-8.
func countChars(b []byte, width int) int {
	if width == 1 {
		return utf8.RuneCount(b)
	}
	n := 0
	for i := 1; i < len(b); i += 2 {
		if b[i]&0xfc != 0xdc {
			n++
		}
	}
	return n
}

// text decodes units of the file.
func (f *File) text(units []byte) string {
	if f.form.width == 2 {
		return utf16String(units)
	}
	return narrowString(units)
}

// builder makes operations and notes of the lexer's pieces.
type builder struct {
	f      *File
	key    string // that is open; "" if none
	closed string // why none is open
	name   string
	at     place // of the name
	inName bool  // a statement with that name is under way
	start  int64 // of its data
	quoted bool
	data   Data
	digits int // of the byte under way
}

func (b *builder) add(p piece) {
	switch p.kind {
	case keyPiece:
		b.openKey(p)
	case deleteKeyPiece:
		b.deleteKey(p)
	case namePiece:
		b.name, b.at, b.inName = unescape(b.f.text(p.text)), p.place, true
	case typePiece:
		b.begin(p, p.typ, false)
	case quotePiece:
		b.begin(p, SZ, true)
	case dwordPiece:
		b.begin(p, DWord, false)
		n, _ := strconv.ParseUint(string(p.text), 16, 32)
		b.data = Uint32Data(uint32(n))
	case hexPiece:
		b.addHex(p.text)
	case textPiece:
		b.data.Bytes = append(b.data.Bytes, p.text...)
	case endPiece:
		b.set(p)
	case deleteValuePiece:
		b.op(Op{Verb: DeleteValue, Name: b.name}, span{})
	case droppedPiece, oddPiece:
		b.note(p)
	}
}

func (b *builder) openKey(p piece) {
	written := b.f.text(p.text)
	key, ok := cleanKey(written)
	b.key, b.inName = key, false
	if !ok {
		b.key, b.closed = "", "the key above it is not one that regedit opens"
		b.dropped(p, "unknown-root", unknownRoot(written))
		return
	}
	b.push(Op{Verb: CreateKey, Key: key, Pos: b.f.pos(p.place)}, span{})
}

// deleteKey closes the open key in any case (Wine: delete_key_state).
func (b *builder) deleteKey(p piece) {
	written := b.f.text(p.text)
	key, ok := cleanKey(written)
	b.key, b.closed, b.inName = "", "the line above it deletes a key and opens none", false
	switch {
	case !ok:
		b.dropped(p, "unknown-root", unknownRoot(written))
	case !strings.Contains(key, `\`):
		b.dropped(p, "delete-root", fmt.Sprintf("%q is a root key, which cannot be deleted", key))
	default:
		b.push(Op{Verb: DeleteKey, Key: key, Pos: b.f.pos(p.place)}, span{})
	}
}

func (b *builder) begin(p piece, t Type, quoted bool) {
	b.start, b.quoted, b.data, b.digits = p.off, quoted, Data{Type: t}, 0
}

// addHex adds a run of digits, commas and blanks, which the lexer has checked.
func (b *builder) addHex(run []byte) {
	for i := 0; i < len(run); i += b.f.form.width {
		d := hexDigit(run[i])
		switch {
		case d < 0:
			b.digits = 0
		case b.digits == 0:
			b.data.Bytes = append(b.data.Bytes, byte(d))
			b.digits = 1
		default:
			last := &b.data.Bytes[len(b.data.Bytes)-1]
			*last = *last<<4 | byte(d)
		}
	}
}

func (b *builder) set(end piece) {
	switch {
	case b.quoted:
		b.data.Bytes = b.stringBytes()
	case b.data.Type.isText():
		b.data.Bytes = b.textBytes()
	}
	b.op(Op{Verb: SetValue, Name: b.name, Data: b.data}, span{b.start, end.off})
}

// stringBytes gives the text between quotes as the registry holds it.
func (b *builder) stringBytes() []byte {
	d := b.data.Bytes
	if b.f.form.width == 1 {
		d = appendUTF16(nil, narrowString(d))
	}
	return append(d, 0, 0)
}

// textBytes gives hex data of a text type as regedit stores it: widened from
// the code page, and with one NUL where none is at the end (Wine:
// prepare_hex_string_data).
func (b *builder) textBytes() []byte {
	d := b.data.Bytes
	if b.f.form.version == V4 {
		d = widen(d)
	}
	if n := len(d); n >= 2 && n%2 == 0 && (d[n-2] != 0 || d[n-1] != 0) {
		d = append(d, 0, 0)
	}
	return d
}

// op adds an operation on a value of the open key.
func (b *builder) op(op Op, s span) {
	op.Pos = b.f.pos(b.at)
	if b.key == "" {
		b.noteNoKey(op.Pos)
	} else {
		op.Key = b.key
		b.push(op, s)
	}
	b.inName = false
}

func (b *builder) noteNoKey(at Pos) {
	why := b.closed
	if why == "" {
		why = "no key is open"
	}
	text := fmt.Sprintf("%s is ignored: %s", quoteName(b.name), why)
	b.f.notes = append(b.f.notes, Note{Pos: at, Rule: "no-key", Text: text, Dropped: true, Name: b.name})
}

func (b *builder) push(op Op, s span) {
	b.f.ops = append(b.f.ops, op)
	b.f.spans = append(b.f.spans, s)
}

// note tells of a dropped or odd piece. What spoils a value on a later line is
// told at both lines.
func (b *builder) note(p piece) {
	text := ruleText(p.rule, shorten(b.f.text(p.text)))
	switch {
	case !b.inName:
		b.addNote(p, text)
	case p.kind == oddPiece:
		b.addNote(p, quoteName(b.name)+": "+text)
	default:
		b.drop(p, text)
	}
}

// drop gives up the value under way.
func (b *builder) drop(p piece, text string) {
	ignored := quoteName(b.name) + " is ignored: "
	if p.line != b.at.line {
		first := p
		first.place = b.at
		b.addNote(first, fmt.Sprintf("%sit is spoilt on line %d", ignored, p.line))
	}
	b.addNote(p, ignored+text)
	b.inName = false
}

func (b *builder) dropped(p piece, rule, text string) {
	p.rule, p.kind = rule, droppedPiece
	b.addNote(p, text)
}

func (b *builder) addNote(p piece, text string) {
	n := Note{Pos: b.f.pos(p.place), Rule: p.rule, Text: text, Dropped: p.kind == droppedPiece, Key: b.key}
	if b.inName {
		n.Name = b.name
	}
	b.f.notes = append(b.f.notes, n)
}

// quoteName is a value's name as a .reg file writes it.
func quoteName(name string) string {
	if name == "" {
		return "@"
	}
	return fmt.Sprintf("%q", name)
}

// unescape resolves the escapes of a value's name; see lexer.lexEscape.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
			switch s[i] {
			case 'n':
				out.WriteByte('\n')
				continue
			case 'r':
				out.WriteByte('\r')
				continue
			}
		}
		out.WriteByte(s[i])
	}
	return out.String()
}
