package samba

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"portreg/regfile"
	"portreg/regfile/pol"
)

// Decode reads JSON for samba-tool gpo in UTF-8; name is for messages. It gives what the
// Registry.pol does that gpo load makes of it in an empty Group Policy object. An object
// of class BOTH is two records, for the machine first. The position of an operation
// is that of its object. The error is a *[regfile.Error]: samba-tool loads nothing of a
// file of which it cannot take all, and stops at a byte order mark, at what is not UTF-8
// and at text with half a surrogate pair.
func Decode(name string, src []byte) ([]regfile.Op, []regfile.Note, error) {
	if why := encodingFault(src); why != "" {
		return nil, nil, &regfile.Error{Name: name, Pos: regfile.Pos{Line: 1, Col: 1}, Text: why + ", at which samba-tool stops; save it as UTF-8 without a mark"}
	}
	r := reader{src: src, dec: json.NewDecoder(bytes.NewReader(src)), seen: map[record]int{}}
	r.dec.UseNumber()
	r.at = regfile.Pos{Line: 1, Col: 1}
	if err := r.list(); err != nil {
		err.Name = name
		return nil, nil, err
	}
	p := pol.Policy{Notes: r.notes}
	for _, i := range r.records {
		p.Add(i)
	}
	return p.Ops, p.Notes, nil
}

func encodingFault(src []byte) string {
	switch {
	case bytes.HasPrefix(src, byteOrderMark):
		return "the JSON begins with a byte order mark"
	case bytes.HasPrefix(src, []byte{0xff, 0xfe}), bytes.HasPrefix(src, []byte{0xfe, 0xff}):
		return "the JSON is UTF-16"
	case !utf8.Valid(src):
		return "the JSON is not UTF-8"
	}
	return ""
}

// reader walks the tokens, so that whatever is wrong has a place.
type reader struct {
	src     []byte
	dec     *json.Decoder
	records []pol.Record
	notes   []regfile.Note
	seen    map[record]int // 1 + index in records
	at      regfile.Pos    // of the token before
	half    *regfile.Error // about the first token with half a surrogate pair since it was nil
}

// record is what names a record of a Registry.pol; Samba compares it as it is written.
type record struct {
	user      bool
	key, name string
}

func (r *reader) list() *regfile.Error {
	if err := r.delim('[', "a list of objects"); err != nil {
		return err
	}
	for r.dec.More() {
		if err := r.object(); err != nil {
			return err
		}
	}
	if _, _, err := r.next(); err != nil {
		return err
	}
	rest := bytes.TrimLeft(r.src[r.dec.InputOffset():], blanks)
	if r.move(len(r.src) - len(rest)); len(rest) > 0 {
		return errorAt(r.at, "more than one JSON value")
	}
	return nil
}

const blanks = " \t\r\n"

// next gives the next token and where it starts.
func (r *reader) next() (json.Token, regfile.Pos, *regfile.Error) {
	rest := bytes.TrimLeft(r.src[r.dec.InputOffset():], blanks+",:")
	r.move(len(r.src) - len(rest))
	token, err := r.dec.Token()
	if err == nil {
		if r.half == nil && holdsHalf(r.src[r.at.Offset:r.dec.InputOffset()]) {
			r.half = errorAt(r.at, "half of a surrogate pair is no character, and samba-tool cannot write it")
		}
		return token, r.at, nil
	}
	if syntax, ok := err.(*json.SyntaxError); ok {
		return nil, r.at, errorAt(r.at, "%v", syntax)
	}
	r.move(len(r.src))
	return nil, r.at, errorAt(r.at, "the JSON ends too early")
}

// holdsHalf tells whether a token of JSON has an escape of half a surrogate pair.
func holdsHalf(token []byte) bool {
	high := false // an escape of a first half stands just before
	for len(token) > 0 {
		unit, size := escape(token)
		low := 0xdc00 <= unit && unit < 0xe000
		if high != low {
			return true
		}
		high = 0xd800 <= unit && unit < 0xdc00
		token = token[size:]
	}
	return high
}

// escape reads the unit of UTF-16 that an escape stands for, and gives the size of the
// escape; of any other byte and escape the unit is 0.
func escape(token []byte) (unit uint64, size int) {
	switch {
	case token[0] != '\\' || len(token) < 2:
		return 0, 1
	case token[1] != 'u' || len(token) < 6:
		return 0, 2
	}
	unit, _ = strconv.ParseUint(string(token[2:6]), 16, 16)
	return unit, 6
}

// move goes on to an offset.
func (r *reader) move(to int) {
	passed := r.src[r.at.Offset:to]
	if n := bytes.Count(passed, []byte("\n")); n > 0 {
		r.at.Line, r.at.Col = r.at.Line+n, 1
		passed = passed[bytes.LastIndexByte(passed, '\n')+1:]
	}
	r.at.Col += utf8.RuneCount(passed)
	r.at.Offset = int64(to)
}

func (r *reader) delim(want json.Delim, what string) *regfile.Error {
	token, at, err := r.next()
	if err == nil && token != want {
		return errorAt(at, "%s must stand here", what)
	}
	return err
}

// member is one of an object.
type member struct {
	value any
	at    regfile.Pos
}

// object reads an object and takes it for what gpo load does with it.
func (r *reader) object() *regfile.Error {
	if err := r.delim('{', "an object with keyname, valuename, class, type and data"); err != nil {
		return err
	}
	at := r.at
	members := map[string]member{}
	for r.dec.More() {
		if err := r.member(members); err != nil {
			return err
		}
	}
	if _, _, err := r.next(); err != nil {
		return err
	}
	for _, name := range memberNames[:3] {
		if _, ok := members[name].value.(string); !ok {
			return needs(members, at, name, "a string")
		}
	}
	_, hasType := members["type"]
	_, hasData := members["data"]
	if !hasType && !hasData {
		r.addNote(at, "samba-remove", "the object has no type and no data, so that it is for samba-tool gpo remove, which takes it out of the policy and changes no machine")
		return nil
	}
	return r.load(members, at)
}

var memberNames = [...]string{"keyname", "valuename", "class", "type", "data"}

// needs says what a member must be.
func needs(members map[string]member, at regfile.Pos, name, what string) *regfile.Error {
	if m, ok := members[name]; ok {
		return errorAt(m.at, "%s must be %s", name, what)
	}
	return errorAt(at, "the object has no %s; it must be %s", name, what)
}

func (r *reader) member(members map[string]member) *regfile.Error {
	token, at, err := r.next()
	if err != nil {
		return err
	}
	name, _ := token.(string)
	known := false
	for _, have := range memberNames {
		known = known || name == have
	}
	if _, twice := members[name]; twice {
		r.addNote(at, "samba-member", "%s is there twice; the last one counts", quote(name))
	}
	if !known {
		r.addNote(at, "samba-member", "%s is not one of keyname, valuename, class, type, data; samba-tool passes over it", quote(name))
	}
	r.half = nil
	value, at, err := r.value()
	if !known || err != nil {
		return err
	}
	members[name] = member{value, at}
	return r.half
}

// value reads a value: nil if it is neither a string, nor a number, nor a list of them.
func (r *reader) value() (any, regfile.Pos, *regfile.Error) {
	token, at, err := r.next()
	if err != nil {
		return nil, at, err
	}
	delim, ok := token.(json.Delim)
	if !ok {
		return token, at, nil
	}
	list, flat := []any{}, delim == '['
	for depth := 1; depth > 0; {
		token, _, err := r.next()
		if err != nil {
			return nil, at, err
		}
		switch token {
		case json.Delim('['), json.Delim('{'):
			depth, flat = depth+1, false
		case json.Delim(']'), json.Delim('}'):
			depth--
		default:
			list = append(list, token)
		}
	}
	if !flat {
		return nil, at, nil
	}
	return list, at, nil
}

// load does what gpo load does.
func (r *reader) load(members map[string]member, at regfile.Pos) *regfile.Error {
	t, ok := typeOf(members["type"].value)
	if !ok {
		return needs(members, at, "type", "REG_MULTI_SZ, REG_SZ, REG_EXPAND_SZ, REG_DWORD, REG_DWORD_BIG_ENDIAN, REG_QWORD or REG_BINARY")
	}
	i := pol.Record{
		Key:  members["keyname"].value.(string),
		Name: members["valuename"].value.(string),
		Data: regfile.Data{Type: t},
		Pos:  at,
	}
	class := members["class"]
	machine, user := classOf(class.value.(string))
	if !machine && !user {
		r.addNote(class.at, "samba-class", "%s is not MACHINE, USER or BOTH; samba-tool passes over the object", quote(class.value.(string)))
	}
	for _, u := range []bool{false, true} {
		if i.User = u; u && user || !u && machine {
			if err := r.merge(i, members, at); err != nil {
				return err
			}
		}
	}
	return nil
}

// merge changes the data of a record that is there already, which keeps its type.
func (r *reader) merge(i pol.Record, members map[string]member, at regfile.Pos) *regfile.Error {
	n := r.seen[record{i.User, i.Key, i.Name}]
	if n > 0 {
		i.Data.Type = r.records[n-1].Data.Type
	}
	f, _ := formOf(i.Data.Type)
	var ok bool
	if i.Data.Bytes, ok = f.read(members["data"].value); !ok {
		return needs(members, at, "data", f.want+", as the type is "+f.name)
	}
	if n > 0 {
		r.records[n-1] = i
		return nil
	}
	r.records = append(r.records, i)
	r.seen[record{i.User, i.Key, i.Name}] = len(r.records)
	return nil
}

// typeOf reads a type that has a form.
func typeOf(v any) (regfile.Type, bool) {
	for _, f := range forms {
		name, isName := v.(string)
		number, isNumber := v.(json.Number)
		if isName && strings.EqualFold(name, f.name) || isNumber && string(number) == strconv.Itoa(int(f.typ)) {
			return f.typ, true
		}
	}
	return 0, false
}

func classOf(text string) (machine, user bool) {
	both := strings.EqualFold(text, "both")
	return both || strings.EqualFold(text, "machine"), both || strings.EqualFold(text, "user")
}

func (r *reader) addNote(at regfile.Pos, rule, format string, args ...any) {
	r.notes = append(r.notes, regfile.Note{Pos: at, Rule: rule, Text: fmt.Sprintf(format, args...), Dropped: true})
}

func errorAt(at regfile.Pos, format string, args ...any) *regfile.Error {
	return &regfile.Error{Pos: at, Text: fmt.Sprintf(format, args...)}
}

// quote is text for a message.
func quote(text string) string { return fmt.Sprintf("%q", regfile.Shorten(text)) }
