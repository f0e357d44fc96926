package pol

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"portreg/regfile"
)

// An Record is one setting of Group Policy's registry extension: a record of
// Registry.pol ([MS-GPREG] 2.2.1), which LGPO text and the JSON of samba-tool become.
type Record struct {
	User bool   // the key is below HKEY_CURRENT_USER, else below HKEY_LOCAL_MACHINE
	Key  string // path without the root, single backslashes
	Name string // of the value, or a special one such as **del.NAME
	Data regfile.Data
	Pos  regfile.Pos
}

// The limits of a record (MS-GPREG 2.2.1; Microsoft: registry element size limits).
const (
	maxPolicyData = 0xffff // bytes
	maxPolicyName = 259    // characters of a value's name
	maxKeyName    = 255    // characters between two backslashes of a key
	maxKeyDepth   = 512    // names of a key
)

// policyTypes are those that MS-GPREG 2.2.1 has; 5 is REG_DWORD_BIG_ENDIAN.
var policyTypes = [...]regfile.Type{regfile.SZ, regfile.ExpandSZ, regfile.Binary, regfile.DWord, 5, regfile.MultiSZ, regfile.QWord}

const machineRoot, userRoot = "HKEY_LOCAL_MACHINE", "HKEY_CURRENT_USER"

// roots are the root keys of the registry, in both forms.
var roots = [...]string{
	machineRoot, "HKEY_USERS", "HKEY_CLASSES_ROOT", "HKEY_CURRENT_CONFIG", userRoot, "HKEY_DYN_DATA",
	"HKLM", "HKU", "HKCR", "HKCC", "HKCU",
}

// DeleteName begins the name of a record, in any case, that deletes the value whose name
// follows. Its data is a blank.
const DeleteName = "**del."

// softName begins the name of one that sets the value only where there is none.
const softName = "**soft."

// Records gives what a policy for machines must hold to do what the operations do,
// in their order. A key that is created and in which a value is set or deleted needs no
// record of its own; any other is created by one without name, type and data, as
// LGPO.exe writes it.
//
// Errors are what no policy can hold: a key that is not below HKEY_LOCAL_MACHINE, a key
// to be deleted, a value without a name, a name that begins with **, keys and names of
// other characters than printable ASCII or too long, types that MS-GPREG does not have,
// and more than 65,535 bytes of data.
func Records(ops []regfile.Op) ([]Record, error) {
	valued := map[string]bool{}
	for _, op := range ops {
		if op.Verb == regfile.SetValue || op.Verb == regfile.DeleteValue {
			valued[regfile.Fold(op.Key)] = true
		}
	}
	var all []Record
	for _, op := range ops {
		if op.Verb == regfile.CreateKey && valued[regfile.Fold(op.Key)] {
			continue
		}
		i, err := recordOf(op)
		if err != nil {
			return nil, err
		}
		all = append(all, i)
	}
	return all, nil
}

func recordOf(op regfile.Op) (Record, error) {
	root, key, _ := strings.Cut(op.Key, `\`)
	i := Record{Key: key, Name: op.Name, Data: op.Data, Pos: op.Pos}
	if !strings.EqualFold(root, machineRoot) {
		return i, fmt.Errorf("%q is not below %s, where a policy for machines writes", regfile.Shorten(op.Key), machineRoot)
	}
	if why := keyFault(key); why != "" {
		return i, fmt.Errorf("%q %s", regfile.Shorten(op.Key), why)
	}
	if why := textFault(key); why != "" {
		return i, fmt.Errorf("%q %s", regfile.Shorten(op.Key), why)
	}
	switch op.Verb {
	case regfile.CreateKey:
		i.Name, i.Data = "", regfile.Data{}
		return i, nil
	case regfile.DeleteKey:
		return i, fmt.Errorf("%q cannot be deleted by a policy: how Windows reads **DeleteKeys is not the same everywhere", regfile.Shorten(op.Key))
	case regfile.DeleteValue:
		i.Name, i.Data = DeleteName+op.Name, regfile.Data{Type: regfile.SZ, Bytes: []byte(" \x00\x00\x00")}
	}
	return i, checkValue(op.Name, i)
}

// checkValue refuses a record about the value called name that cannot be.
func checkValue(name string, i Record) error {
	if name == "" || strings.HasPrefix(name, "**") {
		return fmt.Errorf("%q cannot be the name of a value in a policy", regfile.Shorten(name))
	}
	if why := textFault(name); why != "" {
		return fmt.Errorf("%q %s", regfile.Shorten(name), why)
	}
	switch d := i.Data; {
	case nameLength(i.Name) > maxPolicyName:
		return fmt.Errorf("%q is longer than the %d characters of a name in a policy (MS-GPREG 2.2.1)", regfile.Shorten(i.Name), maxPolicyName)
	case !slices.Contains(policyTypes[:], d.Type):
		return fmt.Errorf("%s is a %v, which a policy cannot set (MS-GPREG 2.2.1)", name, d.Type)
	case len(d.Bytes) > maxPolicyData:
		return fmt.Errorf("%s: %s in a policy (MS-GPREG 2.2.1)%s", name, tooLong(d), fitting(d))
	}
	return nil
}

func tooLong(d regfile.Data) string {
	return fmt.Sprintf("%d bytes of data, and %d is the most", len(d.Bytes), maxPolicyData)
}

// fitting says how many strings of a list there are, and how many would fit.
func fitting(d regfile.Data) string {
	ss, err := d.Strings()
	if err != nil {
		return ""
	}
	n, size := 0, len("\x00\x00")
	for _, s := range ss {
		if size += len(regfile.AppendUTF16(nil, s)) + len("\x00\x00"); size > maxPolicyData {
			break
		}
		n++
	}
	return fmt.Sprintf("; of its %d strings the first %d would fit", len(ss), n)
}

// A Policy is what records do, in the order in which Windows carries them out
// (MS-GPREG 3.2.5.1.2). The zero Policy does nothing.
//
// Special names are compared without case. **del.NAME and **DeleteValues, whose data is
// a list with semicolons, delete values. **soft.NAME sets one where there is none,
// **DelVals. deletes all values of the key, **DeleteKeys those of its subkeys that its
// data lists, and **SecureKey changes who may write: what of it depends on the machine
// is told by a note.
type Policy struct {
	Ops     []regfile.Op
	Notes   []regfile.Note
	set     map[string]setValues // by folded key
	deleted map[string]int       // by folded key: the number of operations when it was deleted last
}

// specials are the special names. Each is the beginning of a name.
var specials = [...]struct {
	name string
	do   func(p *Policy, i Record, rest string)
}{
	{DeleteName, (*Policy).deleteValue},
	{"**delvals", (*Policy).deleteAll},
	{"**deletevalues", (*Policy).deleteValues},
	{"**deletekeys", (*Policy).deleteKeys},
	{"**securekey", (*Policy).secure},
	{softName, (*Policy).setSoft},
	{"**", (*Policy).unknown},
}

// Add carries out a record.
func (p *Policy) Add(i Record) {
	if why := keyFault(i.Key); why != "" {
		p.drop(i, "policy-key", fmt.Sprintf("%q %s; Windows sets nothing there", regfile.Shorten(i.Key), why))
		return
	}
	for _, text := range []string{i.Key, i.Name} {
		if why := textFault(text); why != "" {
			p.noteOdd(i, "policy-name", fmt.Sprintf("%q %s", regfile.Shorten(text), why))
		}
	}
	name := regfile.Fold(i.Name)
	for _, s := range specials {
		if strings.HasPrefix(name, s.name) {
			s.do(p, i, i.Name[len(s.name):])
			return
		}
	}
	p.setValue(i)
}

// keyFault tells why Windows sets nothing under a key.
func keyFault(key string) string {
	parts := strings.Split(key, `\`)
	isRoot := func(root string) bool { return strings.EqualFold(parts[0], root) }
	switch {
	case slices.ContainsFunc(roots[:], isRoot):
		return "begins with a root key, which is known from where the policy stands and must be left out (MS-GPREG 2.2.1)"
	case slices.Contains(parts, ""):
		return "is no path of key names with single backslashes between them"
	case len(parts) > maxKeyDepth:
		return fmt.Sprintf("is deeper than the %d levels that the registry takes", maxKeyDepth)
	case slices.ContainsFunc(parts, func(part string) bool { return nameLength(part) > maxKeyName }):
		return fmt.Sprintf("holds a name of more than the %d characters that the registry takes", maxKeyName)
	}
	return ""
}

// quote quotes the name of a value for a message.
func quote(name string) string { return fmt.Sprintf("%q", regfile.Shorten(name)) }

// nameLength counts the characters of a name as the registry does, in UTF-16.
func nameLength(name string) int { return len(regfile.AppendUTF16(nil, name)) / 2 }

// textFault tells why a key or name is not one that MS-GPREG 2.2.1 has.
func textFault(text string) string {
	if strings.ContainsFunc(text, func(c rune) bool { return c < ' ' || c > '~' }) {
		return "holds characters that are not printable ASCII, as a policy's must be (MS-GPREG 2.2.1)"
	}
	return ""
}

// Path is the key with its root.
func (i Record) Path() string {
	if i.User {
		return userRoot + `\` + i.Key
	}
	return machineRoot + `\` + i.Key
}

// value is the name of the value that i is about, "" if it is about the key.
func (i Record) value() string {
	name := regfile.Fold(i.Name)
	switch {
	case strings.HasPrefix(name, DeleteName):
		return i.Name[len(DeleteName):]
	case strings.HasPrefix(name, softName):
		return i.Name[len(softName):]
	case strings.HasPrefix(name, "**"):
		return ""
	}
	return i.Name
}

func (p *Policy) do(i Record, verb regfile.Verb, key, name string, d regfile.Data) {
	p.Ops = append(p.Ops, regfile.Op{Verb: verb, Key: key, Name: name, Data: d, Pos: i.Pos})
}

func (p *Policy) setValue(i Record) {
	key, d := i.Path(), i.Data
	if i.Name == "" && d.Type == regfile.None && len(d.Bytes) == 0 {
		p.do(i, regfile.CreateKey, key, "", regfile.Data{})
		return
	}
	if nameLength(i.Name) > maxPolicyName || i.Name == "" {
		p.noteOdd(i, "policy-name", fmt.Sprintf("%q is not a name of 1 to %d characters (MS-GPREG 2.2.1)", regfile.Shorten(i.Name), maxPolicyName))
	}
	if !slices.Contains(policyTypes[:], d.Type) {
		p.noteOdd(i, "policy-type", fmt.Sprintf("%s is a %v, which a policy cannot set (MS-GPREG 2.2.1)", quote(i.Name), d.Type))
	}
	if len(d.Bytes) > maxPolicyData {
		p.noteOdd(i, "policy-size", fmt.Sprintf("%s: %s (MS-GPREG 2.2.1); what Windows makes of it is not known", quote(i.Name), tooLong(d)))
	}
	p.do(i, regfile.SetValue, key, i.Name, d)
	p.values(key)[regfile.Fold(i.Name)] = i.Name
}

// setValues are those that are set in a key since it was deleted.
type setValues struct {
	deleted int               // number of operations then, 0 if it was not
	names   map[string]string // by folded name
}

// values gives the names of the values that are set in a key.
func (p *Policy) values(key string) map[string]string {
	key = regfile.Fold(key)
	deleted := p.deleted[key]
	for end, c := range key {
		if c == '\\' {
			deleted = max(deleted, p.deleted[key[:end]])
		}
	}
	if p.set == nil {
		p.set = map[string]setValues{}
	}
	v, ok := p.set[key]
	if !ok || v.deleted < deleted {
		v = setValues{deleted, map[string]string{}}
		p.set[key] = v
	}
	return v.names
}

func (p *Policy) deleteValue(i Record, name string) {
	key := i.Path()
	p.do(i, regfile.DeleteValue, key, name, regfile.Data{})
	delete(p.values(key), regfile.Fold(name))
}

// listed gives the names in the data of a special record, without blanks around
// them.
func (p *Policy) listed(i Record) (names []string) {
	if i.Data.Type != regfile.SZ && len(i.Data.Bytes) > 0 {
		p.noteOdd(i, "policy-type", fmt.Sprintf("%s under %s lists names in a %v, not in a %v; what Windows makes of it is not known", quote(i.Name), regfile.Shorten(i.Key), i.Data.Type, regfile.SZ))
	}
	text, _, _ := strings.Cut(regfile.UTF16String(i.Data.Bytes), "\x00")
	for written := range strings.SplitSeq(text, ";") {
		name := strings.TrimSpace(written)
		if name == "" {
			continue
		}
		if name != written {
			p.noteOdd(i, "policy-name", fmt.Sprintf("%q in %s has blanks around it, with which Windows may find nothing", regfile.Shorten(written), quote(i.Name)))
		}
		names = append(names, name)
	}
	return names
}

func (p *Policy) deleteValues(i Record, _ string) {
	for _, name := range p.listed(i) {
		p.deleteValue(i, name)
	}
}

// deleteAll deletes what is known to be there.
func (p *Policy) deleteAll(i Record, _ string) {
	for _, name := range slices.Sorted(maps.Values(p.values(i.Path()))) {
		p.deleteValue(i, name)
	}
	p.noteSpecial(i, "deletes every value that the key has")
}

// deleteKeys takes names; paths, as real files have them, may be from the root or from
// the key.
func (p *Policy) deleteKeys(i Record, _ string) {
	for _, name := range p.listed(i) {
		if strings.Contains(name, `\`) {
			p.noteSpecial(i, fmt.Sprintf("deletes %q, as Windows understands it, and all below it", regfile.Shorten(name)))
			continue
		}
		p.deleteKey(i, i.Path()+`\`+name)
	}
}

func (p *Policy) deleteKey(i Record, key string) {
	p.do(i, regfile.DeleteKey, key, "", regfile.Data{})
	if p.deleted == nil {
		p.deleted = map[string]int{}
	}
	p.deleted[regfile.Fold(key)] = len(p.Ops)
}

func (p *Policy) secure(i Record, _ string) {
	p.noteSpecial(i, "changes who may write to the key")
}

func (p *Policy) setSoft(i Record, name string) {
	if _, set := p.values(i.Path())[regfile.Fold(name)]; !set {
		soft := i
		soft.Name = name
		p.setValue(soft)
	}
	p.noteSpecial(i, "sets the value only where there is none")
}

func (p *Policy) unknown(i Record, _ string) {
	p.noteSpecial(i, "is a special name that MS-GPREG does not have; what it does is not known")
}

func (p *Policy) noteSpecial(i Record, does string) {
	p.noteOdd(i, "policy-special", fmt.Sprintf("%q under %s %s", regfile.Shorten(i.Name), regfile.Shorten(i.Key), does))
}

// noteOdd notes what Windows carries out.
func (p *Policy) noteOdd(i Record, rule, text string) {
	p.Notes = append(p.Notes, regfile.Note{Pos: i.Pos, Rule: rule, Text: text, Key: i.Path(), Name: i.value()})
}

// drop notes what Windows ignores.
func (p *Policy) drop(i Record, rule, text string) {
	p.noteOdd(i, rule, text)
	p.Notes[len(p.Notes)-1].Dropped = true
}
