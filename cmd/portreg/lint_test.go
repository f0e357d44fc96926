package main

import (
	"strings"
	"testing"

	"portreg/cmd/internal/artefact"
	"portreg/cmd/internal/target"
)

// Lint has no objection to anything that gen writes from a list that it has none to.
func TestLintOfGenerated(t *testing.T) {
	lists := map[target.Mechanism]string{
		target.ReservedPorts: "1433-1434  # SQL Server\n3343\n4990-5000\n",
		target.Exclusions:    "49152-49160  # app\n50000-50019/udp\n65535/tcp\n",
	}
	formats := map[target.Mechanism]string{target.ReservedPorts: "reg regedit4 pol lgpo samba-json json", target.Exclusions: "netsh cmd ps1 unattend json"}
	for name := range strings.FieldsSeq(target.Names()) {
		w, _ := target.ByName(name)
		for format := range strings.FieldsSeq(formats[w.Mechanism]) {
			for _, more := range []string{"", "--annotate", "--encoding utf-8"} {
				f, _ := artefact.Named(format)
				if more == "--annotate" && !f.Comments || more == "--encoding utf-8" && format != "reg" {
					continue
				}
				args := append(strings.Fields(more), "-t", name, "-f", format, "-o", "-", "-")
				if format == "cmd" || format == "ps1" {
					args = append(args, "--name", "web")
				}
				status, made, errors := portreg(lists[w.Mechanism], append([]string{"gen"}, args...)...)
				if status != statusFine {
					t.Fatalf("%v: %s", args, errors)
				}
				if status, found, errors := portreg(made, "lint", "-t", name, "-"); status != statusFine {
					t.Errorf("%v: lint has status %d\n%s%s", args, status, found, errors)
				}
			}
		}
	}
}

// Of a list too large to be kept it is said that it is.
func TestLintOfLargeList(t *testing.T) {
	status, found, errors := portreg("80, 80\n"+strings.Repeat("# filler\n", 2<<20), "lint", "-t", "xp", "-")
	if want := "<stdin>:1:1: warning: 80: below 1025, where no dynamic port range may begin [below-1025]\n"; status != statusFound || found != want {
		t.Errorf("status %d, found %q, want %q", status, found, want)
	}
	if want := "portreg: warning: <stdin>: too large a list for ignores and for comparing entries; only its ports were looked at\nportreg: 1 warning\n"; errors != want {
		t.Errorf("%q, want %q", errors, want)
	}
}
