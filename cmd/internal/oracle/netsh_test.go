package oracle

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// runScript runs a batch file of the folder in Wine's cmd and gives the
// arguments of each netsh that ran, as Wine's stub of it shows them.
func runScript(t testing.TB, dir string, script []byte) (calls [][]string) {
	t.Helper()
	path := filepath.Join(dir, "script.bat")
	writeFile(t, path, script)
	r := wineIn(t, dir, "-all,fixme+netsh", "cmd", "/c", windowsPath(path))
	if r.status != 0 {
		t.Fatal(r)
	}
	return netshCalls(t, r.stderr)
}

// netshCalls reads lines like
//
//	0230:fixme:netsh:wmain stub: L"netsh" L"int" L"ipv4"
func netshCalls(t testing.TB, stderr string) [][]string {
	t.Helper()
	var calls [][]string
	argument := regexp.MustCompile(` L"((?:[^"\\]|\\.)*)"`)
	for line := range strings.Lines(stderr) {
		_, stub, ok := strings.Cut(strings.TrimRight(line, "\r\n"), ":fixme:netsh:wmain stub:")
		if !ok {
			t.Fatalf("wine prints %q", line)
		}
		var args []string
		for _, m := range argument.FindAllStringSubmatch(stub, -1) {
			args = append(args, m[1])
		}
		calls = append(calls, args)
	}
	return calls
}

// adds are the commands that exclude the ranges.
func adds(proto string, ss spans) [][]string {
	var calls [][]string
	for _, s := range ss {
		calls = append(calls, []string{
			"netsh", "int", "ipv4", "add", "excludedportrange", "protocol=" + proto,
			fmt.Sprintf("startport=%d", s.first), fmt.Sprintf("numberofports=%d", s.last-s.first+1), "store=persistent",
		})
	}
	return calls
}

// checkCalls compares them as a set: in which order ranges and protocols come
// is not what counts for a machine.
func checkCalls(t testing.TB, got, want [][]string) {
	t.Helper()
	slices.SortFunc(got, slices.Compare)
	slices.SortFunc(want, slices.Compare)
	if !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("netsh ran with\n%q\nwant\n%q", got, want)
	}
}

// TestNetshRuns: the script runs netsh with exactly the arguments that exclude
// the ranges, for both protocols.
func TestNetshRuns(t *testing.T) {
	rng := random(t)
	for _, flags := range [][]string{{"-t", "2022"}, {"-f", "netsh"}, {"-t", "2022", "--annotate"}} {
		ss := randomSpans(rng)
		ss = ss[:min(len(ss), 20)]
		calls := runScript(t, tempDir(t), gen(t, ss.list(rng), flags...))
		checkCalls(t, calls, append(adds("tcp", ss), adds("udp", ss)...))
	}
}

// TestNetshProtocols: an entry limited to a protocol is excluded for it alone.
func TestNetshProtocols(t *testing.T) {
	calls := runScript(t, tempDir(t), gen(t, "1433-1434/tcp\n50000/udp\n8080\n", "-t", "2022"))
	checkCalls(t, calls, append(
		adds("tcp", spans{{1433, 1434}, {8080, 8080}}),
		adds("udp", spans{{8080, 8080}, {50000, 50000}})...))
}

// TestNetshDynamic: the dynamic range is set for both protocols and families.
func TestNetshDynamic(t *testing.T) {
	calls := runScript(t, tempDir(t), gen(t, "50000-50009/tcp\n", "-t", "2022", "--dynamic", "49152-65535"))
	want := adds("tcp", spans{{50000, 50009}})
	for _, family := range []string{"ipv4", "ipv6"} {
		for _, proto := range []string{"tcp", "udp"} {
			want = append(want, []string{
				"netsh", "int", family, "set", "dynamicportrange", "protocol=" + proto,
				"startport=49152", "numberofports=16384", "store=persistent",
			})
		}
	}
	checkCalls(t, calls, want)
}

// TestNetshUndo: the undo deletes what the script adds.
func TestNetshUndo(t *testing.T) {
	calls := runScript(t, tempDir(t), gen(t, "1433-1434/tcp\n50000/udp\n", "-t", "2022", "--undo"))
	checkCalls(t, calls, [][]string{
		{"netsh", "int", "ipv4", "delete", "excludedportrange", "protocol=tcp", "startport=1433", "numberofports=2", "store=persistent"},
		{"netsh", "int", "ipv4", "delete", "excludedportrange", "protocol=udp", "startport=50000", "numberofports=1", "store=persistent"},
	})
}

// hostileLabels are comments that a shell, or the program that writes for it, may
// take for more than that.
var hostileLabels = []string{
	"& echo x>pwned.txt",
	"a && echo x>pwned.txt",
	"a || echo x>pwned.txt",
	"a | netsh pwned",
	"a > pwned.txt",
	"< pwned",
	"^& echo x>pwned.txt",
	`" & echo x>pwned.txt`,
	`"a" & netsh pwned & "`,
	"%COMSPEC% /c netsh pwned",
	"%~1 %* %0 & netsh pwned",
	"!COMSPEC! & netsh pwned",
	"( netsh pwned )",
	") & netsh pwned",
	"a ^",
	"a \\",
	"/? & netsh pwned",
	"@netsh pwned",
	":label & goto label",
	"\tnetsh pwned",
	"naïve “quotes” — & netsh pwned",
	"é\u2028netsh pwned",
	"a\u0085netsh pwned",
	"$(netsh pwned)",
	"`netsh pwned`",
	"'; netsh pwned; '",
	"\"; netsh pwned; \"",
	"# > netsh pwned",
	"#> netsh pwned <#",
	"\u2018; netsh pwned; \u2019",
	"\u201d; netsh pwned; \u201c",
	"\u202enetsh pwned\u2066",
	"@'\\u000anetsh pwned\\u000a'@",
	"%ProgramData:~0,1% & netsh pwned",
	"%=ExitCode%",
	"{{wanted}} {{name}} {{comments}}",
	"--> <# REM",
}

// TestNetshHostileLabels: no comment of a list becomes a command.
func TestNetshHostileLabels(t *testing.T) {
	for _, label := range hostileLabels {
		t.Run(label, func(t *testing.T) {
			list := "8080/tcp # " + label + "\n# " + label + "\n9090/tcp #" + label + "\n"
			dir := tempDir(t)
			calls := runScript(t, dir, gen(t, list, "-t", "2022", "--annotate"))
			checkCalls(t, calls, adds("tcp", spans{{8080, 8080}, {9090, 9090}}))
			entries, err := os.ReadDir(dir)
			if err != nil || len(entries) != 1 {
				t.Errorf("beside the script there is now %v (%v)", entries, err)
			}
		})
	}
}
