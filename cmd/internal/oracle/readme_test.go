package oracle

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// block is a fenced block of the README.
type block struct {
	info []string // the words behind the fence
	text string
}

func readmeBlocks(t testing.TB) []block {
	t.Helper()
	readme := string(readFile(t, filepath.Join(moduleRoot(t), "README.md")))
	var blocks []block
	for _, m := range regexp.MustCompile("(?ms)^```(\\w.*?)\n(.*?)^```$").FindAllStringSubmatch(readme, -1) {
		blocks = append(blocks, block{strings.Fields(m[1]), m[2]})
	}
	return blocks
}

// TestReadme goes through the README as an administrator would: every block in
// the order of the text, in one folder, the bat blocks in Wine's cmd, where
// somebody else's ports are reserved before, and the oracle blocks on a SYSTEM
// hive. Left out is what is for a clone or takes long, what is meant to fail or to
// find differences, what TestGitRecipes runs, and what needs a file that no block
// has filled: Wine's netsh prints nothing.
func TestReadme(t *testing.T) {
	dir := tempDir(t)
	mergeOthers(t, newHive(t, dir))
	t.Setenv("PATH", filepath.Dir(portreg)+string(os.PathListSeparator)+os.Getenv("PATH"))
	regeditImport(t, gen(t, "9000-9001\n", "-t", "2003"))
	defer wine(t, "reg", "delete", currentName, "/v", "ReservedPorts", "/f")

	ran := map[string]int{}
	for _, b := range readmeBlocks(t) {
		switch {
		case b.has("clone") || b.has("long") || b.has("fails") || b.has("differs") || b.has("git") || !b.isReady(dir):
		case b.has("bat"):
			ran["bat"]++
			runBat(t, dir, b.text)
		case b.has("oracle"):
			ran["oracle"]++
			runSh(t, dir, b.text)
			checkImage(t, dir)
		case b.has("sh"):
			runSh(t, dir, b.text)
		}
	}
	if ran["bat"] == 0 || ran["oracle"] == 0 {
		t.Errorf("README.md has too few blocks: ran %v", ran)
	}
}

func (b block) has(word string) bool { return slices.Contains(b.info, word) }

// isReady tells whether the file is there that the block needs, if any.
func (b block) isReady(dir string) bool {
	i := slices.Index(b.info, "needs")
	if i < 0 {
		return true
	}
	info, err := os.Stat(filepath.Join(dir, b.info[i+1]))
	return err == nil && info.Size() > 0
}

func runSh(t testing.TB, dir, text string) {
	t.Helper()
	if r := runIn(t, dir, "sh", "-ec", text); r.status != 0 {
		t.Fatalf("%s\n%v", text, r)
	}
}

// runBat runs the block and checks what it did: of netsh that there were as
// many calls as lines, of regedit that the registry has what the file has.
func runBat(t testing.TB, dir, text string) {
	t.Helper()
	calls := runScript(t, dir, []byte(strings.ReplaceAll(text, "\n", "\r\n")))
	if want := strings.Count(text, "netsh "); len(calls) != want {
		t.Errorf("%s: netsh ran %d times, want %d: %q", text, len(calls), want, calls)
	}
	if strings.Contains(text, "show") {
		checkCalls(t, calls, shows())
	}
	if m := regexp.MustCompile(`(?i)regedit /s (\S+)`).FindStringSubmatch(text); m != nil {
		deployed := mustRun(t, portreg, "show", filepath.Join(dir, m[1]))
		there := mustRun(t, portreg, "show", tempFile(t, "export.reg", regeditExport(t, currentKey)))
		if there != deployed || !strings.Contains(there, "9000-9001\n") {
			t.Errorf("%s: %s holds %q, the registry %q", text, m[1], deployed, there)
		}
	}
}

// shows are the commands whose output is a complete capture.
func shows() (calls [][]string) {
	for _, what := range []string{"excludedportrange", "dynamicportrange"} {
		for _, proto := range []string{"tcp", "udp"} {
			calls = append(calls, []string{"netsh", "int", "ipv4", "show", what, "protocol=" + proto})
		}
	}
	return calls
}

// mergeOthers reserves somebody else's ports in a hive.
func mergeOthers(t testing.TB, hive string) {
	t.Helper()
	file := gen(t, "9000-9001\n", "-t", "2003", "--control-set", "1", "-f", "reg", "--encoding", "utf-8")
	mustRun(t, "hivexregedit", "--merge", hive, "--prefix", `HKEY_LOCAL_MACHINE\SYSTEM`, tempFile(t, "others.reg", file))
}

// checkImage: the hive has what the list has, and what was there before.
func checkImage(t testing.TB, dir string) {
	t.Helper()
	want := mustRun(t, portreg, "show", filepath.Join(dir, "offline.reg"))
	export := mustRun(t, "hivexregedit", "--export", "--prefix", `HKEY_LOCAL_MACHINE\SYSTEM`, filepath.Join(dir, "SYSTEM"), hiveKey)
	if got := mustRun(t, portreg, "show", tempFile(t, "export.reg", []byte(export))); got != want || !strings.Contains(got, "9000-9001\n") {
		t.Errorf("the hive holds %q, want %q", got, want)
	}
}
