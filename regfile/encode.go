package regfile

import (
	"fmt"
	"io"
	"strings"
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
	Comments []string // lines to stand before the first key; no control characters
}

// Encode writes the operations as a .reg file: byte for byte what regedit
// exports (Wine: regproc.c export_registry_data and export_hex_data; KB 310516
// for the deletions, which an export has none of). Operations on values open
// their key where it is not the one above. Hex data is wrapped as regedit
// does: after the comma that reaches column 77, with two blanks of indent.
//
// Errors, besides those of w: a key without a root that regedit knows, a name
// or comment that would break its line, and with REGEDIT4 text that is not in
// Windows-1252. Nothing is written then.
func Encode(w io.Writer, ops []Op, o Options) error {
	if err := check(ops, o); err != nil {
		return err
	}
	e := newEncoder(w, o)
	e.header(o)
	for _, op := range ops {
		e.op(op)
	}
	e.eol()
	e.flush()
	return e.err
}

func check(ops []Op, o Options) error {
	for _, text := range o.Comments {
		if err := checkLine("comment", text, o.Version); err != nil {
			return err
		}
	}
	for _, op := range ops {
		if err := checkOp(op, o.Version); err != nil {
			return err
		}
	}
	return nil
}

func checkOp(op Op, v Version) error {
	if key, ok := cleanKey(op.Key); !ok || key != op.Key {
		return fmt.Errorf("%q is not the path of a key that regedit knows", op.Key)
	}
	if err := checkLine("key", op.Key, v); err != nil {
		return err
	}
	if op.Verb == SetValue || op.Verb == DeleteValue {
		if err := checkLine("value name", op.Name, v); err != nil {
			return err
		}
	}
	if _, ok := ansi(op.Data.Bytes); v == V4 && op.Data.Type.isText() && !ok {
		return fmt.Errorf("%q holds text that Windows-1252, and so REGEDIT4, cannot hold", op.Name)
	}
	return nil
}

// checkLine refuses text that would end its line or be read as another.
func checkLine(what, text string, v Version) error {
	for _, c := range text {
		if c < 0x20 && c != '\t' || c == 0x7f {
			return fmt.Errorf("%s %q holds a control character", what, text)
		}
	}
	if _, ok := ansi(appendUTF16(nil, text)); v == V4 && !ok {
		return fmt.Errorf("%s %q is not in Windows-1252 and cannot be written to REGEDIT4", what, text)
	}
	return nil
}

// wrapColumn is where a line of hex data is wrapped: a comma that reaches it is
// followed by a backslash (Wine: MAX_HEX_CHARS).
const wrapColumn = 77

// encoder writes code units through a buffer. The first error of w stays.
type encoder struct {
	w       io.Writer
	err     error
	buf     []byte
	wide    bool
	version Version
	newline string
	col     int // units on the line
	key     string
}

const bufferSize = 64 << 10

func newEncoder(w io.Writer, o Options) *encoder {
	e := &encoder{w: w, version: o.Version, newline: "\r\n", buf: make([]byte, 0, bufferSize)}
	e.wide = o.Version == V5 && o.Text == UTF16
	if o.Version == V5 && o.Text == UTF8 {
		e.newline = "\n"
	}
	return e
}

func (e *encoder) header(o Options) {
	if e.wide {
		e.buf = append(e.buf, bomUTF16LE...)
	}
	e.text(e.version.String())
	e.eol()
	if len(o.Comments) > 0 {
		e.eol()
	}
	for _, text := range o.Comments {
		e.text("; " + text)
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
	if text, ok := plainText(d); ok {
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
	if e.version == V4 && d.Type.isText() {
		b, _ = ansi(b)
	}
	e.hex(b)
}

// plainText gives the text of a REG_SZ that quotes can hold unchanged: one NUL,
// at its end, and no control characters. Data of no bytes is "", as regedit
// writes it.
func plainText(d Data) (string, bool) {
	if d.Type != SZ {
		return "", false
	}
	text, terminated := strings.CutSuffix(utf16String(d.Bytes), "\x00")
	for _, c := range text {
		if c < 0x20 || c == 0x7f {
			return "", false
		}
	}
	return text, len(d.Bytes) == 0 || terminated && len(d.Bytes)%2 == 0
}

// quote writes text as regedit does (Wine: REGPROC_escape_string).
func quote(text string) string {
	text = strings.ReplaceAll(text, `\`, `\\`)
	return `"` + strings.ReplaceAll(text, `"`, `\"`) + `"`
}

const hexDigits = "0123456789abcdef"

// hex writes bytes with commas, wrapped; the last has no comma.
func (e *encoder) hex(b []byte) {
	for i, c := range b {
		e.unit(hexDigits[c>>4])
		e.unit(hexDigits[c&15])
		if i == len(b)-1 {
			return
		}
		e.unit(',')
		if e.col >= wrapColumn {
			e.text(`\`)
			e.eol()
			e.text("  ")
		}
	}
}

// unit writes an ASCII character.
func (e *encoder) unit(c byte) {
	if len(e.buf) >= bufferSize-1 {
		e.flush()
	}
	e.buf = append(e.buf, c)
	if e.wide {
		e.buf = append(e.buf, 0)
	}
	e.col++
}

// text writes text in the file's encoding; the column counts UTF-16 units.
func (e *encoder) text(s string) {
	wide := appendUTF16(nil, s)
	e.col += len(wide) / 2
	switch {
	case e.wide:
		e.buf = append(e.buf, wide...)
	case e.version == V4:
		b, _ := ansi(wide)
		e.buf = append(e.buf, b...)
	default:
		e.buf = append(e.buf, s...)
	}
	if len(e.buf) > bufferSize/2 {
		e.flush()
	}
}

func (e *encoder) eol() {
	for i := range len(e.newline) {
		e.unit(e.newline[i])
	}
	e.col = 0
}

func (e *encoder) flush() {
	if e.err == nil {
		_, e.err = e.w.Write(e.buf)
	}
	e.buf = e.buf[:0]
}
