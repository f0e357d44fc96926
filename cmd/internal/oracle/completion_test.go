package oracle

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"portreg/cmd/internal/usage"
)

// shells are those that complete, with a driver for each: it takes lines on its
// standard input, where $SCRIPT is the script, and appends to the file $ANSWERS
//
//	line LINE
//	word WORD<tab>DESCRIPTION
//
// with a line "word" for each word that it offers, which is (files) if it leaves it to
// the shell to offer the names of files.
var shells = []shell{
	{"bash", []string{"bash", "--noprofile", "--rcfile", "shells/bash.rc", "-i"}, []string{"(files)"}, false},
	{"zsh", []string{"zsh", "-f", "shells/zsh.zsh"}, folder, true},
	{"fish", []string{"fish", "--no-config", "shells/fish.fish"}, folder, false},
	{"powershell", []string{"node", "powershell/complete.mjs"}, []string{"(files)"}, false},
}

type shell struct {
	name     string
	driver   []string
	files    []string // what it says where files are offered
	terminal bool     // it completes on a terminal only
}

// eachShell runs a test for each, without those that want a terminal where the system
// gives none, as in some containers.
func eachShell(t *testing.T, test func(*testing.T, shell)) {
	pty, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err == nil {
		pty.Close()
	}
	for _, shell := range shells {
		t.Run(shell.name, func(t *testing.T) {
			if shell.terminal && err != nil {
				t.Logf("%s is not tested: %v", shell.name, err)
				return
			}
			test(t, shell)
		})
	}
}

// folder is what there is where the shells run.
var folder = []string{"old list.txt", "ports.txt", "sub"}

// offered is what a shell offers for a line: words and their descriptions.
type offered map[string]string

func (o offered) words() []string { return slices.Sorted(maps.Keys(o)) }

// complete has the shell complete the lines.
func complete(t testing.TB, driver []string, dir, script string, lines []string) []offered {
	t.Helper()
	answers := filepath.Join(tempDir(t), "answers")
	input := strings.Join(lines, "\n") + "\n"
	if driver[0] == "bash" { // its readline reads keys
		input = strings.Join(lines, "\t\x15") + "\t\x15"
	}
	driver = slices.Clone(driver)
	for i, arg := range driver {
		if strings.Contains(arg, "/") {
			var err error
			if driver[i], err = filepath.Abs(arg); err != nil {
				t.Fatal(err)
			}
		}
	}
	runShell(t, driver, dir, input, "SCRIPT="+tempFile(t, "script", []byte(script)), "ANSWERS="+answers)
	return readAnswers(t, string(readFile(t, answers)), lines)
}

func runShell(t testing.TB, driver []string, dir, input string, env ...string) {
	t.Helper()
	r, err := command{dir: dir, env: append(env, "HOME="+dir), limit: scriptLimit, stdin: input, args: driver}.run()
	if err != nil || r.status != 0 {
		t.Fatalf("%q: %v %v", driver, err, r)
	}
}

// readAnswers reads what a driver wrote; a word loses what shells put around it.
func readAnswers(t testing.TB, answers string, lines []string) (all []offered) {
	t.Helper()
	i := -1
	for answer := range strings.Lines(answers) {
		kind, text, _ := strings.Cut(strings.TrimSuffix(answer, "\n"), " ")
		switch kind {
		case "line":
			if i++; i >= len(lines) || text != lines[i] {
				t.Fatalf("a line is %q, want number %d of %q", text, i, lines)
			}
			all = append(all, offered{})
		case "word":
			word, about, _ := strings.Cut(text, "\t")
			if strings.TrimSpace(word) != "" {
				all[i][bare(lines[i], word)] = about
			}
		}
	}
	if len(all) != len(lines) {
		t.Fatalf("%d lines are answered, want %d", len(all), len(lines))
	}
	return all
}

// bare is the word without the flag it is the value of, without the = or / that some
// shells put behind it.
func bare(line, word string) string {
	last := line[strings.LastIndex(line, " ")+1:]
	if flag, _, ok := strings.Cut(last, "="); ok {
		word = strings.TrimPrefix(word, flag+"=")
	}
	return strings.TrimRight(word, "=/ ")
}

// helped is what the help of a command names: its flags and, for the program, its
// commands.
func helped(t testing.TB, command string) (flags, commands []string) {
	t.Helper()
	help := mustRun(t, append([]string{portreg}, append(strings.Fields(command), "--help")...)...)
	for _, m := range regexp.MustCompile(`(?m)^  (?:(-\w), |    )(--[\w-]+)`).FindAllStringSubmatch(help, -1) {
		flags = append(flags, m[2])
		if m[1] != "" {
			flags = append(flags, m[1])
		}
	}
	_, list, _ := strings.Cut(help, "\nCommands:\n")
	for _, m := range regexp.MustCompile(`(?m)^  (\w+)  `).FindAllStringSubmatch(list, -1) {
		commands = append(commands, m[1])
	}
	slices.Sort(flags)
	slices.Sort(commands)
	return flags, commands
}

// questions is the table of lines and what is to be offered: flags of a command,
// commands, files of which there may be none, or these words.
var questions = []struct{ line, want string }{
	{"portreg ", "commands"},
	{"portreg ge", "gen"},
	{"portreg -", "flags"},
	{"portreg --v", "--version"},
	{"portreg --version ", "commands"},
	{"portreg gen ", "files"},
	{"portreg gen -", "flags gen"},
	{"portreg gen --un", "--undo"},
	{"portreg gen -f ", "reg regedit4 netsh cmd ps1 unattend pol lgpo samba-json gpp gpp-collection gpo json"},
	{"portreg gen -f re", "reg regedit4"},
	{"portreg gen -f x", ""},
	{"portreg gen --format ", "reg regedit4 netsh cmd ps1 unattend pol lgpo samba-json gpp gpp-collection gpo json"},
	{"portreg gen --format=", "reg regedit4 netsh cmd ps1 unattend pol lgpo samba-json gpp gpp-collection gpo json"},
	{"portreg gen --format=re", "reg regedit4"},
	{"portreg gen --format=reg -t 201", "2012 2012r2 2016 2019"},
	{"portreg gen -t 8", "8 8.1"},
	{"portreg gen --encoding ", "utf-16 utf-8"},
	{"portreg gen --encoding=utf-1", "utf-16"},
	{"portreg gen -o ", "files"},
	{"portreg gen --output ", "files"},
	{"portreg gen --output=", "files"},
	{"portreg gen --onto a --onto ", "files"},
	{"portreg gen --onto=a:b c=d --replaces=", "files"},
	{"portreg gen --name ", ""},
	{"portreg gen --mount=", ""},
	{"portreg gen --mount x ", "files"},
	{"portreg gen - ", "files"},
	{"portreg gen -o - ", "files"},
	{"portreg gen -- ", "files"},
	{"portreg gen -- -", "no file"},
	{"portreg gen a b --al", "--allow-empty"},
	{"portreg gen -o fmt --sh", ""},
	{"portreg gen -o fmt --dy", "--dynamic"},
	{"portreg lint --fail-on=", "error warning info never"},
	{"portreg lint --ignore outside-", "outside-dynamic-range"},
	{"portreg show --control-set ", "current"},
	{"portreg show --port 80 --protocol ", "tcp udp"},
	{"portreg show gen -", "flags show"},
	{"portreg diff ", "files"},
	{"portreg diff a", "no file"},
	{"portreg diff - ", "files"},
	{"portreg diff --protocol tcp a ", "files"},
	{"portreg diff --protocol tcp a b ", ""},
	{"portreg diff a b -", "flags diff"},
	{"portreg diff a=b c:d ", ""},
	{"portreg fmt gen -", "flags fmt"},
	{"portreg completion ", "bash zsh fish powershell"},
	{"portreg completion bash ", ""},
	{"portreg completion -o ", "files"},
	{"portreg man ", ""},
	{"portreg nonsense ", ""},
	{"portreg nonsense -", ""},
}

// TestCompletion: all shells offer what the help says.
func TestCompletion(t *testing.T) {
	eachShell(t, func(t *testing.T, shell shell) {
		dir := newFolder(t)
		var lines []string
		for _, q := range questions {
			lines = append(lines, q.line)
		}
		script := mustRun(t, portreg, "completion", shell.name)
		for i, got := range complete(t, shell.driver, dir, script, lines) {
			if want := answer(t, questions[i].want, shell.files); !slices.Equal(got.words(), want) {
				t.Errorf("%s: %q, want %q", lines[i], got.words(), want)
			}
		}
	})
}

func answer(t testing.TB, want string, files []string) []string {
	t.Helper()
	words := strings.Fields(want)
	switch {
	case want == "files":
		return files
	case want == "no file": // of that name is there, which not all know
		return slices.DeleteFunc(slices.Clone(files), func(name string) bool { return slices.Contains(folder, name) })
	case want == "commands":
		_, commands := helped(t, "")
		return commands
	case strings.HasPrefix(want, "flags"):
		flags, _ := helped(t, strings.TrimPrefix(want, "flags"))
		return flags
	}
	slices.Sort(words)
	return words
}

func newFolder(t testing.TB) string {
	dir := tempDir(t)
	for _, name := range folder[:2] {
		writeFile(t, filepath.Join(dir, name), nil)
	}
	if err := os.Mkdir(filepath.Join(dir, folder[2]), 0o777); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestCompletionBash: readline puts what the script offers, and the names of files,
// into the line, whether = divides words or not.
func TestCompletionBash(t *testing.T) {
	for _, breaks := range []string{"", "COMP_WORDBREAKS=${COMP_WORDBREAKS//=}\n"} {
		dir := newFolder(t)
		answers := filepath.Join(dir, "answers")
		for keys, want := range map[string]string{
			"portreg gen --format=rege\t":   "ran <gen> <--format=regedit4>",
			"portreg gen --form\tregedit\t": "ran <gen> <--format> <regedit4>",
			"portreg gen -o ol\t":           "ran <gen> <-o> <old list.txt>",
			"portreg gen old\\ l\t--un\t":   "ran <gen> <old list.txt> <--undo>",
		} {
			script := tempFile(t, "script", []byte(mustRun(t, portreg, "completion", "bash")))
			rc, err := filepath.Abs("shells/bash.rc")
			if err != nil {
				t.Fatal(err)
			}
			runShell(t, []string{"bash", "--noprofile", "--rcfile", rc, "-i"}, dir, breaks+keys+"\n", "SCRIPT="+script, "ANSWERS="+answers)
			if got := string(readFile(t, answers)); !strings.Contains(got, "\n"+want+"\n") {
				t.Errorf("%q: no %q in\n%s", keys, want, got)
			}
		}
	}
}

// TestCompletionText: what a description says stays text.
func TestCompletionText(t *testing.T) {
	var p usage.Program
	for i, text := range []string{
		"'; touch pwned; '", `"; touch pwned; "`, "$(touch pwned)", "`touch pwned`", `\$(touch pwned)`, `\'; touch pwned; '`,
		"]:x:{touch pwned}", "[a]: b", "(touch pwned)", "<(touch pwned)", "=(touch pwned)", "{touch,pwned}", "#x", `\`, `%F{red}%x %ProgramData%\portreg`,
		"tcp|udp", "& touch pwned", "*?~!!", "--x", "$HOME ${x} $x", "\u2018; touch pwned; \u2019", "@'", "\u201c$(touch pwned)\u201d",
	} {
		p.Commands = append(p.Commands, usage.Command{
			Name: fmt.Sprintf("c%02d", i), About: text,
			Flags:     []usage.Flag{{Names: []string{"--x"}, About: text, Placeholder: text, Value: usage.Value{Kind: usage.Text}}},
			Arguments: []usage.Argument{{Name: text, About: text, Value: usage.Value{Kind: usage.Words, Words: []string{"w"}}}},
		})
	}
	lines := []string{"portreg "}
	for _, c := range p.Commands {
		lines = append(lines, "portreg "+c.Name+" -", "portreg "+c.Name+" ", "portreg "+c.Name+" --x=")
	}
	scripts := map[string]func(*usage.Program) string{}
	for _, s := range usage.Shells {
		scripts[s.Name] = s.Script
	}
	eachShell(t, func(t *testing.T, shell shell) {
		dir := newFolder(t)
		got := complete(t, shell.driver, dir, scripts[shell.name](&p), lines)
		for i, c := range p.Commands {
			checkShown(t, shell.name, got[0], c.Name, c.About)
			checkShown(t, shell.name, got[1+3*i], "--x", c.About)
			if words := got[2+3*i].words(); !slices.Equal(words, []string{"w"}) {
				t.Errorf("argument %q: %q", c.About, words)
			}
		}
		if _, err := os.Stat(filepath.Join(dir, "pwned")); err == nil {
			t.Error("a text was run")
		}
	})
}

// checkShown: the word is offered with that text beside it; bash shows none.
func checkShown(t testing.TB, shell string, got offered, word, text string) {
	t.Helper()
	shown, ok := got[word]
	if !ok {
		t.Errorf("%s is not offered, but %q", word, got.words())
	}
	if shell != "bash" && !strings.HasSuffix(strings.TrimRight(shown, " "), text) {
		t.Errorf("%s is shown with %q, want %q", word, shown, text)
	}
}

// TestCompletionShellcheck: shellcheck has nothing to say of the script for bash.
func TestCompletionShellcheck(t *testing.T) {
	script := tempFile(t, "portreg.bash", []byte(mustRun(t, portreg, "completion", "bash")))
	if r := run(t, "shellcheck", "-s", "bash", script); r.status != 0 || r.stdout != "" {
		t.Error(r)
	}
}
