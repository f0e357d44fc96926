// Package lint finds what a person who knows the field would object to in range
// lists, .reg files and captures.
package lint

import "fmt"

// Severity says how much a finding matters; more is worse.
type Severity uint8

// The severities. Unless it is told otherwise, portreg lint does not count Info.
const (
	Info    Severity = iota // true of many good files; worth knowing
	Warning                 // most likely not what was meant
	Error                   // does not do what it says
)

var severities = [...]string{Info: "info", Warning: "warning", Error: "error"}

// String gives "info", "warning" or "error".
func (s Severity) String() string {
	if int(s) < len(severities) {
		return severities[s]
	}
	return fmt.Sprintf("Severity(%d)", uint8(s))
}

// MarshalText gives s as [Severity.String] has it. The error is always nil.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads "info", "warning" or "error".
func (s *Severity) UnmarshalText(text []byte) error {
	for i, name := range severities {
		if string(text) == name {
			*s = Severity(i)
			return nil
		}
	}
	return fmt.Errorf("%q is not a severity; write error, warning or info", text)
}

// Finding is one thing to look at.
type Finding struct {
	File      string
	Line, Col int    // from 1, Col in characters
	Rule      string // the name of its rule
	Severity  Severity
	Text      string // one line; may hold whatever the file holds: each form of output escapes it
}
