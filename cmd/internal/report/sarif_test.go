package report

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"portreg/cmd/internal/lint"
)

var sarifRules = []lint.Rule{
	{Name: "other-rule", Severity: lint.Error, Why: "Because {0}.", Source: "KB 1"},
	{Name: "some-rule", Severity: lint.Info, Why: "Why not?", Source: "[x](https://example.com)"},
}

// sarifText is what the log is for findings, checked against the schema of OASIS.
func sarifText(t *testing.T, ff []lint.Finding) string {
	t.Helper()
	got := form(t, func(b *bytes.Buffer) error { return FindingsSARIF(b, ff, sarifRules, "v1.2.3") })
	if err := sarifCheck(t, got); err != nil {
		t.Errorf("not SARIF: %v", err)
	}
	return got
}

var sarifOfOASIS = sync.OnceValues(func() (*jsonschema.Schema, error) {
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	return c.Compile("../../../testdata/schema/sarif-schema-2.1.0.json")
})

func sarifCheck(t *testing.T, text string) error {
	t.Helper()
	schema, err := sarifOfOASIS()
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return schema.Validate(value)
}

// sarif is what a reader of the log wants of it.
type sarif struct {
	Runs []struct {
		Tool struct {
			Driver struct {
				Name, Version string
				Rules         []struct {
					ID                                      string
					ShortDescription, FullDescription, Help struct{ Text string }
					DefaultConfiguration                    struct{ Level string }
				}
			}
		}
		Invocations []struct {
			ToolExecutionNotifications []struct{ Message struct{ Text string } }
		}
		ColumnKind string
		Results    []struct {
			RuleID    string
			RuleIndex int
			Level     string
			Message   struct{ Text string }
			Locations []struct {
				PhysicalLocation struct {
					ArtifactLocation struct{ URI string }
					Region           struct{ StartLine, StartColumn int }
				}
			}
		}
	}
}

func readSARIF(t *testing.T, text string) (s sarif) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

var (
	embeddedLink = regexp.MustCompile(`\[([^\[\]\\]|\\[\\\[\]])*\]\([^)]*\)`)
	placeholder  = regexp.MustCompile(`\{[0-9]+\}`)
)

// plainText reads a plain text message as sections 3.11.5 and 3.11.6 say.
func plainText(t *testing.T, text string) string {
	t.Helper()
	if m := embeddedLink.FindString(text); m != "" {
		t.Errorf("%q has the link %q", text, m)
	}
	if bare := strings.NewReplacer("{{", "", "}}", "").Replace(text); placeholder.MatchString(bare) || strings.ContainsAny(bare, "{}") {
		t.Errorf("%q has a placeholder", text)
	}
	return strings.NewReplacer("{{", "{", "}}", "}", `]\(`, "](").Replace(text)
}

func TestFindingsSARIF(t *testing.T) {
	ff := hostileFindings()
	text := sarifText(t, ff)
	if again := sarifText(t, ff); again != text {
		t.Error("the log is another one the second time")
	}
	run := readSARIF(t, text).Runs[0]
	driver := run.Tool.Driver
	if driver.Name != "portreg" || driver.Version != "v1.2.3" || len(driver.Rules) != 2 || run.ColumnKind != "unicodeCodePoints" || run.Invocations[0].ToolExecutionNotifications != nil {
		t.Errorf("%+v", run)
	}
	levels := map[lint.Severity]string{lint.Error: "error", lint.Warning: "warning", lint.Info: "note"}
	for i, r := range sarifRules {
		got := driver.Rules[i]
		if got.ID != r.Name || plainText(t, got.ShortDescription.Text) != r.Why || got.FullDescription != got.ShortDescription || plainText(t, got.Help.Text) != r.Why+" Source: "+r.Source || got.DefaultConfiguration.Level != levels[r.Severity] {
			t.Errorf("%+v is %+v", r, got)
		}
	}
	for i, r := range run.Results {
		f, at := ff[i], r.Locations[0].PhysicalLocation
		if r.RuleID != f.Rule || driver.Rules[r.RuleIndex].ID != f.Rule || r.Level != levels[f.Severity] || plainText(t, r.Message.Text) != Printable(f.Text) ||
			at.ArtifactLocation.URI != uri(f.File) || at.Region.StartLine != f.Line || at.Region.StartColumn != f.Col {
			t.Errorf("%+v is %+v", f, r)
		}
	}
	if len(run.Results) != len(ff) {
		t.Errorf("%d results of %d findings", len(run.Results), len(ff))
	}
	if got := sarifText(t, nil); !strings.Contains(got, `"results": []`) {
		t.Errorf("without findings: %s", got)
	}
}

// GitHub shows 5,000 results and takes 10 MB.
func TestFindingsSARIFLimit(t *testing.T) {
	for _, n := range []int{5000, 5001, 20_000} {
		var ff []lint.Finding
		for i := range n {
			ff = append(ff, lint.Finding{File: "f", Line: i + 1, Col: 1, Rule: "some-rule", Severity: lint.Severity(i % 3), Text: strings.Repeat(fmt.Sprint(i, "."), 60)})
		}
		text := form(t, func(b *bytes.Buffer) error { return FindingsSARIF(b, ff, sarifRules, "v1.2.3") })
		run := readSARIF(t, text).Runs[0]
		notes := run.Invocations[0].ToolExecutionNotifications
		if n <= 5000 {
			if len(run.Results) != n || notes != nil {
				t.Errorf("%d findings: %d results, %v", n, len(run.Results), notes)
			}
			continue
		}
		if want := Thousands(n-5000) + " of " + Thousands(n) + " findings are left out"; len(notes) != 1 || !strings.HasPrefix(notes[0].Message.Text, want) {
			t.Errorf("%d findings: %v, want %s", n, notes, want)
		}
		counts := map[string]int{}
		last := map[string]int{}
		for _, r := range run.Results {
			line := r.Locations[0].PhysicalLocation.Region.StartLine
			if line <= last[r.Level] {
				t.Fatalf("%d findings: line %d of level %s is behind line %d", n, line, r.Level, last[r.Level])
			}
			counts[r.Level]++
			last[r.Level] = line
		}
		if errors := min(n/3, 5000); len(run.Results) != 5000 || counts["error"] != errors || counts["warning"] != min((n+1)/3, 5000-errors) {
			t.Errorf("%d findings: %v", n, counts)
		}
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		z.Write([]byte(text))
		z.Close()
		if packed.Len() > 10_000_000 {
			t.Errorf("%d findings: %d bytes", n, packed.Len())
		}
	}
}

// The schema refuses what is not SARIF.
func TestSARIFSchemaRefuses(t *testing.T) {
	text := sarifText(t, []lint.Finding{{File: "f", Line: 7, Col: 1, Rule: "some-rule", Text: "x"}})
	for old, new := range map[string]string{
		`"level": "note"`: `"level": "info"`, `"startLine": 7`: `"startLine": 0`, `"columnKind"`: `"columns"`, `"version": "2.1.0"`: `"version": "2.2"`,
	} {
		if wrong := strings.Replace(text, old, new, 1); wrong == text || sarifCheck(t, wrong) == nil {
			t.Errorf("%s instead of %s is taken", new, old)
		}
	}
}
