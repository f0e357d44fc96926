package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"portreg/regfile/hive/hivetest"
)

// A form is what a command prints with -f json, with its schema.
type form struct {
	path   string
	schema *jsonschema.Schema
	seen   map[string]bool // the names of the members that were there
	valid  int
	sample any // the longest output
	length int
}

func formOf(t *testing.T, command string) *form {
	t.Helper()
	path := filepath.Join("..", "internal", "report", "schema", command+".json")
	schema, err := jsonschema.NewCompiler().Compile(path)
	if err != nil {
		t.Fatal(err)
	}
	return &form{path: path, schema: schema, seen: map[string]bool{}}
}

// check runs a command and compares what it prints with the schema. Input that cannot
// be read makes no output.
func (f *form) check(t *testing.T, stdin string, args ...string) {
	t.Helper()
	status, out, errors := portreg(stdin, args...)
	if status == statusTrouble || out == "" {
		if out != "" {
			t.Errorf("%v: status %d and output %q", args, status, out)
		}
		return
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(out))
	if err == nil {
		err = f.schema.Validate(value)
	}
	if err != nil {
		t.Errorf("%v: %v\n%s%s", args, err, out, errors)
		return
	}
	f.valid++
	walk(value, func(v any) {
		if object, ok := v.(map[string]any); ok {
			for name := range object {
				f.seen[name] = true
			}
		}
	})
	if len(out) > f.length && len(out) < 20_000 {
		f.sample, f.length = value, len(out)
	}
}

// walk calls visit for v and all that is in it.
func walk(v any, visit func(any)) {
	visit(v)
	switch v := v.(type) {
	case []any:
		for _, element := range v {
			walk(element, visit)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			walk(v[name], visit)
		}
	}
}

// judge checks that the schema says something: it describes everything, names nothing
// that never comes, and refuses every other name and type.
func (f *form) judge(t *testing.T, least int) {
	t.Helper()
	if f.valid < least {
		t.Errorf("%s: only %d outputs", f.path, f.valid)
	}
	src, err := os.ReadFile(f.path)
	if err != nil {
		t.Fatal(err)
	}
	var schema map[string]any
	if err := json.Unmarshal(src, &schema); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(fmt.Sprint(schema["title"]), "portreg ") {
		t.Errorf("%s has the title %v", f.path, schema["title"])
	}
	walk(schema, func(v any) {
		object, _ := v.(map[string]any)
		properties, _ := object["properties"].(map[string]any)
		if object["type"] != "object" || properties == nil {
			return
		}
		if object["additionalProperties"] != false {
			t.Errorf("%s: any other property may be beside %v", f.path, slices.Sorted(maps.Keys(properties)))
		}
		for name, p := range properties {
			if !described(schema, p) {
				t.Errorf("%s: %s is not described", f.path, name)
			}
			if !f.seen[name] {
				t.Errorf("%s: no output has %s", f.path, name)
			}
		}
	})
	f.refuses(t)
}

// described tells whether a schema, or the definition it refers to, says in words what
// it is.
func described(schema map[string]any, p any) bool {
	property := p.(map[string]any)
	if name, ok := property["$ref"].(string); ok && property["description"] == nil {
		property = schema["$defs"].(map[string]any)[strings.TrimPrefix(name, "#/$defs/")].(map[string]any)
	}
	text, _ := property["description"].(string)
	return text != ""
}

// refuses makes each value of a good output one of another type, and gives each object
// a member more.
func (f *form) refuses(t *testing.T) {
	t.Helper()
	tries := 0
	refused := func(what any) {
		if tries++; f.schema.Validate(f.sample) == nil {
			t.Errorf("%s takes %v", f.path, what)
		}
	}
	walk(f.sample, func(v any) {
		switch v := v.(type) {
		case map[string]any:
			v["extra"] = "x"
			refused(v)
			delete(v, "extra")
			for name, value := range v {
				v[name] = other(value)
				refused(v)
				v[name] = value
			}
		case []any:
			for i, value := range v {
				v[i] = other(value)
				refused(v)
				v[i] = value
			}
		}
	})
	if err := f.schema.Validate(f.sample); err != nil || tries < 10 {
		t.Errorf("%s: %d tries, %v", f.path, tries, err)
	}
}

// other is a value of another type.
func other(v any) any {
	if _, ok := v.(string); ok {
		return 1
	}
	return "\x00"
}

// someFiles gives the paths of all fixtures, and of all files that the scripts have.
func someFiles(t *testing.T) (paths []string) {
	t.Helper()
	for _, pattern := range []string{"reg/*.reg", "netsh/*.txt", "golden/*.reg", "readme/*", "ports.txt"} {
		found, err := filepath.Glob(filepath.Join(testdata, pattern))
		if err != nil || found == nil {
			t.Fatal(pattern, err)
		}
		paths = append(paths, found...)
	}
	scripts, err := filepath.Glob(filepath.Join(testdata, "script", "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	for _, script := range scripts {
		archive, err := txtar.ParseFile(script)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		for i, file := range archive.Files {
			path := filepath.Join(dir, fmt.Sprint(i, "-", filepath.Base(file.Name)))
			if err := os.WriteFile(path, file.Data, 0o644); err != nil {
				t.Fatal(err)
			}
			paths = append(paths, path)
		}
	}
	return append(paths, madeFiles(t)...)
}

// madeFiles gives the paths of files in every format that gen makes, and of one that
// it does not.
func madeFiles(t *testing.T) (paths []string) {
	t.Helper()
	dir := t.TempDir()
	for i, args := range [][]string{
		{"-t", "2003"}, {"-t", "xp", "-f", "regedit4"}, {"-t", "2022"}, {"-t", "2022", "--undo"}, {"-t", "2022", "--dynamic", "20000-60000"},
		{"-t", "2022", "-f", "cmd", "--name", "x"}, {"-t", "2022", "-f", "ps1", "--name", "x", "--undo"},
		{"-t", "2022", "-f", "cmd", "--name", "x", "--release-winnat", "--dynamic", "20000-60000"},
		{"-t", "2003", "-f", "gpo", "--name", "x"}, {"-t", "2022", "-f", "gpo", "--name", "x", "--undo"},
		{"-t", "2022", "-f", "unattend"}, {"-f", "json"}, {"-f", "json", "--dynamic", "1025-60000"},
	} {
		path := filepath.Join(dir, fmt.Sprint(i))
		if !slices.Contains(args, "-f") {
			args = append(args, "-f", map[string]string{"2003": "reg", "2022": "netsh"}[args[1]])
		}
		args = append(append([]string{"gen", "-o", path}, args...), "-")
		if status, _, errors := portreg("80-90 # x\n443/tcp\n5000/udp\n", args...); status != statusFine {
			t.Fatalf("%v: %s", args, errors)
		}
		paths = append(paths, path)
	}
	path := filepath.Join(dir, "sysctl")
	if err := os.WriteFile(path, []byte("net.ipv4.ip_local_reserved_ports = 80-90,443\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	hive := filepath.Join(dir, "SYSTEM")
	if err := os.WriteFile(hive, hiveOf(2, "80-90"), 0o644); err != nil {
		t.Fatal(err)
	}
	return append(paths, path, hive)
}

// hiveOf is a SYSTEM hive with the ports in the control set of that number, the
// current one.
func hiveOf(controlSet uint32, ss ...string) []byte {
	parameters := hivetest.Key{Name: "Parameters", Values: []hivetest.Value{hivetest.DWord("MaxUserPort", 6000), hivetest.Multi("ReservedPorts", ss...)}}
	tcpip := hivetest.Key{Name: "Tcpip", Keys: []hivetest.Key{parameters}}
	services := hivetest.Key{Name: "Services", Keys: []hivetest.Key{tcpip}}
	hive, _ := hivetest.Build(hivetest.Usual, hivetest.Key{Keys: []hivetest.Key{
		{Name: fmt.Sprintf("ControlSet%03d", controlSet), Keys: []hivetest.Key{services}},
		{Name: "Select", Values: []hivetest.Value{hivetest.DWord("Current", controlSet)}},
	}})
	return hive
}

func TestShowSchema(t *testing.T) {
	t.Parallel()
	f := formOf(t, "show")
	files := someFiles(t)
	for _, file := range files {
		f.check(t, "", "show", "-f", "json", "--protocol", "tcp", file)
		f.check(t, "", "show", "-f", "json", "--port", "1-65535", "--protocol", "udp", file)
		f.check(t, "", "show", "-f", "json", "--port", "80", "--control-set", "current", file)
	}
	f.check(t, "80", "show", "-f", "json", "-", filepath.Join(testdata, "reg", "cont-basic.reg"))
	for _, made := range madeFiles(t) {
		f.check(t, "", append([]string{"show", "-f", "json", "--port", "80"}, files[0], made)...)
	}
	f.judge(t, 500)
}

func TestVerifySchema(t *testing.T) {
	t.Parallel()
	f := formOf(t, "verify")
	const list = "80-90 # \u202e<x>\n443/tcp\n5000-5010/udp\n50000-50100\n60000/tcp"
	for _, file := range someFiles(t) {
		f.check(t, list, "verify", "-f", "json", "--list", "-", "--protocol", "tcp", file)
		f.check(t, "443/tcp", "verify", "-f", "json", "--list", "-", "--protocol", "tcp", file)
		f.check(t, "", "verify", "-f", "json", "--list", file, filepath.Join(testdata, "readme", "state.txt"))
	}
	f.judge(t, 100)
}

func TestGenSchema(t *testing.T) {
	t.Parallel()
	f := formOf(t, "gen")
	for _, file := range someFiles(t) {
		f.check(t, "", "gen", "-f", "json", "--allow-empty", file)
		f.check(t, "", "gen", "-f", "json", "--dynamic", "1025-60000", file)
	}
	f.judge(t, 50)
}

func TestDiffSchema(t *testing.T) {
	t.Parallel()
	f := formOf(t, "diff")
	files := someFiles(t)
	for i, file := range files {
		f.check(t, "", "diff", "-f", "json", "--protocol", "tcp", "--control-set", "current", file, files[(i+1)%len(files)])
		f.check(t, "80-90 # x\n443/tcp # \u202e\n", "diff", "-f", "json", "--protocol", "tcp", "-t", "2022", "-", file)
	}
	f.check(t, "1-65535", "diff", "-f", "json", filepath.Join(testdata, "ports.txt"), "-")
	f.judge(t, 100)
}

func TestLintSchema(t *testing.T) {
	t.Parallel()
	f := formOf(t, "lint")
	for _, file := range someFiles(t) {
		for _, target := range []string{"2003", "7", "2022"} {
			f.check(t, "", "lint", "-f", "json", "-t", target, "--offline", "--protocol", "tcp", file)
		}
	}
	f.check(t, "80, 80 # \u202e portreg:ignore nothing\n", "lint", "-f", "json", "-", filepath.Join(testdata, "ports.txt"))
	f.judge(t, 500)
}
