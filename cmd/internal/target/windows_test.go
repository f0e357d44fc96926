package target

import (
	"strings"
	"testing"
)

func TestVersions(t *testing.T) {
	const names = "2000 xp 2003 vista 2008 7 2008r2 8 2012 8.1 2012r2 10 11 2016 2019 2022 2025"
	if got := Names(); got != names {
		t.Errorf("Names() = %s, want %s", got, names)
	}
	const legacy, hotfix = " 2000 xp 2003 ", " vista 2008 7 2008r2 "
	for name := range strings.FieldsSeq(names) {
		w, ok := ByName(strings.ToUpper(name))
		if !ok || w.Name != name || !strings.HasPrefix(w.Title, "Windows ") {
			t.Errorf("ByName(%q) = %+v, %v", strings.ToUpper(name), w, ok)
		}
		if got, want := w.Mechanism == ReservedPorts, strings.Contains(legacy, " "+name+" "); got != want {
			t.Errorf("%s reads ReservedPorts: %v, want %v", name, got, want)
		}
		if got, want := w.Hotfix == "KB 2665809", strings.Contains(hotfix, " "+name+" "); got != want {
			t.Errorf("%s needs the hotfix: %v, want %v", name, got, want)
		}
	}
	for _, name := range []string{"", "95", "2003r2", "windows 10", "10 "} {
		if w, ok := ByName(name); ok {
			t.Errorf("ByName(%q) = %+v, want none", name, w)
		}
	}
}
