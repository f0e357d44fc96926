package hive

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"portreg/regfile"
)

const (
	systemKey  = `HKEY_LOCAL_MACHINE\SYSTEM`
	controlSet = "ControlSet"
	current    = "CurrentControlSet"
)

var parameters = []string{"Services", "Tcpip", "Parameters"}

// Hive is what a SYSTEM hive says about TCP/IP.
type Hive struct {
	// Ops are, for each control set that has the key Services\Tcpip\Parameters, its
	// CreateKey and a SetValue for each of its values, under
	// HKEY_LOCAL_MACHINE\SYSTEM\ControlSetNNN. They have no Pos.
	Ops []regfile.Op

	// Notes say what is odd or damaged, with the place in the file in their text.
	Notes []regfile.Note

	// Current is Select\Current, the number of the control set that Windows last
	// started with, and Next is Select\Default, that of the one for its next start;
	// 0 if the hive does not say, or says one that is not there.
	Current, Next int
}

// mostData is how much of the values is kept, each with what it takes beside its data;
// a list of all ports takes less than 1 MiB.
const (
	mostData  = 16 << 20
	perValue  = 256
	mostNames = 8 // that a message quotes
)

// Read reads a SYSTEM hive of size bytes. Only the cells that lead to the values, and
// their siblings, are read. A file that is no hive, another hive than SYSTEM, a log, and
// one that is cut off are a [*regfile.Error]; so is a root key that cannot be read. An
// error of r is returned as it is.
func Read(name string, r io.ReaderAt, size int64) (*Hive, error) {
	f, odd, err := open(r, size)
	s := &system{file: f, kept: mostData}
	if err == nil {
		s.noteDirty(odd)
		err = s.read()
	}
	switch {
	case f.failed != nil:
		return nil, f.failed
	case err != nil:
		return nil, &regfile.Error{Name: name, Text: err.Error()}
	}
	return &s.Hive, nil
}

// A system is a SYSTEM hive being read.
type system struct {
	*file
	Hive
	kept  int // how many bytes may yet be kept
	sets  []controlSetKey
	other []string // keys that are neither Select nor control sets
}

type controlSetKey struct {
	number int
	key
}

func (s *system) note(rule, key, name, format string, args ...any) {
	s.Notes = append(s.Notes, regfile.Note{Rule: rule, Key: key, Name: name, Text: fmt.Sprintf(format, args...)})
}

func (s *system) noteDirty(odd []string) {
	if odd != nil {
		s.note("hive-dirty", "", "", "%s: Windows was not done writing it, and what is newer stands in its log files (.LOG, .LOG1, .LOG2), which are not read; start that Windows and shut it down, or let it recover the hive", strings.Join(odd, " and "))
	}
}

func (s *system) read() error {
	root, err := s.key(s.root)
	if err != nil {
		return fmt.Errorf("the hive is damaged: its root key: %w", err)
	}
	var selected *key
	damage := s.walk(root, func(k key) bool {
		s.sort(k, &selected)
		return true
	})
	switch none := selected == nil && len(s.sets) == 0; {
	case none && damage != nil:
		return fmt.Errorf("the hive is damaged: its keys: %w", damage)
	case none:
		return s.notSystem()
	case damage != nil:
		s.note("hive-damage", systemKey, "", "damaged: the keys of the hive: %v", damage)
	}
	for _, set := range s.sets {
		s.readSet(set)
	}
	s.readSelect(selected)
	return nil
}

// sort takes a key below the root for what it is.
func (s *system) sort(k key, selected **key) {
	n, ok := setNumber(k.name)
	switch {
	case same(k.name, "Select"):
		*selected = &k
	case same(k.name, current) && !k.link:
		s.note("hive-current", "", "", "it has a key %s, which is none of a hive: a .reg file for a running Windows was written into it, and nothing reads that", current)
	case ok && !slices.ContainsFunc(s.sets, func(set controlSetKey) bool { return set.number == n }):
		s.sets = append(s.sets, controlSetKey{n, k})
	case len(s.other) < mostNames:
		s.other = append(s.other, strconv.Quote(k.name))
	}
}

// setNumber gives the number of a control set: three digits, not all 0.
func setNumber(name string) (int, bool) {
	if len(name) != len(controlSet)+3 || !same(name[:len(controlSet)], controlSet) {
		return 0, false
	}
	n, err := strconv.ParseUint(name[len(controlSet):], 10, 16)
	return int(n), err == nil && n > 0
}

func (s *system) notSystem() error {
	found := "no key"
	if s.other != nil {
		found = strings.Join(s.other, ", ")
	}
	return fmt.Errorf("this is no SYSTEM hive: it has neither Select nor ControlSet001, but %s", found)
}

func (s *system) readSet(set controlSetKey) {
	path := fmt.Sprintf(`%s\%s%03d\%s`, systemKey, controlSet, set.number, strings.Join(parameters, `\`))
	k, found, err := s.find(set.key, parameters...)
	if err != nil {
		s.note("hive-damage", path, "", "damaged on the way to %s: %v", path, err)
	}
	if !found {
		return
	}
	s.Ops = append(s.Ops, regfile.Op{Verb: regfile.CreateKey, Key: path})
	s.readValues(k, path)
}

// readValues keeps the values of a key; of two of one name the first counts.
func (s *system) readValues(k key, path string) {
	offsets, err := s.values(k)
	if err != nil {
		s.note("hive-damage", path, "", "damaged: the values of %s: %v", path, err)
	}
	seen := map[string]bool{}
	for _, offset := range offsets {
		v, err := s.value(offset)
		if err == nil && s.kept < 0 {
			err = fmt.Errorf("the values before it have more than %d MiB", mostData>>20)
		}
		if err != nil {
			s.note("hive-damage", path, "", "damaged: a value of %s: %v", path, err)
			return
		}
		if seen[fold(v.name)] {
			s.note("hive-damage", path, v.name, "damaged: %s has %q twice", path, v.name)
			continue
		}
		seen[fold(v.name)] = true
		s.keep(v, path)
	}
}

func (s *system) keep(v value, path string) {
	s.kept -= perValue + len(v.name)
	data, odd, err := s.data(v, s.kept)
	if err != nil {
		s.note("hive-damage", path, v.name, "damaged: %q of %s: %v", v.name, path, err)
		return
	}
	if odd != "" {
		s.note("hive-big-data", path, v.name, "%q of %s: %s", v.name, path, odd)
	}
	s.kept -= len(data)
	s.Ops = append(s.Ops, regfile.Op{Verb: regfile.SetValue, Key: path, Name: v.name, Data: regfile.Data{Type: v.typ, Bytes: data}})
}

// readSelect finds which control set is current, and says where that is not sure.
func (s *system) readSelect(selected *key) {
	if selected == nil {
		s.note("hive-select", "", "", "it has no key Select, which says which control set is current")
		return
	}
	if err := selected.hidden(); err != nil {
		s.note("hive-damage", systemKey, "", "damaged: the keys of the hive: %v", err)
	}
	numbers := s.selection(*selected)
	if numbers["CURRENT"] == 0 {
		s.note("hive-select", "", "", "the key Select has no Current, which says which control set is current")
	}
	s.Current, s.Next = s.existing(numbers, "Current"), s.existing(numbers, "Default")
	if s.Current != s.Next && s.Current != 0 && s.Next != 0 {
		s.note("hive-select", "", "", `Select\Default is %d: Windows starts with %s%03[1]d next, not with %[2]s%03[3]d`, s.Next, controlSet, s.Current)
	}
}

// existing gives the number that Select has under a name, if there is such a control set.
func (s *system) existing(numbers map[string]int, name string) int {
	n := numbers[fold(name)]
	if n != 0 && !slices.ContainsFunc(s.sets, func(set controlSetKey) bool { return set.number == n }) {
		s.note("hive-select", "", "", `Select\%s is %d, and there is no %s%03[2]d`, name, n, controlSet)
		return 0
	}
	return n
}

// selection gives the numbers of the control sets that Select names, by the name in
// capitals; nothing of what is damaged.
func (s *system) selection(k key) map[string]int {
	numbers := map[string]int{}
	offsets, _ := s.values(k)
	for _, offset := range offsets {
		v, err := s.value(offset)
		if err != nil {
			break
		}
		b, _, _ := s.data(v, 4)
		n, err := regfile.Data{Type: v.typ, Bytes: b}.Uint32()
		if err == nil && 0 < n && n < 1000 {
			numbers[fold(v.name)] = int(n)
		}
	}
	return numbers
}
