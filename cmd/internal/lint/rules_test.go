package lint

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"portreg/cmd/internal/artefact"
	"portreg/regfile"
	"portreg/regfile/hive/hivetest"
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

// described are the files that examples describe.
var described = map[string]func() string{
	"a hive whose sequence numbers are 8 and 7\n": func() string {
		hive := []byte(hiveOf(hivetest.Usual, 1))
		hive[4] = 8
		hivetest.Seal(hive)
		return string(hive)
	},
	"a hive whose sequence numbers are 7 and 7\n": func() string { return hiveOf(hivetest.Usual, 1) },
	"a hive whose MaxUserPort has its data behind the end of the file\n": func() string {
		field := "\x04\x00\x00\x80\x88\x13\x00\x00\x04"
		return strings.Replace(hiveOf(hivetest.Usual, 1), field, "\x04\x00\x00\x00\x00\xF0\xFF\x7F\x04", 1)
	},
	"a hive whose MaxUserPort has its data in its field\n": func() string { return hiveOf(hivetest.Usual, 1) },
	"a hive of version 1.5 whose ReservedPorts has 24024 bytes in one cell\n": func() string {
		return hiveOf(hivetest.Shape{Minor: 5, List: "lh"}, 1, strings.Repeat("4000-4000 ", 1200))
	},
	"a hive of version 1.5 whose ReservedPorts has 24024 bytes in segments\n": func() string {
		return hiveOf(hivetest.Usual, 1, strings.Repeat("4000-4000 ", 1200))
	},
	"a hive whose Select\\Current is 1 and Select\\Default 2\n": func() string { return hiveOf(hivetest.Usual, 2) },
	"a hive whose Select\\Current is 1 and Select\\Default 1\n": func() string { return hiveOf(hivetest.Usual, 1) },
}

// hiveOf is a SYSTEM hive.
func hiveOf(s hivetest.Shape, next uint32, ss ...string) string {
	const system = `HKEY_LOCAL_MACHINE\SYSTEM`
	set := func(key string, v hivetest.Value) regfile.Op {
		return regfile.Op{Verb: regfile.SetValue, Key: system + `\` + key, Name: v.Name, Data: v.Data}
	}
	hive, _ := hivetest.Build(s, hivetest.System([]regfile.Op{
		set("Select", hivetest.DWord("Current", 1)),
		set("Select", hivetest.DWord("Default", next)),
		set(`ControlSet001\Services\Tcpip\Parameters`, hivetest.DWord("MaxUserPort", 5000)),
		set(`ControlSet001\Services\Tcpip\Parameters`, hivetest.Multi("ReservedPorts", append(ss, "4000-4010")...)),
		set("ControlSet002", hivetest.DWord("", 0)),
	}))
	return string(hive)
}

func checkExample(t *testing.T, e Example) []Finding {
	t.Helper()
	if edit, ok := backupsOf[e.Text]; ok {
		return checkBackup(t, edit, e.Options)
	}
	if e.Described {
		e.Text = described[e.Text]()
	}
	return check(t, e.Text, e.Options)
}

// The examples of each rule are its tests.
func TestExamples(t *testing.T) {
	for _, r := range Rules() {
		if r.Bad.Finds == nil || r.Good.Finds != nil || r.Why == "" || r.Source == "" {
			t.Errorf("%s: not a whole row", r.Name)
		}
		for _, e := range []Example{r.Bad, r.Good} {
			if got := of(r.Name, checkExample(t, e)); !slices.Equal(got, e.Finds) {
				t.Errorf("%s: of\n%.300s\nit finds\n\t%q, want\n\t%q", r.Name, e.Text, got, e.Finds)
			}
			e.Options.Ignore = []string{r.Name}
			if got := of(r.Name, checkExample(t, e)); got != nil {
				t.Errorf("%s: ignored, it finds %q", r.Name, got)
			}
		}
	}
}
