package target

import (
	"fmt"
	"strconv"
	"strings"

	"portreg/ranges"
	"portreg/regfile"
)

// Limits of the legacy dynamic port range: it begins at 1025 and ends at
// MaxUserPort, 5000 where that value is absent (KB 196271, KB 929851).
const (
	legacyFirst        = 1025
	DefaultMaxUserPort = 5000
	HighestMaxUserPort = 65534
)

// DefaultLegacyRange is the dynamic port range where MaxUserPort is absent.
var DefaultLegacyRange = ranges.Range{First: legacyFirst, Last: DefaultMaxUserPort}

// Value is a value to set, or to delete where it has no data.
type Value struct {
	Name string
	Data *regfile.Data
}

// Operations gives what makes the key at p, which is not created before, hold
// the values: in the order that regedit exports, by name.
func (p Place) Operations(values ...Value) []regfile.Op {
	key := p.Key()
	ops := []regfile.Op{{Verb: regfile.CreateKey, Key: key}}
	for _, v := range values {
		op := regfile.Op{Verb: regfile.DeleteValue, Key: key, Name: v.Name}
		if v.Data != nil {
			op.Verb, op.Data = regfile.SetValue, *v.Data
		}
		ops = append(ops, op)
	}
	return ops
}

// ReservedPortsValue gives the value that reserves s: one string "first-last" per
// range, also for a single port (KB 812873).
func ReservedPortsValue(s ranges.Set) Value {
	data := regfile.Data{Type: regfile.MultiSZ}
	// Tens of thousands of strings for MultiString would take longer than all the rest.
	data.Bytes = make([]byte, 0, 2*(s.Ranges()*len("12345-12345\x00")+1))
	for r := range s.All() {
		var buf [len("12345-12345\x00")]byte
		text := strconv.AppendUint(buf[:0], uint64(r.First), 10)
		if first := text; r.Last == r.First {
			text = append(append(text, '-'), first...)
		} else {
			text = strconv.AppendUint(append(text, '-'), uint64(r.Last), 10)
		}
		data.Bytes = appendWide(data.Bytes, append(text, 0))
	}
	data.Bytes = appendWide(data.Bytes, []byte{0})
	return Value{ReservedPortsName, &data}
}

// appendWide appends ASCII text as UTF-16LE.
func appendWide(b, text []byte) []byte {
	for _, c := range text {
		b = append(b, c, 0)
	}
	return b
}

// Reserves tells whether the data of a ReservedPorts value holds just the ranges of s, in
// any order: none of them bare or in parts, which KB 812873 warns of.
func Reserves(d regfile.Data, s ranges.Set) bool {
	r, problems := ReadPortList(ReservedPortsName, d)
	return problems == nil && r.Bare == nil && d.Irregularities() == nil &&
		len(r.Entries) == s.Ranges() && ranges.SetOf(r.Entries...).Equal(s)
}

// MaxUserPortValue gives the value that makes last the last dynamic port.
func MaxUserPortValue(last uint16) Value {
	data := regfile.Uint32Data(uint32(last))
	return Value{MaxUserPortName, &data}
}

// PortList is what a value of the registry holds that is a list of port ranges.
type PortList struct {
	Entries []ranges.Range // as they stand in the value
	Bare    []string       // those without a dash, a form that KB 812873 does not know of ReservedPorts
}

// ReadPortList reads the value of that name: ReservedPorts, or another REG_MULTI_SZ with a
// port or a range in each string. The problems say what in it is not a port range; then
// nothing of it can be relied on.
func ReadPortList(name string, d regfile.Data) (r PortList, problems []string) {
	all, err := d.Strings()
	if err != nil {
		return r, []string{fmt.Sprintf("%s is not a list of ports: %v", name, err)}
	}
	for _, s := range all {
		entry, err := ranges.ParseRange(s)
		if err != nil {
			problems = append(problems, entryProblem(name, err))
			continue
		}
		if len(s) <= len("65535") && entry.First == entry.Last && entry.String() == s {
			r.Bare = append(r.Bare, s)
		}
		r.Entries = append(r.Entries, entry)
	}
	return r, problems
}

// entryProblem makes what ParseRange says about a string fit for a value: in ReservedPorts
// a single port is written as a range (KB 812873).
func entryProblem(name string, err error) string {
	const verdict = " is not a port range; "
	at := strings.LastIndex(err.Error(), verdict)
	if at < 0 {
		return err.Error()
	}
	quoted, advice := err.Error()[:at], err.Error()[at+len(verdict):]
	if fault, form, ok := strings.Cut(advice, "write "); ok && SameName(name, ReservedPortsName) {
		advice = fault + "write 4000-4000 or 1433-1434"
		if r, err := ranges.ParseRange(form); err == nil {
			advice = fmt.Sprintf("write %d-%d", r.First, r.Last)
		}
	}
	return fmt.Sprintf("%s in %s%s%s", quoted, name, verdict, advice)
}

// CheckMaxUserPort tells why the legacy dynamic port range cannot be r.
func CheckMaxUserPort(r ranges.Range) error {
	if r.First != legacyFirst || r.Last < DefaultMaxUserPort || r.Last > HighestMaxUserPort {
		return fmt.Errorf("dynamic port range %d-%d: MaxUserPort moves only the end; write %d-LAST with LAST from %d to %d",
			r.First, r.Last, legacyFirst, DefaultMaxUserPort, HighestMaxUserPort)
	}
	return nil
}

// LegacyRange is the dynamic port range that ends at maxUserPort. For a value that
// Windows does not document, such as 65536, it is that of the nearest one it does.
func LegacyRange(maxUserPort uint32) (r ranges.Range, documented bool) {
	last := min(max(maxUserPort, DefaultMaxUserPort), HighestMaxUserPort)
	return ranges.Range{First: legacyFirst, Last: uint16(last)}, last == maxUserPort
}

// Merge is the value that importing should leave: what is there, without what the
// list reserved before, with what it reserves now.
func Merge(there, before, now ranges.Set) ranges.Set {
	return there.Minus(before).Union(now)
}

// Above gives the ports of s that are above last.
func Above(s ranges.Set, last uint16) ranges.Set {
	return s.Minus(ranges.SetOf(ranges.Range{First: 1, Last: last}))
}

// Free is the number of ports of the dynamic port range that are not in taken.
func Free(dynamic ranges.Range, taken ranges.Set) int {
	free := dynamic.Len()
	for r := range taken.All() {
		free -= ranges.Range{First: max(r.First, dynamic.First), Last: min(r.Last, dynamic.Last)}.Len()
	}
	return free
}

// FewFree is the number of free dynamic ports below which machines run out in
// practice.
const FewFree = 1000
