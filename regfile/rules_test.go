package regfile

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

// ruleCase is one rule of what regedit reads. The source beside it says how it
// is known: [W] Wine's conformance test programs/regedit/tests/regedit.c (8.0;
// the name of a value or key in it, line of the 8-bit variant), [C] Wine's code
// (programs/regedit/regproc.c), [D] a Microsoft page, [S] real files, [M] run on
// Wine and its peers, [I] decided here where nothing is known of Windows.
type ruleCase struct {
	source string
	in     string // see text
	want   string // operations; or the error
	notes  string // one per line, in the order of the marks in the input: ~ odd, - dropped
}

// The inputs. "F:" starts a whole file, "B:" what stands below the header of
// version 5.00 and a blank line, anything else what stands below the line
// [{P}]. {P} is the key of TCP/IP, {V} the start of the value, {A} the bytes
// of the list 10-20 in UTF-16LE, and § the place of a note.
const (
	listBytes  = "31,00,30,00,2d,00,32,00,30,00,00,00,00,00"
	listStart  = `"ReservedPorts"=hex(7):`
	listInForm = `ReservedPorts=REG_MULTI_SZ 10-20\0\0`
)

func (c ruleCase) text() string {
	in := c.in
	switch {
	case strings.HasPrefix(in, "F:"):
		in = in[2:]
	case strings.HasPrefix(in, "B:"):
		in = header5 + "\n\n" + in[2:]
	default:
		in = header5 + "\n\n[{P}]\n" + in
	}
	return strings.NewReplacer("{P}", scratchKey, "{V}", listStart, "{A}", listBytes).Replace(in)
}

// encoding turns text into a file's bytes.
type encoding func(text string) []byte

func utf16LE(text string) []byte {
	b := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(text)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return b
}

func latin1(text string) []byte {
	var b []byte
	for _, c := range text {
		b = append(b, byte(c))
	}
	return b
}

func crlf(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") }

// unmark takes the marks out and gives their places, counted in runes.
func unmark(marked string, encode encoding) (text string, places []Pos) {
	parts := strings.Split(marked, "§")
	line, col := 1, 1
	for i, part := range parts {
		for j, c := range part {
			switch {
			case c == '\n' && j > 0 && part[j-1] == '\r':
			case c == '\n' || c == '\r':
				line, col = line+1, 1
			default:
				col++
			}
		}
		text += part
		if i < len(parts)-1 {
			places = append(places, Pos{line, col, int64(len(encode(text)))})
		}
	}
	return text, places
}

// showOps writes operations for a table, without the opening of scratchKey.
func showOps(ops []Op) string {
	var out []string
	for _, op := range ops {
		name := op.Name
		if name == "" {
			name = "@"
		}
		switch op.Verb {
		case CreateKey:
			if op.Key != scratchKey {
				out = append(out, "["+showKey(op.Key)+"]")
			}
		case DeleteKey:
			out = append(out, "[-"+showKey(op.Key)+"]")
		case SetValue:
			out = append(out, underKey(op)+name+"="+showData(op.Data))
		case DeleteValue:
			out = append(out, underKey(op)+name+"=-")
		}
	}
	return strings.Join(out, " | ")
}

func showKey(key string) string { return strings.Replace(key, scratchKey, "P", 1) }

func underKey(op Op) string {
	if op.Key == scratchKey {
		return ""
	}
	return showKey(op.Key) + ": "
}

func showData(d Data) string {
	var units []uint16
	for i := 0; i+1 < len(d.Bytes); i += 2 {
		units = append(units, uint16(d.Bytes[i])|uint16(d.Bytes[i+1])<<8)
	}
	text := string(utf16.Decode(units))
	isText := d.Type == SZ || d.Type == ExpandSZ || d.Type == MultiSZ
	if !isText || len(d.Bytes)%2 != 0 || strings.ContainsRune(text, utf8.RuneError) {
		text = hex.EncodeToString(d.Bytes)
	}
	text = strings.NewReplacer("\x00", `\0`, "\n", `\n`, "\r", `\r`).Replace(text)
	return strings.TrimRight(fmt.Sprintf("%v %s", d.Type, text), " ")
}

// check parses the text of a case and compares operations and notes.
func (c ruleCase) check(t *testing.T, encode encoding) {
	t.Helper()
	text, places := unmark(c.text(), encode)
	f, err := Parse("x.reg", encode(text))
	if err != nil {
		if err.Error() != "x.reg:"+c.want {
			t.Errorf("%q (%s)\n got %v\nwant x.reg:%s", c.in, c.source, err, c.want)
		}
		return
	}
	if got := showOps(f.Ops()); got != c.want {
		t.Errorf("%q (%s)\n got %s\nwant %s", c.in, c.source, got, c.want)
	}
	var want []string
	if c.notes != "" {
		want = strings.Split(c.notes, "\n")
	}
	if len(want) != len(places) {
		t.Fatalf("%q: %d marks, %d notes", c.in, len(places), len(want))
	}
	for i, n := range f.Notes() {
		got := map[bool]string{false: "~ ", true: "- "}[n.Dropped] + n.Rule + ": " + n.Text
		if i >= len(want) || got != want[i] || n.Pos != places[i] {
			t.Errorf("%q (%s)\n got %v %s\nwant %v", c.in, c.source, n.Pos, got, append(want, "nothing")[min(i, len(want))])
			if i < len(places) {
				t.Errorf("at %v (offset %d), want %v (%d)", n.Pos, n.Pos.Offset, places[i], places[i].Offset)
			}
		}
	}
	if len(f.Notes()) < len(want) {
		t.Errorf("%q (%s)\n no note %s", c.in, c.source, want[len(f.Notes())])
	}
}

func TestRules(t *testing.T) {
	for _, c := range ruleCases {
		c.check(t, utf16LE)
		c.check(t, func(text string) []byte { return []byte(text) })
		if strings.Contains(c.in, "\r") {
			continue
		}
		c.check(t, func(text string) []byte { return utf16LE(crlf(text)) })
		c.check(t, func(text string) []byte { return utf16LE(strings.ReplaceAll(text, "\n", "\r")) })
	}
}

const quotedHeaders = `"Windows Registry Editor Version 5.00" or "REGEDIT4"`

var ruleCases = []ruleCase{
	// Bytes and line ends.
	{"[W] test_export, TestValue3-5@296: canonical; LF; lone CR", `{V}{A}` + "\n", listInForm, ""},
	{"[W] Wine5@367 eof-no-newline", `{V}{A}`, listInForm, ""},
	{"[M] Wine mixed-eol", "\"A\"=\"1\"\r\n\"B\"=\"2\"\n\"C\"=\"3\"\r\"D\"=\"4\"\r\r\n{V}{A}\n\r",
		`A=REG_SZ 1\0 | B=REG_SZ 2\0 | C=REG_SZ 3\0 | D=REG_SZ 4\0 | ` + listInForm, ""},
	{"[M] one-long-line", `{V}` + strings.Repeat("41,00,", 5000) + "00,00,00,00\n",
		`ReservedPorts=REG_MULTI_SZ ` + strings.Repeat("A", 5000) + `\0\0`, ""},

	// Header.
	{"[W] Wine1a-c@2756 hdr-leading-space", "F: \t " + header5 + "\n\n[{P}]\n{V}{A}\n", listInForm, ""},
	{"[S] 14 files, [M] hdr-no-blank-after", "F:" + header5 + "\n[{P}]\n{V}{A}\n", listInForm, ""},
	{"[S] 9 files, regashii hdr-trailing-space", "F:" + header5 + "§  \n[{P}]\n{V}{A}\n", listInForm,
		`~ header-junk: "  " behind the header is not taken by every regedit`},
	{"[S] hdr-trailing-comment", "F:" + header5 + "§ ;x\n[{P}]\n{V}{A}\n", listInForm,
		`~ header-junk: " ;x" behind the header is not taken by every regedit`},
	{"[W] Test11@1302 hdr-lower", "F:windows registry editor version 5.00\n",
		`1:1: the first line is "windows registry editor version 5.00"; it must be ` + quotedHeaders + `, case included`, ""},
	{"[W] Test10@1297 hdr-upper", "F:WINDOWS REGISTRY EDITOR VERSION 5.00\n",
		`1:1: the first line is "WINDOWS REGISTRY EDITOR VERSION 5.00"; it must be ` + quotedHeaders + `, case included`, ""},
	{"[W] Test9, [C] hdr-v5.0", "F:Windows Registry Editor Version 5.0\n",
		`1:1: the first line is "Windows Registry Editor Version 5.0"; it must be ` + quotedHeaders + `, case included`, ""},
	{"[W] Test8 hdr-v4.00", "F:Windows Registry Editor Version 4.00\n",
		`1:1: the first line is "Windows Registry Editor Version 4.00"; it must be ` + quotedHeaders + `, case included`, ""},
	{"[W] Test9 Version 5", "F:Windows Registry Editor Version 5\n",
		`1:1: the first line is "Windows Registry Editor Version 5"; it must be ` + quotedHeaders + `, case included`, ""},
	{"[I] longer than the header", "F:" + header5 + "1\n",
		`1:1: the first line is "Windows Registry Editor Version 5.001"; it must be ` + quotedHeaders + `, case included`, ""},
	{"[W] Test1@1250 regedit4", "F:regedit4\n", `1:1: the first line is "regedit4"; it must be ` + quotedHeaders + `, case included`, ""},
	{"[W] Test2 Regedit4", "F:Regedit4\n", `1:1: the first line is "Regedit4"; it must be ` + quotedHeaders + `, case included`, ""},
	{"[W] Test3 REGEDIT3", "F:REGEDIT3\n", `1:1: "REGEDIT3" is no header that regedit imports anything after; write ` + quotedHeaders, ""},
	{"[W] Test7, [C] REG_VERSION_FUZZY hdr-regedit5", "F:REGEDIT5\n\n[{P}]\n{V}{A}\n",
		`1:1: "REGEDIT5" is no header that regedit imports anything after; write ` + quotedHeaders, ""},
	{"[W] Test4 REGEDIT 4", "F:REGEDIT 4\n", `1:1: "REGEDIT 4" is no header that regedit imports anything after; write ` + quotedHeaders, ""},
	{"[W] Test5 REGEDIT4FOO", "F:REGEDIT4FOO\n", `1:1: "REGEDIT4FOO" is no header that regedit imports anything after; write ` + quotedHeaders, ""},
	{"[W] Test6 REGEDIT4 FOO", "F:REGEDIT4 FOO\n", `1:1: "REGEDIT4 FOO" is no header that regedit imports anything after; write ` + quotedHeaders, ""},
	{"[C] parse_win31_line_state", "F:REGEDIT\nHKEY_CLASSES_ROOT\\.x = y\n",
		`1:1: "REGEDIT" begins a file of Windows 3.1, which holds file types only; write ` + quotedHeaders, ""},
	{"[C] hdr-blank-line-first", "F:\n" + header5 + "\n", `1:1: the first line is empty; it must be ` + quotedHeaders, ""},
	{"[C] hdr-comment-before", "F:; made by x\n" + header5 + "\n",
		`1:1: the first line is "; made by x"; it must be ` + quotedHeaders + `, case included`, ""},
	{"[C] hdr-missing", "F:; nothing\n[{P}]\n{V}{A}\n", `1:1: the first line is "; nothing"; it must be ` + quotedHeaders + `, case included`, ""},
	{"[M] header-only", "F:" + header5, "", ""},
	{"[I] quoted as it is, not too long", "F:" + strings.Repeat("ä", 40) + "\n",
		`1:1: the first line is "` + strings.Repeat("ä", 30) + `..."; it must be ` + quotedHeaders + `, case included`, ""},

	// Lines.
	{"[W] test_comments@340 comments and blanks between values", ";c\n\"A\"=\"1\"\n\n ; c\n\t#c\n{V}{A}\n#\n;\n@=\"2\"\n",
		`A=REG_SZ 1\0 | ` + listInForm + ` | @=REG_SZ 2\0`, ""},
	{"[W] Wine3@351 val-line-of-junk-before", "§junk here\n{V}{A}\n", listInForm,
		`- stray-line: "junk here" is neither a key, a value nor a comment; the line is ignored`},
	{"[W] Wine2@2279 val-comment-ends-backslash", "; c \\\n{V}{A}\n", listInForm, ""},
	{"[W] Wine3a-c@2790 leading blanks", "  \"A\"=\"1\"\n\t\"B\"=\"2\"\n \t @=\"3\"\n", `A=REG_SZ 1\0 | B=REG_SZ 2\0 | @=REG_SZ 3\0`, ""},
	{"[W] NameNoQuotes val-unquoted", "§ReservedPorts=hex(7):{A}\n", "",
		`- stray-line: "ReservedPorts=hex(7):31,00,30,00,2d,00,3..." is neither a key, a value nor a comment; the line is ignored`},
	{"[W] NameNoQuotes val-single-quotes", "§'ReservedPorts'=\"x\"\n", "",
		`- stray-line: "'ReservedPorts'=\"x\"" is neither a key, a value nor a comment; the line is ignored`},
	{"[I] quoted to 40 units", "§" + strings.Repeat("x", 40) + "\n§" + strings.Repeat("y", 41) + "\n", "",
		`- stray-line: "` + strings.Repeat("x", 40) + `" is neither a key, a value nor a comment; the line is ignored` + "\n" +
			`- stray-line: "` + strings.Repeat("y", 40) + `..." is neither a key, a value nor a comment; the line is ignored`},

	// Keys.
	{"[W] key_creation@3143 key-lower", "B:[hkey_local_machine\\a]\n@=\"1\"\n", `[hkey_local_machine\a] | hkey_local_machine\a: @=REG_SZ 1\0`, ""},
	{"[W] key_creation@3143 key-upper", "B:[HKEY_LOCAL_MACHINE\\A]\n@=\"1\"\n", `[HKEY_LOCAL_MACHINE\A] | HKEY_LOCAL_MACHINE\A: @=REG_SZ 1\0`, ""},
	{"[C] reg_class_namesW", "B:[HKEY_USERS\\A]\n[HKEY_CLASSES_ROOT\\A]\n[HKEY_CURRENT_CONFIG\\A]\n[HKEY_CURRENT_USER\\A]\n[HKEY_DYN_DATA\\A]\n[HKEY_LOCAL_MACHINE]\n",
		`[HKEY_USERS\A] | [HKEY_CLASSES_ROOT\A] | [HKEY_CURRENT_CONFIG\A] | [HKEY_CURRENT_USER\A] | [HKEY_DYN_DATA\A] | [HKEY_LOCAL_MACHINE]`, ""},
	{"[W] Wine2a-c@2774 key-leading-ws", "B: \t [{P}]\n{V}{A}\n", listInForm, ""},
	{"[C], [D] MS Press key-abbrev-HKLM", "B:§[HKLM\\SYSTEM]\n§{V}{A}\n", "",
		`- short-root: "HKLM" is no root key to regedit, and what stands below it is ignored; write HKEY_LOCAL_MACHINE\SYSTEM` + "\n" +
			`- no-key: "ReservedPorts" is ignored: the key above it is not one that regedit opens`},
	{"[C] short roots", "B:§[HKU]\n§[hkcr\\A]\n§[HKCC\\A]\n§[-HKCU\\A\\B]\n", "",
		`- short-root: "HKU" is no root key to regedit, and what stands below it is ignored; write HKEY_USERS` + "\n" +
			`- short-root: "hkcr" is no root key to regedit, and what stands below it is ignored; write HKEY_CLASSES_ROOT\A` + "\n" +
			`- short-root: "HKCC" is no root key to regedit, and what stands below it is ignored; write HKEY_CURRENT_CONFIG\A` + "\n" +
			`- short-root: "HKCU" is no root key to regedit, and what stands below it is ignored; write HKEY_CURRENT_USER\A\B`},
	{"[W] Subkey1a,b@3062 key-space-after-bracket", "B:§[ HKEY_LOCAL_MACHINE\\A]\n§[\tHKEY_LOCAL_MACHINE\\A]\n§[ -HKEY_LOCAL_MACHINE\\A]\n§{V}{A}\n", "",
		`- key-blank: "[ HKEY_LOCAL_MACHINE\\A]" has a blank before the key; the line is ignored, and the key before it stays open` + "\n" +
			`- key-blank: "[\tHKEY_LOCAL_MACHINE\\A]" has a blank before the key; the line is ignored, and the key before it stays open` + "\n" +
			`- key-blank: "[ -HKEY_LOCAL_MACHINE\\A]" has a blank before the key; the line is ignored, and the key before it stays open` + "\n" +
			`- no-key: "ReservedPorts" is ignored: no key is open`},
	{"[W] Subkey2a,b@3114 a blank after [-", "B:§[- HKEY_LOCAL_MACHINE\\A]\n", "",
		`- unknown-root: " HKEY_LOCAL_MACHINE\\A" does not begin with a root key such as HKEY_LOCAL_MACHINE; what stands below it is ignored`},
	{"[W] Subkey1c,d@3070 a blank before ] is part of the name", "B:[HKEY_USERS\\A ]\n[HKEY_USERS\\A\t]\n", "[HKEY_USERS\\A ] | [HKEY_USERS\\A\t]", ""},
	{"[C] key_name_state 644 key-trailing-comment, -junk: up to the last ]",
		"B:[HKEY_USERS\\A]   ; c\n[HKEY_USERS\\B]  §junk\n[HKEY_USERS\\C] ; ]\n[HKEY_USERS\\D]§x; y\n", `[HKEY_USERS\A] | [HKEY_USERS\B] | [HKEY_USERS\C] ; ] | [HKEY_USERS\D]`,
		`~ key-junk: "junk" behind the closing ] is ignored` + "\n" + `~ key-junk: "x; y" behind the closing ] is ignored`},
	{"[W] Subkey\"1@473, Subkey/2: names are not escaped", "B:[HKEY_USERS\\Sub\"1]\n[HKEY_USERS\\a/2;'x]\n[HKEY_USERS\\https://winehq.org]\n",
		`[HKEY_USERS\Sub"1] | [HKEY_USERS\a/2;'x] | [HKEY_USERS\https://winehq.org]`, ""},
	{"[W] Subkey1e-g@3080, [S] 6 files key-trailing-backslash, key-double-backslash", "B:[HKEY_USERS\\A\\]\n[HKEY_USERS\\A\\\\B\\\\\\\\]\n", `[HKEY_USERS\A] | [HKEY_USERS\A\B]`, ""},
	{"[W] No_Opening_Bracket@3054", "B:§HKEY_USERS\\A]\n", "",
		`- stray-line: "HKEY_USERS\\A]" is neither a key, a value nor a comment; the line is ignored`},
	{"[W] No_Closing_Bracket@3058 key-no-close; [C] the key before stays open", "@=\"1\"\n§[HKEY_USERS\\A\n@=\"2\"\n", `@=REG_SZ 1\0 | @=REG_SZ 2\0`,
		`- key-unclosed: "[HKEY_USERS\\A" has no closing ]; the line is ignored, and the key before it stays open`},
	{"[M] key-forward-slash", "B:§[HKEY_LOCAL_MACHINE/SYSTEM]\n§{V}{A}\n", "",
		`- unknown-root: "HKEY_LOCAL_MACHINE/SYSTEM" does not begin with a root key such as HKEY_LOCAL_MACHINE; what stands below it is ignored` + "\n" +
			`- no-key: "ReservedPorts" is ignored: the key above it is not one that regedit opens`},
	{"[W] Wine1a@3161 key-delete-then-value", "B:[-{P}]\n§{V}{A}\n§@=-\n", `[-P]`,
		`- no-key: "ReservedPorts" is ignored: the line above it deletes a key and opens none` + "\n" +
			`- no-key: @ is ignored: the line above it deletes a key and opens none`},
	{"[M] Wine, hivex key-add-delete-add", "\"O\"=\"1\"\n[-{P}]\n[{P}]\n{V}{A}\n", `O=REG_SZ 1\0 | [-P] | ` + listInForm, ""},
	{"[M] key-twice-diff-case", "\"A\"=\"1\"\n\n[HKEY_local_MACHINE\\x]\n{V}{A}\n", `A=REG_SZ 1\0 | [HKEY_local_MACHINE\x] | HKEY_local_MACHINE\x: ` + listInForm, ""},
	{"[W] Wine1b@3168 key-unknown-root-then-value: not in the key before", "§[HKEY_LOCAL_MACHINES\\X]\n§{V}{A}\n", "",
		`- unknown-root: "HKEY_LOCAL_MACHINES\\X" does not begin with a root key such as HKEY_LOCAL_MACHINE; what stands below it is ignored` + "\n" +
			`- no-key: "ReservedPorts" is ignored: the key above it is not one that regedit opens`},
	{"[M] val-before-key", "B:§{V}{A}\n[{P}]\n", "", `- no-key: "ReservedPorts" is ignored: no key is open`},
	{"[C] delete_registry_key: a root stays", "B:§[-HKEY_USERS]\n§[-HKEY_USERS\\]\n", "",
		`- delete-root: "HKEY_USERS" is a root key, which cannot be deleted` + "\n" +
			`- delete-root: "HKEY_USERS" is a root key, which cannot be deleted`},
	{"[C] an empty key", "B:§[]\n§[-]\n", "",
		`- unknown-root: "" does not begin with a root key such as HKEY_LOCAL_MACHINE; what stands below it is ignored` + "\n" +
			`- unknown-root: "" does not begin with a root key such as HKEY_LOCAL_MACHINE; what stands below it is ignored`},
	{"[I] a key that is too long closes the one before", "§[HKEY_USERS\\" + strings.Repeat("x", 70000) + "]\n§@=\"1\"\n", "",
		`- key-too-long: "[HKEY_USERS\\` + strings.Repeat("x", 29) + `..." is longer than the registry takes; what stands below it is ignored` + "\n" +
			`- no-key: @ is ignored: the key above it is not one that regedit opens`},
	{"[I] a long comment is not part of the key", "B:[HKEY_USERS\\A] ; " + strings.Repeat("x", 70000) + "\n@=\"1\"\n", `[HKEY_USERS\A] | HKEY_USERS\A: @=REG_SZ 1\0`, ""},

	// Value names and equals signs.
	{"[C] val-name-lower", "\"reservedports\"=hex(7):{A}\n", `reservedports=REG_MULTI_SZ 10-20\0\0`, ""},
	{"[W] Wine5a-d@2824, [S] 268 files val-spaces-around-eq", "\"ReservedPorts\"  =\t hex(7):{A}\n @ = \"x\" \n", listInForm + ` | @=REG_SZ x\0`, ""},
	{"[W] Wine6a-c val-name-space-inside", "\"ReservedPorts \"=hex(7):{A}\n\"\t x\"=\"  y  \"  \n", "ReservedPorts =REG_MULTI_SZ 10-20\\0\\0 | \t x=REG_SZ   y  \\0", ""},
	{"[W] Empty string@336: \"\" is @", "\"\"=\"1\"\n", `@=REG_SZ 1\0`, ""},
	{"[W] With=Equals@319", "\"With=Equals\"=\"a\"\n", `With=Equals=REG_SZ a\0`, ""},
	{"[W] double\"quote@452, Wine\\31: escapes", `"double\"quote"="valid \"or\" not"` + "\n" + `"Wine\\31"="a\\b"` + "\n" + `"\\"="\\"` + "\n",
		`double"quote=REG_SZ valid "or" not\0 | Wine\31=REG_SZ a\b\0 | \=REG_SZ \\0`, ""},
	{"[C] REGPROC_unescape_string: \\n, \\r, and other characters themselves", `"\x\ä"="\y\n\r\😀"` + "\n", `xä=REG_SZ y\n\r😀\0`, ""},
	{"[W] Wine33@1690 \\0 in a name", "\"A§\\0\"=\"1\"\n\"B\"=\"2\"\n", `B=REG_SZ 2\0`, `- name-escape: \0 cannot stand in a name; the line is ignored`},
	{"[C] an open name", "§\"ReservedPorts=hex(7):00\n{V}{A}\n", listInForm,
		`- name-unclosed: "\"ReservedPorts=hex(7):00" has no closing quote on its line; the line is ignored`},
	{"[C] data_start_state: no =", "\"A\"§\n\"B\"  §:hex:00,01 x\n@§\"1\"\n\"C\"§;x\n", "",
		`- no-equals: "A" is ignored: the line ends where = must follow the name` + "\n" +
			`- no-equals: "B" is ignored: ":hex:00,01" stands where = must follow the name` + "\n" +
			`- no-equals: @ is ignored: "\"1\"" stands where = must follow the name` + "\n" +
			`- no-equals: "C" is ignored: ";x" stands where = must follow the name`},
	{"[C] nothing behind =", "\"A\"=§\n\"B\"=  §\n", "", `- no-data: "A" is ignored: nothing follows the =` + "\n" + `- no-data: "B" is ignored: nothing follows the =`},
	{"[S] TianShan double-equals", "\"ReservedPorts\"=§=hex(7):{A}\n", "",
		`- unknown-type: "ReservedPorts" is ignored: "=hex(7):" is no type of data; write "text", dword:, hex: or hex(7): in lower case`},
	{"[I] a name that is too long", "§\"" + strings.Repeat("n", 70000) + "\"=\"1\"\n@=\"2\"\n", `@=REG_SZ 2\0`,
		`- name-too-long: "\"` + strings.Repeat("n", 40) + `..." is longer than the registry takes; the line is ignored`},
	{"[I] positions are characters", "\"ä😀\"=§x\n\"😀\"=\"😀\" §😀 x\n", "",
		`- unknown-type: "ä😀" is ignored: "x" is no type of data; write "text", dword:, hex: or hex(7): in lower case` + "\n" +
			`- string-junk: "😀" is ignored: "😀" stands behind the closing quote`},

	// Several operations on one value.
	{"[M] Wine, reged val-dup-last-wins", "{V}00,00\n{V}{A}\n", `ReservedPorts=REG_MULTI_SZ \0 | ` + listInForm, ""},
	{"[W] Wine46a val-then-delete", "{V}{A}\n\"ReservedPorts\"=-\n", listInForm + " | ReservedPorts=-", ""},
	{"[M] val-delete-then-set", "\"ReservedPorts\"=-\n{V}{A}\n", "ReservedPorts=- | " + listInForm, ""},
	{"[W] Wine46e@3350 val-delete-comment", "\"A\"=- ;c\n\"B\" = -;c\n@=-\t\n", "A=- | B=- | @=-", ""},
	{"[W] Wine46d@3350 val-delete-junk", "\"A\"=-§\"x\"\n\"B\"=-§-\n\"C\"=- §#c\n", "",
		`- delete-junk: "A" is ignored: "\"x\"" stands behind =-` + "\n" +
			`- delete-junk: "B" is ignored: "-" stands behind =-` + "\n" +
			`- delete-junk: "C" is ignored: "#c" stands behind =-`},

	// Types.
	{"[W] Wine13a-h@509, [C] hex-type-07, -00000007", "\"A\"=hex(0):56\n\"B\"=hex(10):56\n\"C\"=hex(7fff):56\n\"D\"=hex(FFFFFFFF):56\n\"E\"=hex(07):00,00\n\"F\"=hex(00000007):00,00\n\"G\"=hex(b):01\n\"H\"=hex(B):01\n",
		`A=REG_NONE 56 | B=hex(10) 56 | C=hex(7fff) 56 | D=hex(ffffffff) 56 | E=REG_MULTI_SZ \0 | F=REG_MULTI_SZ \0 | G=REG_QWORD 01 | H=REG_QWORD 01`, ""},
	{"[W] Wine13i-l@509 hex-type-0x7; [M] hex-type-space2", "\"A\"=§hex(100000000):56\n\"B\"=§hex(0x7):56\n\"C\"=§hex(0X2):56\n\"D\"=§hex(x2):56\n\"E\"=§hex (7):56\n\"F\"=§hex( 7):56\n\"G\"=§hex(000000007):56\n\"H\"=§hex():56\n", "",
		noType("A", "hex(100000000):") + noType("B", "hex(0x7):") + noType("C", "hex(0X2):") + noType("D", "hex(x2):") +
			noType("E", "hex (7):") + noType("F", "hex( 7):") + noType("G", "hex(000000007):") + strings.TrimSpace(noType("H", "hex():"))},
	{"[C] parse_data_type hex-upper-keyword, -mixed-keyword, typ-dword-upper, typ-qword, typ-multi_sz, typ-str7",
		"\"A\"=§HEX(7):00\n\"B\"=§Hex:00\n\"C\"=§DWORD:1\n\"D\"=§qword:1\n\"E\"=§multi_sz:\"a\"\n\"F\"=§str(7):\"a\"\n\"G\"=§hex(7)00\n\"H\"=§'a'\n", "",
		noType("A", "HEX(7):") + noType("B", "Hex:") + noType("C", "DWORD:") + noType("D", "qword:") + noType("E", "multi_sz:") +
			noType("F", "str(7):") + noType("G", "hex(7)00") + strings.TrimSpace(noType("H", "'a'"))},
	{"registry semantics typ-sz, -hex, -hex1, -hex2, -hexb", "\"A\"=\"10-20\"\n\"B\"=hex:{A}\n\"C\"=hex(1):{A}\n\"D\"=hex(2):{A}\n\"E\"=hex(b):{A}\n",
		`A=REG_SZ 10-20\0 | B=REG_BINARY 310030002d00320030000000` + `0000 | C=REG_SZ 10-20\0\0 | D=REG_EXPAND_SZ 10-20\0\0 | E=REG_QWORD 310030002d003200300000000000`, ""},

	// REG_DWORD.
	{"[W] Wine8@380, Wine9a,b typ-dword-short", "\"A\"=dword:a\n\"B\"=dword:00000017\n\"C\"=dword: \t1 \n\"D\"=dword:FfFfFfFf;c\n\"E\"=dword:4444 ; c\n",
		`A=REG_DWORD 0a000000 | B=REG_DWORD 17000000 | C=REG_DWORD 01000000 | D=REG_DWORD ffffffff | E=REG_DWORD 44440000`, ""},
	{"[I] blanks do not count", "\"A\"=dword:" + strings.Repeat(" ", 100) + "1" + strings.Repeat("\t", 100) + "\n\"B\"=dword:1" + strings.Repeat(" ", 100) + "§2\n", `A=REG_DWORD 01000000`,
		`- dword-digits: "B" is ignored: "2" in dword data, which is 1 to 8 hex digits`},
	{"[W] Test12-14@1332 typ-dword-9", "\"A\"=dword:§123456789\n\"B\"=dword:§0x1\n\"C\"=dword:123 §456\n\"D\"=dword:§12g4 x\n\"E\"=dword:§\n\"F\"=dword: §;c\n\"G\"=dword: §-1\n\"H\"=dword:§1,2\n\"I\"=dword:1 §#c\n", "",
		`- dword-digits: "A" is ignored: "123456789" in dword data, which is 1 to 8 hex digits` + "\n" +
			`- dword-digits: "B" is ignored: "0x1" in dword data, which is 1 to 8 hex digits` + "\n" +
			`- dword-digits: "C" is ignored: "456" in dword data, which is 1 to 8 hex digits` + "\n" +
			`- dword-digits: "D" is ignored: "12g4" in dword data, which is 1 to 8 hex digits` + "\n" +
			`- dword-empty: "E" is ignored: no digits follow dword:` + "\n" +
			`- dword-empty: "F" is ignored: no digits follow dword:` + "\n" +
			`- dword-digits: "G" is ignored: "-1" in dword data, which is 1 to 8 hex digits` + "\n" +
			`- dword-digits: "H" is ignored: "1,2" in dword data, which is 1 to 8 hex digits` + "\n" +
			`- dword-digits: "I" is ignored: "#c" in dword data, which is 1 to 8 hex digits`},

	// Text.
	{"[W] Wine8a,b@2860, test_comments: blanks and ;c behind text", "\"A\"=\"1\"  \t\n\"B\"=\"2\";c\n\"C\"=\"3\" ; \"\n\"D\"=\"\"\n", `A=REG_SZ 1\0 | B=REG_SZ 2\0 | C=REG_SZ 3\0 | D=REG_SZ \0`, ""},
	{"[W] Test15@1362, Wine26@2374, Wine25: text behind text", "\"A\"=\"a\"§b c\n\"B\"=\"a\"§\"b\"\n\"C\"=\"a\" §#c\n\"D\"=\"a\"§\\\n", "",
		`- string-junk: "A" is ignored: "b" stands behind the closing quote` + "\n" +
			`- string-junk: "B" is ignored: "\"b\"" stands behind the closing quote` + "\n" +
			`- string-junk: "C" is ignored: "#c" stands behind the closing quote` + "\n" +
			`- string-junk: "D" is ignored: "\\" stands behind the closing quote`},
	{"[W] Wine23a-f: \\\\0 is no NUL", `"A"="\\0a\\0"` + "\n", `A=REG_SZ \0a\0\0`, ""},
	{"[C] REGPROC_unescape_string: \\0, \\ at the line's end", "\"A\"=\"a§\\0b\"\n\"B\"=\"a§\\\n{V}{A}\n", listInForm,
		`- string-escape: "A" is ignored: \0, or a \ at the end of a line, cannot stand in text` + "\n" +
			`- string-escape: "B" is ignored: \0, or a \ at the end of a line, cannot stand in text`},
	{"HiveSwarming, Samba typ-sz-newline: text spans lines", "\"A\"=\"one\r\ntwo\rthree\nfour\" ; c\n{V}{A}\n", "A=REG_SZ one\\r\\ntwo\\rthree\\nfour\\0 | " + listInForm, ""},
	{"[I] an open quote runs to the next one", "§\"A\"=\"open\r\n\"§B\"=\"1\"\r\n{V}{A}\n", listInForm,
		`- string-junk: "A" is ignored: it is spoilt on line 5` + "\n" +
			`- string-junk: "A" is ignored: "B\"=\"1\"" stands behind the closing quote`},
	{"[I] an open quote at the end", "§\"A\"=\"open\r\n; x\r\n§", "",
		`- open-quote: "A" is ignored: it is spoilt on line 6` + "\n" +
			`- open-quote: "A" is ignored: its text has no closing quote in the rest of the file`},
	{"[I] an open quote on the last line", "\"A\"=\"open§", "", `- open-quote: "A" is ignored: its text has no closing quote in the rest of the file`},

	// Hex data on one line.
	{"[M] all, [C] hex-upper-digits, hex-single-digits, hex-space-after-colon, hex-space-after-comma, trailing blanks", "{V}31,0,30,0,2D,0,32,0,30,0,0,0,0,0\n\"A\"=hex: 1,\t 02,A \t\n",
		listInForm + ` | A=REG_BINARY 01020a`, ""},
	{"[W] Wine27a,b@2437 hex-comment-after, -nows", "{V}{A} ;c\n\"B\"=hex:01;c\n\"C\"=hex:01;be\n\"D\"=hex:01 ;b;e\n", listInForm + ` | B=REG_BINARY 01 | C=REG_BINARY 01 | D=REG_BINARY 01`, ""},
	{"[W] Wine27c,d@2437 hex-hash-after", "\"A\"=hex:01 §#c\n\"B\"=hex:§01#c,02\n", "",
		`- hex-digits: "A" is ignored: "#c" in hex data; a byte is one or two hex digits` + "\n" +
			`- hex-digits: "B" is ignored: "01#c" in hex data; a byte is one or two hex digits`},
	{"[W] Wine22a@1478 hex-value-over-ff; Samba hex-three-digits, -0x-prefix, -plus-sign", "\"A\"=hex:00,§131,00\n\"B\"=hex:§031\n\"C\"=hex:§0x31,00\n\"D\"=hex:00,§+31\n\"E\"=hex:00, §-0\n", "",
		`- hex-digits: "A" is ignored: "131" in hex data; a byte is one or two hex digits` + "\n" +
			`- hex-digits: "B" is ignored: "031" in hex data; a byte is one or two hex digits` + "\n" +
			`- hex-digits: "C" is ignored: "0x31" in hex data; a byte is one or two hex digits` + "\n" +
			`- hex-digits: "D" is ignored: "+31" in hex data; a byte is one or two hex digits` + "\n" +
			`- hex-digits: "E" is ignored: "-0" in hex data; a byte is one or two hex digits`},
	{"Wine hex-spaces-commas; [C], Samba hex-no-commas, hex-space-sep, hex-nonhex", "\"A\"=hex:31 §, 00\n\"B\"=hex:§3100\n\"C\"=hex:31 §00\n\"D\"=hex:31,§zz,00\n", "",
		`- hex-blank: "A" is ignored: a blank follows a byte; write a comma, and blanks only behind it` + "\n" +
			`- hex-digits: "B" is ignored: "3100" in hex data; a byte is one or two hex digits` + "\n" +
			`- hex-blank: "C" is ignored: a blank follows a byte; write a comma, and blanks only behind it` + "\n" +
			`- hex-digits: "D" is ignored: "zz" in hex data; a byte is one or two hex digits`},
	{"[C], Samba hex-semicolons", "\"A\"=hex:31;00§;30;00\n", "", `- hex-semicolon: "A" is ignored: semicolons separate its bytes; write commas`},
	{"[W] Wine15@544 hex-trailing-comma", "{V}{A},§\n\"B\"=hex:01,§ \n", listInForm + ` | B=REG_BINARY 01`,
		`~ hex-trailing-comma: "ReservedPorts": the data ends in a comma without a \; the next line is not part of it` + "\n" +
			`~ hex-trailing-comma: "B": the data ends in a comma without a \; the next line is not part of it`},
	{"[W] Wine18e, Wine12e: a comment behind a trailing comma", "\"B\"=hex:01,§;c\n\"C\"=hex:01,§  ;c\n  §02\n", `B=REG_BINARY 01 | C=REG_BINARY 01`,
		`~ hex-trailing-comma: "B": the data ends in a comma without a \; the next line is not part of it` + "\n" +
			`~ hex-trailing-comma: "C": the data ends in a comma without a \; the next line is not part of it` + "\n" +
			`- stray-line: "02" is neither a key, a value nor a comment; the line is ignored`},
	{"[W] Wine32@1683, Wine23k hex-leading-comma, -double-comma", "\"A\"=hex:§,31\n\"B\"=hex:31,§,00\n\"C\"=hex:31, §,00\n", "",
		`- hex-comma: "A" is ignored: a byte is missing before the comma` + "\n" +
			`- hex-comma: "B" is ignored: a byte is missing before the comma` + "\n" +
			`- hex-comma: "C" is ignored: a byte is missing before the comma`},
	{"[W] Wine22e@665 msz-empty-0bytes", "{V}\n\"B\"=hex:  \n\"C\"=hex(1):;c\n\"D\"=hex(4):\n", `ReservedPorts=REG_MULTI_SZ | B=REG_BINARY | C=REG_SZ | D=REG_DWORD`, ""},

	// Hex data on several lines.
	{"[W] Wine3@351, [C], [S] 23 files cont-no-indent, cont-tab-indent", "{V}31,00,30,00,\\\n2d,00,32,00,\\\n\t\t30,00,00,00,\\\n  00,00\n", listInForm, ""},
	{"[C] convert_hex_csv_to_hex: blanks behind commas on further lines", "\"A\"=hex: 01, \\\n 02,\t 03, 04\n", "A=REG_BINARY 01020304", ""},
	{"[W] Wine14@535 cont-ws-before-bs; Wine28e@2448 cont-ws-after-bs", "{V}31,00,30,00, \t\\\n  2d,00,32,00,\\ \t\n  30,00,00,00,00,00\n", listInForm, ""},
	{"[W] Multi-Line1-3, Wine28c cont-comment-after-bs, -ws", "{V}31,00,30,00,\\;c\n  2d,00,32,00,\\ \t; c \\\n  30,00,00,00,00,00;c\n", listInForm, ""},
	{"[W] Multi-Line5, Test19f cont-hash-after-bs; Wine30a cont-fwd-slash", "\"A\"=hex:01,\\§#c 02\n  §02\n\"B\"=hex:01,\\ §x\n\"C\"=hex:01,§/\n\"D\"=hex:01,\\§\\\n", "",
		`- continuation-junk: "A" is ignored: "#c" stands behind the \ that continues a line` + "\n" +
			`- stray-line: "02" is neither a key, a value nor a comment; the line is ignored` + "\n" +
			`- continuation-junk: "B" is ignored: "x" stands behind the \ that continues a line` + "\n" +
			`- hex-digits: "C" is ignored: "/" in hex data; a byte is one or two hex digits` + "\n" +
			`- continuation-junk: "D" is ignored: "\\" stands behind the \ that continues a line`},
	{"[W] Wine29a,b, Wine10a,b@2876 cont-comment-line, cont-blank-line", "{V}31,00,30,00,\\\n; c\n\n \t\n  ;d \\\n  2d,00,32,00,\\\n\n  30,00,00,00,00,00\n", listInForm, ""},
	{"[W] Wine29@1655 a # line or a lone backslash inside", "§\"A\"=hex:01,\\\n§§#c\n  §02\n§\"B\"=hex:01,\\\n§§\\\n  §02\n", "",
		spoilt("A", 5) + broken("A") + swallowed("#c") + stray("02") + spoilt("B", 8) + broken("B") + swallowed(`\\`) + strings.TrimSpace(stray("02"))},
	{"[W] Test19c@1415, Wine28b cont-no-comma-before-bs: the next line is an orphan", "{V}31,00§\\\n  §30,00\n\"B\"=hex:01 §\\\n", "",
		`- continuation-comma: "ReservedPorts" is ignored: a comma must stand before the \ that continues a line` + "\n" + stray("30,00") +
			`- continuation-comma: "B" is ignored: a comma must stand before the \ that continues a line`},
	{"[W] Multi-Line1@1308 cont-comma-on-next", "§\"A\"=hex:01,\\\n  §§,02\n", "", spoilt("A", 5) + broken("A") + strings.TrimSpace(swallowed(",02"))},
	{"[W] Test19d,e@1417 cont-split-byte", "\"A\"=hex:01,0§\\\n§0,02\n", "",
		`- continuation-comma: "A" is ignored: a comma must stand before the \ that continues a line` + "\n" + strings.TrimSpace(stray("0,02"))},
	{"[W] Wine16@549 cont-first-empty", "{V}\\\n  {A}\n\"B\"=hex: \\ ;c\n  01\n", listInForm + " | B=REG_BINARY 01", ""},
	{"[W] Wine17d@555 cont-eof-after-bs", "{V}{A},\\§", listInForm, `~ continuation-eof: "ReservedPorts": the file ends where the \ says that data goes on`},
	{"[C] hex_multiline_state: the end behind blank lines and comments", "\"A\"=hex:01,\\\n\n;c\n§", "A=REG_BINARY 01", `~ continuation-eof: "A": the file ends where the \ says that data goes on`},
	{"[W] Wine31@1676 cont-eof-nocomma", "\"A\"=hex:01§\\", "", `- continuation-comma: "A" is ignored: a comma must stand before the \ that continues a line`},
	{"[W] Wine25@1530, Wine9c-f@391 cont-then-value: that line is lost", "§{V}31,00,\\\n§§\"B\"=\"1\"\n\"C\"=\"2\"\n", `C=REG_SZ 2\0`,
		spoilt("ReservedPorts", 5) + broken("ReservedPorts") + strings.TrimSpace(swallowed(`\"B\"=\"1\"`))},
	{"[W] Wine9e: the same for @", "§{V}31,00,\\\n§§@=\"1\"\n", "", spoilt("ReservedPorts", 5) + broken("ReservedPorts") + strings.TrimSpace(swallowed(`@=\"1\"`))},
	{"[W] Wine9c,d@391: without the comma only the value", "{V}31,00§\\\n\"B\"=\"1\"\n", `B=REG_SZ 1\0`,
		`- continuation-comma: "ReservedPorts" is ignored: a comma must stand before the \ that continues a line`},
	{"[W] Wine24a@1514, [M] cont-then-key: B lands in the key before", "§{V}31,00,\\\n§§[{P}\\Sub]\n\"B\"=\"1\"\n", `B=REG_SZ 1\0`,
		spoilt("ReservedPorts", 5) + broken("ReservedPorts") + strings.TrimSpace(swallowed(strings.ReplaceAll(("[" + scratchKey)[:40], `\`, `\\`)+"..."))},
	{"[W] Wine10d@421, Wine18d@586 cont-missing-bs: cut short, with a NUL", "{V}31,00,30,00,2d,00,§\n  §32,00,30,00,00,00,00,00\n", `ReservedPorts=REG_MULTI_SZ 10-\0`,
		`~ hex-trailing-comma: "ReservedPorts": the data ends in a comma without a \; the next line is not part of it` + "\n" +
			strings.TrimSpace(stray("32,00,30,00,00,00,00,00"))},
	{"[C] convert_hex_csv_to_hex: blanks behind the last comma of a continuation line", "§\"A\"=hex:01,\\\n  02,§ \n\"B\"=hex:01,\\\n  02 \n", "B=REG_BINARY 0102",
		`- hex-line-blank: "A" is ignored: it is spoilt on line 5` + "\n" +
			`- hex-line-blank: "A" is ignored: blanks follow the comma that ends a continuation line`},

	// The bytes of lists.
	{"[S] 13 files msz-empty-2bytes; [M] msz-empty-4bytes", "{V}00,00\n\"B\"=hex(7):00,00,00,00\n", `ReservedPorts=REG_MULTI_SZ \0 | B=REG_MULTI_SZ \0\0`, ""},
	{"[W] Wine20c msz-one-nul, Wine20a msz-no-nul, Wine21a, Wine11d: one NUL is added to text, none to other data",
		"{V}31,00,00,00\n\"B\"=hex(7):31,00\n\"C\"=hex(2):31,00\n\"D\"=hex(1):31,00\n\"E\"=hex:31,00\n\"F\"=hex(0):31,00\n",
		`ReservedPorts=REG_MULTI_SZ 1\0 | B=REG_MULTI_SZ 1\0 | C=REG_EXPAND_SZ 1\0 | D=REG_SZ 1\0 | E=REG_BINARY 3100 | F=REG_NONE 3100`, ""},
	{"[C] prepare_hex_string_data msz-odd, msz-odd-no-nul, msz-empty-1byte: kept", "{V}31,00,00\n\"B\"=hex(7):31,00,30\n\"C\"=hex(7):00\n",
		`ReservedPorts=REG_MULTI_SZ 310000 | B=REG_MULTI_SZ 310030 | C=REG_MULTI_SZ 00`, ""},
	{"all verbatim msz-embedded-empty, -leading-empty, -extra-nul", "{V}31,00,00,00,00,00,32,00,00,00,00,00\n\"B\"=hex(7):00,00,31,00,00,00\n\"C\"=hex(7):31,00,00,00,00,00,00,00\n",
		`ReservedPorts=REG_MULTI_SZ 1\0\02\0\0 | B=REG_MULTI_SZ \01\0 | C=REG_MULTI_SZ 1\0\0\0`, ""},
	{"Wine, hivex msz-surrogate; msz-bom-inside", "{V}00,d8,00,00\n\"B\"=hex(7):ff,fe,00,00\n", "ReservedPorts=REG_MULTI_SZ 00d80000 | B=REG_MULTI_SZ \ufeff\\0", ""},

	// Other characters.
	{"[M] nul-in-text", "{V}31,§\x00,00\n\"A§\x00\"=\"1\"\n\"B\"=\"a§\x00b\"\n§[HKEY_USERS\\\x00]\n§@=\"1\"\n;\x00\n", "",
		`- hex-digits: "ReservedPorts" is ignored: "\x00" in hex data; a byte is one or two hex digits` + "\n" +
			`- name-nul: a NUL stands in the name; the line is ignored` + "\n" +
			`- string-nul: "B" is ignored: a NUL stands in its text` + "\n" +
			`- key-nul: "[HKEY_USERS\\\x00" holds a NUL; what stands below it is ignored` + "\n" +
			`- no-key: @ is ignored: the key above it is not one that regedit opens`},
	{"[M] ctrlz-at-end", "{V}{A}\n§\x1a", listInForm, `- stray-line: "\x1a" is neither a key, a value nor a comment; the line is ignored`},
}

func noType(name, token string) string {
	return fmt.Sprintf("- unknown-type: %q is ignored: %q is no type of data; write \"text\", dword:, hex: or hex(7): in lower case\n", name, token)
}

func spoilt(name string, line int) string {
	return fmt.Sprintf("- continuation-broken: %q is ignored: it is spoilt on line %d\n", name, line)
}

func broken(name string) string {
	return fmt.Sprintf("- continuation-broken: %q is ignored: its data does not go on in this line, although the line before says so\n", name)
}

func swallowed(quoted string) string {
	return fmt.Sprintf("- swallowed-line: \"%s\" is lost: the line before continues its value here\n", quoted)
}

func stray(line string) string {
	return fmt.Sprintf("- stray-line: %q is neither a key, a value nor a comment; the line is ignored\n", line)
}

// What bytes and header say of the text.
func TestEncodings(t *testing.T) {
	utf8Bytes := func(text string) []byte { return []byte(text) }
	after := func(start string, encode encoding) encoding {
		return func(text string) []byte { return append([]byte(start), encode(text)...) }
	}
	utf16BE := func(text string) (b []byte) {
		le := utf16LE(text)
		for i := 0; i < len(le); i += 2 {
			b = append(b, le[i+1], le[i])
		}
		return b
	}
	withoutMark := func(encode encoding) encoding { return func(text string) []byte { return encode(text)[2:] } }
	const (
		r4     = "F:REGEDIT4\n\n[{P}]\n"
		wideR4 = "F:§REGEDIT4\n\n[{P}]\n"
		ansi20 = "31,30,2d,32,30,00,00"
		note4  = "~ regedit4-utf16: REGEDIT4 in a UTF-16 file: text in hex data is read as code page bytes"
		be     = "1:1: the file is UTF-16BE, which regedit does not import; save it as UTF-16LE with a byte order mark"
		noMark = "1:1: the file is UTF-16LE without a byte order mark, which regedit does not import; it must start with FF FE"
	)
	for _, c := range []struct {
		encode encoding
		ruleCase
	}{
		{utf16LE, ruleCase{"[W] test_export enc-utf16le-bom-crlf", "{V}{A}\n", listInForm, ""}},
		{withoutMark(utf16LE), ruleCase{"[C], Whisky#185 enc-utf16le-nobom", "{V}{A}\n", noMark, ""}},
		{withoutMark(utf16LE), ruleCase{"the same with blanks", "F: " + header5, noMark, ""}},
		{utf16BE, ruleCase{"[C], UGTS 36 enc-utf16be-bom", "{V}{A}\n", be, ""}},
		{withoutMark(utf16BE), ruleCase{"UTF-16BE without a mark", "F:REGEDIT4\n", be, ""}},
		{utf8Bytes, ruleCase{"Samba, regashii, hivex, reged enc-ascii-v5-u16bytes: the header decides, not the mark", "{V}{A}\n", listInForm, ""}},
		{utf8Bytes, ruleCase{"Samba enc-ascii-v5-ansibytes: an odd number is kept", "{V}" + ansi20 + "\n", `ReservedPorts=REG_MULTI_SZ 31302d32300000`, ""}},
		{after(bomUTF8, utf8Bytes), ruleCase{"contested enc-utf8bom-v5", "F:§" + header5 + "\n[{P}]\n\"ä\"=§x\n{V}{A}\n", listInForm,
			"~ utf8-mark: the file starts with a UTF-8 byte order mark, which not every regedit takes\n" + strings.TrimSpace(noType("ä", "x"))}},
		{latin1, ruleCase{"[W] 8-bit tests, Samba enc-r4-ansibytes", r4 + "{V}" + ansi20 + "\n", listInForm, ""}},
		{latin1, ruleCase{"Wine, Samba enc-r4-u16bytes: not 10-20", r4 + "{V}{A}\n", `ReservedPorts=REG_MULTI_SZ 1\00\0-\02\00\0\0\0\0\0`, ""}},
		{latin1, ruleCase{"[C] prepare_hex_string_data: one NUL byte; msz-empty-1byte is legal",
			r4 + "{V}31\n\"B\"=hex(2):31,00\n\"C\"=hex(7):00\n\"D\"=hex(7):80,00,00\n\"G\"=hex(7):c3,a4,00,00\n\"E\"=hex:80\n\"F\"=hex(7):\n",
			`ReservedPorts=REG_MULTI_SZ 1\0 | B=REG_EXPAND_SZ 1\0 | C=REG_MULTI_SZ \0 | D=REG_MULTI_SZ €\0\0 | G=REG_MULTI_SZ Ã¤\0\0 | E=REG_BINARY 80 | F=REG_MULTI_SZ`, ""}},
		{utf16LE, ruleCase{"[S] 164 files enc-r4-utf16file-ansibytes", wideR4 + "{V}" + ansi20 + "\n\"ä\"=\"€\"\n", listInForm + ` | ä=REG_SZ €\0`, note4}},
		{utf16LE, ruleCase{"[S] 15 files enc-r4-utf16file-u16bytes: read alike", wideR4 + "{V}{A}\n", `ReservedPorts=REG_MULTI_SZ 1\00\0-\02\00\0\0\0\0\0`, note4}},
		{latin1, ruleCase{"[W] 8-bit tests: text of REGEDIT4 is ANSI, also where it could be UTF-8", r4 + "\"\u00e4\"=\"\u00c3\u00a4\"§x\n\"\u00c3\u00a4\"=\"\u0080\u009f\"\n", `Ã¤=REG_SZ €Ÿ\0`,
			`- string-junk: "ä" is ignored: "x" stands behind the closing quote`}},
		{utf8Bytes, ruleCase{"hivex, Samba: 8-bit text of 5.00 is UTF-8", "\"ä\"=\"ö😀\"\n\"ß\"=§x\n", `ä=REG_SZ ö😀\0`, strings.TrimSpace(noType("ß", "x"))}},
		{latin1, ruleCase{"[C] where it is not, Windows-1252", "\"ä\"=\"ö\u0080\"\n\"ß\"=§x\n", `ä=REG_SZ ö€\0`, strings.TrimSpace(noType("ß", "x"))}},
		{after(bomUTF8, utf8Bytes), ruleCase{"[I] a mark says UTF-8 of REGEDIT4 too", "F:§REGEDIT4\n[{P}]\n\"ä\"=\"ö\"\n", `ä=REG_SZ ö\0`,
			"~ utf8-mark: the file starts with a UTF-8 byte order mark, which not every regedit takes"}},
		{utf16LE, ruleCase{"[I] quoted up to whole characters", "§x" + strings.Repeat("😀", 20) + "\n", "", strings.TrimSpace(stray("x" + strings.Repeat("😀", 19) + "..."))}},
		{utf8Bytes, ruleCase{"[I] the same in UTF-8", "§xyz" + strings.Repeat("😀", 10) + "\n", "", strings.TrimSpace(stray("xyz" + strings.Repeat("😀", 9) + "..."))}},
		{utf8Bytes, ruleCase{"[I] and where they end there", "§" + strings.Repeat("😀", 11) + "\n", "", strings.TrimSpace(stray(strings.Repeat("😀", 10) + "..."))}},
		{latin1, ruleCase{"[I] each byte is one", r4 + "§" + strings.Repeat("ä", 42) + "\n", "", strings.TrimSpace(stray(strings.Repeat("ä", 40) + "..."))}},
		{utf16LE, ruleCase{"[M] only-bom", "F:", "1:1: the first line is empty; it must be " + quotedHeaders, ""}},
		{utf8Bytes, ruleCase{"[M] empty-file", "F:", "1:1: the first line is empty; it must be " + quotedHeaders, ""}},
		{utf8Bytes, ruleCase{"half a header", "F:R", `1:1: the first line is "R"; it must be ` + quotedHeaders + ", case included", ""}},
	} {
		c.check(t, c.encode)
	}
}

func TestHalfUnit(t *testing.T) {
	f, err := Parse("x.reg", append(utf16LE("REGEDIT4\n\n"), '['))
	if err != nil {
		t.Fatal(err)
	}
	notes := f.Notes()
	if got := notes[len(notes)-1]; got != (Note{Pos: Pos{3, 1, 22}, Rule: "odd-byte", Text: "the last byte is half a UTF-16 unit and is ignored"}) {
		t.Errorf("%+v", got)
	}
}

// Halves of surrogate pairs are characters of their own, and kept.
func TestLoneSurrogates(t *testing.T) {
	src := utf16LE(header5 + "\n[HKEY_USERS\\A]\n\"??\"=x\n\"??\"=\"??\"\n")
	for i := 0; i < len(src); i += 2 {
		if src[i] == '?' { // the wrong way round: low, then high
			src[i+1], src[i+3] = 0xdc, 0xd8
			i += 2
		}
	}
	f, err := Parse("x.reg", src)
	if err != nil {
		t.Fatal(err)
	}
	const name = "\xed\xb0\xbf\xed\xa0\xbf"
	if n := f.Notes()[0]; n.Pos.Col != 6 || n.Name != name {
		t.Errorf("%v %q", n, n.Name)
	}
	if op := f.Ops()[1]; op.Name != name || fmt.Sprintf("% x", op.Data.Bytes) != "3f dc 3f d8 00 00" {
		t.Errorf("%q % x", op.Name, op.Data.Bytes)
	}
	if got := encode(t, f.Ops()[1:], Options{}); !bytes.Contains(got, src[len(src)-20:len(src)-2]) {
		t.Errorf("%q", got)
	}
}
