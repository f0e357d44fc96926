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
	Commands []netsh.Command // in the order of the file, those of each component; Line and Col are those of the command line
	Notes    []Note
}

// Note is about a command line that names excludedportrange and does not count.
type Note struct {
	Line, Col int // counted from 1, Col in characters
	Rule      string
	Text      string
}

// Parse reads an answer file, as Write writes it or anybody else: of all command
// lines that Setup runs in the Windows it installs (Path of RunSynchronousCommand and
// RunAsynchronousCommand, CommandLine of SynchronousCommand and AsynchronousCommand)
// those calls of netsh that [netsh.ParseScript] can read, alone, joined with & and |
// or behind cmd /c. What else they run is passed over. A command line that names
// excludedportrange and holds no such call, nor one that shows it, gets a note, and
// so does one of the pass windowsPE, whose exclusions end with Windows PE.
//
// src is UTF-8, whatever encoding it declares: UTF-16 must be decoded before. name is
// the file's, for the error, a *ranges.Error with its place: src is not well-formed
// XML, or its first element is not unattend.
func Parse(name string, src []byte) (*File, error) {
	p := parser{name: name, src: bytes.TrimPrefix(src, mark)}
	p.dec = decoder(p.src)
	for {
		token, err := p.dec.Token()
		switch {
		case err == io.EOF && p.elements > 0:
			return &p.file, nil
		case err != nil:
			return nil, p.error(err)
		}
		if err := p.take(token); err != nil {
			return nil, err
		}
	}
}

// decoder takes any encoding that may be declared for what is UTF-8 by now.
func decoder(src []byte) *xml.Decoder {
	d := xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(src, mark)))
	d.CharsetReader = func(label string, r io.Reader) (io.Reader, error) {
		if strings.HasPrefix(strings.ToLower(label), "utf-16") {
			return r, nil
		}
		return nil, errors.New("save the file as UTF-8")
	}
	return d
}

type parser struct {
	name     string
	src      []byte
	dec      *xml.Decoder
	elements int      // seen so far
	open     []string // the names of the elements that are open
	pass     string
	text     strings.Builder // of a command line
	at       int             // where it starts
	file     File
}

func (p *parser) take(token xml.Token) error {
	switch token := token.(type) {
	case xml.StartElement:
		return p.start(token)
	case xml.EndElement:
		if p.isCommand() {
			p.command(p.text.String())
		}
		p.open = p.open[:len(p.open)-1]
	case xml.CharData:
		if p.isCommand() {
			p.text.Write(token)
		}
	}
	return nil
}

func (p *parser) start(e xml.StartElement) error {
	if p.elements == 0 && e.Name.Local != root {
		return p.errorf(1, 1, "the first element is %.40q; an answer file begins with <unattend>", e.Name.Local)
	}
	p.elements++
	p.open = append(p.open, e.Name.Local)
	if e.Name.Local == "settings" {
		p.pass = attribute(e, "pass")
	}
	p.text.Reset()
	p.at = int(p.dec.InputOffset())
	return nil
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// isCommand tells whether the innermost open element holds a command line.
func (p *parser) isCommand() bool {
	n := len(p.open)
	if n < 2 {
		return false
	}
	switch p.open[n-2] {
	case "RunSynchronousCommand", "RunAsynchronousCommand":
		return p.open[n-1] == "Path"
	case "SynchronousCommand", "AsynchronousCommand":
		return p.open[n-1] == "CommandLine"
	}
	return false
}

// command reads a command line.
func (p *parser) command(text string) {
	if !strings.Contains(strings.ToLower(text), "netsh") {
		return
	}
	lead := len(text) - len(strings.TrimLeft(text, " \t\r\n"))
	line, col := p.place(p.at + lead)
	cmds, shows := calls(text)
	names := strings.Contains(strings.ToLower(text), "excludedport")
	switch {
	case !names && len(cmds) == 0:
	case p.pass == "windowsPE":
		p.note(line, col, "windows-pe", "pass windowsPE: what is excluded there ends with Windows PE")
	case len(cmds) == 0 && !shows:
		p.note(line, col, "unread-command", "%.60q names excludedportrange, but what it does is not known", strings.TrimSpace(text))
	default:
		for _, c := range cmds {
			c.Line, c.Col = line, col
			p.file.Commands = append(p.file.Commands, c)
		}
	}
}

func (p *parser) note(line, col int, rule, format string, args ...any) {
	p.file.Notes = append(p.file.Notes, Note{line, col, rule, fmt.Sprintf(format, args...)})
}

// calls gives the calls of netsh in a command line that change anything, and whether
// one shows exclusions.
func calls(text string) (cmds []netsh.Command, shows bool) {
	for _, part := range parts(behindCmd(strings.TrimSpace(text))) {
		read, err := netsh.ParseScript("", []byte(withoutRedirection(part)))
		if err == nil {
			cmds = append(cmds, read...)
		}
		shows = shows || strings.Contains(strings.ToLower(part), " show ")
	}
	return cmds, shows
}

// behindCmd gives what cmd.exe is to run: what stands behind its /c, without the
// quotes around it.
func behindCmd(text string) string {
	program, rest, _ := strings.Cut(text, " ")
	program = strings.ToLower(strings.Trim(program, `"`))
	program = program[strings.LastIndexAny(program, `\/`)+1:]
	if program != "cmd" && program != "cmd.exe" && program != "%comspec%" {
		return text
	}
	for {
		word, behind, _ := strings.Cut(strings.TrimLeft(rest, " \t"), " ")
		switch {
		case strings.EqualFold(word, "/c") || strings.EqualFold(word, "/k"):
			return unquote(strings.TrimSpace(behind))
		case !strings.HasPrefix(word, "/"):
			return text
		}
		rest = behind
	}
}

func unquote(text string) string {
	if inner, ok := strings.CutPrefix(text, `"`); ok {
		if end := strings.LastIndexByte(inner, '"'); end >= 0 {
			return inner[:end] + inner[end+1:]
		}
	}
	return text
}

// parts splits a line where cmd.exe ends a command: at & | ( and ) outside quotes.
func parts(line string) []string {
	quoted := false
	return strings.FieldsFunc(line, func(r rune) bool {
		quoted = quoted != (r == '"')
		return !quoted && strings.ContainsRune("&|()\r\n", r)
	})
}

// withoutRedirection gives a command without what stands behind it from > or 2> on.
func withoutRedirection(part string) string {
	command, _, redirected := strings.Cut(part, ">")
	if redirected && (strings.HasSuffix(command, " 1") || strings.HasSuffix(command, " 2")) {
		return command[:len(command)-1]
	}
	return command
}

// error gives what is wrong with the XML its place.
func (p *parser) error(err error) error {
	line, col := p.place(int(p.dec.InputOffset()))
	msg := err.Error()
	var syntax *xml.SyntaxError
	switch {
	case err == io.EOF:
		msg = "the file has no element; an answer file begins with <unattend>"
	case errors.As(err, &syntax):
		msg = syntax.Msg
	}
	return p.errorf(line, col, "%s", msg)
}

func (p *parser) errorf(line, col int, format string, args ...any) error {
	return &ranges.Error{Name: p.name, Line: line, Col: col, Msg: fmt.Sprintf(format, args...)}
}

// place gives line and column of an offset.
func (p *parser) place(at int) (line, col int) {
	before := p.src[:min(at, len(p.src))]
	start := bytes.LastIndexByte(before, '\n') + 1
	return bytes.Count(before, []byte("\n")) + 1, utf8.RuneCount(before[start:]) + 1
}
