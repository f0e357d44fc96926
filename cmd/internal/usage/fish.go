package usage

import (
	"fmt"
	"strings"
)

// fish writes complete commands, and functions that tell which of them count. fish
// itself finds out what is a flag's value.
func fish(p *Program) string {
	var b strings.Builder
	top := Command{}
	top.fish(&b, p.Flags)
	for _, c := range p.Commands {
		fmt.Fprintf(&b, "complete -c portreg -n %s -a %s -d %s\n", fishQuote("__portreg_argument 1"), c.Name, fishQuote(brief(c.About)))
	}
	for _, c := range p.Commands {
		c.fish(&b, p.Flags)
	}
	return fishHead + p.fishTaking() + fishTail + b.String()
}

// fishTaking is the patterns of commands and flags that take a value.
func (p *Program) fishTaking() string {
	var patterns []string
	for _, place := range p.places() {
		for _, key := range place.keys {
			if strings.Contains(key, " -") {
				patterns = append(patterns, fishQuote(key))
			}
		}
	}
	return strings.Join(patterns, " ")
}

func (c *Command) fish(b *strings.Builder, common []Flag) {
	command := fishQuote(strings.TrimSpace("__portreg_command " + c.Name))
	for _, f := range c.allFlags(common) {
		fmt.Fprintf(b, "complete -c portreg -n %s%s%s -d %s\n", command, f.fishNames(), f.Value.fish(), fishQuote(brief(f.About)))
	}
	for i, a := range c.Arguments {
		argument := fishQuote("__portreg_argument '" + a.number(i) + "' " + c.Name)
		fmt.Fprintf(b, "complete -c portreg -n %s%s\n", argument, a.Value.fishWords())
	}
}

func (f Flag) fishNames() string {
	var b strings.Builder
	for _, name := range f.Names {
		if long, ok := strings.CutPrefix(name, "--"); ok {
			b.WriteString(" -l " + long)
		} else {
			b.WriteString(" -s " + name[1:])
		}
	}
	return b.String()
}

// fish says that there is a value, and which.
func (v Value) fish() string {
	switch v.Kind {
	case Nothing:
		return ""
	case Files:
		return " -r -F"
	}
	return " -x" + v.fishWords()
}

func (v Value) fishWords() string {
	switch v.Kind {
	case Files:
		return " -F"
	case Words:
		return " -a " + fishQuote(strings.Join(v.Words, " "))
	}
	return ""
}

func fishQuote(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(text) + "'"
}

const fishHead = `# The completion of portreg for fish.

# Prints the command, empty if there is none yet, and the number of its next argument.
function __portreg_place
    set -l command
    set -l number 1
    set -l value
    set -l flags yes
    for word in (commandline -opc)[2..-1]
        if test -n "$value"
            set value
        else if test "$flags $word" = 'yes --'
            set flags
        else if test -n "$flags"; and string match -q -- '-?*' "$word"
            contains -- "$command $word" `

const fishTail = `
            and set value yes
        else if test -z "$command"
            set command $word
        else
            set number (math $number + 1)
        end
    end
    echo -- "$command"
    echo -- $number
end

# Tells whether the command is that one; without one, whether there is none yet.
function __portreg_command
    set -l place (__portreg_place)
    test "$place[1]" = "$argv[1]"
end

# Tells whether an argument of that number, * for any, of the command is at the cursor.
function __portreg_argument
    set -l place (__portreg_place)
    test "$place[1]" = "$argv[2]"; and contains -- $argv[1] '*' $place[2]
end

complete -c portreg -e
complete -c portreg -f
`
