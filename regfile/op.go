package regfile

import "fmt"

// Verb is what an operation does.
type Verb uint8

// The four things a .reg file can ask for.
const (
	CreateKey   Verb = iota // [key]: the key is there afterwards
	DeleteKey               // [-key]: the key and all below it are gone
	SetValue                // "name"=data
	DeleteValue             // "name"=-
)

// String is the verb in words.
func (v Verb) String() string {
	switch v {
	case CreateKey:
		return "create key"
	case DeleteKey:
		return "delete key"
	case SetValue:
		return "set value"
	case DeleteValue:
		return "delete value"
	}
	return fmt.Sprintf("verb %d", uint8(v))
}

// Op is one operation on the registry. Operations apply in order.
type Op struct {
	Verb Verb
	Key  string // whole path from the root, single backslashes, case as written
	Name string // of the value; "" is the key's default value
	Data Data   // of SetValue
	Pos  Pos    // where it was written; zero for operations that were not read
}

// Note is something in a file that regedit passes over without a word, or
// takes although it is not regular.
type Note struct {
	Pos     Pos
	Rule    string // short name, such as "hex-comma"
	Text    string // one line for a person, the token quoted
	Dropped bool   // regedit ignores it; else it is carried out
	Key     string // the key it stands under, if one is open
	Name    string // the value it is about, if known
}

// String is "line:col: text".
func (n Note) String() string { return fmt.Sprintf("%v: %s", n.Pos, n.Text) }
