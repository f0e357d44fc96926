package lint

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

const readme = "../../../README.md"

// The README's table is that of the rules. UPDATE_README=1 writes it.
func TestReadmeTable(t *testing.T) {
	src, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	const head = "\n| rule | severity | why | source |\n|---|---|---|---|\n"
	before, rest, found := strings.Cut(string(src), head)
	if !found {
		t.Fatalf("README.md has no table that begins %q", head)
	}
	at := 0
	for strings.HasPrefix(rest[at:], "|") {
		at += strings.IndexByte(rest[at:], '\n') + 1
	}
	var rows strings.Builder
	for _, r := range Rules() {
		fmt.Fprintf(&rows, "| `%s` | %s | %s | %s |\n", r.Name, r.Severities(), r.Why, r.Source)
	}
	if rest[:at] == rows.String() {
		return
	}
	if os.Getenv("UPDATE_README") == "" {
		t.Fatalf("README.md has\n%s\nwant\n%s", rest[:at], rows.String())
	}
	if err := os.WriteFile(readme, []byte(before+head+rows.String()+rest[at:]), 0o644); err != nil {
		t.Fatal(err)
	}
}
