package oracle

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// verification is what verify -f json prints, as far as it is looked at.
type verification struct {
	Entries []struct{ Entry, Verdict string }
	Mend    []struct{ Commands []string }
}

// TestVerifyMends: the README's line captures a machine, whatever its language; the
// commands that verify prints add on it what is missing, but for what runtime
// reservations hold, as long as they last.
func TestVerifyMends(t *testing.T) {
	list := tempFile(t, "ports.txt", []byte("443/tcp\n8000-8010\n49990-50070\n58090-58110/udp\n58000/tcp\n"))
	for _, l := range languages {
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			dir := tempDir(t)
			start := machine(strings.Split(usual, "\n")).edit(t, "+exclude tcp 8005 8006")
			start.write(t, filepath.Join(dir, "machine"), l)

			v := verifyMachine(t, dir, list)
			v.check(t, "missing", "missing", "missing", "missing", "runtime")
			runBatch(t, dir, strings.Join(v.Mend[0].Commands, "\n"))
			added := start.edit(t, `
				+exclude tcp 443 443
				+exclude tcp 8000 8004
				+exclude tcp 8007 8010
				+exclude tcp 49990 49999
				+exclude tcp 50060 50070
				+exclude udp 8000 8010
				+exclude udp 49990 49999
				+exclude udp 50060 50070
				+exclude udp 58090 58099`)
			checkMachine(t, dir, added)

			v = verifyMachine(t, dir, list)
			v.check(t, "reserved", "reserved", "reserved", "runtime", "runtime")
			runBatch(t, dir, strings.Join(v.Mend[0].Commands, "\n"))
			checkMachine(t, dir, added)

			stopped := "net stop winnat\n" + strings.Join(v.Mend[0].Commands, "\n")
			runBatch(t, dir, stopped)
			v = verifyMachine(t, dir, list)
			v.check(t, "reserved", "reserved", "reserved", "reserved", "reserved")
		})
	}
}

// verifyMachine captures the machine with the README's line.
func verifyMachine(t *testing.T, dir, list string) (v verification) {
	t.Helper()
	i := slices.IndexFunc(readmeBlocks(t), func(b block) bool { return b.has("bat") && strings.Contains(b.text, "show excludedportrange") })
	runBatch(t, dir, readmeBlocks(t)[i].text)
	r := run(t, portreg, "verify", "-f", "json", "--list", list, filepath.Join(dir, "state.txt"))
	if err := json.Unmarshal([]byte(r.stdout), &v); err != nil {
		t.Fatal(r, err)
	}
	return v
}

func (v verification) check(t *testing.T, want ...string) {
	t.Helper()
	var got []string
	for _, e := range v.Entries {
		got = append(got, e.Verdict)
	}
	if !slices.Equal(got, want) {
		t.Fatalf("got %q, want %q", got, want)
	}
}

// runBatch runs lines on the machine in the folder. Some may be refused.
func runBatch(t *testing.T, dir, lines string) {
	t.Helper()
	writeFile(t, filepath.Join(dir, "run.bat"), []byte(strings.ReplaceAll(lines, "\n", "\r\n")+"\r\n"))
	c := command{dir: dir, env: standinEnv(filepath.Join(dir, "machine")), limit: scriptLimit,
		args: []string{"wine", "cmd", "/c", windowsPath(filepath.Join(dir, "run.bat"))}}
	c.untilStarted(t, keep(t, filepath.Join(dir, "machine")))
}

func checkMachine(t *testing.T, dir string, want machine) {
	t.Helper()
	if d := want.difference(readMachine(t, filepath.Join(dir, "machine"))); d != "" {
		t.Fatalf("the machine differs from what it should be:\n%s", d)
	}
}
