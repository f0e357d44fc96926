package artefact

import (
	"strings"
	"testing"

	"portreg/cmd/internal/target"
	"portreg/ranges"
)

// A list is kept as it was written where that is asked for and it is small enough.
func TestWritten(t *testing.T) {
	small := "80 # web\n443/udp\n"
	large := small + strings.Repeat("# filler\n", writtenSize/9)
	for _, tt := range []struct {
		name, text string
		o          Options
		kept       bool
	}{
		{"small", small, Options{}, false},
		{"small, written", small, Options{Written: true}, true},
		{"small, with a port", small, Options{Port: ranges.Range{First: 80, Last: 80}}, true},
		{"large, written", large, Options{Written: true}, false},
		{"large, with a port", large, Options{Port: ranges.Range{First: 80, Last: 80}}, false},
	} {
		c, err := Read("ports.txt", strings.NewReader(tt.text), tt.o)
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		if (c.List != nil) != tt.kept {
			t.Errorf("%s: list %v, want kept %v", tt.name, c.List, tt.kept)
		}
		want := "80, 443/udp"
		if tt.o.Port.IsValid() {
			want = "80"
		}
		if c.Ports.String() != want {
			t.Errorf("%s: ports %v, want %s", tt.name, c.Ports, want)
		}
	}
}

func TestDynamicRange(t *testing.T) {
	const export = "Windows Registry Editor Version 5.00\n\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters]\n"
	const capture = "\nProtocol tcp Dynamic Port Range\n---------------------------------\nStart Port      : 1024\nNumber of Ports : 1000\n"
	for _, tt := range []struct {
		text, windows string
		proto         ranges.Proto
		want          string
		assumed       bool
	}{
		{"80\n", "", ranges.TCP, "49152-65535", true},
		{"80\n", "2003", ranges.TCP, "1025-5000", true},
		{export, "", ranges.UDP, "1025-5000", true},
		{export, "2022", ranges.UDP, "49152-65535", true},
		{export + "\"MaxUserPort\"=dword:0000ea60\n", "", ranges.UDP, "1025-60000", false},
		{capture, "", ranges.TCP, "1024-2023", false},
		{capture, "", ranges.UDP, "49152-65535", true},
	} {
		c, err := Read("x", strings.NewReader(tt.text), Options{})
		if err != nil {
			t.Fatal(err)
		}
		w, _ := target.ByName(tt.windows)
		if r, assumed := c.DynamicRange(w, tt.proto); r.String() != tt.want || assumed != tt.assumed {
			t.Errorf("%q for %q, %v: %v, assumed %v; want %s, %v", tt.text, tt.windows, tt.proto, r, assumed, tt.want, tt.assumed)
		}
	}
}
