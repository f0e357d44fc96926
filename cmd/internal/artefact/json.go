package artefact

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"portreg/ranges"
)

// document is what a file of the format json holds.
type document struct {
	TCP     []ranges.Range `json:"tcp"`
	UDP     []ranges.Range `json:"udp"`
	Dynamic *ranges.Range  `json:"dynamic,omitempty"`
}

func writeJSON(w io.Writer, j *Job) error {
	d := document{TCP: RangesOf(j.Ports.TCP), UDP: RangesOf(j.Ports.UDP)}
	if j.Dynamic.IsValid() {
		d.Dynamic = &j.Dynamic
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(d)
}

// RangesOf gives the ranges of s as JSON wants them: an empty set gives an empty
// list, not nil.
func RangesOf(s ranges.Set) []ranges.Range {
	return slices.AppendSeq(make([]ranges.Range, 0, s.Ranges()), s.All())
}

// isJSON takes whatever begins as a JSON object or list does, as no range list does.
func isJSON(head []byte) bool {
	text := bytes.TrimLeft(bytes.TrimPrefix(head, utf8Mark), blanks)
	list, ok := bytes.CutPrefix(text, []byte("["))
	list = bytes.TrimLeft(list, blanks)
	return bytes.HasPrefix(text, []byte("{")) || ok && len(list) > 0 && bytes.IndexByte([]byte(`{]"`), list[0]) >= 0
}

const blanks = " \t\r\n"

var utf8Mark = []byte("\uFEFF")

func readJSON(c *Content, in input) error {
	text, err := in.text()
	if err != nil {
		return err
	}
	text = bytes.TrimPrefix(text, utf8Mark)
	p := jsonReader{name: in.name, src: text, dec: json.NewDecoder(bytes.NewReader(text)), content: c}
	if err := p.document(); err != nil {
		return err
	}
	if p.wrong != nil {
		return p.wrong
	}
	c.Ports = portsOf(c.Entries)
	return nil
}

// A jsonReader walks the tokens, so that whatever is wrong has a place.
type jsonReader struct {
	name    string
	src     []byte
	dec     *json.Decoder
	content *Content
	wrong   ranges.Errors

	line, lineStart int // line endings before lineStart
}

// next gives the next token and where it starts.
func (p *jsonReader) next() (json.Token, int, error) {
	at := int(p.dec.InputOffset())
	at = len(p.src) - len(bytes.TrimLeft(p.src[at:], blanks+",:"))
	token, err := p.dec.Token()
	if err == nil {
		return token, at, nil
	}
	if syntax, ok := err.(*json.SyntaxError); ok {
		return nil, at, p.errorAt(at, "%v", syntax)
	}
	return nil, at, p.errorAt(len(p.src), "the JSON ends too early")
}

// delim takes the token that must come next.
func (p *jsonReader) delim(want json.Delim, what string) error {
	token, at, err := p.next()
	switch {
	case err != nil:
		return err
	case want == '{' && token == json.Delim('['):
		return p.errorAt(at, "%s expected; a list is what portreg show -f json prints, give the file that it was made from, or JSON for samba-tool, whose first object has a keyname", what)
	case token != want:
		return p.errorAt(at, "%s expected", what)
	}
	return nil
}

func (p *jsonReader) document() error {
	if err := p.delim('{', `an object such as {"tcp": ["80"]}`); err != nil {
		return err
	}
	seen := map[json.Token]bool{}
	for p.dec.More() {
		key, at, err := p.next()
		if err != nil {
			return err
		}
		if seen[key] {
			return p.errorAt(at, "%q is there twice", key)
		}
		seen[key] = true
		if err := p.member(key, at); err != nil {
			return err
		}
	}
	if _, _, err := p.next(); err != nil {
		return err
	}
	at := int(p.dec.InputOffset())
	if rest := bytes.TrimLeft(p.src[at:], blanks); len(rest) > 0 {
		return p.errorAt(len(p.src)-len(rest), "more than one JSON value")
	}
	return nil
}

func (p *jsonReader) member(key json.Token, at int) error {
	switch key {
	case "tcp":
		return p.list(ranges.TCP)
	case "udp":
		return p.list(ranges.UDP)
	case "dynamic":
		r, _, err := p.portRange()
		p.content.Dynamic = append(p.content.Dynamic, Dynamic{Range: r, Proto: ranges.Both})
		return err
	}
	return p.errorAt(at, "%q is not one of tcp, udp, dynamic", key)
}

func (p *jsonReader) list(proto ranges.Proto) error {
	if err := p.delim('[', `a list such as ["80", "443-445"]`); err != nil {
		return err
	}
	for p.dec.More() {
		r, at, err := p.portRange()
		if err != nil {
			return err
		}
		line, col := p.place(at)
		p.content.Entries = append(p.content.Entries, Entry{Entry: ranges.Entry{Range: r, Proto: proto, Line: line, Col: col}})
	}
	_, _, err := p.next()
	return err
}

// portRange reads a string. One that is no port range is noted, to go on.
func (p *jsonReader) portRange() (ranges.Range, int, error) {
	token, at, err := p.next()
	if err != nil {
		return ranges.Range{}, at, err
	}
	text, ok := token.(string)
	if !ok {
		return ranges.Range{}, at, p.errorAt(at, `a string such as "80" or "443-445" expected`)
	}
	r, err := ranges.ParseRange(text)
	if err != nil {
		p.wrong = append(p.wrong, p.errorAt(at, "%v", err))
	}
	return r, at, nil
}

func (p *jsonReader) errorAt(at int, format string, args ...any) *ranges.Error {
	line, col := p.place(at)
	return &ranges.Error{Name: p.name, Line: line, Col: col, Msg: fmt.Sprintf(format, args...)}
}

// place gives the line and column of an offset, which mostly grows.
func (p *jsonReader) place(at int) (line, col int) {
	if at < p.lineStart {
		p.line, p.lineStart = 0, 0
	}
	at = min(at, len(p.src))
	before := p.src[p.lineStart:at]
	if n := bytes.Count(before, []byte("\n")); n > 0 {
		p.line += n
		p.lineStart += bytes.LastIndexByte(before, '\n') + 1
	}
	return p.line + 1, 1 + utf8.RuneCount(p.src[p.lineStart:at])
}
