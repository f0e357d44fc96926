package target

import (
	"fmt"
	"testing"
)

func TestPlaceKey(t *testing.T) {
	for _, tt := range []struct {
		place Place
		key   string
	}{
		{Place{}, `HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters`},
		{Place{ControlSet: 1}, `HKEY_LOCAL_MACHINE\SYSTEM\ControlSet001\Services\Tcpip\Parameters`},
		{Place{Mount: "WIM_System", ControlSet: 47}, `HKEY_LOCAL_MACHINE\WIM_System\ControlSet047\Services\Tcpip\Parameters`},
		{Place{Mount: "zSYSTEM", ControlSet: 999}, `HKEY_LOCAL_MACHINE\zSYSTEM\ControlSet999\Services\Tcpip\Parameters`},
	} {
		if got := tt.place.Key(); got != tt.key {
			t.Errorf("%+v.Key() = %s, want %s", tt.place, got, tt.key)
		}
		if got, ok := PlaceOf(tt.key); !ok || got != tt.place {
			t.Errorf("PlaceOf(%s) = %+v, %v, want %+v", tt.key, got, ok, tt.place)
		}
	}
}

func TestPlaceOfFoldsCaseAndRefusesTheRest(t *testing.T) {
	for _, tt := range []struct {
		key  string
		want Place
		ok   bool
	}{
		{`hkey_local_machine\system\currentcontrolset\services\tcpip\parameters`, Place{}, true},
		{`HKEY_LOCAL_MACHINE\SYSTEM\CONTROLSET003\SERVICES\TCPIP\PARAMETERS`, Place{ControlSet: 3}, true},
		{`HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters`, Place{}, false},
		{`HKEY_LOCAL_MACHINE\SYSTEM\ControlSet1\Services\Tcpip\Parameters`, Place{}, false},
		{`HKEY_LOCAL_MACHINE\SYSTEM\ControlSet000\Services\Tcpip\Parameters`, Place{}, false},
		{`HKEY_LOCAL_MACHINE\SYSTEM\ControlSet+01\Services\Tcpip\Parameters`, Place{}, false},
		{`HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\Tcpip6\Parameters`, Place{}, false},
		{`HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters\Sub`, Place{}, false},
		{`HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\Tcpip`, Place{}, false},
		{`HKEY_LOCAL_MACHINE\djoin\system\ControlSet001\Services\Tcpip\Parameters`, Place{}, false},
		{`HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\ſervices\Tcpip\Parameters`, Place{}, false},
		{``, Place{}, false},
	} {
		got, ok := PlaceOf(tt.key)
		if ok != tt.ok || ok && got != tt.want {
			t.Errorf("PlaceOf(%s) = %+v, %v, want %+v, %v", tt.key, got, ok, tt.want, tt.ok)
		}
	}
}

func TestHoldsPlaces(t *testing.T) {
	for key, want := range map[string]bool{
		`HKEY_LOCAL_MACHINE`:                                                     true,
		`HKEY_LOCAL_MACHINE\SYSTEM`:                                              true,
		`hkey_local_machine\SYSTEM\ControlSet001`:                                true,
		`HKEY_LOCAL_MACHINE\X\CurrentControlSet\Services\Tcpip`:                  true,
		`HKEY_LOCAL_MACHINE\X\CurrentControlSet\Services\Tcpip\Parameters`:       true,
		`HKEY_LOCAL_MACHINE\X\CurrentControlSet\Services\Tcpip\Parameters\Sub`:   false,
		`HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\Tcpip6`:            false,
		`HKEY_LOCAL_MACHINE\SYSTEM\Select`:                                       false,
		`HKEY_CURRENT_USER`:                                                      false,
		`HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\Tcpip\Linkage`:     false,
		`HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Session Manager`:    false,
		`HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters2`: false,
	} {
		if got := HoldsPlaces(key); got != want {
			t.Errorf("HoldsPlaces(%s) = %v, want %v", key, got, want)
		}
	}
}

func TestCheckMount(t *testing.T) {
	const form = "; it is one key name, such as WIM_System"
	for name, want := range map[string]string{
		"WIM_System": "",
		"zSYSTEM":    "",
		"Offline 1":  "",
		"Hive-ß":     "",
		"":           "a mount name is needed, such as WIM_System",
		`a\b`:        `mount name "a\\b" holds '\\'` + form,
		"a/b":        `mount name "a/b" holds '/'` + form,
		"a]b":        `mount name "a]b" holds ']'` + form,
		"[a":         `mount name "[a" holds '['` + form,
		`a"`:         `mount name "a\"" holds '"'` + form,
		"a\nb":       `mount name "a\nb" holds '\n'` + form,
		"a\u202eb":   `mount name "a\u202eb" holds '\u202e'` + form,
		"a\xff":      `mount name "a\xff" holds '�'` + form,
		" a":         `mount name " a" begins or ends with a blank`,
	} {
		err := CheckMount(name)
		if got := message(err); got != want {
			t.Errorf("CheckMount(%q) = %q, want %q", name, got, want)
		}
	}
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestSameName(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"", "", true}, {"ReservedPorts", "RESERVEDports", true}, {"a", "", false}, {"a", "b", false}, {"ab", "a", false},
		{"reſervedports", "reservedports", false}, {"\u212A", "k", false}, {"Ä", "ä", false}, {"@", "`", false}, {"[", "{", false},
	} {
		if got := SameName(tt.a, tt.b); got != tt.want {
			t.Errorf("SameName(%q, %q) = %v", tt.a, tt.b, got)
		}
	}
}

func TestCheckKey(t *testing.T) {
	const needed = `a key is needed, or its last components, such as Software\Microsoft\Rpc\Internet`
	other := func(path, right string) string {
		return fmt.Sprintf("%q is not how a .reg file names a key; write %s", path, right)
	}
	for path, want := range map[string]string{
		`Internet`:                    "",
		`Software\Microsoft\Rpc`:      "",
		`HKEY_LOCAL_MACHINE\Software`: "",
		`Computer\X`:                  "",
		`Content Type\text/html`:      "",
		`Größe\[x]`:                   "",
		"":                            needed,
		`\\`:                          needed,
		"[]":                          needed,
		`\Software`:                   other(`\Software`, "Software"),
		`Software\`:                   other(`Software\`, "Software"),
		`Software\\Rpc`:               other(`Software\\Rpc`, `Software\Rpc`),
		`hklm\Software`:               other(`hklm\Software`, `HKEY_LOCAL_MACHINE\Software`),
		`HKCU:\Software`:              other(`HKCU:\Software`, `HKEY_CURRENT_USER\Software`),
		`[HKEY_USERS\X]`:              other(`[HKEY_USERS\X]`, `HKEY_USERS\X`),
		`Computer\HKEY_USERS\X`:       other(`Computer\HKEY_USERS\X`, `HKEY_USERS\X`),
		"a\nb":                        `key "a\nb" holds what cannot be printed; write its last components, such as Software\Microsoft\Rpc\Internet`,
		"a\xff":                       `key "a\xff" holds what cannot be printed; write its last components, such as Software\Microsoft\Rpc\Internet`,
	} {
		if got := message(CheckKey(path)); got != want {
			t.Errorf("CheckKey(%q) = %q, want %q", path, got, want)
		}
	}
}

func TestCheckValueName(t *testing.T) {
	for name, want := range map[string]string{
		"Ports":     "",
		`a\b [c] `:  "",
		"":          "the name of a value is needed, such as Ports",
		"a\u202eb":  `name "a\u202eb" holds what cannot be printed; write the name of a value, such as Ports`,
		"Ports\x00": `name "Ports\x00" holds what cannot be printed; write the name of a value, such as Ports`,
	} {
		if got := message(CheckValueName(name)); got != want {
			t.Errorf("CheckValueName(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestEndsIn(t *testing.T) {
	for _, tt := range []struct {
		key, path string
		want      bool
	}{
		{`A\B\C`, `C`, true}, {`A\B\C`, `b\c`, true}, {`A\B\C`, `A\B\C`, true}, {`A\B\C`, `Z\A\B\C`, false},
		{`A\BB\C`, `B\C`, false}, {`A\B\C`, `B`, false}, {`A\Ä`, `ä`, false}, {``, `A`, false},
	} {
		if got := EndsIn(tt.key, tt.path); got != tt.want {
			t.Errorf("EndsIn(%s, %s) = %v", tt.key, tt.path, got)
		}
	}
}
