package pol

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"portreg/regfile"
)

const tcpip = `SYSTEM\CurrentControlSet\Services\Tcpip\Parameters`

// policyCase is records for machines, and what they do.
type policyCase struct {
	in    []Record
	want  []string
	notes []string // "rule: a part of the text", behind - if it is dropped
}

func setTo(key, name string, d regfile.Data) Record { return Record{Key: key, Name: name, Data: d} }

func text(s string) regfile.Data {
	return regfile.Data{Type: regfile.SZ, Bytes: regfile.AppendUTF16(nil, s+"\x00")}
}

var policyCases = map[string]policyCase{
	"value":               {[]Record{setTo("A", "B", regfile.Uint32Data(5))}, []string{`set value A B=REG_DWORD 05 00 00 00`}, nil},
	"delete":              {[]Record{setTo("A", "**dEL.B", text(" "))}, []string{`delete value A B`}, nil},
	"create key":          {[]Record{setTo(`A\B`, "", regfile.Data{})}, []string{`create key A\B`}, nil},
	"values to delete":    {[]Record{setTo("A", "**DeleteValues", text("B;C;;"))}, []string{"delete value A B", "delete value A C"}, nil},
	"no values to delete": {[]Record{setTo("A", "**DeleteValues", regfile.Data{})}, nil, nil},
	"all values": {
		[]Record{setTo("A", "C", text("")), setTo("a", "B", text("")), setTo("X", "D", text("")), setTo("A", "**delvals.", text(" ")), setTo("A", "E", text(""))},
		[]string{"set value A C=REG_SZ 00 00", "set value a B=REG_SZ 00 00", "set value X D=REG_SZ 00 00", "delete value A B", "delete value A C", "set value A E=REG_SZ 00 00"},
		[]string{`policy-special: "**delvals." under A deletes every value`},
	},
	"all values, deleted before": {
		[]Record{setTo("A", "B", text("")), setTo("A", "**del.b", text(" ")), setTo("A", "**DelVals", text(" "))},
		[]string{"set value A B=REG_SZ 00 00", "delete value A b"},
		[]string{"policy-special: deletes every value"},
	},
	"keys to delete": {
		[]Record{setTo("A", "**DeleteKeys", text(`B;C D;A\E`))},
		[]string{`delete key A\B`, `delete key A\C D`},
		[]string{`policy-special: deletes "A\\E", as Windows understands it`},
	},
	"values to delete, with blanks": {
		[]Record{setTo("A", "**DeleteValues", text("B; C ;"))}, []string{"delete value A B", "delete value A C"},
		[]string{`policy-name: " C " in "**DeleteValues" has blanks around it`},
	},
	"keys to delete, with blanks": {
		[]Record{setTo("A", "**DeleteKeys", text("B; C"))}, []string{`delete key A\B`, `delete key A\C`},
		[]string{`policy-name: " C" in "**DeleteKeys" has blanks around it`},
	},
	"values to delete, in another type": {
		[]Record{setTo("A", "**DeleteValues", regfile.Data{Type: regfile.MultiSZ, Bytes: regfile.AppendUTF16(nil, "B\x00C\x00\x00")})}, []string{"delete value A B"},
		[]string{`policy-type: "**DeleteValues" under A lists names in a REG_MULTI_SZ, not in a REG_SZ`},
	},
	"soft, and deleted before": {
		[]Record{
			setTo(`A\B`, "V", regfile.Uint32Data(1)), setTo(`A\BC`, "V", regfile.Uint32Data(1)), setTo(`A\B\C`, "V", regfile.Uint32Data(1)), setTo("a", "**DeleteKeys", text("b")),
			setTo(`A\B`, "**soft.V", regfile.Uint32Data(2)), setTo(`A\BC`, "**soft.V", regfile.Uint32Data(2)), setTo(`A\B\C`, "**soft.V", regfile.Uint32Data(2)), setTo(`A\B`, "**soft.V", regfile.Uint32Data(3)),
		},
		[]string{
			`set value A\B V=REG_DWORD 01 00 00 00`, `set value A\BC V=REG_DWORD 01 00 00 00`, `set value A\B\C V=REG_DWORD 01 00 00 00`, `delete key a\b`,
			`set value A\B V=REG_DWORD 02 00 00 00`, `set value A\B\C V=REG_DWORD 02 00 00 00`,
		},
		slices.Repeat([]string{"policy-special: sets the value only where there is none"}, 4),
	},
	"secure": {[]Record{setTo("A", "**SecureKey", regfile.Uint32Data(1))}, nil, []string{"policy-special: changes who may write"}},
	"soft": {
		[]Record{setTo("A", "**soft.B", regfile.Uint32Data(1))},
		[]string{"set value A B=REG_DWORD 01 00 00 00"}, []string{"policy-special: sets the value only where there is none"},
	},
	"soft, and set before": {
		[]Record{setTo("A", "B", regfile.Uint32Data(1)), setTo("A", "**SOFT.b", regfile.Uint32Data(2))},
		[]string{"set value A B=REG_DWORD 01 00 00 00"}, []string{"policy-special: sets the value only where there is none"},
	},
	"unknown":       {[]Record{setTo("A", "**Bogus", regfile.Data{})}, nil, []string{"policy-special: MS-GPREG does not have"}},
	"root":          {[]Record{setTo(`hklm\`+tcpip, "B", text(""))}, nil, []string{"-policy-key: begins with a root key"}},
	"long root":     {[]Record{setTo("HKEY_LOCAL_MACHINE", "B", text(""))}, nil, []string{"-policy-key: begins with a root key"}},
	"no key":        {[]Record{setTo("", "B", text(""))}, nil, []string{"-policy-key: no path"}},
	"backslash":     {[]Record{setTo(`A\`, "B", text(""))}, nil, []string{"-policy-key: no path"}},
	"long key":      {[]Record{setTo(`A\`+strings.Repeat("k", 256), "B", text(""))}, nil, []string{"-policy-key: more than the 255 characters"}},
	"longest key":   {[]Record{setTo(strings.Repeat("k", 255), "B", regfile.Uint32Data(0))}, []string{"set value " + strings.Repeat("k", 255) + " B=REG_DWORD 00 00 00 00"}, nil},
	"letters":       {[]Record{setTo("Ä", "ö", text(""))}, []string{"set value Ä ö=REG_SZ 00 00"}, []string{`policy-name: "Ä" holds`, `policy-name: "ö" holds`}},
	"control":       {[]Record{setTo("A", "B\n", text(""))}, []string{"set value A B\n=REG_SZ 00 00"}, []string{`policy-name: "B\n" holds`}},
	"long name":     {[]Record{setTo("A", strings.Repeat("n", 260), text(""))}, []string{"set value A " + strings.Repeat("n", 260) + "=REG_SZ 00 00"}, []string{"policy-name: 1 to 259"}},
	"deep key":      {[]Record{setTo(strings.Repeat(`k\`, 512)+"k", "B", text(""))}, nil, []string{"-policy-key: deeper than the 512 levels"}},
	"wide name":     {[]Record{setTo("A", strings.Repeat("é", 259), text(""))}, []string{"set value A " + strings.Repeat("é", 259) + "=REG_SZ 00 00"}, []string{"policy-name: printable ASCII"}},
	"default value": {[]Record{setTo("A", "", text(""))}, []string{"set value A =REG_SZ 00 00"}, []string{"policy-name: 1 to 259"}},
	"type":          {[]Record{setTo("A", "B", regfile.Data{Type: 9, Bytes: []byte{1}})}, []string{"set value A B=hex(9) 01"}, []string{"policy-type: B"}},
	"size":          {[]Record{setTo("A", "B", regfile.Data{Type: regfile.Binary, Bytes: make([]byte, 65536)})}, []string{"set value A B=REG_BINARY 65536 bytes"}, []string{"policy-size: 65536 bytes of data, and 65535 is the most"}},
	"largest":       {[]Record{setTo("A", "B", regfile.Data{Type: regfile.Binary, Bytes: make([]byte, 65535)})}, []string{"set value A B=REG_BINARY 65535 bytes"}, nil},
}

func TestPolicy(t *testing.T) {
	for name, c := range policyCases {
		for _, user := range []bool{false, true} {
			var p Policy
			for n, i := range c.in {
				i.User, i.Pos = user, regfile.Pos{Line: n + 1, Col: 1}
				p.Add(i)
			}
			var got []string
			for _, op := range p.Ops {
				got = append(got, policyOp(t, op, user))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%s: %q, want %q", name, got, c.want)
			}
			checkNotes(t, name, p.Notes, c.notes)
		}
	}
}

func policyOp(t *testing.T, op regfile.Op, user bool) string {
	t.Helper()
	root := map[bool]string{false: `HKEY_LOCAL_MACHINE\`, true: `HKEY_CURRENT_USER\`}[user]
	key, ok := strings.CutPrefix(op.Key, root)
	if !ok || op.Pos.Line == 0 {
		t.Errorf("%+v", op)
	}
	s := fmt.Sprintf("%v %s", op.Verb, key)
	if op.Verb == regfile.SetValue || op.Verb == regfile.DeleteValue {
		s += " " + op.Name
	}
	switch n := len(op.Data.Bytes); {
	case op.Verb != regfile.SetValue:
	case n > 99:
		s += fmt.Sprintf("=%v %d bytes", op.Data.Type, n)
	default:
		s += fmt.Sprintf("=%v % x", op.Data.Type, op.Data.Bytes)
	}
	return s
}

func checkNotes(t *testing.T, name string, got []regfile.Note, want []string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d notes %v, want %q", name, len(got), got, want)
		return
	}
	for i, n := range got {
		dropped := strings.HasPrefix(want[i], "-")
		rule, part, _ := strings.Cut(strings.TrimPrefix(want[i], "-"), ": ")
		if n.Rule != rule || n.Dropped != dropped || !strings.Contains(n.Text, part) || n.Pos.Line == 0 {
			t.Errorf("%s: %+v, want %q", name, n, want[i])
		}
	}
}

// What operations become does what they do.
func TestRecords(t *testing.T) {
	ports, _ := regfile.MultiString("1-2")
	key := `HKEY_LOCAL_MACHINE\` + tcpip
	for _, ops := range [][]regfile.Op{
		nil,
		{{Verb: regfile.SetValue, Key: key, Name: "ReservedPorts", Data: ports}},
		{{Verb: regfile.SetValue, Key: key, Name: "MaxUserPort", Data: regfile.Uint32Data(5)}, {Verb: regfile.DeleteValue, Key: key, Name: "ReservedPorts"}},
		{{Verb: regfile.CreateKey, Key: key}},
		{{Verb: regfile.SetValue, Key: key, Name: strings.Repeat("n", 259), Data: regfile.Data{Type: regfile.Binary, Bytes: make([]byte, 65535)}}, {Verb: regfile.DeleteValue, Key: key, Name: strings.Repeat("n", 253)}},
	} {
		in := ops
		if len(ops) > 0 && ops[0].Verb != regfile.CreateKey {
			in = append([]regfile.Op{{Verb: regfile.CreateKey, Key: strings.ToLower(key)}}, ops...)
		}
		all, err := Records(in)
		var p Policy
		for _, i := range all {
			p.Add(i)
		}
		if err != nil || !slices.EqualFunc(p.Ops, ops, sameOp) || len(p.Notes) > 0 {
			t.Errorf("%v: %v, %v", p.Ops, err, p.Notes)
		}
	}
}

func TestRecordsRefuse(t *testing.T) {
	key := `HKEY_LOCAL_MACHINE\` + tcpip
	list := strings.Split(strings.Repeat("10000-10001 ", 2731), " ")[:2731]
	large, _ := regfile.MultiString(list...)
	for want, op := range map[string]regfile.Op{
		`"HKEY_USERS\\A" is not below HKEY_LOCAL_MACHINE`:  {Verb: regfile.CreateKey, Key: `HKEY_USERS\A`},
		`"HKEY_LOCAL_MACHINE" is no path of key names`:     {Verb: regfile.CreateKey, Key: "HKEY_LOCAL_MACHINE"},
		`begins with a root key`:                           {Verb: regfile.CreateKey, Key: `HKEY_LOCAL_MACHINE\HKLM\A`},
		`Ä" holds characters that are not printable ASCII`: {Verb: regfile.CreateKey, Key: `HKEY_LOCAL_MACHINE\Ä`},
		`cannot be deleted by a policy`:                    {Verb: regfile.DeleteKey, Key: key},
		`"" cannot be the name of a value`:                 {Verb: regfile.SetValue, Key: key, Data: text("")},
		`"**DelVals." cannot be the name of a value`:       {Verb: regfile.SetValue, Key: key, Name: "**DelVals.", Data: text("")},
		`"" cannot be the name`:                            {Verb: regfile.DeleteValue, Key: key},
		`"ö" holds characters`:                             {Verb: regfile.DeleteValue, Key: key, Name: "ö"},
		`is longer than the 259 characters of a name`:      {Verb: regfile.SetValue, Key: key, Name: strings.Repeat("n", 260), Data: text("")},
		`"**del.nnnn`: {Verb: regfile.DeleteValue, Key: key, Name: strings.Repeat("n", 254)},
		`N is a REG_NONE, which a policy cannot set`:                                                                               {Verb: regfile.SetValue, Key: key, Name: "N"},
		`N: 65536 bytes of data, and 65535 is the most in a policy (MS-GPREG 2.2.1)`:                                               {Verb: regfile.SetValue, Key: key, Name: "N", Data: regfile.Data{Type: regfile.Binary, Bytes: make([]byte, 65536)}},
		`R: 65546 bytes of data, and 65535 is the most in a policy (MS-GPREG 2.2.1); of its 2731 strings the first 2730 would fit`: {Verb: regfile.SetValue, Key: key, Name: "R", Data: large},
	} {
		all, err := Records([]regfile.Op{op})
		if all != nil || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, %v\nwant %s", all, err, want)
		}
	}
}

// A note is about the value that a special name ends with, or about the key.
func TestPolicyNoteNames(t *testing.T) {
	for name, want := range map[string]string{
		"ö": "ö", "**DEL.ö": "ö", "**Soft.ö.x": "ö.x", "**DelVals.ö": "", "**DeleteValues": "", "**x.ö": "", "**DeleteKeys": "",
	} {
		var p Policy
		p.Add(setTo("A", name, regfile.Uint32Data(1)))
		if len(p.Notes) == 0 {
			t.Errorf("%s: no note", name)
		}
		for _, n := range p.Notes {
			if n.Name != want || n.Key != `HKEY_LOCAL_MACHINE\A` {
				t.Errorf("%s: %+v", name, n)
			}
		}
	}
}

// Each record costs little, however many keys were deleted and set before.
func TestPolicyManyKeys(t *testing.T) {
	var p Policy
	for n := range 50_000 {
		key := fmt.Sprintf(`A\%d`, n)
		p.Add(setTo(key, "V", regfile.Uint32Data(1)))
		p.Add(setTo("A", "**DeleteKeys", text(fmt.Sprint(n))))
		p.Add(setTo(key, "**soft.V", regfile.Uint32Data(1)))
	}
	if len(p.Ops) != 150_000 {
		t.Error(len(p.Ops))
	}
}
