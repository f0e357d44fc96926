package lint

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"portreg/cmd/internal/artefact"
	"portreg/ranges"
	"portreg/ranges/netsh"
)

// all gives the findings of a text by line and rule.
func all(t *testing.T, text string, o Options) (found []string) {
	t.Helper()
	for _, f := range check(t, text, o) {
		found = append(found, fmt.Sprintf("%d %s", f.Line, f.Rule))
	}
	return found
}

// Ignores hold for their lines and rules, and are of use if they are for any target.
func TestIgnores(t *testing.T) {
	legacy, modern := Options{Target: windows("2003")}, Options{Target: windows("2022")}
	key := "[" + parameters + "]\n"
	var ps1 strings.Builder
	netsh.WritePS1(&ps1, netsh.Converge{Name: "web", Ports: both(ranges.SetOf(ranges.Range{First: 50000, Last: 50000}))})
	end := fmt.Sprint(1 + strings.Count(ps1.String(), "\n"))
	for _, tt := range []struct {
		name, text string
		o          Options
		want       []string
	}{
		{"its own line only", "80 # portreg:ignore below-1025\n443\n", Options{}, []string{"2 below-1025"}},
		{"several rules, blanks and commas", "80,81,81/tcp # portreg:ignore below-1025,touching-ranges  overlapping-ranges ,\n", Options{}, nil},
		{"all entries of the line", "80, 443 # portreg:ignore below-1025\n", Options{}, nil},
		{"another rule stays", "80, 80 # portreg:ignore below-1025\n", Options{}, []string{"1 duplicate-entry"}},
		{"for a target that is not given", "8080/tcp # portreg:ignore protocol-lost, outside-dynamic-range\n", Options{}, nil},
		{"for another target", "8080/tcp # portreg:ignore protocol-lost\n", modern, []string{"1 outside-dynamic-range"}},
		{"for none", "8080 # portreg:ignore protocol-lost, outside-dynamic-range\n", legacy, []string{"1 unused-ignore"}},
		{"for a known MaxUserPort", "8080 # portreg:ignore above-max-user-port, outside-dynamic-range\n", legacy, nil},
		{"of a rule that is left out", "80 # portreg:ignore below-1025\n", Options{Ignore: []string{"below-1025"}}, nil},
		{"itself", "8080 # portreg:ignore below-1025, unused-ignore\n", Options{}, nil},
		{"a line without entries", "# portreg:ignore below-1025\n80\n", Options{}, []string{"1 unused-ignore", "2 below-1025"}},
		{"no rule", "8080 # portreg:ignore\n", Options{}, []string{"1 unused-ignore"}},
		{"not spelt right", "80 # portreg:ignore Below-1025\n", Options{}, []string{"1 below-1025", "1 unused-ignore"}},
		{"another directive", "8080 # portreg:off\n", Options{}, []string{"1 unused-ignore"}},
		{"not left out unread", "8080 # portreg:off\n", Options{Ignore: []string{"unused-ignore"}}, nil},
		{".reg", "REGEDIT4\n" + key + "; portreg:ignore replaces-value\n\"ReservedPorts\"=hex(7):34,30,2d,\\\n  34,30,00,00\n\n", Options{}, []string{"4 below-1025"}},
		{".reg, the line alone", "REGEDIT4\n; portreg:ignore replaces-value\n" + key + "\"ReservedPorts\"=hex(7):34,30,2d,34,30,00,00\n\n", Options{}, []string{"2 unused-ignore", "4 below-1025", "4 replaces-value"}},
		{".reg, a later line of the statement", "REGEDIT4\n" + key + "; portreg:ignore ignored-line\n\"MaxUserPort\"=hex(4):34,30,2d,\\\n  34 30,00,00\n\n", Options{}, nil},
		{".reg, in and behind a statement", "REGEDIT4\n" + key + "; portreg:ignore ignored-line\n\"A\"=hex:31,\\\n; portreg:ignore bare-port\n  34 30\n\"B\"=hex:31 32\n\n", Options{}, []string{"5 unused-ignore", "7 ignored-line"}},
		{".reg, for a later Windows", "REGEDIT4\n" + key + "; portreg:ignore dead-value, empty-value, replaces-value\n\"ReservedPorts\"=hex(7):00\n\n", Options{}, nil},
		{"what is about the whole file, in its first line", "1025-4900 # portreg:ignore few-free-ports, needs-hotfix\n", legacy, nil},
		{".reg, for a hive", "REGEDIT4\n; portreg:ignore current-control-set\n" + key + "\n", Options{}, nil},
		{".reg, behind a value", "REGEDIT4\n" + key + "\"ReservedPorts\"=hex(7):00 ; portreg:ignore empty-value\n\n", Options{}, []string{"3 empty-value", "3 replaces-value", "3 unused-ignore"}},
		{"a netsh script", "rem portreg:ignore active-store\n" + add("tcp", 50000, 1, "active"), Options{}, []string{"1 unused-ignore", "2 active-store"}},
		{".cmd", strings.Replace(script("\r\n"), "\r\n", "\r\nrem portreg:ignore edited-script\r\n", 1), Options{Ignore: []string{"outside-dynamic-range"}}, []string{"2 edited-script", "2 unused-ignore"}},
		{".ps1", ps1.String() + "# portreg:ignore edited-script\r\n", Options{}, []string{end + " edited-script", end + " unused-ignore"}},
	} {
		if got := all(t, tt.text, tt.o); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q finds %q, want %q", tt.name, tt.text, got, tt.want)
		}
	}
}

// Behind a further mark of a comment an ignore has its reason; words that are no rules
// are found where they stand.
func TestIgnoreReasons(t *testing.T) {
	key := "[" + parameters + "]\n"
	unused := func(text string) []string { return of("unused-ignore", check(t, text, Options{})) }
	for text, want := range map[string][]string{
		"80 # web portreg:ignore below-1025 # needs the old proxy, bare-port\n": nil,
		"80 # web portreg:ignore below-1025# needs":                             nil,
		"80 # PORTREG:IGNORE x":                                                 nil,
		"80 # ä portreg:ignore below-1025; needs":                               {`1:23: warning: portreg:ignore: "below-1025;" is not a rule; did you mean below-1025?`, `1:35: warning: portreg:ignore: "needs" is not a rule`},
		"8080 # portreg:ignore # reason":                                        {"1:8: warning: portreg:ignore names no rule; write portreg:ignore RULE"},
		"REGEDIT4\n" + key + ";; portreg:ignore below-1025, bare-port ; a, b; c # d\n\"ReservedPorts\"=hex(7):34,30,00,00\n\n": nil,
		"REGEDIT4\n" + key + "; portreg:ignore #x\n\"ReservedPorts\"=hex(7):34,30,2d,34,30,00,00\n\n":                          {`3:18: warning: portreg:ignore: "#x" is not a rule`},
	} {
		if got := unused(text); !slices.Equal(got, want) {
			t.Errorf("%q finds %q, want %q", text, got, want)
		}
	}
}

// What is said of an ignore where none counts.
func TestMisplacedIgnores(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{regOf(parameters) + "\"x\"=\"\" ; portreg:ignore bare-prt\n", "6:10: warning: portreg:ignore counts on a line of its own, before the value"},
		{regOf(parameters) + strings.Repeat("; portreg:ignore unused-ignore\n", 1001), "1006:3: warning: there are too many ignores; from here on none counts"},
		{"rem portreg:off\n" + add("tcp", 50000, 1, "persistent"), "1:5: warning: portreg:ignore does not count in netsh commands; use --ignore"},
	} {
		if got := of("unused-ignore", check(t, tt.text, Options{})); !slices.Equal(got, []string{tt.want}) {
			t.Errorf("%q finds %q, want %q", tt.text, got, tt.want)
		}
	}
}

// Words without end take no time without end.
func TestManyWords(t *testing.T) {
	start := time.Now()
	ff := check(t, "1433,1433 # portreg:ignore"+strings.Repeat(" tuoching-ranges", 120_000)+"\n"+strings.Repeat("80\n", 1000), Options{Ignore: []string{"duplicate-entry", "below-1025"}})
	if len(ff) != maxUnknown+1 || ff[maxUnknown].Col != 28+16*maxUnknown || ff[maxUnknown].Text != "portreg:ignore: from here on, 119992 more words are not rules" {
		t.Errorf("%d findings, %+v", len(ff), ff)
	}
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("it took %v", took)
	}
}

// A file that is of no use to the target has that finding, and none that follows of it.
func TestDead(t *testing.T) {
	if got, want := all(t, regOf(parameters, "80-80"), Options{Target: windows("11")}), []string{"4 dead-value", "4 replaces-value"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := all(t, add("tcp", 80, 1, "persistent"), Options{Target: windows("2000")}), []string{"1 dead-exclusions"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// What the severity of a rule hangs on.
func TestSeverities(t *testing.T) {
	mixed := regOf(parameters) + strings.TrimPrefix(regOf(offline1), "REGEDIT4\n\n")
	for _, tt := range []struct {
		rule, text string
		o          Options
		want       Severity
	}{
		{"touching-ranges", "80, 81\n", Options{}, Info},
		{"touching-ranges", "80, 81\n", Options{Target: windows("2003")}, Info},
		{"touching-ranges", `{"tcp": ["80", "81"]}`, Options{}, Info},
		{"touching-ranges", regOf(parameters, "80-80", "81-81"), Options{Target: windows("2022")}, Error},
		{"overlapping-ranges", "80-90, 85\n", Options{}, Warning},
		{"overlapping-ranges", regOf(parameters, "80-90", "85-85"), Options{}, Warning},
		{"overlapping-ranges", add("tcp", 80, 9, "persistent") + add("tcp", 85, 1, "persistent"), Options{}, Error},
		{"duplicate-entry", "80, 80\n", Options{}, Warning},
		{"duplicate-entry", add("tcp", 80, 9, "persistent") + add("tcp", 80, 9, "persistent"), Options{}, Error},
		{"outside-dynamic-range", "8080\n", Options{Target: windows("vista")}, Info},
		{"outside-dynamic-range", "8080\n", Options{Dynamic: ranges.Range{First: 9000, Last: 9999}}, Info},
		{"outside-dynamic-range", regOf(parameters, "8080-8080"), Options{}, Warning},
		{"outside-dynamic-range", add("tcp", 8080, 1, "persistent"), Options{}, Info},
		{"outside-dynamic-range", "tcp\n--- ---\n8080 8080 *\n", Options{}, Info},
		{"current-control-set", mixed, Options{}, Warning},
		{"current-control-set", mixed, Options{Offline: true}, Error},
		{"current-control-set", strings.Replace(regOf(parameters), `\SYSTEM\`, `\WIM_System\`, 1), Options{}, Error},
		{"current-control-set", strings.Replace(mixed, `\SYSTEM\`, `\System\`, 1), Options{}, Warning},
	} {
		ff := check(t, tt.text, tt.o)
		if i := slices.IndexFunc(ff, func(f Finding) bool { return f.Rule == tt.rule }); i < 0 || ff[i].Severity != tt.want {
			t.Errorf("%s: %q finds %+v, want %v", tt.rule, tt.text, ff, tt.want)
		}
	}
}

// The legacy dynamic port range can only be raised; one that is said to begin higher
// can be moved, too.
func TestOutsideAdvice(t *testing.T) {
	for _, tt := range []struct {
		text, want string
		o          Options
	}{
		{"8080\n", "1:1: warning: 8080: outside the dynamic port range 1025-5000 (the default); no effect until its end, MaxUserPort, is raised", Options{Target: windows("xp")}},
		{regOf(parameters, "8080-8080"), "4:1: warning: 8080: outside the dynamic port range 1025-5000 (the default); no effect until its end, MaxUserPort, is raised", Options{}},
		{"8080\n", "1:1: info: 8080: outside the dynamic port range 49152-65535 (the default); no effect until it is moved", Options{Target: windows("vista")}},
		{regOf(parameters, "8080-8080"), "4:1: warning: 8080: outside the dynamic port range 9000-9999; no effect until it is moved", Options{Dynamic: ranges.Range{First: 9000, Last: 9999}}},
	} {
		if got := of("outside-dynamic-range", check(t, tt.text, tt.o)); !slices.Equal(got, []string{tt.want}) {
			t.Errorf("%q finds %q, want %q", tt.text, got, tt.want)
		}
	}
}

// Of files of other kinds only what is theirs is found.
func TestKinds(t *testing.T) {
	del := strings.Replace(strings.Replace(add("tcp", 50000, 2, "persistent"), "add", "delete", 1), " store=persistent", "", 1)
	one := answer("specialize", add("tcp", 50000, 2, "persistent"))
	component := one[strings.Index(one, "<component"):strings.Index(one, "</settings>")]
	twoArchitectures := strings.Replace(one, component, component+strings.Replace(component, "amd64", "x86", 1), 1)
	for _, tt := range []struct {
		name, text string
		o          Options
		want       []string
	}{
		{"rows that touch, and runtime reservations", "tcp\n--- ---\n8080 8080 *\n8081 8090 *\n9000 9001\n80 80\n", Options{}, []string{"3 outside-dynamic-range", "4 outside-dynamic-range"}},
		{"runtime reservations are taken, too", "udp\n--- ---\n50000 65500\n", Options{}, []string{"1 few-free-ports"}},
		{"blocks that touch", add("tcp", 50000, 2, "persistent") + add("tcp", 50002, 2, "persistent"), Options{}, nil},
		{"the capture's own dynamic port range", "tcp\n---\na : 1024\nb : 1000\n\ntcp\n--- ---\n1024 1024 *\n2024 2024 *\n", Options{}, []string{"1 few-free-ports", "9 outside-dynamic-range"}},
		{"what a script sets", "netsh int ipv4 set dynamicport tcp 1025 64000\n" + add("tcp", 8080, 1, "persistent"), Options{}, nil},
		{"what is added again behind its deletion", add("tcp", 50000, 2, "persistent") + del + add("tcp", 50000, 2, "persistent"), Options{}, nil},
		{"what is added twice before its deletion", strings.Repeat(add("tcp", 50000, 2, "persistent"), 2) + del, Options{}, []string{"2 duplicate-entry"}},
		{"and thrice, of two protocols", add("udp", 50000, 2, "persistent") + strings.Repeat(add("tcp", 50000, 2, "persistent"), 3), Options{}, []string{"3 duplicate-entry", "4 duplicate-entry"}},
		{"the other address family", add("tcp", 50000, 2, "persistent") + strings.Replace(add("tcp", 50000, 2, "persistent"), "ipv4", "ipv6", 1), Options{}, nil},
		{"the same for two architectures", twoArchitectures, Options{}, []string{"1 setup-status"}},
		{"Linux", "net.ipv4.ip_local_reserved_ports = 80,8080\n", Options{}, nil},
		{"Linux's for Windows", "net.ipv4.ip_local_reserved_ports = 80,8080\n", Options{Target: windows("2003")}, []string{"1 below-1025", "1 outside-dynamic-range"}},
		{"JSON", `{"tcp": ["80"], "udp": ["80"], "dynamic": "1025-60000"}`, Options{Target: windows("2003")}, []string{"1 below-1025", "1 below-1025"}},
		{"JSON of one protocol", `{"tcp": ["3343"], "udp": []}`, Options{Target: windows("2003")}, []string{"1 protocol-lost"}},
		{"an offline MaxUserPort is for its key", regOf(parameters, "8080-8080") + "[" + offline1 + "]\n\"MaxUserPort\"=dword:0000ea60\n\n", Options{}, []string{"3 current-control-set", "4 outside-dynamic-range", "4 replaces-value"}},
	} {
		if got := all(t, tt.text, tt.o); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q finds %q, want %q", tt.name, tt.text, got, tt.want)
		}
	}
}

// A rule stops when nobody would read on, and says so; its ignores behind that are not
// called unused.
func TestManyFindings(t *testing.T) {
	ff := check(t, strings.Repeat("80\n", maxFindings+5)+"80 # portreg:ignore duplicate-entry\n", Options{Ignore: []string{"below-1025"}})
	if len(ff) != maxFindings+1 {
		t.Fatalf("%d findings", len(ff))
	}
	want := Finding{Line: maxFindings + 2, Col: 1, Rule: "duplicate-entry", Severity: Warning, Text: "more than 10000 findings of this rule; from here on it was not applied"}
	if got := ff[maxFindings]; got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// Of a list too large to be kept all ports are one entry.
func TestLargeList(t *testing.T) {
	text := "80, 80 # portreg:ignore below-1025\n1025-4990/tcp\n8080\n" + strings.Repeat("# filler\n", 2<<20)
	if got, want := all(t, text, Options{Target: windows("2003")}), []string{"1 below-1025", "1 outside-dynamic-range", "1 few-free-ports", "1 protocol-lost"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestCheckName(t *testing.T) {
	for name, want := range map[string]string{
		"below-1025":             "",
		"below1025":              `"below1025" is not a rule; did you mean below-1025?`,
		"touching":               "",
		strings.Repeat("x", 999): "",
		"tuoching-ranges":        `"tuoching-ranges" is not a rule; did you mean touching-ranges?`,
	} {
		err := CheckName(name)
		switch {
		case name == "touching" || len(name) > 99:
			if err == nil || !strings.HasPrefix(err.Error(), fmt.Sprintf("%q is not a rule; write one of touching-ranges, ", clip(name))) {
				t.Errorf("%s: %v", name, err)
			}
		case want == "" && err != nil, want != "" && (err == nil || err.Error() != want):
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Any bytes can be checked; what is found has a place and a rule, and is the same when
// found again.
func FuzzCheck(f *testing.F) {
	for _, r := range Rules() {
		f.Add(r.Bad.Text)
		f.Add(r.Good.Text)
	}
	f.Add("Computer\nM\r\r\nReservedPorts\r\nMULTISZ:")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := artefact.Read("x", strings.NewReader(text), artefact.Options{Proto: ranges.UDP, Written: true, Faults: true})
		if err != nil {
			return
		}
		for _, o := range []Options{{}, {Target: windows("2022"), Offline: true}, {Target: windows("2003"), Dynamic: ranges.Range{First: 1025, Last: 6000}}} {
			checkFindings(t, c, o)
			lines := 1 + strings.Count(text, "\n") + strings.Count(text, "\r")
			for _, f := range Check(c, o) {
				if f.Line > lines {
					t.Errorf("%+v is behind the last line, %d", f, lines)
				}
			}
			if a, b := Check(c, o), Check(c, o); !slices.Equal(a, b) {
				t.Errorf("%+v, and again %+v", a, b)
			}
		}
	})
}

// Values whose names are nearly those that TCP/IP reads are found, others of its own not.
func TestMisspeltNames(t *testing.T) {
	for name, want := range map[string]string{
		"ReservedPort": "ReservedPorts", "Reserved Ports": "ReservedPorts", "reservedprots": "ReservedPorts", "RESERVEDPORTSX": "ReservedPorts",
		"MaxUserPorts": "MaxUserPort", "maxuserprt": "MaxUserPort", "MaxUserPort ": "MaxUserPort", "  MaxUsrPort   ": "MaxUserPort",
		"ReservedPorts": "", "reservedPORTS": "", "ReservedPorts ": "", "MAXUSERPORT": "", "": "", strings.Repeat("ReservedPorts", 1000): "",
	} {
		if got := nearName(name); got != want {
			t.Errorf("%q is taken for %q, want %q", name, got, want)
		}
	}
	for name := range strings.FieldsSeq(`MaxFreeTcbs MaxFreeTWTcbs MaxHashTableSize TcpTimedWaitDelay MaxUserPort ReservedPorts Domain NameServer
		DhcpDomain DhcpNameServer Hostname SearchList DataBasePath DefaultTTL EnablePMTUDiscovery EnablePMTUBHDetect EnableDeadGWDetect
		EnableICMPRedirect ForwardBroadcasts ForwardBufferMemory GlobalMaxTcpWindowSize IPEnableRouter KeepAliveInterval KeepAliveTime
		MaxForwardBufferMemory MaxForwardPending MaxNumForwardPackets MaxNormLookupMemory NumForwardPackets NumTcbTablePartitions
		PrioritizeRecordData SackOpts SynAttackProtect Tcp1323Opts TcpFinWait2Delay TcpMaxConnectRetransmissions TcpMaxDataRetransmissions
		TcpMaxDupAcks TcpMaxHalfOpen TcpMaxHalfOpenRetried TcpMaxPortsExhausted TcpNumConnections TcpUseRFC1122UrgentPointer TcpWindowSize
		UseDomainNameDevolution UseZeroBroadcast ArpCacheLife ArpUseEtherSNAP DisableIPSourceRouting DontAddDefaultGatewayDefault
		NV\ Hostname StrictTimeWaitSeqCheck DisableTaskOffload EnableConnectionRateLimiting MaxConnectionsPerServer PortRange UserPortRange`) {
		if got := nearName(name); got != "" {
			t.Errorf("%s is taken for %s", name, got)
		}
	}
}

// What is found in the settings of a .reg file, those that do not stay, too.
func TestSettings(t *testing.T) {
	user := func(name, data string) string { return `"` + name + `"=` + data + "\n" }
	reserved := user("ReservedPorts", "hex(7):34,30,30,30,2d,34,30,30,30,00,00")
	key := "[" + parameters + "]\n"
	set := func(line, by int, name string) string {
		return fmt.Sprintf("%d:1: warning: %s is set again on line %d, which replaces this", line, name, by)
	}
	for _, tt := range []struct {
		rule, text string
		want       []string
	}{
		{"set-twice", key + reserved + strings.ToUpper(key) + strings.Replace(reserved, "Res", "rES", 1) + reserved, []string{set(3, 6, "ReservedPorts"), set(5, 6, "rEServedPorts")}},
		{"set-twice", key + reserved + user("ReservedPorts", "-") + reserved, []string{set(3, 5, "ReservedPorts")}},
		{"set-twice", key + reserved + "[-" + parameters + "]\n" + key + reserved, []string{set(3, 6, "ReservedPorts")}},
		{"set-twice", key + user("MaxUserPort", "dword:1388") + user("MAXUSERPORT", "dword:1388"), []string{set(3, 4, "MaxUserPort")}},
		{"set-twice", key + reserved + "[" + offline1 + "]\n" + reserved + user("TcpTimedWaitDelay", "dword:1") + user("TcpTimedWaitDelay", "dword:2"), nil},
		{"set-twice", key + reserved + user("ReservedPorts", "-"), nil},
		{"set-twice", `[HKEY_LOCAL_MACHINE\Software]` + "\n" + reserved + reserved, nil},
		{"unread-value", key + user("ReservedPort", `"80-80"`) + user("MaxUserPorts", "dword:1"), []string{
			`3:1: error: "ReservedPort" is not "ReservedPorts": nothing reads it`, `4:1: error: "MaxUserPorts" is not "MaxUserPort": nothing reads it`}},
		{"unread-value", key + user("ReservedPort", "-") + user("Domain", `"x"`), nil},
		{"unread-value", `[HKEY_LOCAL_MACHINE\Software]` + "\n" + user("ReservedPort", `"80"`), nil},
		{"unread-value", key + user("ReservedPorts ", `"80"`), []string{`3:1: error: "ReservedPorts " is not "ReservedPorts": nothing reads it`}},
		{"touching-ranges", regOf(parameters, "1433-1433", "80-80", "1434-1434", "1435-1440", "79-79", "81-81", "9000-9000")[len("REGEDIT4\n"):], []string{
			"4:1: error: 1434 touches 1433, 1435-1440 touches 1434, 79 touches 80, 81 touches 80; write 79-81, 1433-1440"}},
	} {
		if got := of(tt.rule, check(t, "REGEDIT4\n"+tt.text+"\n", Options{})); !slices.Equal(got, tt.want) {
			t.Errorf("%q finds\n%q, want\n%q", tt.text, got, tt.want)
		}
	}
}

// Of a value with much to say of, the first eight are told, and how many more there are.
func TestLongValues(t *testing.T) {
	var apart, bare []string
	for i := range 20 {
		apart = append(apart, fmt.Sprintf("%d-%[1]d", 100+2*i))
	}
	for range 2 {
		bare = append(bare, apart...)
	}
	for rule, want := range map[string]string{
		"below-1025":      "100, 102, 104, 106, 108, 110, 112, 114, and 12 more: ",
		"duplicate-entry": "114 is there already, as 114, and 12 more",
	} {
		if got := of(rule, check(t, regOf(parameters, bare...), Options{})); len(got) != 1 || !strings.Contains(got[0], want) {
			t.Errorf("%s: %q", rule, got)
		}
	}
}

// A list is empty if it has no entry, whatever else.
func TestEmptyLists(t *testing.T) {
	for text, want := range map[string][]string{
		"":                                      {"1 empty-list"},
		"\n \n# x\n":                            {"1 empty-list"},
		"\ufeff":                                {"1 empty-list"},
		"# portreg:ignore empty-list\n":         nil,
		strings.Repeat("# filler\n", 2<<20):     {"1 empty-list"},
		"80/tcp\n":                              nil,
		`{"tcp": [], "udp": []}`:                nil,
		"net.ipv4.ip_local_reserved_ports = \n": nil,
	} {
		if got := all(t, text, Options{Ignore: []string{"below-1025"}}); !slices.Equal(got, want) {
			t.Errorf("%.99q: %q, want %q", text, got, want)
		}
	}
}

// A ReservedPorts value that is no list of ports is checked as far as it is one.
func TestMalformedValues(t *testing.T) {
	const dropped = "replaces-value"
	for _, tt := range []struct {
		data string
		want []string
	}{
		{`"80-80"`, []string{"4:1: error: ReservedPorts is not a list of ports: it is a REG_SZ, not a REG_MULTI_SZ [unread-value]"}},
		{"dword:00000050", []string{"4:1: error: ReservedPorts is not a list of ports: it is a REG_DWORD, not a REG_MULTI_SZ [unread-value]"}},
		{"hex:31", []string{"4:1: error: ReservedPorts is not a list of ports: it is a REG_BINARY, not a REG_MULTI_SZ [unread-value]"}},
		{"hex(7):34,00,30,00,30,00,30,00,2d,00,34,00,30,00,30,00,30,00,00,00,00", []string{
			"4:1: warning: the NUL that ends the list is missing [list-end]", "4:1: error: its 21 bytes are not whole UTF-16 units [truncated-value]"}},
		{"hex(7):34,00,30,00,30,00,30,00,2d,00,34,00,30,00,30,00,30,00,00,00,00,00,00", []string{"4:1: error: its 23 bytes are not whole UTF-16 units [truncated-value]"}},
		{"hex(7):34,00,30,00,30,00,30,00,00,00,78,00,00,00,34,00,30,00,30,00,31,00,00,00,00,00", []string{
			"4:1: error: 4001 touches 4000; write 4000-4001 [touching-ranges]",
			`4:1: warning: "4000" and 1 more are bare ports; KB 812873 wants 4000-4000 [bare-port]`,
			`4:1: error: "x" in ReservedPorts is not a port range; write 4000-4000 or 1433-1434 [bad-entry]`}},
		{"hex(7):34,00,30,00,30,00,30,00,2d,00,34,00,\\", []string{
			`4:1: error: "4000-4" in ReservedPorts is not a port range; write 4-4000 [bad-entry]`, "4:1: warning: the NUL that ends the list is missing [list-end]",
			`6:1: error: "ReservedPorts": the file ends where the \ says that data goes on [truncated-value]`}},
		{"hex(7):00,d8,00,00,00,00", []string{`4:1: error: "\xed\xa0\x80" in ReservedPorts`, `4:1: error: "\xed\xa0\x80" holds half a surrogate pair [bad-entry]`}},
	} {
		var got []string
		for _, f := range check(t, "Windows Registry Editor Version 5.00\n\n["+parameters+"]\n\"ReservedPorts\"="+tt.data+"\n\n", Options{Ignore: []string{dropped}}) {
			got = append(got, fmt.Sprintf("%d:%d: %v: %s [%s]", f.Line, f.Col, f.Severity, f.Text, f.Rule))
		}
		if !slices.EqualFunc(got, tt.want, strings.HasPrefix) {
			t.Errorf("%s finds\n%s\nwant\n%s", tt.data, strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
		}
	}
}

// Of many entries that are none, one finding tells eight.
func TestManyBadEntries(t *testing.T) {
	got := of("bad-entry", check(t, regOf(parameters, strings.Fields(strings.Repeat("x ", 11))...), Options{}))
	if len(got) != 1 || strings.Count(got[0], `"x" in`) != 8 || !strings.HasSuffix(got[0], "; and 3 more") {
		t.Errorf("%q", got)
	}
}

// Hidden characters are found in comments at their place; those that a script or a
// picture needs are not.
func TestHiddenCharacters(t *testing.T) {
	found := func(text string) []string { return of("hidden-character", check(t, text, Options{})) }
	for r := rune(0); r < 0x11000; r++ {
		want := r >= 0x80 && r < 0xA0 || r >= 0x200B && r <= 0x200F || r >= 0x2028 && r <= 0x202E || r >= 0x2066 && r <= 0x2069 || r == 0xFEFF
		if r < ' ' || r == 0x7F || r >= 0x3100 && r < 0xFE00 {
			continue // no list has these, and nobody wants to wait for all others
		}
		text := fmt.Sprintf("80, 81 # ä%c\n", 'x') + fmt.Sprintf("8080 # äx%cy\n", r)
		got := found(text)
		if want && (len(got) != 1 || !strings.HasPrefix(got[0], fmt.Sprintf("2:10: warning: U+%04X makes", r))) || !want && got != nil {
			t.Errorf("U+%04X: %q", r, got)
		}
	}
	reg := "Windows Registry Editor Version 5.00\n\n; ä\u2066x\n[" + parameters + "] ; \u009bm\n\n"
	for text, n := range map[string]int{
		"80 # \U0001F469\u200D\U0001F4BB, \u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645\n": 0,
		"80 # a\u200Cb\n":                               1,
		"\uFEFF80 # a\n":                                0,
		"80 # a\u200Bb\u200Bc\u200B\n":                  1,
		"80 # \u200B portreg:ignore hidden-character\n": 0,
		reg:                                2,
		"\uFEFF" + reg:                     2,
		wide(reg):                          2,
		"REGEDIT4\n\n; \x80\x9b\n":         0,
		strings.Repeat("#\u202e\n", 1<<20): maxFindings + 1,
	} {
		if got := found(text); len(got) != n {
			t.Errorf("%.200q: %.300q", text, got)
		}
	}
	if got := found(reg); !strings.HasPrefix(got[0], "3:4: warning: U+2066 ") || !strings.HasPrefix(got[1], "4:75: warning: U+009B ") {
		t.Errorf("%q", got)
	}
}

// wide gives text in UTF-16.
func wide(text string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune("\uFEFF" + text)) {
		b.WriteByte(byte(u))
		b.WriteByte(byte(u >> 8))
	}
	return b.String()
}

// What a policy replaces, it replaces on many machines.
func TestPolicyReplaces(t *testing.T) {
	const policy = "Computer\n" + `SYSTEM\CurrentControlSet\Services\Tcpip\Parameters` + "\nReservedPorts\nMULTISZ:4000-4000\n"
	want := []string{"3:1: info: this policy replaces all that ReservedPorts holds on every machine that it applies to"}
	if got := of("replaces-value", check(t, policy, Options{})); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
