package oracle

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

const mutations = 500

// TestMutations: of 500 damaged files portreg reads what Wine imports, and no
// more.
func TestMutations(t *testing.T) {
	t.Parallel()
	rng := random(t)
	bases := mutationBases(t)
	inputs := make([]input, mutations)
	for i := range inputs {
		base := bases[rng.IntN(len(bases))]
		inputs[i] = newInput(fmt.Sprintf("%s, mutation %d", base.name, i), i, nil)
		inputs[i].file = mutate(rng, base, inputs[i].key)
	}
	readings := importAll(t, inputs)
	tally := map[string]int{}
	for _, in := range inputs {
		tally[judge(t, in, readings)]++
	}
	for outcome, n := range tally {
		t.Logf("%4d %s", n, outcome)
	}
	if tally["agree"] < mutations/2 {
		t.Errorf("of %d mutations only %d leave a value to compare", mutations, tally["agree"])
	}
}

// judge compares the readings of one input and says how that went.
func judge(t testing.TB, in input, readings map[string]reading) string {
	t.Helper()
	wines, ok := readings[in.key]
	if !ok || crashes(in.file) {
		return "left out"
	}
	everywhere := readOurs(in.file)
	ours := everywhere.below(in.key)
	ds := differences(ours, wines)
	switch row := explained(in.file); {
	case len(ds) == 0:
		if len(everywhere.values) == len(ours.values) {
			checkShow(t, in, wines)
		}
		if len(wines.values) == 0 {
			return "nothing set"
		}
		return "agree"
	case row >= 0:
		t.Logf("%s: %s", in.name, strings.Join(ds, "\n"))
		return "known: " + known[row].reason
	}
	t.Errorf("%s: %s\n%s", in.name, strings.Join(ds, "\n"), visible(in.file))
	return "differ"
}

// base is a file to damage: a UTF-16 5.00 file that sets ReservedPorts.
type base struct {
	name string
	text string
}

// mutationBases are the fixtures and the golden files, but for the one that
// differs from Wine as it is and the quarter of a megabyte on one line.
func mutationBases(t testing.TB) []base {
	t.Helper()
	paths := goldens(t)
	for name, outcome := range fixtures(t) {
		if (outcome == "ok" || outcome == "empty") && name != "hdr-trailing-space" && name != "one-long-line" {
			paths = append(paths, filepath.Join(moduleRoot(t), "testdata/reg", name+".reg"))
		}
	}
	slices.Sort(paths)
	var bases []base
	for _, path := range paths {
		file := readFile(t, path)
		if bytes.HasPrefix(file, []byte(bom)) && strings.HasPrefix(fromUTF16(t, file), header[:10]) {
			text := fromUTF16(t, file) + strings.ReplaceAll(more, "\n", "\r\n")
			bases = append(bases, base{filepath.Base(path), text})
		}
	}
	return bases
}

// fixtures are the cases of testdata/reg with their outcomes.
func fixtures(t testing.TB) map[string]string {
	t.Helper()
	outcomes := map[string]string{}
	for line := range strings.Lines(string(readFile(t, filepath.Join(moduleRoot(t), "testdata/reg/index.tsv")))) {
		if name, outcome, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok && name[0] != '#' {
			outcomes[name] = outcome
		}
	}
	return outcomes
}

// moved is the text with its key below the input's own key.
func moved(text, key string) string {
	system := regexp.MustCompile(`(?i)(HKEY_LOCAL_MACHINE\\{1,2})SYSTEM\\(ControlSet009|CurrentControlSet)`)
	return system.ReplaceAllString(text, `${1}`+strings.TrimPrefix(key, `HKEY_LOCAL_MACHINE\`)+`\ControlSet009`)
}

// mutate damages the file in one to three places.
func mutate(rng *rand.Rand, b base, key string) []byte {
	text := utf16.Encode([]rune(moved(b.text, key)))
	for range 1 + rng.IntN(1+rng.IntN(3)) {
		text = mutateOnce(rng, text)
	}
	return append([]byte(bom), unitBytes(text)...)
}

// more stands behind the fixtures, to show where a reader takes up again.
const more = `
"After"=dword:0000000a
; a comment
"Text"="a \\ \"b\"" ; and a comment
@="c"

[HKEY_LOCAL_MACHINE\SYSTEM\ControlSet009\Services\Tcpip\Parameters\Sub]
"Bytes"=hex:01,02,\
  03
"Expand"=hex(2):25,00,41,00,25,00,00,00
`

// interesting are the units that mean something to a reader of .reg files.
var interesting = utf16.Encode([]rune("\\,\"[];#=-:\r\n \t@0f"))

func mutateOnce(rng *rand.Rand, text []uint16) []uint16 {
	at := place(rng, text)
	switch rng.IntN(9) {
	case 0: // flip a bit
		text[at] ^= 1 << rng.IntN(1+rng.IntN(16))
		return text
	case 1: // delete one unit or a few
		return slices.Delete(text, at, min(len(text), at+1+rng.IntN(1+rng.IntN(4))))
	case 2, 3: // insert a unit
		return slices.Insert(text, at, interesting[rng.IntN(len(interesting))])
	case 4: // insert a line end
		return slices.Insert(text, at, '\r', '\n')
	case 5: // replace a unit
		text[at] = interesting[rng.IntN(len(interesting))]
		return text
	case 6, 7: // swap or repeat a line
		return mutateLines(rng, text)
	default: // cut the tail off
		return text[:at+1]
	}
}

// place picks a unit, seldom in the header: most damage there only makes the
// whole file foreign.
func place(rng *rand.Rand, text []uint16) int {
	if at := rng.IntN(len(text)); at > len(header) || rng.IntN(5) == 0 {
		return at
	}
	return min(len(text)-1, len(header)+rng.IntN(max(1, len(text)-len(header))))
}

func mutateLines(rng *rand.Rand, text []uint16) []uint16 {
	lines := strings.SplitAfter(string(utf16.Decode(text)), "\n")
	i := rng.IntN(len(lines))
	if rng.IntN(2) == 0 {
		lines = slices.Insert(lines, i, lines[i])
	} else {
		j := rng.IntN(len(lines))
		lines[i], lines[j] = lines[j], lines[i]
	}
	return utf16.Encode([]rune(strings.Join(lines, "")))
}

// TestFixtures: Wine imports of the fixtures what their index says. A file that
// is rejected leaves nothing there.
func TestFixtures(t *testing.T) {
	var inputs []input
	outcomes := fixtures(t)
	for name := range outcomes {
		in := newInput(name, 0x2000+len(inputs), readFile(t, filepath.Join(moduleRoot(t), "testdata/reg", name+".reg")))
		in.file = movedFile(in.file, in.key)
		inputs = append(inputs, in)
	}
	readings := importAll(t, inputs)
	for _, in := range inputs {
		verdict := judge(t, in, readings)
		if verdict != "agree" && verdict != "nothing set" {
			t.Logf("%s: %s", in.name, verdict)
			continue
		}
		want := strings.Replace(outcomes[in.name], "reject", "none", 1)
		if got, ports := readings[in.key].reservations(); got != want {
			t.Errorf("%s: wine has %s %v, the index says %s", in.name, got, ports, want)
		}
	}
}

// movedFile is moved for a file in any encoding.
func movedFile(file []byte, key string) []byte {
	if text, ok := bytes.CutPrefix(file, []byte(bom)); ok && len(text)%2 == 0 {
		return toUTF16(moved(string(utf16.Decode(units(text))), key))
	}
	return []byte(moved(string(file), key))
}
