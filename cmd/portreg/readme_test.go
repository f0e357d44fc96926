package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const moduleRoot = "../.."

// block is a block of code in README.md.
type block struct {
	info []string // the words behind the ```
	text string
}

func readmeBlocks(t *testing.T) (blocks []block) {
	t.Helper()
	src, err := os.ReadFile(filepath.Join(moduleRoot, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile("(?ms)^```(\\w+[^\n]*)\n(.*?)^```$").FindAllStringSubmatch(string(src), -1) {
		blocks = append(blocks, block{strings.Fields(m[1]), m[2]})
	}
	return blocks
}

// Every command of the README works when pasted, in the order of the text, and prints
// what the README says it does. Those
// for Windows (bat, powershell), for offline hives (oracle) and for repositories (git) are run
// by the oracle tests.
func TestReadme(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no sh here")
	}
	dir := t.TempDir()
	ran, printed := 0, ""
	for _, b := range readmeBlocks(t) {
		if slices.Contains(b.info, "output") && b.text != printed {
			t.Errorf("README shows\n%s\nbut the commands before it print\n%s", b.text, printed)
		}
		if b.info[0] == "powershell" {
			checkImports(t, dir, b.text)
		}
		elsewhere := func(word string) bool { return slices.Contains(b.info, word) }
		if b.info[0] != "sh" || slices.ContainsFunc([]string{"oracle", "git", "long"}, elsewhere) {
			continue
		}
		ran++
		if slices.Contains(b.info, "clone") {
			runInClone(t, b.text)
			continue
		}
		if i := slices.Index(b.info, "needs"); i >= 0 {
			copyFile(t, filepath.Join(moduleRoot, "testdata", "readme", b.info[i+1]), filepath.Join(dir, b.info[i+1]))
		}
		want := 0
		switch {
		case slices.Contains(b.info, "fails"):
			want = statusTrouble
		case slices.Contains(b.info, "differs"):
			want = statusFound
		}
		printed = shell(t, dir, b.text, want)
	}
	if ran < 8 {
		t.Errorf("only %d blocks found", ran)
	}
}

// checkImports: the backups that Import-GPO is to take are those that were made.
func checkImports(t *testing.T, dir, text string) {
	imports := regexp.MustCompile(`Import-GPO -Path \S*\\(\S+) -BackupGpoName '(.*?)'`).FindAllStringSubmatch(text, -1)
	if len(imports) == 0 {
		t.Errorf("nothing is imported: %s", text)
	}
	for _, m := range imports {
		manifest, err := os.ReadFile(filepath.Join(dir, m[1], "manifest.xml"))
		if err != nil || !strings.Contains(string(manifest), "<![CDATA["+m[2]+"]]>") {
			t.Errorf("%s: %v\n%s", m[0], err, manifest)
		}
	}
}

// runInClone runs commands in a copy of what a clone holds. The tests are left
// out: they are running.
func runInClone(t *testing.T, text string) {
	const tests = "go test ./...\n"
	if !strings.Contains(text, tests) {
		t.Errorf("%q is not among the first commands", tests)
	}
	dir := t.TempDir()
	for _, part := range []string{"cmd", "ranges", "regfile", "testdata"} {
		if err := os.CopyFS(filepath.Join(dir, part), os.DirFS(filepath.Join(moduleRoot, part))); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		copyFile(t, filepath.Join(moduleRoot, name), filepath.Join(dir, name))
	}
	t.Setenv("GOBIN", t.TempDir())
	shell(t, dir, strings.Replace(text, tests, "", 1), 0)
	if _, err := os.Stat(filepath.Join(dir, "reserved.reg")); err != nil {
		t.Error(err)
	}
}

func shell(t *testing.T, dir, text string, want int) (printed string) {
	t.Helper()
	cmd := exec.Command("sh", "-ec", text)
	cmd.Dir = dir
	out, _ := cmd.CombinedOutput()
	if got := cmd.ProcessState.ExitCode(); got != want {
		t.Errorf("status %d, want %d\n%s\n%s", got, want, text, out)
	}
	return string(out)
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	src, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, src, 0o644); err != nil {
		t.Fatal(err)
	}
}
