package netsh

import (
	"regexp"
	"strings"
	"testing"
)

// Every label that the .cmd goes to is there once, and every label is gone to: in a
// branch that is seldom taken nobody would notice else.
func TestCmdLabels(t *testing.T) {
	walk := regexp.MustCompile(`(?m)call :walk(?: \S+){4} (\w+) (\w+)$`)
	used := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)(?:call :|goto )(\w+)`).FindAllStringSubmatch(convergeCmd, -1) {
		used[m[1]] = true
	}
	walks := walk.FindAllStringSubmatch(convergeCmd, -1)
	for _, m := range walks {
		used[m[1]], used[m[2]] = true, true
	}
	defined := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^:(\w+)$`).FindAllStringSubmatch(convergeCmd, -1) {
		if defined[m[1]] {
			t.Errorf("label %s is there twice", m[1])
		}
		defined[m[1]] = true
		if !used[m[1]] {
			t.Errorf("nothing goes to %s", m[1])
		}
	}
	for label := range used {
		if !defined[label] {
			t.Errorf("there is no label %s", label)
		}
	}
	if n := strings.Count(convergeCmd, "call :walk "); n != len(walks) {
		t.Errorf("of %d walks %d were understood", n, len(walks))
	}
	if len(defined) < 60 {
		t.Errorf("only %d labels found", len(defined))
	}
}

// Lines are far from cmd.exe's limit of 8,191 characters, and there is no || or &&:
// Wine's cmd.exe always goes on behind them, so that no test could prove one.
func TestCmdLines(t *testing.T) {
	for i, line := range strings.Split(convergeCmd, "\n") {
		switch {
		case len(line) > 200:
			t.Errorf("line %d has %d characters", i+1, len(line))
		case strings.Contains(line, "||") || strings.Contains(line, "&&"):
			t.Errorf("line %d goes on by || or &&, which no test has proved: %s", i+1, line)
		case strings.HasPrefix(line, ":") && strings.ContainsAny(line[1:], " :"):
			t.Errorf("line %d is no plain label: %s", i+1, line)
		}
	}
}
