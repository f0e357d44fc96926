package report

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"portreg/ranges"
)

// drawing is an SVG as a program reads it.
type drawing struct {
	XMLName xml.Name `xml:"http://www.w3.org/2000/svg svg"`
	Width   int      `xml:"width,attr"`
	Height  int      `xml:"height,attr"`
	ViewBox string   `xml:"viewBox,attr"`
	Role    string   `xml:"role,attr"`
	Title   string   `xml:"title"`
	Desc    string   `xml:"desc"`
	Style   string   `xml:"style"`
	Shapes  []shape  `xml:",any"`
}

// shape is a rect, path or text.
type shape struct {
	XMLName xml.Name
	Class   string `xml:"class,attr"`
	X       int    `xml:"x,attr"`
	Y       int    `xml:"y,attr"`
	W       int    `xml:"width,attr"`
	H       int    `xml:"height,attr"`
	D       string `xml:"d,attr"`
	Title   string `xml:"title"`
	Text    string `xml:",chardata"`
}

func draw(t testing.TB, pictures ...Picture) (drawing, []byte) {
	t.Helper()
	var b bytes.Buffer
	if err := SVG(&b, pictures...); err != nil {
		t.Fatal(err)
	}
	var d drawing
	if err := xml.Unmarshal(b.Bytes(), &d); err != nil {
		t.Fatal(err)
	}
	return d, b.Bytes()
}

// A mark is a path that stands for ports: boxes, which may have levels in them.
type mark struct {
	class, title  string
	boxes, levels []rectangle
	holes         int
}

type rectangle struct{ x, y, w, h int }

var subpath = regexp.MustCompile(`M(\d+) (\d+)(?:h(\d+)v(\d+)h-\d+z|v(\d+)h(\d+)v-\d+z)`)

// markOf reads a path; a box that follows a hole is a level in it.
func markOf(s shape) mark {
	m := mark{class: s.Class, title: s.Title}
	hole := rectangle{}
	for _, f := range subpath.FindAllStringSubmatch(s.D, -1) {
		var n [7]int
		for i := range n {
			n[i], _ = strconv.Atoi(f[i])
		}
		switch r := (rectangle{n[1], n[2], n[3], n[4]}); {
		case n[5] > 0:
			hole = rectangle{n[1], n[2], n[6], n[5]}
			m.holes++
		case r.x >= hole.x && r.x+r.w <= hole.x+hole.w:
			m.levels = append(m.levels, r)
		default:
			m.boxes = append(m.boxes, r)
		}
	}
	return m
}

// A chart is a track, its axis as it is written there, and what lies on it.
type chart struct {
	rectangle
	head        string
	first, last int // ports at its ends
	rows        map[string]int
	marks       []mark
	free        shape
}

// x is where a reader of the axis finds the middle of a port.
func (c *chart) x(port int) int {
	return c.rectangle.x + (2*(port-c.first)+1)*c.w/(2*(c.last-c.first+1))
}

// span is how wide a port is, in pixels.
func (c *chart) span() float64 { return float64(c.w) / float64(c.last-c.first+1) }

// row gives the marks beside a label.
func (c *chart) row(label string) (all []mark) {
	for _, m := range c.marks {
		if b := m.boxes[0]; b.y < c.rows[label] && c.rows[label] < b.y+b.h {
			all = append(all, m)
		}
	}
	return all
}

var markClass = regexp.MustCompile(`^(k\d|more|loose)$`)

// chartsOf reads the charts in their order.
func chartsOf(t testing.TB, d drawing) (all []*chart) {
	t.Helper()
	var c *chart
	head := ""
	for _, s := range d.Shapes {
		switch {
		case s.Class == "head":
			head = s.Text
		case s.Class == "track":
			c = &chart{rectangle: rectangle{s.X, s.Y, s.W, s.H}, head: head, first: -1, rows: map[string]int{}}
			all = append(all, c)
		case markClass.MatchString(s.Class):
			c.marks = append(c.marks, markOf(s))
		case s.Class == "text":
			c.rows[s.Text] = s.Y - 5
		case s.Class == "free":
			c.free = s
		case s.Class == "soft" && c != nil:
			if port, err := strconv.Atoi(s.Text); err == nil && s.X <= c.rectangle.x+c.w {
				if c.first < 0 {
					c.first = port
				}
				c.last = max(c.last, port)
			}
		}
	}
	return all
}

// ports is a set that is no Set.
type ports [1 << 16]bool

func portsIn(s ranges.Set) *ports {
	p := new(ports)
	for r := range s.All() {
		for port := int(r.First); port <= int(r.Last); port++ {
			p[port] = true
		}
	}
	return p
}

// distances gives how far each port is from the next one in p.
func (p *ports) distances() *[1 << 16]int {
	d := new([1 << 16]int)
	for _, way := range [...][3]int{{0, 1 << 16, 1}, {1<<16 - 1, -1, -1}} {
		last := -1 << 20 * way[2]
		for port := way[0]; port != way[1]; port += way[2] {
			if p[port] {
				last = port
			}
			far := (port - last) * way[2]
			if way[2] > 0 || far < d[port] {
				d[port] = far
			}
		}
	}
	return d
}

// checkCovered: each port of want that the chart can show lies on a box, and none
// does that is further away from them than the narrowest mark is wide.
func (c *chart) checkCovered(t testing.TB, what string, boxes []rectangle, want *ports) {
	t.Helper()
	covered := map[int]bool{}
	for _, b := range boxes {
		for x := b.x; x < b.x+b.w; x++ {
			covered[x] = true
		}
		if b.x < c.rectangle.x || b.x+b.w > c.rectangle.x+c.w || b.w < narrowest || b.y < c.y || b.y+b.h > c.y+c.h {
			t.Errorf("%s, %s: box %v on track %v", c.head, what, b, c.rectangle)
		}
	}
	away := want.distances()
	for port := range want {
		switch shown := port >= c.first && port <= c.last; {
		case want[port] && !shown:
			t.Fatalf("%s, %s: port %d is not on the axis, %d to %d", c.head, what, port, c.first, c.last)
		case want[port] && !covered[c.x(port)]:
			t.Fatalf("%s, %s: port %d is not drawn", c.head, what, port)
		case shown && covered[c.x(port)] && float64(away[port])*c.span() > narrowest:
			t.Fatalf("%s, %s: port %d is drawn, %d ports away from any there", c.head, what, port, away[port])
		}
	}
}

// checkLevels: what a box is filled to is the share of the ports there.
func (c *chart) checkLevels(t testing.TB, m mark, height int, want *ports) {
	t.Helper()
	for _, l := range m.levels {
		all, there := 0, 0
		for port := c.first; port <= c.last; port++ {
			if x := c.rectangle.x + (port-c.first)*c.w/(c.last-c.first+1); port > 0 && x >= l.x && x < l.x+l.w {
				all++
				if want[port] {
					there++
				}
			}
		}
		exact := float64(there) / float64(all) * float64(height-2)
		if float64(l.h) > max(2, exact+1) || float64(l.h) < exact-1 {
			t.Errorf("%s: level %v of %d, but %d of %d ports are there", c.head, l, height-2, there, all)
		}
	}
}

// holds counts the ranges of s that begin in the box.
func (b rectangle) holds(s ranges.Set, c *chart) (n int) {
	for r := range s.All() {
		if x := c.x(int(r.First)); b.x <= x && x < b.x+b.w {
			n++
		}
	}
	return n
}

func boxesOf(marks []mark) (all []rectangle) {
	for _, m := range marks {
		all = append(all, m.boxes...)
	}
	return all
}

// checkTitles: titles name the protocol, the label, and the ranges under the mark.
func (c *chart) checkTitles(t testing.TB, proto, label string, marks []mark, set ranges.Set) {
	t.Helper()
	named := regexp.MustCompile(`^(\d+(?:-\d+)?(?:, \d+(?:-\d+)?)*)(?:, and ([\d,]+) more)?, ` + proto + ": " + regexp.QuoteMeta(label) + "$")
	for _, m := range marks {
		f := named.FindStringSubmatch(m.title)
		if f == nil {
			t.Fatalf("%s: title %q, want ranges, %s: %s", c.head, m.title, proto, label)
		}
		list := strings.Split(f[1], ", ")
		more, _ := strconv.Atoi(strings.ReplaceAll(f[2], ",", ""))
		var under []string
		crowded := 0
		for r := range set.All() {
			x := c.x(int(r.First))
			if slices.ContainsFunc(m.boxes, func(b rectangle) bool { return b.x <= x && x < b.x+b.w }) {
				under = append(under, r.String())
			}
		}
		for _, b := range m.boxes {
			if b.holds(set, c) > 8 {
				crowded++
			}
		}
		if m.holes != crowded {
			t.Errorf("%s, %s: %d boxes that show how far they are filled, want %d", c.head, label, m.holes, crowded)
		}
		if len(list)+more != len(under) || !slices.Equal(list, under[:len(list)]) {
			t.Fatalf("%s: title %q, but under it are %v", c.head, m.title, under)
		}
	}
}

// checkRows: each label has a row with its ports in scope, but those that are left to
// the last row, and these have no more ports than the others.
func (c *chart) checkRows(t testing.TB, proto string, want map[string]ranges.Set, classes map[string]string) {
	t.Helper()
	var rest []ranges.Set
	least := 1 << 16
	for label, set := range want {
		if set.IsEmpty() {
			continue
		}
		if _, ok := c.rows[label]; !ok {
			rest = append(rest, set)
			continue
		}
		least = min(least, set.Len())
		c.checkRow(t, proto, label, set, classes)
	}
	if len(rest) == 0 {
		return
	}
	var others []ranges.Range
	for _, set := range rest {
		others = slices.AppendSeq(others, set.All())
		if set.Len() > least {
			t.Errorf("%s: %v has no row, but labels with %d ports have", c.head, set, least)
		}
	}
	c.checkRow(t, proto, fmt.Sprintf("and %s more labels", Thousands(len(rest))), ranges.SetOf(others...), map[string]string{})
}

func (c *chart) checkRow(t testing.TB, proto, label string, set ranges.Set, classes map[string]string) {
	t.Helper()
	marks, want := c.row(label), portsIn(set)
	if len(marks) == 0 {
		t.Fatalf("%s: no marks beside %s in %v", c.head, label, c.rows)
	}
	class := marks[0].class
	for _, m := range marks {
		c.checkLevels(t, m, markHeight, want)
		if m.class != class || classes[label] != "" && classes[label] != class {
			t.Errorf("%s: %s is drawn as %s and as %s", c.head, label, m.class, classes[label])
		}
	}
	classes[label] = class
	c.checkCovered(t, label, boxesOf(marks), want)
	c.checkTitles(t, proto, label, marks, set)
}

// checkPicture compares a drawing with what it is to show.
func checkPicture(t testing.TB, p Picture) {
	t.Helper()
	d, src := draw(t, p)
	checkFrame(t, d, src)
	charts := chartsOf(t, d)
	classes := map[string]string{}
	for _, proto := range protosOf(p) {
		pool := map[ranges.Proto]Pool{ranges.TCP: p.TCP, ranges.UDP: p.UDP, ranges.Both: p.TCP}[proto]
		name := map[ranges.Proto]string{ranges.TCP: "TCP", ranges.UDP: "UDP", ranges.Both: "TCP and UDP"}[proto]
		all, taken := map[string]ranges.Set{}, together(p.Groups).Of(proto)
		for _, g := range p.Groups {
			all[g.Label] = g.Ports.Of(proto)
		}
		checkWords(t, d, pool.Range, taken)
		if len(charts) == 0 || !strings.HasPrefix(charts[0].head, name+": ") {
			t.Fatalf("no overview of %s", name)
		}
		overview := charts[0]
		charts = charts[1:]
		dynamic := ranges.SetOf(pool.Range)
		for _, scope := range []struct {
			head string
			set  ranges.Set
		}{
			{"In the dynamic port range " + pool.Range.String() + ": ", dynamic},
			{"Outside of it: ", ranges.SetOf(ranges.Range{First: 1, Last: 65535}).Minus(dynamic)},
		} {
			if taken.Intersect(scope.set).IsEmpty() {
				continue
			}
			want := map[string]ranges.Set{}
			for label, set := range all {
				want[label] = set.Intersect(scope.set)
			}
			if len(charts) == 0 || !strings.HasPrefix(charts[0].head, scope.head) {
				t.Fatalf("no chart %q", scope.head)
			}
			charts[0].checkRows(t, name, want, classes)
			charts = charts[1:]
		}
		overview.checkOverview(t, taken, classes)
	}
	if len(charts) > 0 {
		t.Errorf("unexpected chart %q", charts[0].head)
	}
}

// protosOf gives the protocols that are to have a panel.
func protosOf(p Picture) []ranges.Proto {
	all, same := together(p.Groups), p.TCP == p.UDP
	for _, g := range p.Groups {
		same = same && g.Ports.TCP.Equal(g.Ports.UDP)
	}
	switch {
	case same:
		return []ranges.Proto{ranges.Both}
	case all.UDP.IsEmpty() && !all.TCP.IsEmpty():
		return []ranges.Proto{ranges.TCP}
	case all.TCP.IsEmpty() && !all.UDP.IsEmpty():
		return []ranges.Proto{ranges.UDP}
	}
	return []ranges.Proto{ranges.TCP, ranges.UDP}
}

// checkOverview: all ports are there, labels in the colours of their rows, and none
// where there are too many ranges to tell them apart.
func (c *chart) checkOverview(t testing.TB, taken ranges.Set, classes map[string]string) {
	t.Helper()
	if c.first != 0 || c.last != 65535 {
		t.Errorf("the overview is from %d to %d", c.first, c.last)
	}
	c.checkCovered(t, "all", boxesOf(c.marks), portsIn(taken))
	crowds := boxesOf(slices.DeleteFunc(slices.Clone(c.marks), func(m mark) bool { return !strings.HasSuffix(m.title, ": several labels") }))
	for _, m := range c.marks {
		_, label, _ := strings.Cut(m.title, ": ")
		if want := classes[label]; want != "" && m.class != want {
			t.Errorf("%s is %s in the overview, %s in its row", label, m.class, want)
		}
		for _, b := range m.boxes {
			for _, crowd := range crowds {
				if label != "several labels" && crowd.x <= b.x && b.x+b.w <= crowd.x+crowd.w {
					t.Fatalf("%s is drawn at %v, where %v is", label, b, crowd)
				}
			}
		}
	}
}

// checkWords: how much is free is said, and where most of it is.
func checkWords(t testing.TB, d drawing, pool ranges.Range, taken ranges.Set) {
	t.Helper()
	have := portsIn(taken)
	free, longest, run := 0, 0, 0
	for port := int(pool.First); port <= int(pool.Last); port++ {
		if run++; have[port] {
			run = 0
		} else {
			free++
		}
		longest = max(longest, run)
	}
	want := fmt.Sprintf("%s of %s dynamic ports stay free (", Thousands(free), Thousands(pool.Len()))
	in := func(s shape) bool {
		return s.Class == "soft" && strings.HasPrefix(s.Text, want) &&
			(longest == 0 || strings.Contains(s.Text, fmt.Sprintf("at most %s in a row: ", Thousands(longest))))
	}
	if !slices.ContainsFunc(d.Shapes, in) || !strings.Contains(d.Desc, want) {
		t.Errorf("%q and %d in a row is not said", want, longest)
	}
}

// checkFrame: it scales, it has words, nothing is beyond its edges, and there is
// nothing in it that could do harm.
func checkFrame(t testing.TB, d drawing, src []byte) {
	t.Helper()
	if d.Role != "img" || d.Title == "" || d.Desc == "" || d.ViewBox != fmt.Sprintf("0 0 %d %d", d.Width, d.Height) {
		t.Errorf("role %q, title %q, desc %q, viewBox %q of %d x %d", d.Role, d.Title, d.Desc, d.ViewBox, d.Width, d.Height)
	}
	known := []string{"svg", "title", "desc", "style", "defs", "pattern", "rect", "path", "text"}
	attrs := []string{"xmlns", "width", "height", "viewBox", "role", "class", "x", "y", "d", "text-anchor"}
	dec := xml.NewDecoder(bytes.NewReader(src))
	for {
		tok, err := dec.Token()
		if err != nil {
			break
		}
		s, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		if !slices.Contains(known, s.Name.Local) {
			t.Errorf("element %s", s.Name.Local)
		}
		for _, a := range s.Attr {
			if s.Name.Local != "pattern" && !slices.Contains(attrs, a.Name.Local) {
				t.Errorf("attribute %s of %s", a.Name.Local, s.Name.Local)
			}
		}
	}
	for _, s := range d.Shapes {
		if s.X < 0 || s.Y < 0 || s.X+s.W > d.Width || s.Y+s.H > d.Height {
			t.Errorf("beyond the edges: %+v", s)
		}
	}
	if i := bytes.IndexFunc(src, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); i >= 0 {
		t.Errorf("byte %d: %q", i, src[i:min(i+20, len(src))])
	}
}

var (
	modern = Pool{ranges.Range{First: 49152, Last: 65535}, "assumed"}
	legacy = Pool{ranges.Range{First: 1025, Last: 5000}, ""}
)

func group(label, list string) Group {
	l, err := ranges.Parse("", []byte(list))
	if err != nil {
		panic(err)
	}
	return Group{Label: label, Ports: l.Ports()}
}

// scattered are n ranges under so many labels, from port 1 to 65535.
func scattered(n, labels int) []Group {
	rnd := rand.New(rand.NewPCG(uint64(n), uint64(labels)))
	entries := make([][]ranges.Entry, labels)
	for i := range n {
		first := 1 + i*65535/n
		last := min(65535, first+rnd.IntN(max(1, 65535/n/2)))
		e := ranges.Entry{Range: ranges.Range{First: uint16(first), Last: uint16(last)}, Proto: ranges.Both}
		label := rnd.IntN(labels)
		entries[label] = append(entries[label], e)
	}
	var groups []Group
	for i, ee := range entries {
		groups = append(groups, Group{Label: fmt.Sprintf("label %d", i), Ports: ranges.PortsOf(ee...)})
	}
	return groups
}

// everySecond has a label for each of 32,768 ports.
func everySecond() (groups []Group) {
	for port := 1; port <= 65535; port += 2 {
		groups = append(groups, group(fmt.Sprintf("label %d", port), fmt.Sprint(port)))
	}
	return groups
}

func loosely(g Group) Group { g.Loose = true; return g }

var pictures = map[string]Picture{
	"nothing":           {"a", "", nil, modern, modern},
	"nothing, no group": {"a", "", []Group{{Label: "reserved"}}, modern, legacy},
	"one port":          {"a", "", []Group{group("one", "4000")}, modern, modern},
	"first port":        {"a", "", []Group{group("one", "1")}, modern, modern},
	"last port":         {"a", "", []Group{group("one", "65535")}, modern, modern},
	"all ports":         {"a", "", []Group{group("all", "1-65535")}, modern, modern},
	"all dynamic ports": {"a", "", []Group{group("all", "49152-65535")}, modern, modern},
	"tcp":               {"a", "", []Group{group("one", "80/tcp, 50000/tcp")}, modern, modern},
	"udp":               {"a", "", []Group{group("one", "80/udp, 50000/udp")}, modern, modern},
	"both":              {"a", "", []Group{group("one", "80/udp, 50000/tcp"), group("two", "50001-51000")}, modern, modern},
	"pools differ":      {"a", "", []Group{group("one", "80, 4000, 50000")}, modern, legacy},
	"20":                {"a", "", scattered(20, 20), modern, modern},
	"20, legacy":        {"a", "", scattered(20, 7), legacy, legacy},
	"2,000":             {"a", "", scattered(2000, 30), modern, modern},
	"2,000 labels":      {"a", "", scattered(2000, 2000), legacy, legacy},
	"32,768":            {"a", "", everySecond(), modern, modern},
	"32,768, one label": {"a", "", []Group{{Label: "odd", Ports: together(everySecond())}}, modern, modern},
	"overlapping":       {"a", "", []Group{group("one", "50000-51000"), group("two", "50500-52000"), group("three", "50600")}, modern, modern},
	"same ports":        {"a", "", []Group{group("one", "4000-4001"), group("two", "4000"), group("three", "4000-50000")}, modern, modern},
	"capture":           {"a", "", []Group{group("administered", "50000-50059/tcp, 1433/tcp"), loosely(group("runtime", "5357/tcp, 53111-53210/udp"))}, modern, modern},
}

// together is what all groups have together.
func together(groups []Group) ranges.Ports {
	var ee []ranges.Entry
	for _, g := range groups {
		ee = slices.AppendSeq(ee, g.Ports.Entries())
	}
	return ranges.PortsOf(ee...)
}

// What is drawn is what is there, port by port.
func TestSVG(t *testing.T) {
	for name, p := range pictures {
		t.Run(name, func(t *testing.T) { checkPicture(t, p) })
	}
}

// As many labels as there are colours have one each.
func TestSVGColors(t *testing.T) {
	d, _ := draw(t, Picture{"a", "", scattered(2000, 7), modern, modern})
	seen := map[string]bool{}
	for _, m := range chartsOf(t, d)[1].marks {
		seen[m.class] = true
	}
	if len(seen) != colors {
		t.Errorf("7 labels are drawn as %v", seen)
	}
}

// The order of the groups does not matter, nor does the run.
func TestSVGSameBytes(t *testing.T) {
	for name, p := range pictures {
		_, want := draw(t, p)
		p.Groups = slices.Clone(p.Groups)
		rand.Shuffle(len(p.Groups), func(i, j int) { p.Groups[i], p.Groups[j] = p.Groups[j], p.Groups[i] })
		if _, got := draw(t, p); !bytes.Equal(got, want) {
			t.Errorf("%s: other bytes for another order", name)
		}
	}
}

// The pictures of 1 and 20 ranges, to be looked at; UPDATE_SCRIPTS writes them anew.
func TestSVGGolden(t *testing.T) {
	for name, p := range map[string]Picture{
		"1.svg":  {"1.txt", "", []Group{group("web farm", "50000-50019")}, modern, modern},
		"20.svg": {"20.txt", "", scattered(20, 12), legacy, legacy},
	} {
		_, got := draw(t, p)
		path := filepath.Join("testdata", name)
		if os.Getenv("UPDATE_SCRIPTS") != "" {
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s differs from what is drawn", path)
		}
	}
}

// The worst of labels and ranges stay below the bound: labels that become longer when
// they are escaped, as many marks with titles as there may be, in each of four charts,
// and many marks in the overviews.
func TestSVGSize(t *testing.T) {
	const bound = 512 << 10
	var groups []Group
	for i := range 40 {
		var ee []ranges.Entry
		for j := range 16 * 6 {
			first := uint16(10_000 + i*20 + j/6*3000 + j%6*2)
			ee = append(ee, ranges.Entry{Range: ranges.Range{First: first, Last: first}, Proto: ranges.Both})
		}
		groups = append(groups, Group{Label: strings.Repeat("&", 60) + fmt.Sprint(i), Ports: ranges.PortsOf(ee...)})
	}
	half, third := Pool{ranges.Range{First: 10_000, Last: 33_000}, ""}, Pool{ranges.Range{First: 10_000, Last: 33_001}, ""}
	for _, p := range []Picture{
		{strings.Repeat("&", 1000), strings.Repeat("&", 1000), groups, half, third},
		{"a", "", everySecond(), modern, legacy},
		{"a", "", scattered(2000, 100), modern, legacy},
		{"a", "", scattered(900, 2), half, legacy},
	} {
		if _, got := draw(t, p); len(got) > bound {
			t.Errorf("%d groups: %d bytes", len(p.Groups), len(got))
		} else {
			t.Logf("%d groups: %d bytes", len(p.Groups), len(got))
		}
	}
}

// Whatever a label or a file name holds is text, and says what it holds.
func TestSVGHostile(t *testing.T) {
	for _, tt := range []struct{ text, row, title string }{
		{"<script>alert(1)</script>", "<script>alert(1)</script>", ""},
		{"]]> <!-- & &amp; &#0; -->", "]]> <!-- & &amp; &#0; -->", ""},
		{`" onload="x`, `" onload="x`, ""},
		{"a\x00b", `a\x00b`, ""},
		{"a\u202eb", `a\u202eb`, ""},
		{"a\xff\uFFFEb", `a\xff\ufffeb`, ""},
		{"two\nlines", `two\nlines`, ""},
		{"\U0001F600", "\U0001F600", ""},
		{strings.Repeat("W", 10_000), strings.Repeat("W", 17) + "…", strings.Repeat("W", 63) + "…"},
		{strings.Repeat("\x00", 10_000), "", strings.Repeat(`\x00`, 15) + `\x0…`},
		{strings.Repeat("漢", 10_000), strings.Repeat("漢", 16) + "…", strings.Repeat("漢", 63) + "…"},
		{strings.Repeat("i", 60), strings.Repeat("i", 60), strings.Repeat("i", 60)},
	} {
		title := tt.title
		if title == "" {
			title = tt.row
		}
		p := Picture{tt.text, "", []Group{{Label: tt.text, Ports: group("", "50000").Ports}}, modern, legacy}
		d, src := draw(t, p)
		checkFrame(t, d, src)
		if want := "Reserved ports: " + title; d.Title != want {
			t.Errorf("%.20q: title %q, want %q", tt.text, d.Title, want)
		}
		row := d.Shapes[slices.IndexFunc(d.Shapes, func(s shape) bool { return s.Class == "text" })].Text
		if tt.row != "" && row != tt.row {
			t.Errorf("%.20q: row %q, want %q", tt.text, row, tt.row)
		}
		mark := d.Shapes[slices.IndexFunc(d.Shapes, func(s shape) bool { return s.Class == "k0" })].Title
		if want := "50000, TCP: " + title; mark != want {
			t.Errorf("%.20q: title %q, want %q", tt.text, mark, want)
		}
	}
}

// paint is what the style has for a class.
type paint struct{ fill, stroke string }

// schemes reads the style for readers of light and of dark pages.
func schemes(t testing.TB, style string) (light, dark map[string]paint) {
	t.Helper()
	day, night, ok := strings.Cut(style, "@media screen and (prefers-color-scheme:dark){")
	if !ok {
		t.Fatal("the style has nothing for dark pages")
	}
	light = map[string]paint{}
	readStyle(light, day)
	dark = map[string]paint{}
	readStyle(dark, day)
	readStyle(dark, night)
	return light, dark
}

func readStyle(paints map[string]paint, style string) {
	for _, rule := range regexp.MustCompile(`([.\w,]+)\{([^}]*)\}`).FindAllStringSubmatch(style, -1) {
		for _, class := range strings.Split(rule[1], ",") {
			class = strings.TrimPrefix(class, ".")
			p := paints[class]
			for _, property := range strings.Split(rule[2], ";") {
				switch name, value, _ := strings.Cut(property, ":"); name {
				case "fill":
					p.fill = value
				case "stroke":
					p.stroke = value
				}
			}
			paints[class] = p
		}
	}
}

// contrast is that of WCAG 2.2 between two colours such as #0a5cc2.
func contrast(t testing.TB, a, b string) float64 {
	t.Helper()
	l, m := luminance(t, a), luminance(t, b)
	return (max(l, m) + 0.05) / (min(l, m) + 0.05)
}

func luminance(t testing.TB, color string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(strings.TrimPrefix(color, "#"), 16, 32)
	if err != nil || len(color) != 7 {
		t.Fatalf("%q is no colour", color)
	}
	linear := func(shift int) float64 {
		c := float64(n>>shift&0xFF) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(16) + 0.7152*linear(8) + 0.0722*linear(0)
}

// Text and shapes can be told from what is around them: WCAG 2.2, 1.4.3 and 1.4.11.
func TestSVGContrast(t *testing.T) {
	d, _ := draw(t, pictures["20"])
	light, dark := schemes(t, d.Style)
	for scheme, p := range map[string]map[string]paint{"light": light, "dark": dark} {
		atLeast := func(want float64, what, color string, on ...string) {
			for _, ground := range on {
				if got := contrast(t, color, p[ground].fill); got < want {
					t.Errorf("%s: %s %s on %s %s: %.2f", scheme, what, color, ground, p[ground].fill, got)
				}
			}
		}
		for _, class := range []string{"file", "head", "text", "soft"} {
			atLeast(4.5, class, p[class].fill, "page")
		}
		for _, class := range []string{"k0", "k1", "k2", "k3", "k4", "k5", "k6", "more"} {
			atLeast(3, class, p[class].fill, "track", "pool")
		}
		for _, class := range []string{"loose", "hatch", "free"} {
			atLeast(3, class, p[class].stroke, "track", "pool")
		}
		atLeast(3, "tick", p["tick"].stroke, "page")
		atLeast(3, "track", p["track"].stroke, "page")
		atLeast(3, "pool", p["pool"].stroke, "page", "track")
	}
}
