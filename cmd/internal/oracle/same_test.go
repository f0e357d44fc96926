package oracle

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"portreg/cmd/internal/artefact"
	"portreg/cmd/internal/target"
)

// surroundings are what must not matter.
var surroundings = [][]string{
	{"TZ=UTC", "LC_ALL=C", "GOMAXPROCS=1"},
	{"TZ=Pacific/Kiritimati", "LC_ALL=tr_TR.UTF-8", "LANG=tr_TR.UTF-8", "SOURCE_DATE_EPOCH=1", "USER=somebody", "HOSTNAME=elsewhere"},
	{"TZ=America/St_Johns", "LC_ALL=de_DE.ISO-8859-1", "GOMAXPROCS=7", "TMPDIR=/nowhere"},
}

// TestSameBytes: equal lists give equal bytes, in every format, however they are spelt,
// whatever they are called, wherever and whenever that is.
func TestSameBytes(t *testing.T) {
	t.Parallel()
	rng := random(t)
	ports := randomSpans(rng)
	for _, name := range artefact.Written(target.ReservedPorts | target.Exclusions) {
		format, _ := artefact.Named(name)
		for version, mechanism := range map[string]target.Mechanism{"xp": target.ReservedPorts, "2022": target.Exclusions} {
			if format.Carries&mechanism == 0 {
				continue
			}
			for _, more := range moreArguments(format, mechanism) {
				args := append([]string{"gen", "-f", name, "-t", version}, more...)
				if format.Logs || name == artefact.GPO {
					args = append(args, "--name", "web")
				}
				// Comments are what --annotate writes: the lists have none.
				sameBytes(t, func() string { return strings.ReplaceAll(ports.list(rng), "# owner", "") }, args)
			}
		}
	}
}

// moreArguments gives what a format can be made with beside the list.
func moreArguments(format *artefact.Format, mechanism target.Mechanism) [][]string {
	dynamic := []string{"--dynamic", "1025-60000"}
	all := [][]string{nil, dynamic}
	if format.Comments && (format.Name != artefact.GPO || mechanism == target.Exclusions) {
		all = append(all, []string{"--annotate"})
	}
	switch {
	case format.Name == artefact.JSON || format.Name == artefact.Unattend:
	case mechanism == target.ReservedPorts:
		all = append(all, []string{"--undo", "--delete-value"})
	default:
		all = append(all, []string{"--undo"})
	}
	return all
}

// sameBytes runs portreg in all surroundings.
func sameBytes(t *testing.T, list func() string, args []string) {
	t.Helper()
	var first map[string]string
	for i, env := range surroundings {
		dir := tempDir(t)
		in, out := filepath.Join(dir, fmt.Sprintf("list %d", i)), filepath.Join(dir, "out")
		writeFile(t, in, []byte(list()))
		r, err := command{env: env, limit: callLimit, args: slices.Concat([]string{portreg}, args, []string{"-o", out, in})}.run()
		if err != nil || r.status != 0 {
			t.Fatal(args, r, err)
		}
		got := tree(t, out)
		if first == nil {
			first = got
		}
		sameTree(t, strings.Join(args, " "), got, first)
	}
}

// tree gives the bytes of a file, or of all files of a folder by their names.
func tree(t *testing.T, path string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		src, err := os.ReadFile(name)
		files[strings.TrimPrefix(name, path)] = string(src)
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatal(path, len(files), err)
	}
	return files
}

func sameTree(t *testing.T, what string, got, want map[string]string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d files, want %d", what, len(got), len(want))
	}
	for name := range want {
		if got[name] != want[name] {
			t.Errorf("%s: %s differs: %s", what, name, firstDifference(got[name], want[name]))
		}
	}
}
