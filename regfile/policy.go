package regfile

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// An Instruction is one setting of Group Policy's registry extension: a record of
// Registry.pol ([MS-GPREG] 2.2.1), which LGPO text and the JSON of samba-tool become.
type Instruction struct {
	User bool   // the key is below HKEY_CURRENT_USER, else below HKEY_LOCAL_MACHINE
	Key  string // path without the root, single backslashes
	Name string // of the value, or a special one such as **del.NAME
	Data Data
	Pos  Pos
}

// The limits of an instruction (MS-GPREG 2.2.1; Microsoft: registry element size limits).
const (
	maxPolicyData = 0xffff // bytes
	maxPolicyName = 259    // characters of a value's name
	maxKeyName    = 255    // characters between two backslashes of a key
	maxKeyDepth   = 512    // names of a key
)

// policyTypes are those that MS-GPREG 2.2.1 has; 5 is REG_DWORD_BIG_ENDIAN.
var policyTypes = [...]Type{SZ, ExpandSZ, Binary, DWord, 5, MultiSZ, QWord}

const machineRoot, userRoot = "HKEY_LOCAL_MACHINE", "HKEY_CURRENT_USER"

// deleteName and softName begin the special names that end with that of a value. The
// data of deleteName is a blank.
const deleteName, softName = "**del.", "**soft."

// Instructions gives what a policy for machines must hold to do what the operations do,
// in their order. A key that is created and in which a value is set or deleted needs no
// instruction of its own; any other is created by one without name, type and data, as
// LGPO.exe writes it.
//
// Errors are what no policy can hold: a key that is not below HKEY_LOCAL_MACHINE, a key
// to be deleted, a value without a name, a name that begins with **, keys and names of
// other characters than printable ASCII or too long, types that MS-GPREG does not have,
// and more than 65,535 bytes of data.
func Instructions(ops []Op) ([]Instruction, error) {
	valued := map[string]bool{}
	for _, op := range ops {
		if op.Verb == SetValue || op.Verb == DeleteValue {
			valued[fold(op.Key)] = true
		}
	}
	var all []Instruction
	for _, op := range ops {
		if op.Verb == CreateKey && valued[fold(op.Key)] {
			continue
		}
		i, err := instruction(op)
		if err != nil {
			return nil, err
		}
		all = append(all, i)
	}
	return all, nil
}

func instruction(op Op) (Instruction, error) {
	root, key, _ := strings.Cut(op.Key, `\`)
	i := Instruction{Key: key, Name: op.Name, Data: op.Data, Pos: op.Pos}
	if !foldEqual(root, machineRoot) {
		return i, fmt.Errorf("%q is not below %s, where a policy for machines writes", shorten(op.Key), machineRoot)
	}
	if why := keyFault(key); why != "" {
		return i, fmt.Errorf("%q %s", shorten(op.Key), why)
	}
	if why := textFault(key); why != "" {
		return i, fmt.Errorf("%q %s", shorten(op.Key), why)
	}
	switch op.Verb {
	case CreateKey:
		i.Name, i.Data = "", Data{}
		return i, nil
	case DeleteKey:
		return i, fmt.Errorf("%q cannot be deleted by a policy: how Windows reads **DeleteKeys is not the same everywhere", shorten(op.Key))
	case DeleteValue:
		i.Name, i.Data = deleteName+op.Name, Data{SZ, []byte(" \x00\x00\x00")}
	}
	return i, checkValue(op.Name, i)
}

// checkValue refuses an instruction about the value called name that cannot be.
func checkValue(name string, i Instruction) error {
	if name == "" || strings.HasPrefix(name, "**") {
		return fmt.Errorf("%q cannot be the name of a value in a policy", shorten(name))
	}
	if why := textFault(name); why != "" {
		return fmt.Errorf("%q %s", shorten(name), why)
	}
	switch d := i.Data; {
	case nameLength(i.Name) > maxPolicyName:
		return fmt.Errorf("%q is longer than the %d characters of a name in a policy (MS-GPREG 2.2.1)", shorten(i.Name), maxPolicyName)
	case !slices.Contains(policyTypes[:], d.Type):
		return fmt.Errorf("%s is a %v, which a policy cannot set (MS-GPREG 2.2.1)", name, d.Type)
	case len(d.Bytes) > maxPolicyData:
		return fmt.Errorf("%s: %s in a policy (MS-GPREG 2.2.1)%s", name, tooLong(d), fitting(d))
	}
	return nil
}

func tooLong(d Data) string {
	return fmt.Sprintf("%d bytes of data, and %d is the most", len(d.Bytes), maxPolicyData)
}

// fitting says how many strings of a list there are, and how many would fit.
func fitting(d Data) string {
	ss, err := d.Strings()
	if err != nil {
		return ""
	}
	n := 0
	for n < len(ss) && multiSize(ss[:n+1]) <= maxPolicyData {
		n++
	}
	return fmt.Sprintf("; of its %d strings the first %d would fit", len(ss), n)
}

// A Policy is what instructions do, in the order in which Windows carries them out
// (MS-GPREG 3.2.5.1.2). The zero Policy does nothing.
//
// Special names are compared without case. **del.NAME and **DeleteValues, whose data is
// a list with semicolons, delete values. **soft.NAME sets one where there is none,
// **DelVals. deletes all values of the key, **DeleteKeys those of its subkeys that its
// data lists, and **SecureKey changes who may write: what of it depends on the machine
// is told by a note.
type Policy struct {
	Ops     []Op
	Notes   []Note
	set     map[string]setValues // by folded key
	deleted map[string]int       // by folded key: the number of operations when it was deleted last
}

// specials are the special names. Each is the beginning of a name.
var specials = [...]struct {
	name string
	do   func(p *Policy, i Instruction, rest string)
}{
	{deleteName, (*Policy).deleteValue},
	{"**delvals", (*Policy).deleteAll},
	{"**deletevalues", (*Policy).deleteValues},
	{"**deletekeys", (*Policy).deleteKeys},
	{"**securekey", (*Policy).secure},
	{softName, (*Policy).setSoft},
	{"**", (*Policy).unknown},
}

// Add carries out an instruction.
func (p *Policy) Add(i Instruction) {
	if why := keyFault(i.Key); why != "" {
		p.drop(i, "policy-key", fmt.Sprintf("%q %s; Windows sets nothing there", shorten(i.Key), why))
		return
	}
	for _, text := range []string{i.Key, i.Name} {
		if why := textFault(text); why != "" {
			p.noteOdd(i, "policy-name", fmt.Sprintf("%q %s", shorten(text), why))
		}
	}
	name := fold(i.Name)
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
	isRoot := func(root string) bool { return foldEqual(parts[0], root) }
	switch {
	case slices.ContainsFunc(rootKeys[:], isRoot), slices.ContainsFunc(shortRoots[:], isRoot):
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

// nameLength counts the characters of a name as the registry does, in UTF-16.
func nameLength(name string) int { return len(AppendUTF16(nil, name)) / 2 }

// textFault tells why a key or name is not one that MS-GPREG 2.2.1 has.
func textFault(text string) string {
	if strings.ContainsFunc(text, func(c rune) bool { return c < ' ' || c > '~' }) {
		return "holds characters that are not printable ASCII, as a policy's must be (MS-GPREG 2.2.1)"
	}
	return ""
}

// Path is the key with its root.
func (i Instruction) Path() string {
	if i.User {
		return userRoot + `\` + i.Key
	}
	return machineRoot + `\` + i.Key
}

// value is the name of the value that i is about, "" if it is about the key.
func (i Instruction) value() string {
	name := fold(i.Name)
	switch {
	case strings.HasPrefix(name, deleteName):
		return i.Name[len(deleteName):]
	case strings.HasPrefix(name, softName):
		return i.Name[len(softName):]
	case strings.HasPrefix(name, "**"):
		return ""
	}
	return i.Name
}

func (p *Policy) do(i Instruction, verb Verb, key, name string, d Data) {
	p.Ops = append(p.Ops, Op{verb, key, name, d, i.Pos})
}

func (p *Policy) setValue(i Instruction) {
	key, d := i.Path(), i.Data
	if i.Name == "" && d.Type == None && len(d.Bytes) == 0 {
		p.do(i, CreateKey, key, "", Data{})
		return
	}
	if nameLength(i.Name) > maxPolicyName || i.Name == "" {
		p.noteOdd(i, "policy-name", fmt.Sprintf("%q is not a name of 1 to %d characters (MS-GPREG 2.2.1)", shorten(i.Name), maxPolicyName))
	}
	if !slices.Contains(policyTypes[:], d.Type) {
		p.noteOdd(i, "policy-type", fmt.Sprintf("%s is a %v, which a policy cannot set (MS-GPREG 2.2.1)", quoteName(i.Name), d.Type))
	}
	if len(d.Bytes) > maxPolicyData {
		p.noteOdd(i, "policy-size", fmt.Sprintf("%s: %s (MS-GPREG 2.2.1); what Windows makes of it is not known", quoteName(i.Name), tooLong(d)))
	}
	p.do(i, SetValue, key, i.Name, d)
	p.values(key)[fold(i.Name)] = i.Name
}

// setValues are those that are set in a key since it was deleted.
type setValues struct {
	deleted int               // number of operations then, 0 if it was not
	names   map[string]string // by folded name
}

// values gives the names of the values that are set in a key.
func (p *Policy) values(key string) map[string]string {
	key = fold(key)
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

func (p *Policy) deleteValue(i Instruction, name string) {
	key := i.Path()
	p.do(i, DeleteValue, key, name, Data{})
	delete(p.values(key), fold(name))
}

// listed gives the names in the data of a special instruction, without blanks around
// them.
func (p *Policy) listed(i Instruction) (names []string) {
	if i.Data.Type != SZ && len(i.Data.Bytes) > 0 {
		p.noteOdd(i, "policy-type", fmt.Sprintf("%s under %s lists names in a %v, not in a %v; what Windows makes of it is not known", quoteName(i.Name), shorten(i.Key), i.Data.Type, SZ))
	}
	text, _, _ := strings.Cut(UTF16String(i.Data.Bytes), "\x00")
	for written := range strings.SplitSeq(text, ";") {
		name := strings.TrimSpace(written)
		if name == "" {
			continue
		}
		if name != written {
			p.noteOdd(i, "policy-name", fmt.Sprintf("%q in %s has blanks around it, with which Windows may find nothing", shorten(written), quoteName(i.Name)))
		}
		names = append(names, name)
	}
	return names
}

func (p *Policy) deleteValues(i Instruction, _ string) {
	for _, name := range p.listed(i) {
		p.deleteValue(i, name)
	}
}

// deleteAll deletes what is known to be there.
func (p *Policy) deleteAll(i Instruction, _ string) {
	for _, name := range slices.Sorted(maps.Values(p.values(i.Path()))) {
		p.deleteValue(i, name)
	}
	p.noteSpecial(i, "deletes every value that the key has")
}

// deleteKeys takes names; paths, as real files have them, may be from the root or from
// the key.
func (p *Policy) deleteKeys(i Instruction, _ string) {
	for _, name := range p.listed(i) {
		if strings.Contains(name, `\`) {
			p.noteSpecial(i, fmt.Sprintf("deletes %q, as Windows understands it, and all below it", shorten(name)))
			continue
		}
		p.deleteKey(i, i.Path()+`\`+name)
	}
}

func (p *Policy) deleteKey(i Instruction, key string) {
	p.do(i, DeleteKey, key, "", Data{})
	if p.deleted == nil {
		p.deleted = map[string]int{}
	}
	p.deleted[fold(key)] = len(p.Ops)
}

func (p *Policy) secure(i Instruction, _ string) {
	p.noteSpecial(i, "changes who may write to the key")
}

func (p *Policy) setSoft(i Instruction, name string) {
	if _, set := p.values(i.Path())[fold(name)]; !set {
		soft := i
		soft.Name = name
		p.setValue(soft)
	}
	p.noteSpecial(i, "sets the value only where there is none")
}

func (p *Policy) unknown(i Instruction, _ string) {
	p.noteSpecial(i, "is a special name that MS-GPREG does not have; what it does is not known")
}

func (p *Policy) noteSpecial(i Instruction, does string) {
	p.noteOdd(i, "policy-special", fmt.Sprintf("%q under %s %s", shorten(i.Name), shorten(i.Key), does))
}

// noteOdd notes what Windows carries out.
func (p *Policy) noteOdd(i Instruction, rule, text string) {
	p.Notes = append(p.Notes, Note{Pos: i.Pos, Rule: rule, Text: text, Key: i.Path(), Name: i.value()})
}

// drop notes what Windows ignores.
func (p *Policy) drop(i Instruction, rule, text string) {
	p.noteOdd(i, rule, text)
	p.Notes[len(p.Notes)-1].Dropped = true
}
