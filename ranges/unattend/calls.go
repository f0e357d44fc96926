package unattend

import (
	"errors"
	"regexp"
	"strings"
	"sync"

	"portreg/ranges"
	"portreg/ranges/netsh"
)

// calls is what a command line does to port ranges.
type calls struct {
	cmds  []netsh.Command
	wrong string // why a call of netsh about them is none of cmds
	shows bool   // a call prints them
	last  string // what cmd.exe runs last
	text  string
}

// callsOf reads a command line.
func callsOf(text string) calls {
	c := calls{text: text}
	for line := range strings.FieldsFuncSeq(behindCmd(text), func(r rune) bool { return r == '\r' || r == '\n' }) {
		c.line(line)
	}
	return c
}

func (c *calls) line(line string) {
	all := parts(line)
	for i, part := range all {
		if !isRem(part) {
			c.part(part)
			continue
		}
		if c.wrong == "" && names(strings.Join(all[i:], "&")) {
			c.wrong = `cmd.exe runs nothing of a line behind "rem"; remove that word`
		}
		return
	}
}

func (c *calls) part(part string) {
	c.last = part
	read, err := netsh.ParseScript("", []byte(withoutRedirection(part)))
	shows := strings.Contains(strings.ToLower(part), " show ")
	var wrong ranges.Errors
	switch {
	case err == nil:
		c.cmds = append(c.cmds, read...)
	case shows:
		c.shows = true
	case c.wrong == "" && names(part) && errors.As(err, &wrong):
		c.wrong = wrong[0].Msg
	}
}

// names tells whether a text has the word for what is read here.
func names(text string) bool {
	text = strings.ToLower(text)
	return strings.Contains(text, "netsh") && (strings.Contains(text, "excludedport") || strings.Contains(text, "dynamicport"))
}

// matters tells whether the line does, or would do, anything to port ranges.
func (c *calls) matters() bool { return len(c.cmds) > 0 || c.wrong != "" || names(c.text) }

var scripts = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)\.(cmd|bat|ps1|vbs|js|wsf)\b|\b(powershell|pwsh)\b.*[-/](e|ec|en[a-z]*)\b|\bnetsh(\.exe)?"?\s+(-f|exec)\s`)
})

// runsScript tells whether the line runs what stands elsewhere.
func (c *calls) runsScript() bool { return !c.matters() && scripts().MatchString(c.text) }

var exits = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)\bexit(\s+/b)?\s+(\d+)\s*$`)
})

// restarts tells whether the line ends with 1 or 2 when netsh refuses the last call.
func (c *calls) restarts() bool {
	if exit := exits().FindStringSubmatch(c.last); exit != nil {
		return exit[2] == "1" || exit[2] == "2"
	}
	_, err := netsh.ParseScript("", []byte(withoutRedirection(c.last)))
	return err == nil
}

// isRem tells whether part makes the rest of its line a comment. cmd.exe reads the
// first word behind rem as any other, so that & ends it there (stackoverflow 4095133).
func isRem(part string) bool {
	word, rest, _ := strings.Cut(strings.TrimLeft(part, " \t@"), " ")
	return strings.EqualFold(word, "rem") && strings.ContainsAny(strings.TrimLeft(rest, " \t"), " \t")
}

// behindCmd gives what cmd.exe is to run: what stands behind its /c, without the
// quotes around it.
func behindCmd(text string) string {
	program, rest, _ := strings.Cut(text, " ")
	program = strings.ToLower(strings.Trim(program, `"`))
	program = program[strings.LastIndexAny(program, `\/`)+1:]
	if program != "cmd" && program != "cmd.exe" && program != "%comspec%" {
		return text
	}
	for {
		word, behind, _ := strings.Cut(strings.TrimLeft(rest, " \t"), " ")
		switch {
		case strings.EqualFold(word, "/c") || strings.EqualFold(word, "/k"):
			return unquote(strings.TrimSpace(behind))
		case !strings.HasPrefix(word, "/"):
			return text
		}
		rest = behind
	}
}

func unquote(text string) string {
	if inner, ok := strings.CutPrefix(text, `"`); ok {
		if end := strings.LastIndexByte(inner, '"'); end >= 0 {
			return inner[:end] + inner[end+1:]
		}
	}
	return text
}

// parts splits a line where cmd.exe ends a command: at & | ( and ) outside quotes.
func parts(line string) []string {
	line = strings.NewReplacer("1>&2", "", "2>&1", "").Replace(line)
	quoted := false
	return strings.FieldsFunc(line, func(r rune) bool {
		quoted = quoted != (r == '"')
		return !quoted && strings.ContainsRune("&|()", r)
	})
}

// withoutRedirection gives a command without what stands behind it from > or 2> on.
func withoutRedirection(part string) string {
	command, _, redirected := strings.Cut(part, ">")
	if redirected && (strings.HasSuffix(command, " 1") || strings.HasSuffix(command, " 2")) {
		return command[:len(command)-1]
	}
	return command
}
