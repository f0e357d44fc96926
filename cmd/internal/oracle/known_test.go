package oracle

import (
	"regexp"
	"testing"
	"unicode/utf16"

	"portreg/regfile"
)

// crashes reports whether Wine's regedit may crash on the file, or store bytes
// from behind its buffer: text in hex data with an odd number of bytes, or
// with none after "hex(7):" and a comment or a continuation (Wine 8.0
// programs/regedit/regproc.c, prepare_hex_string_data, takes the last whole
// word without asking whether there is one).
func crashes(file []byte) bool {
	f, err := regfile.Parse("", file)
	if err != nil {
		return false
	}
	for _, op := range f.Ops() {
		d := op.Data
		if op.Verb == regfile.SetValue && (d.Type == 1 || d.Type == 2 || d.Type == 7) && (len(d.Bytes) == 0 || len(d.Bytes)%2 != 0) {
			return true
		}
	}
	return false
}

// known are the differences from Wine that are meant. Each is shown by an
// example, a body below the header and the key line, on which the two must
// differ; a mutation may differ from Wine only if one of them matches it.
var known = []struct {
	reason  string
	example string
	matches func(text string) bool
}{}

func matcher(pattern string) func(string) bool {
	re := regexp.MustCompile(pattern)
	return re.MatchString
}

// explained gives the number of the known difference that the file shows, or
// -1.
func explained(file []byte) int {
	text := string(utf16.Decode(units(file[len(bom):])))
	for i, k := range known {
		if k.matches(text) {
			return i
		}
	}
	return -1
}

// TestKnownDifferences: each of them is one, and its own pattern finds it.
func TestKnownDifferences(t *testing.T) {
	var inputs []input
	for i, k := range known {
		in := newInput(k.reason, 0x1000+i, nil)
		in.file = toUTF16(header + "\r\n[" + in.key + `\ControlSet009` + parameters + "]\r\n" + k.example)
		inputs = append(inputs, in)
	}
	readings := importAll(t, inputs)
	for i, in := range inputs {
		wines, ok := readings[in.key]
		if ok && len(differences(readOurs(in.file).below(in.key), wines)) == 0 {
			t.Errorf("%s: no difference any more", in.name)
		}
		if !known[i].matches(string(utf16.Decode(units(in.file[len(bom):])))) {
			t.Errorf("%s: does not match its own example", in.name)
		}
	}
}
