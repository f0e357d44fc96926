package oracle

import (
	"regexp"
	"strings"
	"testing"
)

// crashes reports whether Wine's regedit may crash on the file or store bytes
// from behind its buffer. It does with text in hex data that has, in UTF-16
// files, an odd number of bytes, or in any file none behind "hex(7):" and a
// comment or a continuation: Wine 8.0 programs/regedit/regproc.c,
// prepare_hex_string_data, looks at the last character without asking whether
// there is one.
func crashes(file []byte) bool {
	text := textOf(file)
	for _, at := range regexp.MustCompile(`hex\([0+ ]*[127]\):`).FindAllStringIndex(text, -1) {
		n, taken := hexBytes(text[at[1]:])
		if taken && (n == 0 || n%2 != 0 && strings.HasPrefix(string(file), bom)) {
			return true
		}
	}
	return false
}

// hexBytes counts the bytes of hex data, roughly: runs of digits up to a unit
// that ends the value. taken is false if nothing follows on the line, or where
// Wine certainly refuses the value.
func hexBytes(text string) (n int, taken bool) {
	digits := regexp.MustCompile(`[0-9A-Fa-fx+-]+`)
	end := regexp.MustCompile(`[^0-9A-Fa-f,\s\v+x-]`)
	refused := regexp.MustCompile(`[1-9A-Fa-f][0-9A-Fa-f]{2}|[^,\s]\s*\\$`) // above ff, no comma before \
	for i, line := range regexp.MustCompile(`\r\n?|\n`).Split(text, -1) {
		line = strings.Trim(line, " \t")
		if refused.MatchString(line) {
			return n, false
		}
		data, continued := line, false
		if at := end.FindStringIndex(line); at != nil {
			data, continued = line[:at[0]], line[at[0]] == '\\'
		}
		n += len(digits.FindAllString(data, -1))
		skipped := i > 0 && (line == "" || line[0] == ';')
		if !continued && !skipped {
			return n, line != ""
		}
	}
	return n, true
}

// known are the differences from Wine that are meant. Each is shown by an
// example on which the two must differ: a file, or what stands below the
// header ("[") or the key line ("\""). A damaged file may differ from Wine only
// if it matches one of them.
var known = []struct {
	reason  string
	example string
	narrow  bool // the example is 8-bit text
	matches func(file []byte) bool
}{
	{
		reason:  "strtoul in Wine takes bytes of three digits; Samba refuses them, and so does portreg",
		example: "\"ReservedPorts\"=hex(7):031,00,00,00\r\n",
		matches: pattern(`hex[^"=\[]*[:,\s]0[0-9A-Fa-f]{2,}`),
	},
	{
		reason:  "strtoul in Wine takes 0x; Samba refuses it, and so does portreg",
		example: "\"ReservedPorts\"=hex(7):0x31,00,00,00\r\n",
		matches: pattern(`hex[^"=\[]*[:,\s]0[xX][0-9A-Fa-f]`),
	},
	{
		reason:  "strtoul in Wine takes a sign; Samba refuses it, and so does portreg",
		example: "\"ReservedPorts\"=hex(7):+31,00,-0,00\r\n",
		matches: pattern(`hex[^"=\[]*[:,\s][+-][0-9A-Fa-f]`),
	},
	{
		reason:  "strtoul in Wine passes over any white space before a byte",
		example: "\"ReservedPorts\"=hex(7):31,\v00,\f00,00\r\n",
		matches: pattern(`hex[^"=\[]*[\v\f\x{85}\x{a0}]`),
	},
	{
		reason:  "strtoul in Wine takes a type with a sign, with blanks before it, with none or more than eight digits",
		example: "\"ReservedPorts\"=hex( +000000007):31,00,00,00\r\n",
		matches: pattern(`hex\(([ +\t-]|\)|[0-9A-Fa-f]{9})`),
	},
	{
		reason:  "blanks or a comment behind the header are taken, with a note, as some real files have them",
		example: "Windows Registry Editor Version 5.00 ; x\r\n\r\n[" + scratchKey + "]\r\n\"ReservedPorts\"=hex(7):00,00\r\n",
		matches: pattern(`^[ \t]*Windows Registry Editor Version 5.00[ \t]+(;.*)?[\r\n]`),
	},
	{
		reason:  "text in quotes runs over line ends, as Windows exports it; Wine drops the value at the line end",
		example: "\"Text\"=\"a\r\nb\"\r\n",
		matches: pattern(`=[ \t]*"([^"\\\r\n]|\\.)*\\?[\r\n]`),
	},
	{
		reason:  "REGEDIT4 in a UTF-16 file holds code page bytes, as most real files do; Wine takes them for UTF-16",
		example: "REGEDIT4\r\n\r\n[" + scratchKey + "]\r\n\"ReservedPorts\"=hex(7):31,30,2d,32,30,00\r\n",
		matches: pattern(`^[ \t]*REGEDIT4`),
	},
	{
		reason:  "hex data in an 8-bit file of version 5.00 holds UTF-16, as in every other; Wine takes it for code page bytes",
		example: "\"ReservedPorts\"=hex(7):31,00,2d,00,32,00,00,00,00,00\r\n",
		narrow:  true,
		matches: func(file []byte) bool {
			text := textOf(file)
			return text == string(file) && strings.Contains(text, "5.00") && regexp.MustCompile(`hex\([127]\)`).MatchString(text)
		},
	},
	{
		reason:  "Wine loses what follows a NUL in its line buffer",
		example: "\"A\"=\"1\"\r\n\x00\r\n\"B\"=\"2\"\r\n",
		matches: pattern(`\x00`),
	},
	{
		reason:  "Wine stops importing where a root key is to be deleted that is none",
		example: "[-HKEY_NONE\\X]\r\n[" + scratchKey + "]\r\n\"A\"=\"1\"\r\n",
		matches: deletesUnknownRoot,
	},
	{
		reason:  "Wine takes a REG_DWORD without digits before a comment for 0",
		example: "\"A\"=dword: ;x\r\n",
		matches: pattern(`dword:[ \t]*;`),
	},
	{
		reason:  "Wine cannot open a key whose root two backslashes follow",
		example: "[HKEY_LOCAL_MACHINE\\" + scratchKey[len("HKEY_LOCAL_MACHINE"):] + "]\r\n\"A\"=\"1\"\r\n",
		matches: pattern(`(?i)HKEY_LOCAL_MACHINE\\\\`),
	},
}

func pattern(p string) func([]byte) bool {
	re := regexp.MustCompile(p)
	return func(file []byte) bool { return re.MatchString(textOf(file)) }
}

// deletesUnknownRoot finds the deletion of a key that starts with an H and is
// no key below a root.
func deletesUnknownRoot(file []byte) bool {
	root := regexp.MustCompile(`(?i)^HKEY_(LOCAL_MACHINE|USERS|CLASSES_ROOT|CURRENT_CONFIG|CURRENT_USER|DYN_DATA)\\.`)
	for _, m := range regexp.MustCompile(`(?im)^[ \t]*\[-(H.*)\]`).FindAllStringSubmatch(textOf(file), -1) {
		if !root.MatchString(m[1]) {
			return true
		}
	}
	return false
}

// explained gives the number of the known difference that the file shows, or
// -1.
func explained(file []byte) int {
	for i, k := range known {
		if k.matches(file) {
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
		text := k.example
		if text[0] == '"' {
			text = "[" + scratchKey + "]\r\n" + text
		}
		if text[0] == '[' {
			text = header + "\r\n" + text
		}
		if in.file = []byte(moved(text, in.key)); !k.narrow {
			in.file = toUTF16(string(in.file))
		}
		inputs = append(inputs, in)
	}
	readings := importAll(t, inputs)
	for i, in := range inputs {
		wines, ok := readings[in.key]
		if !ok || crashes(in.file) {
			t.Errorf("%s: the example may crash Wine", in.name)
			continue
		}
		if len(differences(readOurs(in.file).below(in.key), wines)) == 0 {
			t.Errorf("%s: no difference", in.name)
		}
		if !known[i].matches(in.file) {
			t.Errorf("%s: does not match its example", in.name)
		}
	}
}

// TestKnownAreNarrow: no file that is to be damaged matches one as it is.
func TestKnownAreNarrow(t *testing.T) {
	for _, b := range mutationBases(t) {
		if row := explained(toUTF16(b.text)); row >= 0 {
			t.Errorf("%s matches %q", b.name, known[row].reason)
		}
	}
}
