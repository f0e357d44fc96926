package oracle

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// An action is what action.yml says.
type action struct {
	Inputs  map[string]struct{ Default string }
	Outputs map[string]struct{ Value string }
	Runs    struct {
		Using string
		Steps []actionStep
	}
}

// An actionStep is one of an action or of a workflow's job.
type actionStep struct {
	ID, Uses, Shell, Run string
	With, Env            map[string]string
}

// A runner does what GitHub's does for a composite action, as actions/runner and
// GitHub's reference have it; this one was written for these tests.
type runner struct {
	workspace string
	event     map[string]string // github.event...
	action    string            // the folder of the action
	temp      string

	values      map[string]string // by what stands between ${{ and }}
	path        string            // that steps added to PATH
	matchers    map[string]matcher
	stopped     string // the token that lets workflow commands in again
	annotations []annotation
	log         string
}

// A matcher is the pattern of a problem matcher, and the severity where it has none.
type matcher struct {
	severity                      string
	Regexp                        string
	File, Line, Severity, Message int
}

type annotation struct{ kind, file, line, text string }

// A review is what an action leaves.
type review struct {
	status      int
	annotations []annotation
	summary     string
	changed     string
	log         string
}

// of gives the annotations of a kind as "file:line: text".
func (r review) of(kind string) (texts []string) {
	for _, a := range r.annotations {
		if a.kind == kind {
			texts = append(texts, fmt.Sprintf("%s:%s: %s", a.file, a.line, a.text))
		}
	}
	return texts
}

func (r review) String() string {
	return fmt.Sprintf("status %d, changed %q\nannotations %q\nsummary:\n%s\nlog:\n%s", r.status, r.changed, r.annotations, r.summary, r.log)
}

// portregAction is in a repository of what git has of this module.
func portregAction(t testing.TB) string {
	t.Helper()
	module, _ := published(t)
	return filepath.Join(module, ".github/actions/portreg")
}

// runAction runs an action with its inputs in a repository.
func runAction(t testing.TB, folder, workspace string, event, with map[string]string) review {
	t.Helper()
	var a action
	if err := yaml.Unmarshal(readFile(t, filepath.Join(folder, "action.yml")), &a); err != nil {
		t.Fatal(err)
	}
	r := &runner{workspace: workspace, event: event, action: folder, temp: tempDir(t), matchers: map[string]matcher{}}
	r.values = map[string]string{"github.action_path": folder}
	for name, input := range a.Inputs {
		r.values["inputs."+name] = input.Default
	}
	for name, value := range with {
		if _, ok := a.Inputs[name]; !ok {
			t.Errorf("%s has no input %s", folder, name)
		}
		r.values["inputs."+name] = value
	}
	for name, value := range event {
		r.values["github.event."+name] = value
	}
	status := 0
	for _, s := range a.Runs.Steps {
		if status = r.step(t, s); status != 0 {
			break
		}
	}
	for kind, n := range r.kinds() {
		if n > 10 {
			t.Errorf("%d annotations are %ss: %v", n, kind, r.annotations)
		}
	}
	summary, _ := os.ReadFile(filepath.Join(r.temp, "summary"))
	return review{status, r.annotations, string(summary), r.evaluate(t, a.Outputs["changed"].Value), r.log}
}

// kinds counts the annotations, of which GitHub keeps ten of a kind of all steps of an
// action (actions/runner, ExecutionContext.AddIssue).
func (r *runner) kinds() map[string]int {
	kinds := map[string]int{}
	for _, a := range r.annotations {
		kinds[a.kind]++
	}
	return kinds
}

var expression = regexp.MustCompile(`\$\{\{ (.*?) \}\}`)

// evaluate puts values in the place of expressions: the first of several with ||
// that is not empty.
func (r *runner) evaluate(t testing.TB, text string) string {
	return expression.ReplaceAllStringFunc(text, func(e string) string {
		for _, name := range strings.Split(expression.FindStringSubmatch(e)[1], " || ") {
			value, ok := r.values[name]
			if !ok && !strings.HasPrefix(name, "github.event.") && !strings.HasPrefix(name, "steps.") {
				t.Errorf("%s is not known", name)
			}
			if value != "" {
				return value
			}
		}
		return ""
	})
}

// step runs one step.
func (r *runner) step(t testing.TB, s actionStep) int {
	t.Helper()
	if s.Uses != "" {
		if version := r.evaluate(t, s.With["go-version-file"]); !strings.HasPrefix(string(readFile(t, version)), "module portreg\n") {
			t.Errorf("%s goes by %s", s.Uses, version)
		}
		return 0
	}
	if expression.MatchString(s.Run) || s.Shell != "bash" {
		t.Fatalf("an expression in a script, or not bash: %+v", s)
	}
	script := tempFile(t, "script.sh", []byte(s.Run))
	path := r.path + os.Getenv("PATH")
	env := []string{
		"GITHUB_ACTION_PATH=" + r.action,
		"GITHUB_WORKSPACE=" + r.workspace,
		"GITHUB_OUTPUT=" + filepath.Join(r.temp, "output"),
		"GITHUB_PATH=" + filepath.Join(r.temp, "path"),
		"GITHUB_STEP_SUMMARY=" + filepath.Join(r.temp, "summary"),
		"RUNNER_TEMP=" + r.temp,
		"PATH=" + path,
	}
	for name, value := range s.Env {
		env = append(env, name+"="+r.evaluate(t, value))
	}
	// The runner has both streams in one log.
	args := []string{"sh", "-c", `exec bash --noprofile --norc -eo pipefail "$0" 2>&1`, script}
	result, err := command{dir: r.workspace, env: env, limit: 3 * callLimit, args: args}.run()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(result.stdout) {
		r.line(t, strings.TrimSuffix(line, "\n"))
	}
	r.log += result.stdout
	r.takeFiles(t, s.ID)
	return result.status
}

// takeFiles takes what a step wrote for the runner.
func (r *runner) takeFiles(t testing.TB, id string) {
	output, _ := os.ReadFile(filepath.Join(r.temp, "output"))
	for line := range strings.Lines(string(output)) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		r.values["steps."+id+".outputs."+name] = value
	}
	path, _ := os.ReadFile(filepath.Join(r.temp, "path"))
	r.path = ""
	for line := range strings.Lines(string(path)) {
		r.path = strings.TrimSuffix(line, "\n") + string(os.PathListSeparator) + r.path
	}
}

var workflowCommand = regexp.MustCompile(`^\s*::([^\s:]+)(?: (.*?))?::(.*)$`)

// line reads a line of the log: a workflow command, or else what a problem matcher
// may match.
func (r *runner) line(t testing.TB, line string) {
	if r.stopped != "" {
		if line == "::"+r.stopped+"::" {
			r.stopped = ""
			return
		}
	} else if m := workflowCommand.FindStringSubmatch(line); m != nil {
		r.command(t, m[1], m[2], m[3])
		return
	} else if strings.Contains(line, "##[") {
		t.Errorf("a workflow command of the old form: %q", line)
	}
	for _, p := range r.matchers {
		if m := regexp.MustCompile(p.Regexp).FindStringSubmatch(line); m != nil && r.match(m, p) {
			return
		}
	}
}

// match annotates what was matched. The runner knows no severity info; the next matcher
// may then.
func (r *runner) match(m []string, p matcher) bool {
	kind := cmp.Or(p.severity, "error")
	if p.Severity > 0 {
		kind = cmp.Or(strings.ToLower(m[p.Severity]), kind)
	}
	if kind == "info" {
		return false
	}
	r.annotations = append(r.annotations, annotation{kind, m[p.File], m[p.Line], m[p.Message]})
	return true
}

// unescape does as ActionCommand.cs: one after the other, the percent sign last.
func unescape(text string, pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		text = strings.ReplaceAll(text, pairs[i], pairs[i+1])
	}
	return strings.ReplaceAll(text, "%25", "%")
}

// command carries out a workflow command.
func (r *runner) command(t testing.TB, name, properties, data string) {
	data = unescape(data, "%0D", "\r", "%0A", "\n")
	of := map[string]string{}
	for _, p := range strings.Split(properties, ",") {
		key, value, _ := strings.Cut(p, "=")
		of[key] = unescape(value, "%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",")
	}
	switch name {
	case "error", "warning", "notice":
		r.annotations = append(r.annotations, annotation{name, of["file"], of["line"], data})
	case "stop-commands":
		r.stopped = data
	case "add-matcher", "remove-matcher":
		for owner, m := range matchersIn(t, data) {
			if r.matchers[owner] = m; name == "remove-matcher" {
				delete(r.matchers, owner)
			}
		}
	default:
		t.Errorf("workflow command %s %s", name, data)
	}
}

// matchersIn gives those of a file by their owners.
func matchersIn(t testing.TB, path string) map[string]matcher {
	t.Helper()
	var file struct {
		ProblemMatcher []struct {
			Owner, Severity string
			Pattern         []matcher
		}
	}
	if err := json.Unmarshal(readFile(t, path), &file); err != nil {
		t.Fatal(err)
	}
	matchers := map[string]matcher{}
	for _, m := range file.ProblemMatcher {
		m.Pattern[0].severity = m.Severity
		matchers[m.Owner] = m.Pattern[0]
	}
	return matchers
}

// readmeWorkflow gives the inputs that the README's workflow has for the action.
func readmeWorkflow(t testing.TB) map[string]string {
	t.Helper()
	var workflow struct {
		Jobs map[string]struct{ Steps []actionStep }
	}
	if err := yaml.Unmarshal([]byte(readmeBlock(t, "yaml", "workflow")), &workflow); err != nil {
		t.Fatal(err)
	}
	for _, job := range workflow.Jobs {
		for _, s := range job.Steps {
			if strings.HasPrefix(s.Uses, "OWNER/portreg/.github/actions/portreg@") {
				return s.With
			}
		}
	}
	t.Fatal("README.md has no workflow with the action")
	return nil
}

// committed writes files into a repository and gives the commit.
func committed(t testing.TB, dir string, files map[string]string) string {
	t.Helper()
	for name, text := range files {
		writeFile(t, filepath.Join(dir, name), []byte(text))
	}
	runSh(t, dir, "git add --all && git commit --quiet --allow-empty -m ports")
	return strings.TrimSpace(runIn(t, dir, "git", "rev-parse", "HEAD").stdout)
}

const goodList = "1433-1434  # SQL Server\n3343       # cluster service\n"

// reviewed gives the folder of the action and a repository with its only commit.
func reviewed(t testing.TB) (folder, dir, base string) {
	t.Helper()
	isolateGit(t)
	dir = repository(t, goodList)
	return portregAction(t), dir, committed(t, dir, nil)
}

// TestAction runs the action, as the README's workflow has it, for a pull request
// after the other.
func TestAction(t *testing.T) {
	isolateGit(t)
	folder, with := portregAction(t), readmeWorkflow(t)
	reg := func(list string) string { return string(gen(t, list, "-t", "2003")) }
	dir := repository(t, goodList)
	base := committed(t, dir, map[string]string{"ports.reg": reg(goodList)})
	longer := strings.Replace(goodList, "3343 ", "1521       # Oracle\n3343 ", 1)
	double := goodList + "3343       # again\n"
	tests := []struct {
		name               string
		list, reg          string
		status             int
		changed            string
		annotated          []string // parts of the annotations, sorted
		summary, noSummary string   // what the summary has, and what not
	}{
		{"nothing changes", goodList, goodList, 0, "false", nil, "", "ports"},
		{"a good change", longer, longer, 0, "true", nil, "+ 1521", "Not up to date"},
		{"a good change, and the range is of the target", longer, longer, 0, "true", nil, "1025-5000", "49152"},
		{"a forgotten artefact", longer, goodList, 1, "true", []string{":: -t 2003 -o ports.reg ports.txt\n"}, "Not up to date", ""},
		{"a finding", double, double, 1, "false", []string{"ports.txt:3: "}, "", "Not up to date"},
		{"a finding and a forgotten artefact", double + "4000\n", goodList, 1, "true", []string{":: -t 2003 -o", "ports.txt:3: "}, "+ 4000", ""},
		{"a wrong list", "1433:1434\n", goodList, 1, "false", []string{":: -t 2003 -o", ":: There is what cannot be read", `ports.txt:1: "1433:1434"`}, "1433:1434", ""},
	}
	for _, tt := range tests {
		committed(t, dir, map[string]string{"ports.txt": tt.list, "ports.reg": reg(tt.reg)})
		r := runAction(t, folder, dir, map[string]string{"pull_request.base.sha": base}, with)
		ok := r.status == tt.status && r.changed == tt.changed && strings.Contains(r.summary, tt.summary) &&
			(tt.noSummary == "" || !strings.Contains(r.summary, tt.noSummary))
		got := append(r.of("error"), r.of("warning")...)
		slices.Sort(got)
		if !ok || !slices.EqualFunc(got, tt.annotated, strings.Contains) {
			t.Errorf("%s: %v", tt.name, r)
		}
	}
}

// TestActionLimit: of what there is too much of, GitHub keeps what matters most.
func TestActionLimit(t *testing.T) {
	isolateGit(t)
	folder, with := portregAction(t), readmeWorkflow(t)
	const stale, noBase, more = ":: -t 2003 -o ports.reg ports.txt\n", "fetch-depth", "\nThe log of this step has more."
	for _, tt := range []struct {
		list             string
		errors, warnings int
		lastError        string
		lastWarning      string
	}{
		{strings.Repeat("1:2\n", 15), 7, 1, `ports.txt:5: "1:2"`, noBase},
		{strings.Repeat("0-70000\n1:2\n", 10), 7, 1, `ports.txt:5: `, noBase},
		{strings.Repeat("4000\n", 16), 1, 10, stale, more},
		{strings.Repeat("4000\n", 10), 1, 10, stale, "ports.txt:10: 4000"},
		{goodList, 1, 1, stale, noBase},
	} {
		dir := repository(t, tt.list)
		committed(t, dir, map[string]string{"ports.reg": string(gen(t, "4500\n", "-t", "2003"))})
		r := runAction(t, folder, dir, map[string]string{"pull_request.base.sha": strings.Repeat("1", 40)}, with)
		errors, warnings := r.of("error"), r.of("warning")
		if r.status != 1 || len(errors) != tt.errors || len(warnings) != tt.warnings {
			t.Errorf("%d errors, %d warnings: %v", len(errors), len(warnings), r)
			continue
		}
		if !strings.HasPrefix(errors[0], stale) || !strings.Contains(warnings[0], noBase) ||
			!strings.Contains(errors[len(errors)-1], tt.lastError) || !strings.Contains(warnings[len(warnings)-1], tt.lastWarning) {
			t.Errorf("%q: %v", tt.list, r)
		}
	}

	// Errors of lint, too: each list has one.
	dir := repository(t, goodList)
	files := map[string]string{}
	reg := strings.ReplaceAll(string(gen(t, "4500\n", "-t", "2003")), "H\x00K\x00E\x00Y\x00_\x00", "H\x00K\x00X\x00Y\x00_\x00")
	for i := range 15 {
		files[fmt.Sprintf("wrong%d.reg", i)] = reg
	}
	committed(t, dir, files)
	r := runAction(t, folder, dir, nil, map[string]string{"files": "*.reg", "target": "2003", "check": "-t 2003 -o wrong0.reg ports.txt"})
	if errors := r.of("error"); len(errors) != 10 || !strings.Contains(errors[0], ":: -t 2003") || !strings.HasSuffix(errors[9], more) ||
		strings.Count(r.log, "unknown-root") != 15 {
		t.Errorf("15 errors of lint: %v", r)
	}
}

// TestActionHostile: whatever files are called, and whatever stands in them and in
// the inputs, is neither carried out nor taken for an annotation.
func TestActionHostile(t *testing.T) {
	folder, dir, base := reviewed(t)
	names := []string{
		"$(touch pwned).txt", "`touch pwned`.txt", "a b;touch pwned.txt", "--ignore=ports.txt", "-o", "-", "*.txt", "'\".txt",
		"::error::name.txt", "##[error]name.txt", "new\nline.txt", "\x1b[31mred.txt", "%0A::error::name.txt", "```.txt", "<b>.txt",
	}
	files := map[string]string{}
	for _, name := range names {
		files[name] = "4000  # ::error::comment ##[error]comment ``` <script>\n"
	}
	committed(t, dir, files)
	r := runAction(t, folder, dir, nil, map[string]string{
		"files": ".",
		"base":  base,
		"check": "-t 2003 -o ports.reg ports.txt; touch pwned\n-o $(touch pwned).reg `touch pwned`\n'::error::check\n-t 2003 -o ::error::none.reg ports.txt",
	})
	if r.status != 1 || r.changed != "true" || strings.Count(r.summary, "+ 4000") != len(names) {
		t.Errorf("%v", r)
	}
	checkOwn(t, r)
	if _, err := os.Stat(filepath.Join(dir, "pwned")); err == nil {
		t.Errorf("a command was carried out: %v", r)
	}

	committed(t, dir, map[string]string{"::error::wrong.txt": "1:2 ##[error]wrong ::error::wrong\n"})
	r = runAction(t, folder, dir, nil, map[string]string{"files": ".", "base": base, "check": "-t 2003 -o ports.reg ::error::wrong.txt"})
	if r.status != 1 || !strings.Contains(r.log, `wrong.txt":1:1: `) {
		t.Errorf("%v", r)
	}
	checkOwn(t, r)

	committed(t, dir, map[string]string{base + ":ports.txt": "5000\n", "ports.txt": "5000\n"})
	r = runAction(t, folder, dir, nil, map[string]string{"files": "ports.txt", "base": base})
	if r.status != 1 || !strings.Contains(strings.Join(r.of("error"), "\n"), "name of a commit") {
		t.Errorf("a file passes for the base: %v", r)
	}
}

// checkOwn: no annotation begins with what stands behind ::error:: in a name or a list.
func checkOwn(t testing.TB, r review) {
	t.Helper()
	for _, a := range r.annotations {
		if regexp.MustCompile(`^(comment|name\.txt|check|none\.reg|wrong)`).MatchString(a.text) {
			t.Errorf("an annotation of somebody else's: %q in %v", a, r)
		}
	}
}

// TestActionBase: the commit to compare with may have to be fetched, or not be there.
func TestActionBase(t *testing.T) {
	isolateGit(t)
	folder := portregAction(t)
	dir := repository(t, goodList)
	base := committed(t, dir, map[string]string{"gone.txt": "4000\n"})
	runSh(t, dir, "git rm --quiet gone.txt && git config uploadpack.allowAnySHA1InWant true")
	head := committed(t, dir, map[string]string{"ports.txt": goodList + "5000\n", "come.txt": "4500\n"})
	tests := []struct {
		name, base string
		remote     string
		changes    []string
		warned     bool
	}{
		{"a pull request", base, dir, []string{"- 4000", "+ 5000", "+ 4500"}, false},
		{"a branch", "main~1", dir, nil, true}, // a shallow clone has no such commit, and a remote no such branch
		{"a new branch", strings.Repeat("0", len(base)), dir, nil, false},
		{"no event with a base", "", dir, nil, false},
		{"the same", head, dir, nil, false},
		{"a remote that does not answer", base, filepath.Join(dir, "nowhere"), nil, true},
		{"an option", "--output=pwned", dir, nil, true},
	}
	for _, tt := range tests {
		clone := filepath.Join(tempDir(t), "clone")
		mustRun(t, "git", "clone", "--quiet", "--depth=1", "file://"+dir, clone)
		runSh(t, clone, "git remote set-url origin 'file://"+tt.remote+"'")
		r := runAction(t, folder, clone, map[string]string{"before": tt.base}, map[string]string{"files": "*.txt"})
		missing := slices.ContainsFunc(tt.changes, func(c string) bool { return !strings.Contains(r.summary, "\n"+c) })
		if r.status != 0 || missing || (r.summary == "") != (tt.changes == nil) || (r.of("warning") != nil) != tt.warned {
			t.Errorf("%s: %v", tt.name, r)
		}
	}
}

// TestActionSummary: it stays below 1 MiB, of which GitHub shows nothing otherwise.
func TestActionSummary(t *testing.T) {
	folder, dir, base := reviewed(t)
	var list strings.Builder
	for port := 1; port < 65536; port += 16 {
		fmt.Fprintf(&list, "%d  # port number %d\n", port, port)
	}
	files := map[string]string{}
	for i := range 24 {
		files[fmt.Sprintf("many%d.txt", i)] = list.String()
	}
	committed(t, dir, files)
	r := runAction(t, folder, dir, nil, map[string]string{"files": "*.txt", "base": base, "fail-on": "never"})
	if len(r.summary) < 900_000 || len(r.summary) > 1<<20 || !strings.HasSuffix(r.summary, "see the log of this step.\n") {
		t.Errorf("%d bytes, status %d: %.1000s", len(r.summary), r.status, r.summary)
	}
}
