package gpp

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"portreg/regfile"
)

const (
	settings   = "RegistrySettings"
	collection = "Collection"
	registry   = "Registry"
)

// classOf gives the clsid of each element that holds items or is one.
func classOf(name string) string {
	switch name {
	case settings:
		return "{A3CCFC41-DFDB-43a5-8D26-0FE8B954DA51}"
	case collection:
		return "{53B533F5-224C-47e3-B01B-CA3B3F3FF4BF}"
	case registry:
		return "{9CD4B2F4-923D-47f5-A062-E897DD1DAD50}"
	}
	return ""
}

// Decode reads a Registry.xml, or a Collection or Registry for the editor, for what
// Windows XP and Server 2003 do with it. src is UTF-8, or was UTF-16 and is decoded;
// name is for messages. What is not applied there, or is not of a documented or
// observed form, is no operation but a note; so is what depends on the machine, beside
// the operation. The place of both is that of the item's Registry element.
//
// A REG_MULTI_SZ is what Values has, or if that has nothing, what value has between
// blanks.
//
// The error is a *regfile.Error: src is not well-formed XML, has a document type
// declaration, declares another encoding, is nested more than 64 deep, or its first
// element is none of those.
func Decode(name string, src []byte) ([]regfile.Op, []regfile.Note, error) {
	root, err := parse(name, src)
	if err != nil {
		return nil, nil, err
	}
	var r reader
	r.read(root, scope{})
	return r.ops, r.notes, nil
}

type reader struct {
	ops   []regfile.Op
	notes []regfile.Note
}

// scope is what the elements around an item say of it.
type scope struct {
	disabled bool
	targeting
}

func (r *reader) read(e *element, s scope) {
	s.disabled = s.disabled || e.attr("disabled") == "1"
	s.targeting = s.and(targetingOf(e))
	switch e.name {
	case settings, collection:
		for _, b := range e.below {
			r.read(b, s)
		}
	case registry:
		r.item(newItem(e, s))
	case "Filters":
	default:
		text := fmt.Sprintf("%.40q is no preference of the registry; it is not read", e.name)
		if e.times > 1 {
			text += fmt.Sprintf(" (%d such elements)", e.times)
		}
		r.notes = append(r.notes, regfile.Note{Pos: e.pos, Rule: "preference-element", Text: text, Dropped: true})
	}
}

// An item is a Registry element and what it does.
type item struct {
	*element
	scope
	properties *element
	action     string
	hive, key  string // as written
	list       []string
	op         regfile.Op
}

func newItem(e *element, s scope) *item {
	it := &item{element: e, scope: s, properties: &element{}}
	if p := e.child("Properties"); p != nil {
		it.properties = p
	}
	p := it.properties
	it.action, it.hive, it.key = p.attr("action"), p.attr("hive"), p.attr("key")
	if it.action == "" {
		it.action = "U"
	}
	if values := p.child("Values"); values != nil {
		it.list = values.list
	}
	it.op = regfile.Op{Verb: it.verb(), Key: clean(it.hive + `\` + it.key), Name: p.attr("name"), Pos: e.pos}
	return it
}

// clean gives a key's path without leading, trailing and doubled backslashes.
func clean(key string) string {
	return strings.Join(strings.FieldsFunc(key, func(r rune) bool { return r == '\\' }), `\`)
}

// ofValue tells whether the item is about a value, not about the key itself.
func (it *item) ofValue() bool {
	return it.properties.attr("name") != "" || it.properties.attr("default") == "1"
}

// verb is what the item does last.
func (it *item) verb() regfile.Verb {
	switch {
	case it.ofValue() && it.action == "D":
		return regfile.DeleteValue
	case it.ofValue():
		return regfile.SetValue
	case it.action == "D":
		return regfile.DeleteKey
	}
	return regfile.CreateKey
}

// A rule is something about an item that is worth a note. check gives its text, or "".
// What is dropped is no operation.
type rule struct {
	name    string
	dropped bool
	check   func(it *item) string
}

// rules is tried in order, up to the first that drops the item.
var rules = [...]rule{
	{"preference-properties", true, otherProperties},
	{"preference-hive", true, otherHive},
	{"preference-key", true, otherKey},
	{"preference-action", true, otherAction},
	{"preference-disabled", true, disabled},
	{"preference-targeting", true, targetsOthers},
	{"preference-data", true, otherData},
	{"preference-clsid", false, otherClass},
	{"preference-backslash", false, backslashes},
	{"preference-nameless", false, nameless},
	{"preference-list", false, differingLists},
	{"preference-filter", false, filtered},
	{"preference-create", false, createsOnly},
	{"preference-remove", false, removed},
}

func (r *reader) item(it *item) {
	for _, rule := range rules {
		if text := rule.check(it); text != "" {
			r.notes = append(r.notes, regfile.Note{Pos: it.pos, Rule: rule.name, Text: text, Dropped: rule.dropped, Key: it.op.Key, Name: it.op.Name})
			if rule.dropped {
				return
			}
		}
	}
	if it.op.Verb == regfile.CreateKey && it.action == "R" {
		r.ops = append(r.ops, regfile.Op{Verb: regfile.DeleteKey, Key: it.op.Key, Pos: it.pos})
	}
	r.ops = append(r.ops, it.op)
}

func otherProperties(it *item) string {
	n := 0
	for _, b := range it.below {
		if b.name == "Properties" {
			n++
		}
	}
	switch {
	case n != 1:
		return fmt.Sprintf("this item has %d elements Properties, not one; it is not read", n)
	case len(it.properties.below) > 1:
		return fmt.Sprintf("%s has %d elements Values, not one; it is not read", it.called(), len(it.properties.below))
	}
	return ""
}

var hives = []string{"HKEY_LOCAL_MACHINE", "HKEY_CURRENT_USER", "HKEY_CLASSES_ROOT", "HKEY_USERS", "HKEY_CURRENT_CONFIG"}

func otherHive(it *item) string {
	if slices.Contains(hives, it.hive) {
		return ""
	}
	return fmt.Sprintf("hive=%.40q is none of Preferences; write %s", it.hive, hives[0])
}

func otherKey(it *item) string {
	switch {
	case strings.ContainsFunc(it.op.Key, unicode.IsControl):
		return fmt.Sprintf("key=%.60q holds a control character; it is not read", it.key)
	case it.op.Key == it.hive && !it.ofValue():
		return fmt.Sprintf("key=%.60q is all of %s, which is not created or deleted", it.key, it.hive)
	}
	return ""
}

func otherAction(it *item) string {
	if slices.Contains(actions, it.action) {
		return ""
	}
	return fmt.Sprintf("action=%.40q is none of %s; what Windows makes of it is not known", it.action, strings.Join(actions, ", "))
}

// actions are in the order of their icons.
var actions = []string{"C", "R", "U", "D"}

func disabled(it *item) string {
	if !it.disabled {
		return ""
	}
	return it.called() + " is disabled, alone or with all around it; it is not applied"
}

func targetsOthers(it *item) string {
	if !it.never() {
		return ""
	}
	return it.called() + " is not for Windows XP or Server 2003, as its targeting says; it is not applied there"
}

// called is what the item is about, for messages.
func (it *item) called() string {
	switch {
	case it.op.Name != "":
		return fmt.Sprintf("%.60q", it.op.Name)
	case it.ofValue():
		return "the default value"
	}
	return "the key"
}

func otherData(it *item) (problem string) {
	if it.op.Verb != regfile.SetValue {
		return ""
	}
	named := it.properties.attr("type")
	f, ok := formOf(named)
	switch {
	case !ok:
		return fmt.Sprintf("type=%.40q of %s is none that is known of Preferences, such as %v", named, it.called(), regfile.MultiSZ)
	case it.properties.attr("bitfield") == "1":
		return it.called() + " is a field of bits, of which only some are set; it is not read"
	}
	it.op.Data.Type = f.data
	it.op.Data.Bytes, problem = f.read(it.properties.attr("value"), it.list)
	if problem != "" {
		return it.called() + ": value=" + problem
	}
	return ""
}

func otherClass(it *item) string {
	class := it.attr("clsid")
	if strings.EqualFold(class, classOf(registry)) {
		return ""
	}
	return fmt.Sprintf("clsid=%.60q is not that of a Registry, %s; whether Windows applies this item is not known", class, classOf(registry))
}

func backslashes(it *item) string {
	if clean(it.key) == it.key {
		return ""
	}
	return "the path in key has a backslash at an end, or two in a row; remove it"
}

func nameless(it *item) string {
	if it.ofValue() || it.action == "D" || it.properties.attr("type")+it.properties.attr("value") == "" {
		return ""
	}
	return "this item has a type or a value, but no name; it is taken for one of the key"
}

// differingLists compares what Windows may go by. A parser makes blanks of what parts
// the lines of an attribute.
func differingLists(it *item) string {
	if it.op.Verb != regfile.SetValue || it.op.Data.Type != regfile.MultiSZ {
		return ""
	}
	value := strings.NewReplacer("\r\n", " ", "\n", " ", "\t", " ").Replace(it.properties.attr("value"))
	taken := "Values"
	switch {
	case strings.Join(it.list, " ") == value, it.list == nil && it.properties.child("Values") == nil:
		return ""
	case it.list == nil:
		taken = "value"
	}
	return fmt.Sprintf("value and Values of %s differ: %s is taken here, which of them Windows goes by is not known", it.called(), taken)
}

func filtered(it *item) string {
	if !it.depends() {
		return ""
	}
	return it.called() + " is only for machines that its targeting holds for, which is not known here"
}

func createsOnly(it *item) string {
	if it.op.Verb != regfile.SetValue || it.action != "C" {
		return ""
	}
	return fmt.Sprintf("action=\"C\" creates %s only where it is not there; write U to set it", it.called())
}

func removed(it *item) string {
	if it.attr("removePolicy") != "1" {
		return ""
	}
	return it.called() + " is removed where the GPO no longer applies, not set back"
}
