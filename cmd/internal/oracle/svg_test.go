package oracle

import (
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// svgLists are lists of 1, 20 and 2,000 ranges. Some labels are as wide as can be.
func svgLists() map[string]string {
	lists := map[string]string{"1": "50000-50019  # web farm\n"}
	for name, n := range map[string]int{"20": 20, "2000": 2000} {
		var b strings.Builder
		for i := range n {
			first := 1025 + i*(64000/n)
			label := fmt.Sprint("service ", i%40)
			if i%40 == 3 {
				label = strings.Repeat("W", 300)
			}
			fmt.Fprintf(&b, "%d-%d  # %s\n", first, first+i%3*6, label)
		}
		lists[name] = b.String()
	}
	return lists
}

// svgShape is a rect, path or text of a picture.
type svgShape struct {
	XMLName xml.Name
	Class   string `xml:"class,attr"`
	X       int    `xml:"x,attr"`
	Y       int    `xml:"y,attr"`
	W       int    `xml:"width,attr"`
	H       int    `xml:"height,attr"`
	Anchor  string `xml:"text-anchor,attr"`
	D       string `xml:"d,attr"`
	Text    string `xml:",chardata"`
}

type svgPicture struct {
	Width  int        `xml:"width,attr"`
	Height int        `xml:"height,attr"`
	Style  string     `xml:"style"`
	Shapes []svgShape `xml:",any"`
}

// boxes gives the boxes that a path is made of.
func (s svgShape) boxes() (all []image.Rectangle) {
	for _, f := range regexp.MustCompile(`M(\d+) (\d+)h(\d+)v(\d+)h-`).FindAllStringSubmatch(s.D, -1) {
		var n [4]int
		for i := range n {
			n[i], _ = strconv.Atoi(f[i+1])
		}
		all = append(all, image.Rect(n[0], n[1], n[0]+n[2], n[1]+n[3]))
	}
	return all
}

// fills gives the colours of the classes in a scheme.
func (p svgPicture) fills(dark bool) map[string]color.RGBA {
	style, night, _ := strings.Cut(p.Style, "@media")
	if dark {
		style += night
	}
	fills := map[string]color.RGBA{}
	for _, f := range regexp.MustCompile(`\.(\w+)\{fill:#(\w{6})`).FindAllStringSubmatch(style, -1) {
		n, _ := strconv.ParseUint(f[2], 16, 32)
		fills[f[1]] = color.RGBA{uint8(n >> 16), uint8(n >> 8), uint8(n), 255}
	}
	return fills
}

const (
	svgBorder = 20 // pixels of the page around a picture
	svgLimit  = time.Minute
)

// frame is what a page has around a picture.
var frame = color.RGBA{255, 0, 255, 255}

// screenshot opens a page in Chromium, for a reader who prefers light or dark pages.
func screenshot(t testing.TB, path string, dark bool, w, h int) *image.RGBA {
	t.Helper()
	scheme := 1
	if dark {
		scheme = 0
	}
	dir := tempDir(t)
	out := filepath.Join(dir, "screenshot.png")
	c := command{dir: dir, env: []string{"HOME=" + dir}, limit: svgLimit, args: []string{"chromium",
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run", "--user-data-dir=" + dir,
		fmt.Sprintf("--blink-settings=preferredColorScheme=%d", scheme),
		fmt.Sprintf("--window-size=%d,%d", w, h), "--screenshot=" + out, "file://" + path}}
	r, err := c.run()
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(out)
	if err != nil {
		t.Fatalf("%v\n%v", err, r)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	if img.Bounds() != image.Rect(0, 0, w, h) {
		t.Fatalf("the screenshot is %v, want %d by %d", img.Bounds(), w, h)
	}
	screen := image.NewRGBA(img.Bounds())
	draw.Draw(screen, screen.Bounds(), img, image.Point{}, draw.Src)
	return screen
}

// A view is a picture on a screen.
type view struct {
	svgPicture
	screen *image.RGBA
	at     image.Point
	colors map[string]color.RGBA
}

func (v view) pixel(x, y int) color.RGBA {
	return v.screen.RGBAAt(v.at.X+x, v.at.Y+y)
}

// TestSVG looks at pictures in a browser: as images on a page, which is how forges
// show them, and at one by itself.
func TestSVG(t *testing.T) {
	dir := tempDir(t)
	lists := svgLists()
	html := fmt.Sprintf("<body style=\"margin:%dpx;background:#f0f\">", svgBorder)
	pictures := map[string]svgPicture{}
	places := map[string]image.Point{}
	w, h := 0, svgBorder
	for name, list := range lists {
		svg := mustRun(t, portreg, "show", "-f", "svg", tempFile(t, "ports.txt", []byte(list)))
		writeFile(t, filepath.Join(dir, name+".svg"), []byte(svg))
		mustRun(t, "xmllint", "--noout", filepath.Join(dir, name+".svg"))
		var p svgPicture
		if err := xml.Unmarshal([]byte(svg), &p); err != nil {
			t.Fatal(err)
		}
		html += fmt.Sprintf("<img style=\"display:block;margin-bottom:%dpx\" src=\"%s.svg\">", svgBorder, name)
		pictures[name], places[name] = p, image.Pt(svgBorder, h)
		w, h = max(w, p.Width+2*svgBorder), h+p.Height+svgBorder
	}
	page := filepath.Join(dir, "page.html")
	writeFile(t, page, []byte(html))
	for _, dark := range []bool{false, true} {
		screen := screenshot(t, page, dark, w, h)
		for name, p := range pictures {
			v := view{p, screen, places[name], p.fills(dark)}
			t.Run(fmt.Sprintf("%s, dark %v", name, dark), func(t *testing.T) {
				v.checkEdges(t)
				v.checkText(t)
				v.checkRows(t, lists[name])
			})
		}
		const alone = "20"
		p := pictures[alone]
		screen = screenshot(t, filepath.Join(dir, alone+".svg"), dark, p.Width, p.Height)
		v := view{p, screen, image.Point{}, p.fills(dark)}
		v.checkText(t)
		v.checkRows(t, lists[alone])
	}
}

// checkEdges: the picture ends where it says, and has nothing close to its edges.
func (v view) checkEdges(t *testing.T) {
	const empty = 12
	inside := image.Rect(0, 0, v.Width, v.Height)
	for y := -svgBorder; y < v.Height+svgBorder; y++ {
		for x := -svgBorder; x < v.Width+svgBorder; x++ {
			want := frame
			switch at := image.Pt(x, y); {
			case at.In(inside.Inset(empty)):
				continue
			case at.In(inside):
				want = v.colors["page"]
			}
			if got := v.pixel(x, y); got != want {
				t.Fatalf("%d, %d is %v, want %v", x, y, got, want)
			}
		}
	}
}

// difference adds up how far two colours are apart in red, green and blue: a letter in
// the colour of the page is not, but for rounding.
func difference(a, b color.RGBA) int {
	d := func(x, y uint8) int { return max(int(x)-int(y), int(y)-int(x)) }
	return d(a.R, b.R) + d(a.G, b.G) + d(a.B, b.B)
}

// checkText: each text can be seen, and ends before what is beside it.
func (v view) checkText(t *testing.T) {
	for _, s := range v.Shapes {
		if s.XMLName.Local != "text" {
			continue
		}
		from := map[string]int{"": s.X, "middle": s.X - 4, "end": s.X - 8}[s.Anchor]
		ink := 0
		for y := s.Y - 10; y < s.Y; y++ {
			for x := from; x < from+8; x++ {
				if difference(v.pixel(x, y), v.colors["page"]) > 150 {
					ink++
				}
			}
		}
		if ink < 5 {
			t.Errorf("%q cannot be seen: %d pixels", s.Text, ink)
		}
	}
	for _, c := range v.charts() {
		for label, y := range c.rows {
			for x := c.X - 8; x < c.X-1; x++ {
				if v.pixel(x, y) != v.colors["page"] {
					t.Errorf("%q reaches into the chart", label)
				}
			}
		}
	}
}

// An svgChart is a track with rows of marks.
type svgChart struct {
	svgShape
	first, last int            // ports, as the axis has them
	rows        map[string]int // the middle of the row with a label
}

func (v view) charts() (all []*svgChart) {
	for _, s := range v.Shapes {
		i := len(all) - 1
		port, err := strconv.Atoi(s.Text)
		switch {
		case s.Class == "track":
			all = append(all, &svgChart{svgShape: s, first: -1, rows: map[string]int{}})
		case s.Class == "text":
			all[i].rows[s.Text] = s.Y - 5
		case s.Class == "soft" && err == nil && s.X < all[i].X+all[i].W:
			if all[i].first < 0 {
				all[i].first = port
			}
			all[i].last = port
		}
	}
	return all[1:] // behind the strip of all ports
}

// x is where the axis has the middle of a port.
func (c *svgChart) x(port int) int {
	return c.X + (2*(port-c.first)+1)*c.W/(2*(c.last-c.first+1))
}

// class names the colour of a pixel if it is one of those for reserved ports.
func (v view) class(x, y int) string {
	p := v.pixel(x, y)
	for _, class := range []string{"k0", "k1", "k2", "k3", "k4", "k5", "k6", "more"} {
		if p == v.colors[class] {
			return class
		}
	}
	return ""
}

// checkRows: beside its label each range of the list has one colour, and no other
// place in the row has any; what is left to the last row has a colour there.
func (v view) checkRows(t *testing.T, list string) {
	ranges := map[string][][2]int{}
	for line := range strings.Lines(list) {
		var first, last int
		entry, label, _ := strings.Cut(strings.TrimSpace(line), "  # ")
		fmt.Sscanf(entry, "%d-%d", &first, &last)
		if strings.HasPrefix(label, "WW") {
			label = "WW"
		}
		ranges[label] = append(ranges[label], [2]int{first, last})
	}
	seen := 0
	for _, c := range v.charts() {
		for label, y := range c.rows {
			if strings.HasPrefix(label, "WW") {
				label = "WW"
			}
			rr, ok := ranges[label]
			if !ok {
				continue
			}
			seen += v.checkRow(t, c, label, y, rr)
		}
	}
	if seen == 0 {
		t.Error("no range was looked at")
	}
	v.checkBoxes(t)
}

func (v view) checkRow(t *testing.T, c *svgChart, label string, y int, rr [][2]int) (seen int) {
	t.Helper()
	class := ""
	near := make([]bool, v.Width)
	for _, r := range rr {
		if r[0] < c.first || r[1] > c.last || !v.inScope(c, r[0]) {
			continue
		}
		seen++
		from, to := c.x(r[0]), c.x(r[1])
		for x := from; x <= to; x++ {
			got := v.class(x, y)
			if class == "" {
				class = got
			}
			if got == "" || got != class {
				t.Fatalf("%s, %d-%d: %d, %d is %v %q, want %q", label, r[0], r[1], x, y, v.pixel(x, y), got, class)
			}
		}
		for x := from - 3; x <= to+3; x++ {
			near[x] = true
		}
	}
	for x := c.X; x < c.X+c.W; x++ {
		if got := v.class(x, y); !near[x] && got != "" {
			t.Fatalf("%s: %d, %d is %q, where nothing is reserved", label, x, y, got)
		}
	}
	return seen
}

// inScope tells whether a chart is about the side of the dynamic port range on which
// a port is: only one of them begins where that does.
func (v view) inScope(c *svgChart, port int) bool {
	const dynamic = 49152
	return (c.first == dynamic) == (port >= dynamic)
}

// checkBoxes: every box of every mark has its colour in the row of pixels at its end.
func (v view) checkBoxes(t *testing.T) {
	for _, s := range v.Shapes {
		if _, ok := v.colors[s.Class]; !ok || s.XMLName.Local != "path" {
			continue
		}
		for _, b := range s.boxes() {
			if got := v.class(b.Min.X+b.Dx()/2, b.Max.Y-1); got != s.Class && !v.covered(s, b) {
				t.Fatalf("%v of %s is %q", b, s.Class, got)
			}
		}
	}
}

// covered tells whether a later mark lies over the box.
func (v view) covered(s svgShape, b image.Rectangle) bool {
	i := slices.Index(v.Shapes, s)
	return slices.ContainsFunc(v.Shapes[i+1:], func(over svgShape) bool {
		return slices.ContainsFunc(over.boxes(), b.Overlaps)
	})
}
