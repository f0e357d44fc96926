package netsh

import (
	"fmt"
	"strings"
	"testing"

	"portreg/ranges"
)

const (
	addForm = "write netsh int ipv4 add excludedportrange protocol=tcp startport=80 numberofports=11 store=persistent"
	delForm = "write netsh int ipv4 delete excludedportrange protocol=tcp startport=80 numberofports=11 store=persistent"
	setForm = "write netsh int ipv4 set dynamicportrange protocol=tcp startport=49152 numberofports=16384 store=persistent"
)

// TestParseScriptSpellings: every line is one command, given below as Write
// writes it. The first lines were seen in public scripts and Microsoft's pages.
func TestParseScriptSpellings(t *testing.T) {
	const (
		add = "netsh int ipv4 add excludedportrange protocol=tcp startport=40000 numberofports=11 store=persistent"
		del = "netsh int ipv4 delete excludedportrange protocol=tcp startport=40000 numberofports=11 store=persistent"
		set = "netsh int ipv4 set dynamicportrange protocol=tcp startport=10000 numberofports=55000 store=persistent"
	)
	tests := []struct{ line, want string }{
		{"netsh int ipv4 add excludedportrange udp 65330 1 persistent", "netsh int ipv4 add excludedportrange protocol=udp startport=65330 numberofports=1 store=persistent"},
		{"netsh int ipv4 del ex tcp 40000 11", del},
		{"netsh int ipv4 add excludedportrange tcp startport=40000 numberofports=11 store=persistent", add},
		{"netsh interface ip add excludedportrange protocol=tcp startport=40000 numberofports=11", add},
		{"netsh int ipv4 delete excludedportrange protocol=tcp numberofports=11 startport=40000", del},
		{"netsh int ipv4 set dynamicport tcp start=10000 num=55000", set},
		{"netsh int ipv4 set dynamic tcp start=10000 num=55000", set},
		{"netsh int ipv6 set dynamicport udp start=1025 num=64511", "netsh int ipv6 set dynamicportrange protocol=udp startport=1025 numberofports=64511 store=persistent"},
		{"netsh int ipv4 set dynamicportrange protocol=tcp startport=10000 numberofports=55000 store=persistent", set},
		{"netsh int ipv4 add excludedport protocol=tcp startport=40000 numberofports=11 store=active", strings.Replace(add, "persistent", "active", 1)},
		{`"%SystemRoot%\System32\netsh.exe" interface ipv4 add excludedportrange tcp 40000 11`, add},
		{`%SystemRoot%\System32\netsh.exe interface ipv4 add excludedportrange tcp 40000 11`, add},
		{`"C:\Program Files\x\netsh" int ipv4 add excludedportrange tcp 40000 11`, add},
		{`C:/Windows/System32/NETSH.EXE int ipv4 add excludedportrange tcp 40000 11`, add},
		{"@netsh int ipv4 add excludedportrange tcp 40000 11", add},
		{" \t@ @netsh.exe\tint  ipv4\tadd excludedportrange tcp 40000 11 \t", add},
		{"NETSH INTERFACE IPV4 ADD EXCLUDEDPORTRANGE PROTOCOL=TCP STARTPORT=40000 NUMBEROFPORTS=11 STORE=PERSISTENT", add},
		{"netsh interf ipv4 dele excludedp store=Persistent num=11 sta=40000 pro=Tcp", del},
		{"netsh int ipv4 set dy tcp 1024 64511", "netsh int ipv4 set dynamicportrange protocol=tcp startport=1024 numberofports=64511 store=persistent"},
		{"netsh int ipv4 add ex tcp 1 65535", "netsh int ipv4 add excludedportrange protocol=tcp startport=1 numberofports=65535 store=persistent"},
		{"netsh int ipv4 add ex tcp 65535 1", "netsh int ipv4 add excludedportrange protocol=tcp startport=65535 numberofports=1 store=persistent"},
	}
	for _, test := range tests {
		for _, end := range []string{"", "\n", "\r\n", "\r\r\n"} {
			cmds, err := ParseScript("x.cmd", []byte(test.line+end))
			if err != nil || len(cmds) != 1 {
				t.Errorf("%q: got %v, %v", test.line, cmds, err)
			} else if got := cmds[0].String(); got != test.want {
				t.Errorf("%q\n got %s\nwant %s", test.line, got, test.want)
			}
		}
		if !IsScript([]byte(test.line)) || IsCapture([]byte(test.line)) {
			t.Errorf("%q is not taken for a script", test.line)
		}
	}
}

func TestParseScriptPlaces(t *testing.T) {
	src := "\ufeff@echo off\r\n" +
		"rem ports of the app & more\r\n" +
		"\r\n" +
		"  netsh int ipv4 add ex tcp 80 1\r\n" +
		":: é\n" +
		"@netsh int ipv4 del ex udp 90 2"
	want := []Command{
		{Verb: Add, Family: "ipv4", Proto: ranges.TCP, Range: ranges.Range{First: 80, Last: 80}, Line: 4, Col: 3},
		{Verb: Delete, Family: "ipv4", Proto: ranges.UDP, Range: ranges.Range{First: 90, Last: 91}, Line: 6, Col: 2},
	}
	got, err := ParseScript("x.cmd", []byte(src))
	if err != nil || fmt.Sprint(got) != fmt.Sprint(want) || len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("got %+v, %v\nwant %+v", got, err, want)
	}
}

func TestParseScriptSilent(t *testing.T) {
	for _, line := range []string{
		"", " \t", "rem", "REM", "@rem x", "  rem\tx", "rem x & calc", "rem x ^", `rem "a & b"`, "rem %PATH%",
		"::", ":: x & calc", ":: a ^ b", "::x", ":: 1 2 3 4 5 6 7 8 9 10 11 12", "rem 1 2 3 4 5 6 7 8 9 10 & x ^", "@echo off", "@ECHO  OFF", "echo off", "rem ----- -----",
	} {
		cmds, err := ParseScript("x.cmd", []byte(line+"\r\n"))
		if err != nil || len(cmds) > 0 {
			t.Errorf("%q: got %v, %v", line, cmds, err)
		}
		if got, want := IsScript([]byte("\n"+line+"\n80\n")), strings.Trim(line, " \t") != ""; got != want {
			t.Errorf("IsScript of %q: %t", line, got)
		}
	}
}

func TestParseScriptErrors(t *testing.T) {
	const ok = "netsh int ipv4 add excludedportrange "
	tests := []struct{ src, want string }{
		{"echo done", `1:1: "echo done" is not a netsh command; ` + addForm},
		{"  pause\n", `1:3: "pause" is not a netsh command; ` + addForm},
		{"é 80", `1:1: "é 80" is not a netsh command; ` + addForm},
		{"remark", `1:1: "remark" is not a netsh command; ` + addForm},
		{"netshx int", `1:1: "netshx int" is not a netsh command; ` + addForm},
		{"net\u017fh int ipv4 add ex tcp 80 1", "1:1: \"net\u017fh int ipv4 add ex tcp 80 1\" is not a netsh command; " + addForm},
		{`a&netsh int ipv4 add ex tcp 80 1`, `1:1: "a&netsh int ipv4 add ex tcp 80 1" is not a netsh command; ` + addForm},
		{`"netsh" x"`, `1:9: "x\"" is not int; ` + addForm},
		{"rem & netsh int ipv4 add ex tcp 80 1", `1:1: "rem & netsh int ipv4 add ex tcp 80 1" is not only a comment: cmd.exe goes on behind & | < > and ^ here`},
		{"rem a|b", `1:1: "rem a|b" is not only a comment: cmd.exe goes on behind & | < > and ^ here`},
		{"rem ^", `1:1: "rem ^" is not only a comment: cmd.exe goes on behind & | < > and ^ here`},
		{":: a ^", `1:1: ":: a ^" is not only a comment: cmd.exe goes on behind & | < > and ^ here`},
		{":: 1 2 3 4 5 6 7 8 9 10 11 ^ ", `1:1: ":: 1 2 3 4 5 6 7 8 9 10 11 ^ " is not only a comment: cmd.exe goes on behind & | < > and ^ here`},
		{"netsh", `1:6: the line ends before int; ` + addForm},
		{"netsh in", `1:7: "in" is not int; ` + addForm},
		{"netsh advfirewall show", `1:7: "advfirewall" is not int; ` + addForm},
		{"netsh int", `1:10: the line ends before ipv4 or ipv6; ` + addForm},
		{"netsh int ipv5 add", `1:11: "ipv5" is not ipv4 or ipv6; ` + addForm},
		{"netsh int tcp show", `1:11: "tcp" is not ipv4 or ipv6; ` + addForm},
		{"netsh int ipv4", `1:15: the line ends before add, delete or set; ` + addForm},
		{"netsh int ipv4 show excludedportrange tcp", `1:16: "show" is not add, delete or set; ` + addForm},
		{"netsh int ipv4 add", `1:19: the line ends before excludedportrange; ` + addForm},
		{"netsh int ipv4 add e", `1:20: "e" is not excludedportrange; ` + addForm},
		{"netsh int ipv4 add dynamicportrange tcp 80 1", `1:20: "dynamicportrange" is not excludedportrange; ` + addForm},
		{"netsh int ipv4 del address", `1:20: "address" is not excludedportrange; ` + delForm},
		{"netsh int ipv4 set excludedportrange tcp 80 1", `1:20: "excludedportrange" is not dynamicportrange; ` + setForm},
		{"netsh int ipv4 add excludedportrangex tcp 80 1", `1:20: "excludedportrangex" is not excludedportrange; ` + addForm},
		{"netsh int ipv4 add excludedportrange", `1:37: protocol is missing; ` + addForm},
		{ok + "tcp", `1:41: startport is missing; ` + addForm},
		{ok + "tcp 80 \r\n", `1:45: numberofports is missing; ` + addForm},
		{ok + "num=1 sta=80", `1:50: protocol is missing; ` + addForm},
		{ok + "sctp 80 1", `1:38: "sctp" is not a protocol; write tcp or udp`},
		{ok + "protocol=tc startport=80 numberofports=1", `1:47: "tc" is not a protocol; write tcp or udp`},
		{ok + "tcp 0 1", `1:42: "0" is not a port; write 1 to 65535`},
		{ok + "tcp 65536 1", `1:42: "65536" is not a port; write 1 to 65535`},
		{ok + "tcp 080 1", `1:42: "080" is not a port; write 1 to 65535`},
		{ok + "tcp 0x50 1", `1:42: "0x50" is not a port; write 1 to 65535`},
		{ok + "tcp +80 1", `1:42: "+80" is not a port; write 1 to 65535`},
		{ok + "tcp 80-90 1", `1:42: "80-90" is not a port; write 1 to 65535`},
		{ok + "tcp startport= num=1", `1:52: "" is not a port; write 1 to 65535`},
		{ok + "tcp 80 0", `1:45: "0" is not a number of ports; write 1 to 65535`},
		{ok + "tcp 80 99999999999999999999", `1:45: "99999999999999999999" is not a number of ports; write 1 to 65535`},
		{ok + "tcp 65530 7", `1:48: 7 ports from 65530 on end at 65536; the last port is 65535`},
		{ok + "tcp num=65535 start=65535", `1:46: 65535 ports from 65535 on end at 131069; the last port is 65535`},
		{ok + "tcp 80 1 persistent=yes", `1:47: "persistent=yes" is not an argument of this command; ` + addForm},
		{ok + "tcp 80 1 yes", `1:47: "yes" is not a store; write persistent or active`},
		{ok + "tcp 80 1 store=on", `1:53: "on" is not a store; write persistent or active`},
		{ok + "tcp 80 1 active x", `1:54: "x" is not an argument of this command; ` + addForm},
		{ok + "tcp 80 1 active >nul 2>&1 \"&& x", `1:54: ">nul 2>&1 \"&& x" is not an argument of this command; ` + addForm},
		{ok + "tcp 80 1 >nul", `1:47: ">nul" is not a store; write persistent or active`},
		{ok + "protocol=tcp 80 1", `1:51: "80" has no name but stands behind a named argument; ` + addForm + "\n" +
			`1:54: "1" has no name but stands behind a named argument; ` + addForm},
		{ok + "tcp protocol=udp 1", `1:42: "protocol=udp" gives protocol a second time` + "\n" +
			`1:55: "1" has no name but stands behind a named argument; ` + addForm},
		{ok + "protocol = tcp", `1:38: "protocol" is not a protocol; write tcp or udp` + "\n" +
			`1:47: "=" is not an argument of this command; ` + addForm + "\n" +
			`1:49: "tcp" has no name but stands behind a named argument; ` + addForm},
		{ok + "st=80", `1:38: "st=80" is not an argument of this command; ` + addForm},
		{"netsh int ipv4 set dynamic tcp 1 0 x", `1:34: "0" is not a number of ports; write 1 to 65535` + "\n" +
			`1:36: "x" is not a store; write persistent or active`},
		{"@echo off\nnetsh int ipv4 add ex tcp 80 1\npause\nnetsh\n", `3:1: "pause" is not a netsh command; ` + addForm + "\n" +
			`4:6: the line ends before int; ` + addForm},
		{"x" + strings.Repeat("y", 100), `1:1: "x` + strings.Repeat("y", 59) + `" is not a netsh command; ` + addForm},
		{ok + "\xff 80 1", `1:38: "\xff" is not a protocol; write tcp or udp`},
	}
	for _, test := range tests {
		cmds, err := ParseScript("x.cmd", []byte(test.src))
		want := "x.cmd:" + strings.ReplaceAll(test.want, "\n", "\nx.cmd:")
		if err == nil || err.Error() != want || cmds != nil {
			t.Errorf("%q\n got %v, %v\nwant %v", test.src, cmds, err, want)
		}
	}
}

func TestParseScriptManyErrors(t *testing.T) {
	for _, n := range []int{9_999, 10_000, 10_001, 25_000} {
		_, err := ParseScript("x.cmd", []byte(strings.Repeat("pause\n", n)))
		errs, _ := err.(ranges.Errors)
		if len(errs) != min(n, 10_001) {
			t.Fatalf("%d errors give %d", n, len(errs))
		}
		want := fmt.Sprintf("x.cmd:%d:1: ", len(errs)) + `"pause" is not a netsh command; ` + addForm
		if n > 10_000 {
			want = fmt.Sprintf("x.cmd:10001:1: from here on %d more errors are not shown", n-10_000)
		}
		if got := errs[len(errs)-1].Error(); got != want {
			t.Errorf("of %d errors the last is %s, want %s", n, got, want)
		}
	}
}

func TestIsScriptNot(t *testing.T) {
	for _, src := range []string{
		"", "\n\n", "80\n443-445 # netsh\n", "# netsh int ipv4 add ex tcp 80 1\n80\n", "# rem\nrem\n", "80\n:: x\n",
		"Windows Registry Editor Version 5.00\r\n", "net.ipv4.ip_local_reserved_ports = 80\n", "remark\n",
		"netsh int ipv4 show excludedportrange tcp\n\nStart Port    End Port\n----------    --------\n   80   90\n",
	} {
		if IsScript([]byte(src)) {
			t.Errorf("%q is taken for a script", src)
		}
	}
	for _, src := range []string{"setlocal\nnetsh int ipv4 add ex tcp 80 1\n", "echo on\n@NETSH x\n"} {
		if !IsScript([]byte(src)) {
			t.Errorf("%q is not taken for a script", src)
		}
	}
}

// FuzzParseScript: an answer or an error for any bytes, and what is read is
// written and read again as the same commands.
func FuzzParseScript(f *testing.F) {
	f.Add([]byte("rem x\r\nnetsh int ipv4 add excludedportrange protocol=tcp startport=80 numberofports=11 store=persistent\r\n"))
	f.Add([]byte("@echo off\n\"%SystemRoot%\\System32\\netsh.exe\" interface ipv6 del ex udp start=80 num=1 store=active\n:: x\n"))
	f.Add([]byte("netsh int ip set dynamic tcp 1024 64511"))
	f.Fuzz(func(t *testing.T, src []byte) {
		cmds, err := ParseScript("x.cmd", src)
		checkErrors(t, src, err)
		if err != nil {
			return
		}
		again, err := ParseScript("x.cmd", []byte(written(t, nil, cmds)))
		if err != nil || len(again) != len(cmds) {
			t.Fatalf("%v reads back as %v, %v", cmds, again, err)
		}
		for i, c := range cmds {
			again[i].Line, again[i].Col = c.Line, c.Col
			if again[i] != c {
				t.Errorf("%+v reads back as %+v", c, again[i])
			}
		}
	})
}

// checkErrors checks that err is nil or Errors at places that src has, in order
// of the lines.
func checkErrors(t *testing.T, src []byte, err error) {
	t.Helper()
	if err == nil {
		return
	}
	errs, ok := err.(ranges.Errors)
	if !ok || len(errs) == 0 {
		t.Fatalf("error is %#v", err)
	}
	lines := strings.Split(string(src), "\n")
	for i, e := range errs {
		if e.Line < 1 || e.Line > len(lines) || e.Col < 1 || e.Col > len(lines[e.Line-1])+1 || i > 0 && e.Line < errs[i-1].Line {
			t.Errorf("%q: place of %v", src, e)
		}
	}
}

func ExampleParseScript() {
	cmds, err := ParseScript("ports.cmd", []byte("@echo off\nnetsh int ipv4 add ex tcp 40000 11\n"))
	fmt.Println(cmds, err)
	_, err = ParseScript("ports.cmd", []byte("netsh int ipv4 del ex tcp 70000 1\n"))
	fmt.Println(err)
	// Output:
	// [netsh int ipv4 add excludedportrange protocol=tcp startport=40000 numberofports=11 store=persistent] <nil>
	// ports.cmd:1:27: "70000" is not a port; write 1 to 65535
}
