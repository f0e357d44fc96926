package sysctl

import (
	"fmt"
	"strings"
	"testing"

	"portreg/ranges"
)

func set(t testing.TB, list string) ranges.Set {
	t.Helper()
	var rr []ranges.Range
	for entry := range strings.FieldsSeq(list) {
		r, err := ranges.ParseRange(entry)
		if err != nil {
			t.Fatal(err)
		}
		rr = append(rr, r)
	}
	return ranges.SetOf(rr...)
}

func TestParse(t *testing.T) {
	const key = "net.ipv4.ip_local_reserved_ports"
	tests := []struct{ src, want string }{
		{key + " = 8080,9148-9150\n", "8080 9148-9150"},
		{key + " = \n", ""},
		{key + "=", ""},
		{key + "=1-65535", "1-65535"},
		{"\ufeff \t" + key + "\t=\t80,81\t\r\n", "80-81"},
		{"net/ipv4/ip_local_reserved_ports=80", "80"},
		{"-" + key + " = 80", "80"},
		{"- " + key + " = 80", "80"},
		{"# x\n; " + key + " = 1\n#" + key + "=2\n\nvm.swappiness = 10\n" + key + " = 80\nkernel.x\n", "80"},
		{key + "=1\nnet/ipv4/ip_local_reserved_ports=2\n", "2"},
		{key + "=1\n" + key + "=\n", ""},
		{key + "=1\n-" + key + "\n", "1"},
		{key + "s=2\n" + key + "=1\nx." + key + "=3\n" + key + ".y=4\nnet.ipv4/ip_local_reserved_ports=5\nNET.IPV4.IP_LOCAL_RESERVED_PORTS=6", "1"},
	}
	for _, test := range tests {
		got, err := Parse("x.conf", []byte(test.src))
		if err != nil || !got.Equal(set(t, test.want)) {
			t.Errorf("%q: got %s, %v, want %s", test.src, got, err, test.want)
		}
		if !IsSysctl([]byte(test.src)) {
			t.Errorf("%q is not taken for sysctl's", test.src)
		}
	}
}

// TestParseValues holds what Linux 6 did when these were written to
// /proc/sys/net/ipv4/ip_local_reserved_ports: what it then listed, or EINVAL.
func TestParseValues(t *testing.T) {
	const (
		einval = "EINVAL"
		ours   = "taken" // the kernel takes it, Parse does not
	)
	tests := []struct{ value, kernel, err string }{
		{"1,2-4,10-10", "1-4 10", ""},
		{"8080,", "8080", ""},
		{"80-90,", "80-90", ""},
		{"65535", "65535", ""},
		{"5,3-9,4", "3-9", ""},
		{"8080, 9090", einval, `41: " 9090" has blanks, which the kernel refuses; write 9090`},
		{"80 ,90", einval, `36: "80 " has blanks, which the kernel refuses; write 80`},
		{"80 -90", einval, `36: "80 -90" is not a port range; write 8080 or 9148-9150`},
		{"80 90", einval, `36: "80 90" is not a port range; write 8080 or 9148-9150`},
		{"80 # web", einval, `36: "80 # web" is not a port range; write 8080 or 9148-9150`},
		{"8080,,9", einval, `41: no port range before this comma; write 8080,9148-9150`},
		{",80", einval, `36: no port range before this comma; write 8080,9148-9150`},
		{",", einval, `36: no port range before this comma; write 8080,9148-9150`},
		{"080", einval, `36: "080" is not a port range; write 8080 or 9148-9150`},
		{"65536", einval, `36: "65536" is not a port range; write 8080 or 9148-9150`},
		{"9-5", einval, `36: "9-5" is not a port range; write 8080 or 9148-9150`},
		{"80-90-95", einval, `36: "80-90-95" is not a port range; write 8080 or 9148-9150`},
		{"80-", einval, `36: "80-" is not a port range; write 8080 or 9148-9150`},
		{"-80", einval, `36: "-80" is not a port range; write 8080 or 9148-9150`},
		{"+80", einval, `36: "+80" is not a port range; write 8080 or 9148-9150`},
		{"0", ours, `36: "0" is not a port range; write 8080 or 9148-9150`},
		{"0x50", ours, `36: "0x50" is not a port range; write 8080 or 9148-9150`},
	}
	for _, test := range tests {
		if refused := test.kernel == einval || test.kernel == ours; refused != (test.err != "") {
			t.Errorf("%q: the kernel says %q", test.value, test.kernel)
		}
		got, err := Parse("x.conf", []byte("net.ipv4.ip_local_reserved_ports = "+test.value+"\n"))
		if test.err != "" {
			if want := "x.conf:1:" + test.err; fmt.Sprint(err) != want {
				t.Errorf("%q: got %v, want %v", test.value, err, want)
			}
		} else if err != nil || !got.Equal(set(t, test.kernel)) {
			t.Errorf("%q: got %s, %v, want %s", test.value, got, err, test.kernel)
		}
	}
}

func TestParseErrors(t *testing.T) {
	const key = "net.ipv4.ip_local_reserved_ports"
	tests := []struct{ src, want string }{
		{"", "1:1: no line sets " + key},
		{"vm.swappiness = 10\n", "1:1: no line sets " + key},
		{key, "1:33: no = behind the key; write " + key + " = 8080,9148-9150"},
		{" \t" + key + " 8080", "1:35: no = behind the key; write " + key + " = 8080,9148-9150"},
		{"x = é\n" + key + "=é,x,80\n\n" + key + "=y\n", `2:34: "é" is not a port range; write 8080 or 9148-9150` + "\n" +
			`2:36: "x" is not a port range; write 8080 or 9148-9150` + "\n" +
			`4:34: "y" is not a port range; write 8080 or 9148-9150`},
		{key + "=" + strings.Repeat("é", 90), `1:34: "` + strings.Repeat("é", 60) + `" is not a port range; write 8080 or 9148-9150`},
	}
	for _, test := range tests {
		got, err := Parse("x.conf", []byte(test.src))
		want := "x.conf:" + strings.ReplaceAll(test.want, "\n", "\nx.conf:")
		if fmt.Sprint(err) != want || !got.IsEmpty() {
			t.Errorf("%q\n got %s, %v\nwant %v", test.src, got, err, want)
		}
	}
}

func TestParseManyErrors(t *testing.T) {
	for _, n := range []int{9_999, 10_000, 10_001, 25_000} {
		_, err := Parse("x.conf", []byte("net.ipv4.ip_local_reserved_ports="+strings.Repeat("x,", n)))
		errs, _ := err.(ranges.Errors)
		if len(errs) != min(n, 10_001) {
			t.Fatalf("%d errors give %d", n, len(errs))
		}
		want := fmt.Sprintf("x.conf:1:%d: ", 32+2*len(errs)) + `"x" is not a port range; write 8080 or 9148-9150`
		if n > 10_000 {
			want = fmt.Sprintf("x.conf:1:20034: from here on %d more errors are not shown", n-10_000)
		}
		if got := errs[len(errs)-1].Error(); got != want {
			t.Errorf("of %d errors the last is %s, want %s", n, got, want)
		}
	}
}

func TestIsSysctlNot(t *testing.T) {
	for _, src := range []string{
		"", "80\n", "# net.ipv4.ip_local_reserved_ports = 80\n80\n", "; net.ipv4.ip_local_reserved_ports = 80\n",
		"net.ipv4.ip_local_port_range = 32768 60999\n", "-net.ipv4.ip_local_reserved_ports\n", "1,2-4,10-10\n",
		"80 net.ipv4.ip_local_reserved_ports = 80\n",
	} {
		if IsSysctl([]byte(src)) {
			t.Errorf("%q is taken for sysctl's", src)
		}
	}
}

// FuzzSysctl: an answer or an error at a place for any bytes; what is read, as
// sysctl prints it, is read again as the same; and no range list is taken for it.
func FuzzSysctl(f *testing.F) {
	f.Add([]byte("# x\n-net.ipv4.ip_local_reserved_ports = 8080,9148-9150\r\n"))
	f.Add([]byte("net/ipv4/ip_local_reserved_ports=\nnet.ipv4.ip_local_reserved_ports =1-65535,"))
	f.Add([]byte("80, 90-91/tcp # x\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		got, err := Parse("x.conf", src)
		if _, listErr := ranges.Parse("x.conf", src); listErr == nil && IsSysctl(src) {
			t.Errorf("%q is a list and taken for sysctl's", src)
		}
		if err != nil {
			checkErrors(t, src, err)
			return
		}
		if !IsSysctl(src) {
			t.Errorf("%q sets %s and is not taken for sysctl's", src, got)
		}
		printed := "net.ipv4.ip_local_reserved_ports = " + strings.ReplaceAll(got.String(), ", ", ",") + "\n"
		if again, err := Parse("x.conf", []byte(printed)); err != nil || !again.Equal(got) {
			t.Errorf("%q reads back as %s, %v", printed, again, err)
		}
	})
}

func checkErrors(t *testing.T, src []byte, err error) {
	t.Helper()
	errs, ok := err.(ranges.Errors)
	if !ok || len(errs) == 0 {
		t.Fatalf("error is %#v", err)
	}
	lines := strings.Split(string(src), "\n")
	for _, e := range errs {
		if e.Line < 1 || e.Line > len(lines) || e.Col < 1 || e.Col > len(lines[e.Line-1])+1 {
			t.Errorf("%q: place of %v", src, e)
		}
	}
}

func TestCut(t *testing.T) {
	src := []byte("\ufeff# x\r\n-net.ipv4.ip_local_reserved_ports = 8080,9148-9150\r\nnet/ipv4/ip_local_reserved_ports=1,\n")
	for n := range src {
		got, err := Parse("x.conf", src[:n])
		if err != nil {
			checkErrors(t, src[:n], err)
		} else if !got.Minus(set(t, "1 8 80 808 8080 9 91 914 9148-9150")).IsEmpty() {
			t.Errorf("%q gives %s", src[:n], got)
		}
	}
}

func ExampleParse() {
	set, err := Parse("/etc/sysctl.d/50-ports.conf", []byte("# our services\nnet.ipv4.ip_local_reserved_ports = 8080,9148-9150\n"))
	fmt.Println(set, err)
	// Output:
	// 8080, 9148-9150 <nil>
}
