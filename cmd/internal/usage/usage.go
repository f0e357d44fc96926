// Package usage makes, from a description of portreg's command line, what other
// programs show of it: completion scripts for shells, and a manual page.
//
// # Completion
//
// All scripts go by the same rules:
//
//   - The first word that is no flag is the command; the words after it that are
//     none, and are no value of one, are its arguments. After -- no word is a flag,
//     and - never is one.
//   - A flag that takes a value takes it after = or from the next word.
//   - A word that begins with - is completed to the flags of the command, any other
//     to the commands, to the words that the flag or the argument takes, or to the
//     names of files. After a flag that takes other text, and after the last
//     argument, nothing is offered.
//
// The scripts are ASCII if the description is, the same for the same description, and
// run no program.
package usage

import "strings"

// Names and words are letters of ASCII, digits, and the characters . _ and -, which no
// shell gives a meaning to. All else is text that may hold anything but line feeds.

// Program describes portreg.
type Program struct {
	About    string // a sentence or more, as in all descriptions
	Flags    []Flag // of the program and of every command
	Commands []Command
	Examples string // lines with commands that can be pasted, indented or not
}

// Command describes a command.
type Command struct {
	Name, About string
	Flags       []Flag // but for the program's
	Arguments   []Argument
	Examples    string
}

// Flag describes a flag.
type Flag struct {
	Names       []string // as typed, "-f" before "--format"
	About       string
	Placeholder string // for the value
	Value       Value
	Required    bool
	Repeats     bool
}

// Argument describes an argument, which is a word that has to be there.
type Argument struct {
	Name, About string
	Value       Value
	Repeats     bool // the last one of a command may
}

// Value is what a flag or an argument takes.
type Value struct {
	Kind  Kind
	Words []string // of the kind Words: all of them, or those that are words
}

// Kind is a kind of value.
type Kind string

// The kinds of values.
const (
	Nothing Kind = ""      // of a flag that is there or is not
	Text    Kind = "text"  // what cannot be guessed
	Files   Kind = "files" // the name of a file, or -
	Words   Kind = "words" // one of some words
)

// Shells is the table of the shells there are completion scripts for.
var Shells = [...]struct {
	Name   string
	Script func(*Program) string
}{
	{"bash", bash},
	{"zsh", zsh},
	{"fish", fish},
	{"powershell", powerShell},
}

// A place is where a value is completed.
type place struct {
	keys  []string // such as "gen -f", "gen --format"; "gen argument 1", "gen argument *"; "gen flags"
	value Value
}

// places gives all that take a value, for scripts that look them up by their keys.
func (p *Program) places() (all []place) {
	for _, c := range p.levels() {
		all = append(all, c.places(p.Flags)...)
	}
	return all
}

// levels gives the commands behind one without a name, whose argument they are.
func (p *Program) levels() []Command {
	names := Value{Kind: Words}
	for _, c := range p.Commands {
		names.Words = append(names.Words, c.Name)
	}
	top := Command{Arguments: []Argument{{Name: "command", Value: names}}}
	return append([]Command{top}, p.Commands...)
}

func (c *Command) places(common []Flag) []place {
	names := Value{Kind: Words}
	var all []place
	for _, f := range c.allFlags(common) {
		names.Words = append(names.Words, f.Names...)
		if f.Value.Kind == Nothing {
			continue
		}
		var keys []string
		for _, name := range f.Names {
			keys = append(keys, c.Name+" "+name)
		}
		all = append(all, place{keys, f.Value})
	}
	all = append([]place{{[]string{c.Name + " flags"}, names}}, all...)
	for i, a := range c.Arguments {
		all = append(all, place{[]string{c.Name + " argument " + a.number(i)}, a.Value})
	}
	return all
}

// number is that of the ith argument, * if it repeats.
func (a Argument) number(i int) string {
	if a.Repeats {
		return "*"
	}
	return string(rune('1' + i))
}

func (c *Command) allFlags(common []Flag) []Flag {
	return append(common[:len(common):len(common)], c.Flags...)
}

// brief is the first sentence.
func brief(about string) string {
	if first, _, more := strings.Cut(about, ". "); more {
		return first + "."
	}
	return about
}

// quoteAll quotes words and joins them with what stands between.
func quoteAll(words []string, quote func(string) string, between string) string {
	var all []string
	for _, w := range words {
		all = append(all, quote(w))
	}
	return strings.Join(all, between)
}
