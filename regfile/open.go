package regfile

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Version is the version of a .reg file, named by its first line.
type Version uint8

// The two versions.
const (
	V5 Version = iota // Windows Registry Editor Version 5.00: text data is UTF-16LE
	V4                // REGEDIT4: text data is in the ANSI code page
)

const (
	header5 = "Windows Registry Editor Version 5.00"
	header4 = "REGEDIT4"
)

// String is the header line.
func (v Version) String() string {
	if v == V4 {
		return header4
	}
	return header5
}

// Pos is a place in a file.
type Pos struct {
	Line   int   // 1-based, as editors count: CRLF, LF and lone CR end a line
	Col    int   // 1-based, in characters; the byte order mark does not count
	Offset int64 // in bytes from the start of the file
}

// String is "line:col".
func (p Pos) String() string { return fmt.Sprintf("%d:%d", p.Line, p.Col) }

// Error is what is wrong with a file, and where: that regedit does not read it,
// or that it cannot be edited.
type Error struct {
	Name string // of the file, as given
	Pos  Pos
	Text string
}

// Error is "name:line:col: text", or "name: text" where there are no lines.
func (e *Error) Error() string {
	if e.Pos == (Pos{}) {
		return e.Name + ": " + e.Text
	}
	return fmt.Sprintf("%s:%v: %s", e.Name, e.Pos, e.Text)
}

// form is what the start of a file says of the rest.
type form struct {
	width   int // bytes of a code unit
	version Version
	ansi    bool // 8-bit text in the code page, not perhaps in UTF-8
	mark    int  // bytes of the byte order mark
	tail    int  // where the header ends
	body    int  // where its line ends
}

// first is where the first line begins.
func (f form) first() Pos { return Pos{1, 1, int64(f.mark)} }

// text decodes units of the file.
func (f form) text(units []byte) string {
	switch {
	case f.width == 2:
		return UTF16String(units)
	case f.ansi:
		return ansiString(units)
	}
	return narrowString(units)
}

// commentText gives what a comment holds. No registry takes it, so that the code page of
// 8-bit text is whatever its readers go by.
func (f form) commentText(units []byte) string {
	if f.width == 1 {
		return string(units)
	}
	return UTF16String(units)
}

// quote is a token or line of the file for a message. One that the lexer cut
// off may end within a character.
func (f form) quote(units []byte) string {
	w := f.width
	if len(units) >= maxToken*w {
		units = units[:(maxToken-1)*w]
		switch last := units[len(units)-w:]; {
		case w == 2 && last[1]&0xfc == 0xd8:
			units = units[:len(units)-w]
		case w == 1 && !f.ansi:
			units = trimPartial(units)
		}
		return f.text(units) + "..."
	}
	return f.text(units)
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

// tailSize is how many bytes at the end of a file tell whether it is whole.
const tailSize = 2 << 10

// whole tells whether a body ends as those of exporters do; tail are its last bytes,
// tailSize or all.
func (f form) whole(tail []byte) bool {
	text := string(narrow(tail, f.width))
	line, ended := strings.CutSuffix(text, "\n")
	line, endedCR := strings.CutSuffix(line, "\r")
	line = strings.Trim(line[strings.LastIndexAny(line, "\r\n")+1:], " \t")
	return (ended || endedCR) && (line == "" || line[0] == ';')
}

const (
	bomUTF16LE = "\xff\xfe"
	bomUTF16BE = "\xfe\xff"
	bomUTF8    = "\xef\xbb\xbf"
)

// maxHeader is how much of a file is looked at for its first line.
const maxHeader = 1 << 10

// sniff reads byte order mark and header.
func sniff(src []byte) (form, error) {
	f := form{width: 1}
	switch {
	case bytes.HasPrefix(src, []byte(bomUTF16LE)):
		f.width, f.mark = 2, len(bomUTF16LE)
	case bytes.HasPrefix(src, []byte(bomUTF16BE)), len(src) > 1 && src[0] == 0 && isPrint(src[1]):
		return f, errors.New("the file is UTF-16BE, which regedit does not import; save it as UTF-16LE with a byte order mark")
	case len(src) > 1 && isPrint(src[0]) && src[1] == 0:
		return f, errors.New("the file is UTF-16LE without a byte order mark, which regedit does not import; it must start with FF FE")
	case bytes.HasPrefix(src, []byte(bomUTF8)):
		f.mark = len(bomUTF8)
	}
	head := src[f.mark:min(len(src), f.mark+maxHeader)]
	head = head[:findEOL(head[:len(head)-len(head)%f.width], f.width)]
	f.body = f.mark + len(head)
	return f, f.readHeader(head)
}

// blockStart is where in w, from from on, a line begins that opens a key or means to: [H
// and a ] behind it, all in w. It is the length of w if there is none. begins says that a
// line begins with w.
func (f form) blockStart(w []byte, from int, begins bool) int {
	mark := []byte("[\x00H\x00")
	if f.width == 1 {
		mark = []byte("[H")
	}
	for ; ; from++ {
		i := bytes.Index(w[from:], mark)
		if i < 0 {
			return len(w)
		}
		from += i
		line := w[from:]
		end := findEOL(line[:len(line)-len(line)%f.width], f.width)
		afterEnd := from == 0 && begins || from >= f.width && findEOL(w[from-f.width:from], f.width) == 0
		if from%f.width == 0 && afterEnd && end+f.width < len(line) && findLast(line[:end], ']', f.width) >= 0 {
			return from
		}
	}
}

func isPrint(c byte) bool { return ' ' <= c && c < 0x7f }

// readHeader judges the first line (Wine: parse_file_header).
func (f *form) readHeader(head []byte) error {
	line := string(narrow(head, f.width))
	text := strings.TrimLeft(line, " \t")
	for _, v := range []Version{V5, V4} {
		tail, ok := strings.CutPrefix(text, v.String())
		comment := strings.TrimLeft(tail, " \t")
		if ok && (comment == "" || comment[0] == ';') {
			f.version, f.ansi = v, v == V4 && f.width == 1 && f.mark == 0
			f.tail = f.body - len(tail)*f.width
			return nil
		}
	}
	quoted := Shorten(f.text(head))
	switch {
	case strings.TrimSpace(line) == "":
		return fmt.Errorf("the first line is empty; it must be %q or %q", header5, header4)
	case text == "REGEDIT":
		return fmt.Errorf("%q begins a file of Windows 3.1, which holds file types only; write %q or %q", quoted, header5, header4)
	case strings.HasPrefix(text, "REGEDIT"):
		return fmt.Errorf("%q is no header that regedit imports anything after; write %q or %q", quoted, header5, header4)
	}
	return fmt.Errorf("the first line is %q; it must be %q or %q, case included", quoted, header5, header4)
}

// Shorten cuts text for a message, between characters, to 64 bytes.
func Shorten(s string) string {
	if len(s) <= 64 {
		return s
	}
	end := 61
	for end > 61-utf8.UTFMax && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "..."
}

// IsReg reports whether src, the start of a file or all of it, is meant as a
// .reg file: its header in any case and encoding is there, or a line in the
// first 64 KiB opens a registry key. Files that regedit rejects are recognised
// too, so that [Parse] can say why.
func IsReg(src []byte) bool {
	src = src[:min(len(src), 64<<10)]
	if bytes.IndexByte(src, 0) >= 0 {
		src = bytes.ReplaceAll(src, []byte{0}, nil)
	}
	for _, mark := range []string{bomUTF16LE, bomUTF16BE, bomUTF8} {
		src = bytes.TrimPrefix(src, []byte(mark))
	}
	for first := true; len(src) > 0; first = false {
		end := findEOL(src, 1)
		line := bytes.TrimLeft(src[:end], " \t")
		start := Fold(string(line[:min(len(line), 64)]))
		if first && isHeaderLike(start) || isKeyLike(start) {
			return true
		}
		src = src[min(end+1, len(src)):]
	}
	return false
}

func isHeaderLike(folded string) bool {
	return strings.HasPrefix(folded, "windows registry editor") || strings.HasPrefix(folded, "regedit")
}

func isKeyLike(folded string) bool {
	name, ok := strings.CutPrefix(folded, "[")
	name = strings.TrimLeft(strings.TrimPrefix(name, "-"), " \t")
	root, _, _ := strings.Cut(name, `\`)
	return ok && (strings.HasPrefix(name, "hkey_") || LongRoot(root) != "")
}
