package regfile

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// Text is how a version 5.00 file is encoded.
type Text uint8

// The encodings that Encode writes.
const (
	UTF16 Text = iota // UTF-16LE, byte order mark, CRLF: as regedit exports
	UTF8              // UTF-8, no mark, LF: for hivexregedit and for git
)

// Options are what Encode can vary. The zero value is regedit's own form.
type Options struct {
	Version  Version
	Text     Text     // of version 5.00; REGEDIT4 is Windows-1252 with CRLF
	Comments []string // lines to stand before the first key; no control characters but tabs
}

// Encode writes the operations as a .reg file: byte for byte what regedit
// exports (Wine: regproc.c export_registry_data and export_hex_data; KB 310516
// for the deletions, which an export has none of). Operations on values open
// their key where it is not the one above. Hex data is wrapped as regedit
// does: after the comma that reaches column 77, with two blanks of indent.
//
// A REG_SZ that quotes cannot hold unchanged is written as hex(1): with control
// characters, without its NUL or, in UTF-8, with halves of surrogate pairs. (A
// line break in text is written raw by Windows and as \r\n by Wine.) What
// regedit itself changes is read back changed: a REG_SZ of no bytes is written
// as "", and text data without a NUL at its end gets one on import.
//
// Errors, besides those of w: a key without a root that regedit knows, a root
// key to be deleted, a key, name or comment that would break its line, that is
// longer than the registry takes, not UTF-8 or not to be had in the file's
// encoding, and a verb that is none. Nothing is written then.
func Encode(w io.Writer, ops []Op, o Options) error {
	e := newEncoder(w, o)
	if err := e.check(ops, o.Comments); err != nil {
		return err
	}
	e.header(o.Comments)
	for _, op := range ops {
		e.op(op)
	}
	e.eol()
	e.flush()
	return e.err
}

// encoder writes code units through a buffer. The first error of w stays.
type encoder struct {
	w       io.Writer
	err     error
	buf     []byte
	version Version
	charset charset
	newline string
	col     int // units on the line
	key     string
}

// charset is how an encoder writes text.
type charset uint8

const (
	utf16le charset = iota
	utf8Text
	windows1252
)

const bufferSize = 64 << 10 // from which on it is written out

func newEncoder(w io.Writer, o Options) *encoder {
	e := &encoder{w: w, version: o.Version, newline: "\r\n", buf: make([]byte, 0, 2*bufferSize)}
	switch {
	case o.Version == V4:
		e.charset = windows1252
	case o.Text == UTF8:
		e.charset, e.newline = utf8Text, "\n"
	}
	return e
}

func (e *encoder) check(ops []Op, comments []string) error {
	for _, text := range comments {
		if err := e.checkText("comment", text); err != nil {
			return err
		}
	}
	key := ""
	for _, op := range ops {
		if op.Key != key || key == "" {
			if err := e.checkKey(op.Key); err != nil {
				return err
			}
			key = op.Key
		}
		if err := e.checkOp(op); err != nil {
			return err
		}
	}
	return nil
}

func (e *encoder) checkKey(key string) error {
	if clean, ok := cleanKey(key); !ok || clean != key {
		return fmt.Errorf("%q is not the path of a key that regedit knows", Shorten(key))
	}
	return e.checkName("key", key)
}

// checkOp checks an operation but for its key.
func (e *encoder) checkOp(op Op) error {
	switch op.Verb {
	case CreateKey:
		return nil
	case DeleteKey:
		if isRoot(op.Key) {
			return fmt.Errorf("%q is a root key, which cannot be deleted", op.Key)
		}
		return nil
	case SetValue:
		return cmp.Or(e.checkName("value name", op.Name), e.checkData(op))
	case DeleteValue:
		return e.checkName("value name", op.Name)
	}
	return fmt.Errorf("%v is none that a .reg file knows", op.Verb)
}

// maxUnits is the longest value name, in UTF-16 units (Microsoft: registry
// element size limits). A path is limited alike: one call of the registry goes
// 32 keys of 255 units deep.
const maxUnits = 16383

func (e *encoder) checkName(what, name string) error {
	if len(name) > maxUnits && len(AppendUTF16(nil, name))/2 > maxUnits {
		return fmt.Errorf("%s %q is longer than the %d characters that the registry takes", what, Shorten(name), maxUnits)
	}
	return e.checkText(what, name)
}

// checkText refuses text that would end its line or be read as another.
func (e *encoder) checkText(what, text string) error {
	switch {
	case strings.IndexFunc(text, isControl) >= 0:
		return fmt.Errorf("%s %q holds a control character", what, Shorten(text))
	case !isText(text):
		return fmt.Errorf("%s %q is not UTF-8", what, Shorten(text))
	case !e.holds(text):
		return fmt.Errorf("%s %q cannot be written in %s", what, Shorten(text), e.charset)
	}
	return nil
}

func isControl(c rune) bool { return c < 0x20 && c != '\t' || c == 0x7f }

// holds reports whether the file's encoding can hold text.
func (e *encoder) holds(text string) bool {
	switch e.charset {
	case utf8Text:
		return utf8.ValidString(text)
	case windows1252:
		_, ok := ansi(AppendUTF16(nil, text))
		return ok
	}
	return true
}

// String is the encoding's name.
func (c charset) String() string {
	return [...]string{utf16le: "UTF-16", utf8Text: "UTF-8", windows1252: "Windows-1252"}[c]
}

// checkData refuses text that REGEDIT4 would have to hold as hex data.
func (e *encoder) checkData(op Op) error {
	if e.version != V4 || !op.Data.Type.holdsText() {
		return nil
	}
	if _, ok := e.plainText(op.Data); ok {
		return nil
	}
	if _, ok := ansi(op.Data.Bytes); !ok {
		return fmt.Errorf("%q holds text that is not in Windows-1252, which REGEDIT4 needs", Shorten(op.Name))
	}
	return nil
}

func (e *encoder) header(comments []string) {
	if e.charset == utf16le {
		e.buf = append(e.buf, bomUTF16LE...)
	}
	e.text(e.version.String())
	e.eol()
	if len(comments) > 0 {
		e.eol()
	}
	for _, text := range comments {
		e.text(strings.TrimRight("; "+text, " \t"))
		e.eol()
	}
}

func (e *encoder) op(op Op) {
	switch op.Verb {
	case CreateKey:
		e.openKey(op.Key)
	case DeleteKey:
		e.keyLine("[-" + op.Key + "]")
		e.key = ""
	case SetValue, DeleteValue:
		if !foldEqual(op.Key, e.key) {
			e.openKey(op.Key)
		}
		e.value(op)
		e.eol()
	}
}

func (e *encoder) openKey(key string) {
	e.keyLine("[" + key + "]")
	e.key = key
}

func (e *encoder) keyLine(line string) {
	e.eol()
	e.text(line)
	e.eol()
}

// value writes a line of the open key, without its end.
func (e *encoder) value(op Op) {
	name := "@"
	if op.Name != "" {
		name = quote(op.Name)
	}
	e.text(name + "=")
	if op.Verb == DeleteValue {
		e.text("-")
		return
	}
	e.data(op.Data)
}

// data writes the data in the form that regedit chooses for its type.
func (e *encoder) data(d Data) {
	if text, ok := e.plainText(d); ok {
		e.text(quote(text))
		return
	}
	if n, err := d.Uint32(); err == nil {
		e.text(fmt.Sprintf("dword:%08x", n))
		return
	}
	if d.Type == Binary {
		e.text("hex:")
	} else {
		e.text(fmt.Sprintf("hex(%x):", uint32(d.Type)))
	}
	b := d.Bytes
	if e.version == V4 && d.Type.holdsText() {
		b, _ = ansi(b)
	}
	e.hex(b)
}

// plainText gives the text of a REG_SZ that quotes can hold unchanged: one NUL,
// at its end, no control characters, and nothing that the file's encoding lacks.
// Data of no bytes is "", as regedit writes it.
func (e *encoder) plainText(d Data) (string, bool) {
	if d.Type != SZ || len(d.Bytes)%2 != 0 {
		return "", false
	}
	text, terminated := strings.CutSuffix(UTF16String(d.Bytes), "\x00")
	plain := terminated || len(d.Bytes) == 0
	return text, plain && strings.IndexFunc(text, isControl) < 0 && e.holds(text)
}

// quote writes text as regedit does (Wine: REGPROC_escape_string).
func quote(text string) string {
	text = strings.ReplaceAll(text, `\`, `\\`)
	return `"` + strings.ReplaceAll(text, `"`, `\"`) + `"`
}

const (
	hexDigits  = "0123456789abcdef"
	wrapColumn = 77 // a comma that reaches it ends the line (Wine: MAX_HEX_CHARS)
)

// hex writes bytes with commas, wrapped; the last has no comma.
func (e *encoder) hex(b []byte) {
	if len(b) == 0 {
		return
	}
	cells := e.cells()
	for {
		n := min(max(1, (wrapColumn-e.col+2)/3), len(b))
		e.row(b[:n], cells)
		if b = b[n:]; len(b) == 0 {
			e.buf = e.buf[:len(e.buf)-len(",")*e.width()]
			return
		}
		e.ascii(`\`)
		e.eol()
		e.ascii("  ")
	}
}

// cells gives every byte as its digits and a comma in the file's encoding, the
// first character in the lowest bits.
func (e *encoder) cells() *[256]uint64 {
	var cells [256]uint64
	bits := 8 * e.width()
	for c := range cells {
		cells[c] = uint64(hexDigits[c>>4]) | uint64(hexDigits[c&15])<<bits | ','<<(2*bits)
	}
	return &cells
}

// row writes bytes with a comma behind each: most of what a large list costs.
func (e *encoder) row(b []byte, cells *[256]uint64) {
	if len(e.buf) > bufferSize {
		e.flush()
	}
	end, size := len(e.buf), len("00,")*e.width()
	buf := slices.Grow(e.buf, 8*len(b))
	buf = buf[:cap(buf)]
	for _, c := range b {
		binary.LittleEndian.PutUint64(buf[end:], cells[c])
		end += size
	}
	e.buf = buf[:end]
}

// width is how many bytes an ASCII character takes.
func (e *encoder) width() int {
	if e.charset == utf16le {
		return 2
	}
	return 1
}

func (e *encoder) ascii(s string) {
	for i := range len(s) {
		e.buf = append(e.buf, s[i])
		if e.charset == utf16le {
			e.buf = append(e.buf, 0)
		}
	}
	e.col += len(s)
}

// text writes text in the file's encoding; the column counts UTF-16 units.
func (e *encoder) text(s string) {
	wide := AppendUTF16(nil, s)
	e.col += len(wide) / 2
	switch e.charset {
	case utf16le:
		e.buf = append(e.buf, wide...)
	case utf8Text:
		e.buf = append(e.buf, s...)
	case windows1252:
		b, _ := ansi(wide)
		e.buf = append(e.buf, b...)
	}
	if len(e.buf) > bufferSize {
		e.flush()
	}
}

func (e *encoder) eol() {
	e.ascii(e.newline)
	e.col = 0
}

func (e *encoder) flush() {
	if e.err == nil {
		_, e.err = e.w.Write(e.buf)
	}
	e.buf = e.buf[:0]
}
