package regfile

import (
	"cmp"
	"fmt"
	"slices"
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
	b := builder{f: f, closed: "no key is open"}
	l := lexer{width: f.form.width, emit: b.add}
	l.place = place{off: int64(f.form.body), line: 1, lineOff: int64(f.form.mark)}
	l.state = skipping
	f.noteForm()
	l.feed(src[f.form.body:], true)
	if len(src)%f.form.width != 0 {
		f.noteOdd(f.pos(l.place), "odd-byte", "the last byte is half a UTF-16 unit and is ignored")
	}
	slices.SortStableFunc(f.notes, func(a, b Note) int { return cmp.Compare(a.Pos.Offset, b.Pos.Offset) })
	return f, nil
}

// Bytes is the file's content, byte for byte as it was parsed or edited. Like
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
	if len(text)%f.form.width != 0 {
		return false
	}
	tail := string(narrow(text[max(0, len(text)-maxHeader*f.form.width):], f.form.width))
	line, ended := strings.CutSuffix(tail, "\n")
	line, endedCR := strings.CutSuffix(line, "\r")
	line = strings.Trim(line[strings.LastIndexAny(line, "\r\n")+1:], " \t")
	return (ended || endedCR) && (line == "" || line[0] == ';')
}

func (f *File) noteForm() {
	first := Pos{1, 1, int64(f.form.mark)}
	if f.form.width == 1 && f.form.mark > 0 {
		f.noteOdd(first, "utf8-mark", "the file starts with a UTF-8 byte order mark, which not every regedit takes")
	}
	if f.form.version == V4 && f.form.width == 2 {
		f.noteOdd(first, "regedit4-utf16", "REGEDIT4 in a UTF-16 file: text in hex data is read as code page bytes")
	}
	if tail := f.src[f.form.tail:f.form.body]; len(tail) > 0 {
		at := f.pos(place{off: int64(f.form.tail), line: 1, lineOff: int64(f.form.mark)})
		f.noteOdd(at, "header-junk", fmt.Sprintf("%q behind the header is not taken by every regedit", f.quote(tail)))
	}
}

// noteOdd notes what regedit takes, or may take.
func (f *File) noteOdd(at Pos, rule, text string) {
	f.notes = append(f.notes, Note{Pos: at, Rule: rule, Text: text})
}

// pos is the place in the file's terms.
func (f *File) pos(p place) Pos {
	return Pos{p.line, 1 + f.form.chars(f.src[p.lineOff:p.off]), p.off}
}

// quote is a token or line of the file for a message. One that the lexer cut
// off may end within a character.
func (f *File) quote(units []byte) string {
	w := f.form.width
	if len(units) >= maxToken*w {
		units = units[:(maxToken-1)*w]
		switch last := units[len(units)-w:]; {
		case w == 2 && last[1]&0xfc == 0xd8:
			units = units[:len(units)-w]
		case w == 1 && !f.form.ansi:
			units = trimPartial(units)
		}
		return f.form.text(units) + "..."
	}
	return f.form.text(units)
}

// trimPartial cuts UTF-8 that ends within a character before it.
func trimPartial(b []byte) []byte {
	for n := 1; n < utf8.UTFMax; n++ {
		if utf8.RuneStart(b[len(b)-n]) && !utf8.FullRune(b[len(b)-n:]) {
			return b[:len(b)-n]
		}
	}
	return b
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
	case badKeyPiece:
		b.closeKey(notOpened)
		b.drop(p, ruleText(p.rule, b.f.quote(p.text)))
	case namePiece:
		b.name, b.at, b.inName = unescape(b.f.form.text(p.text)), p.place, true
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

// notOpened is why values are ignored below a key line that opens none.
const notOpened = "the key above it is not one that regedit opens"

func (b *builder) closeKey(why string) { b.key, b.closed, b.inName = "", why, false }

func (b *builder) openKey(p piece) {
	written := b.f.form.text(p.text)
	key, ok := cleanKey(written)
	if !ok {
		b.closeKey(notOpened)
		p.rule = "unknown-root"
		b.drop(p, unknownRoot(written))
		return
	}
	b.key, b.inName = key, false
	b.push(Op{Verb: CreateKey, Key: key, Pos: b.f.pos(p.place)}, span{})
}

// deleteKey closes the open key in any case (Wine: delete_key_state).
func (b *builder) deleteKey(p piece) {
	b.closeKey("the line above it deletes a key and opens none")
	written := b.f.form.text(p.text)
	key, ok := cleanKey(written)
	switch {
	case !ok:
		p.rule = "unknown-root"
		b.drop(p, unknownRoot(written))
	case isRoot(key):
		p.rule = "delete-root"
		b.drop(p, fmt.Sprintf("%q is a root key, which cannot be deleted", key))
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
	case b.data.Type.holdsText():
		b.data.Bytes = b.textBytes()
	}
	b.op(Op{Verb: SetValue, Name: b.name, Data: b.data}, span{b.start, end.off})
}

// stringBytes gives the text between quotes as the registry holds it.
func (b *builder) stringBytes() []byte {
	d := b.data.Bytes
	if b.f.form.width == 1 {
		d = AppendUTF16(nil, b.f.form.text(d))
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
	return terminate(d)
}

// terminate adds a NUL to text that ends in none. Of half a unit at the end
// nothing is known.
func terminate(d []byte) []byte {
	if n := len(d); n >= 2 && n%2 == 0 && (d[n-2] != 0 || d[n-1] != 0) {
		return append(d[:n:n], 0, 0)
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
	text := fmt.Sprintf("%s is ignored: %s", quoteName(b.name), b.closed)
	b.f.notes = append(b.f.notes, Note{Pos: at, Rule: "no-key", Text: text, Dropped: true, Name: b.name})
}

func (b *builder) push(op Op, s span) {
	b.f.ops = append(b.f.ops, op)
	b.f.spans = append(b.f.spans, s)
}

// note tells of a dropped or odd piece. What spoils a value on a later line is
// told at both lines.
func (b *builder) note(p piece) {
	text := ruleText(p.rule, b.f.quote(p.text))
	switch {
	case !b.inName:
		b.addNote(p, text)
	case p.kind == oddPiece:
		b.addNote(p, quoteName(b.name)+": "+text)
	default:
		b.dropValue(p, text)
	}
}

// dropValue gives up the value under way.
func (b *builder) dropValue(p piece, text string) {
	ignored := quoteName(b.name) + " is ignored: "
	if p.line != b.at.line {
		first := p
		first.place = b.at
		b.drop(first, fmt.Sprintf("%sit is spoilt on line %d", ignored, p.line))
	}
	b.drop(p, ignored+text)
	b.inName = false
}

// drop notes what regedit ignores.
func (b *builder) drop(p piece, text string) {
	p.kind = droppedPiece
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
	return fmt.Sprintf("%q", Shorten(name))
}

// unescape resolves the escapes of a value's name.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '\\' && i+1 < len(s) {
			i++
			c = unescaped(s[i])
		}
		out.WriteByte(c)
	}
	return out.String()
}
