package netsh

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"portreg/ranges"
)

// Reread is what ParseConverge finds in a script.
type Reread struct {
	Converge           // without Comments
	Blocks   []Command // those of Ports: an Add each, with its place
	Edited   int       // the first line that is not as it was written, counted from 1; 0 if there is none
	LF       int       // the first line that ends in LF alone, likewise, of a script for cmd.exe, which can miss labels then
}

// IsCmd reports whether src, which may be cut off behind its first lines, is a script
// as WriteCmd writes it, edited or not: it has the line of the first comment, or two
// of the settings that follow.
func IsCmd(src []byte) bool { return cmdDialect().begins(lines(src)) }

// IsPS1 is IsCmd for the scripts of WritePS1.
func IsPS1(src []byte) bool { return ps1Dialect().begins(lines(src)) }

func (d dialect) begins(text []string) bool {
	has := func(field string) bool {
		_, _, ok := d.placeholder(field).find(text)
		return ok
	}
	return has("name") || has("undo") && has("dynamic")
}

// ParseConverge reads back what a script is made from. A block that is no port range
// is an error with its place, and so is any other of the values that cannot be;
// name is the file's, for the errors. The error is a ranges.Errors with all that is
// wrong in src.
//
// What else somebody edited is not understood, only told of, as Reread.Edited.
func ParseConverge(name string, src []byte) (*Reread, error) {
	r := rereader{source: newSource(name, nil), text: lines(src)}
	var ok bool
	if r.dialect, ok = dialectOf(r.text); !ok {
		r.errorAt(1, 1, "this is no script that portreg wrote")
		return nil, r.err()
	}
	r.name()
	r.flags()
	r.dynamic()
	r.blocks()
	if err := r.err(); err != nil {
		return nil, err
	}
	r.Edited = r.edited()
	if r.dialect.crlf {
		r.LF = bareLF(src)
	}
	return &r.Reread, nil
}

func lines(src []byte) []string {
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	src = bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n"))
	return strings.Split(string(src), "\n")
}

// bareLF gives the first line that ends in LF alone, 0 if there is none.
func bareLF(src []byte) int {
	i := bytes.IndexByte(bytes.ReplaceAll(src, []byte("\r\n"), []byte("\r\r")), '\n')
	if i < 0 {
		return 0
	}
	return bytes.Count(src[:i], []byte("\n")) + 1
}

func dialectOf(text []string) (dialect, bool) {
	for _, d := range dialects() {
		if d.begins(text) && slices.Contains(text, d.placeholder("wanted").above) {
			return d, true
		}
	}
	return dialect{}, false
}

// A placeholder is where a dialect's text has {{field}}: the line above, and what
// stands before and behind it in its own.
type placeholder struct{ above, before, behind string }

func (d dialect) placeholder(field string) (p placeholder) {
	before, behind, _ := strings.Cut(d.text, "{{"+field+"}}")
	above, line := cutLast(before, "\n")
	_, p.above = cutLast(above, "\n")
	p.before = line
	p.behind, _, _ = strings.Cut(behind, "\n")
	return p
}

// cutLast cuts s around the last sep; without one, all of s is behind it.
func cutLast(s, sep string) (before, behind string) {
	i := strings.LastIndex(s, sep)
	return s[:max(i, 0)], s[i+1:]
}

// find gives the first line, counted from 0, that has the placeholder's surroundings,
// and what is between them.
func (p placeholder) find(text []string) (line int, value string, ok bool) {
	for i, s := range text {
		s, before := strings.CutPrefix(s, p.before)
		s, behind := strings.CutSuffix(s, p.behind)
		if before && behind {
			return i, s, true
		}
	}
	return 0, "", false
}

type rereader struct {
	Reread
	source
	dialect dialect
	text    []string
}

// value gives what stands for a field, "" if its line is gone.
func (r *rereader) value(field string) (value string, line, col int) {
	p := r.dialect.placeholder(field)
	i, value, _ := p.find(r.text)
	return value, i + 1, len(p.before) + 1
}

func (r *rereader) name() {
	p := r.dialect.placeholder("name")
	i, name, found := p.find(r.text)
	if !found {
		r.errorAt(1, 1, fmt.Sprintf("the line that names the log is gone; write %q", p.before+"web"+p.behind))
	} else if err := CheckName(name); err != nil {
		r.errorAt(i+1, len(p.before)+1, err.Error())
	}
	r.Name = name
}

func (r *rereader) flags() {
	undo, _, _ := r.value("undo")
	release, _, _ := r.value("release_winnat")
	r.Undo, r.ReleaseWinNAT = undo == flag(true), release == flag(true)
}

func (r *rereader) dynamic() {
	value, line, col := r.value("dynamic")
	if value == "" {
		return
	}
	text, count, _ := strings.Cut(value, " ")
	first, ok1 := number(text)
	ports, ok2 := number(count)
	var ok bool
	if r.Dynamic, ok = block(first, ports); !ok1 || !ok2 || !ok {
		r.errorAt(line, col, fmt.Sprintf("%.60q is not a first port and a number of ports; write %q", value, "49152 16384"))
	}
}

// blocks reads the lines of the blocks, and checks that their end follows.
func (r *rereader) blocks() {
	frame := r.dialect.placeholder("wanted")
	before, behind, _ := strings.Cut(fmt.Sprintf(r.dialect.block, "\n"), "\n")
	i := slices.Index(r.text, frame.above) + 1
	for ; i < len(r.text) && strings.HasPrefix(r.text[i], before) && r.text[i] != frame.behind; i++ {
		r.block(i+1, before, behind)
	}
	if i == len(r.text) || r.text[i] != frame.behind {
		r.errorAt(i+1, 1, fmt.Sprintf("this is no port range of the script; write %s, or %q behind the last", r.example(), frame.behind))
	}
	var entries []ranges.Entry
	for _, c := range r.Blocks {
		entries = append(entries, ranges.Entry{Range: c.Range, Proto: c.Proto})
	}
	r.Ports = ranges.PortsOf(entries...)
}

func (r *rereader) block(line int, before, behind string) {
	entry, whole := strings.CutSuffix(strings.TrimPrefix(r.text[line-1], before), behind)
	span, proto, _ := strings.Cut(entry, "/")
	c := Command{Verb: Add, Family: "ipv4", Line: line, Col: len(before) + 1}
	var err1, err2 error
	c.Range, err1 = ranges.ParseRange(span)
	err2 = c.Proto.UnmarshalText([]byte(proto))
	if !whole || err1 != nil || err2 != nil || c.Proto == ranges.Both {
		r.errorAt(line, c.Col, fmt.Sprintf("%.60q is not a port range of the script; write %s", entry, r.example()))
		return
	}
	r.Blocks = append(r.Blocks, c)
}

func (r *rereader) example() string { return fmt.Sprintf(r.dialect.block, "80-90/tcp") }

// edited compares with what would be written, comments aside.
func (r *rereader) edited() int {
	want := strings.Split(r.fields(r.dialect).Replace(r.dialect.text), "\n")
	comments := r.dialect.placeholder("comments")
	first := slices.Index(want, comments.behind) // where they begin, if there are any
	behind := slices.Index(r.text, comments.behind)
	for i := range want {
		at := i
		if i >= first {
			at += max(behind-first, 0)
		}
		if at >= len(r.text) || r.text[at] != want[i] {
			return min(at, len(r.text)-1) + 1
		}
	}
	for i := first; i < behind; i++ {
		if !r.dialect.isComment(r.text[i]) {
			return i + 1
		}
	}
	if behind := len(want) + max(behind-first, 0); behind < len(r.text) {
		return behind + 1
	}
	return 0
}

// isComment reports whether line is a comment as it is written: inert.
func (d dialect) isComment(line string) bool {
	text, ok := strings.CutPrefix(line, d.comment)
	return ok && (text == "" || text[0] == ' ') && !strings.ContainsFunc(text, func(r rune) bool { return !inert(r) && r != '\\' })
}
