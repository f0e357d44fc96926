package gpo

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"portreg/regfile"
)

// An element of XML.
type element struct {
	name  xml.Name
	attrs []xml.Attr
	text  []byte
	pos   regfile.Pos
	up    *element
	below []*element
}

// attr gives the value of an attribute of Backup.xml.
func (e *element) attr(name string) string {
	for _, a := range e.attrs {
		if a.Name.Local == name && a.Name.Space == schemeSpace {
			return a.Value
		}
	}
	return ""
}

// words gives the text of e, without blanks at its ends.
func (e *element) words() string { return string(bytes.TrimSpace(e.text)) }

// child gives the first element of a name, an empty one in the place of e if there is none.
func (e *element) child(name string) *element {
	for _, b := range e.below {
		if b.name.Local == name {
			return b
		}
	}
	return &element{pos: e.pos}
}

// walk gives the elements below e, in their order.
func (e *element) walk(visit func(*element)) {
	for _, b := range e.below {
		visit(b)
		b.walk(visit)
	}
}

// What XML of a backup may have: GPMC's elements are 5 deep.
const (
	maxDepth    = 32
	maxElements = 100_000
)

// A parser makes elements.
type parser struct {
	src   []byte
	dec   *xml.Decoder
	pos   regfile.Pos // of the token
	root  *element
	open  *element // the innermost
	depth int
	count int
}

// parse reads src, which is called name; the first element is called root, in space. The error is
// a *regfile.Error.
func parse(name string, src []byte, space, root string) (*element, error) {
	p := parser{src: src, pos: regfile.Pos{Line: 1, Col: 1}}
	if bytes.HasPrefix(src, []byte("\ufeff")) {
		p.src = src[3:]
	}
	p.dec = xml.NewDecoder(bytes.NewReader(p.src))
	err := p.run()
	if err == nil && p.root.name != (xml.Name{Space: space, Local: root}) {
		p.pos = p.root.pos
		err = fmt.Errorf("the first element is %.60q of %.80q; it must be %s of %s", p.root.name.Local, p.root.name.Space, root, space)
	}
	if err != nil {
		return nil, &regfile.Error{Name: name, Pos: p.pos, Text: err.Error()}
	}
	return p.root, nil
}

func (p *parser) run() error {
	for {
		p.passTo(p.dec.InputOffset())
		token, err := p.dec.Token()
		var syntax *xml.SyntaxError
		switch {
		case errors.As(err, &syntax):
			p.passTo(p.dec.InputOffset())
			return errors.New(syntax.Msg)
		case err == io.EOF && p.root == nil:
			p.pos = regfile.Pos{Line: 1, Col: 1}
			return errors.New("there is no XML in it")
		case err == io.EOF:
			return nil
		case err == nil:
			err = p.take(token)
		}
		if err != nil {
			return err
		}
	}
}

// passTo moves pos to an offset, which never falls.
func (p *parser) passTo(offset int64) {
	passed := p.src[p.pos.Offset:offset]
	if i := bytes.LastIndexByte(passed, '\n'); i >= 0 {
		p.pos.Line += bytes.Count(passed, []byte("\n"))
		p.pos.Col, passed = 1, passed[i+1:]
	}
	p.pos.Col += utf8.RuneCount(passed)
	p.pos.Offset = offset
}

func (p *parser) take(token xml.Token) error {
	switch token := token.(type) {
	case xml.StartElement:
		return p.start(token)
	case xml.EndElement:
		p.open = p.open.up
		p.depth--
	case xml.CharData:
		if p.open != nil {
			p.open.text = append(p.open.text, token...)
		}
	}
	return nil
}

func (p *parser) start(e xml.StartElement) error {
	if p.depth++; p.depth > maxDepth {
		return fmt.Errorf("elements are nested more than %d deep", maxDepth)
	}
	if p.count++; p.count > maxElements {
		return fmt.Errorf("there are more than %d elements", maxElements)
	}
	next := &element{name: e.Name, attrs: e.Copy().Attr, pos: p.pos, up: p.open}
	switch {
	case p.open != nil:
		p.open.below = append(p.open.below, next)
	case p.root != nil:
		return fmt.Errorf("%.60q stands behind the last element", e.Name.Local)
	default:
		p.root = next
	}
	p.open = next
	return nil
}
