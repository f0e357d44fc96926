// Package lint finds what a person who knows the field would object to in range
// lists, .reg files, captures, scripts and answer files.
//
// # Rules
//
// A rule is a row of a table, with its reason, its source, and a bad and a good
// example. Each finding is of one rule and has one place: an entry of a list, a row
// of a capture, a command, the name of a value in a .reg file, or, if it is about
// the whole file, its first line. All that a rule finds in an entry, or a value, is
// one finding. Every note that the readers of the formats give is a finding.
//
// What a rule makes of a file may hang on the Windows that it is for. Where that is
// not given, .reg files are for Server 2003, captures, scripts and answer files for
// a later one, and rules that must know are silent about all else.
//
// # Ignores
//
//	8080  # app portreg:ignore outside-dynamic-range, touching-ranges
//
// in the comment of a line of a list switches rules off for that line; behind a further
// # stands why. In a .reg file it is
//
//	; portreg:ignore replaces-value ; why
//
// on a line of its own, for the next line that is neither blank nor a comment, and
// those that continue it. An ignore that ignores nothing, for whatever Windows, names
// no rule, or stands elsewhere in a .reg file or in a comment of a script, is a finding.
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
	Text      string // one line; may hold whatever else the file holds: each form of output escapes it
}
