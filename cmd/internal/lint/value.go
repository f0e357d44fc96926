package lint

import (
	"strings"

	"portreg/cmd/internal/target"
	"portreg/regfile"
)

// What rules find in the values that a .reg file sets, whatever becomes of them later.

// valueNames are those that portreg knows below a Parameters key of TCP/IP.
var valueNames = [...]string{target.ReservedPortsName, target.MaxUserPortName}

// settings gives the operations that set a value below a Parameters key of TCP/IP.
func (l *linter) settings() (ops []regfile.Op) {
	for _, op := range l.Ops {
		if _, ok := target.PlaceOf(op.Key); ok && op.Verb == regfile.SetValue {
			ops = append(ops, op)
		}
	}
	return ops
}

func findSetTwice(l *linter) {
	type value struct{ key, name string }
	of := func(op regfile.Op) value { return value{lower(op.Key), lower(op.Name)} }
	last := map[value]regfile.Pos{}
	for _, op := range l.settings() {
		last[of(op)] = op.Pos
	}
	for _, op := range l.settings() {
		for _, name := range valueNames {
			at := last[of(op)]
			twice := at != op.Pos && target.SameName(op.Name, name)
			if twice && !l.find(op.Pos.Line, op.Pos.Col, "%s is set again on line %d, which replaces this", op.Name, at.Line) {
				return
			}
		}
	}
}

func findMisspelt(l *linter) {
	for _, op := range l.settings() {
		right := nearName(op.Name)
		if right != "" && !l.find(op.Pos.Line, op.Pos.Col, "%q is not %q: nothing reads it", clip(op.Name), right) {
			return
		}
	}
}

// nearName gives the name that another one is a misspelling of, or "". That of
// ReservedPorts in nothing but blanks has a note.
func nearName(name string) string {
	const most = 2
	bare := strings.TrimSpace(name)
	for _, right := range valueNames {
		switch {
		case target.SameName(name, right), target.SameName(bare, target.ReservedPortsName):
			return ""
		case len(bare) <= len(right)+most && edits(lower(bare), lower(right)) <= most:
			return right
		}
	}
	return ""
}

// lower lowers ASCII letters, as names of the registry are compared.
func lower(name string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}, name)
}
