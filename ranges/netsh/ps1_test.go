package netsh

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"portreg/ranges"
)

func writtenPS1(t testing.TB, c Converge) string {
	t.Helper()
	var out bytes.Buffer
	if err := WritePS1(&out, c); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestWritePS1: what differs from script to script is at the top, and is all.
func TestWritePS1(t *testing.T) {
	c := Converge{
		Name:          "web",
		Ports:         ranges.Ports{TCP: ranges.SetOf(ranges.Range{First: 80, Last: 80}, ranges.Range{First: 81, Last: 90}), UDP: ranges.SetOf(ranges.Range{First: 65535, Last: 65535})},
		Dynamic:       ranges.Range{First: 1025, Last: 60000},
		ReleaseWinNAT: true,
		Comments:      []string{"tcp & $udp\nexit", ""},
	}
	_, behind, _ := strings.Cut(convergePS1, "{{wanted}}")
	between := convergePS1[strings.Index(convergePS1, "$system ="):strings.Index(convergePS1, "{{wanted}}")]
	want := `# portreg web: excluded port ranges. Made from a list: change that, not this file.
# ---------- tcp \u0026 \u0024udp\u000Aexit
# ----------
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $false
$name = 'web'
$undo = '' -ne ''
$releaseWinNAT = '1' -ne ''
$dynamic = '1025 58976'
` + between + `'80-90/tcp'
'65535-65535/udp'
` + behind
	if got := writtenPS1(t, c); got != strings.ReplaceAll(want, "\n", "\r\n") {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestWritePS1Undo(t *testing.T) {
	script := writtenPS1(t, Converge{Name: "web", Undo: true})
	if !strings.Contains(script, "\r\n$undo = '1' -ne ''\r\n$releaseWinNAT = '' -ne ''\r\n$dynamic = ''\r\n") || !strings.Contains(script, "\r\n$wanted = @(\r\n)\r\n") {
		t.Error(script)
	}
}

// misleading holds comments that PowerShell would heed, beside those of hostile.
var misleading = []string{
	"SIG # Begin signature block", "sig # begin signature block", "SIG#BeginSignatureBlock", "Begin signature block",
	"SIG # End signature block", "SIG Begin signature", "#requires -Version 99", "requires -RunAsAdministrator",
	"#Requires -Modules x", ".SYNOPSIS", ".EXTERNALHELP x", "#> exit <#", "region x", "'@\nexit\n@'", "\u2018\u2019\u201c\u201d",
}

func TestWritePS1Comments(t *testing.T) {
	for _, text := range misleading {
		checkPS1Comment(t, text)
	}
	for _, test := range hostile {
		checkPS1Comment(t, test.text)
	}
}

func FuzzWritePS1(f *testing.F) {
	for _, text := range misleading {
		f.Add(text)
	}
	for _, test := range hostile {
		f.Add(test.text)
	}
	f.Fuzz(func(t *testing.T, text string) { checkPS1Comment(t, text) })
}

var ps1CommentLine = regexp.MustCompile(`^# ----------( [A-Za-z0-9 .,:=+\-_/*#\\]+)?$`)

// checkPS1Comment: whatever a comment says, it can be read back, its lines hold
// inert characters only, and the others are those of the script without it.
func checkPS1Comment(t *testing.T, text string) {
	t.Helper()
	c := Converge{Name: "web", Ports: ranges.Ports{TCP: ranges.SetOf(ranges.Range{First: 80, Last: 90})}}
	code := strings.Split(writtenPS1(t, c), "\r\n")
	c.Comments = []string{text}
	all := strings.Split(writtenPS1(t, c), "\r\n")
	comments := all[1 : 1+len(all)-len(code)]
	if !slices.Equal(slices.Concat(all[:1], all[1+len(comments):]), code) {
		t.Fatalf("%q changes the code", text)
	}
	for _, line := range comments {
		if !ps1CommentLine.MatchString(line) {
			t.Errorf("%q: line %q", text, line)
		}
		if d := signatureDistance(line); d < 10 {
			t.Errorf("%q: PowerShell takes %q for a signature", text, line)
		}
	}
	rem := strings.ReplaceAll(strings.Join(comments, "\r\n"), ps1Comment, "rem")
	if got := unescape(t, rem+"\r\n"); utf8.ValidString(text) && got != text {
		t.Errorf("%q reads back as %q", text, got)
	}
}

// TestPS1Comments: no comment of the script itself is taken for a signature or for
// a #requires.
func TestPS1Comments(t *testing.T) {
	for line := range strings.Lines(writtenPS1(t, Converge{Name: "web"})) {
		if _, comment, ok := strings.Cut(line, "#"); ok && (signatureDistance("#"+comment) < 10 || strings.HasPrefix(comment, "requires")) {
			t.Errorf("%q", line)
		}
	}
	if d := signatureDistance("# SIG # Begin signature block\r\n"); d > 1 {
		t.Errorf("a signature is %d changes from a signature", d)
	}
}

// signatureDistance gives how many changes of single characters PowerShell's
// tokenizer counts between a comment and the beginning of a signature (Levenshtein).
func signatureDistance(comment string) int {
	a := strings.ToLower(strings.TrimPrefix(strings.Join(strings.Fields(comment), ""), "#")) + "\n"
	const b = "sig#beginsignatureblock\n"
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

func TestWritePS1Errors(t *testing.T) {
	for _, c := range []Converge{{}, {Name: "con"}, {Name: "a'b"}, {Name: "$x"}, {Name: "a\nb"}, {Name: "web", Undo: true, Dynamic: ranges.Range{First: 1025, Last: 2000}}} {
		var out bytes.Buffer
		if err := WritePS1(&out, c); err == nil || out.Len() > 0 {
			t.Errorf("%+v: error %v, written %q", c, err, &out)
		}
	}
}
