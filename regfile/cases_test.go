package regfile

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const scratchKey = `HKEY_LOCAL_MACHINE\SYSTEM\ControlSet009\Services\Tcpip\Parameters`

// caseFiles are the hard cases, by their id; testdata/reg/index.tsv says what
// each leaves.
func caseFiles(t testing.TB) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob("../testdata/*/*.reg")
	if err != nil || len(paths) < 99 {
		t.Fatalf("%d fixtures, %v", len(paths), err)
	}
	files := map[string][]byte{}
	for _, path := range paths {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files[strings.TrimSuffix(filepath.Base(path), ".reg")] = src
	}
	return files
}

// outcome says in the words of index.tsv what a file leaves.
func outcome(src []byte) string {
	f, err := Parse("x.reg", src)
	if err != nil {
		return "reject"
	}
	v, ok := StateOf(f.Ops()).Value(scratchKey, "ReservedPorts")
	if !ok {
		return "none"
	}
	ss, err := v.Data.Strings()
	switch list := strings.Join(ss, " "); {
	case err != nil:
		return "malformed"
	case list == "":
		return "empty"
	case list == "10-20", len(ss) == 4000 && ss[0] == "5000-5000" && ss[3999] == "8999-8999":
		return "ok"
	default:
		return "malformed"
	}
}

func TestCases(t *testing.T) {
	files := caseFiles(t)
	index, err := os.Open("../testdata/reg/index.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer index.Close()
	n := 0
	for lines := bufio.NewScanner(index); lines.Scan(); {
		id, want, _ := strings.Cut(lines.Text(), "\t")
		if strings.HasPrefix(id, "#") {
			continue
		}
		n++
		if got := outcome(files[id]); got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
	if n != 90 {
		t.Errorf("%d cases, want 90", n)
	}
}

// The goldens are what Wine 8.0 exports and Samba converts.
func TestGoldens(t *testing.T) {
	var index []struct {
		Name   string
		Ranges json.RawMessage
	}
	src, err := os.ReadFile("../testdata/golden/index.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(src, &index); err != nil {
		t.Fatal(err)
	}
	for _, g := range index {
		want, err := os.ReadFile("../testdata/golden/" + g.Name + ".reg")
		if err != nil {
			t.Fatal(err)
		}
		f, err := Parse(g.Name, want)
		if err != nil || len(f.Notes()) > 0 || len(f.Ops()) != 2 {
			t.Fatalf("%s: %v, notes %v, ops %v", g.Name, err, f.Notes(), f.Ops())
		}
		ss, err := f.Ops()[1].Data.Strings()
		if err != nil {
			t.Fatal(err)
		}
		var ranges []string
		if json.Unmarshal(g.Ranges, &ranges) == nil && fmt.Sprint(ss) != fmt.Sprint(ranges) {
			t.Errorf("%s: %q, want %q", g.Name, ss, ranges)
		}
		d, err := MultiString(ss...)
		if err != nil {
			t.Fatal(err)
		}
		var got bytes.Buffer
		ops := []Op{{Verb: CreateKey, Key: f.Ops()[0].Key}, {Verb: SetValue, Key: f.Ops()[0].Key, Name: "ReservedPorts", Data: d}}
		if err := Encode(&got, ops, Options{}); err != nil || !bytes.Equal(got.Bytes(), want) {
			t.Errorf("%s: %v; got\n%s", g.Name, err, got.Bytes())
		}
	}
}
