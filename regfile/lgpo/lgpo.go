// Package lgpo reads and writes LGPO text, the form of Group Policy's registry settings
// that Microsoft's LGPO.exe applies to the local policy (/t FILE), makes a Registry.pol of
// (/r FILE /w POL) and prints (/parse /m POL).
//
// # The text
//
// Four lines are a setting:
//
//	Computer                                            or User, in any case
//	SYSTEM\CurrentControlSet\Services\Tcpip\Parameters  the key without its root
//	ReservedPorts                                       the value
//	MULTISZ:1433-1434\08080-8090                        the action
//
// Between settings, not in them, lines may be blank or begin with a semicolon. The actions
// are
//
//	DWORD:n QWORD:n       decimal, or hexadecimal behind 0x
//	SZ:text EXSZ:text     the rest of the line
//	MULTISZ:a\0b\0c       strings, a backslash and a zero between them
//	BINARY:00,ff          bytes in hexadecimal
//	DELETE                delete the value: **del.NAME of a Registry.pol
//	DELETEALLVALUES       delete all values of the key; the third line is *
//	CREATEKEY             create the key; the third line is *
//	DELETEKEYS:a;b        delete subkeys of the key: **DeleteKeys of a Registry.pol
//	DELETEKEYS, CLEAR     told by a note: what they delete is not said here
//
// written exactly so. The third line is empty or (Default) for the value without a name. A
// string cannot hold a backslash and a zero, and a list has at least one string, which may
// be empty: MULTISZ:\0 is what LGPO.exe prints for an empty list, and reads as two empty
// strings, 6 bytes of NUL.
//
// The files are UTF-16LE with a byte order mark or text in the code page of Windows, and
// lines end in CRLF or LF.
//
// # Sources
//
// LGPO.pdf, which comes with LGPO.exe; Apply_LGPO_Delta, from which it derives (Microsoft,
// 2008, RegFileProcessor.cpp), for case, blank lines, encodings and line ends; what
// LGPO.exe printed in public repositories. Apply_LGPO_Delta stopped at a line of more than
// [LongLine] characters; whether LGPO.exe does is not known.
package lgpo

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"portreg/regfile"
	"portreg/regfile/pol"
)

// LongLine is the number of characters of a line that every reader is known to take.
const LongLine = 2047

// IsLGPO reports whether text, the start of a file or all of it, is meant as LGPO text:
// its first line that is neither blank nor a comment is Computer or User, if with blanks
// around it, or there are only comments, more than a person writes.
func IsLGPO(text []byte) bool {
	rest := strings.TrimPrefix(string(text), "\uFEFF")
	long := len(rest) > manyComments
	if long { // its last line may be cut off
		rest = rest[:strings.LastIndexByte(rest, '\n')+1]
	}
	for line := range strings.Lines(rest) {
		line = withoutEnd(line)
		if !between(line) {
			return isScope(strings.TrimSpace(line))
		}
	}
	return long && rest != ""
}

// manyComments is the size of comments, in bytes, that only a program writes.
const manyComments = 16 << 10

// between tells whether a line stands between settings.
func between(line string) bool { return strings.TrimSpace(line) == "" || line[0] == ';' }

func isScope(line string) bool {
	return strings.EqualFold(line, "Computer") || strings.EqualFold(line, "User")
}

func withoutEnd(line string) string {
	return strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
}

// Decode reads LGPO text in UTF-8; name is for messages. The position of an operation is
// that of the third line, the value. The error is a *[regfile.Error]: LGPO.exe applies
// nothing of a file of which it cannot read all.
func Decode(name string, src []byte) ([]regfile.Op, []regfile.Note, error) {
	var p pol.Policy
	r := reader{text: string(src)}
	r.text, r.offset = strings.TrimPrefix(r.text, "\uFEFF"), int64(len(src))
	r.offset -= int64(len(r.text))
	for r.next() {
		if between(r.line) {
			continue
		}
		if err := r.setting(&p); err != nil {
			return nil, nil, &regfile.Error{Name: name, Pos: r.pos(), Text: err.Error()}
		}
	}
	if p.Ops != nil && !bytes.HasSuffix(src, []byte("\n")) {
		p.Notes = append(p.Notes, regfile.Note{Pos: r.pos(), Rule: "policy-end", Text: "the last line does not end; the file may be cut off"})
	}
	return p.Ops, p.Notes, nil
}

// reader gives lines.
type reader struct {
	text   string // that is left
	line   string
	n      int   // of line
	start  int64 // of line, in bytes
	offset int64 // of text
}

func (r *reader) next() bool {
	if r.text == "" {
		return false
	}
	end := strings.IndexByte(r.text, '\n') + 1
	if end == 0 {
		end = len(r.text)
	}
	r.line, r.text = withoutEnd(r.text[:end]), r.text[end:]
	r.n, r.start, r.offset = r.n+1, r.offset, r.offset+int64(end)
	return true
}

func (r *reader) pos() regfile.Pos { return regfile.Pos{Line: r.n, Col: 1, Offset: r.start} }

// setting reads four lines, the first of which is there.
func (r *reader) setting(p *pol.Policy) error {
	if !isScope(r.line) {
		return fmt.Errorf("%s where a setting must begin: Computer or User", quote(r.line))
	}
	i := pol.Record{User: strings.EqualFold(r.line, "User")}
	if !r.next() || r.line == "" {
		return fmt.Errorf("the second line of a setting must be its key")
	}
	i.Key = r.line
	if !r.next() {
		return fmt.Errorf("the setting ends behind its key; the name of the value and an action must follow")
	}
	i.Name, i.Pos = r.line, r.pos()
	if i.Name == "(Default)" {
		i.Name = ""
	}
	if !r.next() {
		return fmt.Errorf("the setting ends behind the name of the value; an action such as MULTISZ:80-80 must follow")
	}
	return r.action(p, i)
}

func (r *reader) action(p *pol.Policy, i pol.Record) error {
	word, keys, _ := strings.Cut(r.line, ":")
	switch {
	case r.line == "DELETE":
		i.Name = pol.DeleteName + i.Name
	case r.line == "DELETEALLVALUES":
		i.Name = "**DelVals."
	case r.line == "CREATEKEY":
		i.Name = ""
	case word == "DELETEKEYS" && keys != "":
		i.Name, i.Data = "**DeleteKeys", regfile.Data{Type: regfile.SZ, Bytes: regfile.AppendUTF16(nil, keys+"\x00")}
	case r.line == "CLEAR", word == "DELETEKEYS":
		note := fmt.Sprintf("%s takes settings out of the policy or deletes keys; what it does to ports is not said here", quote(r.line))
		p.Notes = append(p.Notes, regfile.Note{Pos: r.pos(), Rule: "policy-special", Text: note, Key: i.Path(), Name: strings.TrimPrefix(i.Name, "*")})
		return nil
	default:
		data, ok := dataOf(r.line)
		if !ok {
			return fmt.Errorf("%s is no action; write DWORD:n, QWORD:n, SZ:text, EXSZ:text, MULTISZ:a\\0b, BINARY:00,ff, DELETE, DELETEALLVALUES or CREATEKEY", quote(r.line))
		}
		i.Data = data
	}
	p.Add(i)
	return nil
}

// quote is a line for a message.
func quote(line string) string { return fmt.Sprintf("%q", regfile.Shorten(line)) }

// Encode writes the operations as LGPO text for machines, with the comments before them:
// ASCII, CRLF. Equal operations and comments give equal bytes. Errors, besides those of w,
// are those of [pol.Records]; data that no action gives exactly so, such as a list
// without strings or one that is not regular; and a comment that is not printable ASCII.
// Then nothing is written.
func Encode(w io.Writer, ops []regfile.Op, comments []string) error {
	all, err := pol.Records(ops)
	if err != nil {
		return err
	}
	var b strings.Builder
	for _, c := range comments {
		if !isASCII(c) {
			return fmt.Errorf("comment %s is not printable ASCII", quote(c))
		}
		b.WriteString(strings.TrimRight("; "+c, " ") + "\r\n")
	}
	for n, i := range all {
		if n > 0 || len(comments) > 0 {
			b.WriteString("\r\n")
		}
		if err := writeSetting(&b, i); err != nil {
			return err
		}
	}
	_, err = io.WriteString(w, b.String())
	return err
}

func isASCII(text string) bool {
	return !strings.ContainsFunc(text, func(c rune) bool { return c < ' ' || c > '~' })
}

func writeSetting(b *strings.Builder, i pol.Record) error {
	name, action := i.Name, ""
	switch deleted, isDelete := strings.CutPrefix(i.Name, pol.DeleteName); {
	case isDelete:
		name, action = deleted, "DELETE"
	case i.Name == "":
		name, action = "*", "CREATEKEY"
	default:
		action = actionOf(i.Data)
		if d, ok := dataOf(action); !ok || !d.Equal(i.Data) || !isASCII(action) {
			return fmt.Errorf("%s: LGPO text has no action that gives these %d bytes of %v; -f pol takes them", i.Name, len(i.Data.Bytes), i.Data.Type)
		}
	}
	if name == "(Default)" || strings.TrimSpace(name) != name || strings.TrimSpace(i.Key) != i.Key {
		return fmt.Errorf("%q under %s cannot be named in LGPO text", name, i.Key)
	}
	fmt.Fprintf(b, "Computer\r\n%s\r\n%s\r\n%s\r\n", i.Key, name, action)
	return nil
}
