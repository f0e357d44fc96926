package oracle

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestVersion: a build in a clone knows its revision as git does, and whether the
// files are others.
func TestVersion(t *testing.T) {
	dir := tempDir(t)
	for _, part := range []string{"cmd/portreg", "cmd/internal", "ranges", "regfile", "go.mod", "go.sum"} {
		copyTree(t, filepath.Join(moduleRoot(t), part), filepath.Join(dir, part))
	}
	if got := versionOf(t, dir, "false"); got != "portreg (devel)\n" {
		t.Errorf("without a revision: %q", got)
	}
	git := func(args ...string) string {
		args = append([]string{"git", "-c", "user.name=x", "-c", "user.email=x@localhost", "-c", "commit.gpgsign=false"}, args...)
		r := runIn(t, dir, args...)
		if r.status != 0 {
			t.Fatalf("%q: %v", args, r)
		}
		return strings.TrimSpace(r.stdout)
	}
	git("init", "--quiet")
	git("add", ".")
	t.Setenv("GIT_COMMITTER_DATE", "2001-02-03T23:05:06-0500") // the next day in UTC
	git("commit", "--quiet", "--message=x")

	of := "(revision " + git("rev-parse", "HEAD")[:12] + ", 2001-02-04"
	line := regexp.MustCompile(`^portreg \S+ (.*)\n$`)
	if got := line.ReplaceAllString(versionOf(t, dir, "true"), "$1"); got != of+")" {
		t.Errorf("a clean tree: %q, want %q", got, of+")")
	}
	writeFile(t, filepath.Join(dir, "go.sum"), append(readFile(t, filepath.Join(dir, "go.sum")), '\n'))
	if got := line.ReplaceAllString(versionOf(t, dir, "true"), "$1"); got != of+", modified)" {
		t.Errorf("a dirty tree: %q, want %q", got, of+", modified)")
	}
	git("tag", "v1.2.3")
	git("checkout", "--quiet", ".")
	if got := versionOf(t, dir, "true"); got != "portreg v1.2.3 "+of+")\n" {
		t.Errorf("a tag: %q", got)
	}
}

// versionOf builds what is in dir and asks it for its version.
func versionOf(t testing.TB, dir, vcs string) string {
	t.Helper()
	return mustRun(t, build(t, dir, vcs), "--version")
}

// build makes portreg from what is in dir.
func build(t testing.TB, dir, vcs string) string {
	t.Helper()
	program := filepath.Join(tempDir(t), "portreg")
	cmd := exec.Command("go", "build", "-buildvcs="+vcs, "-o", program, "./cmd/portreg")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

func copyTree(t testing.TB, from, to string) {
	t.Helper()
	info, err := os.Stat(from)
	if err != nil {
		t.Fatal(err)
	}
	if !info.IsDir() {
		writeFile(t, to, readFile(t, from))
		return
	}
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}
