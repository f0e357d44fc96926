package oracle

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// published makes a git repository of what git has of this module, as it is in
// the working tree, and gives its folder and its commit.
func published(t testing.TB) (dir, revision string) {
	t.Helper()
	dir, root := tempDir(t), moduleRoot(t)
	runSh(t, root, "git -c safe.directory='*' ls-files -z | xargs -0 cp --parents -t '"+dir+"'")
	runSh(t, dir, "git init --quiet --initial-branch main && git add . && git commit --quiet -m portreg")
	return dir, strings.TrimSpace(runIn(t, dir, "git", "rev-parse", "HEAD").stdout)
}

// readmeBlock gives the only block with both words behind its fence.
func readmeBlock(t testing.TB, language, word string) (text string) {
	t.Helper()
	for _, b := range readmeBlocks(t) {
		if b.info[0] == language && b.has(word) {
			if text != "" {
				t.Fatalf("README.md has several blocks ```%s %s", language, word)
			}
			text = b.text
		}
	}
	if text == "" {
		t.Fatalf("README.md has no block ```%s %s", language, word)
	}
	return text
}

// TestPreCommit has pre-commit itself build the hooks and run them as the README
// sets them up, without the network.
func TestPreCommit(t *testing.T) {
	isolateGit(t)
	t.Setenv("GOPROXY", "off")
	t.Setenv("PRE_COMMIT_HOME", tempDir(t))
	hooks, revision := published(t)
	if r := runIn(t, hooks, "pre-commit", "validate-manifest", ".pre-commit-hooks.yaml"); r.status != 0 {
		t.Fatalf("pre-commit validate-manifest: %v", r)
	}
	config := strings.NewReplacer("https://github.com/OWNER/portreg", hooks, "REV", revision).Replace(readmeBlock(t, "yaml", "pre-commit"))

	const list = "1433-1434  # SQL Server\n"
	dir := repository(t, list)
	writeFile(t, filepath.Join(dir, ".pre-commit-config.yaml"), []byte(config))
	runSh(t, dir, "portreg gen -t 2003 -o ports.reg ports.txt && git add . && pre-commit install")
	// Where the hooks would not be built, the portreg of these tests must not help out.
	t.Setenv("PATH", strings.TrimPrefix(os.Getenv("PATH"), filepath.Dir(portreg)+string(os.PathListSeparator)))
	commit := func() result {
		r, err := command{dir: dir, limit: 3 * time.Minute, args: []string{"git", "commit", "-m", "ports"}}.run()
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	tests := []struct {
		name, list, gen string
		failed          string // the hook that refuses the commit
	}{
		{"a good list", list, list, ""},
		{"an odd spelling", "1433 - 1434 # SQL Server\n", list, "portreg fmt"},
		{"a wrong list", "1433:1434\n", list, "portreg fmt"},
		{"an entry twice", list + list, list, "portreg lint"},
		{"a list without its artefact", list + "3343\n", list, "portreg gen --check"},
		{"both", list + "3343\n", list + "3343\n", ""},
	}
	for _, tt := range tests {
		writeFile(t, filepath.Join(dir, "ports.txt"), []byte(tt.list))
		writeFile(t, filepath.Join(dir, "ports.reg"), gen(t, tt.gen, "-t", "2003"))
		runSh(t, dir, "git add .")
		switch r := commit(); {
		case tt.failed == "" && r.status != 0:
			t.Errorf("%s: %v", tt.name, r)
		case tt.failed != "" && (r.status == 0 || !failed(r.stderr, tt.failed)):
			t.Errorf("%s: %s did not fail: %v", tt.name, tt.failed, r)
		}
	}
	if got := string(readFile(t, filepath.Join(dir, "ports.txt"))); got != list+"3343\n" {
		t.Errorf("the list is %q", got)
	}
}

// failed tells whether pre-commit says that a hook failed.
func failed(out, hook string) bool {
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, hook+".") && strings.HasSuffix(line, "Failed\n") {
			return true
		}
	}
	return false
}
