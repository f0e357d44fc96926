package gpo

import (
	"bytes"
	"fmt"
	"path"
	"strconv"
	"strings"
	"unicode/utf16"

	"portreg/regfile"
)

// readScripts reads what scripts.ini has Windows run at its start, then psscripts.ini.
func (b *backup) readScripts() error {
	for _, name := range [...]string{scriptsFile, psScriptsFile} {
		file, err := b.file(name, scriptsCSE, maxText)
		if err != nil {
			return err
		}
		if file == nil {
			continue
		}
		if !bytes.HasPrefix(file.Content, []byte("\xff\xfe")) {
			b.noteAt(file.Path, line(1), "scripts-encoding", "the file has no byte order mark; save it as UTF-16LE with FF FE before it")
		}
		if err := b.take(file.Path, parseINI(decode(file.Content))); err != nil {
			return err
		}
	}
	return nil
}

// decode gives text that is UTF-16LE, or in a code page if nothing says so.
func decode(src []byte) string {
	text, marked := bytes.CutPrefix(src, []byte("\xff\xfe"))
	if !marked && bytes.IndexByte(text, 0) < 0 {
		return strings.ToValidUTF8(string(text), "\ufffd")
	}
	units := make([]uint16, len(text)/2)
	for i := range units {
		units[i] = uint16(text[2*i]) | uint16(text[2*i+1])<<8
	}
	return string(utf16.Decode(units))
}

// A setting is a line key=value of an INI file.
type setting struct {
	section, key, value string // section and key in lower case
	line                int
}

// parseINI reads the settings, the first of each name: programs see no others.
func parseINI(text string) (settings []setting) {
	section := ""
	seen := map[[2]string]bool{}
	n := 0
	for text := range strings.SplitSeq(text, "\n") {
		n++
		text = strings.TrimSpace(text)
		if name, ok := strings.CutPrefix(text, "["); ok {
			name, _, _ = strings.Cut(name, "]")
			section = strings.ToLower(strings.TrimSpace(name))
			continue
		}
		key, value, ok := strings.Cut(text, "=")
		s := setting{section, strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(value), n}
		if id := [2]string{s.section, s.key}; ok && !strings.HasPrefix(text, ";") && !seen[id] {
			seen[id] = true
			settings = append(settings, s)
		}
	}
	return settings
}

// take takes the scripts of [Startup] in the order of their numbers.
func (b *backup) take(file string, settings []setting) error {
	numbered := map[string]setting{}
	for _, s := range settings {
		if s.section == "startup" {
			numbered[s.key] = s
		}
	}
	n := 0
	for ; ; n++ {
		cmd, ok := numbered[fmt.Sprintf("%dcmdline", n)]
		if !ok {
			break
		}
		parameters, ok := numbered[fmt.Sprintf("%dparameters", n)]
		if !ok {
			b.noteAt(file, line(cmd.line), "no-parameters", "%dParameters is missing; write it, and nothing behind its =", n)
		}
		if err := b.run(Run{Command: cmd.value, Parameters: parameters.value, Path: file, Line: cmd.line}); err != nil {
			return err
		}
	}
	for _, s := range settings {
		if number, ok := strings.CutSuffix(s.key, "cmdline"); ok && s.section == "startup" && !isBelow(number, n) {
			b.noteAt(file, line(s.line), "script-number", "%.40q is not run: the scripts are numbered from 0, without a gap, and %dCmdLine is not there", s.value, n)
			b.Notes[len(b.Notes)-1].Dropped = true
		}
	}
	return nil
}

func isBelow(number string, n int) bool {
	i, err := strconv.Atoi(number)
	return err == nil && i < n && strconv.Itoa(i) == number
}

// run takes a script, with its file if it has one in the folder of the startup scripts.
func (b *backup) run(r Run) error {
	name := strings.ReplaceAll(strings.Trim(r.Command, `"`), `\`, "/")
	full := path.Join(machine, startupFolder, name)
	file := b.path(full)
	switch {
	case file != "" && !b.listed[strings.ToLower(full)]:
		b.drop(file, "unlisted-file", "%s does not name this file, so that it is not imported", backupFile)
	case file != "":
		src, err := b.read(file, maxFile)
		if err != nil {
			return err
		}
		r.File = &File{file, src}
	case !strings.ContainsAny(name, `/:%`):
		b.noteAt(r.Path, line(r.Line), "missing-script", "%.100q is not in %s of the backup", r.Command, backslashes(startupFolder))
	default:
		b.noteAt(r.Path, line(r.Line), "unread-script", "%.100q is not in the backup, and what it does is not known", r.Command)
	}
	b.Startup = append(b.Startup, r)
	return nil
}

// line is the begin of a line, as the place of a note.
func line(n int) *element { return &element{pos: regfile.Pos{Line: n, Col: 1}} }
