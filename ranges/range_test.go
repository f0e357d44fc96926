package ranges

import (
	"strconv"
	"strings"
	"testing"
)

// TestParseRangePorts reads every number of up to five digits, and some longer ones.
func TestParseRangePorts(t *testing.T) {
	for n := range 100_100 {
		s := strconv.Itoa(n)
		r, err := ParseRange(s)
		if valid := 1 <= n && n <= 65535; (err == nil) != valid {
			t.Fatalf("ParseRange(%q): error %v", s, err)
		}
		if err == nil && (r != Range{uint16(n), uint16(n)} || r.String() != s || r.Len() != 1) {
			t.Fatalf("ParseRange(%q) = %v, %d ports", s, r, r.Len())
		}
	}
}

func TestParseRange(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want Range
		len  int
	}{
		{"1-65535", Range{1, 65535}, 65535},
		{"80-90", Range{80, 90}, 11},
		{"65534-65535", Range{65534, 65535}, 2},
	} {
		r, err := ParseRange(tt.in)
		if err != nil || r != tt.want || r.Len() != tt.len || r.String() != tt.in {
			t.Errorf("ParseRange(%q) = %v (%d ports), %v", tt.in, r, r.Len(), err)
		}
		text, _ := r.MarshalText()
		var back Range
		if err := back.UnmarshalText(text); err != nil || back != r {
			t.Errorf("%v: read back as %v, %v", r, back, err)
		}
	}
	if r, err := ParseRange("80-80"); err != nil || r.String() != "80" {
		t.Errorf("80-80: %v, %v", r, err)
	}
}

func TestParseRangeErrors(t *testing.T) {
	const guess = "write a port or a range such as 80 or 80-90"
	for _, tt := range []struct{ in, advice string }{
		{"", guess},
		{"http", guess},
		{"80-90-100", guess},
		{"80,90", guess},
		{"0", "ports are 1 to 65535"},
		{"0-5", "ports are 1 to 65535"},
		{"65536", "ports are 1 to 65535"},
		{"80-65536", "ports are 1 to 65535"},
		{"99999999999999999999", "ports are 1 to 65535"},
		{"90-80", "write 80-90"},
		{"080", "write 80"},
		{"80-090", "write 80-90"},
		{"+80", "write 80"},
		{" 80", "write 80"},
		{"80 ", "write 80"},
		{"80 - 90", "write 80-90"},
		{"80:90", "write 80-90"},
		{"80..90", "write 80-90"},
		{"80–90", "write 80-90"},
		{"80/tcp", "write 80"},
		{"80-", "the last port is missing; write 80, or 80-LAST"},
		{"-80", "the first port is missing; write 80, or FIRST-80"},
	} {
		want := strconv.Quote(tt.in) + " is not a port range; " + tt.advice
		if r, err := ParseRange(tt.in); err == nil || err.Error() != want {
			t.Errorf("ParseRange(%q) = %v, %v; want %s", tt.in, r, err, want)
		}
	}
	_, err := ParseRange(strings.Repeat("9", 5000))
	if want := `"` + strings.Repeat("9", 40) + `..." is not a port range; ` + guess; err == nil || err.Error() != want {
		t.Errorf("long: %v", err)
	}
}

func TestRangeLenInvalid(t *testing.T) {
	for _, r := range []Range{{}, {0, 5}, {6, 5}} {
		if r.IsValid() || r.Len() != 0 {
			t.Errorf("%v: valid %v, %d ports", r, r.IsValid(), r.Len())
		}
	}
}

func FuzzParseRange(f *testing.F) {
	for _, s := range []string{"80", "80-90", "0", "65535-65536", "080", "80 90", "tcp/80", "80–90", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := ParseRange(s)
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n\x00\x1b") || len(err.Error()) > 1000 {
				t.Errorf("message %q", err.Error())
			}
			return
		}
		if back := r.String(); back != s && back+"-"+back != s {
			t.Errorf("%q reads as %v", s, r)
		}
		if !r.IsValid() {
			t.Errorf("%q reads as %d to %d", s, r.First, r.Last)
		}
	})
}
