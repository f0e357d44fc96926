package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// inGit tells whether a name is no file's but REV:PATH, a file in a revision as git
// names it; an empty REV is what is staged. X:\path is a file of Windows.
func (f fileName) inGit() bool {
	rev, path, found := strings.Cut(string(f), ":")
	drive := len(rev) == 1 && unicode.IsLetter(rune(rev[0])) && strings.HasPrefix(path, `\`)
	if !found || path == "" || drive || strings.ContainsAny(string(f), "\n\x00") {
		return false
	}
	_, err := os.Stat(string(f)) // on Windows such a name is not even valid
	return err != nil && !errors.Is(err, fs.ErrPermission)
}

// openInGit reads REV:PATH from the repository one stands in. The name goes to git
// cat-file on its standard input, where it can be nothing but a name.
func openInGit(file fileName) (io.ReadCloser, error) {
	out, err := runGit(file, string(file)+"\n", "cat-file", "--batch")
	if err != nil {
		return nil, err
	}
	return blob(file, out)
}

// runGit gives what git prints.
func runGit(file fileName, input string, args ...string) ([]byte, error) {
	git := exec.Command("git", append([]string{"-c", "core.fsmonitor=false"}, args...)...)
	git.Env = slices.Concat(os.Environ(), offline)
	git.Stdin = strings.NewReader(input)
	var out, said bytes.Buffer
	git.Stdout, git.Stderr = &out, &said
	if err := git.Run(); err != nil {
		return nil, inFile(file.String(), notInGit(file, err, said.String()))
	}
	return out.Bytes(), nil
}

// notInGit says why git does not give a file.
func notInGit(file fileName, err error, said string) error {
	lines := strings.Split(strings.TrimSpace(said), "\n")
	last := strings.TrimPrefix(lines[len(lines)-1], "fatal: ")
	switch {
	case last == "":
		return fmt.Errorf("no such file, and git does not run: %w", err)
	case strings.Contains(last, "promisor"):
		return fmt.Errorf("this partial clone does not have it, and portreg fetches nothing; first run git cat-file -e %s", argument(file, "REV:PATH"))
	}
	return fmt.Errorf("no such file, and git says: %s", last)
}

// offline keeps git from fetching what a partial clone lacks: git 2.44 and later, and
// older ones that were mended, do not try; the others are allowed no way to get there.
// Messages are in English.
var offline = []string{"GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none", "LC_ALL=C"}

// blob takes an object out of what git cat-file --batch prints: a line
// "NAME blob SIZE", SIZE bytes and a line feed; or "REV:PATH missing" and the like.
func blob(file fileName, out []byte) (io.ReadCloser, error) {
	head, content, _ := bytes.Cut(out, []byte("\n"))
	field := strings.Fields(string(head))
	if len(field) == 3 && field[1] == "blob" {
		if size, err := strconv.Atoi(field[2]); err == nil && size < len(content) {
			return io.NopCloser(bytes.NewReader(content[:size])), nil
		}
	}
	if len(field) == 3 && field[1] == "tree" {
		return nil, inFile(file.String(), treeInGit(field[0]))
	}
	return nil, inFile(file.String(), errors.New("no such file, and git has none of that name; REV:PATH counts from the top of the repository, REV:./PATH from here"))
}
