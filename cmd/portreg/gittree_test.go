package main

import (
	"io/fs"
	"strings"
	"testing"
)

// What git prints of a folder is read as it is, or not at all.
func TestTreeInGit(t *testing.T) {
	const id = "257cc5642cb1a054f08cc83f2d943e56fd3ebe99"
	list := "100644 blob " + id + "       4\ta b/c\td\n\x00" +
		"120000 blob " + id + "       4\tlink\x00" +
		"160000 commit " + id + "       -\tmodule\x00" +
		"100755 blob " + id + "       0\tempty\x00"
	blobs, err := blobsOf(list)
	if err != nil || len(blobs) != 2 {
		t.Fatal(blobs, err)
	}
	printed := id + " blob 4\nfoo\n\n" + id + " blob 0\n\n"
	folder, err := folderOf(blobs, []byte(printed))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"a b/c\td\n": "foo\n", "empty": ""} {
		if got, err := fs.ReadFile(folder, name); string(got) != want || err != nil {
			t.Errorf("%q: %q, %v", name, got, err)
		}
	}
	for end := range len(printed) {
		if _, err := folderOf(blobs, []byte(printed[:end])); err == nil {
			t.Errorf("cut at %d: no error", end)
		}
	}
	for _, src := range []string{
		id + " missing\n" + printed,
		strings.Replace(printed, "blob 4", "blob 5", 1),
		strings.Replace(printed, "blob 4", "tree 4", 1),
	} {
		if _, err := folderOf(blobs, []byte(src)); err == nil {
			t.Errorf("%q: no error", src)
		}
	}
}

func TestLargeTreeInGit(t *testing.T) {
	const one = "100644 blob 257cc5642cb1a054f08cc83f2d943e56fd3ebe99 "
	for _, list := range []string{
		one + "67108865\tx\x00",
		strings.Repeat(one+"0\tx\x00", 1001),
		one + "-\tx\x00",
	} {
		if blobs, err := blobsOf(list); err == nil {
			t.Errorf("%.60q: %d files", list, len(blobs))
		}
	}
}
