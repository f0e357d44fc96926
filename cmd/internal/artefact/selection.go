package artefact

import (
	"cmp"
	"fmt"
	"strings"

	"portreg/cmd/internal/target"
	"portreg/ranges"
	"portreg/regfile"
)

// Selection picks lists of ports in the registry. The zero Selection is that of TCP/IP's
// ReservedPorts, with what else its keys say of ports.
type Selection struct {
	Key  string // the last components of a key's path, or all of it; "" for any key
	Name string // of the values; "" for ReservedPorts
}

// Given tells whether s is not that of TCP/IP.
func (s Selection) Given() bool { return s != Selection{} }

// String names what is picked, as in "Ports under Software\\Microsoft\\Rpc\\Internet".
func (s Selection) String() string {
	if s.Key == "" {
		return s.name()
	}
	return s.name() + " under " + s.Key
}

func (s Selection) name() string { return cmp.Or(s.Name, target.ReservedPortsName) }

func (s Selection) takes(key, name string) bool {
	return target.SameName(name, s.name()) && (s.Key == "" || target.EndsIn(key, s.Key))
}

// ofScan is s for package regfile, which gives more.
func (s Selection) ofScan() regfile.Selection {
	switch {
	case s.Key != "":
		return regfile.Selection{Keys: []string{s.Key}}
	case s.Name != "":
		return regfile.Selection{Names: []string{s.Name}}
	}
	return regfile.Selection{Keys: []string{target.ParametersKey}, Names: []string{target.ReservedPortsName, target.MaxUserPortName}}
}

// isAside tells whether a note is about a value that is not read, or about a key that has
// none.
func (s Selection) isAside(n regfile.Note) bool {
	read := target.SameName(n.Name, s.name()) || !s.Given() && target.SameName(n.Name, target.MaxUserPortName)
	return n.Key != "" && !read && (n.Name != "" || !s.mayHold(n.Key))
}

// mayHold tells whether a key is, or may be above, one whose lists are picked, by what is
// known of its path.
func (s Selection) mayHold(key string) bool {
	if !s.Given() {
		return target.HoldsPlaces(key)
	}
	for path := s.Key; path != ""; path = path[:max(0, strings.LastIndexByte(path, '\\'))] {
		if target.EndsIn(key, path) {
			return true
		}
	}
	return false
}

// Accept tells why a format is none of the registry, or cannot be searched for s.
func (s Selection) Accept(file string, f *Format) error {
	if !s.Given() || f.registry() && f.Name != Hive {
		return nil
	}
	e := &ranges.Error{Name: file, Line: 1, Col: 1, Msg: fmt.Sprintf("this is %s; --key and --name are about files of the registry", f.Title)}
	if f.Name == Hive {
		e.Line, e.Col = 0, 0
		e.Msg = fmt.Sprintf("this is %s, of which TCP/IP's keys are read only; for --key and --name export the key with hivexregedit, and give that file", f.Title)
	}
	return e
}
