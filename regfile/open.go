package regfile

import (
	"bytes"
	"fmt"
	"strings"
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

// Error is why a file is not one that regedit reads.
type Error struct {
	Name string // of the file, as given
	Pos  Pos
	Text string
}

// Error is "name:line:col: text".
func (e *Error) Error() string { return fmt.Sprintf("%s:%v: %s", e.Name, e.Pos, e.Text) }

// form is what the start of a file says of the rest.
type form struct {
	width   int // bytes of a code unit
	version Version
	mark    int    // bytes of the byte order mark
	body    int    // where the text after the header line starts
	tail    string // what stands behind the header
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
	case hasPrefix(src, bomUTF16LE):
		f.width, f.mark = 2, len(bomUTF16LE)
	case hasPrefix(src, bomUTF16BE), hasPrefix(src, "\x00W"), hasPrefix(src, "\x00R"):
		return f, fmt.Errorf("the file is UTF-16BE, which regedit does not import; save it as UTF-16LE with a byte order mark")
	case hasPrefix(src, "W\x00"), hasPrefix(src, "R\x00"):
		return f, fmt.Errorf("the file is UTF-16LE without a byte order mark, which regedit does not import; it must start with FF FE")
	case hasPrefix(src, bomUTF8):
		f.mark = len(bomUTF8)
	}
	head := src[f.mark:min(len(src), f.mark+maxHeader)]
	end := findEOL(head[:len(head)-len(head)%f.width], f.width)
	f.body = f.mark + end
	err := f.readHeader(string(narrow(head[:end], f.width)))
	return f, err
}

// readHeader judges the first line (Wine: parse_file_header).
func (f *form) readHeader(line string) error {
	text := strings.TrimLeft(line, " \t")
	for _, v := range []Version{V5, V4} {
		tail, ok := strings.CutPrefix(text, v.String())
		blank := strings.TrimLeft(tail, " \t")
		if ok && (tail == "" || blank == "" || blank[0] == ';') {
			f.version, f.tail = v, tail
			return nil
		}
	}
	switch {
	case strings.TrimSpace(line) == "":
		return fmt.Errorf("the first line is empty; it must be %q or %q", header5, header4)
	case strings.HasPrefix(text, "REGEDIT"):
		return fmt.Errorf("%q is no header that regedit imports anything after; write %q or %q", shorten(line), header5, header4)
	}
	return fmt.Errorf("the first line is %q; it must be %q or %q, case included", shorten(line), header5, header4)
}

// shorten cuts text for a message.
func shorten(s string) string {
	if len(s) <= 64 {
		return s
	}
	return s[:61] + "..."
}

// IsReg reports whether src, the start of a file or all of it, is meant as a
// .reg file: its header in any case and encoding is there, or a line opens a
// registry key. Files that regedit rejects are recognised too, so that [Parse]
// can say why.
func IsReg(src []byte) bool {
	if n := len(src); n > 64<<10 {
		src = src[:64<<10]
	}
	if bytes.IndexByte(src, 0) >= 0 {
		src = bytes.ReplaceAll(src, []byte{0}, nil)
	}
	for _, mark := range []string{bomUTF16LE, bomUTF16BE, bomUTF8} {
		src = bytes.TrimPrefix(src, []byte(mark))
	}
	for first := true; len(src) > 0; first = false {
		end := findEOL(src, 1)
		line := strings.ToUpper(string(bytes.TrimLeft(src[:min(end, 64)], " \t")))
		if first && isHeaderLike(line) || isKeyLike(line) {
			return true
		}
		src = src[min(end+1, len(src)):]
	}
	return false
}

func isHeaderLike(upper string) bool {
	return strings.HasPrefix(upper, "WINDOWS REGISTRY EDITOR") || strings.HasPrefix(upper, "REGEDIT")
}

func isKeyLike(upper string) bool {
	name, ok := strings.CutPrefix(upper, "[")
	name = strings.TrimLeft(strings.TrimPrefix(name, "-"), " \t")
	return ok && (strings.HasPrefix(name, "HKEY_") || strings.HasPrefix(name, `HKLM\`))
}

func hasPrefix(b []byte, s string) bool { return len(b) >= len(s) && string(b[:len(s)]) == s }
