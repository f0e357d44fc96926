package lint

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"portreg/cmd/internal/artefact"
)

func check(t *testing.T, text string, o Options) []Finding {
	t.Helper()
	c, err := artefact.Read("", strings.NewReader(text), artefact.Options{Written: true, Faults: true})
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return Check(c, o)
}

// of gives the findings of a rule as the examples have them.
func of(rule string, ff []Finding) (texts []string) {
	for _, f := range ff {
		if f.Rule == rule {
			texts = append(texts, fmt.Sprintf("%d:%d: %v: %s", f.Line, f.Col, f.Severity, f.Text))
		}
	}
	return texts
}

// The examples of each rule are its tests.
func TestExamples(t *testing.T) {
	for _, r := range Rules() {
		if r.Bad.Finds == nil || r.Good.Finds != nil || r.Why == "" || r.Source == "" {
			t.Errorf("%s: not a whole row", r.Name)
		}
		for _, e := range []Example{r.Bad, r.Good} {
			if got := of(r.Name, check(t, e.Text, e.Options)); !slices.Equal(got, e.Finds) {
				t.Errorf("%s: of\n%.300s\nit finds\n\t%q, want\n\t%q", r.Name, e.Text, got, e.Finds)
			}
			e.Options.Ignore = []string{r.Name}
			if got := of(r.Name, check(t, e.Text, e.Options)); got != nil {
				t.Errorf("%s: ignored, it finds %q", r.Name, got)
			}
		}
	}
}
