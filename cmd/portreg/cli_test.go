package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portreg/cmd/internal/target"
)

// The model can be built: tags are checked when the program runs only.
func TestModel(t *testing.T) {
	for args, want := range map[string]int{"": 8, "gen": 1, "show x": 1, "lint": 1, "diff": 1, "verify": 1, "fmt --help": 1, "completion": 1, "man": 1, "--help": 8, "--help gen": 8, "nonsense": 8} {
		parser, err := newParser(strings.Fields(args), io.Discard, io.Discard)
		if err != nil {
			t.Errorf("%s: %v", args, err)
			continue
		}
		if got := len(parser.Model.Children); got != want {
			t.Errorf("%s: %d commands, want %d", args, got, want)
		}
	}
}

// The examples of the help work when pasted, in a folder that has the files they
// name.
func TestExamples(t *testing.T) {
	for _, c := range []interface{ examples() string }{&cli{}, &genCmd{}, &showCmd{}, &lintCmd{}, &diffCmd{}, &verifyCmd{}, &fmtCmd{}, &completionCmd{}, &manCmd{}} {
		lines := strings.Split(strings.Trim(c.examples(), "\n"), "\n")
		if len(lines) < 2 || len(lines) > 3 {
			t.Errorf("%T has %d examples", c, len(lines))
		}
		inScratch(t)
		for _, line := range lines {
			args := strings.Fields(strings.ReplaceAll(line, `"`, ""))
			if args[0] != "portreg" {
				t.Errorf("%q does not begin with portreg", line)
			}
			if status, out, errors := portreg("", args[1:]...); status != statusFine {
				t.Errorf("%s: status %d\n%s%s", line, status, out, errors)
			}
		}
	}
}

func inScratch(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"ports.txt", "ports.old.txt"} {
		if err := os.WriteFile(name, []byte("1433-1434  # SQL Server\n8080       # app\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, list := range map[string]string{"current.reg": "3343", "merged.reg": "1433-1434, 3343, 8080"} {
		if status, _, errors := portreg(list, "gen", "-o", name, "-"); status != statusFine {
			t.Fatal(errors)
		}
	}
	rpc := "REGEDIT4\n\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Rpc\\Internet]\n\"Ports\"=hex(7):35,39,38,34,00,00\n\n"
	if err := os.WriteFile("software.reg", []byte(rpc), 0o644); err != nil {
		t.Fatal(err)
	}
	var state strings.Builder
	for _, proto := range []string{"tcp", "udp"} {
		fmt.Fprintf(&state, "Protocol %s\n--- ---\n1433 1434 *\n8080 8080 *\n", proto)
	}
	if err := os.WriteFile("state.txt", []byte(state.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Every target gives something without further flags, of the right kind, and
// refuses the other.
func TestTargets(t *testing.T) {
	for name := range strings.FieldsSeq(target.Names()) {
		w, _ := target.ByName(name)
		right, wrong := "reg", "netsh"
		if w.Mechanism == target.Exclusions {
			right, wrong = wrong, right
		}
		_, want, _ := portreg("80", "gen", "-f", right, "-")
		if status, out, errors := portreg("80", "gen", "-t", name, "-"); status != statusFine || out != want {
			t.Errorf("%s: status %d, not what -f %s gives\n%s", name, status, right, errors)
		}
		if status, out, errors := portreg("80", "gen", "-t", name, "-f", wrong, "-"); status != statusTrouble || out != "" || !strings.Contains(errors, w.Title) {
			t.Errorf("%s with -f %s: status %d, %q\n%s", name, wrong, status, out, errors)
		}
	}
}

// Any bytes as any input give a status and no panic.
func FuzzShow(f *testing.F) {
	for _, seed := range []string{"80-90 # x\n", "REGEDIT4\r\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters]\r\n\"ReservedPorts\"=hex(7):38,30,00,00\r\n",
		"tcp\n--- ---\n80 90 *\n", "netsh int ipv4 add excludedportrange tcp 80 1", "{\"tcp\": [\"80\"]}", "net.ipv4.ip_local_reserved_ports = 1", "\xFF\xFE8\x00",
		"<unattend><settings><RunSynchronousCommand><Path>netsh int ipv4 add ex tcp 80 1</Path></RunSynchronousCommand></settings></unattend>",
		"@echo off\r\nrem portreg web: excluded port ranges. Made from a list: change that, not this file.\r\n"} {
		f.Add(seed)
	}
	list := filepath.Join(f.TempDir(), "list")
	if err := os.WriteFile(list, []byte("80-90"), 0o644); err != nil {
		f.Fatal(err)
	}
	state := filepath.Join(testdata, "readme", "state.txt")
	f.Fuzz(func(t *testing.T, src string) {
		for _, args := range [][]string{{"show", "-"}, {"show", "--key", `Tcpip\Parameters`, "-"}} {
			status, out, _ := portreg(src, args...)
			if status == statusTrouble && out != "" {
				t.Errorf("%v: status 2 and output %q", args, out)
			}
			if again, _, errors := portreg(out, "show", "-"); status == statusFine && again == statusTrouble {
				t.Errorf("%v: %q is no list\n%s", args, out, errors)
			}
		}
		portreg(src, "show", "-f", "json", "--port", "80", "-")
		portreg(src, "gen", "-f", "netsh", "--onto", "-", "--replaces", list, list)
		portreg(src, "gen", "-f", "reg", "--onto", "-", list)
		portreg(src, "gen", "-f", "netsh", "--annotate", "-")
		portreg(src, "fmt", "-")
		for _, args := range [][]string{{"verify", "--list", list, "-"}, {"verify", "-f", "json", "--list", "-", state}, {"diff", "-", list}, {"diff", state, "-"}} {
			if status, out, _ := portreg(src, args...); status == statusTrouble && out != "" || status == statusFound && out == "" {
				t.Errorf("%v: status %d and output %q", args, status, out)
			}
		}
	})
}
