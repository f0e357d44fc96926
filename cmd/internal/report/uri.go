package report

import (
	"fmt"
	"path"
	"runtime"
	"strings"
)

// clean gives the name of a file as forges name those of a repository: without "./",
// and with slashes on Windows, too.
func clean(name string) string { return cleanFor(runtime.GOOS, name) }

func cleanFor(goos, name string) string {
	if goos == "windows" {
		name = strings.ReplaceAll(name, `\`, "/")
	}
	if unc, ok := strings.CutPrefix(name, "//"); ok && goos == "windows" {
		return "//" + path.Clean(unc)
	}
	return path.Clean(name)
}

// uri gives a file's name as a URI reference (RFC 3986): of a relative name a relative
// one, of an absolute one a file URI (RFC 8089).
func uri(name string) string { return uriFor(runtime.GOOS, name) }

func uriFor(goos, name string) string {
	if name == "-" {
		return percentEncoded(FileName(name))
	}
	name = cleanFor(goos, name)
	switch {
	case goos == "windows" && strings.HasPrefix(name, "//"):
		return "file:" + percentEncoded(name)
	case goos == "windows" && len(name) > 2 && name[1:3] == ":/":
		return "file:///" + name[:2] + percentEncoded(name[2:])
	case path.IsAbs(name):
		return "file://" + percentEncoded(name)
	}
	return percentEncoded(name)
}

// percentEncoded keeps the unreserved characters of RFC 3986 and slashes.
func percentEncoded(name string) string {
	var b strings.Builder
	for _, c := range []byte(name) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~/", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
