package usage

import (
	"fmt"
	"strings"
)

// zsh writes calls of _arguments, which does all else. The script can be sourced, or
// be a file _portreg in $fpath.
func zsh(p *Program) string {
	var commands, cases strings.Builder
	for _, c := range p.Commands {
		fmt.Fprintf(&commands, "\t\t%s\n", zshQuote(c.Name+":"+strings.ReplaceAll(brief(c.About), `\`, `\\`)))
		fmt.Fprintf(&cases, "\t%s)\n%s\t\t;;\n", c.Name, c.zsh(p.Flags))
	}
	top := Command{}
	return zshHead + commands.String() + zshCommands + top.zshSpecs(p.Flags) + zshState + cases.String() + zshTail
}

func (c *Command) zsh(common []Flag) string {
	rest := ""
	if n := len(c.Arguments); n == 0 || !c.Arguments[n-1].Repeats {
		rest = "\t\t\t'*: : ' \\\n" // where else flags would be offered
	}
	return "\t\t_arguments -s -S : \\\n" + c.zshSpecs(common) + rest + "\t\t\t&& ret=0\n"
}

// zshSpecs gives the flags and arguments as _arguments wants them, a line each.
func (c *Command) zshSpecs(common []Flag) string {
	var specs []string
	for _, f := range c.allFlags(common) {
		specs = append(specs, f.zshSpecs()...)
	}
	for i, a := range c.Arguments {
		specs = append(specs, a.number(i)+":"+zshColons(a.Name)+":"+a.Value.zshAction())
	}
	var b strings.Builder
	for _, spec := range specs {
		fmt.Fprintf(&b, "\t\t\t%s \\\n", zshQuote(spec))
	}
	return b.String()
}

// zshSpecs gives one for each name; those of a flag that does not repeat exclude
// each other.
func (f Flag) zshSpecs() (specs []string) {
	before := "(" + strings.Join(f.Names, " ") + ")"
	if f.Repeats {
		before = "*"
	}
	for _, name := range f.Names {
		after, value := "", ""
		if f.Value.Kind != Nothing {
			after = "+" // here or in the next word
			if strings.HasPrefix(name, "--") {
				after = "=" // behind that or in the next word
			}
			value = ":" + zshColons(f.Placeholder) + ":" + f.Value.zshAction()
		}
		specs = append(specs, before+name+after+"["+zshBrackets(brief(f.About))+"]"+value)
	}
	return specs
}

// zshAction says what completes a value; nothing does that of a single blank.
func (v Value) zshAction() string {
	switch v.Kind {
	case Files:
		return "_files"
	case Words:
		return "(" + strings.Join(v.Words, " ") + ")"
	}
	return " "
}

var (
	zshBrackets = strings.NewReplacer(`\`, `\\`, ":", `\:`, "[", `\[`, "]", `\]`).Replace
	zshColons   = strings.NewReplacer(`\`, `\\`, ":", `\:`).Replace
)

func zshQuote(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

const zshHead = `#compdef portreg
# The completion of portreg for zsh.

_portreg_commands() {
	local -a commands=(
`

const zshCommands = `	)
	_describe -t commands command commands
}

_portreg() {
	local curcontext=$curcontext context state line ret=1
	local -A opt_args
	_arguments -C -s -S : \
`

const zshState = `			'1: :_portreg_commands' \
			'*:: :->rest' \
			&& ret=0
	[[ $state == rest ]] || return ret
	curcontext=${curcontext%:*:*}:portreg-$line[1]:
	case $line[1] in
`

const zshTail = `	esac
	return ret
}

if [[ $funcstack[1] == _portreg ]]; then
	_portreg "$@"
else
	compdef _portreg portreg
fi
`
