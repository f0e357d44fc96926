package target

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"portreg/ranges"
	"portreg/ranges/netsh"
)

func ports(tcp, udp string) ranges.Ports { return ranges.Ports{TCP: set(tcp), UDP: set(udp)} }

// brief writes commands as "add 80-90/tcp".
func brief(cmds []netsh.Command) string {
	var words []string
	for _, c := range cmds {
		words = append(words, c.Verb.String()+" "+c.Range.String()+"/"+c.Proto.String())
	}
	return strings.Join(words, ", ")
}

func TestReplace(t *testing.T) {
	for _, tt := range []struct {
		before, now ranges.Ports
		want        string
	}{
		{ranges.Ports{}, ports("80 443-445", "53"), "add 80/tcp, add 443-445/tcp, add 53/udp"},
		{ports("80", "53"), ports("80", "53"), ""},
		{ports("80-90", ""), ports("80-89", ""), "delete 80-90/tcp, add 80-89/tcp"},
		{ports("80-90", ""), ports("80-91", ""), "delete 80-90/tcp, add 80-91/tcp"},
		{ports("1 65535", ""), ports("1-2 65535", ""), "delete 1/tcp, add 1-2/tcp"},
		{ports("80 90", "80"), ports("90", ""), "delete 80/tcp, delete 80/udp"},
		{ports("80", ""), ports("", "80"), "delete 80/tcp, add 80/udp"},
	} {
		plan := Replace(tt.before, tt.now)
		if got := brief(plan.Commands()); got != tt.want {
			t.Errorf("%v -> %v: %s, want %s", tt.before, tt.now, got, tt.want)
		}
		for _, c := range plan.Commands() {
			if c.Family != "ipv4" || c.Dynamic || c.Active {
				t.Errorf("%+v", c)
			}
		}
	}
}

func row(text string) netsh.Row {
	proto, ok := ranges.TCP, false
	text, star := strings.CutSuffix(text, "*")
	if text, ok = strings.CutSuffix(text, "/udp"); ok {
		proto = ranges.UDP
	}
	r, err := ranges.ParseRange(text)
	if err != nil {
		panic(err)
	}
	return netsh.Row{Range: r, Proto: proto, Administered: star}
}

func rows(text string) (all []netsh.Row) {
	for s := range strings.FieldsSeq(text) {
		all = append(all, row(s))
	}
	return all
}

// machineOf gives the machine that has the rows: a table for each protocol.
func machineOf(rows []netsh.Row) *Machine {
	tables := []netsh.Table{{Name: "state.txt", Proto: ranges.TCP}, {Name: "state.txt", Proto: ranges.UDP}}
	for _, r := range rows {
		t := &tables[r.Proto-ranges.TCP]
		t.Rows = append(t.Rows, r)
	}
	return MachineOf(&netsh.Capture{Tables: tables})
}

func TestReplaceOnto(t *testing.T) {
	for _, tt := range []struct {
		rows, before, now, want, held string
	}{
		{"", "", "80-90", "add 80-90/tcp", ""},
		{"85*", "", "80-90", "add 80-84/tcp, add 86-90/tcp", ""},
		{"85", "", "80-90", "add 80-90/tcp", ""},
		{"80-90/udp*", "", "80-90", "add 80-90/tcp", ""},
		{"80-90* 50000-50059*", "80-90", "80-85", "delete 80-90/tcp, add 80-85/tcp", ""},
		{"80-85* 86-90*", "80-90", "80-85", "", "86-90"},
		{"80-90", "80-90", "80-85", "add 80-85/tcp", ""},
		{"80-90* 1000*", "80-90 1000", "80-90", "delete 1000/tcp", ""},
		{"80-90* 80-90*", "80-90", "", "delete 80-90/tcp", ""},
		{"80-81* 82*", "80-82", "80", "", "80-81 82"},
		{"50000-50059* 50060-50100*", "50000-50100", "80", "add 80/tcp", "50000-50059 50060-50100"},
		{"80-81* 82*", "80-82", "80-83", "add 83/tcp", ""},
		{"80-82*", "80-82", "80-83", "delete 80-82/tcp, add 80-83/tcp", ""},
		{"80-81* 82-90*", "80-82", "80", "", "80-81 82-90"},
		{"79-90*", "80-82", "80", "", "79-90"},
		{"79* 83*", "80-82", "80", "add 80/tcp", ""},
		{"80/udp* 80*", "80", "", "delete 80/tcp", ""},
	} {
		before, now := ports(tt.before, ""), ports(tt.now, "")
		m := machineOf(rows(tt.rows))
		plan := ReplaceOnto(m, before, now)
		var held []string
		for _, r := range plan.Held(m, before.Minus(now)) {
			held = append(held, r.Range.String())
		}
		if got := brief(plan.Commands()); got != tt.want || strings.Join(held, " ") != tt.held {
			t.Errorf("%s: %s -> %s: %s, held %s; want %s, held %s", tt.rows, tt.before, tt.now, got, held, tt.want, tt.held)
		}
	}
}

// A machine obeys as netsh does: an add must not overlap an exclusion, a delete
// must name one exactly.
type machine map[block]bool

func (m machine) run(t *testing.T, cmds []netsh.Command) {
	for _, c := range cmds {
		b := block{c.Proto, c.Range}
		switch {
		case c.Verb == netsh.Delete && !m[b]:
			t.Fatalf("%v: no such block in %v", c, m)
		case c.Verb == netsh.Delete:
			delete(m, b)
		case m.overlaps(b):
			t.Fatalf("%v overlaps an exclusion in %v", c, m)
		default:
			m[b] = true
		}
	}
}

func (m machine) overlaps(b block) bool {
	for other := range m {
		if other.proto == b.proto && other.First <= b.Last && b.First <= other.Last {
			return true
		}
	}
	return false
}

func (m machine) captured() *Machine {
	var all []netsh.Row
	for b := range m {
		all = append(all, netsh.Row{Range: b.Range, Proto: b.proto, Administered: true})
	}
	return machineOf(all)
}

func (m machine) clone() machine {
	c := machine{}
	for b := range m {
		c[b] = true
	}
	return c
}

func (m machine) equal(n machine) bool {
	for b := range m {
		if !n[b] {
			return false
		}
	}
	return len(m) == len(n)
}

// Every plan runs, reaches its end and can be taken back, on random machines.
func TestPlansRunAndUndo(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	pair := func() ranges.Ports { return ranges.Ports{TCP: smallSet(random), UDP: smallSet(random)} }
	for range 2000 {
		before, now, foreign := pair(), pair(), pair()
		m := machine{}
		m.run(t, Exclude(before).Add)
		m.run(t, Exclude(foreign.Minus(m.captured().Excluded())).Add)
		start := m.clone()

		plan := ReplaceOnto(m.captured(), before, now)
		m.run(t, plan.Commands())
		if have := m.captured().Excluded(); !now.Minus(have).IsEmpty() {
			t.Fatalf("%v is not excluded after %s", now.Minus(have), brief(plan.Commands()))
		}
		m.run(t, plan.Undo().Commands())
		if !m.equal(start) {
			t.Fatalf("undo leaves %v, want %v", m, start)
		}

		alone := machine{}
		alone.run(t, Exclude(before).Add)
		plan = Replace(before, now)
		alone.run(t, plan.Commands())
		if have := alone.captured().Excluded(); !have.Equal(now) {
			t.Fatalf("%v -> %v gives %v", before, now, have)
		}
		alone.run(t, plan.Undo().Commands())
		if have := alone.captured().Excluded(); !have.Equal(before) {
			t.Fatalf("undo gives %v, want %v", have, before)
		}
	}
}

// A list that grows and shrinks, each step deployed onto what the machine then
// has, with rows of others within the lists, too: the list is always excluded,
// nothing is deleted but what was exactly a block of the list before, and every
// step can be taken back.
func TestHistories(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	pair := func() ranges.Ports { return ranges.Ports{TCP: smallSet(random), UDP: smallSet(random)} }
	for range 500 {
		m := machine{}
		m.run(t, Exclude(pair()).Add)
		var before ranges.Ports
		for range 6 {
			now := pair()
			switch random.IntN(3) {
			case 0:
				now = now.Union(before)
			case 1:
				now = before.Minus(now)
			}
			start := m.clone()
			plan := ReplaceOnto(m.captured(), before, now)
			m.run(t, plan.Commands())
			if have := m.captured().Excluded(); !now.Minus(have).IsEmpty() {
				t.Fatalf("%v -> %v on %v: %s leaves %v", before, now, start, brief(plan.Commands()), have)
			}
			for b := range start {
				if !m[b] && (!slices.Contains(blocks(before), b) || slices.Contains(blocks(now), b)) {
					t.Fatalf("%v -> %v on %v: %s takes %v", before, now, start, brief(plan.Commands()), b)
				}
			}
			back := m.clone()
			back.run(t, plan.Undo().Commands())
			if !back.equal(start) {
				t.Fatalf("%v -> %v: undo of %s leaves %v, want %v", before, now, brief(plan.Commands()), back, start)
			}
			before = now
		}
	}
}

func smallSet(random *rand.Rand) ranges.Set {
	var all []ranges.Range
	for range random.IntN(4) {
		first := 65500 + random.IntN(36)
		all = append(all, rr(uint16(first), uint16(min(65535, first+random.IntN(6)))))
	}
	return ranges.SetOf(all...)
}

func TestInTheWay(t *testing.T) {
	plan := Exclude(ports("80-90 1000", ""))
	var got []string
	for _, r := range plan.InTheWay(machineOf(rows("79 80 90-91 91 85* 80-90/udp 999-1001"))) {
		got = append(got, r.Range.String())
	}
	if s := strings.Join(got, " "); s != "80 90-91 999-1001" {
		t.Errorf("in the way: %s", s)
	}
}

func TestSetDynamic(t *testing.T) {
	var got []string
	for _, c := range SetDynamic(ranges.Both, rr(1025, 65535)) {
		got = append(got, c.String())
	}
	want := []string{
		"netsh int ipv4 set dynamicportrange protocol=tcp startport=1025 numberofports=64511 store=persistent",
		"netsh int ipv4 set dynamicportrange protocol=udp startport=1025 numberofports=64511 store=persistent",
		"netsh int ipv6 set dynamicportrange protocol=tcp startport=1025 numberofports=64511 store=persistent",
		"netsh int ipv6 set dynamicportrange protocol=udp startport=1025 numberofports=64511 store=persistent",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
	if n := len(SetDynamic(ranges.UDP, rr(1025, 65535))); n != 2 {
		t.Errorf("udp alone gives %d commands", n)
	}
}

func TestCheckDynamicRange(t *testing.T) {
	for r, ok := range map[ranges.Range]bool{
		rr(1025, 1279): true, rr(1025, 1278): false, rr(1024, 65535): false, rr(65281, 65535): true, rr(65282, 65535): false, {}: false,
	} {
		if err := CheckDynamicRange(r); (err == nil) != ok {
			t.Errorf("CheckDynamicRange(%v) = %v", r, err)
		}
	}
	const want = "dynamic port range 1024-2000: it begins at 1025 or above and has at least 255 ports"
	if got := message(CheckDynamicRange(rr(1024, 2000))); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
