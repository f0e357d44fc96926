package oracle

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// block is a fenced block of the README.
type block struct {
	info []string // the words behind the fence
	text string
}

func readmeBlocks(t testing.TB) []block {
	t.Helper()
	readme := string(readFile(t, filepath.Join(moduleRoot(t), "README.md")))
	var blocks []block
	for _, m := range regexp.MustCompile("(?ms)^```(\\w.*?)\n(.*?)^```$").FindAllStringSubmatch(readme, -1) {
		blocks = append(blocks, block{strings.Fields(m[1]), m[2]})
	}
	return blocks
}

// readmeList is the list that the README's commands work on.
const readmeList = "1433-1434\n5022/tcp\n8080, 8443\n"

var readmeSpans = spans{{1433, 1434}, {5022, 5022}, {8080, 8080}, {8443, 8443}}

// readmeFolder has what the commands find where they are run: the list, the
// files made of it earlier in the README, and a SYSTEM hive.
func readmeFolder(t testing.TB) string {
	t.Helper()
	dir := tempDir(t)
	writeFile(t, filepath.Join(dir, "ports.txt"), []byte(readmeList))
	newHive(t, dir)
	t.Setenv("PATH", filepath.Dir(portreg)+string(os.PathListSeparator)+os.Getenv("PATH"))
	return dir
}
