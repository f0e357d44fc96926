package regfiletest

import (
	"math/rand/v2"
	"strings"
)

const machine = `HKEY_LOCAL_MACHINE`

// choice is a row of a table that is taken as often as its weight says.
type choice[T any] struct {
	weight int
	row    T
}

func choose[T any](r *rand.Rand, table []choice[T]) T {
	all := 0
	for i := range table {
		all += table[i].weight
	}
	n := r.IntN(all)
	for i := range table {
		if n -= table[i].weight; n < 0 {
			return table[i].row
		}
	}
	panic("no row has any weight")
}

// shape is a key with those below it; keys, heads and contents are for expand.
type shape struct {
	key    string
	count  count // of its values
	below  []below
	values []choice[value]
}

type below struct {
	key          string
	times, count count
}

// value is a value up to its data, and what writes the data.
type value struct {
	head string
	data func(g *generator, column int)
}

type count func(*rand.Rand) int

// from is a count of min to max.
func from(min, max int) count {
	return func(r *rand.Rand) int { return min + r.IntN(max-min+1) }
}

// few is none or one mostly.
func few(r *rand.Rand) int {
	return choose(r, fewOrMore)(r)
}

var (
	none = from(0, 0)
	one  = from(1, 1)

	fewOrMore = []choice[count]{{3, none}, {3, one}, {2, from(2, 4)}, {2, from(3, 12)}}
)

type controlSet struct {
	name    string
	percent int64 // of all characters that are written with the end of it
	ports   []string
}

var controlSets = []controlSet{
	{"ControlSet001", 72, []string{"1433-1434", "3389-3389", "5985-5986", "8080-8080"}},
	{"ControlSet002", 86, []string{"1433-1434", "3389-3389"}},
	{"CurrentControlSet", 100, []string{"1433-1434", "3389-3389", "5985-5986", "8080-8080", "49152-49160"}},
}

var class = []below{{`\%k`, from(0, 3), from(1, 2)}}

var software = []choice[shape]{
	{7500, shape{`\Classes\CLSID\%g`, one, class, values}},
	{7500, shape{`\Classes\WOW6432Node\CLSID\%g`, one, class, values}},
	{7500, shape{`\Classes\Interface\%g`, one, class, values}},
	{15000, shape{`\Microsoft\Windows\CurrentVersion\Installer\UserData\S-1-5-18\Components\%h`, from(1, 3), nil, components}},
	{5000, shape{`\Microsoft\Windows\CurrentVersion\Component Based Servicing\Packages\%c`, few, nil, values}},
	{5000, shape{`\Microsoft\Windows\CurrentVersion\Component Based Servicing\ComponentDetect\%c`, few, nil, values}},
	{5000, shape{`\Microsoft\Windows\CurrentVersion\Component Based Servicing\PackageIndex\%c`, few, nil, values}},
	{7500, shape{`\%w\%w %w`, none, []below{{`\%w%i`, from(1, 5), few}}, values}},
	{3, shape{`\Policies\%w\ReservedPorts`, one, nil, decoys}},
}

var system = []choice[shape]{
	{2, shape{`\Services\%w%w%i`, from(6, 9), []below{{`\Parameters`, one, few}, {`\Security`, from(0, 1), one}}, values}},
	{1, shape{`\Enum\PCI\VEN_8086&DEV_%4&SUBSYS_%8&REV_%2`, none, []below{
		{`\3&11583659&0&%i`, one, from(8, 13)},
		{`\3&11583659&0&00\Properties\%g\%4`, one, one},
	}, values}},
	{1, shape{`\Control\Class\%g\%4`, from(5, 14), nil, values}},
	{1, shape{`\Control\%w\%w\%g`, few, nil, values}},
}

var values = []choice[value]{
	{110, value{`@=`, quoted(contents)}},
	{410, value{`"%n"=`, quoted(contents)}},
	{280, value{`"%n"=dword:%x`, nothing}},
	{80, value{`"%n"=hex(2):`, content("%d%w\\%f\x00")}},
	{6, value{`"%n"=hex(7):`, content("%p\x00\x00")}},
	{6, value{`"%n"=hex(7):`, content("%p\x00%p\x00\x00")}},
	{6, value{`"%n"=hex(7):`, content("%w\x00%w %w\x00%w\x00\x00")}},
	{6, value{`"%n"=hex(7):`, content("%w\x00%w\x00%w %w\x00%w %w\x00\x00")}},
	{6, value{`"%n"=hex(7):`, content("%w %w\x00%w\x00%w\x00%w %w\x00%w\x00\x00")}},
	{55, value{`"%n"=hex:`, blob(from(4, 63))}},
	{20, value{`"%n"=hex(b):`, blob(from(8, 8))}},
	{12, value{`"%n"=hex:`, blob(from(200, 799))}},
	{1, value{`"%n"=hex(ffff0012):`, blob(from(8, 31))}},
	{1, value{`"%n"=hex(0):`, nothing}},
	{1, value{`"%n"=hex:`, blob(from(2000, 7999))}},
}

var components = []choice[value]{{1, value{`"%h"=`, quoted(paths)}}}

var decoys = []choice[value]{{1, value{`"ReservedPorts"=`, quoted([]choice[string]{{1, `see Tcpip\Parameters`}})}}}

const path = `%d%w\%f`

var paths = []choice[string]{{1, path}}

// contents are those of strings; a line feed is a line end of the file.
var contents = []choice[string]{
	{250, `%p`},
	{350, path},
	{100, `%g`},
	{80, `%i`},
	{80, `%v`},
	{40, ``},
	{40, `"%d%f" "%%1"`},
	{30, `@%d%f,-%i`},
	{15, `Überwachung für Netzwerkgeräte – Größe %i`},
	{10, `ネットワーク サービス の構成%i`},
	{3, `emoji 😀 %w %w`},
	{1, "line one\nline two of %w %w %w"},
	{1, `%l`},
}

var words = strings.Fields("Microsoft Windows Common Files Shared Office Update Service Package Security Client " +
	"Runtime Framework Driver Policy Manager Provider Network Storage Print Spooler Shell Extension Handler Class " +
	"Factory Proxy Stub Interface Type Library Version Default Icon Open Command Settings Advanced Device Host Agent " +
	"Remote Access Connection Diagnostics Telemetry Component Servicing Foundation Language Resources Deployment Image")

var names = strings.Fields("ThreadingModel Version DisplayName Description ImagePath ErrorControl Start Type " +
	"ObjectName Group Tag InstallLocation LastUsed Flags Attributes ServiceDll ServiceMain DependOnService " +
	"RequiredPrivileges FailureActions ProductCode Class ClassGUID HardwareID CompatibleIDs Mfg ConfigFlags Driver " +
	"LocationInformation ContainerID CurrentState Visibility InstallClient InstallTimeHigh InstallTimeLow SelfUpdate " +
	"Trusted a p!cbs!t.. f256!x S256H identity")

var folders = []string{
	`C:\Windows\System32\`, `C:\Program Files\Common Files\`, `C:\Program Files (x86)\Microsoft Office\root\Office16\`,
	`C:\ProgramData\Package Cache\`, `C:\Windows\WinSxS\amd64_microsoft-windows-`, `%SystemRoot%\system32\`,
}

var files = strings.Fields("dll exe sys tlb mui ocx inf")

var classes = strings.Fields("InprocServer32 ProgID TypeLib ProxyStubClsid32 VersionIndependentProgID Programmable")

// verbs are what stands for a % and their letter.
var verbs = [128]func(g *generator, b []byte) []byte{
	'%': func(_ *generator, b []byte) []byte { return append(b, '%') },
	'w': func(g *generator, b []byte) []byte { return append(b, pick(g, words)...) },
	'd': func(g *generator, b []byte) []byte { return append(b, pick(g, folders)...) },
	'k': func(g *generator, b []byte) []byte { return append(b, pick(g, classes)...) },
	'p': func(g *generator, b []byte) []byte { return g.phrase(b, 1+g.rand.IntN(4)) },
	'l': func(g *generator, b []byte) []byte { return g.phrase(b, 40+g.rand.IntN(200)) },
	'n': (*generator).name,
	'f': (*generator).file,
	'c': (*generator).component,
	'g': (*generator).guid,
	'v': (*generator).version,
	'i': (*generator).number,
	'x': (*generator).dword,
	'2': func(g *generator, b []byte) []byte { return appendHex(b, upper, g.rand.Uint64(), 2) },
	'4': func(g *generator, b []byte) []byte { return appendHex(b, upper, g.rand.Uint64(), 4) },
	'8': func(g *generator, b []byte) []byte { return appendHex(b, upper, g.rand.Uint64(), 8) },
	'h': (*generator).hash,
}
