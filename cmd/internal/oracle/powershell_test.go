package oracle

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// installPowerShell compiles the stand-ins for this machine, below a SystemRoot of
// their own: what powershell/run.mjs interprets runs programs as they are.
func installPowerShell() error {
	system := filepath.Join(scratch, "windows/System32")
	if err := os.MkdirAll(system, 0o777); err != nil {
		return err
	}
	exe := filepath.Join(system, standins[0]+".exe")
	args := []string{"gcc", "-std=c99", "-Wall", "-Wextra", "-Werror", "-o", exe, "standin/standin.c"}
	if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
		return fmt.Errorf("%q: %w\n%s", args, err, out)
	}
	for _, name := range standins[1:] {
		if err := os.Link(exe, filepath.Join(system, name+".exe")); err != nil {
			return err
		}
	}
	if _, err := os.Stat("powershell/node_modules/web-tree-sitter"); err != nil {
		return fmt.Errorf("%w: run npm ci in cmd/internal/oracle/powershell", err)
	}
	return nil
}

// node runs a program of the folder powershell.
func node(t testing.TB, env []string, program string, args ...string) result {
	t.Helper()
	program, err := filepath.Abs(filepath.Join("powershell", program))
	if err != nil {
		t.Fatal(err)
	}
	r, err := command{env: env, limit: scriptLimit, args: append([]string{"node", program}, args...)}.run()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// runPS1 has the script interpreted.
func runPS1(t testing.TB, s site, script []byte) result {
	t.Helper()
	return node(t, []string{
		"STANDIN=" + s.machine(),
		"ProgramData=" + windowsPath(filepath.Join(s.dir, "ProgramData")),
		"SystemRoot=" + windowsPath(filepath.Join(scratch, "windows")),
	}, "run.mjs", tempFile(t, "script.ps1", script))
}

// outline is the tree that the grammar makes of a script, without its comments.
func outline(t testing.TB, script []byte) string {
	t.Helper()
	r := node(t, nil, "grammar.mjs", tempFile(t, "script.ps1", script))
	if r.status != 0 {
		t.Fatalf("%v\n%s", r.stderr, script)
	}
	return r.stdout
}

// TestPowerShellGrammar: the scripts are PowerShell, and what is not is refused.
func TestPowerShellGrammar(t *testing.T) {
	const list = "80-90/tcp\n1433\n50000-50019/udp\n"
	for _, flags := range []string{"", "--release-winnat", "--dynamic 1025-65535", "--annotate", "--undo", "--undo --annotate"} {
		outline(t, gen(t, list, append([]string{"-f", "ps1", "--name", "web"}, strings.Fields(flags)...)...))
	}
	good := string(gen(t, list, "-f", "ps1", "--name", "web"))
	for _, edit := range []struct{ old, new string }{
		{"if (-not (Test-Elevated)) {", "if (-not (Test-Elevated) {"},
		{"} finally {", "} finally"},
		{"'80-90/tcp'", "'80-90/tcp"},
		{" -le $block.Last", " -le -gt $block.Last"},
		{"exit $status", "}"},
	} {
		broken := strings.Replace(good, edit.old, edit.new, 1)
		if r := node(t, nil, "grammar.mjs", tempFile(t, "script.ps1", []byte(broken))); broken == good || r.status != 1 {
			t.Errorf("%q for %q: status %d, stderr %s", edit.new, edit.old, r.status, r.stderr)
		}
	}
}

// TestPowerShellLabels: whatever a label says, the script is the same but for its
// comments.
func TestPowerShellLabels(t *testing.T) {
	want := outline(t, gen(t, "8080/tcp\n9090/tcp\n", "-f", "ps1", "--name", "web"))
	labels := []string{
		"#> netsh pwned <#", "<# x", "`", "` \u2028netsh pwned", "$(netsh pwned)", "${x}", "'; netsh pwned; '", "\u2018; netsh pwned; \u2019",
		`"; netsh pwned; "`, "\u201c; netsh pwned; \u201d", "@'\t'@", "{ netsh pwned }", "| netsh pwned", "&netsh pwned", "; netsh pwned",
		"--% netsh pwned", "SIG # Begin signature block", "#requires -Version 99", ".EXTERNALHELP x", "%x% ^ ! < >",
		"\u202enetsh pwned", "\u200b\u2060\ufeff netsh pwned", "a\u0085netsh pwned", "\tnetsh pwned",
	}
	for _, label := range labels {
		list := "8080/tcp # " + label + "\n# " + label + "\n9090/tcp #" + label + "\n"
		if got := outline(t, gen(t, list, "-f", "ps1", "--name", "web", "--annotate")); got != want {
			t.Errorf("%q: %s", label, firstDifference(got, want))
		}
	}
}

// TestPowerShellSemantics: the interpreter does what PowerShell's help says.
func TestPowerShellSemantics(t *testing.T) {
	if r := node(t, nil, "semantics.test.mjs"); r.status != 0 {
		t.Error(r)
	}
}

// TestPowerShellLink: where the log's folder is a link, which any user may have made,
// nothing is written. (Wine does not tell links from folders.)
func TestPowerShellLink(t *testing.T) {
	s := newSite(t)
	start := machine(strings.Split(usual, "\n"))
	start.write(t, s.machine(), languages[0])
	elsewhere := tempDir(t)
	if err := os.Symlink(elsewhere, s.folder()); err != nil {
		t.Fatal(err)
	}
	r := runPS1(t, s, gen(t, "80/tcp\n", "-f", "ps1", "--name", "web"))
	if r.status != 22 || !strings.Contains(r.stdout, "cannot be written; nothing was changed") {
		t.Error(r)
	}
	if left, err := os.ReadDir(elsewhere); err != nil || len(left) > 0 {
		t.Errorf("there is now %v (%v)", left, err)
	}
}
