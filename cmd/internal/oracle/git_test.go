package oracle

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// isolateGit keeps the configuration of the machine away from git, says who
// commits, and puts portreg on the PATH. Go keeps its caches.
func isolateGit(t testing.TB) {
	t.Helper()
	for _, name := range []string{"GOCACHE", "GOMODCACHE"} {
		t.Setenv(name, strings.TrimSpace(mustRun(t, "go", "env", name)))
	}
	for _, name := range []string{"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "XDG_CONFIG_HOME"} {
		t.Setenv(name, "") // so that it is put back
		os.Unsetenv(name)
	}
	for name, value := range map[string]string{
		"HOME":                tempDir(t),
		"GIT_CONFIG_GLOBAL":   os.DevNull,
		"GIT_CONFIG_NOSYSTEM": "1",
		"GIT_AUTHOR_NAME":     "Port Keeper",
		"GIT_AUTHOR_EMAIL":    "ports@example.com",
		"GIT_COMMITTER_NAME":  "Port Keeper",
		"GIT_COMMITTER_EMAIL": "ports@example.com",
		"PATH":                filepath.Dir(portreg) + string(os.PathListSeparator) + os.Getenv("PATH"),
	} {
		t.Setenv(name, value)
	}
}

// repository makes a git repository with a range list in it.
func repository(t testing.TB, list string) string {
	t.Helper()
	dir := tempDir(t)
	runSh(t, dir, "git init --quiet --initial-branch main")
	writeFile(t, filepath.Join(dir, "ports.txt"), []byte(list))
	return dir
}

// cloned gives a file as it is in a fresh clone, and what git said.
func cloned(t testing.TB, dir, name string) ([]byte, string) {
	t.Helper()
	clone := filepath.Join(tempDir(t), "clone")
	r := run(t, "git", "clone", "--quiet", dir, clone)
	return readFile(t, filepath.Join(clone, name)), r.stderr
}

// readmeRecipe goes through the README's blocks for git repositories and calls
// after behind each.
func readmeRecipe(t *testing.T, dir string, after func(text string, r result)) {
	t.Helper()
	ran := 0
	for _, b := range readmeBlocks(t) {
		if !b.has("sh") || !b.has("git") {
			continue
		}
		ran++
		want := 0
		if b.has("differs") {
			want = 1
		}
		r := runIn(t, dir, "sh", "-ec", b.text)
		if r.status != want {
			t.Fatalf("%s\n%v", b.text, r)
		}
		after(b.text, r)
	}
	if ran < 4 {
		t.Errorf("README.md has %d blocks for git", ran)
	}
}

// TestGitRecipes sets up a repository word for word as the README says: git shows
// ports, --check sees what was forgotten, and after every commit a fresh clone
// has, byte for byte, what gen writes.
func TestGitRecipes(t *testing.T) {
	isolateGit(t)
	dir := repository(t, "1433-1434  # SQL Server\n3343  # cluster service\n")
	seen := map[string]int{}
	readmeRecipe(t, dir, func(text string, r result) {
		switch {
		case strings.Contains(text, "--check") && r.status == 1:
			seen["check"]++
			if !strings.Contains(r.stdout, "\n+ 1521") {
				t.Errorf("%s\n%v", text, r)
			}
		case strings.Contains(text, "git diff"):
			seen["diff"]++
			if _, reg, _ := strings.Cut(r.stdout, "+++ b/ports.reg\n"); !strings.Contains(reg, "\n 1433-1434\n+1521\n 3343\n") {
				t.Errorf("%s\n%v", text, r)
			}
		}
		if strings.Contains(text, "git commit -") {
			seen["commit"]++
			checkClone(t, dir)
		}
	})
	if seen["check"] == 0 || seen["diff"] == 0 || seen["commit"] < 3 {
		t.Errorf("README.md has too few recipes: %v", seen)
	}
	checkText(t, dir)
	checkHook(t, dir)
}

// checkClone: all is committed, and a clone has the bytes that gen writes.
func checkClone(t testing.TB, dir string) {
	t.Helper()
	if r := runIn(t, dir, "git", "status", "--short"); r.stdout != "" {
		t.Errorf("not committed: %s", r.stdout)
	}
	want := gen(t, string(readFile(t, filepath.Join(dir, "ports.txt"))), "-t", "2003")
	if got, said := cloned(t, dir, "ports.reg"); !bytes.Equal(got, want) || said != "" {
		t.Errorf("a clone has %q, want %q; git said %q", got, want, said)
	}
}

// checkHook: the hook goes by what is staged, and leaves nothing behind.
func checkHook(t testing.TB, dir string) {
	t.Helper()
	temp := tempDir(t)
	commit := func() int {
		r, err := command{dir: dir, env: []string{"TMPDIR=" + temp}, limit: callLimit, args: []string{"git", "commit", "-m", "ports"}}.run()
		if err != nil {
			t.Fatal(err)
		}
		return r.status
	}
	const make = "portreg gen -t 2003 -o ports.reg ports.txt"
	tests := []struct {
		name, script string
		want         int
	}{
		{"only the list is staged", "echo 1523 >> ports.txt && git add ports.txt && " + make, 1},
		{"both are staged, and the list is odd in the working tree", "git add ports.reg && echo odd >> ports.txt", 0},
		{"the list is staged in an odd spelling", "git checkout ports.txt && sed -i 's/-/ - /' ports.txt && git add ports.txt", 1},
		{"an entry is staged twice", "git checkout HEAD ports.txt && echo 3343 >> ports.txt && portreg fmt -w ports.txt && git add ports.txt", 1},
		{"the file is no longer there", "git rm --cached ports.reg", 1},
	}
	for _, tt := range tests {
		runSh(t, dir, tt.script)
		if got := commit(); got != tt.want {
			t.Errorf("%s: git commit has status %d, want %d", tt.name, got, tt.want)
		}
	}
	if left, _ := os.ReadDir(temp); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// checkText: what git keeps, and a web page shows, is UTF-8 with LF; the ports
// are seen all the same.
func checkText(t testing.TB, dir string) {
	t.Helper()
	want := gen(t, string(readFile(t, filepath.Join(dir, "ports.txt"))), "-t", "2003", "--encoding", "utf-8")
	if r := runIn(t, dir, "git", "cat-file", "blob", "HEAD:ports.reg"); r.stdout != string(want) {
		t.Errorf("git keeps %q, want %q", r.stdout, want)
	}
	runSh(t, dir, "echo 1522 >> ports.txt && portreg gen -t 2003 -o ports.reg ports.txt")
	if r := runIn(t, dir, "git", "diff", "ports.reg"); !strings.Contains(r.stdout, "\n-1521\n+1521-1522\n") {
		t.Errorf("git diff: %v", r)
	}
	if r := runIn(t, dir, "git", "diff", "--no-textconv", "ports.reg"); !strings.Contains(r.stdout, "\n+  00,") {
		t.Errorf("git diff --no-textconv: %v", r)
	}
}

const textAttributes = "*.reg text working-tree-encoding=UTF-16LE-BOM eol=crlf\n"

// TestGitDamage: what the README warns of is so, and what it has against it helps.
func TestGitDamage(t *testing.T) {
	isolateGit(t)
	dir := repository(t, "1433-1434\n")
	runSh(t, dir, "portreg gen -t 2003 -o ports.reg ports.txt && git add . && git commit -qm list")
	writeFile(t, filepath.Join(dir, ".gitattributes"), []byte(textAttributes))
	runSh(t, dir, "git add .gitattributes && git commit -qm attributes")
	got, said := cloned(t, dir, "ports.reg")
	if !strings.Contains(said, "failed to encode 'ports.reg' from UTF-8 to UTF-16LE-BOM") {
		t.Errorf("without --renormalize git said %q", said)
	}
	if r := run(t, portreg, "show", tempFile(t, "damaged.reg", got)); r.status == 0 {
		t.Errorf("without --renormalize a clone is whole: %v", r)
	}
	runSh(t, dir, "git add --renormalize . && git commit -qm renormalise")
	checkClone(t, dir)
}

// Other encodings than UTF-16 with its mark, and the attribute spelt otherwise.
func TestGitEncodings(t *testing.T) {
	isolateGit(t)
	gen := func(list, encoding string) []byte { return gen(t, list, "-t", "2003", "--encoding", encoding) }
	utf16, utf8 := gen("1433\n", "utf-16"), gen("1433\n", "utf-8")
	regedit4 := []byte("REGEDIT4\r\n")
	tests := []struct {
		name, attributes string
		file             []byte
		refused          string // what git says
		clone            []byte // what it makes of it, if it takes it
	}{
		{"as it should be", textAttributes, utf16, "", utf16},
		{"UTF-8 of even size", textAttributes, utf8, "", append([]byte("\xff\xfe"), utf8...)},
		{"UTF-8 of odd size", textAttributes, append(utf8, '\n'), "failed to encode 'ports.reg' from UTF-16LE-BOM to UTF-8", nil},
		{"REGEDIT4", textAttributes, regedit4, "", append([]byte("\xff\xfe"), regedit4...)},
		{"no -BOM", strings.ReplaceAll(textAttributes, "-BOM", ""), utf16, "BOM is prohibited in 'ports.reg'", nil},
		{"CRLF", strings.ReplaceAll(textAttributes, "crlf", "CRLF"), utf16, "", bytes.ReplaceAll(utf16, []byte("\r\x00\n\x00"), []byte("\n\x00"))},
	}
	for _, tt := range tests {
		dir := repository(t, "")
		writeFile(t, filepath.Join(dir, ".gitattributes"), []byte(tt.attributes))
		writeFile(t, filepath.Join(dir, "ports.reg"), tt.file)
		r := runIn(t, dir, "git", "add", ".gitattributes", "ports.reg")
		if tt.refused != "" {
			if !strings.Contains(r.stderr, tt.refused) {
				t.Errorf("%s: git add: %v", tt.name, r)
			}
			continue
		}
		runSh(t, dir, "git commit -qm list")
		if got, said := cloned(t, dir, "ports.reg"); !bytes.Equal(got, tt.clone) || said != "" {
			t.Errorf("%s: a clone has %q, want %q; git said %q", tt.name, got, tt.clone, said)
		}
	}
}
