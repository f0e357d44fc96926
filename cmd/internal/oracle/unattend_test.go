package oracle

import (
	"encoding/xml"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// answerFile is what Setup reads of one.
type answerFile struct {
	XMLName  xml.Name `xml:"urn:schemas-microsoft-com:unattend unattend"`
	Settings []struct {
		Pass       string `xml:"pass,attr"`
		Components []struct {
			Name         string         `xml:"name,attr"`
			Architecture string         `xml:"processorArchitecture,attr"`
			Commands     []setupCommand `xml:"RunSynchronous>RunSynchronousCommand"`
		} `xml:"component"`
	} `xml:"settings"`
}

type setupCommand struct {
	Action     string `xml:"http://schemas.microsoft.com/WMIConfig/2002/State action,attr"`
	Order      int
	Path       string
	WillReboot string
}

// setupCommands gives the commands that Setup runs on the architecture, in their
// order, once xmllint and the limits of Microsoft's reference find nothing wrong.
func setupCommands(t testing.TB, file []byte, architecture string) []setupCommand {
	t.Helper()
	mustRun(t, "xmllint", "--noout", "--nonet", tempFile(t, "unattend.xml", file))
	var answers answerFile
	if err := xml.Unmarshal(file, &answers); err != nil {
		t.Fatal(err)
	}
	var found []setupCommand
	for _, settings := range answers.Settings {
		for _, c := range settings.Components {
			if settings.Pass == "specialize" && c.Name == "Microsoft-Windows-Deployment" && c.Architecture == architecture {
				found = append(found, c.Commands...)
			}
		}
	}
	for i, c := range found {
		if c.Action != "add" || c.Order != i+1 || c.Order > 500 || len(c.Path) > 259 || c.WillReboot != "OnRequest" {
			t.Errorf("command %d is %+v", i+1, c)
		}
	}
	return found
}

// specialize runs the commands as Setup does, up to the first that fails, and gives
// the statuses.
func specialize(t testing.TB, machine string, commands []setupCommand) (statuses []int) {
	t.Helper()
	for _, c := range commands {
		status := startPath(t, machine, c.Path)
		statuses = append(statuses, status)
		if status != 0 {
			break
		}
	}
	return statuses
}

// startPath runs the command line in a folder that has a netsh of its own. A batch
// file hands it over as it is: Wine would quote it anew.
func startPath(t testing.TB, machine, path string) int {
	t.Helper()
	dir := tempDir(t)
	writeFile(t, filepath.Join(dir, "netsh.bat"), []byte("@exit /b 77\r\n"))
	writeFile(t, filepath.Join(dir, "findstr.bat"), []byte("@exit /b 0\r\n"))
	writeFile(t, filepath.Join(dir, "start.cmd"), []byte("@"+path+"\r\n@exit /b %errorlevel%\r\n"))
	c := command{dir: dir, env: standinEnv(machine), limit: callLimit, args: []string{"wine", "cmd", "/c", windowsPath(filepath.Join(dir, "start.cmd"))}}
	return c.untilStarted(t, keep(t, machine)).status
}

// TestSpecialize runs an answer file on fresh machines in all the languages, and in one
// on a machine that went through it before and on some where a block is refused.
func TestSpecialize(t *testing.T) {
	const list = "8000-8039/tcp\n9000/tcp\n10000-60000/udp\n"
	const added = "+exclude tcp 8000 8039\n+exclude tcp 9000 9000\n+exclude udp 10000 60000"
	commands := setupCommands(t, gen(t, list, "-f", "unattend"), "amd64")
	for i, l := range languages {
		for _, tt := range []struct {
			name, edits string
			statuses    []int
			after       string
		}{
			{"fresh", "", []int{0, 0, 0}, added},
			{"twice", added, []int{0, 0, 0}, ""},
			{"in use", "+busy tcp 9000 9000", []int{0, 10}, "+exclude tcp 8000 8039"},
			{"runtime", "+runtime tcp 9000 9000", []int{0, 10}, "+exclude tcp 8000 8039"},
			{"part of a row", "+exclude tcp 8999 9000", []int{0, 10}, "+exclude tcp 8000 8039"},
			{"other protocol", "+exclude udp 9000 9000\n+busy tcp 9000 9000", []int{0, 10}, "+exclude tcp 8000 8039"},
			{"not elevated", "-elevated 1\n+elevated 0", []int{10}, ""},
		} {
			if tt.name != "fresh" && i != 1 {
				continue
			}
			t.Run(l.name+"/"+tt.name, func(t *testing.T) {
				t.Parallel()
				path := filepath.Join(tempDir(t), "machine")
				start := machine(strings.Split(usual, "\n")).edit(t, "-exclude udp 50000 50059\n-winnat udp 58100 58199\n"+tt.edits)
				start.write(t, path, l)
				if got := specialize(t, path, commands); !slices.Equal(got, tt.statuses) {
					t.Errorf("statuses %d, want %d", got, tt.statuses)
				}
				if want, got := start.edit(t, tt.after), readMachine(t, path); !slices.Equal(got, want) {
					t.Errorf("the machine differs from what it should be by\n%s", want.difference(got))
				}
			})
		}
	}
}

// TestSpecializeDynamic: the range is set for both protocols and families, and set
// again without harm.
func TestSpecializeDynamic(t *testing.T) {
	commands := setupCommands(t, gen(t, "9000/tcp", "-f", "unattend", "--dynamic", "20000-65535"), "arm64")
	path := filepath.Join(tempDir(t), "machine")
	start := machine(strings.Split(usual, "\n")).edit(t, "")
	start.write(t, path, languages[0])
	edits := "+exclude tcp 9000 9000"
	for _, family := range []string{"ipv4", "ipv6"} {
		for _, proto := range []string{"tcp", "udp"} {
			edits += fmt.Sprintf("\n-dynamic %s %s 49152 16384\n+dynamic %[1]s %[2]s 20000 45536", family, proto)
		}
	}
	for range 2 {
		if got := specialize(t, path, commands); !slices.Equal(got, []int{0, 0, 0, 0, 0}) {
			t.Errorf("statuses %d", got)
		}
		if want, got := start.edit(t, edits), readMachine(t, path); !slices.Equal(got, want) {
			t.Errorf("the machine differs from what it should be by\n%s", want.difference(got))
		}
	}
}

// TestAnswerFiles: whatever the list and its comments, xmllint and the limits find
// nothing wrong, every architecture has the same commands, and show finds the ports.
func TestAnswerFiles(t *testing.T) {
	rng := random(t)
	for range 20 {
		ss := randomSpans(rng)
		list := ss[:min(len(ss), 200)].list(rng) + "\n1/tcp # --> <x>&amp; ]]> -- \u202e %PATH% \U0001F600\n"
		file := gen(t, list, "-f", "unattend", "--annotate")
		amd64 := setupCommands(t, file, "amd64")
		for _, architecture := range []string{"arm64", "x86"} {
			if other := setupCommands(t, file, architecture); !slices.Equal(other, amd64) {
				t.Errorf("%s has other commands than amd64", architecture)
			}
		}
		got := mustRun(t, portreg, "show", tempFile(t, "unattend.xml", file))
		if want := mustRun(t, portreg, "show", tempFile(t, "list", []byte(list))); got != want {
			t.Errorf("show prints\n%s\nwant\n%s", got, want)
		}
	}
}
