package target

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"portreg/ranges"
	"portreg/regfile"
)

func rr(first, last uint16) ranges.Range { return ranges.Range{First: first, Last: last} }

func set(text string) ranges.Set {
	var all []ranges.Range
	for s := range strings.FieldsSeq(text) {
		r, err := ranges.ParseRange(s)
		if err != nil {
			panic(err)
		}
		all = append(all, r)
	}
	return ranges.SetOf(all...)
}

func TestOperations(t *testing.T) {
	reserved := ReservedPortsValue(set("80 1433-1434"))
	const key = `HKEY_LOCAL_MACHINE\X\ControlSet002\Services\Tcpip\Parameters`
	ops := Place{Mount: "X", ControlSet: 2}.Operations(MaxUserPortValue(60000), reserved, Value{Name: "Gone"})
	want := []regfile.Op{
		{Verb: regfile.CreateKey, Key: key},
		{Verb: regfile.SetValue, Key: key, Name: "MaxUserPort", Data: regfile.Uint32Data(60000)},
		{Verb: regfile.SetValue, Key: key, Name: "ReservedPorts", Data: *reserved.Data},
		{Verb: regfile.DeleteValue, Key: key, Name: "Gone"},
	}
	same := func(a, b regfile.Op) bool {
		return a.Verb == b.Verb && a.Key == b.Key && a.Name == b.Name && a.Data.Equal(b.Data) && a.Pos == b.Pos
	}
	if !slices.EqualFunc(ops, want, same) {
		t.Errorf("got %+v\nwant %+v", ops, want)
	}
}

// The value is the REG_MULTI_SZ that regfile makes of the same strings.
func TestReservedPortsValue(t *testing.T) {
	odd := make([]ranges.Range, 0, 32768)
	for p := 1; p < 65536; p += 2 {
		odd = append(odd, rr(uint16(p), uint16(p)))
	}
	for _, s := range []ranges.Set{{}, set("1"), set("65535"), set("1-65535"), set("80 1433-1434"), ranges.SetOf(odd...)} {
		var each []string
		for r := range s.All() {
			each = append(each, fmt.Sprintf("%d-%d", r.First, r.Last))
		}
		want, err := regfile.MultiString(each...)
		if err != nil {
			t.Fatal(err)
		}
		if got := ReservedPortsValue(s); got.Name != "ReservedPorts" || !got.Data.Equal(want) {
			t.Errorf("%.60q: %.80q, want %.80q", each, got.Data.Bytes, want.Bytes)
		}
	}
}

func TestReadPortList(t *testing.T) {
	multi := func(ss ...string) regfile.Data {
		d, err := regfile.MultiString(ss...)
		if err != nil {
			panic(err)
		}
		return d
	}
	for _, tt := range []struct {
		name     string
		data     regfile.Data
		entries  string
		bare     []string
		problems []string
	}{
		{"ReservedPorts", multi(), "", nil, nil},
		{"ReservedPorts", regfile.Data{Type: regfile.MultiSZ}, "", nil, nil},
		{"ReservedPorts", multi("10-20", "4000-4000"), "10-20 4000", nil, nil},
		{"ReservedPorts", multi("80", "5-6", "443"), "80 5-6 443", []string{"80", "443"}, nil},
		{"ReservedPorts", multi("5-6", "x-y", "0-3", " 7-8", "9-8"), "5-6", nil, []string{
			`"x-y" in ReservedPorts is not a port range; write 4000-4000 or 1433-1434`,
			`"0-3" in ReservedPorts is not a port range; ports are 1 to 65535`,
			`" 7-8" in ReservedPorts is not a port range; write 7-8`,
			`"9-8" in ReservedPorts is not a port range; write 8-9`,
		}},
		{"ReservedPorts", multi("080", "80-", `x" is not a port range; write 80`), "", nil, []string{
			`"080" in ReservedPorts is not a port range; write 80-80`,
			`"80-" in ReservedPorts is not a port range; the last port is missing; write 4000-4000 or 1433-1434`,
			`"x\" is not a port range; write 80" in ReservedPorts is not a port range; write 4000-4000 or 1433-1434`,
		}},
		{"ReservedPorts", regfile.Data{Type: regfile.ExpandSZ, Bytes: []byte("1\x00")}, "", nil,
			[]string{"ReservedPorts is not a list of ports: it is a REG_EXPAND_SZ, not a REG_MULTI_SZ"}},
		{"ReservedPorts", regfile.Data{Type: regfile.MultiSZ, Bytes: []byte("1")}, "", nil,
			[]string{"ReservedPorts is not a list of ports: its 1 bytes are not whole UTF-16 units"}},
		{"Ports", multi("80", "5-6", "x", "080", "0", "80-"), "80 5-6", []string{"80"}, []string{
			`"x" in Ports is not a port range; write a port or a range such as 80 or 80-90`,
			`"080" in Ports is not a port range; write 80`,
			`"0" in Ports is not a port range; ports are 1 to 65535`,
			`"80-" in Ports is not a port range; the last port is missing; write 80, or 80-LAST`,
		}},
		{"Ports", regfile.Data{Type: regfile.SZ}, "", nil, []string{"Ports is not a list of ports: it is a REG_SZ, not a REG_MULTI_SZ"}},
	} {
		got, problems := ReadPortList(tt.name, tt.data)
		var entries []string
		for _, r := range got.Entries {
			entries = append(entries, r.String())
		}
		if strings.Join(entries, " ") != tt.entries || !slices.Equal(got.Bare, tt.bare) || !slices.Equal(problems, tt.problems) {
			t.Errorf("%s % x: %v, bare %q, problems %q", tt.name, tt.data.Bytes, entries, got.Bare, problems)
		}
	}
}

func TestReserves(t *testing.T) {
	for _, tt := range []struct {
		have, want string
		reserves   bool
	}{
		{"", "", true},
		{"80-90 95-95", "80-90 95", true},
		{"95-95 80-90", "80-90 95", true},
		{"80-90 95", "80-90 95", false},
		{"80-85 86-90", "80-90", false},
		{"80-90 85-90", "80-90", false},
		{"80-90", "80-91", false},
		{"80-90 x", "80-90", false},
	} {
		d, err := regfile.MultiString(strings.Fields(tt.have)...)
		if err != nil {
			t.Fatal(err)
		}
		if got := Reserves(d, set(tt.want)); got != tt.reserves {
			t.Errorf("%s, %s: %v", tt.have, tt.want, got)
		}
		d.Bytes = append(d.Bytes, 0, 0)
		if Reserves(d, set(tt.want)) {
			t.Errorf("%s and a surplus NUL", tt.have)
		}
	}
}

func TestMaxUserPort(t *testing.T) {
	for r, ok := range map[ranges.Range]bool{
		rr(1025, 5000): true, rr(1025, 65534): true, rr(1025, 4999): false,
		rr(1025, 65535): false, rr(1024, 5000): false, rr(1026, 60000): false, {}: false,
	} {
		if err := CheckMaxUserPort(r); (err == nil) != ok {
			t.Errorf("CheckMaxUserPort(%v) = %v", r, err)
		}
	}
	const want = "dynamic port range 49152-65535: MaxUserPort moves only the end; write 1025-LAST with LAST from 5000 to 65534"
	if got := message(CheckMaxUserPort(rr(49152, 65535))); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for value, want := range map[uint32]uint16{0: 5000, 5000: 5000, 60000: 60000, 65534: 65534, 65535: 65534, 65536: 65534, 1 << 31: 65534} {
		got, documented := LegacyRange(value)
		if got != rr(1025, want) || documented != (uint32(want) == value) {
			t.Errorf("LegacyRange(%d) = %v, %v; want 1025-%d", value, got, documented, want)
		}
	}
}

func TestMergeAboveFree(t *testing.T) {
	if got, want := Merge(set("10-20 3343"), set("15-20 99"), set("18 21-22")), set("10-14 18 21-22 3343"); !got.Equal(want) {
		t.Errorf("Merge = %v, want %v", got, want)
	}
	if got, want := Above(set("80 4999-5001 65535"), 5000), set("5001 65535"); !got.Equal(want) {
		t.Errorf("Above = %v, want %v", got, want)
	}
	if got := Above(set("1-65535"), 65535); !got.IsEmpty() {
		t.Errorf("Above 65535 = %v", got)
	}
	for _, taken := range []string{"", "80", "49152-49161 65535 80", "1-65535", "1-49152", "49151", "60000-60010 61000"} {
		want := ranges.SetOf(rr(49152, 65535)).Minus(set(taken)).Len()
		if got := Free(rr(49152, 65535), set(taken)); got != want {
			t.Errorf("Free without %s = %d, want %d", taken, got, want)
		}
	}
}

// Merging never loses a port of somebody else and never keeps one that was given
// back, port by port against the definition.
func TestMergePortByPort(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		there, before, now := randomSet(random), randomSet(random), randomSet(random)
		got := Merge(there, before, now)
		for p := 1; p <= 65535; p++ {
			port := uint16(p)
			want := now.Contains(port) || there.Contains(port) && !before.Contains(port)
			if got.Contains(port) != want {
				t.Fatalf("port %d: %v; there %v, before %v, now %v", p, !want, there, before, now)
			}
		}
	}
}

func randomSet(random *rand.Rand) ranges.Set {
	var all []ranges.Range
	for range random.IntN(20) {
		first := 1 + random.IntN(65535)
		all = append(all, rr(uint16(first), uint16(min(65535, first+random.IntN(5000)))))
	}
	return ranges.SetOf(all...)
}
