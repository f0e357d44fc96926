package ranges

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// randomList gives a list of about size bytes: mostly entries in all spellings, one line in wrong
// with an error, if wrong is not 0.
func randomList(r *rand.Rand, size, wrong int) string {
	pick := func(ss ...string) string { return ss[r.IntN(len(ss))] }
	newline := pick("\n", "\r\n")
	var b strings.Builder
	b.WriteString(pick("", bom))
	for b.Len() < size {
		b.WriteString(pick("", "", "", " ", "\t "))
		for n := r.IntN(4); n > 0; n-- {
			first := 1 + r.IntN(65535)
			fmt.Fprint(&b, first)
			if r.IntN(2) == 0 {
				fmt.Fprintf(&b, "-%d", min(65535, first+r.IntN(1<<r.IntN(16))))
			}
			b.WriteString(pick("", "", "/tcp", "/udp"))
			if n > 1 {
				b.WriteString(pick(",", ", ", " ,\t"))
			}
		}
		b.WriteString(pick("", "  ", " # service", "# größe "+strings.Repeat("x", r.IntN(60)), " # 大きさ\t"))
		if wrong > 0 && r.IntN(wrong) == 0 {
			b.WriteString(pick("\x00", "\x1b", "\xFF", "\r", "\x7f", "\n,", "\n1:2", "\n90-80 # x", "\n080,5", "\n65536/tcp, 0",
				"\n1-99999", "\n123456-7", "\n80/tcpx", "\n80/TCP", "\n80,", "\n80 90", "\nx"))
		}
		b.WriteString(newline)
	}
	return strings.TrimSuffix(b.String(), pick("", newline))
}

func TestReadPortsRandom(t *testing.T) {
	r := newRand(t)
	for i := range 400 {
		size, wrong := r.IntN(2000), 0
		if i%40 == 0 {
			size = blockSize * (1 + r.IntN(6))
		}
		if i%2 == 1 {
			wrong = 1 + r.IntN(200)
		}
		checkReaders(t, randomList(r, size, wrong))
	}
}

// TestReadPortsBoundaries puts a block boundary at every byte of a few lines, with and without an
// error in front and behind.
func TestReadPortsBoundaries(t *testing.T) {
	filler := strings.Repeat("1000-1005 # filler\n", blockSize/19+1)
	for _, tail := range []string{
		"80-90 # web\r\n5022/tcp, 443\r\n65535 # größe",
		"80-90 # a\n1:2\n90 # \xFF\n# \r\n5\n",
		"\n" + bom + "80\n",
	} {
		for i := range len(tail) + 2 {
			src := filler[len(filler)-blockSize+i:]
			src = "2#" + src[:len(src)-1] + "\n" + tail
			checkReaders(t, src)
			checkReaders(t, src+"\n"+src)
		}
	}
}

func TestReadPortsReaders(t *testing.T) {
	r := newRand(t)
	for i := range 12 {
		src := randomList(r, []int{100, 5000, blockSize + 5000}[i%3], 100*(i%2))
		l, err := Parse("ports.txt", []byte(src))
		var ports Ports
		if err == nil {
			ports = l.Ports()
		}
		for _, wrap := range []func(io.Reader) io.Reader{
			iotest.OneByteReader, iotest.HalfReader, iotest.DataErrReader,
			func(r io.Reader) io.Reader { return iotest.DataErrReader(iotest.OneByteReader(r)) },
			func(r io.Reader) io.Reader { return &lazyReader{r: r} },
		} {
			checkReader(t, src, wrap(strings.NewReader(src)), ports, err)
		}
	}
}

// lazyReader gives nothing two times out of three.
type lazyReader struct {
	r io.Reader
	n int
}

func (l *lazyReader) Read(p []byte) (int, error) {
	if l.n++; l.n%3 != 0 {
		return 0, nil
	}
	return l.r.Read(p)
}

func TestReadFailure(t *testing.T) {
	broken := errors.New("broken")
	for _, tt := range []struct {
		r    io.Reader
		is   error
		want string
	}{
		{iotest.ErrReader(broken), broken, "ports.txt: broken"},
		{iotest.TimeoutReader(strings.NewReader(strings.Repeat("80\n", blockSize))), iotest.ErrTimeout, "ports.txt: timeout"},
		{io.MultiReader(strings.NewReader("80\nx\n"), iotest.ErrReader(broken)), broken, "ports.txt: broken"},
		{iotest.ErrReader(&fs.PathError{Op: "read", Path: "ports.txt", Err: broken}), broken, "ports.txt: broken"},
		{nothing{}, io.ErrNoProgress, "ports.txt: " + io.ErrNoProgress.Error()},
	} {
		ports, err := ReadPorts(tt.r, "ports.txt")
		if fmt.Sprint(err) != tt.want || !errors.Is(err, tt.is) || !ports.IsEmpty() {
			t.Errorf("got %v, %v; want %s", ports, err, tt.want)
		}
	}
	var got []string
	for e, err := range Scan(io.MultiReader(strings.NewReader("80\nx\n90-9"), iotest.ErrReader(broken)), "p") {
		got = append(got, fmt.Sprint(e.Range, err))
	}
	if s := strings.Join(got, "\n"); s != `80 <nil>`+"\n"+`0 p:2:1: "x" is not a port range; `+guess+"\n0 p: broken" {
		t.Errorf("Scan gives\n%s", s)
	}
}

// nothing is a reader that never gives anything.
type nothing struct{}

func (nothing) Read([]byte) (int, error) { return 0, nil }

func TestScanStops(t *testing.T) {
	for e, err := range Scan(io.MultiReader(strings.NewReader("80, 81\n"), nothing{}), "p") {
		if err == nil && e.Range.First == 80 {
			break
		}
		t.Fatalf("goes on: %v, %v", e, err)
	}
	n := 0
	for range Scan(strings.NewReader("x,y\nz # \x01\n"), "p") {
		if n++; n == 3 {
			break
		}
	}
	if n != 3 {
		t.Errorf("%d errors, want 3", n)
	}
}

// TestReadPortsMemory reads 100 MB.
func TestReadPortsMemory(t *testing.T) {
	list := []byte(strings.Repeat("1433-1434 # SQL Server\n", 100_000))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	goroutines := runtime.NumGoroutine()
	var parts []io.Reader
	for range 45 {
		parts = append(parts, bytes.NewReader(list))
	}
	if _, err := ReadPorts(io.MultiReader(parts...), "p"); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 4<<20 {
		t.Errorf("%d bytes allocated", n)
	}
	for end := time.Now().Add(time.Second); runtime.NumGoroutine() > goroutines; {
		if time.Now().After(end) {
			t.Fatalf("%d goroutines left", runtime.NumGoroutine()-goroutines)
		}
		runtime.Gosched()
	}
}

func BenchmarkReadPorts(b *testing.B) {
	for _, bench := range []struct{ name, lines string }{
		{"LF", "1433-1434 # SQL Server\n50000 # a\n"},
		{"CRLF", "1433-1434 # SQL Server\r\n50000 # a\r\n"},
		{"UTF8", "1433-1434 # größe 大きさ\n50000 # ä\n"},
		{"protocols", "1433-1434/tcp # SQL Server\n50000/udp # a\n"},
		{"commas", "1433-1434, 50000, 60000-60010, 61000, 62000\n"},
	} {
		b.Run(bench.name, func(b *testing.B) {
			src := []byte(strings.Repeat(bench.lines, 100_000))
			b.SetBytes(int64(len(src)))
			for b.Loop() {
				if _, err := ReadPorts(bytes.NewReader(src), "ports.txt"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	src := []byte(strings.Repeat("1433-1434 # SQL Server\n50000 # a\n", 100_000))
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		l, err := Parse("ports.txt", src)
		if err != nil {
			b.Fatal(err)
		}
		l.Format()
	}
}
