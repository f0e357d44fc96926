// Package sysctl reads the reserved ports of Linux, the counterpart of Windows'
// excluded port ranges, as sysctl prints them and files in sysctl.d hold them:
//
//	net.ipv4.ip_local_reserved_ports = 8080,9148-9150
//
// The value is that of the kernel's Documentation/networking/ip-sysctl.rst: ports
// and ranges separated by commas, both ends of a range included. It has no
// protocol and counts for all. As in kernel/sysctl.c, proc_do_large_bitmap,
//
//   - no value reserves nothing,
//   - writing replaces what was reserved before: the last assignment counts,
//   - one comma may end the value,
//   - blanks inside the value are an error.
//
// That function takes three things more, which are errors here: port 0,
// hexadecimal and octal numbers, and a value over several lines.
//
// The lines around it are those of sysctl.conf(5) and sysctl.d(5): "#" and ";"
// start a comment line, "-" before the key ignores a refusal, the key is written
// with dots or with slashes. Lines about other keys are passed over. Lines end in
// LF or CRLF; a UTF-8 byte order mark is passed over.
//
// A comma list alone, as /proc/sys/net/ipv4/ip_local_reserved_ports gives it, is a
// range list that [ranges.Parse] reads.
package sysctl

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"portreg/ranges"
)

const (
	dotted = "net.ipv4.ip_local_reserved_ports"
	slashy = "net/ipv4/ip_local_reserved_ports"
	blanks = " \t"
)

// IsSysctl reports whether a line of src sets net.ipv4.ip_local_reserved_ports, or
// begins with it otherwise. No valid range list has such a line.
func IsSysctl(src []byte) bool {
	p := newParser("", src)
	for p.next() {
		if _, ok := cutKey(p.line); ok {
			return true
		}
	}
	return false
}

// Parse gives the ports that src leaves reserved. name is the file's, for the
// errors. The error is a ranges.Errors with all that is wrong in src: every entry
// of a value that is not a port range, also in an assignment that a later one
// replaces, and no assignment at all.
func Parse(name string, src []byte) (ranges.Set, error) {
	p := newParser(name, src)
	for p.next() {
		if value, ok := cutKey(p.line); ok {
			p.assignment(value)
		}
	}
	if !p.assigned && p.found == 0 {
		p.num, p.line = 1, nil
		p.errorf(0, "no line sets %s", dotted)
	}
	if err := p.err(); err != nil {
		return ranges.Set{}, err
	}
	return p.set, nil
}

type parser struct {
	name     string
	rest     []byte
	line     []byte // without its end and the blanks there
	num      int
	counted  int // bytes of the line whose characters are chars, so that
	chars    int // many errors of one line take no more than one pass
	set      ranges.Set
	assigned bool
	// The first maxErrors errors, and one more if there are more.
	errs  ranges.Errors
	found int
}

const maxErrors = 10_000

func newParser(name string, src []byte) *parser {
	return &parser{name: name, rest: bytes.TrimPrefix(src, []byte("\ufeff"))}
}

func (p *parser) next() bool {
	if len(p.rest) == 0 {
		return false
	}
	p.line, p.rest, _ = bytes.Cut(p.rest, []byte("\n"))
	p.line = bytes.TrimRight(p.line, blanks+"\r")
	p.num++
	p.counted, p.chars = 0, 0
	return true
}

// cutKey gives what follows the key on a line that begins with it. "-key" alone is
// no assignment: it excepts the key from a pattern, see sysctl.d(5).
func cutKey(line []byte) (rest []byte, ok bool) {
	line = bytes.TrimLeft(line, blanks)
	line, dash := bytes.CutPrefix(line, []byte("-"))
	line = bytes.TrimLeft(line, blanks)
	rest, ok = bytes.CutPrefix(line, []byte(dotted))
	if !ok {
		rest, ok = bytes.CutPrefix(line, []byte(slashy))
	}
	switch {
	case !ok:
		return nil, false
	case len(rest) == 0:
		return rest, !dash
	}
	return rest, strings.IndexByte(blanks+"=", rest[0]) >= 0
}

// assignment reads the rest of the line behind the key.
func (p *parser) assignment(rest []byte) {
	value, ok := bytes.CutPrefix(bytes.TrimLeft(rest, blanks), []byte("="))
	if !ok {
		p.errorf(len(p.line)-len(rest), "no = behind the key; write %s = 8080,9148-9150", dotted)
		return
	}
	p.assigned = true
	p.set = p.value(bytes.TrimLeft(value, blanks))
}

// value reads the end of the line as a comma list.
func (p *parser) value(list []byte) ranges.Set {
	var rr []ranges.Range
	for len(list) > 0 {
		at := len(p.line) - len(list)
		var entry []byte
		entry, list, _ = bytes.Cut(list, []byte(","))
		if r, ok := p.entry(at, entry); ok {
			rr = append(rr, r)
		}
	}
	return ranges.SetOf(rr...)
}

func (p *parser) entry(at int, entry []byte) (ranges.Range, bool) {
	r, err := ranges.ParseRange(string(entry))
	if err == nil {
		return r, true
	}
	bare := bytes.Trim(entry, blanks)
	if r, inner := ranges.ParseRange(string(bare)); inner == nil {
		p.errorf(at, "%.60q has blanks, which the kernel refuses; write %s", entry, r)
	} else if len(bare) == 0 {
		p.errorf(at, "no port range before this comma; write 8080,9148-9150")
	} else {
		p.errorf(at, "%.60q is not a port range; write 8080 or 9148-9150", entry)
	}
	return ranges.Range{}, false
}

// errorf places an error at byte at of the line, not before the one placed last.
func (p *parser) errorf(at int, format string, args ...any) {
	if p.found++; p.found > maxErrors+1 {
		return
	}
	p.chars += utf8.RuneCount(p.line[p.counted:at])
	p.counted = at
	p.errs = append(p.errs, &ranges.Error{Name: p.name, Line: p.num, Col: p.chars + 1, Msg: fmt.Sprintf(format, args...)})
}

// err gives what was found: nil or ranges.Errors.
func (p *parser) err() error {
	if p.found == 0 {
		return nil
	}
	if p.found > maxErrors {
		p.errs[maxErrors].Msg = fmt.Sprintf("from here on %d more errors are not shown", p.found-maxErrors)
	}
	return p.errs
}
