package oracle

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"portreg/cmd/internal/usage"
)

// renderers print a manual page as text.
var renderers = [][]string{
	{"mandoc", "-T", "utf8"},
	{"groff", "-man", "-ww", "-Tutf8", "-P-cbou"},
}

// render gives the text of a page, without what makes it bold on paper; the renderer has
// nothing to say.
func render(t testing.TB, dir string, renderer []string, page string) string {
	t.Helper()
	r := runIn(t, dir, append(renderer, tempFile(t, "portreg.1", []byte(page)))...)
	if r.status != 0 || r.stderr != "" {
		t.Fatalf("%q: status %d, %s", renderer, r.status, r.stderr)
	}
	return regexp.MustCompile(".\b").ReplaceAllString(r.stdout, "")
}

// squeezed has one blank for all white space.
func squeezed(text string) string { return strings.Join(strings.Fields(text), " ") }

func manual(t testing.TB) string {
	t.Helper()
	t.Setenv("SOURCE_DATE_EPOCH", "1000000000")
	return mustRun(t, portreg, "man")
}

// TestManual: the page has all that the help has, a section for each command.
func TestManual(t *testing.T) {
	page := manual(t)
	_, commands := helped(t, "")
	for _, renderer := range renderers {
		sections := sectionsOf(render(t, "", renderer, page))
		for _, command := range commands {
			all := items(mustRun(t, portreg, command, "--help"))
			if len(all) < 3 {
				t.Fatalf("the help of %s has only %q", command, all)
			}
			for _, item := range all {
				in := command
				if strings.HasPrefix(item, "-h, ") || strings.HasPrefix(item, "--version ") {
					in = "OPTIONS"
				}
				if !strings.Contains(sections[in], item) {
					t.Errorf("%s: %s: no %q in %s", renderer[0], in, item, sections[in])
				}
			}
		}
	}
}

// sectionsOf gives the text below each heading.
func sectionsOf(text string) map[string]string {
	all := map[string]string{}
	name := ""
	for line := range strings.Lines(text) {
		if heading := strings.TrimPrefix(line, "   "); strings.TrimLeft(heading, " \n") == heading {
			name = strings.TrimSpace(heading)
		}
		all[name] = squeezed(all[name] + " " + line)
	}
	return all
}

// items are the arguments and flags of a command in its help, each with what it says.
func items(help string) (all []string) {
	form := regexp.MustCompile(`(?m)^  ((?:-\w, |    )?(?:--|<)\S+(?: \.\.\.)?)  +(\S.*\n(?:          +\S.*\n)*)`)
	for _, m := range form.FindAllStringSubmatch(help, -1) {
		name := strings.NewReplacer("<", "", ">", "").Replace(m[1])
		all = append(all, squeezed(name+" "+m[2]))
	}
	return all
}

// TestManualLint: mandoc finds nothing to change, not even in the style.
func TestManualLint(t *testing.T) {
	if r := run(t, "mandoc", "-T", "lint", "-W", "all", tempFile(t, "portreg.1", []byte(manual(t)))); r.status != 0 || r.stdout+r.stderr != "" {
		t.Error(r)
	}
}

// TestManualWithoutDate: a build that knows no revision has no date to give, and shows
// none of its own. That is all that mandoc has to say of it, and only if it is asked.
func TestManualWithoutDate(t *testing.T) {
	t.Setenv("SOURCE_DATE_EPOCH", "") // to have it back afterwards
	os.Unsetenv("SOURCE_DATE_EPOCH")
	page := mustRun(t, build(t, moduleRoot(t), "false"), "man")
	for _, renderer := range renderers {
		footer := lastLine(render(t, "", renderer, page))
		if got := squeezed(footer); got != "portreg (devel) PORTREG(1)" {
			t.Errorf("%s: the page ends with %q", renderer[0], got)
		}
	}
	r := run(t, "mandoc", "-T", "lint", "-W", "all", tempFile(t, "portreg.1", []byte(page)))
	if said := r.stdout + r.stderr; !strings.HasSuffix(said, `:1:15: WARNING: missing date, using "": TH`+"\n") || strings.Count(said, "\n") > 1 {
		t.Error(r)
	}
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}

// TestManualText: what a description says is printed as it is.
func TestManualText(t *testing.T) {
	texts := []string{
		".so /etc/passwd", "'br", ".sy touch pwned", `\fBx\fR`, `\n(.x \*[x] \$1`, `\`, `x\`, `"x" "`, "'x'", "--x -x a-b", "^~", `.\" x`, `%ProgramData%\portreg\NAME.log`, "...",
	}
	p := usage.Program{About: "About: it"}
	var want []string
	for _, text := range texts {
		p.Commands = append(p.Commands, usage.Command{
			Name: "c", About: "About " + text,
			Flags:     []usage.Flag{{Names: []string{"-x", "--xx"}, About: text, Placeholder: text, Value: usage.Value{Kind: usage.Text}}},
			Arguments: []usage.Argument{{Name: text, About: text}},
		})
		want = append(want, "About "+text, "-x, --xx="+text+" "+text, text+" "+text)
	}
	page := p.Man(usage.Manual{Version: `"1"`, Statuses: []usage.Term{{Name: "0", About: "`.x` .y \\z"}}, SeeAlso: []string{"x(1)"}})
	dir := tempDir(t)
	for _, renderer := range renderers {
		got := squeezed(render(t, dir, renderer, page))
		for _, text := range append(want, `.x .y \z`, `portreg "1"`) {
			if !strings.Contains(got, text) {
				t.Errorf("%s: no %q", renderer[0], text)
			}
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "pwned")); err == nil {
		t.Error("a text was run")
	}
}
