package unattend

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"portreg/ranges"
	"portreg/ranges/netsh"
)

// File is what an answer file does to excluded port ranges.
type File struct {
	Commands []netsh.Command // what counts, for each architecture in the order in which Setup runs it; Line and Col are those of the command line
	Notes    []Note          // in the order of the places
}

// Note says why commands do not count, or what else is wrong with them.
type Note struct {
	Line, Col int // counted from 1, Col in characters
	Rule      string
	Text      string
	Dropped   bool // Setup does not carry out what it is about
}

// Parse reads an answer file, as Write writes it or anybody else, for what Setup does
// to the Windows it installs: of the command lines that it runs there, those calls of
// netsh that [netsh.ParseScript] can read, alone, joined with & and | or behind
// cmd /c. The package comment says what counts; each command about port ranges that
// does not has a note. What else commands run is passed over.
//
// src is UTF-8, or was UTF-16 and is decoded. name is the file's, for the error, a
// *ranges.Error with its place: src is not well-formed XML with namespaces, declares
// another encoding, or its first element is not unattend.
func Parse(name string, src []byte) (*File, error) {
	p := parser{name: name, src: bytes.TrimPrefix(src, mark), line: 1, col: 1}
	p.dec = xml.NewDecoder(bytes.NewReader(p.src))
	p.dec.CharsetReader = p.charset
	for {
		p.at = int(p.dec.InputOffset())
		token, err := p.dec.Token()
		if err == io.EOF && p.begun {
			return p.judge(), nil
		}
		if err == nil {
			err = p.take(token)
		}
		if err != nil {
			return nil, p.error(err)
		}
	}
}

type parser struct {
	name string
	src  []byte
	dec  *xml.Decoder
	at   int // where the token starts

	seen      int // up to here src has line and col
	line, col int

	begun    bool            // the first element was there
	open     *element        // the innermost
	text     strings.Builder // of that
	declared map[string]bool // namespaces
	encoding string          // that is declared and cannot be

	components components
	commands   []*command
}

// An element that is open or leads to a command.
type element struct {
	name      xml.Name
	attrs     []xml.Attr
	parent    *element
	line, col int    // of its tag, or of its text if it has any
	text      string // of a child of a command
	command   *command
}

// attr gives the value of an attribute, of any namespace.
func (e *element) attr(name string) string {
	for _, a := range e.attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// A command is an element that holds a command line, as RunSynchronousCommand.
type command struct {
	*element
	setting  *setting
	children map[string]*element // by name
	twice    *element            // a second child of a name
	order    int                 // 0 if there is none that is right
}

// charset takes UTF-16 for what is UTF-8 by now.
func (p *parser) charset(label string, r io.Reader) (io.Reader, error) {
	if !strings.HasPrefix(strings.ToLower(label), "utf-16") {
		p.encoding = label
		return nil, errors.New("not UTF-8")
	}
	return r, nil
}

func (p *parser) take(token xml.Token) error {
	switch token := token.(type) {
	case xml.StartElement:
		return p.start(token.Copy())
	case xml.EndElement:
		p.end()
	case xml.CharData:
		return p.data(token)
	}
	return nil
}

func (p *parser) start(e xml.StartElement) error {
	line, col := p.place(p.at)
	switch {
	case p.open == nil && p.begun:
		return p.errorf(line, col, "%.40q stands behind </unattend>, where an answer file ends", e.Name.Local)
	case p.open == nil && e.Name.Local != root:
		return p.errorf(line, col, "this is XML, but no answer file: its first element is %.40q, not %q", e.Name.Local, root)
	}
	p.begun = true
	if prefix := p.undeclared(e); prefix != "" {
		return p.errorf(line, col, "the prefix %.40q is not declared; declare it on the component, as xmlns:wcm=%q", prefix, wcm)
	}
	p.push(&element{name: e.Name, attrs: e.Attr, parent: p.open, line: line, col: col})
	return nil
}

func (p *parser) push(e *element) {
	p.open = e
	p.text.Reset()
	if s := settingOf(e.name.Local); s != nil {
		e.command = &command{element: e, setting: s, children: map[string]*element{}}
		p.commands = append(p.commands, e.command)
	}
	if e.name.Local == "component" {
		p.components.add(e)
	}
}

func (p *parser) end() {
	e := p.open
	p.open = e.parent
	if p.open == nil || p.open.command == nil {
		return
	}
	e.text = strings.TrimSpace(p.text.String())
	c := p.open.command
	if c.children[e.name.Local] != nil {
		c.twice = e
	}
	c.children[e.name.Local] = e
}

func (p *parser) data(text []byte) error {
	rest := bytes.TrimLeft(p.src[p.at:], " \t\r\n")
	blank := len(bytes.TrimLeft(text, " \t\r\n")) == 0
	switch {
	case p.open == nil && !blank:
		line, col := p.place(len(p.src) - len(rest))
		return p.errorf(line, col, "%.20q stands outside of <unattend>; an answer file has nothing there", bytes.TrimSpace(text))
	case p.open == nil || p.open.parent == nil || p.open.parent.command == nil:
		return nil
	case !blank && len(bytes.TrimSpace([]byte(p.text.String()))) == 0:
		p.open.line, p.open.col = p.place(len(p.src) - len(rest))
	}
	p.text.Write(text)
	return nil
}

// undeclared gives a prefix that e uses without a namespace, which the decoder leaves
// where the namespace should be.
func (p *parser) undeclared(e xml.StartElement) string {
	if p.declared == nil {
		p.declared = map[string]bool{"": true, "xmlns": true, "http://www.w3.org/XML/1998/namespace": true}
	}
	names := []xml.Name{e.Name}
	for _, a := range e.Attr {
		names = append(names, a.Name)
		if a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns" {
			p.declared[a.Value] = true
		}
	}
	for _, n := range names {
		if !p.declared[n.Space] {
			return n.Space
		}
	}
	return ""
}

// error gives what is wrong with the XML its place.
func (p *parser) error(err error) error {
	var placed *ranges.Error
	if errors.As(err, &placed) {
		return err
	}
	line, col := p.place(int(p.dec.InputOffset()))
	var syntax *xml.SyntaxError
	switch {
	case p.encoding != "":
		return p.errorf(1, 1, "this answer file is not UTF-8, but declares %.40q; save it as UTF-8 and declare that", p.encoding)
	case err == io.EOF:
		return p.errorf(line, col, "the file has no element; an answer file begins with <unattend>")
	case errors.As(err, &syntax):
		return p.errorf(line, col, "%s", syntax.Msg)
	}
	return p.errorf(line, col, "%s", err)
}

func (p *parser) errorf(line, col int, format string, args ...any) error {
	return &ranges.Error{Name: p.name, Line: line, Col: col, Msg: fmt.Sprintf(format, args...)}
}

// place gives line and column of an offset, which never falls.
func (p *parser) place(at int) (line, col int) {
	between := p.src[p.seen:max(p.seen, min(at, len(p.src)))]
	p.seen += len(between)
	if n := bytes.Count(between, []byte("\n")); n > 0 {
		p.line += n
		p.col = 1
		between = between[bytes.LastIndexByte(between, '\n')+1:]
	}
	p.col += utf8.RuneCount(between)
	return p.line, p.col
}
