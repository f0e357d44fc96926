package oracle

import (
	"encoding/hex"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"portreg/regfile"
)

// reading is what a program makes of a .reg file: the values it sets, by key
// and name in lower case, the keys that are there, and the parents that may be
// there because a key below them was made.
type reading struct {
	keys    map[string]bool
	parents map[string]bool
	values  map[valueName]string
}

type valueName struct{ key, name string }

func newReading() reading {
	return reading{map[string]bool{}, map[string]bool{}, map[valueName]string{}}
}

func (r reading) addKey(key string) { r.keys[strings.ToLower(key)] = true }

func (r reading) addParents(key string) {
	key = strings.ToLower(key)
	for i, c := range key {
		if c == '\\' {
			r.parents[key[:i]] = true
		}
	}
}

func (r reading) set(key, name string, typ uint32, data []byte) {
	r.values[valueName{strings.ToLower(key), strings.ToLower(name)}] = shown(typ, data)
}

// shown is type and data as far as an export tells them: of text between quotes
// what is before the first NUL.
func shown(typ uint32, data []byte) string {
	if typ == uint32(regfile.SZ) {
		text := units(data)
		if i := slices.Index(text, 0); i >= 0 {
			text = text[:i]
		}
		data = unitBytes(text)
	}
	return fmt.Sprintf("%x:%x", typ, data)
}

// below keeps what is in keys that start with the prefix.
func (r reading) below(prefix string) reading {
	prefix = strings.ToLower(prefix)
	sub := newReading()
	for key := range r.keys {
		if strings.HasPrefix(key, prefix) {
			sub.keys[key] = true
		}
	}
	for name, v := range r.values {
		if strings.HasPrefix(name.key, prefix) {
			sub.values[name] = v
		}
	}
	sub.parents = r.parents
	return sub
}

// differences of what portreg reads from what Wine imported.
func differences(ours, wines reading) []string {
	var ds []string
	for key := range ours.keys {
		if !wines.keys[key] {
			ds = append(ds, fmt.Sprintf("key %q: only portreg has it", key))
		}
	}
	for key := range wines.keys {
		if !ours.keys[key] && !ours.parents[key] {
			ds = append(ds, fmt.Sprintf("key %q: only wine has it", key))
		}
	}
	for name, v := range ours.values {
		if w, ok := wines.values[name]; !ok {
			ds = append(ds, fmt.Sprintf("%q: only portreg has it: %s", name, v))
		} else if w != v {
			ds = append(ds, fmt.Sprintf("%q: portreg reads %s, wine %s", name, v, w))
		}
	}
	for name, v := range wines.values {
		if _, ok := ours.values[name]; !ok {
			ds = append(ds, fmt.Sprintf("%q: only wine has it: %s", name, v))
		}
	}
	slices.Sort(ds)
	return ds
}

// readOurs reads a file as portreg does; an error in its encoding or header
// means that nothing is imported.
func readOurs(file []byte) reading {
	r := newReading()
	f, err := regfile.Parse("in.reg", file)
	if err != nil {
		return r
	}
	for _, op := range f.Ops() {
		if op.Verb == regfile.CreateKey {
			r.addParents(op.Key)
		}
	}
	state := regfile.StateOf(f.Ops())
	for key := range state.Keys() {
		r.addKey(key)
	}
	for v := range state.Values() {
		r.set(v.Key, v.Name, uint32(v.Data.Type), v.Data.Bytes)
	}
	return r
}

// readExport reads Wine's export of a key: regedit's own form and no other.
func readExport(t testing.TB, file []byte) reading {
	t.Helper()
	text, ok := strings.CutPrefix(fromUTF16(t, file), header)
	if !ok {
		t.Fatalf("not an export: %.80q", text)
	}
	r := newReading()
	var key string
	for line := range strings.SplitSeq(strings.ReplaceAll(text, ",\\\r\n  ", ","), "\r\n") {
		switch {
		case line == "":
		case line[0] == '[':
			key = line[1 : len(line)-1]
			r.addKey(key)
		default:
			name, typ, data := readValue(t, line)
			r.set(key, name, typ, data)
		}
	}
	return r
}

// readValue reads a line such as
//
//	"name"=hex(7):31,00,00,00
func readValue(t testing.TB, line string) (name string, typ uint32, data []byte) {
	t.Helper()
	rest, isDefault := strings.CutPrefix(line, "@")
	if !isDefault {
		name, rest = cutQuoted(t, line)
	}
	rest = rest[1:] // =
	switch {
	case strings.HasPrefix(rest, `"`):
		text, _ := cutQuoted(t, rest)
		return name, uint32(regfile.SZ), unitBytes(utf16.Encode([]rune(text)))
	case strings.HasPrefix(rest, "dword:"):
		n, err := strconv.ParseUint(rest[len("dword:"):], 16, 32)
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		return name, uint32(regfile.DWord), []byte{byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)}
	}
	word, digits, _ := strings.Cut(rest, ":")
	number := strings.TrimSuffix(strings.TrimPrefix(word, "hex("), ")")
	if word == "hex" {
		number = "3"
	}
	n, err := strconv.ParseUint(number, 16, 32)
	if err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	if data, err = hex.DecodeString(strings.ReplaceAll(digits, ",", "")); err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	return name, uint32(n), data
}

// cutQuoted splits a line behind the text in quotes that it starts with.
func cutQuoted(t testing.TB, line string) (text, rest string) {
	t.Helper()
	var b strings.Builder
	for i := 1; i < len(line); i++ {
		switch line[i] {
		case '"':
			return b.String(), line[i+1:]
		case '\\':
			i++
			b.WriteString(map[byte]string{'r': "\r", 'n': "\n", '\\': `\`, '"': `"`}[line[i]])
		default:
			b.WriteByte(line[i])
		}
	}
	t.Fatalf("no closing quote: %q", line)
	return "", ""
}

// input is a .reg file for Wine and for portreg, which writes only below a key
// that no other input touches.
type input struct {
	name string // for messages
	key  string // HKEY_LOCAL_MACHINE\PR00010001
	file []byte
}

// newInput names the key by the number twice: damage to it does not give the
// key of another input.
func newInput(name string, number int, file []byte) input {
	return input{name, fmt.Sprintf(`HKEY_LOCAL_MACHINE\PR%04[1]x%04[1]x`, number), file}
}

// importAll lets Wine import each file in a call of its own and reads what is
// in the registry afterwards. A file that crashes regedit must be one of those
// that may (see crashes) and counts for nothing.
func importAll(t testing.TB, inputs []input) map[string]reading {
	t.Helper()
	dir := tempDir(t)
	crashed := map[string]bool{}
	for _, in := range inputs {
		path := filepath.Join(dir, "in.reg")
		writeFile(t, path, in.file)
		r := wine(t, "regedit", "/S", windowsPath(path))
		crashed[in.key] = r.status != 0
		if crashed[in.key] && !crashes(in.file) {
			t.Errorf("%s: regedit crashed: %v\n%s", in.name, r, visible(in.file))
		}
	}
	all := readExport(t, regeditExport(t, "HKEY_LOCAL_MACHINE"))
	readings := map[string]reading{}
	for _, in := range inputs {
		if !crashed[in.key] {
			readings[in.key] = all.below(in.key)
		}
	}
	return readings
}

// textOf is the text of a file in whatever encoding.
func textOf(file []byte) string {
	if text, ok := strings.CutPrefix(string(file), bom); ok {
		return string(utf16.Decode(units([]byte(text))))
	}
	return string(file)
}

// visible shows the start of a file in a message.
func visible(file []byte) string {
	var b strings.Builder
	lines := strings.SplitAfter(textOf(file), "\n")
	for _, line := range lines[:min(len(lines), 30)] {
		fmt.Fprintf(&b, "\t%.200q\n", line)
	}
	return b.String()
}
