package report

import (
	"path"
	"runtime"
	"strings"
)

// clean gives the name of a file as forges name the files of a repository: without
// "./", and with slashes on Windows, too.
func clean(name string) string { return cleanFor(runtime.GOOS, name) }

func cleanFor(goos, name string) string {
	if goos == "windows" {
		name = strings.ReplaceAll(name, `\`, "/")
	}
	return path.Clean(name)
}
