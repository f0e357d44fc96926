package report

import (
	"net/url"
	"path"
	"strings"
	"testing"
)

func TestURI(t *testing.T) {
	for _, tt := range []struct{ goos, name, want string }{
		{"linux", "ports.txt", "ports.txt"},
		{"linux", "./a/../b/./c.reg", "b/c.reg"},
		{"linux", "../a b.txt", "../a%20b.txt"},
		{"linux", "/tmp/ä", "file:///tmp/%C3%A4"},
		{"linux", `a\b`, "a%5Cb"},
		{"linux", "HEAD:ports.txt", "HEAD%3Aports.txt"},
		{"linux", "100%?#[x]", "100%25%3F%23%5Bx%5D"},
		{"linux", "-", "%3Cstdin%3E"},
		{"linux", "./-", "-"},
		{"linux", "//a", "file:///a"},
		{"windows", `a\b\c.reg`, "a/b/c.reg"},
		{"windows", `.\a b.reg`, "a%20b.reg"},
		{"windows", `C:\Users\x\p.reg`, "file:///C:/Users/x/p.reg"},
		{"windows", "d:/p.reg", "file:///d:/p.reg"},
		{"windows", `C:p.reg`, "C%3Ap.reg"},
		{"windows", `\p.reg`, "file:///p.reg"},
		{"windows", `\\server\share\.\a b\p.reg`, "file://server/share/a%20b/p.reg"},
		{"windows", "-", "%3Cstdin%3E"},
	} {
		if got := uriFor(tt.goos, tt.name); got != tt.want {
			t.Errorf("%s: %s is %s, want %s", tt.goos, tt.name, got, tt.want)
		}
	}
}

// A parser of URIs finds the name again, seen from any folder.
func TestURIIsReadBack(t *testing.T) {
	folder := &url.URL{Scheme: "file", Path: "/lists/a b/"}
	for _, name := range append(hostile, "/"+hostile[0], "../x:y", "a//b") {
		u, err := url.Parse(uri(name))
		if err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		want := path.Join(folder.Path, name)
		switch {
		case name == "-":
			want = path.Join(folder.Path, "<stdin>")
		case strings.HasPrefix(name, "/"):
			want = name
		}
		if got := folder.ResolveReference(u); got.Path != want || got.Scheme != "file" || got.Host != "" || got.RawQuery != "" || got.Fragment != "" {
			t.Errorf("%q becomes %s, which is %q", name, u, got)
		}
	}
}
