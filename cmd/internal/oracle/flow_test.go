package oracle

import (
	"slices"
	"testing"
)

// TestWineUndo: what --onto merges, --undo takes back: the key is exported as
// it was before, byte for byte.
func TestWineUndo(t *testing.T) {
	for _, c := range []struct {
		name, values string
		after        []string // what show prints of the key once it is deployed
	}{
		{"no value", `"Hostname"="x"`, []string{"80-90", "443"}},
		{"a list", `"ReservedPorts"=hex(7):38,00,35,00,2d,00,39,00,35,00,00,00,00,00`, []string{"80-95", "443"}},
		{"one NUL", `"ReservedPorts"=hex(7):35,00,2d,00,36,00,00,00`, []string{"5-6", "80-90", "443"}},
		{"a bare port", `"ReservedPorts"=hex(7):35,00,00,00,00,00`, []string{"5", "80-90", "443"}},
		{"an empty list", `"ReservedPorts"=hex(7):00,00`, []string{"80-90", "443"}},
		{"no data", `"ReservedPorts"=hex(7):`, []string{"80-90", "443"}},
		{"a dynamic range", "\"MaxUserPort\"=dword:0000ea60\r\n\"ReservedPorts\"=hex(7):00,00", []string{"80-90", "443"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			regeditImport(t, toUTF16(header+"\r\n["+scratchKey+"]\r\n"+c.values+"\r\n\r\n"))
			defer deleteKey(t, scratchName)
			before := regeditExport(t, scratchKey)
			state := tempFile(t, "current.reg", before)
			flags := []string{"-f", "reg", "--control-set", "9", "--dynamic", "1025-64000", "--onto", state}

			deploy := gen(t, "80-90\n443\n", flags...)
			undo := gen(t, "80-90\n443\n", append(flags, "--undo")...)
			regeditImport(t, deploy)
			there := mustRun(t, portreg, "show", tempFile(t, "export.reg", regeditExport(t, scratchKey)))
			if !slices.Equal(shownPorts(there), c.after) {
				t.Errorf("deployed: %q, want %q", shownPorts(there), c.after)
			}
			regeditImport(t, undo)
			if after := regeditExport(t, scratchKey); string(after) != string(before) {
				t.Errorf("undone: %s", firstDifference(fromUTF16(t, after), fromUTF16(t, before)))
			}
		})
	}
}

// TestWineReadsREGEDIT4: the older version says the same to Wine.
func TestWineReadsREGEDIT4(t *testing.T) {
	for _, size := range []int{10, 34, 36, 84, 86, 134, 136, 4000} {
		list := listOfSize(size)
		regeditImport(t, gen(t, list, "-f", "regedit4", "--control-set", "9"))
		got := regeditExport(t, scratchKey)
		deleteKey(t, scratchName)
		if want := gen(t, list, "-f", "reg", "--control-set", "9"); string(got) != string(want) {
			t.Errorf("%q: %s", list, firstDifference(fromUTF16(t, got), fromUTF16(t, want)))
		}
	}
}

// TestWineHostileLabels: no comment of a list becomes a line of the registry.
func TestWineHostileLabels(t *testing.T) {
	before := readExport(t, regeditExport(t, currentKey))
	defer wine(t, "reg", "delete", currentName, "/v", "ReservedPorts", "/f")
	for _, label := range []string{
		`"Pwned"="1"`,
		`[` + currentKey + `\Pwned]`,
		`[-` + currentKey + `]`,
		`\`,
		`,\`,
		`"`,
		`x"; "Pwned"="1`,
		"é\u2028\"Pwned\"=\"1\"",
		"a\u0085\"Pwned\"=\"1\"",
		"\ufeff[" + currentKey + `\Pwned]`,
		"\u0d0a\"Pwned\"=\"1\"", // CR LF where units are cut in bytes
	} {
		list := "# " + label + "\n80-90 # " + label + "\n443#" + label + "\n"
		for _, format := range []string{"reg", "regedit4"} {
			regeditImport(t, gen(t, list, "-f", format, "--annotate"))
			after := readExport(t, regeditExport(t, currentKey))
			outcome, ports := after.reservations()
			if outcome != "ok" || !slices.Equal(ports.lines(), []string{"80-90", "443"}) {
				t.Errorf("%s, label %q: wine has %s %v", format, label, outcome, ports)
			}
			for name := range after.values {
				if _, was := before.values[name]; !was && name.name != "reservedports" {
					t.Errorf("%s, label %q: there is a value %q now", format, label, name)
				}
			}
			if len(after.keys) != len(before.keys) {
				t.Errorf("%s, label %q: the keys are %v now", format, label, after.keys)
			}
		}
	}
}
