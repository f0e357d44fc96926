// Package oracle checks portreg against independent programs: Wine's
// regedit, netsh stub and cmd, Samba's net and Python modules, hivexregedit, hivexget, reged
// and reglookup. What portreg writes they must read, and what they write
// portreg must read, down to the byte. The scripts that portreg writes run in
// Wine's cmd, or, as there is no PowerShell, in the interpreter of powershell, on
// machines that standin/standin.c makes up.
//
// The package has tests only, and they run only when PORTREG_ORACLES is
// "require", as .ci/run sets it; then every program must be there and no
// test skips. PORTREG_SEED changes the seed of the random inputs.
package oracle

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// programs names what the tests run and the Debian package that has it.
var programs = []struct{ name, debian string }{
	{"wine", "wine"},
	{"wineserver", "wine"},
	{"/usr/lib/wine/wine64", "wine64"},
	{"net", "samba-common-bin"},
	{"samba", "samba"},
	{"samba-tool", "samba-common-bin"},
	{"winbindd", "winbind"},
	{"hivexregedit", "libwin-hivex-perl"},
	{"hivexget", "libhivex-bin"},
	{"perl", "perl"},
	{"reged", "chntpw"},
	{"reglookup", "reglookup"},
	{"x86_64-w64-mingw32-gcc", "gcc-mingw-w64-x86-64"},
	{"gcc", "gcc"},
	{"git", "git"},
	{"pre-commit", "pre-commit"},
	{"node", "nodejs"},
	{"xmllint", "libxml2-utils"},
	{"xmlstarlet", "xmlstarlet"},
	{"chromium", "chromium"},
	{"bash", "bash"},
	{"zsh", "zsh"},
	{"fish", "fish"},
	{"shellcheck", "shellcheck"},
	{"mandoc", "mandoc"},
	{"groff", "groff-base"},
}

const (
	callLimit   = time.Minute     // one call of any program, against hangs
	prefixLimit = 2 * time.Minute // making the Wine prefix
	defaultSeed = 812873
)

var (
	scratch string // a folder for the whole run, removed at its end
	portreg string // the program under test
)

func TestMain(m *testing.M) {
	flag.Parse()
	if os.Getenv("PORTREG_ORACLES") != "require" {
		fmt.Println("oracle: skipped, all of it: PORTREG_ORACLES=require runs it")
		flag.Set("test.run", "^$")
		os.Exit(m.Run())
	}
	status, err := runAll(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "oracle:", err)
		os.Exit(1)
	}
	os.Exit(status)
}

// runAll makes the scratch folder, the program and the Wine prefix, runs the
// tests and takes everything down again.
func runAll(m *testing.M) (status int, err error) {
	os.Setenv("PATH", os.Getenv("PATH")+":/usr/sbin:/sbin")
	if err := findPrograms(); err != nil {
		return 0, err
	}
	if scratch, err = os.MkdirTemp("", "portreg-oracle-"); err != nil {
		return 0, err
	}
	defer os.RemoveAll(scratch)
	if err := buildPortreg(); err != nil {
		return 0, err
	}
	defer stopWine()
	if err := startWine(); err != nil {
		return 0, err
	}
	if err := installStandins(); err != nil {
		return 0, err
	}
	if err := installPowerShell(); err != nil {
		return 0, err
	}
	return m.Run(), nil
}

func findPrograms() error {
	var missing []error
	for _, p := range programs {
		if _, err := exec.LookPath(p.name); err != nil {
			missing = append(missing, fmt.Errorf("%s is missing: install Debian's %s", p.name, p.debian))
		}
	}
	// A module, not a program; of another Python it is not to be had.
	if out, err := exec.Command("/usr/bin/python3", "-c", "import samba, tdb").CombinedOutput(); err != nil {
		missing = append(missing, fmt.Errorf("Samba's Python modules are missing: install Debian's python3-samba, which has python3-tdb with it\n%s", out))
	}
	return errors.Join(missing...)
}

// buildPortreg builds the program into a folder of its own, which the README's
// commands get on their PATH.
func buildPortreg() error {
	portreg = filepath.Join(scratch, "bin", "portreg")
	out, err := exec.Command("go", "build", "-o", portreg, "portreg/cmd/portreg").CombinedOutput()
	if err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}

// result is what a finished program left.
type result struct {
	stdout, stderr string
	status         int
}

func (r result) String() string {
	return fmt.Sprintf("status %d\nstdout: %s\nstderr: %s", r.status, r.stdout, r.stderr)
}

// command is a program to run, with its streams in files: Wine's services
// inherit them and would keep a pipe open for ever.
type command struct {
	dir   string   // "" is the scratch folder
	env   []string // beside the environment of the test
	limit time.Duration
	stdin string
	args  []string
}

func (c command) run() (result, error) {
	ctx, cancel := context.WithTimeout(context.Background(), c.limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.args[0], c.args[1:]...)
	cmd.Dir = c.dir
	if c.dir == "" {
		cmd.Dir = scratch
	}
	cmd.Env = append(os.Environ(), c.env...)
	if c.stdin != "" {
		cmd.Stdin = strings.NewReader(c.stdin)
	}
	streams, err := os.MkdirTemp(scratch, "streams-")
	if err != nil {
		return result{}, err
	}
	defer os.RemoveAll(streams)
	stdout, err := os.Create(filepath.Join(streams, "stdout"))
	if err != nil {
		return result{}, err
	}
	defer stdout.Close()
	stderr, err := os.Create(filepath.Join(streams, "stderr"))
	if err != nil {
		return result{}, err
	}
	defer stderr.Close()
	cmd.Stdout, cmd.Stderr = stdout, stderr

	err = cmd.Run()
	if ctx.Err() != nil {
		return result{}, fmt.Errorf("%q took longer than %v", c.args, c.limit)
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return result{}, err
	}
	return c.finish(cmd.ProcessState.ExitCode(), stdout.Name(), stderr.Name())
}

func (c command) finish(status int, stdout, stderr string) (result, error) {
	o, err := os.ReadFile(stdout)
	if err != nil {
		return result{}, err
	}
	e, err := os.ReadFile(stderr)
	return result{string(o), string(e), status}, err
}

// run runs a program within the limit of one call; its status is the caller's
// to judge.
func run(t testing.TB, args ...string) result {
	t.Helper()
	return runIn(t, "", args...)
}

func runIn(t testing.TB, dir string, args ...string) result {
	t.Helper()
	r, err := command{dir: dir, limit: callLimit, args: args}.run()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// mustRun is run for a program that has to end with status 0; it gives the
// standard output.
func mustRun(t testing.TB, args ...string) string {
	t.Helper()
	r := run(t, args...)
	if r.status != 0 {
		t.Fatalf("%q: %v", args, r)
	}
	return r.stdout
}

// gen writes the list to a file, runs `portreg gen ARGS... LIST` and gives
// what it printed.
func gen(t testing.TB, list string, args ...string) []byte {
	t.Helper()
	args = append(append([]string{portreg, "gen"}, args...), tempFile(t, "ports.txt", []byte(list)))
	return []byte(mustRun(t, args...))
}

// tempFile writes a file into a new folder below the scratch folder, whose
// path is short and has no blanks.
func tempFile(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(tempDir(t), name)
	writeFile(t, path, content)
	return path
}

func tempDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp(scratch, "t-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func writeFile(t testing.TB, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o666); err != nil {
		t.Fatal(err)
	}
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// random gives the test its own random numbers and prints their seed.
func random(t testing.TB) *rand.Rand {
	t.Helper()
	seed := uint64(defaultSeed)
	if s := os.Getenv("PORTREG_SEED"); s != "" {
		var err error
		if seed, err = strconv.ParseUint(s, 10, 64); err != nil {
			t.Fatalf("PORTREG_SEED: %v", err)
		}
	}
	t.Logf("PORTREG_SEED=%d", seed)
	h := fnv.New64a()
	h.Write([]byte(t.Name()))
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

// firstDifference shows where two texts part.
func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("line %d\n got %q\nwant %q", i+1, g[i], w[i])
		}
	}
	return fmt.Sprintf("got %d lines, want %d", len(g), len(w))
}
