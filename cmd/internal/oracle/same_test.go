package oracle

import (
	"io/fs"
	"os"
	"path/filepath"
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
		for version, mechanism := range map[string]target.Mechanism{"2003": target.ReservedPorts, "2022": target.Exclusions} {
			if format.Carries&mechanism == 0 {
				continue
			}
			var first map[string]string
			for _, env := range surroundings {
				dir := tempDir(t)
				list, out := filepath.Join(dir, "l"+env[0][len(env[0])-1:]), filepath.Join(dir, "out")
				writeFile(t, list, []byte(ports.list(rng)))
				args := []string{portreg, "gen", "-f", name, "-t", version, "-o", out, list}
				if format.Logs || name == "gpo" {
					args = append(args, "--name", "web")
				}
				r, err := command{env: env, limit: callLimit, args: args}.run()
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
