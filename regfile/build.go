package regfile

import (
	"fmt"
	"strconv"
	"strings"
)

// builder makes operations and notes of the lexer's pieces.
type builder struct {
	form     form
	chosen   choice
	full     bool // all notes, not only those of what is chosen
	limit    int  // bytes of a chosen value's data; 0 for none
	relative bool // lines count from the start of a block
	op       func(Op)
	note     func(Note)
	brief    func(rule string) bool // or nil
	comment  func(Comment)
	told     func(first, last int) // of a statement
	err      error                 // what the file, or the block, fails for
	near     *nearest              // or nil

	key       string // that is open; "" if none
	unread    []byte // the name of the key that is open, if key is not known yet
	keyChosen bool
	closed    string // why none is open
	name      string
	at        place // of the name
	inName    bool  // a statement with that name is under way
	wanted    bool  // its value is chosen
	quoted    bool
	data      Data
	digits    int // of the byte under way
}

func (b *builder) add(p piece) {
	if b.unread != nil {
		b.key, _ = cleanKey(b.form.text(b.unread))
		b.unread = nil
	}
	switch p.kind {
	case keyPiece:
		b.openKey(p)
	case deleteKeyPiece:
		b.deleteKey(p)
	case badKeyPiece:
		b.closeKey(notOpened)
		b.drop(p, func() string { return ruleText(p.rule, b.form.quote(p.text)) })
	case namePiece:
		b.openValue(p)
	case typePiece:
		b.begin(p.typ, false)
	case quotePiece:
		b.begin(SZ, true)
	case dwordPiece:
		b.begin(DWord, false)
		n, _ := strconv.ParseUint(string(p.text), 16, 32)
		b.data = Uint32Data(uint32(n))
	case hexPiece, textPiece:
		b.addData(p)
	case endPiece:
		b.set()
	case deleteValuePiece:
		b.valueOp(Op{Verb: DeleteValue, Name: b.name})
	case droppedPiece, oddPiece:
		b.tell(p)
	case commentPiece, loneCommentPiece:
		b.comment(Comment{p.pos(), b.form.commentText(p.text), p.kind == loneCommentPiece})
	case statementPiece:
		b.told(p.first, p.line)
	}
}

// Why values are ignored: before the first key, and below a key line that opens none.
const (
	noKey     = "no key is open"
	notOpened = "the key above it is not one that regedit opens"
)

func (b *builder) closeKey(why string) {
	b.key, b.keyChosen, b.closed, b.inName = "", false, why, false
}

func (b *builder) openKey(p piece) {
	written := b.form.text(p.text)
	key, ok := cleanKey(written)
	if !ok {
		b.closeKey(notOpened)
		b.dropRoot(p, written)
		return
	}
	b.key, b.keyChosen, b.inName = key, b.chosen.key(key), false
	if b.near != nil {
		b.near.open([]byte(key), p.pos(), p.off)
	}
	if b.keyChosen {
		b.op(Op{Verb: CreateKey, Key: key, Pos: p.pos()})
	}
}

// passKey opens a key that is not chosen; its name must last until the next piece.
func (b *builder) passKey(name []byte) {
	b.unread, b.keyChosen, b.inName = name, false, false
}

// deleteKey closes the open key in any case (Wine: delete_key_state).
func (b *builder) deleteKey(p piece) {
	b.closeKey("the line above it deletes a key and opens none")
	written := b.form.text(p.text)
	key, ok := cleanKey(written)
	switch {
	case !ok:
		b.dropRoot(p, written)
	case isRoot(key):
		p.rule = "delete-root"
		b.drop(p, func() string { return fmt.Sprintf("%q is a root key, which cannot be deleted", key) })
	default:
		op := Op{Verb: DeleteKey, Key: key, Pos: p.pos()}
		if b.near != nil && b.near.remove(op) && b.relative {
			b.err = errDeletes
		}
		b.op(op)
	}
}

func (b *builder) openValue(p piece) {
	b.name, b.at, b.inName = unescape(b.form.text(p.text)), p.place, true
	b.wanted = b.keyChosen || b.chosen.name(b.name)
}

func (b *builder) begin(t Type, quoted bool) {
	b.quoted, b.data, b.digits = quoted, Data{Type: t}, 0
}

// addData adds a run of hex or of text to the data of a value that is chosen.
func (b *builder) addData(p piece) {
	if !b.wanted {
		return
	}
	if p.kind == hexPiece {
		b.addHex(p.text)
	} else {
		b.data.Bytes = append(b.data.Bytes, p.text...)
	}
	if b.limit > 0 && len(b.data.Bytes) > b.limit && b.err == nil {
		b.err = &Error{Pos: b.at.pos(), Text: fmt.Sprintf("%s has more than %d MiB of data, which is not read", quoteName(b.name), b.limit>>20)}
		b.wanted = false
	}
}

// addHex adds a run of digits, commas and blanks, which the lexer has checked.
func (b *builder) addHex(run []byte) {
	for i := 0; i < len(run); i += b.form.width {
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

func (b *builder) set() {
	switch {
	case !b.wanted:
	case b.quoted:
		b.data.Bytes = b.stringBytes()
	case b.data.Type.holdsText():
		b.data.Bytes = b.textBytes()
	}
	b.valueOp(Op{Verb: SetValue, Name: b.name, Data: b.data})
}

// stringBytes gives the text between quotes as the registry holds it.
func (b *builder) stringBytes() []byte {
	d := b.data.Bytes
	if b.form.width == 1 {
		d = AppendUTF16(nil, b.form.text(d))
	}
	return append(d, 0, 0)
}

// textBytes gives hex data of a text type as regedit stores it: widened from
// the code page, and with one NUL where none is at the end (Wine:
// prepare_hex_string_data).
func (b *builder) textBytes() []byte {
	d := b.data.Bytes
	if b.form.version == V4 {
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

// valueOp gives an operation on a value of the open key.
func (b *builder) valueOp(op Op) {
	op.Pos = b.at.pos()
	switch {
	case b.key == "":
		b.noteNoKey(op.Pos)
	case b.wanted:
		op.Key = b.key
		b.op(op)
	}
	b.inName = false
}

func (b *builder) noteNoKey(at Pos) {
	if b.full || b.wanted {
		text := b.text("no-key", func() string { return fmt.Sprintf("%s is ignored: %s", quoteName(b.name), b.closed) })
		b.note(Note{Pos: at, Rule: "no-key", Text: text, Dropped: true, Name: b.name})
	}
}

// tell tells of a dropped or odd piece. What spoils a value on a later line is
// told at both lines.
func (b *builder) tell(p piece) {
	if !b.tells(p.rule) {
		b.inName = b.inName && p.kind == oddPiece
		return
	}
	text := func() string { return ruleText(p.rule, b.form.quote(p.text)) }
	switch {
	case !b.inName:
		b.addNote(p, text)
	case p.kind == oddPiece:
		b.addNote(p, func() string { return quoteName(b.name) + ": " + text() })
	default:
		b.dropValue(p, text)
	}
}

// tells tells whether notes of a rule are asked for where the file is now: those of
// lines that are meant for keys always are.
func (b *builder) tells(rule string) bool {
	return b.full || b.keyChosen || b.inName && b.wanted || strings.HasPrefix(rule, "key-")
}

// dropValue gives up the value under way.
func (b *builder) dropValue(p piece, text func() string) {
	ignored := func(why string) string { return quoteName(b.name) + " is ignored: " + why }
	if p.line != b.at.line {
		if b.relative {
			b.err = errRelative
		}
		first := p
		first.place = b.at
		b.drop(first, func() string { return ignored(fmt.Sprintf("it is spoilt on line %d", p.line)) })
	}
	b.drop(p, func() string { return ignored(text()) })
	b.inName = false
}

// dropRoot notes a line whose key has no root that regedit knows.
func (b *builder) dropRoot(p piece, written string) {
	p.rule = "unknown-root"
	root, _, _ := strings.Cut(written, `\`)
	if LongRoot(root) != "" {
		p.rule = "short-root"
	}
	b.drop(p, func() string { return unknownRoot(written) })
}

// drop notes what regedit ignores.
func (b *builder) drop(p piece, text func() string) {
	p.kind = droppedPiece
	b.addNote(p, text)
}

func (b *builder) addNote(p piece, text func() string) {
	n := Note{Pos: p.pos(), Rule: p.rule, Text: b.text(p.rule, text), Dropped: p.kind == droppedPiece, Key: b.key}
	if b.inName {
		n.Name = b.name
	}
	b.note(n)
}

// text gives the text of a note, unless it is not asked for.
func (b *builder) text(rule string, text func() string) string {
	if b.brief != nil && b.brief(rule) {
		return ""
	}
	return text()
}

// noteForm notes what is odd about the file's first line; tail is what stands behind
// the header.
func (b *builder) noteForm(tail []byte) {
	first := b.form.first()
	if b.form.width == 1 && b.form.mark > 0 {
		b.noteOdd(first, "utf8-mark", "the file starts with a UTF-8 byte order mark, which not every regedit takes")
	}
	if b.form.version == V4 && b.form.width == 2 {
		b.noteOdd(first, "regedit4-utf16", "REGEDIT4 in a UTF-16 file: text in hex data is read as code page bytes")
	}
	if len(tail) > 0 { // what stands before it is ASCII
		at := place{off: int64(b.form.tail), line: 1, col: (b.form.tail - b.form.mark) / b.form.width}
		b.noteOdd(at.pos(), "header-junk", fmt.Sprintf("%q behind the header is not taken by every regedit", b.form.quote(tail)))
	}
}

// noteHalf notes a last byte that is half a unit.
func (b *builder) noteHalf(at place) {
	b.noteOdd(at.pos(), "odd-byte", "the last byte is half a UTF-16 unit and is ignored")
}

// noteOdd notes what regedit takes, or may take, of the file as a whole.
func (b *builder) noteOdd(at Pos, rule, text string) {
	b.note(Note{Pos: at, Rule: rule, Text: text})
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
