package artefact

import (
	"reflect"
	"strings"
	"testing"
	"unicode/utf16"
)

// Directives have their place, in each encoding and with each line end, and the lines
// that they are about.
func TestDirectives(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       []Directive
	}{
		{"list", "80 # web portreg:ignore a\n\n# portreg:B\n443#ä#portreg:ignore c, d \n", []Directive{
			{1, 10, "ignore a", 1, 1, false, false}, {3, 3, "B", 3, 3, false, false}, {4, 7, "ignore c, d", 4, 4, false, false}}},
		{"two on a line", "80 # portreg:ignore a portreg:ignore b", []Directive{{1, 6, "ignore a portreg:ignore b", 1, 1, false, false}}},
		{"behind what is none", "80 # http://portreg:x portreg:80 ä\tportreg:ignore b", []Directive{{1, 36, "ignore b", 1, 1, false, false}}},
		{"none", "80 # portreg\n81 # portreg: ignore a\n82#portreg:\n83 # https://portreg:8080/x\n84 # xportreg:ignore a\n", nil},
		{"x.reg", "REGEDIT4\n; portreg:ignore a\n  ;; why portreg:ignore b\n\n[HKEY_LOCAL_MACHINE\\A]\n\"x\"=hex(7):31,\\\n  00,00\n", []Directive{
			{2, 3, "ignore a", 5, 5, false, false}, {3, 10, "ignore b", 5, 5, false, false}}},
		{"x.reg", "REGEDIT4\n[HKEY_LOCAL_MACHINE\\A]\n;portreg:ignore a\n\"x\"=hex(7):31,\\ ; more\n; portreg:ignore b\n  00,\\\n\n  00\n\"y\"=\"portreg:no\"\n; portreg:ignore c", []Directive{
			{3, 2, "ignore a", 4, 8, false, false}, {5, 3, "ignore b", 6, 8, false, false}, {10, 3, "ignore c", 0, 0, false, false}}},
		{"x.reg", "REGEDIT4\n[HKEY_LOCAL_MACHINE\\A;portreg:no] ; portreg:ignore a\n;portreg:ignore b\n\"x;\\\"portreg:no\"=\"; portreg:no\" ;; ä portreg:ignore c\n\"y\"=hex:31,\\ ; portreg:ignore d\n  32 ;portreg:no; portreg:ignore e", []Directive{
			{3, 2, "ignore b", 4, 4, false, false}, {2, 37, "ignore a", 0, 0, true, false}, {4, 38, "ignore c", 0, 0, true, false}, {5, 16, "ignore d", 0, 0, true, false}, {6, 7, "no; portreg:ignore e", 0, 0, true, false}}},
		{"x.reg", "REGEDIT4\n; https://portreg:8080 and xportreg:ignore a\n", nil},
		{"netsh", "rem portreg:ignore a\n  @REM portreg:ignore b\n:: portreg:80 portreg:ignore c\nnetsh int ipv4 add excludedportrange tcp 80 1\nrem xportreg:no\n", []Directive{
			{1, 5, "ignore a", 0, 0, true, false}, {2, 8, "ignore b", 0, 0, true, false}, {3, 15, "ignore c", 0, 0, true, false}}},
	} {
		ends := map[string]string{"LF": tt.text, "CRLF": strings.ReplaceAll(tt.text, "\n", "\r\n")}
		if tt.name == "x.reg" {
			ends["CR"] = strings.ReplaceAll(tt.text, "\n", "\r")
		}
		for end, text := range ends {
			for _, src := range []string{text, "\uFEFF" + text, wide("\uFEFF" + text)} {
				c, err := Read(tt.name, strings.NewReader(src), Options{Written: true, Faults: true})
				if err != nil {
					t.Fatal(err)
				}
				if !reflect.DeepEqual(c.Directives, tt.want) {
					t.Errorf("%s, %s: %q has %v, want %v", tt.name, end, src, c.Directives, tt.want)
				}
			}
		}
	}
}

func wide(text string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(text)) {
		b.WriteByte(byte(u))
		b.WriteByte(byte(u >> 8))
	}
	return b.String()
}
