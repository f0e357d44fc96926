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
		{"list", "80 # web portreg:ignore a\n\n# portreg: b\n443#ä#portreg:ignore c, d \n", []Directive{
			{1, 10, "ignore a", 1, 1}, {3, 3, "b", 3, 3}, {4, 7, "ignore c, d", 4, 4}}},
		{"two on a line", "80 # portreg:ignore a portreg:ignore b", []Directive{{1, 6, "ignore a portreg:ignore b", 1, 1}}},
		{"none", "80 # portreg\n", nil},
		{"x.reg", "REGEDIT4\n; portreg:ignore a\n  ;; why portreg:ignore b\n\n[HKEY_LOCAL_MACHINE\\A]\n\"x\"=hex(7):31,\\\n  00,00\n", []Directive{
			{2, 3, "ignore a", 5, 5}, {3, 10, "ignore b", 5, 5}}},
		{"x.reg", "REGEDIT4\n[HKEY_LOCAL_MACHINE\\A]\n;portreg:ignore a\n\"x\"=hex(7):31,\\ ; more\n; portreg:ignore b\n  00,\\\n\n  00\n\"y\"=\"portreg:no\"\n; portreg:ignore c", []Directive{
			{3, 2, "ignore a", 4, 8}, {5, 3, "ignore b", 6, 8}, {10, 3, "ignore c", 0, 0}}},
	} {
		ends := map[string]string{"LF": tt.text, "CRLF": strings.ReplaceAll(tt.text, "\n", "\r\n")}
		if tt.name == "x.reg" {
			ends["CR"] = strings.ReplaceAll(tt.text, "\n", "\r")
		}
		for end, text := range ends {
			for _, src := range []string{text, "\uFEFF" + text, wide("\uFEFF" + text)} {
				c, err := Read(tt.name, strings.NewReader(src), Options{Written: true})
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
