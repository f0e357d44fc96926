// Command bench builds the workloads and prints how portreg compares with
// programs that everybody has, as the table that README.md quotes.
//
// Whole processes are timed in turn, A B A B …, and the ratio is taken round
// by round: the median of the ratios holds on a machine whose speed drifts.
// Run it from the module's root: go run ./.ci/bench, or go run ./.ci/bench WORD
// for the rows that hold the word.
package main

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// job is a command line, or two with a pipe between, and the file it makes,
// which is removed before every run. Standard output goes to a file.
type job struct{ name, line, makes string }

// row compares a job of portreg with another program's.
type row struct {
	what   string
	ours   job
	theirs job
	goal   float64 // the ratio of the times must not exceed it
	rounds int
}

// The small job: twenty ranges.
const smallList = `1433-1434
1812-1813
2883
3260
3343
3389
4500
5022/tcp
5985-5986
6379
7000-7010
8080
8443
9092
9200-9300
11211
27017-27019
47001
50000-50019/udp
52311
`

const pythonProgram = `import sys
ports = set()
for line in open(sys.argv[1]):
    text = line.split("#")[0].strip()
    if text:
        first, _, last = text.split("/")[0].partition("-")
        ports.update(range(int(first), int(last or first) + 1))
runs = []
for p in sorted(ports):
    if runs and runs[-1][1] + 1 == p:
        runs[-1][1] = p
    else:
        runs.append([p, p])
data = ("".join("%d-%d\0" % (a, b) for a, b in runs) + "\0").encode("utf-16-le")
out, col = '"ReservedPorts"=hex(7):', 23
for i, byte in enumerate(data):
    out += "%02x" % byte
    if i < len(data) - 1:
        out += ","
        col += 3
        if col >= 77:
            out += "\\\r\n  "
            col = 2
key = "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters"
text = "Windows Registry Editor Version 5.00\r\n\r\n[%s]\r\n%s\r\n\r\n" % (key, out)
open(sys.argv[2], "wb").write(b"\xff\xfe" + text.encode("utf-16-le"))
`

const awkProgram = `{ sub(/#.*/, ""); split($1, a, "-"); last = a[2] ? a[2] : a[1]
  for (p = a[1]; p <= last; p++) used[p] = 1 }
END { for (p = 1; p < 65537; p++) {
    if (used[p] && !first) first = p
    if (!used[p] && first) { print first "-" p - 1; first = 0 } } }
`

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run() error {
	dir, err := os.MkdirTemp(tmpfs(), "portreg-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := prepare(dir); err != nil {
		return err
	}
	fmt.Println("| what | portreg | against | ratio | goal |")
	fmt.Println("|---|---|---|---|---|")
	w := workload{dir: dir, python: python()}
	word := strings.Join(os.Args[1:], " ")
	for _, r := range w.rows() {
		if !strings.Contains(r.what, word) {
			continue
		}
		if err := r.print(); err != nil {
			return err
		}
	}
	if word != "" {
		return nil
	}
	return w.printMemory()
}

// tmpfs is where files cost no disk.
func tmpfs() string {
	if _, err := os.Stat("/dev/shm"); err == nil {
		return "/dev/shm"
	}
	return os.TempDir()
}

// prepare builds the programs and writes the inputs.
func prepare(dir string) error {
	files := map[string]string{
		"hello.go": "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"hello, world\") }\n",
		"small.py": pythonProgram, "merge.awk": awkProgram, "small.txt": smallList,
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	if err := write(filepath.Join(dir, "single.txt"), singlePorts); err != nil {
		return err
	}
	if err := write(filepath.Join(dir, "huge.txt"), hugeList); err != nil {
		return err
	}
	for _, c := range [][2]string{{"portreg", "./cmd/portreg"}, {"hello", filepath.Join(dir, "hello.go")}} {
		cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", filepath.Join(dir, c[0]), c[1])
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%v: %s", err, out)
		}
	}
	_, _, err := workload{dir: dir}.job("", "DIR/portreg gen -o DIR/single.reg DIR/single.txt", "").run()
	return err
}

func write(path string, content func(io.Writer)) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	content(w)
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}

// singlePorts are the 32,768 odd ports: the longest value there can be.
func singlePorts(w io.Writer) {
	for p := 1; p < 65536; p += 2 {
		fmt.Fprintln(w, p)
	}
}

// hugeList is 10 million lines, about 340 MB, which merge to about 1,140 ranges.
func hugeList(w io.Writer) {
	const lines = 10_000_000
	words := []string{"sql listener", "WinRM https", "legacy ERP agent", "sap gateway", "k8s nodeport", "zabbix-agent", "do not touch, ticket", "Backup media server", "printer fleet", "MES line", "vendor XYZ license daemon", "dns"}
	var blocks []int
	for b := 1; b < 4096; b++ {
		if (uint32(b)*2654435761>>16)&1 == 0 {
			blocks = append(blocks, b)
		}
	}
	r := rand.New(rand.NewPCG(1, lines))
	for range lines {
		b := blocks[r.IntN(len(blocks))]
		first := b*16 + r.IntN(16)
		last := first
		if r.IntN(2) == 0 {
			last += r.IntN(b*16 + 16 - first)
		}
		fmt.Fprintf(w, "%d-%d # %s %d\n", first, last, words[r.IntN(len(words))], r.IntN(100000))
	}
}

// workload is the folder with programs and inputs, and the Python to run.
type workload struct{ dir, python string }

// python is the system's own Python, the fastest to start where there are others.
func python() string {
	const own = "/usr/bin/python3"
	if _, err := os.Stat(own); err == nil {
		return own
	}
	return "python3"
}

// job puts the folder into a command line.
func (w workload) job(name, line, makes string) job {
	return job{name, strings.ReplaceAll(line, "DIR", w.dir), strings.ReplaceAll(makes, "DIR", w.dir)}
}

func (w workload) gen(list string) job {
	return w.job("", "DIR/portreg gen -o DIR/out.reg DIR/"+list, "DIR/out.reg")
}

func (w workload) genPiped() job {
	return w.job(" from a pipe", "cat DIR/huge.txt | DIR/portreg gen -o DIR/out.reg -", "DIR/out.reg")
}

func (w workload) rows() []row {
	return []row{
		{"20 ranges to .reg", w.gen("small.txt"), w.job("a Go hello world", "DIR/hello", ""), 2.5, 100},
		{"20 ranges to .reg", w.gen("small.txt"), w.job("the same in Python", w.python+" -I DIR/small.py DIR/small.txt DIR/py.reg", "DIR/py.reg"), 0.35, 40},
		{"10 million lines (340 MB) to .reg", w.gen("huge.txt"), w.job("`wc -l`", "wc -l DIR/huge.txt", ""), 3.5, 20},
		{"10 million lines (340 MB) to .reg", w.gen("huge.txt"), w.job("mawk, merging only", "mawk -f DIR/merge.awk DIR/huge.txt", ""), 0.05, 2},
		{"the same from a pipe", w.genPiped(), w.job("`cat` into `wc -l`", "cat DIR/huge.txt | wc -l", ""), 3.5, 20},
		{"32,768 single ports to 4.9 MB of .reg", w.gen("single.txt"), w.job("`cp` of the result", "cp DIR/single.reg DIR/copy.reg", "DIR/copy.reg"), 2.5, 50},
	}
}

func (r row) print() error {
	var ours, theirs, ratios []float64
	for i := -2; i < r.rounds; i++ { // two rounds to warm up
		a, _, err := r.ours.run()
		if err != nil {
			return err
		}
		b, _, err := r.theirs.run()
		if err != nil {
			return err
		}
		if i >= 0 {
			ours, theirs, ratios = append(ours, a), append(theirs, b), append(ratios, a/b)
		}
	}
	ratio := median(ratios)
	fmt.Printf("| %s | %.1f ms | %s: %.1f ms | %.2f | ≤ %.2f%s |\n", r.what, median(ours), r.theirs.name, median(theirs), ratio, r.goal, missed(ratio, r.goal))
	return nil
}

func missed(value, goal float64) string {
	if value > goal {
		return " **missed**"
	}
	return ""
}

// printMemory shows the peak resident memory of the large jobs. The kernel
// counts what this process held when it started them, so that is the least it
// can show.
func (w workload) printMemory() error {
	for _, j := range []job{w.gen("huge.txt"), w.genPiped()} {
		var peaks []float64
		for range 5 {
			_, peak, err := j.run()
			if err != nil {
				return err
			}
			peaks = append(peaks, peak)
		}
		const goal = 12
		peak := slices.Max(peaks)
		fmt.Printf("| 10 million lines%s, peak memory | %.1f MB | | | ≤ %d MB%s |\n", j.name, peak, goal, missed(peak, goal))
	}
	return nil
}

func median(v []float64) float64 {
	v = slices.SortedFunc(slices.Values(v), cmp.Compare)
	return v[len(v)/2]
}

// run gives the wall time in milliseconds and the peak resident memory of the
// job's last process in MB.
func (j job) run() (ms, mb float64, err error) {
	if j.makes != "" {
		os.Remove(j.makes)
	}
	out, err := os.CreateTemp(tmpfs(), "portreg-bench-out")
	if err != nil {
		return 0, 0, err
	}
	defer os.Remove(out.Name())
	defer out.Close()
	var cmds []*exec.Cmd
	for i, line := range strings.Split(j.line, " | ") {
		words := strings.Fields(line)
		cmd := exec.Command(words[0], words[1:]...)
		cmd.Stdout, cmd.Stderr = out, out
		if i > 0 {
			if err := pipe(cmds[i-1], cmd); err != nil {
				return 0, 0, err
			}
		}
		cmds = append(cmds, cmd)
	}
	start := time.Now()
	for _, cmd := range cmds {
		if err := cmd.Start(); err != nil {
			return 0, 0, err
		}
		closeEnds(cmd)
	}
	for _, cmd := range cmds {
		if err := cmd.Wait(); err != nil {
			return 0, 0, fmt.Errorf("%s: %v", j.line, err)
		}
	}
	ms = float64(time.Since(start).Microseconds()) / 1000
	last := cmds[len(cmds)-1].ProcessState
	return ms, float64(last.SysUsage().(*syscall.Rusage).Maxrss) / 1024, nil
}

// pipe joins two commands by a pipe of the kernel's, as a shell does.
func pipe(from, to *exec.Cmd) error {
	r, w, err := os.Pipe()
	from.Stdout, to.Stdin = w, r
	return err
}

// closeEnds closes this process's ends of the pipes that cmd has now.
func closeEnds(cmd *exec.Cmd) {
	if r, ok := cmd.Stdin.(*os.File); ok {
		r.Close()
	}
	if w, ok := cmd.Stdout.(*os.File); ok && cmd.Stdout != cmd.Stderr {
		w.Close()
	}
}
