package lint

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"portreg/ranges"
)

// randomList is a list with few different ports, so that they meet, at one of the ends
// of all ports or of a dynamic port range; a line per entry.
func randomList(r *rand.Rand) string {
	middle := []int{6, 1024, 5000, 49152, 65530}[r.IntN(5)]
	spread := (2 + r.IntN(12)) * []int{1, 1, 1, 300}[r.IntN(4)]
	var b strings.Builder
	for range r.IntN(12) {
		first := min(max(1, middle-spread/2+r.IntN(spread)), 65535)
		last := min(first+r.IntN(1+r.IntN(spread)), 65535)
		fmt.Fprintf(&b, "%d-%d%s\n", first, last, []string{"", "/tcp", "/udp"}[r.IntN(3)])
	}
	return b.String()
}

type entryOf struct {
	first, last int
	tcp, udp    bool
}

func entriesOf(t *testing.T, text string) (all []entryOf) {
	t.Helper()
	for line := range strings.Lines(text) {
		var e entryOf
		var proto string
		if n, _ := fmt.Sscanf(strings.ReplaceAll(line, "/", " "), "%d-%d %s", &e.first, &e.last, &proto); n < 2 {
			t.Fatalf("%q", line)
		}
		e.tcp, e.udp = proto != "udp", proto != "tcp"
		all = append(all, e)
	}
	return all
}

// The rules that compare entries find in random lists what trying every port finds, and
// never two of them the same.
func TestRelationsOracle(t *testing.T) {
	for seed := range uint64(3000) {
		text := randomList(rand.New(rand.NewPCG(seed, 1)))
		var want []string
		var tcp, udp [65537]bool
		entries := entriesOf(t, text)
		for i, e := range entries {
			rule := ""
			for port := max(0, e.first-1); port <= e.last+1; port++ {
				switch taken := e.tcp && tcp[port%65537] || e.udp && udp[port%65537]; {
				case taken && e.first <= port && port <= e.last:
					rule = "overlapping-ranges"
				case taken && rule == "":
					rule = "touching-ranges"
				}
			}
			if slices.Contains(entries[:i], e) {
				rule = "duplicate-entry"
			}
			if rule != "" {
				want = append(want, fmt.Sprintf("%d %s", i+1, rule))
			}
			for port := e.first; port <= e.last; port++ {
				tcp[port], udp[port] = tcp[port] || e.tcp, udp[port] || e.udp
			}
		}
		var got []string
		for _, f := range check(t, text, Options{}) {
			if slices.Contains([]string{"overlapping-ranges", "touching-ranges", "duplicate-entry"}, f.Rule) {
				got = append(got, fmt.Sprintf("%d %s", f.Line, f.Rule))
			}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("seed %d: of\n%sfound %q, want %q", seed, text, got, want)
		}
	}
}

// What the findings about relations say is so: the earlier entry is on that line.
func TestRelationsNameEntries(t *testing.T) {
	for seed := range uint64(300) {
		text := randomList(rand.New(rand.NewPCG(seed, 2)))
		lines := strings.Split(strings.ReplaceAll(text, "\n", " \n"), "\n")
		for _, f := range check(t, text, Options{}) {
			if !strings.HasSuffix(f.Rule, "-ranges") && f.Rule != "duplicate-entry" {
				continue
			}
			words := strings.FieldsFunc(f.Text, func(r rune) bool { return r == ' ' || r == ';' })
			i := slices.Index(words, "on")
			var line int
			fmt.Sscan(words[i+2], &line)
			for _, at := range []struct {
				line int
				word string
			}{{f.Line, words[0]}, {line, words[i-1]}} {
				e := entriesOf(t, lines[at.line-1]+"\n")[0]
				want := ranges.Entry{Range: ranges.Range{First: uint16(e.first), Last: uint16(e.last)}, Proto: ranges.Both}
				if !e.tcp || !e.udp {
					want.Proto = map[bool]ranges.Proto{true: ranges.TCP, false: ranges.UDP}[e.tcp]
				}
				if at.word != want.String() || line >= f.Line {
					t.Fatalf("seed %d: of\n%s%+v", seed, text, f)
				}
			}
		}
	}
}

// Each port of an entry that is no dynamic one is told of once, by the right rule.
func TestOutsideOracle(t *testing.T) {
	options := []Options{
		{},
		{Target: windows("2003")},
		{Target: windows("2022")},
		{Target: windows("2003"), Dynamic: ranges.Range{First: 1025, Last: 5002}},
		{Target: windows("xp"), Dynamic: ranges.Range{First: 1024, Last: 65534}},
		{Target: windows("2022"), Dynamic: ranges.Range{First: 1020, Last: 65535}},
		{Dynamic: ranges.Range{First: 49150, Last: 49160}},
	}
	for seed := range uint64(1500) {
		text := randomList(rand.New(rand.NewPCG(seed, 3)))
		for _, o := range options {
			legacy := o.Target.Name == "2003" || o.Target.Name == "xp"
			dynamic, known := o.Dynamic, o.Dynamic.IsValid()
			switch {
			case known:
			case legacy:
				dynamic = ranges.Range{First: 1025, Last: 5000}
			case o.Target.Name != "":
				dynamic = ranges.Range{First: 49152, Last: 65535}
			}
			var want []string
			for i, e := range entriesOf(t, text) {
				ports := map[string][]int{}
				for port := e.first; port <= e.last; port++ {
					inside := int(dynamic.First) <= port && port <= int(dynamic.Last)
					switch {
					case inside && dynamic.IsValid():
					case port < 1025:
						ports["below-1025"] = append(ports["below-1025"], port)
					case legacy && known && port > int(dynamic.Last):
						ports["above-max-user-port"] = append(ports["above-max-user-port"], port)
					case dynamic.IsValid():
						ports["outside-dynamic-range"] = append(ports["outside-dynamic-range"], port)
					}
				}
				for _, rule := range []string{"below-1025", "above-max-user-port", "outside-dynamic-range"} {
					if len(ports[rule]) > 0 {
						want = append(want, fmt.Sprintf("%d %s %s", i+1, rule, written(ports[rule], e)))
					}
				}
			}
			var got []string
			for _, f := range check(t, text, o) {
				if ports, _, ok := strings.Cut(f.Text, ": "); ok && slices.Contains([]string{"below-1025", "above-max-user-port", "outside-dynamic-range"}, f.Rule) {
					got = append(got, fmt.Sprintf("%d %s %s", f.Line, f.Rule, ports))
				}
			}
			if !slices.Equal(got, want) {
				t.Fatalf("seed %d, %+v: of\n%sfound %q, want %q", seed, o, text, got, want)
			}
		}
	}
}

// written gives ascending ports of an entry as a list has them.
func written(ports []int, e entryOf) string {
	var parts []string
	for i := 0; i < len(ports); {
		k := i
		for k+1 < len(ports) && ports[k+1] == ports[k]+1 {
			k++
		}
		text := fmt.Sprint(ports[i])
		if k > i {
			text += fmt.Sprintf("-%d", ports[k])
		}
		switch {
		case !e.udp:
			text += "/tcp"
		case !e.tcp:
			text += "/udp"
		}
		parts, i = append(parts, text), k+1
	}
	return strings.Join(parts, ", ")
}

// A value's entries relate to each other, and not to those of another value.
func TestRelationsOfValues(t *testing.T) {
	one := regOf(parameters, "80-81", "82-82", "81-90", "80-81")
	two := strings.TrimPrefix(regOf(offline1, "91-91"), "REGEDIT4\n\n")
	want := []string{
		"4:1: error touching-ranges: 82 touches 80-81; write 80-90",
		"4:1: warning overlapping-ranges: 81-90 overlaps 80-81",
		"4:1: warning duplicate-entry: 80-81 is there already, as 80-81",
	}
	var got []string
	for _, f := range check(t, one+two, Options{Ignore: []string{"replaces-value", "below-1025", "current-control-set"}}) {
		got = append(got, fmt.Sprintf("%d:%d: %v %s: %s", f.Line, f.Col, f.Severity, f.Rule, f.Text))
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
