package report

import (
	"slices"
	"strconv"
	"testing"
	"time"
	"unicode/utf8"
)

func TestPrintable(t *testing.T) {
	for text, want := range map[string]string{
		"a b ä\u20ac": "a b ä\u20ac", "a\tb": `a\tb`, "\x1b[31m": `\x1b[31m`, "\u202ex": `\u202ex`, "a\nb": `a\nb`, "'": "'",
		"a\xff\uFFFD": "a\\xff\uFFFD", `"\`: `"\`, "": "",
		"::error::x": `\x3a:error::x`, "  ::x": `  \x3a:x`, "\n::x": `\n::x`, ":x": ":x", "a::b": "a::b",
		"a ##[add-path]x": `a #\x23[add-path]x`, "###[": `##\x23[`, "## [": "## [",
	} {
		if got := Printable(text); got != want {
			t.Errorf("Printable(%q) = %s, want %s", text, got, want)
		}
	}
}

func TestFileName(t *testing.T) {
	for name, want := range map[string]string{"-": "<stdin>", "./-": "./-", "a b.txt": "a b.txt", `a\b`: `a\b`, `a"`: `a"`} {
		if got := FileName(name); got != want {
			t.Errorf("FileName(%q) = %s, want %s", name, got, want)
		}
	}
	for _, name := range []string{"a\nb", "\x1b[2J", "a\xff", `\"` + "\u202e", ":", " :", "::error::x", "##[group]\t", `"`, `"a\x1b"`} {
		got := FileName(name)
		if back, err := strconv.Unquote(got); back != name || err != nil || got != Printable(got) {
			t.Errorf("FileName(%q) = %s, which is %q, %v", name, got, back, err)
		}
	}
}

// What a program is told is the name itself, however it is shown.
func TestTrueName(t *testing.T) {
	for _, name := range append([]string{`"a\x1b"`, `"`, "`a`", "'a'"}, hostile...) {
		want := name
		switch {
		case name == "-":
			want = "<stdin>"
		case !utf8.ValidString(name):
			want = FileName(name)
		}
		if got := TrueName(FileName(name)); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}

func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "0 ports", 1: "1 port", 999: "999 ports", 1000: "1,000 ports", 65535: "65,535 ports", 1234567: "1,234,567 ports"} {
		if got := Count(n, "port"); got != want {
			t.Errorf("Count(%d) = %s, want %s", n, got, want)
		}
	}
}

func TestAlternatives(t *testing.T) {
	for want, words := range map[string][]string{
		"reg": {"reg"}, "reg or json": {"reg", "json"}, "reg, netsh or json": {"reg", "netsh", "json"},
	} {
		if got := Alternatives(words); got != want {
			t.Errorf("%q: %q, want %q", words, got, want)
		}
	}
}

func TestFirstFew(t *testing.T) {
	var items []time.Duration
	for i := range 1008 {
		items = append(items, time.Duration(i))
	}
	const eight = "0s, 1ns, 2ns, 3ns, 4ns, 5ns, 6ns, 7ns"
	for n, want := range map[int]string{0: "", 1: "0s", 8: eight, 9: eight + ", and 1 more", 1008: eight + ", and 1,000 more"} {
		if got := FirstFew(n, slices.Values(items[:n])); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
	if got := FirstFew(2, slices.Values([]string{"a", "b"})); got != "a, b" {
		t.Errorf("two texts: %s", got)
	}
}
