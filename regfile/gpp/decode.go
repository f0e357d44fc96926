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
// Windows does with it: the versions, as FilterOs names them, or if there are none, XP,
// Server 2003 and Server 2003 R2. src is UTF-8, or was UTF-16 and is decoded; name is for
// messages. What is not applied there, or is not of a documented or observed form, is no
// operation but a note; so is what depends on the machine, beside the operation. The
// place of both is that of the item's Registry element.
//
// The operations are those of one machine. An item that is not applied on all machines
// for which an earlier one sets its value, or deletes a key on some of them, is no
// operation but a note; and so is one with action C, if its value is set by then.
//
// A REG_MULTI_SZ is what Values has, or if that has nothing, what value has between
// blanks.
//
// The error is a *regfile.Error: src is not well-formed XML, has a document type
// declaration, declares another encoding, is nested more than 64 deep, or its first
// element is none of those.
func Decode(name string, src []byte, versions ...string) ([]regfile.Op, []regfile.Note, error) {
	root, err := parse(name, src)
	if err != nil {
		return nil, nil, err
	}
	r := reader{versions: versions, items: map[int64]targeting{}}
	if len(versions) == 0 {
		r.versions = readers
	}
	r.read(root, scope{})
	return r.ops, r.notes, nil
}

type reader struct {
	versions []string
	ops      []regfile.Op
	notes    []regfile.Note
	state    regfile.State       // what ops leave
	items    map[int64]targeting // of the items that set a value, by their offsets
}

// scope is what the elements around an item say of it.
type scope struct {
	disabled bool
	flag     string // what disabled has if that is neither 0 nor 1
	class    string // what clsid of a collection has if that is not a collection's
	targeting
}

func (r *reader) read(e *element, s scope) {
	switch flag := e.attr("disabled"); flag {
	case "", "0":
	case "1":
		s.disabled = true
	default:
		s.flag = flag
	}
	s.targeting = r.targetingOf(e).and(s.targeting)
	switch e.name {
	case settings, collection:
		if class := e.attr("clsid"); class != "" && !strings.EqualFold(class, classOf(e.name)) {
			s.class = class
		}
		for _, b := range e.below {
			r.read(b, s)
		}
	case registry:
		r.item(r.newItem(e, s))
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
	reader     *reader
	properties *element
	action     string
	hive, key  string // as written
	list       []string
	op         regfile.Op
}

func (r *reader) newItem(e *element, s scope) *item {
	it := &item{element: e, scope: s, reader: r, properties: &element{}}
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
	{"preference-flag", false, otherFlag},
	{"preference-backslash", false, backslashes},
	{"preference-nameless", false, nameless},
	{"preference-list", false, differingLists},
	{"preference-versions", false, forSome},
	{"preference-filter", false, filtered},
	{"preference-create", false, createsOnly},
	{"preference-remove", false, removed},
}

func (r *reader) item(it *item) {
	for _, rule := range rules {
		if text := rule.check(it); text != "" {
			r.noteOdd(it, rule.name, text, rule.dropped)
			if rule.dropped {
				return
			}
		}
	}
	if text := r.uncounted(it); text != "" {
		r.noteOdd(it, "preference-uncounted", text, false)
		return
	}
	if it.op.Verb == regfile.CreateKey && it.action == "R" {
		r.apply(it, regfile.Op{Verb: regfile.DeleteKey, Key: it.op.Key, Pos: it.pos})
	}
	r.apply(it, it.op)
}

func (r *reader) noteOdd(it *item, rule, text string, dropped bool) {
	r.notes = append(r.notes, regfile.Note{Pos: it.pos, Rule: rule, Text: text, Dropped: dropped, Key: it.op.Key, Name: it.op.Name})
}

func (r *reader) apply(it *item, op regfile.Op) {
	r.ops = append(r.ops, op)
	r.state.Apply(op)
	if op.Verb == regfile.SetValue {
		r.items[op.Pos.Offset] = it.targeting
	}
}

// uncounted tells why an item changes nothing of what those before it do.
func (r *reader) uncounted(it *item) string {
	if !it.ofValue() {
		if deletes := it.action == "D" || it.action == "R"; deletes && !it.everywhere() {
			return fmt.Sprintf("this item does not count here: it deletes what is in %s on some machines only", it.op.Key)
		}
		return ""
	}
	there, ok := r.state.Value(it.op.Key, it.op.Name)
	if !ok {
		return ""
	}
	earlier := r.items[there.Pos.Offset]
	switch {
	case it.action == "C" && earlier.covers(it.targeting):
		return fmt.Sprintf("action=\"C\" leaves %s as line %d sets it", it.called(), there.Pos.Line)
	case it.action == "C", !it.covers(earlier):
		return fmt.Sprintf("this item does not count here: line %d sets %s, too, on machines where this one does not", there.Pos.Line, it.called())
	}
	return ""
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
	all := make(targeting, len(it.targeting))
	return fmt.Sprintf("%s is not for %s, as its targeting says; it is not applied there", it.called(), it.reader.titlesOf(all, "or"))
}

func forSome(it *item) string {
	if !slices.Contains(it.targeting, fails) {
		return ""
	}
	return fmt.Sprintf("%s is for %s only, as its targeting says", it.called(), it.reader.titlesOf(it.targeting, "and"))
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
	switch {
	case strings.EqualFold(class, classOf(registry)) && it.class == "":
		return ""
	case it.class != "":
		return fmt.Sprintf("clsid=%.60q around this item is not that of %s or %s; whether Windows applies it is not known", it.class, settings, collection)
	}
	return fmt.Sprintf("clsid=%.60q is not that of a Registry, %s; whether Windows applies this item is not known", class, classOf(registry))
}

func otherFlag(it *item) string {
	if it.flag == "" {
		return ""
	}
	return fmt.Sprintf("disabled=%.40q of this item, or around it, is neither 0 nor 1; whether Windows applies it is not known", it.flag)
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
