package main

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"portreg/cmd/internal/artefact"
)

// treeInGit is the object of a folder, and the error of one where a file is wanted.
type treeInGit string

func (treeInGit) Error() string { return "it is a folder in git; name a file" }

// What is read of a folder: a backup of a GPO takes a few files and less than 3 MiB.
const (
	mostTreeFiles = 1000
	mostTreeBytes = 64 << 20
)

// read reads the backups of GPOs in the folder.
func (t treeInGit) read(file fileName, o artefact.Options) ([]*artefact.Content, error) {
	list, err := runGit(file, "", "ls-tree", "-r", "-l", "-z", "--full-tree", string(t))
	if err != nil {
		return nil, err
	}
	blobs, err := blobsOf(string(list))
	if err != nil {
		return nil, inFile(file.String(), err)
	}
	var ids strings.Builder
	for _, b := range blobs {
		ids.WriteString(b.id + "\n")
	}
	contents, err := runGit(file, ids.String(), "cat-file", "--batch")
	if err != nil {
		return nil, err
	}
	folder, err := folderOf(blobs, contents)
	if err != nil {
		return nil, inFile(file.String(), err)
	}
	return artefact.ReadFolder(string(file), folder, o)
}

// A treeBlob is a file in a folder.
type treeBlob struct {
	id, path string
	size     int
}

// blobsOf reads what git ls-tree -r -l -z prints: "MODE TYPE OBJECT SIZE" and, behind a
// tab, the path. Symbolic links and modules are left out.
func blobsOf(list string) (blobs []treeBlob, err error) {
	total := 0
	for line := range strings.SplitSeq(strings.TrimSuffix(list, "\x00"), "\x00") {
		head, path, _ := strings.Cut(line, "\t")
		field := strings.Fields(head)
		if len(field) != 4 || !strings.HasPrefix(field[0], "100") {
			continue
		}
		size, err := strconv.Atoi(field[3])
		if err != nil {
			return nil, fmt.Errorf("git says %q of a file in it", head)
		}
		blobs = append(blobs, treeBlob{field[2], path, size})
		if total += size; len(blobs) > mostTreeFiles || total > mostTreeBytes {
			return nil, fmt.Errorf("this folder in git is too large for backups of GPOs: it has more than %d files or %d MiB", mostTreeFiles, mostTreeBytes>>20)
		}
	}
	return blobs, nil
}

// folderOf makes a folder of the files and of what git cat-file --batch prints of them.
func folderOf(blobs []treeBlob, contents []byte) (fs.FS, error) {
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	for _, b := range blobs {
		head, rest, _ := bytes.Cut(contents, []byte("\n"))
		if string(head) != fmt.Sprintf("%s blob %d", b.id, b.size) || len(rest) <= b.size {
			return nil, errors.New("git does not give all its files")
		}
		f, err := w.CreateHeader(&zip.FileHeader{Name: b.path, Method: zip.Store})
		if err == nil {
			_, err = f.Write(rest[:b.size])
		}
		if err != nil {
			return nil, err
		}
		contents = rest[b.size+1:]
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return zip.NewReader(bytes.NewReader(archive.Bytes()), int64(archive.Len()))
}
