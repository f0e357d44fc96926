package main

import (
	"os"
	"strings"
	"testing"
)

// The picture in README.md is what the command beside it makes; UPDATE_SCRIPTS makes
// it anew.
func TestReadmePicture(t *testing.T) {
	const path = "testdata/ports.svg"
	const command = "portreg show -f svg -t 2003 testdata/ports.txt"
	t.Chdir(moduleRoot)
	status, got, errors := portreg("", strings.Fields(command)[1:]...)
	if status != statusFine || errors != "" {
		t.Fatalf("status %d\n%s", status, errors)
	}
	if os.Getenv("UPDATE_SCRIPTS") != "" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is not what %s makes", path, command)
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"`" + command + "`", "](" + path + ")"} {
		if !strings.Contains(string(readme), part) {
			t.Errorf("README.md lacks %s", part)
		}
	}
}
