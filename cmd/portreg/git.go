package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"unicode"
)

// inGit tells whether a name that is no file's is REV:PATH, a file in a revision as git
// names it; an empty REV is what is staged. X:\path is a file of Windows.
func (f fileName) inGit() bool {
	rev, path, found := strings.Cut(string(f), ":")
	drive := len(rev) == 1 && unicode.IsLetter(rune(rev[0])) && strings.HasPrefix(path, `\`)
	return found && path != "" && !drive && !strings.ContainsAny(string(f), "\n\x00")
}

// openInGit reads REV:PATH from the repository one stands in. The name goes to git
// cat-file on its standard input, where it can be nothing but a name.
func openInGit(file fileName) (io.ReadCloser, error) {
	git := exec.Command("git", "cat-file", "--batch")
	git.Env = append(os.Environ(), offline...)
	git.Stdin = strings.NewReader(string(file) + "\n")
	var out, said bytes.Buffer
	git.Stdout, git.Stderr = &out, &said
	err := git.Run()
	if err == nil {
		return blob(file, out.Bytes())
	}
	why := fmt.Errorf("no such file, and git does not run: %w", err)
	if said.Len() > 0 {
		why = fmt.Errorf("no such file, and git says: %s", strings.TrimSpace(said.String()))
	}
	return nil, inFile(file.String(), why)
}

// offline keeps git from fetching what a partial clone lacks: the first since git 2.44,
// the second, which allows no way to get there, before.
var offline = []string{"GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none"}

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
		return nil, inFile(file.String(), errors.New("it is a folder in git; name a file"))
	}
	return nil, inFile(file.String(), errors.New("no such file, and git has none of that name; REV:PATH counts from the top of the repository, REV:./PATH from here"))
}
