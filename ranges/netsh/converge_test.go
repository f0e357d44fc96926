package netsh

import (
	"bytes"
	"strings"
	"testing"

	"portreg/ranges"
)

func converged(t *testing.T, c Converge) string {
	t.Helper()
	var out bytes.Buffer
	if err := WriteCmd(&out, c); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestWriteCmd(t *testing.T) {
	c := Converge{
		Name:     "web",
		Ports:    ranges.Ports{TCP: ranges.SetOf(ranges.Range{First: 80, Last: 80}, ranges.Range{First: 81, Last: 90}), UDP: ranges.SetOf(ranges.Range{First: 65535, Last: 65535})},
		Dynamic:  ranges.Range{First: 1025, Last: 60000},
		Comments: []string{"tcp & udp\nexit", ""},
	}
	script := converged(t, c)
	for _, want := range []string{
		"@echo off\r\nrem portreg web: ",
		"\r\nrem tcp \\u0026 udp\\u000Aexit\r\nrem\r\nsetlocal ",
		"\r\nset \"name=web\"\r\n",
		"\r\nset \"undo=\"\r\n",
		"\r\nset \"dynamic=1025 58976\"\r\n",
		"\r\n:wanted\r\n>>\"%work%\\wanted\" echo 80-90/tcp\r\n>>\"%work%\\wanted\" echo 65535-65535/udp\r\nexit /b 0\r\n",
	} {
		if !strings.Contains(script, want) {
			t.Errorf("no %q in\n%s", want, script)
		}
	}
	if strings.Count(script, "\n") != strings.Count(script, "\r\n") || strings.Contains(script, "\r\r") {
		t.Error("not all lines end in CRLF")
	}
	if i := strings.IndexFunc(script, func(r rune) bool { return r > '~' || r < ' ' && r != '\r' && r != '\n' }); i >= 0 {
		t.Errorf("%q is no plain ASCII", script[i:i+10])
	}
	if strings.Contains(script, "{{") {
		t.Error("a placeholder is left")
	}
}

func TestWriteCmdUndo(t *testing.T) {
	script := converged(t, Converge{Name: "web", Undo: true, ReleaseWinNAT: true})
	if !strings.Contains(script, "\r\nset \"undo=1\"\r\nset \"release_winnat=1\"\r\nset \"dynamic=\"\r\n") || !strings.Contains(script, "\r\n:wanted\r\nexit /b 0\r\n") {
		t.Error(script)
	}
	var out bytes.Buffer
	c := Converge{Name: "web", Undo: true, Ports: ranges.Ports{TCP: ranges.SetOf(ranges.Range{First: 80, Last: 80})}}
	if err := WriteCmd(&out, c); err == nil || out.Len() > 0 {
		t.Errorf("error %v, written %q", err, &out)
	}
}

func TestCheckName(t *testing.T) {
	for _, name := range []string{"w", "web", "SQL-2019_prod", "0", "console", "com", "com10", "lpt", strings.Repeat("a", 64)} {
		if err := CheckName(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	refused := []string{"", "-a", "_a", "con", "NUL", "Aux", "prn", "COM1", "lpt9", "com0", strings.Repeat("a", 65), "é", "a\u202eb", "\xff"}
	for c := range rune(128) {
		if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", c) {
			refused = append(refused, "a"+string(c)+"b")
		}
	}
	for _, name := range refused {
		if CheckName(name) == nil {
			t.Errorf("%q passes", name)
		}
		for _, d := range dialects() {
			var out bytes.Buffer
			if err := (Converge{Name: name}).write(&out, d); err == nil || out.Len() > 0 {
				t.Errorf("%q: error %v, written %q", name, err, &out)
			}
		}
	}
}
