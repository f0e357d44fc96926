package lint

import (
	"fmt"
	"strings"
	"sync"

	"portreg/cmd/internal/artefact"
	"portreg/cmd/internal/target"
	"portreg/ranges"
	"portreg/ranges/netsh"
	"portreg/regfile/gpp"
)

const (
	parameters = `HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters`
	offline1   = `HKEY_LOCAL_MACHINE\OFFLINE\ControlSet001\Services\Tcpip\Parameters`
)

// The sources that several rules have.
const (
	dynamicPorts = "KB 929851"
	maxUserPort  = "KB 196271"
	reserve      = "KB 812873"
	regFiles     = "KB 310516"
	hives        = "msuhanov/regf"
	regedit      = "Wine, programs/regedit/tests/regedit.c"
	reservations = "Microsoft, CreatePersistentTcpPortReservation"
	preferences  = "MS-GPPREF 2.2.1.17"
	policies     = "MS-GPREG 2.2.1"
	backups      = "hraedon/gpo-studio, WP-2"
	setup        = "Unattended Windows Setup Reference, RunSynchronousCommand"
)

// table makes the rules when first asked for: most commands never do.
var table = sync.OnceValue(func() []Rule {
	return []Rule{
		{
			Name: "touching-ranges", Severity: Error, find: findTouching,
			Except: &Exception{Info, "in a list, whose ranges `gen` merges", isList},
			Why:    "Of ports in a row that are written separately in ReservedPorts, the next one is not correctly reserved.",
			Source: reserve,
			Bad:    Example{Text: regOf(parameters, "4000-4000", "4001-4010"), Finds: []string{"4:1: error: 4001-4010 touches 4000; write 4000-4010"}},
			Good:   Example{Text: regOf(parameters, "4000-4010", "4012-4012")},
		},
		{
			Name: "overlapping-ranges", Severity: Warning, find: findOverlapping,
			Except: &Exception{Error, "in netsh commands, where the second one fails", isCommands},
			Why:    "Ports that two entries hold have two owners, or one too many; Windows refuses an exclusion that overlaps another.",
			Source: reservations,
			Bad:    Example{Text: "80-90   # web\n85/tcp  # proxy\n", Finds: []string{"2:1: warning: 85/tcp overlaps 80-90 on line 1"}},
			Good:   Example{Text: "80-90/tcp\n85/udp\n"},
		},
		{
			Name: "duplicate-entry", Severity: Warning, find: findDuplicates,
			Except: &Exception{Error, "in netsh commands, where the second one fails", isCommands},
			Why:    "An entry that is there twice does nothing more, and one of the two is forgotten when the other goes; Windows refuses an exclusion that is there.",
			Source: reservations,
			Bad:    Example{Text: "1433  # SQL Server\n1433\n", Finds: []string{"2:1: warning: 1433 is there already, as 1433 on line 1"}},
			Good:   Example{Text: "1433/tcp\n1433/udp\n"},
		},
		{
			Name: "below-1025", Severity: Warning, find: findBelow,
			Except: &Exception{Info, "from Vista and Server 2008 on, where most lists hold such ports", isModern},
			Why:    "A dynamic port range begins at 1025 or above, so that nothing hands these ports out; a machine whose range begins at 1024 may say so.",
			Source: dynamicPorts,
			Bad:    Example{Text: "80, 1000-1100\n", Options: Options{Target: windows("2003")}, Finds: []string{"1:1: warning: 80: below 1025, where no dynamic port range may begin", "1:5: warning: 1000-1024: below 1025, where no dynamic port range may begin"}},
			Good:   Example{Text: "1025-1100\n"},
		},
		{
			Name: "above-max-user-port", Severity: Warning, find: findAbove,
			Why:    "The legacy dynamic port range ends at MaxUserPort, so that nothing hands out what is above it.",
			Source: maxUserPort,
			Bad:    Example{Text: "5990-6010\n", Options: Options{Target: windows("2003"), Dynamic: ranges.Range{First: 1025, Last: 6000}}, Finds: []string{"1:1: warning: 6001-6010: above MaxUserPort, the end of the dynamic port range 1025-6000; no effect until it is raised"}},
			Good:   Example{Text: "5990-6000\n", Options: Options{Target: windows("2003"), Dynamic: ranges.Range{First: 1025, Last: 6000}}},
		},
		{
			Name: "outside-dynamic-range", Severity: Warning, find: findOutside,
			Except: &Exception{Info, "from Vista and Server 2008 on, where installers move the range", isModern},
			Why:    "Windows hands out ports of the dynamic port range only; others need no reservation until it is moved or, before Vista, its end is raised.",
			Source: dynamicPorts + "; " + maxUserPort,
			Bad:    Example{Text: "8080\n", Options: Options{Target: windows("2003")}, Finds: []string{"1:1: warning: 8080: outside the dynamic port range 1025-5000 (the default); no effect until its end, MaxUserPort, is raised"}},
			Good:   Example{Text: "3343\n", Options: Options{Target: windows("2003")}},
		},
		{
			Name: "few-free-ports", Severity: Warning, find: findFewFree,
			Why:    "A machine without free dynamic ports cannot connect to anything.",
			Source: maxUserPort,
			Bad:    Example{Text: "1025-4500\n", Options: Options{Target: windows("2003")}, Finds: []string{"1:1: warning: 500 of 3976 ports of the dynamic port range 1025-5000 (the default) stay free"}},
			Good:   Example{Text: "1025-4000\n", Options: Options{Target: windows("2003")}},
		},
		{
			Name: "bad-dynamic-range", Severity: Error, find: findBadDynamic,
			Why:    "A dynamic port range begins at 1025 or above and has at least 255 ports; netsh refuses others.",
			Source: dynamicPorts,
			Bad:    Example{Text: "netsh int ipv4 set dynamicport tcp start=9200 num=200\n", Finds: []string{"1:1: error: dynamic port range 9200-9399: it begins at 1025 or above and has at least 255 ports"}},
			Good:   Example{Text: "netsh int ipv4 set dynamicport tcp start=1025 num=64510\n"},
		},
		{
			Name: "dead-value", Severity: Error, find: findDeadValue,
			Why:    "ReservedPorts is not implemented from Vista and Server 2008 on.",
			Source: reserve,
			Bad:    Example{Text: regOf(parameters, "1433-1434"), Options: Options{Target: windows("2022")}, Finds: []string{"4:1: error: Windows Server 2022 does not read ReservedPorts; portreg gen -t 2022 makes netsh commands"}},
			Good:   Example{Text: regOf(parameters, "1433-1434"), Options: Options{Target: windows("2003")}},
		},
		{
			Name: "dead-exclusions", Severity: Error, find: findDeadExclusions,
			Why:    "Windows 2000, XP and Server 2003 have no excluded port ranges.",
			Source: reservations,
			Bad:    Example{Text: add("tcp", 1433, 2, "persistent"), Options: Options{Target: windows("xp")}, Finds: []string{"1:1: error: Windows XP has no excluded port ranges; portreg gen -t xp makes a .reg file"}},
			Good:   Example{Text: add("tcp", 1433, 2, "persistent"), Options: Options{Target: windows("10")}},
		},
		{
			Name: "needs-hotfix", Severity: Info, find: findMissingHotfix,
			Why:    "Vista, 7, Server 2008 and 2008 R2 can exclude port ranges only with a hotfix.",
			Source: "KB 2665809",
			Bad:    Example{Text: "1433-1434\n", Options: Options{Target: windows("2008r2")}, Finds: []string{"1:1: info: Windows Server 2008 R2 has excluded port ranges with hotfix KB 2665809 only"}},
			Good:   Example{Text: "1433-1434\n", Options: Options{Target: windows("2012")}},
		},
		{
			Name: "protocol-lost", Severity: Warning, find: findLostProtocols,
			Why:    "ReservedPorts knows no protocol: what is listed for one is reserved for both.",
			Source: reserve,
			Bad:    Example{Text: "4499-4501/udp  # IPsec\n4500/tcp\n", Options: Options{Target: windows("2003")}, Finds: []string{"1:1: warning: 4499/udp, 4501/udp: ReservedPorts knows no protocol; it is reserved for both"}},
			Good:   Example{Text: "4500/udp\n4500/tcp\n", Options: Options{Target: windows("2003")}},
		},
		{
			Name: "empty-list", Severity: Warning, find: findEmptyList,
			Why:    "A list without entries reserves nothing, and gen refuses it; most likely something was lost.",
			Source: "portreg gen, --allow-empty",
			Bad:    Example{Text: "# 1433  SQL Server\n", Finds: []string{"1:1: warning: the list has no entry"}},
			Good:   Example{Text: "1433  # SQL Server\n"},
		},
		{
			Name: "bare-port", Severity: Warning, notes: []string{"bare-port"},
			Why:    "A single port is written as a range, 4000-4000; a bare one is no documented form.",
			Source: reserve,
			Bad:    Example{Text: regOf(parameters, "4000"), Finds: []string{`4:1: warning: "4000" is a bare port; KB 812873 wants 4000-4000`}},
			Good:   Example{Text: regOf(parameters, "4000-4000")},
		},
		{
			Name: "bad-entry", Severity: Error, notes: []string{"bad-entry", "half-surrogate"},
			Why:    "ReservedPorts holds port ranges, 4000-4010, and nothing else; show, gen, diff and verify refuse the file.",
			Source: reserve,
			Bad:    Example{Text: regOf(parameters, "4000-4010", "4020:4030"), Finds: []string{`4:1: error: "4020:4030" in ReservedPorts is not a port range; write 4020-4030`}},
			Good:   Example{Text: regOf(parameters, "4000-4010", "4020-4030")},
		},
		{
			Name: "hidden-tail", Severity: Error, notes: []string{"hidden-tail"},
			Why:    "Programs read a REG_MULTI_SZ up to its first empty string.",
			Source: regedit,
			Bad:    Example{Text: regOf(parameters, "4000-4000", "", "5000-5000"), Finds: []string{`4:1: error: "5000-5000" stands behind the end of the list, where nothing reads it`}},
			Good:   Example{Text: regOf(parameters, "4000-4000", "5000-5000")},
		},
		{
			Name: "list-end", Severity: Warning, notes: []string{"missing-nul", "surplus-nul"},
			Why:    "A REG_MULTI_SZ ends in one empty string; of another not every program reads the last entry.",
			Source: regedit,
			Bad:    Example{Text: "REGEDIT4\n\n[" + parameters + "]\n\"ReservedPorts\"=hex(7):34,30,2d,34,30,00\n\n", Finds: []string{"4:1: warning: the NUL that ends the list is missing"}},
			Good:   Example{Text: "REGEDIT4\n\n[" + parameters + "]\n\"ReservedPorts\"=hex(7):34,30,2d,34,30,00,00\n\n"},
		},
		{
			Name: "empty-value", Severity: Warning, notes: []string{"empty"},
			Why:    "Importing an empty ReservedPorts, which is all the machine's reservations, leaves none of them.",
			Source: reserve + ", " + regFiles,
			Bad:    Example{Text: regOf(parameters), Finds: []string{"4:1: warning: ReservedPorts is there and empty"}},
			Good:   Example{Text: regOf(parameters, "4000-4000")},
		},
		{
			Name: "replaces-value", Severity: Info, find: findReplaced,
			Why:    "A .reg file and a policy replace a value, with all that other owners have in it.",
			Source: regFiles,
			Bad:    Example{Text: regOf(parameters, "4000-4000"), Finds: []string{"4:1: info: importing this replaces all that ReservedPorts holds on the machine; portreg gen --onto keeps it"}},
			Good:   Example{Text: "REGEDIT4\n\n[" + parameters + "]\n\"MaxUserPort\"=dword:0000ea60\n\n"},
		},
		{
			Name: "deletes-value", Severity: Info, notes: []string{"deletes"},
			Why:    "ReservedPorts is all the machine's reservations; what deletes it, or a key above it, leaves none of them.",
			Source: reserve + ", " + regFiles,
			Bad:    Example{Text: "REGEDIT4\n\n[" + parameters + "]\n\"ReservedPorts\"=-\n\n", Finds: []string{"4:1: info: deletes ReservedPorts under " + parameters}},
			Good:   Example{Text: regOf(parameters, "4000-4000")},
		},
		{
			Name: "unread-value", Severity: Error, notes: []string{"value-name", "key", "type"}, find: findMisspelt,
			Why:    "TCP/IP reads values of exactly these names and types, under its Parameters key only.",
			Source: reserve,
			Bad:    Example{Text: regOf(`HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\Tcpip`, "4000-4000"), Finds: []string{`4:1: error: ReservedPorts under HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\Tcpip is read by nothing; it belongs under ` + parameters}},
			Good:   Example{Text: regOf(parameters, "4000-4000")},
		},
		{
			Name: "set-twice", Severity: Warning, notes: []string{"overridden"}, find: findSetTwice,
			Why:    "Of a value that a file sets twice, as after a bad merge, the last setting stays; the others are lost without a word.",
			Source: regFiles,
			Bad:    Example{Text: regOf(parameters, "4000-4000") + strings.TrimPrefix(regOf(parameters, "5000-5000"), "REGEDIT4\n\n"), Finds: []string{"4:1: warning: ReservedPorts is set again on line 7, which replaces this"}},
			Good:   Example{Text: regOf(parameters, "4000-4000", "5000-5000")},
		},
		{
			Name: "odd-max-user-port", Severity: Warning, notes: []string{"max-user-port"},
			Why:    "MaxUserPort is 5000 to 65534; what others do is not documented.",
			Source: "Microsoft, MaxUserPort (cc758002)",
			Bad:    Example{Text: "REGEDIT4\n\n[" + parameters + "]\n\"MaxUserPort\"=dword:00010000\n\n", Finds: []string{"4:1: warning: MaxUserPort is 65536, not 5000 to 65534; taken for 65534"}},
			Good:   Example{Text: "REGEDIT4\n\n[" + parameters + "]\n\"MaxUserPort\"=dword:0000ea60\n\n"},
		},
		{
			Name: "unknown-root", Severity: Error, notes: []string{"unknown-root", "short-root"},
			Why:    "Regedit takes root keys by their long names only, and ignores what stands below any other.",
			Source: regedit,
			Bad:    Example{Text: "REGEDIT4\n\n[HKLM\\SYSTEM\\Select]\n\n", Finds: []string{`3:1: error: "HKLM" is no root key to regedit, and what stands below it is ignored; write HKEY_LOCAL_MACHINE\SYSTEM\Select`}},
			Good:   Example{Text: "REGEDIT4\n\n[HKEY_LOCAL_MACHINE\\SYSTEM\\Select]\n\n"},
		},
		{
			Name: "ignored-line", Severity: Error, notes: []string{
				"stray-line", "swallowed-line", "key-unclosed", "key-blank", "key-too-long", "key-nul",
				"name-unclosed", "name-too-long", "name-escape", "name-nul", "no-equals", "no-data", "no-key",
				"unknown-type", "delete-junk", "delete-root", "dword-empty", "dword-digits",
				"hex-digits", "hex-comma", "hex-blank", "hex-line-blank", "hex-semicolon",
				"continuation-comma", "continuation-junk", "continuation-broken",
				"open-quote", "string-escape", "string-nul", "string-junk",
			},
			Why:    "Regedit passes over lines that it cannot read, without a word.",
			Source: regedit,
			Bad:    Example{Text: "REGEDIT4\n\n[" + parameters + "]\n\"MaxUserPort\"=DWORD:0000ea60\n\n", Finds: []string{`4:15: error: "MaxUserPort" is ignored: "DWORD:" is no type of data; write "text", dword:, hex: or hex(7): in lower case`}},
			Good:   Example{Text: "REGEDIT4\n\n[" + parameters + "]\n\"MaxUserPort\"=dword:0000ea60\n\n"},
		},
		{
			Name: "truncated-value", Severity: Error, notes: []string{"hex-trailing-comma", "continuation-eof", "half-unit"},
			Why:    "Regedit takes hex data that stops too early, even within a character, for all there is.",
			Source: regedit,
			Bad:    Example{Text: "REGEDIT4\n\n[" + parameters + "]\n\"ReservedPorts\"=hex(7):34,30,2d,34,30,00,00,\n\n", Finds: []string{`4:45: error: "ReservedPorts": the data ends in a comma without a \; the next line is not part of it`}},
			Good:   Example{Text: "REGEDIT4\n\n[" + parameters + "]\n\"ReservedPorts\"=hex(7):34,30,2d,\\\n  34,30,00,00\n\n"},
		},
		{
			Name: "doubtful-form", Severity: Warning, notes: []string{"utf8-mark", "regedit4-utf16", "header-junk", "key-junk", "odd-byte"},
			Why:    "Not every regedit reads it, or reads it alike: a UTF-8 byte order mark, REGEDIT4 in UTF-16, text behind the header or a key.",
			Source: "neilpa/cmd-colors-solarized#21; " + regedit,
			Bad:    Example{Text: "REGEDIT4 ; exported\n\n[" + parameters + "]\n\n", Finds: []string{`1:9: warning: " ; exported" behind the header is not taken by every regedit`}},
			Good:   Example{Text: "REGEDIT4\n; exported\n\n[" + parameters + "]\n\n"},
		},
		{
			Name: "cut-off", Severity: Warning, notes: []string{"policy-end"}, find: findCutOff,
			Why:    "A .reg file or LGPO text that was cut off says other ports without a word, and some programs miss the last line of a .reg file that no blank one follows.",
			Source: "Samba, source3/registry/reg_parse.c",
			Bad:    Example{Text: strings.TrimSpace(regOf(parameters, "4000-4000")), Finds: []string{"1:1: warning: the file does not end in a blank line, as all that write .reg files have it; it may be cut off"}},
			Good:   Example{Text: regOf(parameters, "4000-4000")},
		},
		{
			Name: "current-control-set", Severity: Error, notes: []string{"hive-current"}, find: findCurrentControlSet,
			Except: &Exception{Warning, "in `HKEY_LOCAL_MACHINE\\SYSTEM` without `--offline`, where the file has numbered control sets, too", isOnline},
			Why:    "CurrentControlSet is a link that Windows makes at its start; written into an offline hive it is a dead key.",
			Source: "libyal/winreg-kb",
			Bad:    Example{Text: regOf(parameters, "4000-4000"), Options: Options{Offline: true}, Finds: []string{`3:1: error: no offline hive has a CurrentControlSet; write ControlSet001, or the one that Select\Current names`}},
			Good:   Example{Text: regOf(offline1, "4000-4000"), Options: Options{Offline: true}},
		},
		{
			Name: "dirty-hive", Severity: Warning, notes: []string{"hive-dirty"},
			Why:    "What Windows had still to write into a hive stands in its log files; Windows takes it from there at its next start, and may undo what other programs wrote meanwhile.",
			Source: hives,
			Bad:    Example{Text: "a hive whose sequence numbers are 8 and 7\n", Described: true, Finds: []string{"1:1: warning: its sequence numbers differ: Windows was not done writing it, and what is newer stands in its log files (.LOG, .LOG1, .LOG2), which are not read; start that Windows and shut it down, or let it recover the hive"}},
			Good:   Example{Text: "a hive whose sequence numbers are 7 and 7\n", Described: true},
		},
		{
			Name: "damaged-hive", Severity: Error, notes: []string{"hive-damage"},
			Why:    "What a hive does not hold as its format has it cannot be read, and Windows repairs it in its own way, or does not start.",
			Source: hives,
			Bad:    Example{Text: "a hive whose MaxUserPort has its data behind the end of the file\n", Described: true, Finds: []string{`1:1: error: damaged: "MaxUserPort" of HKEY_LOCAL_MACHINE\SYSTEM\ControlSet001\Services\Tcpip\Parameters: there is no cell at 0x80000000`}},
			Good:   Example{Text: "a hive whose MaxUserPort has its data in its field\n", Described: true},
		},
		{
			Name: "misplaced-data", Severity: Error, notes: []string{"hive-big-data"},
			Why:    "From version 1.4 on, Windows looks for more than 16,344 bytes in segments, and before in one cell; hivexregedit always writes one cell, reged always segments.",
			Source: "ReactOS, CmpIsKeyValueBig; williballenthin/python-registry#68",
			Bad:    Example{Text: "a hive of version 1.5 whose ReservedPorts has 24024 bytes in one cell\n", Described: true, Finds: []string{`1:1: error: "ReservedPorts" of HKEY_LOCAL_MACHINE\SYSTEM\ControlSet001\Services\Tcpip\Parameters: in a hive of version 1.5 Windows looks for 24024 bytes in segments; they stand in one cell, as hivexregedit writes them (reged writes segments)`}},
			Good:   Example{Text: "a hive of version 1.5 whose ReservedPorts has 24024 bytes in segments\n", Described: true},
		},
		{
			Name: "uncertain-control-set", Severity: Warning, notes: []string{"hive-select"},
			Why:    "Select\\Current names the control set that Windows last started with, Select\\Default that for the next start; they differ after a start that failed.",
			Source: "Microsoft, Windows 2000 Registry Reference, Select; KB 102984",
			Bad:    Example{Text: "a hive whose Select\\Current is 1 and Select\\Default 2\n", Described: true, Finds: []string{`1:1: warning: Select\Default is 2: Windows starts with ControlSet002 next, not with ControlSet001`}},
			Good:   Example{Text: "a hive whose Select\\Current is 1 and Select\\Default 1\n", Described: true},
		},
		{
			Name: "broken-backup", Severity: Error, notes: []string{"missing-object", "backup-id", "no-info", "no-manifest", "missing-backup", "unlisted-backup"},
			Why:    "Import-GPO goes by what manifest.xml, bkupInfo.xml and Backup.xml say of each other and of the files beside them.",
			Source: backups,
			Bad:    Example{Text: "a backup without the registry.pol that its Backup.xml names\n", Described: true, Finds: []string{`4:13: error: "DomainSysvol\\GPO\\Machine\\registry.pol" is not in the backup`}},
			Good:   Example{Text: "a backup with all files that its Backup.xml names\n", Described: true},
		},
		{
			Name: "unapplied-policy", Severity: Error, notes: []string{
				"unlisted-file", "no-extension", "extension-form", "extension-order", "zero-version",
				"script-number", "no-parameters", "missing-script", "scripts-encoding",
			},
			Why:    "Of a GPO Windows applies what its extensions and its scripts.ini name, in the right order, and passes over all else without a word.",
			Source: "MS-GPOL 2.2.4; MS-GPSCR 2.2.2",
			Bad:    Example{Text: "a backup whose scripts.ini has no script but 1CmdLine=web.cmd\n", Described: true, Finds: []string{`3:1: error: "web.cmd" is not run: the scripts are numbered from 0, without a gap, and 0CmdLine is not there`}},
			Good:   Example{Text: "a backup whose scripts.ini has no script but 0CmdLine=web.cmd\n", Described: true},
		},
		{
			Name: "unread-script", Severity: Info, notes: []string{"unread-script"},
			Why:    "What a startup script that gen did not write does to port ranges is not known.",
			Source: "MS-GPSCR 2.2.2",
			Bad:    Example{Text: "a backup whose startup script web.cmd is that of somebody else\n", Described: true, Finds: []string{`3:1: info: what "web.cmd" does to port ranges is not known`}},
			Good:   Example{Text: "a backup whose startup script web.cmd is one of gen\n", Described: true},
		},
		{
			Name: "contradiction", Severity: Warning, notes: []string{"contradiction"},
			Why:    "Tables of one protocol show one store, those of ipv4 and ipv6, too; where they differ, they are of different times.",
			Source: "bigfix.me/27007",
			Bad:    Example{Text: "tcp\n--- ---\n80 90 *\n\ntcp\n--- ---\n80 80 *\n", Finds: []string{"3:1: warning: 81-90/tcp is administered here, but not in the table at :6:1; it is not taken as reserved"}},
			Good:   Example{Text: "tcp\n--- ---\n80 90 *\n\nudp\n--- ---\n80 80 *\n"},
		},
		{
			Name: "active-store", Severity: Warning, notes: []string{"active"}, find: findActive,
			Why:    "What is excluded in the active store is gone after the next restart.",
			Source: "Microsoft, netsh-interface.md",
			Bad:    Example{Text: add("tcp", 8080, 1, "active"), Finds: []string{"1:1: warning: store=active: 8080/tcp is gone after the next restart; write store=persistent"}},
			Good:   Example{Text: add("tcp", 8080, 1, "persistent")},
		},
		{
			Name: "edited-script", Severity: Warning, notes: []string{"edited"},
			Why:    "A script that was changed is not known to do what its list of ports says.",
			Source: "README, section Vista, Server 2008 and later: scripts",
			Bad:    Example{Text: strings.Replace(script("\r\n"), `"errorlevel="`, `"errorlevel=0"`, 1), Finds: []string{"14:1: warning: edited, or by another version: from here on the script is not as this portreg writes it"}},
			Good:   Example{Text: script("\r\n")},
		},
		{
			Name: "script-form", Severity: Error, notes: []string{"line-end", "encoding"},
			Why:    "cmd.exe can miss labels behind a lone LF, and reads no UTF-16 and no byte order mark.",
			Source: "rocq-prover/rocq#8610, microsoft/BuildXL#376; The Old New Thing, 2021-07-26",
			Bad:    Example{Text: script("\n"), Finds: []string{"1:1: error: the line ends in LF alone, where cmd.exe can miss labels; save the script with CRLF"}},
			Good:   Example{Text: script("\r\n")},
		},
		{
			Name: "ignored-command", Severity: Error, notes: []string{
				"structure", "namespace", "windows-pe", "component", "pass", "architecture", "component-twice",
				"child-twice", "action", "order", "order-twice", "length", "no-command",
			},
			Why:    "Setup does not run this command in the Windows that it installs.",
			Source: setup,
			Bad:    Example{Text: answer("oobeSystem", add("tcp", 8080, 1, "persistent")), Finds: []string{`1:54: error: pass "oobeSystem" does not run RunSynchronous; write "specialize"`}},
			Good:   Example{Text: answer("specialize", add("tcp", 8080, 1, "persistent"))},
		},
		{
			Name: "unread-command", Severity: Warning, notes: []string{"unread-command"},
			Why:    "What a command that is more than calls of netsh does to port ranges is not known.",
			Source: setup,
			Bad:    Example{Text: answer("specialize", "powershell netsh int ipv4 add excludedportrange tcp 8080 1"), Finds: []string{`1:220: warning: this command does not count: "powershell netsh int ipv4 add excludedportrange tcp 8080 1" is not a netsh command; write netsh int ipv4 add excludedportrange protocol=tcp startport=80 numberofports=11 store=persistent`}},
			Good:   Example{Text: answer("specialize", add("tcp", 8080, 1, "persistent"))},
		},
		{
			Name: "runs-script", Severity: Info, notes: []string{"script"},
			Why:    "What a script does that an answer file runs is not in the answer file.",
			Source: setup,
			Bad:    Example{Text: answer("specialize", `cmd.exe /d /c C:\Windows\Setup\Scripts\web.cmd`), Finds: []string{`1:220: info: "cmd.exe /d /c C:\\Windows\\Setup\\Scripts\\web.cmd" runs what is not in this file; give portreg show the script itself`}},
			Good:   Example{Text: answer("specialize", add("tcp", 8080, 1, "persistent"))},
		},
		{
			Name: "setup-status", Severity: Warning, notes: []string{"status", "will-reboot"},
			Why:    "Setup takes netsh's status for a failure, 1, for a wish to restart.",
			Source: setup,
			Bad:    Example{Text: answer("specialize", add("tcp", 8080, 1, "persistent")), Finds: []string{"1:220: warning: when netsh refuses this, the command ends with 1 or 2, which Setup takes for a wish to restart, not for a failure; portreg gen -f unattend writes commands that end with 10"}},
			Good:   Example{Text: answer("specialize", `cmd /c C:\web.cmd`)},
		},
		{
			Name: "architecture-lacks", Severity: Warning, notes: []string{"architecture-lacks"},
			Why:    "Setup takes the components of the image's architecture only, so that each needs all commands.",
			Source: setup,
			Bad:    Example{Text: strings.Replace(answer("specialize", add("tcp", 8080, 1, "persistent")), "</settings>", `<component name="Microsoft-Windows-Deployment" processorArchitecture="x86"/></settings>`, 1), Finds: []string{"1:377: warning: 8080/tcp: not for x86; what counts is there for every architecture"}},
			Good:   Example{Text: answer("specialize", add("tcp", 8080, 1, "persistent"))},
		},
		{
			Name: "ignored-policy", Severity: Error, notes: []string{"policy-key"},
			Why:    "A policy names keys without their root, by single backslashes; under any other Windows sets nothing.",
			Source: policies,
			Bad:    Example{Text: lgpoOf("HKLM\\"+parametersBelow, "ReservedPorts", "MULTISZ:4000-4000"), Finds: []string{`3:1: error: "HKLM\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters" begins with a root key, which is known from where the policy stands and must be left out (MS-GPREG 2.2.1); Windows sets nothing there`}},
			Good:   Example{Text: lgpoOf(parametersBelow, "ReservedPorts", "MULTISZ:4000-4000")},
		},
		{
			Name: "special-policy", Severity: Info, notes: []string{"policy-special"},
			Why:    "What a policy does beside setting and deleting values depends on what the machine has.",
			Source: policies + ", 3.2.5.1.2",
			Bad:    Example{Text: lgpoOf(parametersBelow, "*", "DELETEALLVALUES"), Finds: []string{`3:1: info: "**DelVals." under SYSTEM\CurrentControlSet\Services\Tcpip\Parameters deletes every value that the key has`}},
			Good:   Example{Text: lgpoOf(parametersBelow, "ReservedPorts", "DELETE")},
		},
		{
			Name: "doubtful-policy", Severity: Warning, notes: []string{"policy-name", "policy-type", "policy-size", "policy-control-set"},
			Why:    "A policy has names of printable ASCII, up to 259 characters, seven types and up to 65,535 bytes, and can only mean the current control set; what Windows makes of others is not known.",
			Source: policies,
			Bad:    Example{Text: lgpoOf(parametersBelow, "ReservedPorts", "MULTISZ:"+strings.Repeat(`4000-4000\0`, 3276)+"4000-4000"), Finds: []string{`3:1: warning: "ReservedPorts": 65542 bytes of data, and 65535 is the most (MS-GPREG 2.2.1); what Windows makes of it is not known`}},
			Good:   Example{Text: lgpoOf(parametersBelow, "ReservedPorts", "MULTISZ:"+strings.Repeat(`4000-4000\0`, 3275)+"4000-4000")},
		},
		{
			Name: "ignored-member", Severity: Warning, notes: []string{"samba-member", "samba-class", "samba-remove"},
			Why:    "samba-tool passes over what it does not know, without a word, and takes nothing from machines with gpo remove.",
			Source: "Samba, python/samba/policies.py",
			Bad:    Example{Text: sambaOf("COMPUTER"), Finds: []string{`1:111: warning: "COMPUTER" is not MACHINE, USER or BOTH; samba-tool passes over the object`}},
			Good:   Example{Text: sambaOf("MACHINE")},
		},
		{
			Name: "ignored-preference", Severity: Error, notes: []string{
				"preference-element", "preference-properties", "preference-hive", "preference-key", "preference-action", "preference-data",
			},
			Why:    "A preference of another form than the documented ones is not known to set anything.",
			Source: preferences,
			Bad:    Example{Text: preference(`hive="HKEY_LOCAL_MACHINE"`, `hive="HKLM"`), Finds: []string{`2:66: error: hive="HKLM" is none of Preferences; write HKEY_LOCAL_MACHINE`}},
			Good:   Example{Text: preference("", "")},
		},
		{
			Name: "unapplied-preference", Severity: Warning, notes: []string{"preference-disabled", "preference-targeting"},
			Why:    "This preference is disabled, or for other versions of Windows than those that read its value.",
			Source: preferences,
			Bad:    Example{Text: preference(" uid=", ` disabled="1" uid=`), Finds: []string{`2:66: warning: "ReservedPorts" is disabled, alone or with all around it; it is not applied`}},
			Good:   Example{Text: preference("", "")},
		},
		{
			Name: "doubtful-preference", Severity: Warning, notes: []string{"preference-clsid", "preference-flag", "preference-backslash", "preference-nameless", "preference-list"},
			Why:    "What Windows makes of a preference of this form is not documented.",
			Source: preferences,
			Bad:    Example{Text: preference("<Value>4000-4000<", "<Value>4000-4001<"), Finds: []string{`2:66: warning: value and Values of "ReservedPorts" differ: Values is taken here, which of them Windows goes by is not known`}},
			Good:   Example{Text: preference("", "")},
		},
		{
			Name: "conditional-preference", Severity: Info, notes: []string{"preference-versions", "preference-filter", "preference-create", "preference-remove", "preference-uncounted"},
			Why:    "This preference sets its value on some machines only, or not for good.",
			Source: preferences + ", 2.2.1.22",
			Bad:    Example{Text: preference(`action="U"`, `action="C"`), Finds: []string{`2:66: info: action="C" creates "ReservedPorts" only where it is not there; write U to set it`}},
			Good:   Example{Text: preference("", "")},
		},
		{
			Name: "hidden-character", Severity: Warning, notes: []string{"hidden-character"},
			Why:    "Marks of direction, controls and characters without width have a comment show something else than it says.",
			Source: "CVE-2021-42574, Trojan Source",
			Bad:    Example{Text: "80  # web, \u202enot for us\u202c\n", Finds: []string{"1:12: warning: U+202E makes this line show something else than it says, and 1 more such character stands behind it"}},
			Good:   Example{Text: "80  # web, not for us\n"},
		},
		{
			Name: "unused-ignore", Severity: Warning, find: findUnusedIgnores,
			Why:    "An ignore that ignores nothing, whatever the target, hides what will be wrong one day; one that names no rule is misspelt; where none counts, one ignores nothing.",
			Source: "ruff, RUF100",
			Bad:    Example{Text: "8080  # app portreg:ignore below-1025, touching-range\n", Finds: []string{"1:28: warning: portreg:ignore below-1025 ignores nothing", `1:40: warning: portreg:ignore: "touching-range" is not a rule; did you mean touching-ranges?`}},
			Good:   Example{Text: "8080  # app portreg:ignore outside-dynamic-range\n"},
		},
	}
})

func isList(l *linter) bool { return l.carried() == 0 }

func isCommands(l *linter) bool { return l.carried() == target.Exclusions }

func isModern(l *linter) bool { return !l.legacy() }

func isOnline(l *linter) bool { return !l.hive && l.Format != artefact.Hive }

// What the examples are made with.

func windows(name string) target.Windows {
	w, _ := target.ByName(name)
	return w
}

// regOf is a .reg file with a ReservedPorts value.
func regOf(key string, ss ...string) string {
	data := strings.Join(append(ss, ""), "\x00") + "\x00"
	hex := strings.ReplaceAll(fmt.Sprintf("% x", data), " ", ",")
	return "REGEDIT4\n\n[" + key + "]\n\"ReservedPorts\"=hex(7):" + hex + "\n\n"
}

func add(proto string, first, count int, store string) string {
	return fmt.Sprintf("netsh int ipv4 add excludedportrange protocol=%s startport=%d numberofports=%d store=%s\n", proto, first, count, store)
}

// script is a .cmd script with another line ending.
func script(end string) string {
	var b strings.Builder
	netsh.WriteCmd(&b, netsh.Converge{Name: "web", Ports: both(ranges.SetOf(ranges.Range{First: 8080, Last: 8080}))})
	return strings.ReplaceAll(b.String(), "\r\n", end)
}

// parametersBelow is the key of parameters without its root.
var parametersBelow = strings.TrimPrefix(parameters, `HKEY_LOCAL_MACHINE\`)

// lgpoOf is LGPO text with one setting.
func lgpoOf(key, name, action string) string {
	return fmt.Sprintf("Computer\r\n%s\r\n%s\r\n%s\r\n", key, name, action)
}

// sambaOf is JSON for samba-tool that reserves port 4000 in a class.
func sambaOf(class string) string {
	return fmt.Sprintf(`[{"keyname": %q, "valuename": "ReservedPorts", "class": %q, "type": "REG_MULTI_SZ", "data": ["4000-4000"]}]`, parametersBelow, class)
}

// preference is a Registry.xml that reserves port 4000, with a piece of it exchanged.
func preference(old, new string) string {
	var b strings.Builder
	value := target.ReservedPortsValue(ranges.SetOf(ranges.Range{First: 4000, Last: 4000}))
	gpp.Encode(&b, target.Place{}.Operations(value), gpp.Options{})
	return strings.Replace(b.String(), old, new, 1)
}

// answer is an answer file with a command.
func answer(pass, path string) string {
	return `<unattend xmlns="urn:schemas-microsoft-com:unattend">` +
		`<settings pass="` + pass + `"><component name="Microsoft-Windows-Deployment" processorArchitecture="amd64">` +
		`<RunSynchronous><RunSynchronousCommand><Order>1</Order><Path>` + strings.TrimSpace(path) + `</Path></RunSynchronousCommand></RunSynchronous>` +
		"</component></settings></unattend>\n"
}
