package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"portreg/cmd/internal/artefact"
	"portreg/cmd/internal/report"
	"portreg/ranges"
)

// rowsIn gives what index.tsv says: 'r' for the ports of rows with *, 'u' for those of
// other rows only.
func rowsIn(t *testing.T, text string) (kind [65536]byte) {
	t.Helper()
	for _, star := range []bool{false, true} {
		for field := range strings.FieldsSeq(text) {
			text, starred := strings.CutSuffix(field, "*")
			r, err := ranges.ParseRange(text)
			if err != nil {
				t.Fatal(err)
			}
			for p := int(r.First); p <= int(r.Last) && starred == star; p++ {
				kind[p] = 'u'
				if star {
					kind[p] = 'r'
				}
			}
		}
	}
	return kind
}

// every gives a list of every single port.
func every(proto ranges.Proto) (all []listed) {
	for p := 1; p <= 65535; p++ {
		r := ranges.Range{First: uint16(p), Last: uint16(p)}
		all = append(all, listed{"list", artefact.Entry{Entry: ranges.Entry{Range: r, Proto: proto}}})
	}
	return all
}

// judgedBy gives the verdict that a capture leads to on every port.
func judgedBy(t *testing.T, file string, proto ranges.Proto) verification {
	t.Helper()
	all := every(proto)
	cmd := verifyCmd{Files: []fileName{fileName(file)}}
	there, err := cmd.readState(&session{err: io.Discard}, portsOf(all))
	if err != nil {
		t.Fatal(err)
	}
	return verify(all, there)
}

// Of every capture, the verdict on every port is what its index says; and the
// commands, carried out, leave nothing to mend.
func TestVerifyCaptures(t *testing.T) {
	for _, row := range table(t, filepath.Join(testdata, "netsh", "index.tsv")) {
		var proto ranges.Proto
		if err := proto.UnmarshalText([]byte(row[2])); err != nil || strings.HasPrefix(row[0], "dynamicport") {
			continue // the heading, and what is no table of exclusions
		}
		file := filepath.Join(testdata, "netsh", row[0])
		kind := rowsIn(t, row[3])
		v := judgedBy(t, file, proto)
		checkVerdicts(t, file, v, kind)
		rows := row[3]
		for i, from := range []byte{0, 'u'} { // the steps: what adds the missing ones, what adds the others
			if i == len(v.steps) {
				break
			}
			for _, added := range addedBy(t, v.steps[i], proto) {
				rows += fmt.Sprintf(" %d-%d*", added.First, added.Last)
				for p := int(added.First); p <= int(added.Last); p++ {
					if kind[p] != from {
						t.Fatalf("%s: port %d is added again", file, p)
					}
					kind[p] = 'r'
				}
			}
			after := filepath.Join(t.TempDir(), "after.txt")
			if err := os.WriteFile(after, []byte(captureOf(rows, proto)), 0o644); err != nil {
				t.Fatal(err)
			}
			checkVerdicts(t, file, judgedBy(t, after, proto), kind)
		}
		if i := slices.IndexFunc(kind[1:], func(k byte) bool { return k != 'r' }); i >= 0 {
			t.Errorf("%s: port %d is not reserved in the end", file, i+1)
		}
	}
}

func checkVerdicts(t *testing.T, file string, v verification, kind [65536]byte) {
	t.Helper()
	words := map[byte]string{'r': isReserved, 'u': isRuntime, 0: isMissing}
	for i, j := range v.entries {
		if want := words[kind[i+1]]; j.word() != want {
			t.Fatalf("%s: port %d is %s, want %s", file, i+1, j.word(), want)
		}
	}
}

// addedBy gives what the commands of a step add.
func addedBy(t *testing.T, s report.Step, proto ranges.Proto) (all []ranges.Range) {
	t.Helper()
	for _, command := range s.Commands {
		status, list, errors := portreg(command+"\n", "show", "-")
		text, suffix, _ := strings.Cut(strings.TrimSpace(list), "/")
		added, err := ranges.ParseRange(text)
		if status != statusFine || err != nil || suffix != proto.String() {
			t.Fatalf("%s adds %q\n%s", command, list, errors)
		}
		all = append(all, added)
	}
	return all
}

// captureOf gives a capture of rows as in index.tsv.
func captureOf(rows string, proto ranges.Proto) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Protocol %s\n--- ---\n", proto)
	for row := range strings.FieldsSeq(rows) {
		fmt.Fprintln(&b, strings.NewReplacer("-", " ", "*", " *").Replace(row))
	}
	return b.String()
}

// What a person pastes names the file, whatever it is called.
