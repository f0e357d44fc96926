package netsh

import (
	"bytes"
	"strings"

	"portreg/ranges"
)

// IsScript reports whether src is a script of netsh commands: a line of it runs
// netsh, or its first line that is not blank is a comment of cmd.exe or
// @echo off. Neither occurs in a valid range list. A capture, which may begin
// with the command that printed it, is not a script, nor is what WriteCmd writes.
func IsScript(src []byte) bool {
	s := newSource("", src)
	for first := true; s.next(); {
		// Splitting each line of a long list into words would take its time.
		if !first && !bytes.ContainsAny(s.line, "nN") {
			continue
		}
		words := tokens(s.line)
		if len(words) == 0 {
			continue
		}
		if isNetsh(words[0]) || first && (isComment(words) || isEchoOff(words)) {
			return !IsCapture(src) && !IsCmd(src)
		}
		first = false
	}
	return false
}

// ParseScript reads commands as Write writes them and as they are found in the
// field: netsh as netsh.exe or by its path, quoted or not, with @ before it;
// interface shortened down to int, delete to del, the object to two letters, an
// argument's name to three; ip for ipv4; arguments by position, by name, or by
// position and then by name. Upper and lower case are the same. Blank lines,
// comments (rem and ::) and @echo off are passed over, but not a comment that
// cmd.exe would go on from to run something.
//
// All that is not understood is an error with a place: other commands, since what
// they do is not known, and arguments out of range. name is the file's, for the
// errors. The error is a ranges.Errors with all that is wrong in src; there are
// no commands then. The order is that of the lines.
func ParseScript(name string, src []byte) ([]Command, error) {
	p := scriptParser{source: newSource(name, src)}
	for p.next() {
		if words := tokens(p.line); len(words) > 0 {
			p.statement(words)
		}
	}
	if err := p.err(); err != nil {
		return nil, err
	}
	return p.cmds, nil
}

type scriptParser struct {
	source
	cmds []Command
}

type token struct {
	text   string
	at     int  // byte offset in the line
	active bool // has & | < > or ^ outside quotes
}

// maxWords is one more than a command has.
const maxWords = 5 + arguments + 1

// tokens splits a line at blanks outside quotes, without the @ that keeps
// cmd.exe from echoing the line. The last of maxWords is the rest of the line.
func tokens(line []byte) []token {
	var words []token
	line = bytes.TrimRight(line, blanks)
	i := len(line) - len(bytes.TrimLeft(line, blanks+"@"))
	for i < len(line) {
		w := token{at: i}
		rest := len(words) == maxWords-1
		for quoted := false; i < len(line) && (rest || quoted || !isBlank(line[i])); i++ {
			quoted = quoted != (line[i] == '"')
			w.active = w.active || !quoted && strings.IndexByte("&|<>^", line[i]) >= 0
		}
		w.text = string(line[w.at:i])
		words = append(words, w)
		for i < len(line) && isBlank(line[i]) {
			i++
		}
	}
	return words
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

func isEchoOff(words []token) bool {
	return len(words) == 2 && short(words[0].text, "echo", 4) && short(words[1].text, "off", 3)
}

func isComment(words []token) bool {
	return short(words[0].text, "rem", 3) || strings.HasPrefix(words[0].text, "::")
}

// goesOn reports whether cmd.exe does more on a comment than pass it over. It
// reads the first word behind rem as it would any command's, so & | < > there run
// what follows and ^ may join the next line; behind :: only ^ at the end counts.
// (stackoverflow 4095133, "How does the Windows Command Interpreter (CMD.EXE)
// parse scripts?", phase 2.)
func goesOn(words []token) bool {
	if strings.HasPrefix(words[0].text, "::") {
		return strings.HasSuffix(words[len(words)-1].text, "^")
	}
	return len(words) > 1 && words[1].active
}

// isNetsh reports whether w, with or without quotes and path, is netsh.
func isNetsh(w token) bool {
	path := w.text
	if len(path) > 1 && path[0] == '"' && path[len(path)-1] == '"' {
		path = path[1 : len(path)-1]
	}
	base := path[strings.LastIndexAny(path, `\/`)+1:]
	return !w.active && (short(base, "netsh", 5) || short(base, "netsh.exe", 9))
}

// short reports whether word is full cut down to no less than least letters, in
// any case: netsh takes words and names that way.
func short(word, full string, least int) bool {
	return least <= len(word) && len(word) <= len(full) && strings.EqualFold(word, full[:len(word)])
}

func (p *scriptParser) statement(words []token) {
	at := words[0].at
	switch {
	case isEchoOff(words):
	case isComment(words):
		if goesOn(words) {
			p.errorf(at, "%.60q is not only a comment: cmd.exe goes on behind & | < > and ^ here", p.line[at:])
		}
	case isNetsh(words[0]):
		p.command(words)
	default:
		p.errorf(at, "%.60q is not a netsh command; write %s", p.line[at:], example(Add))
	}
}

func (p *scriptParser) command(words []token) {
	c := Command{Line: p.num, Col: p.col(words[0].at)}
	if p.context(&c, words) && p.arguments(&c, words[5:]) {
		p.cmds = append(p.cmds, c)
	}
}

// example shows the right form of a command.
func example(v Verb) Command {
	c := Command{Verb: v, Family: "ipv4", Proto: ranges.TCP, Range: ranges.Range{First: 80, Last: 90}}
	if v == Set {
		c.Dynamic, c.Range = true, ranges.Range{First: 49152, Last: 65535}
	}
	return c
}

// context reads the four words behind netsh.
func (p *scriptParser) context(c *Command, words []token) bool {
	word := func(i int) string {
		if i < len(words) {
			return words[i].text
		}
		return ""
	}
	wrong := func(i int, want string) bool {
		if i < len(words) {
			p.errorf(words[i].at, "%.60q is not %s; write %s", words[i].text, want, example(max(c.Verb, Add)))
		} else {
			p.errorf(len(p.line), "the line ends before %s; write %s", want, example(max(c.Verb, Add)))
		}
		return false
	}
	if !short(word(1), "interface", 3) {
		return wrong(1, "int")
	}
	if c.Family = family(word(2)); c.Family == "" {
		return wrong(2, "ipv4 or ipv6")
	}
	if c.Verb = verb(word(3)); c.Verb == 0 {
		return wrong(3, "add, delete or set")
	}
	object := "excludedportrange"
	if c.Verb == Set {
		c.Dynamic, object = true, "dynamicportrange"
	}
	return short(word(4), object, 2) || wrong(4, object)
}

func family(word string) string {
	switch {
	case short(word, "ipv4", 4), short(word, "ip", 2):
		return "ipv4"
	case short(word, "ipv6", 4):
		return "ipv6"
	}
	return ""
}

func verb(word string) Verb {
	switch {
	case short(word, "add", 3):
		return Add
	case short(word, "delete", 3):
		return Delete
	case short(word, "set", 3):
		return Set
	}
	return 0
}

// The arguments in the order of their positions.
const (
	protocol = iota
	startPort
	numberOfPorts
	store
	arguments
)

func argumentName(i int) string {
	return [arguments]string{"protocol", "startport", "numberofports", "store"}[i]
}

// given is what the arguments of one command say so far.
type given struct {
	slots        [arguments]bool
	named        bool // an argument had its name
	first, count int
	counted      token // the number of ports
}

// arguments reads what is behind the object, and says all that is wrong in it.
func (p *scriptParser) arguments(c *Command, words []token) bool {
	before := p.found
	var g given
	for i, w := range words {
		if slot, value := p.slot(c, &g, i, w); slot >= 0 {
			p.take(c, &g, slot, value)
		}
	}
	if p.found == before {
		p.complete(c, &g)
	}
	return p.found == before
}

// slot finds out which argument w is, the i-th behind the object; -1 for none.
func (p *scriptParser) slot(c *Command, g *given, i int, w token) (slot int, value token) {
	value = w
	if tag, text, ok := strings.Cut(w.text, "="); ok {
		g.named = true
		i = argument(tag)
		value = token{text: text, at: w.at + len(tag) + 1}
	} else if g.named {
		p.errorf(w.at, "%.60q has no name but stands behind a named argument; write %s", w.text, example(c.Verb))
		return -1, token{}
	}
	switch {
	case i < 0 || i >= arguments:
		p.errorf(w.at, "%.60q is not an argument of this command; write %s", w.text, example(c.Verb))
		return -1, token{}
	case g.slots[i]:
		p.errorf(w.at, "%.60q gives %s a second time", w.text, argumentName(i))
		return -1, token{}
	}
	g.slots[i] = true
	return i, value
}

// take reads the value of an argument.
func (p *scriptParser) take(c *Command, g *given, slot int, value token) {
	switch slot {
	case protocol:
		c.Proto = p.proto(value)
	case startPort:
		g.first = p.number(value, "a port")
	case numberOfPorts:
		g.count, g.counted = p.number(value, "a number of ports"), value
	case store:
		c.Active = p.active(value)
	}
}

// complete makes the range of arguments that are right one by one.
func (p *scriptParser) complete(c *Command, g *given) {
	for i, ok := range g.slots[:store] {
		if !ok {
			p.errorf(len(p.line), "%s is missing; write %s", argumentName(i), example(c.Verb))
			return
		}
	}
	var ok bool
	if c.Range, ok = block(g.first, g.count); !ok {
		p.errorf(g.counted.at, "%d ports from %d on end at %d; the last port is 65535", g.count, g.first, g.first+g.count-1)
	}
}

// argument gives the position of the argument that tag names, -1 for none.
func argument(tag string) int {
	for i := range arguments {
		if short(tag, argumentName(i), 3) {
			return i
		}
	}
	return -1
}

func (p *scriptParser) proto(t token) ranges.Proto {
	switch {
	case short(t.text, "tcp", 3):
		return ranges.TCP
	case short(t.text, "udp", 3):
		return ranges.UDP
	}
	p.errorf(t.at, "%.60q is not a protocol; write tcp or udp", t.text)
	return 0
}

// number reads a number without leading zeros: whether netsh takes those for
// octal is not documented.
func (p *scriptParser) number(t token, what string) int {
	n, ok := number(t.text)
	if !ok || t.text[0] == '0' {
		p.errorf(t.at, "%.60q is not %s; write 1 to 65535", t.text, what)
	}
	return n
}

func (p *scriptParser) active(t token) bool {
	active := short(t.text, "active", 6)
	if !active && !short(t.text, "persistent", 10) {
		p.errorf(t.at, "%.60q is not a store; write persistent or active", t.text)
	}
	return active
}
