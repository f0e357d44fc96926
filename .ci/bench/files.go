package main

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"portreg/regfile"
	"portreg/regfile/regfiletest"
)

// folder holds the programs and the files.
type folder string

// tmpfs is where files cost no disk.
func tmpfs() string {
	const shm, room = "/dev/shm", 3 << 30
	var fs syscall.Statfs_t
	if err := syscall.Statfs(shm, &fs); err == nil && fs.Bavail*uint64(fs.Bsize) >= room {
		return shm
	}
	return os.TempDir()
}

// files are those that command lines may name as DIR/NAME.
func files() map[string]func(io.Writer) error {
	return map[string]func(io.Writer) error{
		"small.txt":    text(smallList),
		"single.txt":   singlePorts,
		"huge.txt":     hugeList,
		"gen.py":       text(genInPython),
		"merge.awk":    text(mergeInAwk),
		"find.py":      text(findInPython),
		"4.reg":        export(regfiletest.UTF16, 2e6),
		"40.reg":       export(regfiletest.UTF16, 20e6),
		"400.reg":      export(regfiletest.UTF16, 200e6),
		"lacking.reg":  lacking,
		"1600.reg":     export(regfiletest.UTF16, 800e6),
		"lf.reg":       export(regfiletest.UTF16LF, 200e6),
		"utf-8.reg":    export(regfiletest.UTF8, 200e6),
		"utf-8-lf.reg": export(regfiletest.UTF8LF, 200e6),
		"regedit4.reg": export(regfiletest.REGEDIT4, 200e6),
	}
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

// genInPython is the small job in Python.
const genInPython = `import sys
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

const mergeInAwk = `{ sub(/#.*/, ""); split($1, a, "-"); last = a[2] ? a[2] : a[1]
  for (p = a[1]; p <= last; p++) used[p] = 1 }
END { for (p = 1; p < 65537; p++) {
    if (used[p] && !first) first = p
    if (!used[p] && first) { print first "-" p - 1; first = 0 } } }
`

const findInPython = `import sys
print(sum("ReservedPorts" in line for line in open(sys.argv[1], encoding="utf-16")))
`

const hello = `package main

import "fmt"

func main() { fmt.Println("hello, world") }
`

// build makes the programs.
func (d folder) build() error {
	if err := os.WriteFile(d.in("DIR/hello.go"), []byte(hello), 0o644); err != nil {
		return err
	}
	for name, source := range map[string]string{"portreg": "./cmd/portreg", "hello": d.in("DIR/hello.go")} {
		cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", filepath.Join(string(d), name), source)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%v: %s", err, out)
		}
	}
	return nil
}

// in puts the folder into a command line.
func (d folder) in(line string) string {
	return strings.ReplaceAll(line, "DIR", string(d))
}

// provide writes the files that the jobs name and that are not there.
func (d folder) provide(jobs []job) error {
	for _, name := range named(jobs) {
		path := filepath.Join(string(d), name)
		content, known := files()[name]
		if _, err := os.Stat(path); err == nil || !known {
			continue
		}
		if err := write(path, content); err != nil {
			return err
		}
	}
	return nil
}

// sweep removes what the jobs have made and named, but for what later ones name.
func (d folder) sweep(jobs, later []job) {
	keep := named(later)
	for _, name := range named(jobs) {
		if files()[name] != nil && !slices.Contains(keep, name) {
			os.Remove(filepath.Join(string(d), name))
		}
	}
	for _, j := range jobs {
		os.Remove(d.in(j.makes))
	}
}

// named are the names of the files in the jobs' command lines.
func named(jobs []job) (names []string) {
	for _, j := range jobs {
		for _, word := range strings.Fields(j.line) {
			if name, ok := strings.CutPrefix(word, "DIR/"); ok {
				names = append(names, name)
			}
		}
	}
	return names
}

func write(path string, content func(io.Writer) error) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	if err := content(w); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

func export(f regfiletest.Form, chars int64) func(io.Writer) error {
	return func(w io.Writer) error { return regfiletest.Export(w, f, chars) }
}

// lacking is an export with a control set that has no keys below it, the third one.
func lacking(w io.Writer) error {
	if err := export(regfiletest.UTF16, 200e6)(w); err != nil {
		return err
	}
	_, err := w.Write(regfile.AppendUTF16(nil, "[HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet003]\r\n\r\n"))
	return err
}

// singlePorts are the 32,768 odd ports: the longest value there can be.
func singlePorts(w io.Writer) error {
	for p := 1; p < 65536; p += 2 {
		fmt.Fprintln(w, p)
	}
	return nil
}

// hugeList is 10 million lines, about 340 MB, which merge to about 1,140 ranges.
func hugeList(w io.Writer) error {
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
	return nil
}
