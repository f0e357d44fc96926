package netsh

import (
	"os"
	"regexp"
	"slices"
	"strconv"
	"testing"
)

// The statuses in the code, in the scripts and in the README's table are the same.
func TestStatuses(t *testing.T) {
	want := []int{StatusDynamicRange, StatusNotReleased, StatusNotExcluded, StatusWinNAT, StatusUnknown, StatusNotElevated, StatusNoTable, StatusLog}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string][]int{
		"README.md":    numbers(string(readme), `(?m)^\| (\d\d) \|`),
		"converge.cmd": numbers(convergeCmd, `(?m)(?:call :fail |set "status=)(\d\d)`),
		"converge.ps1": numbers(convergePS1, `(?:Fail|Refuse) (\d\d)`),
	} {
		if !slices.Equal(got, want) {
			t.Errorf("%s has %v, want %v", name, got, want)
		}
	}
}

// numbers gives the numbers that pattern finds, each once.
func numbers(text, pattern string) (all []int) {
	for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
		n, _ := strconv.Atoi(m[1])
		all = append(all, n)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
