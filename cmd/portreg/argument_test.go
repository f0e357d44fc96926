package main

import (
	"os/exec"
	"testing"
)

func TestArgument(t *testing.T) {
	for name, want := range map[string]string{
		"ports.txt": "ports.txt", "HEAD~1:a/b.txt": `"HEAD~1:a/b.txt"`, ":ports.txt": ":ports.txt", "é-1+2": "é-1+2", "-": "-",
		"a b.txt": `"a b.txt"`, `dir\a.txt`: `"dir\a.txt"`, "#a": `"#a"`, "a&b|c>(d)'": `"a&b|c>(d)'"`, "~": `"~"`, "a*?[b]": `"a*?[b]"`, "{a,b}": `"{a,b}"`,
		"a,b": `"a,b"`, "@a": `"@a"`, "a=b": `"a=b"`, "a^b": `"a^b"`, ";a": `";a"`, "\u2013a": "\"\u2013a\"",
		"$x": "LIST", "%x%": "LIST", "!x": "LIST", "`x`": "LIST", `a"b`: "LIST", "a\nb": "LIST", "\u202ea": "LIST",
		`a\`: "LIST", `\\server\a`: "LIST", `a\\`: "LIST", "-a": "LIST", "--a": "LIST", "a\u201d;b;\u201c": "LIST", "\u2018a": "LIST",
	} {
		got := argument(fileName(name), "LIST")
		if got != want {
			t.Errorf("argument(%q) = %s, want %s", name, got, want)
		}
		if _, err := exec.LookPath("sh"); err != nil || got == "LIST" {
			continue
		}
		if printed, err := exec.Command("sh", "-c", "printf %s "+got+" behind").Output(); string(printed) != name+"behind" || err != nil {
			t.Errorf("%q: the shell makes %q of %s, %v", name, printed, got, err)
		}
	}
}
