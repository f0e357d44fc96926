package gpp

import (
	"bytes"
	"cmp"
	"crypto/sha1"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"portreg/regfile"
)

// Options are what Encode can vary. The zero value is the Registry.xml of a GPO, for all
// machines that it applies to.
type Options struct {
	Collection bool     // a Collection for the editor's paste or drag and drop
	Versions   []string // of Windows, as FilterOs names them: XP, 2K3, 2K3R2, …; none: all
	Desc       string   // the description of each item, which the editor takes for HTML
}

// Encode writes an item for each value that is set or deleted, as the editor writes
// them: UTF-8 without a byte order mark, CRLF, a tab before each item but the first.
// Keys are created with their values; a CreateKey is no item of its own.
//
// The action of a value that is set is U, the editor's default: what is there is
// overwritten in place, where R would delete it first. With bypassErrors, the other items of
// the GPO are applied even if this one fails.
//
// Equal operations and options give equal bytes: changed is always 2026-01-01 00:00:00,
// and uid the UUIDv5 (RFC 4122) of the value's path and versions in the namespace
// fb2ab79c-9729-468d-92df-85a5c5569fc0.
//
// Errors, besides those of w: a key outside of HKEY_LOCAL_MACHINE, a DeleteKey, text that
// XML does not have, data that would not be read back as it is (lists that are not
// regular, or have blanks, which part the strings of value), a version that FilterOs
// does not know, and a description of more than 32 KiB as it is written (MS-GPPREF 2.2.1.1.3).
// Nothing is written then. Of an empty list, value is "" and there are no Values; what
// Windows makes of that is not known.
func Encode(w io.Writer, ops []regfile.Op, o Options) error {
	root := element{name: settings}
	root.set("clsid", classOf(settings))
	if o.Collection {
		root = element{name: collection}
		root.set("clsid", classOf(collection), "name", "Reserved ports")
	}
	if err := o.check(); err != nil {
		return err
	}
	for _, op := range ops {
		if op.Verb == regfile.CreateKey {
			continue
		}
		e, err := o.item(op)
		if err != nil {
			return fmt.Errorf("%s under %s: %w", cmp.Or(op.Name, "the default value"), op.Key, err)
		}
		root.below = append(root.below, e)
	}
	return root.encode(w)
}

const maxDesc = 32 << 10

// ErrDesc is the error of a description that is too long.
var ErrDesc = errors.New("the description is too long")

func (o Options) check() error {
	for _, version := range o.Versions {
		if !slices.Contains(versions, version) {
			return fmt.Errorf("%q is no version of Windows to FilterOs", version)
		}
	}
	var desc bytes.Buffer
	xml.EscapeText(&desc, []byte(o.Desc))
	if desc.Len() > maxDesc {
		return fmt.Errorf("%w: it has %d bytes; a preference takes %d", ErrDesc, desc.Len(), maxDesc)
	}
	return checkText(o.Desc)
}

// checkText refuses what xml.EscapeText would replace.
func checkText(text string) error {
	for i, r := range text {
		_, size := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && size == 1 || r < ' ' && !strings.ContainsRune("\t\n\r", r) || r == 0xFFFE || r == 0xFFFF {
			return fmt.Errorf("XML cannot hold %q of %.60q", text[i:i+size], text)
		}
	}
	return nil
}

func (o Options) item(op regfile.Op) (*element, error) {
	key, machine := strings.CutPrefix(op.Key, hives[0]+`\`)
	switch {
	case !machine || clean(key) != key:
		return nil, fmt.Errorf("this is no key below %s, which preferences of the machine are about", hives[0])
	case op.Verb != regfile.SetValue && op.Verb != regfile.DeleteValue:
		return nil, fmt.Errorf("%v is not written as a preference", op.Verb)
	}
	p, image, err := properties(op, key)
	if err != nil {
		return nil, err
	}
	e := &element{name: registry, below: []*element{p}}
	e.set("clsid", classOf(registry), "name", op.Name, "status", op.Name, "image", fmt.Sprint(image),
		"changed", "2026-01-01 00:00:00", "uid", uid(op, o.Versions))
	if o.Desc != "" {
		e.set("desc", o.Desc)
	}
	e.set("bypassErrors", "1")
	if len(o.Versions) > 0 {
		e.below = append(e.below, filters(o.Versions))
	}
	return e, cmp.Or(checkText(op.Key), checkText(op.Name))
}

// properties gives what an item does, and its icon.
func properties(op regfile.Op, key string) (p *element, image int, err error) {
	action, text, decimal, isDefault := "U", "", "0", "0"
	f := forms[0] // the editor gives deletions a type, too
	var list []string
	if op.Verb == regfile.DeleteValue {
		action = "D"
	} else if f, text, list, err = write(op.Data); err != nil {
		return nil, 0, err
	}
	if f.data == regfile.DWord {
		decimal = "1"
	}
	if op.Name == "" {
		isDefault = "1"
	}
	p = &element{name: "Properties"}
	p.set("action", action, "displayDecimal", decimal, "default", isDefault, "hive", hives[0], "key", key,
		"name", op.Name, "type", f.data.String(), "value", text)
	if len(list) > 0 {
		p.below = []*element{{name: "Values", list: list}}
	}
	return p, f.image + slices.Index(actions, action), nil
}

// write gives data in its form, if that says the same: of a list, both ways.
func write(d regfile.Data) (f form, text string, list []string, err error) {
	f, ok := formOf(d.Type.String())
	if !ok {
		return f, "", nil, fmt.Errorf("a preference cannot set data of type %v", d.Type)
	}
	text, list = f.write(d.Bytes)
	asText, _ := f.read(text, nil)
	asList, _ := f.read(text, list)
	switch {
	case !bytes.Equal(asList, d.Bytes):
		return f, "", nil, fmt.Errorf("its %d bytes are no regular %v, and a preference can set only such", len(d.Bytes), d.Type)
	case !bytes.Equal(asText, d.Bytes):
		return f, "", nil, fmt.Errorf("a string of it holds a blank, which in a preference parts the strings")
	}
	return f, text, list, checkText(text)
}

// filters gives what holds on each of the versions, and nowhere else.
func filters(versions []string) *element {
	all := &element{name: "Filters"}
	operator := "AND"
	for _, version := range versions {
		f := &element{name: "FilterOs"}
		f.set("bool", operator, "not", "0", "class", "NT", "version", version, "type", "NE", "edition", "NE", "sp", "NE")
		all.below = append(all.below, f)
		operator = "OR"
	}
	return all
}

// namespace is that of the UUIDs of items.
var namespace = []byte{0xfb, 0x2a, 0xb7, 0x9c, 0x97, 0x29, 0x46, 0x8d, 0x92, 0xdf, 0x85, 0xa5, 0xc5, 0x56, 0x9f, 0xc0}

// uid gives a UUIDv5. Items of one value for other versions can stand in one GPO.
func uid(op regfile.Op, versions []string) string {
	name := strings.ToLower(op.Key+`\`+op.Name) + "\n" + strings.Join(versions, " ")
	sum := sha1.Sum(append(slices.Clone(namespace), name...))
	u := sum[:16]
	u[6] = u[6]&0x0f | 0x50
	u[8] = u[8]&0x3f | 0x80
	return fmt.Sprintf("{%X-%X-%X-%X-%X}", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}

// set appends attributes: names and their values.
func (e *element) set(pairs ...string) {
	for i := 0; i < len(pairs); i += 2 {
		e.attrs = append(e.attrs, xml.Attr{Name: xml.Name{Local: pairs[i]}, Value: pairs[i+1]})
	}
}

// encode writes e as the first element.
func (e *element) encode(w io.Writer) error {
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="utf-8"?>` + "\r\n")
	e.open(&b)
	b.WriteString(">")
	for i, item := range e.below {
		if i > 0 {
			b.WriteString("\r\n\t")
		}
		item.write(&b)
	}
	b.WriteString("\r\n</" + e.name + ">\r\n")
	_, err := w.Write(b.Bytes())
	return err
}

// open writes a start tag without its end.
func (e *element) open(b *bytes.Buffer) {
	b.WriteString("<" + e.name)
	for _, a := range e.attrs {
		b.WriteString(" " + a.Name.Local + `="`)
		xml.EscapeText(b, []byte(a.Value))
		b.WriteString(`"`)
	}
}

func (e *element) write(b *bytes.Buffer) {
	e.open(b)
	if e.list == nil && e.below == nil {
		b.WriteString("/>")
		return
	}
	b.WriteString(">")
	for _, s := range e.list {
		b.WriteString("<Value>")
		xml.EscapeText(b, []byte(s))
		b.WriteString("</Value>")
	}
	for _, below := range e.below {
		below.write(b)
	}
	b.WriteString("</" + e.name + ">")
}
