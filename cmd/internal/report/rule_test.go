package report

import (
	"strings"
	"testing"

	"portreg/cmd/internal/lint"
)

// Every rule is told with all that its row has.
func TestRule(t *testing.T) {
	for _, r := range lint.Rules() {
		text := Rule(r)
		for _, part := range append([]string{r.Name, r.Why, r.Source, r.Severity.String()}, r.Bad.Finds...) {
			if !strings.Contains(text, part) {
				t.Errorf("%s: %q is missing in\n%s", r.Name, part, text)
			}
		}
		for _, flag := range append(r.Bad.Flags(), r.Good.Flags()...) {
			if !strings.Contains(text, flag) {
				t.Errorf("%s: flag %s is missing", r.Name, flag)
			}
		}
		if strings.Count(text, "\n  ") < strings.Count(r.Bad.Text, "\n")+strings.Count(r.Good.Text, "\n") {
			t.Errorf("%s: not all of the examples are in\n%s", r.Name, text)
		}
	}
}
