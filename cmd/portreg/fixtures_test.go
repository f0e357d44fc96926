package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"portreg/ranges"
)

// portreg runs the program in process.
func portreg(stdin string, args ...string) (status int, stdout, stderr string) {
	var out, err bytes.Buffer
	status = run(args, stdio{strings.NewReader(stdin), &out, &err})
	return status, out.String(), err.String()
}

func table(t *testing.T, path string) (rows [][]string) {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "#") && strings.TrimSpace(line) != "" {
			rows = append(rows, strings.Split(strings.TrimRight(line, "\r\n"), "\t"))
		}
	}
	return rows
}

// Every hard case shows what its row of the index says; whatever is not there,
// or not as it should be, is said with its place.
func TestShowHardCases(t *testing.T) {
	const ported = "10-20\n"
	rows := table(t, filepath.Join(testdata, "reg", "index.tsv"))
	if len(rows) != 90 {
		t.Errorf("the index has %d rows, want 90", len(rows))
	}
	for _, row := range rows {
		id, outcome := row[0], row[1]
		path := filepath.Join(testdata, "reg", id+".reg")
		want := map[string]struct {
			status int
			out    string
		}{"ok": {0, ported}, "none": {1, ""}, "empty": {0, ""}, "malformed": {2, ""}, "reject": {2, ""}}[outcome]
		if id == "one-long-line" {
			want.out = "5000-8999\n"
		}
		status, out, errors := portreg("", "show", path)
		if status != want.status || out != want.out {
			t.Errorf("%s (%s): status %d, %q; want %d, %q\n%s", id, outcome, status, out, want.status, want.out, errors)
		}
		if outcome != "ok" && !strings.Contains(errors, path+":") {
			t.Errorf("%s (%s): nothing is said with a place: %q", id, outcome, errors)
		}
	}
}

// What gen makes of the lists behind the goldens are the goldens, byte for byte,
// and show reads them back.
func TestGoldens(t *testing.T) {
	for name, list := range goldenLists(t) {
		path := filepath.Join(testdata, "golden", name+".reg")
		golden, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		status, out, errors := portreg(list, "gen", "-f", "reg", "--control-set", "9", "--mount", "SYSTEM", "--allow-empty", "-")
		want := bytes.Clone(golden)
		if !bytes.Contains(golden, encode16(`\ControlSet009\`, false)) {
			status, out, errors = portreg(list, "gen", "-f", "reg", "--allow-empty", "-")
		}
		if status != 0 || out != string(want) {
			t.Errorf("%s: status %d, other bytes\n%s", name, status, errors)
		}
		if status, out, errors := portreg("", "show", path); status != 0 || out != list {
			t.Errorf("%s: show: status %d, %q, want %q\n%s", name, status, out, list, errors)
		}
	}
}

// goldenLists gives, by name, the canonical lists of the goldens.
func goldenLists(t *testing.T) map[string]string {
	text, err := os.ReadFile(filepath.Join(testdata, "golden", "index.json"))
	if err != nil {
		t.Fatal(err)
	}
	var index []struct {
		Name   string
		Ranges json.RawMessage
	}
	if err := json.Unmarshal(text, &index); err != nil {
		t.Fatal(err)
	}
	lists := map[string]string{}
	for _, golden := range index {
		var entries []string
		if json.Unmarshal(golden.Ranges, &entries) != nil {
			_, out, _ := portreg("", "show", filepath.Join(testdata, "golden", golden.Name+".reg"))
			lists[golden.Name] = out
			continue
		}
		var list strings.Builder
		for _, e := range entries {
			r, err := ranges.ParseRange(e)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintln(&list, r)
		}
		lists[golden.Name] = list.String()
	}
	if len(lists) != 9 || strings.Count(lists["many200"], "\n") != 200 {
		t.Fatalf("%d goldens, many200 has %d ranges", len(lists), strings.Count(lists["many200"], "\n"))
	}
	return lists
}

// Captures in every language show the rows of the index, marked as they are.
func TestShowCaptures(t *testing.T) {
	rows := table(t, filepath.Join(testdata, "netsh", "index.tsv"))[1:]
	if len(rows) != 12 {
		t.Errorf("the index has %d rows, want 12", len(rows))
	}
	for _, row := range rows {
		file, proto := row[0], row[2]
		var want strings.Builder
		entries := 0
		for r := range strings.FieldsSeq(row[3]) {
			text, star := strings.CutSuffix(r, "*")
			parsed, err := ranges.ParseRange(text)
			switch {
			case err != nil:
				t.Fatal(err)
			case strings.HasPrefix(file, "dynamicport"):
				fmt.Fprintf(&want, "# dynamic %s/%s\n", parsed, proto)
			case star:
				fmt.Fprintf(&want, "%s/%s  # administered\n", parsed, proto)
				entries++
			default:
				fmt.Fprintf(&want, "# runtime %s/%s\n", parsed, proto)
			}
		}
		status, out, errors := portreg("", "show", filepath.Join(testdata, "netsh", file))
		if out != want.String() || (status == 0) != (entries > 0) || status == 2 {
			t.Errorf("%s: status %d\n%swant\n%s%s", file, status, out, &want, errors)
		}
	}
}

// Whatever is made of a list shows the same ports again, in every format.
func TestMadeIsReadBack(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 11))
	for n := range 60 {
		list := randomList(random)
		for _, format := range []string{"reg", "regedit4", "netsh", "json", "utf-8", "offline", "annotated"} {
			args := []string{"gen", "-f", format, "--allow-empty"}
			switch format {
			case "utf-8":
				args = []string{"gen", "-f", "reg", "--encoding", "utf-8", "--allow-empty"}
			case "offline":
				args = []string{"gen", "-f", "reg", "--mount", "X", "--control-set", "3", "--allow-empty"}
			case "annotated":
				args = []string{"gen", "-f", "netsh", "--annotate", "--allow-empty"}
			}
			status, made, errors := portreg(list, append(args, "-")...)
			if status != 0 {
				t.Fatalf("list %d, %s: status %d\n%s", n, format, status, errors)
			}
			_, got, errors := portreg(made, "show", "-")
			if want := expected(t, list, format); got != want {
				t.Errorf("list %d, %s:\n%s\nbecomes\n%s\nwant\n%s\n%s", n, format, list, got, want, errors)
			}
		}
	}
}

func randomList(random *rand.Rand) string {
	var list strings.Builder
	for range random.IntN(30) {
		first := 1 + random.IntN(65535)
		last := min(65535, first+random.IntN(40)*random.IntN(40))
		fmt.Fprintf(&list, "%d-%d%s  # %c\n", first, last, []string{"", "/tcp", "/udp"}[random.IntN(3)], rune(0x20+random.IntN(0x2000)))
	}
	return strings.ReplaceAll(list.String(), "\u007f", "")
}

// expected is the canonical list of what a format can express.
func expected(t *testing.T, list, format string) string {
	parsed, err := ranges.Parse("list", []byte(list))
	if err != nil {
		t.Fatal(err)
	}
	ports := parsed.Ports()
	if !slices.Contains([]string{"netsh", "json", "annotated"}, format) {
		ports = ranges.Ports{TCP: ports.Either(), UDP: ports.Either()}
	}
	var want strings.Builder
	for e := range ports.Entries() {
		fmt.Fprintln(&want, e)
	}
	return want.String()
}

// Order, spelling and layout of a list do not reach the bytes.
func TestEqualRangesGiveEqualBytes(t *testing.T) {
	const want = "80-90, 443, 1000/tcp, 2000-2001/udp"
	for _, args := range [][]string{{"gen", "-f", "reg", "-"}, {"gen", "-f", "netsh", "-"}, {"gen", "-f", "json", "-"}} {
		_, first, _ := portreg(want, args...)
		for _, list := range []string{
			"443\n90, 80-89\n2001/udp\n1000/tcp\n2000/udp\n",
			"\uFEFF80-85 # a\r\n86-90 # b\r\n443/tcp\r\n443/udp\r\n\r\n1000/tcp,2000-2001/udp",
			string(encode16("\uFEFF1000/tcp\n80-90\n443\n2000-2001/udp\n", true)),
		} {
			if status, got, errors := portreg(list, args...); status != 0 || got != first {
				t.Errorf("%v of %q: status %d, other bytes\n%s", args, list, status, errors)
			}
		}
	}
}

// The statuses are part of the contract: the README's table is that of the code.
func TestStatuses(t *testing.T) {
	if statusFine != 0 || statusFound != 1 || statusTrouble != 2 {
		t.Error("the statuses are not 0, 1, 2")
	}
	readme, err := os.ReadFile(filepath.Join(moduleRoot, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(readme), "\n## Status\n")
	var got, want []string
	for _, row := range regexp.MustCompile(`(?m)^\| (\d \| .*) \|$`).FindAllStringSubmatch(table, -1) {
		got = append(got, row[1])
	}
	for _, s := range statuses() {
		want = append(want, s.Name+" | "+s.About)
	}
	if !slices.Equal(got, want) {
		t.Errorf("README.md has %q, want %q", got, want)
	}
}
