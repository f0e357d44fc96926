package oracle

import (
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
)

// reservations says what a reading reserves, in the words of
// testdata/reg/index.tsv: "ok" and the ports, "empty", "malformed" or "none".
func (r reading) reservations() (outcome string, ports spans) {
	parameters := regexp.MustCompile(`^hkey_local_machine\\[^\\]+\\(currentcontrolset|controlset[0-9]{3})\\services\\tcpip\\parameters$`)
	taken := make([]bool, 65537)
	outcome = "none"
	for name, value := range r.values {
		if name.name != "reservedports" || !parameters.MatchString(name.key) || strings.Contains(name.key, `\controlset000\`) {
			continue
		}
		if !takePorts(taken, value) {
			return "malformed", nil
		}
		outcome = "empty"
	}
	if ports = spansOf(taken); ports != nil {
		outcome = "ok"
	}
	return outcome, ports
}

// takePorts adds the ports of a value as shown writes it; false means that it
// is no port list. A reader of a REG_MULTI_SZ stops at the first empty string.
func takePorts(taken []bool, value string) bool {
	digits, ok := strings.CutPrefix(value, "7:")
	data, err := hex.DecodeString(digits)
	if !ok || err != nil || len(data)%2 != 0 {
		return false
	}
	entry := regexp.MustCompile(`^([1-9][0-9]{0,4})(?:-([1-9][0-9]{0,4}))?$`)
	for s := range strings.SplitSeq(string(utf16.Decode(units(data))), "\x00") {
		if s == "" {
			return true
		}
		m := entry.FindStringSubmatch(s)
		if m == nil {
			return false
		}
		first, _ := strconv.Atoi(m[1])
		last := first
		if m[2] != "" {
			last, _ = strconv.Atoi(m[2])
		}
		if first > last || last > 65535 {
			return false
		}
		for p := first; p <= last; p++ {
			taken[p] = true
		}
	}
	return true
}

// checkShow runs show on the file: it must print what Wine's registry holds
// now, and end with the status for it.
func checkShow(t testing.TB, in input, wines reading) {
	t.Helper()
	outcome, ports := wines.reservations()
	r := run(t, portreg, "show", tempFile(t, "in.reg", in.file))
	statuses := map[string][]int{"ok": {0}, "empty": {0}, "malformed": {2}, "none": {1, 2}}[outcome]
	if !slices.Contains(statuses, r.status) || !slices.Equal(shownPorts(r.stdout), ports.lines()) {
		t.Errorf("%s: wine has %s %v, show says: %v\n%s", in.name, outcome, ports, r, visible(in.file))
	}
}

// shownPorts are the lines of a list that are no comments.
func shownPorts(list string) []string {
	var lines []string
	for line := range strings.Lines(list) {
		if line[0] != '#' {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines
}

// lines is how show prints the ranges: one a line, a single port alone.
func (ss spans) lines() []string {
	var lines []string
	for _, s := range ss {
		if s.first == s.last {
			lines = append(lines, fmt.Sprint(s.first))
			continue
		}
		lines = append(lines, fmt.Sprintf("%d-%d", s.first, s.last))
	}
	return lines
}
