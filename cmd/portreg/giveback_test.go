package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portreg/ranges"
)

const (
	deployed = "80-90  # web\n1433-1434\n5022/tcp\n50000-50019/udp\n"
	shorter  = "85-90  # web\n1433-1434\n5022/tcp\n8080\n"
	others   = "3343\n"
)

// What diff advises gives back what is removed, and nothing else, on a machine that has
// the deployed list and somebody else's ports: whatever the list becomes.
func TestGiveBack(t *testing.T) {
	for _, windows := range []string{"", "2003", "2022"} {
		for _, list := range []string{shorter, "# nothing\n", "1433\n", "80-90/tcp\n"} {
			t.Chdir(t.TempDir())
			for name, text := range map[string]string{"old.txt": deployed, "new list.txt": list, "machine.txt": deployed + others} {
				writeText(t, name, text)
			}
			run := func(args ...string) string {
				status, out, errors := portreg("", args...)
				if status == statusTrouble {
					t.Fatalf("%q: %s", args, errors)
				}
				return out
			}
			run("gen", "-t", "2003", "-o", "current.reg", "machine.txt")
			args := []string{"diff", "old.txt", "new list.txt"}
			if windows != "" {
				args = append(args, "-t", windows)
			}
			commands := commandsIn(run(args...))
			if want := map[string]int{"": 2, "2003": 1, "2022": 1}[windows]; len(commands) != want {
				t.Fatalf("-t %q: commands %q, want %d", windows, commands, want)
			}
			for _, command := range commands {
				if made := run(command...); made == "" {
					checkReserved(t, list)
				} else {
					checkNetsh(t, list, made)
				}
			}
		}
	}
}

// checkReserved: importing the file leaves the ports of the list and the others'.
func checkReserved(t *testing.T, list string) {
	t.Helper()
	_, left, errors := portreg("", "show", "ports.reg")
	want := parsed(t, list+others)
	either := want.Either()
	if got := parsed(t, left); !got.Equal(ranges.Ports{TCP: either, UDP: either}) {
		t.Errorf("made\n%s%s\nwant %v", left, errors, want)
	}
}

// checkNetsh: deletes are blocks that were added before, and what is left of them with
// the adds is the list.
func checkNetsh(t *testing.T, list, made string) {
	t.Helper()
	_, before, _ := portreg("", "gen", "-t", "2022", "-f", "netsh", "old.txt")
	there := map[string]bool{} // the add of each block
	for command := range strings.Lines(before) {
		there[command] = true
	}
	for command := range strings.Lines(made) {
		block := strings.Replace(command, " delete ", " add ", 1)
		deletes := block != command
		if there[block] != deletes {
			t.Errorf("%s fails: the block is there: %v", command, there[block])
		}
		there[block] = !deletes
	}
	var script strings.Builder
	for command, is := range there {
		if is {
			script.WriteString(command)
		}
	}
	_, shown, errors := portreg(script.String(), "show", "-")
	if want := parsed(t, list); !parsed(t, shown).Equal(want) {
		t.Errorf("left is\n%s%s\nwant %v", shown, errors, want)
	}
}

// commandsIn gives the words of the commands in what diff prints.
func commandsIn(text string) (commands [][]string) {
	for line := range strings.Lines(text) {
		if command, ok := strings.CutPrefix(strings.TrimSpace(line), "portreg gen "); ok {
			command = strings.Replace(command, `"new list.txt"`, "new_list", 1)
			words := append([]string{"gen"}, strings.Fields(command)...)
			for i, word := range words {
				if word == "new_list" {
					words[i] = "new list.txt"
				}
			}
			commands = append(commands, words)
		}
	}
	return commands
}

func parsed(t *testing.T, list string) ranges.Ports {
	t.Helper()
	l, err := ranges.Parse("list", []byte(list))
	if err != nil {
		t.Fatal(err)
	}
	return l.Ports()
}

func writeText(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.FromSlash(name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
