package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"portreg/ranges"
)

// Picture is what SVG draws of one file, or of a part of it.
type Picture struct {
	File     string
	Part     string  // "" if it is all of the file; else the pictures of the others follow
	Groups   []Group // each label once, in any order
	TCP, UDP Pool
}

// Group is the ports that a label stands for.
type Group struct {
	Label string // "" for none
	Ports ranges.Ports
	Loose bool // not reserved for good, as runtime reservations are not
}

// Pool is a dynamic port range.
type Pool struct {
	Range   ranges.Range
	Assumed string // what makes it this one if the file does not say; else ""
}

// SVG draws the port space of each picture: a strip of all ports, and below, enlarged, a
// lane for each label in the dynamic port range and for each outside of it. Where TCP
// and UDP differ each has its own. What would be narrower than three pixels is drawn
// that wide. Of more than 20 labels the 19 with the most ports have lanes of their own.
//
// The picture follows the reader's colour scheme, says in words what it shows, holds
// no script, refers to nothing and stays below 512 KiB per picture. Labels and file names
// may be anything: they are shortened, and what cannot be printed is escaped.
func SVG(w io.Writer, pictures ...Picture) error {
	var c canvas
	var told []string
	for _, p := range pictures {
		told = append(told, c.picture(p))
	}
	c.notes(pictures)
	c.y += margin
	_, err := fmt.Fprintf(w, svgHead, pageWidth, c.y, escapeXML(svgTitle(pictures)), escapeXML(strings.Join(told, "\n")), svgStyle)
	if err == nil {
		_, err = c.b.WriteTo(w)
	}
	if err == nil {
		_, err = io.WriteString(w, "</svg>\n")
	}
	return err
}

// notes explains how the marks are drawn.
func (c *canvas) notes(pictures []Picture) {
	notes := []string{"Marks are at least 3 pixels wide, however few ports they stand for."}
	if c.crowded {
		notes = append(notes, "A box stands for ranges that are too close to be drawn apart; it is filled as far as its ports are reserved.")
	}
	if slices.ContainsFunc(pictures, func(p Picture) bool {
		return slices.ContainsFunc(p.Groups, func(g Group) bool { return g.Loose })
	}) {
		notes = append(notes, "Hatched: not reserved for good, counted as not free.")
	}
	c.y += 12
	for _, n := range notes {
		c.y += 18
		c.text("soft", margin, "start", n)
	}
}

func svgTitle(pictures []Picture) string {
	title := "Reserved ports: " + clipped(pictures[0].File)
	more := 0
	for i, p := range pictures[1:] {
		if p.Part == "" || p.File != pictures[i].File {
			more++
		}
	}
	if more > 0 {
		title += " and " + Count(more, "more file")
	}
	return title
}

const svgHead = `<svg xmlns="http://www.w3.org/2000/svg" width="%[1]d" height="%[2]d" viewBox="0 0 %[1]d %[2]d" role="img">
<title>%[3]s</title>
<desc>%[4]s</desc>
<style>%[5]s</style>
<defs><pattern id="loose" width="4" height="4" patternUnits="userSpaceOnUse"><path class="hatch" d="M-1 5L5 -1M-1 1L1 -1M3 5L5 3"/></pattern></defs>
<rect class="page" width="%[1]d" height="%[2]d"/>
`

// The colours, of which k0 to k6 are those of the labels.
const svgStyle = `
rect,path{shape-rendering:crispEdges}
text{font-family:sans-serif;font-size:13px}
.file{font-size:18px;font-weight:bold}
.head{font-size:14px;font-weight:bold}
.file,.head,.text{fill:#1f2328}
.soft{fill:#57606a}
.page{fill:#ffffff}
.track{fill:#f0f2f4;stroke:#7d868f}
.pool{fill:#deebf9;stroke:#5b7fa6}
.grid{stroke:#c3cad1;fill:none}
.tick{stroke:#7d868f;fill:none}
.free{stroke:#1f2328;fill:none}
.loose{fill:url(#loose);stroke:#57606a}
.hatch{stroke:#57606a;fill:none;shape-rendering:auto}
.more{fill:#57606a}
.k0{fill:#0a5cc2}
.k1{fill:#b3420a}
.k2{fill:#0f7343}
.k3{fill:#8a32b0}
.k4{fill:#b0185f}
.k5{fill:#006b80}
.k6{fill:#755a00}
@media screen and (prefers-color-scheme:dark){
.file,.head,.text{fill:#e6edf3}
.soft{fill:#a3adb8}
.page{fill:#0d1117}
.track{fill:#1c2229;stroke:#7a848f}
.pool{fill:#122c49;stroke:#6b96c4}
.grid{stroke:#3a434d}
.tick{stroke:#7a848f}
.free{stroke:#e6edf3}
.loose{stroke:#a3adb8}
.hatch{stroke:#a3adb8}
.more{fill:#a3adb8}
.k0{fill:#6cb2ff}
.k1{fill:#ff9d66}
.k2{fill:#52cc8d}
.k3{fill:#d79bf5}
.k4{fill:#ff8abb}
.k5{fill:#4fcfe3}
.k6{fill:#e3c04d}
}
`

const colors = 7 // k0 to k6

// The layout, in pixels.
const (
	pageWidth   = 1000
	margin      = 20
	chartLeft   = 274
	chartWidth  = 512
	rangesLeft  = chartLeft + chartWidth + 12
	stripHeight = 24
	laneHeight  = 22
	markHeight  = 12
	narrowest   = 3 // of marks
)

const (
	mostLanes = 20
	mostMarks = 8 // of a lane that have a title of their own
	mostNamed = 4 // ranges in a title
)

// A lane is the ports of a label.
type lane struct {
	label string
	class string
	set   ranges.Set
}

const (
	unlabelled = "no label"
	loose      = "loose"
)

// lanesOf gives what the groups have of proto; each group has its colour.
func lanesOf(groups []Group, proto ranges.Proto) (all []lane) {
	groups = slices.Clone(groups)
	slices.SortFunc(groups, func(a, b Group) int {
		first := cmp.Compare(hull(a.Ports.Either()).First, hull(b.Ports.Either()).First)
		return cmp.Or(first, strings.Compare(a.Label, b.Label))
	})
	color := 0
	for _, g := range groups {
		l := lane{cmp.Or(clipped(g.Label), unlabelled), loose, g.Ports.Of(proto)}
		if !g.Loose {
			l.class = fmt.Sprintf("k%d", color%colors)
			color++
		}
		if !l.set.IsEmpty() {
			all = append(all, l)
		}
	}
	return all
}

// within gives what the lanes have in s, by their first ports. Of too many it leaves
// those with the most ports, and makes one of all others.
func within(s ranges.Set, all []lane) (some []lane) {
	for _, l := range all {
		if l.set = l.set.Intersect(s); !l.set.IsEmpty() {
			some = append(some, l)
		}
	}
	byFirst := func(a, b lane) int { return cmp.Compare(hull(a.set).First, hull(b.set).First) }
	slices.SortStableFunc(some, byFirst)
	if len(some) <= mostLanes {
		return some
	}
	slices.SortStableFunc(some, func(a, b lane) int { return cmp.Compare(b.weight(), a.weight()) })
	kept, others := some[:mostLanes-1], some[mostLanes-1:]
	slices.SortStableFunc(kept, byFirst)
	label := fmt.Sprintf("and %s more labels", Thousands(len(others)))
	return append(slices.Clip(kept), lane{label, "more", union(others)})
}

// lasting gives the lanes of what is reserved for good.
func lasting(all []lane) []lane {
	return slices.DeleteFunc(slices.Clone(all), func(l lane) bool { return l.class == loose })
}

// weight orders lanes: by ports, before them what has no label.
func (l lane) weight() int {
	if l.label == unlabelled {
		return 1 << 16
	}
	return l.set.Len()
}

func union(lanes []lane) ranges.Set {
	var all []ranges.Range
	for _, l := range lanes {
		all = slices.AppendSeq(all, l.set.All())
	}
	return ranges.SetOf(all...)
}

// hull gives the range from the first to the last port of s.
func hull(s ranges.Set) (h ranges.Range) {
	for r := range s.All() {
		h = ranges.Range{First: cmp.Or(h.First, r.First), Last: r.Last}
	}
	return h
}

// A panel is what one protocol sees of a file, or both.
type panel struct {
	name    string // TCP, UDP, TCP and UDP
	lanes   []lane
	dynamic Pool
}

func protoName(proto ranges.Proto) string {
	if proto == ranges.Both {
		return "TCP and UDP"
	}
	return strings.ToUpper(proto.String())
}

func panelOf(p Picture, proto ranges.Proto) panel {
	dynamic := p.TCP
	if proto == ranges.UDP {
		dynamic = p.UDP
	}
	return panel{protoName(proto), lanesOf(p.Groups, proto), dynamic}
}

// panels gives one panel for both protocols where they do not differ, else those that
// have ports.
func panels(p Picture) (all []panel) {
	same := p.TCP == p.UDP
	for _, g := range p.Groups {
		same = same && g.Ports.TCP.Equal(g.Ports.UDP)
	}
	if same {
		return []panel{panelOf(p, ranges.Both)}
	}
	tcp, udp := panelOf(p, ranges.TCP), panelOf(p, ranges.UDP)
	switch {
	case len(udp.lanes) == 0 && len(tcp.lanes) > 0:
		return []panel{tcp}
	case len(tcp.lanes) == 0 && len(udp.lanes) > 0:
		return []panel{udp}
	}
	return []panel{tcp, udp}
}

// picture draws a file and tells the same in words.
func (c *canvas) picture(p Picture) string {
	c.y += margin + 18
	name := clipped(p.File)
	if p.Part != "" {
		name += ": " + clipped(p.Part)
	}
	c.text("file", margin, "start", fit(name, 18, pageWidth-2*margin))
	told := name + "."
	for i, part := range panels(p) {
		c.y += min(i, 1) * 16
		told += " " + c.panel(part)
	}
	return told
}

func (c *canvas) panel(p panel) string {
	head := p.name + ": " + extent(p.lanes)
	c.y += 26
	c.text("head", margin, "start", head)
	c.overview(p)

	dynamic := ranges.SetOf(p.dynamic.Range)
	in := within(dynamic, p.lanes)
	inHead := fmt.Sprintf("In the dynamic port range %s: %s", p.dynamic.Range, extent(in))
	free := p.free()
	c.heading(inHead, free.left())
	if len(in) > 0 {
		c.chart(p, windowOf(p.dynamic.Range), in, free.run())
	}
	told := fmt.Sprintf("%s. The %s. %s. %s.%s", head, p.dynamic, inHead, free.left(), recite(in))

	if out := within(union(p.lanes).Minus(dynamic), p.lanes); len(out) > 0 {
		const effect = "Not handed out anyway, unless the range is moved over them"
		outHead := "Outside of it: " + extent(out)
		c.heading(outHead, effect)
		c.chart(p, around(hull(union(out))), out, ranges.Range{})
		told += fmt.Sprintf(" %s.%s", outHead, recite(out))
	}
	return told
}

// extent is "2 ranges, 20 ports", with what is not reserved for good apart.
func extent(lanes []lane) string {
	text := "nothing"
	if good := union(lasting(lanes)); !good.IsEmpty() {
		text = sizeOf(good)
	}
	text += " reserved"
	for _, l := range lanes {
		if l.class == loose {
			text += fmt.Sprintf("; %s: %s", l.label, sizeOf(l.set))
		}
	}
	return text
}

func sizeOf(s ranges.Set) string {
	return Count(s.Ranges(), "range") + ", " + Count(s.Len(), "port")
}

// String is "dynamic port range 49152-65535", with why it is assumed, if it is.
func (p Pool) String() string {
	text := "dynamic port range " + p.Range.String()
	if p.Assumed != "" {
		text += " (" + p.Assumed + ")"
	}
	return text
}

// recite tells what is in the lanes.
func recite(lanes []lane) string {
	var b strings.Builder
	for _, l := range lanes {
		fmt.Fprintf(&b, " %s: %s.", l.label, few(slices.Collect(l.set.All()), mostNamed))
	}
	return b.String()
}

// free is what is left of the dynamic port range.
func (p panel) free() free { return freeOf(p.dynamic.Range, union(p.lanes)) }

// left tells how much is free.
func (f free) left() string {
	text := fmt.Sprintf("%s of %s dynamic ports stay free (%s)", Thousands(f.Len()), Thousands(f.of.Len()), f.percent())
	if run := f.run(); run.IsValid() {
		text += fmt.Sprintf(", at most %s in a row: %s", Thousands(run.Len()), run)
	}
	return text
}

// overview draws all ports.
func (c *canvas) overview(p panel) {
	v := window{0, 1 << 16, margin, pageWidth - 2*margin}
	d := v.run(p.dynamic.Range)
	c.y += 26
	if d.x+d.w/2 < pageWidth/2 {
		c.text("soft", d.x, "start", p.dynamic.String())
	} else {
		c.text("soft", d.x+d.w, "end", p.dynamic.String())
	}
	c.y += 9
	c.rect("track", v.x, c.y, v.w, stripHeight)
	c.rect("pool", d.x, c.y-3, d.w, stripHeight+6)
	crowd := crowdOf(v, lasting(p.lanes))
	for _, l := range within(union(p.lanes), p.lanes) {
		l.set = l.set.Minus(crowd.set)
		c.overall(p, v, l)
	}
	c.overall(p, v, crowd)
	c.y += stripHeight
	c.axis(v, c.y+3, 5)
	c.y += 20
}

// overall draws a lane over all others: what is loose at half the height.
func (c *canvas) overall(p panel, v window, l lane) {
	top, height := c.y, stripHeight
	if l.class == loose {
		top, height = c.y+stripHeight/2, stripHeight/2
	}
	if !l.set.IsEmpty() {
		c.marks(l.class, v, v.runs(l.set), top, height, told(p, l, slices.Collect(l.set.All())))
	}
}

// crowdOf gives what cannot be told apart where several lanes are drawn over each other.
func crowdOf(v window, lanes []lane) lane {
	var rr []ranges.Range
	for _, r := range v.runs(union(lanes)) {
		if r.crowded() && len(lanes) > 1 {
			rr = append(rr, r.ranges...)
		}
	}
	return lane{"several labels", "more", ranges.SetOf(rr...)}
}

// told is the title of marks.
func told(p panel, l lane, rr []ranges.Range) string {
	return fmt.Sprintf("%s, %s: %s", few(rr, mostNamed), p.name, l.label)
}

func (c *canvas) heading(head, words string) {
	c.y += 30
	c.text("head", margin, "start", head)
	c.y += 19
	c.text("soft", margin, "start", words)
}

// chart draws the lanes, and where the longest free run is if it is valid.
func (c *canvas) chart(p panel, v window, lanes []lane, free ranges.Range) {
	rows := len(lanes)
	if free.IsValid() {
		rows++
	}
	c.y += 26
	c.ground(p, v, rows*laneHeight)
	for _, l := range lanes {
		c.lane(p, v, l)
	}
	if free.IsValid() {
		c.row("longest free run", free.String())
		r := v.run(free)
		c.path("free", fmt.Sprintf("M%d %dv8m0 -4h%dm0 -4v8", r.x, c.y-laneHeight/2-4, r.w), "longest free run: "+free.String())
	}
}

// ground draws what lies below the lanes: the track, what of it is dynamic, and the
// lines of the axis.
func (c *canvas) ground(p panel, v window, height int) {
	c.rect("track", v.x, c.y, v.w, height)
	if shown := ranges.SetOf(p.dynamic.Range).Intersect(ranges.SetOf(v.ports())); !shown.IsEmpty() {
		d := v.run(hull(shown))
		c.rect("pool", d.x, c.y, d.w, height)
	}
	c.axis(v, c.y, -5)
	for _, t := range v.ticks() {
		c.path("grid", fmt.Sprintf("M%d.5 %dv%d", v.left(t), c.y, height), "")
	}
}

// row begins a row of a chart with what it says to the left and the right of it.
func (c *canvas) row(label, words string) {
	base := c.y + laneHeight/2 + 5
	c.y += laneHeight
	c.path("grid", fmt.Sprintf("M%d %d.5h%d", margin, c.y-1, pageWidth-2*margin), "")
	c.textAt(base, "text", margin, "start", fit(label, 13, chartLeft-margin-10))
	c.textAt(base, "soft", rangesLeft, "start", words)
}

func (c *canvas) lane(p panel, v window, l lane) {
	rr := slices.Collect(l.set.All())
	c.row(l.label, fitRanges(rr, 13, pageWidth-margin-rangesLeft))
	top, runs := c.y-(laneHeight+markHeight)/2, v.runs(l.set)
	if len(runs) > mostMarks {
		c.marks(l.class, v, runs, top, markHeight, told(p, l, rr))
		return
	}
	for _, r := range runs {
		c.marks(l.class, v, []run{r}, top, markHeight, told(p, l, r.ranges))
	}
}
