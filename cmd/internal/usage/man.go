package usage

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Manual is what a manual page says beside the description.
type Manual struct {
	Version     string
	Date        string // "2026-11-23", or "" if unknown, which mandoc -T lint warns of
	Statuses    []Term
	Environment []Term
	SeeAlso     []string // such as "git(1)"
}

// Term is something with its meaning, in which what stands between ` and ` is typed.
type Term struct{ Name, About string }

// Man writes the page in roff, with the macros of man(7).
func (p *Program) Man(m Manual) string {
	page := manPage{}
	page.line(".TH PORTREG 1 " + roffArgument(m.Date) + " " + roffArgument("portreg "+m.Version) + ` "User Commands"`)
	page.line(".nh") // flags and names are to be found whole
	page.line(".ad l")
	page.line(".SH NAME")
	summary, _, _ := strings.Cut(p.About, ":")
	page.line(`portreg \- ` + roff(uncapitalized(summary)))
	page.line(".SH SYNOPSIS")
	for i, c := range p.Commands {
		if i > 0 {
			page.line(".br")
		}
		page.line(c.synopsis())
	}
	page.line(".SH DESCRIPTION")
	page.text(p.About)
	page.line(".SH COMMANDS")
	for _, c := range p.Commands {
		page.command(c)
	}
	page.line(".SH OPTIONS")
	page.line("Every command has these:")
	page.flags(p.Flags)
	page.line(".SH EXIT STATUS")
	page.terms(m.Statuses)
	page.line(".SH ENVIRONMENT")
	page.terms(m.Environment)
	page.line(".SH EXAMPLES")
	page.examples(p.Examples)
	page.line(".SH SEE ALSO")
	page.line(roff(strings.Join(m.SeeAlso, ", ")))
	return page.String()
}

type manPage struct{ strings.Builder }

// line adds a line that is roff already.
func (m *manPage) line(roff string) { m.WriteString(roff + "\n") }

// text adds a line of text, which is no request whatever it begins with.
func (m *manPage) text(text string) { m.line(`\&` + roff(text)) }

func (m *manPage) command(c Command) {
	m.line(".SS " + roff(c.Name))
	m.line(c.synopsis())
	m.line(".PP")
	m.text(c.About)
	for _, a := range c.Arguments {
		m.line(".TP")
		m.line(a.roff())
		m.text(a.About)
	}
	m.flags(c.Flags)
	m.line(".PP")
	m.line("Examples:")
	m.line(".PP")
	m.examples(c.Examples)
}

func (m *manPage) flags(all []Flag) {
	for _, f := range all {
		m.line(".TP")
		m.line(f.roff())
		m.text(f.About)
	}
}

func (m *manPage) terms(all []Term) {
	for _, t := range all {
		m.line(".TP")
		m.line(bold(t.Name))
		var b strings.Builder
		for i, part := range strings.Split(t.About, "`") {
			if i%2 == 1 {
				b.WriteString(bold(part))
			} else {
				b.WriteString(roff(part))
			}
		}
		m.line(`\&` + b.String())
	}
}

func (m *manPage) examples(lines string) {
	m.line(".nf")
	m.line(".RS")
	for line := range strings.Lines(lines) {
		m.text(strings.TrimSpace(line))
	}
	m.line(".RE")
	m.line(".fi")
}

// synopsis is the form of a command: portreg gen [flags] list ...
func (c Command) synopsis() string {
	parts := []string{bold("portreg " + c.Name)}
	for _, f := range c.Flags {
		if f.Required {
			parts = append(parts, f.long())
		}
	}
	parts = append(parts, "["+italic("flags")+"]")
	for _, a := range c.Arguments {
		parts = append(parts, a.roff())
	}
	return strings.Join(parts, " ")
}

func (a Argument) roff() string {
	if a.Repeats {
		return italic(a.Name) + " ..."
	}
	return italic(a.Name)
}

// roff is -f, --format=FORMAT.
func (f Flag) roff() string {
	if len(f.Names) == 1 {
		return f.long()
	}
	return bold(f.Names[0]) + ", " + f.long()
}

func (f Flag) long() string {
	name := bold(f.Names[len(f.Names)-1])
	if f.Value.Kind == Nothing {
		return name
	}
	return name + "=" + italic(f.Placeholder)
}

func bold(text string) string   { return `\fB` + roff(text) + `\fR` }
func italic(text string) string { return `\fI` + roff(text) + `\fR` }

// roff gives text that stands for itself: what roff takes for its own, and what it
// prints as typographic characters, becomes escapes.
var roff = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`).Replace

// roffArgument gives text as an argument of a request.
func roffArgument(text string) string {
	return `"` + strings.ReplaceAll(text, `"`, `\(dq`) + `"`
}

func uncapitalized(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return fmt.Sprintf("%c%s", unicode.ToLower(first), text[size:])
}
