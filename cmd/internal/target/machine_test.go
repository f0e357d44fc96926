package target

import (
	"math/rand/v2"
	"strings"
	"testing"

	"portreg/ranges"
	"portreg/ranges/netsh"
)

// captured gives captures: a table for each text, of tcp, in a file of its own
// whose rows begin in line 3.
func captured(tables ...string) (all []*netsh.Capture) {
	for i, text := range tables {
		name := string(rune('a' + i))
		t := netsh.Table{Name: name, Proto: ranges.TCP, Line: 2, Col: 1}
		for n, r := range rows(text) {
			r.Line, r.Col = 3+n, 5
			t.Rows = append(t.Rows, r)
		}
		all = append(all, &netsh.Capture{Tables: []netsh.Table{t}})
	}
	return all
}

func TestMachineContradictions(t *testing.T) {
	const (
		notThere = " is administered here, but not in the table at "
		refused  = "; it is not taken as reserved"
		counts   = "; it counts all the same"
	)
	for _, tt := range []struct {
		tables   []string
		excluded string
		want     []string
	}{
		{nil, "", nil},
		{[]string{"80-90* 91 92"}, "80-90", nil},
		{[]string{"80-90* 91 92", "80-90* 91 92"}, "80-90", nil},
		{[]string{"80-90* 91 92", "92 91 86-90* 80-85*"}, "80-90", nil},
		{[]string{"80-90*", ""}, "", []string{"a:3:5: 80-90/tcp" + notThere + "b:2:1" + refused}},
		{[]string{"", "80-90*"}, "", []string{"b:3:5: 80-90/tcp" + notThere + "a:2:1" + refused}},
		{[]string{"80-90*", "85*"}, "85", []string{"a:3:5: 80-84/tcp, 86-90/tcp" + notThere + "b:2:1" + refused}},
		{[]string{"80*", "80"}, "", []string{"a:3:5: 80/tcp" + notThere + "b:2:1" + refused}},
		{[]string{"7", ""}, "", []string{"a:3:5: the runtime reservation 7/tcp is not in the table at b:2:1" + counts}},
		{[]string{"7-8", "7"}, "", []string{"a:3:5: the runtime reservation 8/tcp is not in the table at b:2:1" + counts}},
		{[]string{"80*", "80*", "80-81*"}, "80", []string{"c:3:5: 81/tcp" + notThere + "a:2:1" + refused}},
		{[]string{"80* 1*", "80*", "1*"}, "", []string{"a:3:5: 80/tcp" + notThere + "c:2:1" + refused, "a:4:5: 1/tcp" + notThere + "b:2:1" + refused,
			"b:3:5: 80/tcp" + notThere + "c:2:1" + refused, "c:3:5: 1/tcp" + notThere + "b:2:1" + refused}},
	} {
		m := MachineOf(captured(tt.tables...)...)
		var got []string
		for _, e := range m.Contradictions() {
			got = append(got, e.Error())
		}
		if g, w := strings.Join(got, "\n"), strings.Join(tt.want, "\n"); g != w || !m.Excluded().Equal(ports(tt.excluded, "")) {
			t.Errorf("%q: excluded %v\n%s\nwant\n%s", tt.tables, m.Excluded(), g, w)
		}
	}
}

func TestMachineDynamic(t *testing.T) {
	dynamic := func(proto ranges.Proto, r ranges.Range, line int) netsh.DynamicRange {
		return netsh.DynamicRange{Name: "x", Proto: proto, Range: r, Line: line, Col: 7}
	}
	m := MachineOf(&netsh.Capture{Dynamic: []netsh.DynamicRange{
		dynamic(ranges.UDP, rr(1024, 2000), 1), dynamic(ranges.TCP, rr(1025, 2000), 2),
		dynamic(ranges.TCP, rr(1025, 2000), 3), dynamic(ranges.TCP, rr(1026, 2000), 4),
	}})
	if r, ok := m.Dynamic(ranges.TCP); !ok || r != rr(1025, 2000) {
		t.Errorf("tcp: %v", r)
	}
	const want = "x:4:7: this dynamic port range of tcp is 1026-2000, the one at x:2:7 is 1025-2000; the latter is taken"
	if got := message(m.Contradictions()); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if _, ok := MachineOf().Dynamic(ranges.TCP); ok {
		t.Error("no capture has a dynamic port range")
	}
}

// Row blocks that not every table has are never deleted.
func TestReplaceOntoContradicted(t *testing.T) {
	for _, tt := range []struct {
		tables       []string
		before, now  string
		want, inWays string
	}{
		{[]string{"80-90*", "80-90*"}, "80-90", "80", "delete 80-90/tcp, add 80/tcp", ""},
		{[]string{"80-90*", ""}, "80-90", "80", "add 80/tcp", ""},
		{[]string{"80-90*", "80-85* 86-90*"}, "80-90", "80", "", ""},
		{[]string{"80* 90-91", "80"}, "", "80-90", "add 80-90/tcp", "a:90-91 b:80"},
		{[]string{"90-91", "90-91"}, "", "80-90", "add 80-90/tcp", "a:90-91"},
	} {
		m := MachineOf(captured(tt.tables...)...)
		plan := ReplaceOnto(m, ports(tt.before, ""), ports(tt.now, ""))
		var ways []string
		for _, r := range plan.InTheWay(m) {
			ways = append(ways, r.Name+":"+r.Range.String())
		}
		if got := brief(plan.Commands()); got != tt.want || strings.Join(ways, " ") != tt.inWays {
			t.Errorf("%q: %s -> %s: %s, in the way %s", tt.tables, tt.before, tt.now, got, ways)
		}
	}
}

// A port by port model of several tables says the same about every port.
func TestJudge(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	for range 300 {
		var captures []*netsh.Capture
		starred, plain := map[uint16]int{}, map[uint16]bool{}
		n := 1 + random.IntN(3)
		for range n {
			table := netsh.Table{Proto: ranges.TCP}
			for r := range smallSet(random).All() {
				row := netsh.Row{Range: r, Proto: ranges.TCP, Administered: random.IntN(2) == 0}
				table.Rows = append(table.Rows, row)
				for p := int(r.First); p <= int(r.Last); p++ {
					if row.Administered {
						starred[uint16(p)]++
					} else {
						plain[uint16(p)] = true
					}
				}
			}
			captures = append(captures, &netsh.Capture{Tables: []netsh.Table{table}})
		}
		m := MachineOf(captures...)
		for p := uint16(65490); p > 0; p++ {
			one := ranges.SetOf(ranges.Range{First: p, Last: p})
			v := m.Judge(ranges.Ports{TCP: one, UDP: one})
			want := Verdict{Missing: ranges.Ports{TCP: one, UDP: one}}
			switch {
			case starred[p] == n:
				want = Verdict{Reserved: ranges.Ports{TCP: one}, Missing: ranges.Ports{UDP: one}}
			case plain[p]:
				want = Verdict{Runtime: ranges.Ports{TCP: one}, Missing: ranges.Ports{UDP: one}}
			}
			if !v.Reserved.Equal(want.Reserved) || !v.Runtime.Equal(want.Runtime) || !v.Missing.Equal(want.Missing) || want.Runtime.IsEmpty() != (v.Rows == nil) {
				t.Fatalf("port %d of %v: %+v, want %+v", p, captures, v, want)
			}
		}
	}
}
