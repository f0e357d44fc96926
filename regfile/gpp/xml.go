package gpp

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"portreg/regfile"
)

// An element is one that matters, or stands where only such may.
type element struct {
	name  string // with its namespace, which those that matter do not have
	attrs []xml.Attr
	list  []string // of Values
	times int      // of the first strange element: how many there are
	pos   regfile.Pos
	up    *element
	below []*element
}

// attr gives the value of an attribute, "" if it is not there.
func (e *element) attr(name string) string {
	for _, a := range e.attrs {
		if a.Name.Space == "" && a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// child gives the first of a name, or nil.
func (e *element) child(name string) *element {
	for _, b := range e.below {
		if b.name == name {
			return b
		}
	}
	return nil
}

// matters tells whether elements of a name matter below e.
func (e *element) matters(name string) bool {
	switch e.name {
	case settings, collection:
		return name == registry || name == collection || name == "Filters"
	case registry:
		return name == "Properties" || name == "Filters"
	case "Properties":
		return name == "Values"
	case "Filters", "FilterCollection":
		return strings.HasPrefix(name, "Filter")
	}
	return false
}

// maxDepth is how deep elements may be nested: with three collections, the
// editor's are 8 deep.
const maxDepth = 64

type parser struct {
	name string
	src  []byte
	dec  *xml.Decoder
	at   int // where the token starts

	seen int // up to here src has pos
	pos  regfile.Pos

	root, open *element
	skipped    int // elements that are open within the innermost that matters
	value      []byte
	strange    *element        // the first one beside items that is none
	namespaces map[string]bool // that are declared
	encoding   string          // that is declared and cannot be
}

// parse reads a Registry.xml. The error is a *regfile.Error.
func parse(name string, src []byte) (*element, error) {
	p := parser{name: name, src: bytes.TrimPrefix(src, mark), pos: regfile.Pos{Line: 1, Col: 1}}
	p.pos.Offset = int64(len(src) - len(p.src))
	p.dec = xml.NewDecoder(bytes.NewReader(p.src))
	p.dec.CharsetReader = p.charset
	for {
		p.at = int(p.dec.InputOffset())
		token, err := p.dec.Token()
		if err == io.EOF && p.root != nil {
			return p.root, nil
		}
		if err == nil {
			err = p.take(token)
		}
		if err != nil {
			return nil, p.error(err)
		}
	}
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
	case xml.ProcInst:
		return p.instruction(token)
	case xml.StartElement:
		if err := p.parted(); err != nil {
			return err
		}
		return p.start(token)
	case xml.EndElement:
		p.end(token.Name)
	case xml.CharData:
		return p.data(token)
	case xml.Directive:
		return p.errorf("a document type declaration is not read; remove it")
	}
	return nil
}

// The decoder takes a declaration anywhere, whatever it says, and needs no blanks.

// raw is the token as it is written.
func (p *parser) raw() []byte { return p.src[p.at:p.dec.InputOffset()] }

const blanks = " \t\r\n"

// declaration is XML 1.0, production 23, between its marks.
var declaration = sync.OnceValue(func() *regexp.Regexp {
	const is = "[ \t\r\n]*=[ \t\r\n]*"
	return regexp.MustCompile(`^xml[ \t\r\n]+version` + is + `('1\.0'|"1\.0")` +
		`([ \t\r\n]+encoding` + is + `('[A-Za-z][\w.-]*'|"[A-Za-z][\w.-]*"))?` +
		`([ \t\r\n]+standalone` + is + `('(yes|no)'|"(yes|no)"))?[ \t\r\n]*$`)
})

func (p *parser) instruction(i xml.ProcInst) error {
	text := bytes.TrimSuffix(bytes.TrimPrefix(p.raw(), []byte("<?")), []byte("?>"))
	rest := text[len(i.Target):]
	switch isXML := strings.EqualFold(i.Target, "xml"); {
	case isXML && p.at > 0:
		return p.errorf("a declaration stands at the very start of a file, and once; remove this")
	case isXML && !declaration().Match(text):
		return p.errorf(`%.60q is no declaration of XML; write <?xml version="1.0" encoding="utf-8"?>`, text)
	case len(rest) > 0 && !strings.ContainsRune(blanks, rune(rest[0])):
		p.at += len("<?") + len(i.Target)
		return p.errorf("a blank is missing")
	}
	return nil
}

// parted checks that blanks part the attributes of a start tag.
func (p *parser) parted() error {
	var quote byte
	closed := false
	for i, c := range p.raw() {
		switch {
		case quote != 0:
			closed = c == quote
			if closed {
				quote = 0
			}
			continue
		case closed && !strings.ContainsRune(blanks+"/>", rune(c)):
			p.at += i
			return p.errorf("a blank is missing")
		case c == '"', c == '\'':
			quote = c
		}
		closed = false
	}
	return nil
}

func (p *parser) start(e xml.StartElement) error {
	if err := p.check(e); err != nil {
		return err
	}
	name := nameOf(e)
	switch {
	case p.open == nil:
		p.root = p.element(e)
		p.open = p.root
	case p.skipped > 0 || !p.open.matters(name):
		p.skip(e)
	default:
		next := p.element(e)
		p.open.below = append(p.open.below, next)
		p.open = next
	}
	return nil
}

func (p *parser) skip(e xml.StartElement) {
	if p.skipped == 0 {
		p.value = p.value[:0]
		p.note(e)
	}
	p.skipped++
}

// note counts what stands beside items and is none.
func (p *parser) note(e xml.StartElement) {
	if p.open.name != settings && p.open.name != collection {
		return
	}
	if p.strange == nil {
		p.strange = p.element(e)
		p.open.below = append(p.open.below, p.strange)
	}
	p.strange.times++
}

func (p *parser) element(e xml.StartElement) *element {
	return &element{name: nameOf(e), attrs: e.Copy().Attr, pos: p.place(p.at), up: p.open}
}

// nameOf gives a name with its namespace, if it has one.
func nameOf(e xml.StartElement) string {
	if e.Name.Space == "" {
		return e.Name.Local
	}
	return e.Name.Space + ":" + e.Name.Local
}

// check refuses what no Registry.xml can have.
func (p *parser) check(e xml.StartElement) error {
	prefix, twice := p.undeclared(e), repeated(e.Attr)
	switch {
	case p.open == nil && p.root != nil:
		return p.errorf("%.40q stands behind </%s>, where a Registry.xml ends", e.Name.Local, p.root.name)
	case p.open == nil && !isRoot(e):
		return p.errorf("this is XML, but no Registry.xml of Group Policy Preferences: its first element is %.60q, not %q, nor a Collection or a Registry with its clsid", nameOf(e), settings)
	case prefix != "":
		return p.errorf("the prefix %.40q is not declared; a Registry.xml has none", prefix)
	case twice != "":
		return p.errorf("the attribute %.40q is there twice in one %.40s", twice, e.Name.Local)
	case p.depth() >= maxDepth:
		return p.errorf("elements are nested more than %d deep", maxDepth)
	}
	return nil
}

func (p *parser) depth() (n int) {
	for e := p.open; e != nil; e = e.up {
		n++
	}
	return n + p.skipped
}

// undeclared gives a prefix that e uses without a namespace, which the decoder leaves
// where the namespace should be.
func (p *parser) undeclared(e xml.StartElement) string {
	if p.namespaces == nil {
		p.namespaces = map[string]bool{"": true, "xmlns": true, "http://www.w3.org/XML/1998/namespace": true}
	}
	names := []xml.Name{e.Name}
	for _, a := range e.Attr {
		names = append(names, a.Name)
		if a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns" {
			p.namespaces[a.Value] = true
		}
	}
	for _, n := range names {
		if !p.namespaces[n.Space] {
			return n.Space
		}
	}
	return ""
}

func repeated(attrs []xml.Attr) string {
	seen := make(map[xml.Name]bool, len(attrs))
	for _, a := range attrs {
		if seen[a.Name] {
			return a.Name.Local
		}
		seen[a.Name] = true
	}
	return ""
}

func (p *parser) end(name xml.Name) {
	if p.skipped == 0 {
		p.open = p.open.up
		return
	}
	p.skipped--
	if p.skipped == 0 && p.open.name == "Values" && name == (xml.Name{Local: "Value"}) {
		p.open.list = append(p.open.list, string(p.value))
	}
}

func (p *parser) data(text []byte) error {
	if p.open == nil && len(bytes.Trim(p.raw(), blanks)) > 0 {
		return p.errorf("%.20q stands outside of the first element", p.raw())
	}
	if p.open != nil && p.open.name == "Values" && p.skipped == 1 {
		p.value = append(p.value, text...)
	}
	return nil
}

// error gives what is wrong with the XML its place.
func (p *parser) error(err error) error {
	var placed *regfile.Error
	if errors.As(err, &placed) {
		return err
	}
	p.at = int(p.dec.InputOffset())
	var syntax *xml.SyntaxError
	switch {
	case p.encoding != "":
		p.at, p.seen, p.pos = 0, 0, regfile.Pos{Line: 1, Col: 1}
		return p.errorf("this file is not UTF-8, but declares %.40q; save it as UTF-8 and declare that", p.encoding)
	case err == io.EOF:
		return p.errorf("the file has no element; a Registry.xml begins with <RegistrySettings>")
	case errors.As(err, &syntax):
		return p.errorf("%s", syntax.Msg)
	}
	return p.errorf("%s", err)
}

func (p *parser) errorf(format string, args ...any) error {
	return &regfile.Error{Name: p.name, Pos: p.place(p.at), Text: fmt.Sprintf(format, args...)}
}

// place gives the place of an offset, which never falls.
func (p *parser) place(at int) regfile.Pos {
	for ; p.seen < min(at, len(p.src)); p.seen++ {
		p.pos.Offset++
		switch c := p.src[p.seen]; {
		case c == '\n', c == '\r' && !bytes.HasPrefix(p.src[p.seen+1:], []byte("\n")):
			p.pos.Line++
			p.pos.Col = 1
		case utf8.RuneStart(c):
			p.pos.Col++
		}
	}
	return p.pos
}

// IsGPP reports whether src, all of a file or its first 64 KiB, is XML whose first
// element is RegistrySettings, or a Collection or Registry with the class of those in a
// Registry.xml. Text is UTF-8 or an encoding that has ASCII.
func IsGPP(src []byte) bool {
	text := bytes.TrimPrefix(src, mark)
	if !bytes.HasPrefix(bytes.TrimLeft(text, " \t\r\n"), []byte("<")) {
		return false
	}
	d := xml.NewDecoder(bytes.NewReader(bytes.ToValidUTF8(text, []byte("?"))))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	for {
		token, err := d.RawToken()
		if err != nil {
			return false
		}
		if start, ok := token.(xml.StartElement); ok {
			return isRoot(start)
		}
	}
}

func isRoot(e xml.StartElement) bool {
	if e.Name.Space != "" {
		return false
	}
	class := ""
	for _, a := range e.Attr {
		if a.Name.Space == "" && a.Name.Local == "clsid" {
			class = a.Value
		}
	}
	return e.Name.Local == settings || class != "" && strings.EqualFold(class, classOf(e.Name.Local))
}

var mark = []byte("\ufeff")
