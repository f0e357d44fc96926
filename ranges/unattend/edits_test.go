package unattend

import (
	"fmt"
	"strings"
	"testing"

	"portreg/ranges"
	"portreg/ranges/netsh"
)

// shown gives what a file excludes and its notes, a line each.
func shown(t *testing.T, src string) string {
	t.Helper()
	file, err := Parse("f", []byte(src))
	if err != nil {
		return err.Error()
	}
	var entries []ranges.Entry
	lines := []string{""}
	for _, c := range file.Commands {
		if c.Verb == netsh.Add {
			entries = append(entries, ranges.Entry{Range: c.Range, Proto: c.Proto})
		} else {
			lines = append(lines, effectOf(c).String())
		}
	}
	lines[0] = ranges.PortsOf(entries...).String()
	for _, n := range file.Notes {
		dropped := ""
		if n.Dropped {
			dropped = " dropped"
		}
		lines = append(lines, fmt.Sprintf("%d:%d %s%s: %s", n.Line, n.Col, n.Rule, dropped, n.Text))
	}
	return strings.Join(lines, "\n")
}

// What a person may do to the file when it is merged into another one.
func TestEdits(t *testing.T) {
	base := written(t, nil, add(ranges.TCP, 5022, 5022), add(ranges.TCP, 8000, 8039), add(ranges.UDP, 53, 53))
	command := base[strings.Index(base, "        <RunSynchronousCommand"):]
	command = command[:strings.Index(command, "</RunSynchronousCommand>")+len("</RunSynchronousCommand>")]
	component := base[strings.Index(base, "    <component"):]
	component = component[:strings.Index(component, "</component>")+len("</component>")]
	const pathOf5022 = `netsh.exe int ipv4 add excludedportrange protocol=tcp startport=5022 numberofports=1 store=persistent`
	for _, tt := range []struct {
		name, old, new string
		n              int
		want           string
	}{
		{"nothing", ``, ``, 0, `53/udp, 5022/tcp, 8000-8039/tcp`},
		{"one architecture lacks a command", command, ``, 1, `53/udp, 8000-8039/tcp
4:5 architecture-lacks: 5022/tcp: not for amd64; what counts is there for every architecture`},
		{"pass", `"specialize"`, `"specialise"`, 1, `
3:3 pass dropped: pass "specialise" does not run RunSynchronous; write "specialize" (9 commands)`},
		{"pass in capitals", `"specialize"`, `"Specialize"`, 1, `
3:3 pass dropped: pass "Specialize" does not run RunSynchronous; write "specialize" (9 commands)`},
		{"pass of another setting", `"specialize"`, `"oobeSystem"`, 1, `
3:3 pass dropped: pass "oobeSystem" does not run RunSynchronous; write "specialize" (9 commands)`},
		{"no pass", ` pass="specialize"`, ``, 1, `
3:3 pass dropped: pass "" does not run RunSynchronous; write "specialize" (9 commands)`},
		{"pass windowsPE", `"specialize"`, `"windowsPE"`, 1, `
9:17 windows-pe dropped: pass windowsPE: what is excluded there ends with Windows PE (9 commands)`},
		{"component", `"Microsoft-Windows-Deployment"`, `"Microsoft-Windows-Deploymnt"`, -1, `
4:5 component dropped: component "Microsoft-Windows-Deploymnt" has no RunSynchronous that is known; it belongs into "Microsoft-Windows-Deployment" (9 commands)`},
		{"component of Windows PE", `"Microsoft-Windows-Deployment"`, `"Microsoft-Windows-Setup"`, 1, `
4:5 component dropped: component "Microsoft-Windows-Setup" has no RunSynchronous that is known; it belongs into "Microsoft-Windows-Deployment" (3 commands)
4:5 architecture-lacks: 53/udp, 5022/tcp, 8000-8039/tcp: not for amd64; what counts is there for every architecture`},
		{"architecture", `"amd64"`, `"x64"`, 1, `
4:5 architecture dropped: processorArchitecture "x64" is none of Windows; write amd64, arm64 or x86 (3 commands)`},
		{"no architecture", ` processorArchitecture="amd64"`, ``, 1, `
4:5 architecture dropped: processorArchitecture "" is none of Windows; write amd64, arm64 or x86 (3 commands)`},
		{"no namespace", ` xmlns="urn:schemas-microsoft-com:unattend"`, ``, 1, `
2:1 namespace dropped: "unattend" is in the namespace ""; Setup reads xmlns="urn:schemas-microsoft-com:unattend" (9 commands)`},
		{"other namespace", `"urn:schemas-microsoft-com:unattend"`, `"urn:schemas-microsoft-com:asm.v3"`, 1, `
2:1 namespace dropped: "unattend" is in the namespace "urn:schemas-microsoft-com:asm.v3"; Setup reads xmlns="urn:schemas-microsoft-com:unattend" (9 commands)`},
		{"namespace within", `<RunSynchronous>`, `<RunSynchronous xmlns="">`, 1, `
4:5 architecture-lacks: 53/udp, 5022/tcp, 8000-8039/tcp: not for amd64; what counts is there for every architecture
5:7 namespace dropped: "RunSynchronous" is in the namespace ""; Setup reads xmlns="urn:schemas-microsoft-com:unattend" (3 commands)`},
		{"prefix", ` xmlns:wcm="http://schemas.microsoft.com/WMIConfig/2002/State"`, ``, 1, `f:6:9: the prefix "wcm" is not declared; declare it on the component, as xmlns:wcm="http://schemas.microsoft.com/WMIConfig/2002/State"`},
		{"outside of RunSynchronous", `RunSynchronous>`, `Commands>`, 2, `
4:5 architecture-lacks: 53/udp, 5022/tcp, 8000-8039/tcp: not for amd64; what counts is there for every architecture
6:9 structure dropped: "RunSynchronousCommand" does not stand in "RunSynchronous" (3 commands)`},
		{"action", `wcm:action="add"`, `wcm:action="remove"`, 1, `53/udp, 8000-8039/tcp
4:5 architecture-lacks: 5022/tcp: not for amd64; what counts is there for every architecture
6:9 action dropped: action "remove" does not run the command; write wcm:action="add"`},
		{"no action", ` wcm:action="add"`, ``, -1, `53/udp, 5022/tcp, 8000-8039/tcp`},
		{"component twice", component, component + "\n" + component, 1, `53/udp, 5022/tcp, 8000-8039/tcp
26:5 component-twice dropped: "Microsoft-Windows-Deployment" for amd64 is there twice in the pass specialize; put its commands into the first (3 commands)`},
		{"pass twice", "  </settings>", "</settings><settings pass=\"specialize\">" + component + "</settings>", 1, `53/udp, 5022/tcp, 8000-8039/tcp
70:44 component-twice dropped: "Microsoft-Windows-Deployment" for amd64 is there twice in the pass specialize; put its commands into the first (3 commands)`},
		{"no order", `<Order>1</Order>`, ``, 1, `53/udp, 8000-8039/tcp
4:5 architecture-lacks: 5022/tcp: not for amd64; what counts is there for every architecture
6:9 order dropped: RunSynchronousCommand has no Order; number them 1 to 500, each once`},
		{"order 0", `<Order>1<`, `<Order>0<`, -1, `53/udp, 8000-8039/tcp
8:18 order dropped: Order "0" is not 1 to 500 (3 commands)`},
		{"order 501", `<Order>1<`, `<Order>501<`, 1, `53/udp, 8000-8039/tcp
4:5 architecture-lacks: 5022/tcp: not for amd64; what counts is there for every architecture
8:18 order dropped: Order "501" is not 1 to 500`},
		{"order in words", `<Order>1<`, `<Order>first<`, 1, `53/udp, 8000-8039/tcp
4:5 architecture-lacks: 5022/tcp: not for amd64; what counts is there for every architecture
8:18 order dropped: Order "first" is not 1 to 500`},
		{"empty order", `<Order>1<`, `<Order><`, 1, `53/udp, 8000-8039/tcp
4:5 architecture-lacks: 5022/tcp: not for amd64; what counts is there for every architecture
8:11 order dropped: Order "" is not 1 to 500`},
		{"order twice", `<Order>2<`, `<Order>1<`, -1, `53/udp
8:18 order-twice dropped: Order "1" is there more than once in this RunSynchronous; number them anew, 1 to 500, each once (6 commands)`},
		{"order of a command of others", `<RunSynchronous>`, `<RunSynchronous><RunSynchronousCommand><Order>3</Order><Path>reg.exe /?</Path></RunSynchronousCommand>`, -1, `5022/tcp, 8000-8039/tcp
20:18 order-twice dropped: Order "3" is there more than once in this RunSynchronous; number them anew, 1 to 500, each once (3 commands)`},
		{"order anew", `<Order>1<`, `<Order>500<`, -1, `53/udp, 5022/tcp, 8000-8039/tcp`},
		{"long path", `&amp;if errorlevel`, `&amp;rem ` + strings.Repeat("ü", 100) + `&amp;if errorlevel`, 1, `53/udp, 8000-8039/tcp
4:5 architecture-lacks: 5022/tcp: not for amd64; what counts is there for every architecture
9:17 length dropped: Path has 357 characters; Setup takes 259`},
		{"active", `store=persistent`, `store=active`, 1, `53/udp, 8000-8039/tcp
4:5 architecture-lacks: 5022/tcp: not for amd64; what counts is there for every architecture
9:17 active: store=active: gone after the next restart; write store=persistent`},
		{"exit 1", `exit 10`, `exit 1`, -1, `53/udp, 5022/tcp, 8000-8039/tcp
9:17 edited: not as portreg writes it: "if errorlevel 1 exit 1\"" should be "if errorlevel 1 exit 10\""; its status may not tell whether this succeeds (9 commands)`},
		{"pattern of another block", `5022  *5022`, `80  *90`, 1, `53/udp, 5022/tcp, 8000-8039/tcp
9:17 edited: not as portreg writes it: "findstr /r /c:\" 80  *90  *\\*\"&if errorlevel 1 exit 10\"" should be "findstr /r /c:\" 5022  *5022  *\\*\"&if errorlevel 1 exit 10\""; its status may not tell whether this succeeds`},
		{"no status", `&amp;if errorlevel 1 exit 10`, ``, 1, `53/udp, 5022/tcp, 8000-8039/tcp
9:17 edited: not as portreg writes it: "findstr /r /c:\" 5022  *5022  *\\*\"\"" should be "findstr /r /c:\" 5022  *5022  *\\*\"&if errorlevel 1 exit 10\""; its status may not tell whether this succeeds`},
		{"no WillReboot", `<WillReboot>OnRequest</WillReboot>`, ``, 1, `53/udp, 5022/tcp, 8000-8039/tcp
9:17 will-reboot: without WillReboot, status 10 is not known to end the installation; write <WillReboot>OnRequest</WillReboot>`},
		{"WillReboot", `>OnRequest<`, `>Never<`, -1, `53/udp, 5022/tcp, 8000-8039/tcp
10:23 will-reboot: with WillReboot "Never", status 10 is not known to end the installation; write OnRequest (9 commands)`},
		{"rem", `"cd /d`, `"rem cd /d`, 1, `53/udp, 8000-8039/tcp
4:5 architecture-lacks: 5022/tcp: not for amd64; what counts is there for every architecture
9:17 unread-command: this command does not count: cmd.exe runs nothing of a line behind "rem"; remove that word`},
		{"argument", `startport=5022`, `startport=70000`, 1, `53/udp, 8000-8039/tcp
4:5 architecture-lacks: 5022/tcp: not for amd64; what counts is there for every architecture
9:17 unread-command: this command does not count: "70000" is not a port; write 1 to 65535`},
		{"argument that is missing", ` numberofports=1 `, ` `, 1, `53/udp, 8000-8039/tcp
4:5 architecture-lacks: 5022/tcp: not for amd64; what counts is there for every architecture
9:17 unread-command: this command does not count: numberofports is missing; write netsh int ipv4 add excludedportrange protocol=tcp startport=80 numberofports=11 store=persistent`},
		{"netsh alone", xmlText(path(add(ranges.TCP, 5022, 5022))), pathOf5022, -1, `53/udp, 5022/tcp, 8000-8039/tcp
9:17 status: when netsh refuses this, the command ends with 1 or 2, which Setup takes for a wish to restart, not for a failure; portreg gen -f unattend writes commands that end with 10 (3 commands)`},
		{"prefix of a sibling", `"arm64" publicKeyToken="31bf3856ad364e35" language="neutral" versionScope="nonSxS" xmlns:wcm="http://schemas.microsoft.com/WMIConfig/2002/State"`, `"arm64"`, 1, `f:28:9: the prefix "wcm" is not declared; declare it on the component, as xmlns:wcm="http://schemas.microsoft.com/WMIConfig/2002/State"`},
		{"one architecture alone", base, base[:strings.Index(base, component)] + component + "</settings></unattend>", 1, `53/udp, 5022/tcp, 8000-8039/tcp`},
		{"empty path", xmlText(path(add(ranges.TCP, 5022, 5022))), ` `, -1, `53/udp, 8000-8039/tcp
9:11 no-command dropped: Path is empty; write a command line, or remove the RunSynchronousCommand (3 commands)`},
		{"path twice", `<Order>1`, `<Path>netsh</Path><Order>1`, 1, `53/udp, 8000-8039/tcp
4:5 architecture-lacks: 5022/tcp: not for amd64; what counts is there for every architecture
9:17 child-twice dropped: "Path" is there twice in one RunSynchronousCommand`},
		{"orders twice", `<RunSynchronous>`, `<RunSynchronous>` + command + strings.Replace(command, ">1<", ">2<", 1), 1, `53/udp
4:5 architecture-lacks: 5022/tcp, 8000-8039/tcp: not for amd64; what counts is there for every architecture
7:18 order-twice dropped: Order "1" is there more than once in this RunSynchronous; number them anew, 1 to 500, each once (4 commands)`},
		{"no path", `<Path>` + xmlText(path(add(ranges.TCP, 5022, 5022))) + `</Path>`, ``, 1, `53/udp, 8000-8039/tcp
4:5 architecture-lacks: 5022/tcp: not for amd64; what counts is there for every architecture
6:9 no-command dropped: RunSynchronousCommand has no Path; write one, or remove it`},
		{"script in a pass that is none", base, in("specialise", "Microsoft-Windows-Deployment", "<RunSynchronous><RunSynchronousCommand><Order>1</Order><Path>web.ps1</Path></RunSynchronousCommand></RunSynchronous>"), 1, `
1:54 pass dropped: pass "specialise" does not run RunSynchronous; write "specialize"`},
		{"script in Windows PE", base, in("windowsPE", "Microsoft-Windows-Setup", "<RunSynchronous><RunSynchronousCommand><Order>1</Order><Path>x.cmd</Path></RunSynchronousCommand></RunSynchronous>"), 1, ``},
		{"script", xmlText(path(add(ranges.TCP, 5022, 5022))), `cmd.exe /d /c C:\Windows\Setup\Scripts\web.cmd`, -1, `53/udp, 8000-8039/tcp
9:17 script: "cmd.exe /d /c C:\\Windows\\Setup\\Scripts\\web.cmd" runs what is not in this file; give portreg show the script itself (3 commands)`},
		{"encoded command", xmlText(path(add(ranges.TCP, 5022, 5022))), `powershell.exe -NoProfile -enc bgBlAHQAcwBoAA==`, 1, `53/udp, 8000-8039/tcp
4:5 architecture-lacks: 5022/tcp: not for amd64; what counts is there for every architecture
9:17 script: "powershell.exe -NoProfile -enc bgBlAHQAcwBoAA==" runs what is not in this file; give portreg show the script itself`},
		{"second root", `</unattend>`, "</unattend>\n<unattend/>", 1, `f:72:1: "unattend" stands behind </unattend>, where an answer file ends`},
		{"text behind", `</unattend>`, "</unattend>\n\n ]", 1, `f:73:2: "]" stands outside of <unattend>; an answer file has nothing there`},
		{"text before", `<unattend `, `x <unattend `, 1, `f:2:1: "x" stands outside of <unattend>; an answer file has nothing there`},
		{"encoding", `"utf-8"`, `"iso-8859-1"`, 1, `f:1:1: this answer file is not UTF-8, but declares "iso-8859-1"; save it as UTF-8 and declare that`},
	} {
		src := strings.Replace(base, tt.old, tt.new, tt.n)
		if tt.n != 0 && src == base {
			t.Errorf("%s: %q is not there", tt.name, tt.old)
		}
		if got := shown(t, src); got != tt.want {
			t.Errorf("%s: got\n%s\nwant\n%s", tt.name, got, tt.want)
		}
	}
}
