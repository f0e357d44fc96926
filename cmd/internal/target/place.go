package target

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"portreg/regfile"
)

// ReservedPortsName and MaxUserPortName are the two values of the Parameters
// key that decide about the legacy dynamic port range (KB 812873, KB 196271).
const (
	ReservedPortsName = "ReservedPorts"
	MaxUserPortName   = "MaxUserPort"
)

const (
	root     = "HKEY_LOCAL_MACHINE"
	system   = "SYSTEM"
	current  = "CurrentControlSet"
	numbered = "ControlSet"
)

// ParametersKey is the path of TCP/IP's parameters in a control set.
const ParametersKey = `Services\Tcpip\Parameters`

// Place is where the registry values live: in the running Windows or in the
// SYSTEM hive of an image that is mounted under HKEY_LOCAL_MACHINE.
// The zero Place is the running Windows.
type Place struct {
	Mount      string // the name the hive is mounted under, "" for SYSTEM
	ControlSet int    // 1..999, 0 for CurrentControlSet, which no offline hive has
}

// Online tells whether p is in the registry of the Windows that imports it, and not
// in a hive that is mounted.
func (p Place) Online() bool { return p.Mount == "" || SameName(p.Mount, system) }

// Key gives the full key of TCP/IP's parameters.
func (p Place) Key() string {
	hive, set := system, current
	if p.Mount != "" {
		hive = p.Mount
	}
	if p.ControlSet != 0 {
		set = fmt.Sprintf("%s%03d", numbered, p.ControlSet)
	}
	return strings.Join([]string{root, hive, set, ParametersKey}, `\`)
}

// CheckMount tells why name cannot be the name of a mounted hive: a key name is
// one path component (no backslash), and brackets, quotes, slashes and what
// cannot be printed would not survive the tools that read the file.
func CheckMount(name string) error {
	if name == "" {
		return fmt.Errorf("a mount name is needed, such as WIM_System")
	}
	for _, r := range name {
		if strings.ContainsRune("\\/[]\"'\uFFFD", r) || !unicode.IsPrint(r) {
			return fmt.Errorf("mount name %q holds %q; it is one key name, such as WIM_System", name, r)
		}
	}
	if strings.TrimSpace(name) != name {
		return fmt.Errorf("mount name %q begins or ends with a blank", name)
	}
	return nil
}

// CheckKey tells why path cannot be the last components of a key's path, or all of it: they
// have backslashes between them and nowhere else.
func CheckKey(path string) error {
	right := cleanKey(path)
	switch {
	case right == "":
		return errors.New(`a key is needed, or its last components, such as Software\Microsoft\Rpc\Internet`)
	case strings.ContainsFunc(path, isUnprintable):
		return fmt.Errorf("key %q holds what cannot be printed; write its last components, such as %s", path, `Software\Microsoft\Rpc\Internet`)
	case right != path:
		return fmt.Errorf("%q is not how a .reg file names a key; write %s", path, right)
	}
	return nil
}

// cleanKey takes from a key what the file, regedit's address bar or PowerShell has around
// it, and gives its root the long name.
func cleanKey(path string) string {
	if strings.HasPrefix(path, "[") && strings.HasSuffix(path, "]") {
		path = path[1 : len(path)-1]
	}
	parts := strings.FieldsFunc(path, func(r rune) bool { return r == '\\' })
	if len(parts) > 1 && SameName(parts[0], "Computer") && strings.HasPrefix(parts[1], "HKEY_") {
		parts = parts[1:]
	}
	if len(parts) > 0 {
		parts[0] = cmp.Or(regfile.LongRoot(strings.TrimSuffix(parts[0], ":")), parts[0])
	}
	return strings.Join(parts, `\`)
}

// CheckValueName tells why name cannot be the name of a value that is looked for.
func CheckValueName(name string) error {
	if name == "" {
		return errors.New("the name of a value is needed, such as Ports")
	}
	if strings.ContainsFunc(name, isUnprintable) {
		return fmt.Errorf("name %q holds what cannot be printed; write the name of a value, such as Ports", name)
	}
	return nil
}

func isUnprintable(r rune) bool { return r == utf8.RuneError || !unicode.IsPrint(r) }

// EndsIn tells whether path is a key's path or its last components, without the case of
// ASCII letters.
func EndsIn(key, path string) bool {
	at := len(key) - len(path)
	return at == 0 && SameName(key, path) || at > 0 && key[at-1] == '\\' && SameName(key[at:], path)
}

// PlaceOf reads a key that Key could have written, in any case; ok is false for
// every other key.
func PlaceOf(key string) (p Place, ok bool) {
	part := strings.Split(key, `\`)
	if len(part) != 6 || !matchesKey(part) {
		return Place{}, false
	}
	p.Mount = part[1]
	if SameName(p.Mount, system) {
		p.Mount = ""
	}
	p.ControlSet, _ = controlSet(part[2])
	return p, true
}

// ControlSetOf gives the control set that key is or is in, as the place of its
// Parameters key; ok is false for a key that is in none.
func ControlSetOf(key string) (p Place, ok bool) {
	part := strings.Split(key, `\`)
	if len(part) < 3 || !SameName(part[0], root) {
		return Place{}, false
	}
	p.Mount = part[1]
	p.ControlSet, ok = controlSet(part[2])
	return p, ok
}

// HoldsPlaces tells whether a Parameters key, or such a key below it, is what
// key names: whether deleting key deletes reservations.
func HoldsPlaces(key string) bool {
	part := strings.Split(key, `\`)
	return len(part) <= 6 && matchesKey(part)
}

// matchesKey compares the components there are with those of a Parameters key.
func matchesKey(part []string) bool {
	want := [...]string{root, "", "", "Services", "Tcpip", "Parameters"}
	for i, p := range part {
		switch i {
		case 1:
		case 2:
			if _, ok := controlSet(p); !ok {
				return false
			}
		default:
			if !SameName(p, want[i]) {
				return false
			}
		}
	}
	return true
}

// controlSet gives the number of a control set key, 0 for CurrentControlSet.
func controlSet(name string) (n int, ok bool) {
	if SameName(name, current) {
		return 0, true
	}
	if len(name) != len(numbered)+3 || !SameName(name[:len(numbered)], numbered) {
		return 0, false
	}
	u, err := strconv.ParseUint(name[len(numbered):], 10, 16)
	return int(u), err == nil && u > 0
}

// SameName tells whether the registry takes two names of keys or values for one: the
// case of ASCII letters does not count.
func SameName(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}
