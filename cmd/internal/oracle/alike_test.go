package oracle

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestScriptsAlike: on random machines all dialects do and say the same, from run
// to run, and once every name has taken back what is its own, the machine's
// administered rows are what they were.
func TestScriptsAlike(t *testing.T) {
	rng := random(t)
	for i := range 4 {
		start := randomMachine(t, rng)
		steps := randomSteps(rng)
		l := languages[i%len(languages)]
		t.Run(fmt.Sprintf("%d/%s", i, l.name), func(t *testing.T) {
			t.Parallel()
			want := transcript(t, dialects[0], start, steps, l)
			for _, d := range dialects[1:] {
				if got := transcript(t, d, start, steps, l); got != want {
					t.Errorf("%s and %s: %s\nin\n%s", d.format, dialects[0].format, firstDifference(got, want), want)
				}
			}
		})
	}
}

// randomMachine has rows of all kinds and busy ports, beside each other and apart.
func randomMachine(t testing.TB, rng *rand.Rand) machine {
	t.Helper()
	edits := ""
	for port := 8000 + rng.IntN(8); port < 8100; {
		last := port + rng.IntN(8)
		kind := []string{"exclude", "exclude", "runtime", "winnat", "busy"}[rng.IntN(5)]
		edits += fmt.Sprintf("+%s %s %d %d\n", kind, protos[rng.IntN(2)], port, last)
		port = last + 1 + rng.IntN(2)*rng.IntN(30)
	}
	return machine(strings.Split(usual, "\n")).edit(t, edits)
}

var protos = [...]string{"tcp", "udp"}

// randomSteps are runs for two names, of which one moves the dynamic port range,
// and then their undo.
func randomSteps(rng *rand.Rand) (steps []step) {
	for range 3 {
		s := step{flags: "--name " + []string{"web", "db"}[rng.IntN(2)]}
		if rng.IntN(2) == 0 {
			s.flags += " --release-winnat"
		}
		if s.name() == "web" && rng.IntN(2) == 0 {
			s.flags += fmt.Sprintf(" --dynamic %d-65535", 1025+rng.IntN(60000))
		}
		for range 1 + rng.IntN(3) {
			first := 7990 + rng.IntN(110)
			s.list += fmt.Sprintf("%d-%d%s\n", first, first+rng.IntN(24), []string{"", "/tcp", "/udp"}[rng.IntN(3)])
		}
		steps = append(steps, s)
	}
	return append(steps, step{flags: "--name db --undo"}, step{flags: "--name web --undo"})
}

// transcript is all that comes of the steps.
func transcript(t *testing.T, d dialect, start machine, steps []step, l language) string {
	t.Helper()
	var b strings.Builder
	s := newSite(t)
	start.write(t, s.machine(), l)
	for _, st := range steps {
		r := d.runStarted(t, s, st.script(t, d))
		fmt.Fprintf(&b, "%s %q: status %d\n%s%s", st.flags, st.list, r.status, st.reported(s, r), r.stderr)
		fmt.Fprintf(&b, "%s\n", strings.Join(takeCalls(t, s), "\n"))
		for _, name := range []string{"db", "web"} {
			if log, ok := readFolder(t, s.dir)[s.log(name)]; ok {
				fmt.Fprintf(&b, "%s.log:\n%s\n", name, unindent(string(log)))
			}
		}
	}
	end := readMachine(t, s.machine())
	if got, want := end.administered(), start.administered(); !slices.Equal(got, want) {
		t.Errorf("%s: the machine differs by\n%s", d.format, want.difference(got))
	}
	if left, _ := filepath.Glob(filepath.Join(s.folder(), "*")); len(left) > 0 {
		t.Errorf("%s: in the folder there is still %q", d.format, left)
	}
	return b.String() + strings.Join(end, "\n")
}

// administered are the lines that scripts answer for.
func (m machine) administered() machine {
	return slices.DeleteFunc(slices.Clone(m), func(line string) bool {
		return !strings.HasPrefix(line, "exclude ") && !strings.HasPrefix(line, "dynamic ")
	})
}
