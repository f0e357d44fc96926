package samba

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"portreg/regfile"
)

const (
	tcpip = `SYSTEM\CurrentControlSet\Services\Tcpip\Parameters`
	key   = `HKEY_LOCAL_MACHINE\` + tcpip
)

func utf16(s string) []byte { return regfile.AppendUTF16(nil, s) }

func set(name string, typ regfile.Type, b []byte) regfile.Op {
	return regfile.Op{Verb: regfile.SetValue, Key: key, Name: name, Data: regfile.Data{Type: typ, Bytes: b}}
}

func sameOp(a, b regfile.Op) bool {
	return a.Verb == b.Verb && a.Key == b.Key && a.Name == b.Name && a.Data.Equal(b.Data)
}

const sample = `[
    {
        "keyname": "SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters",
        "valuename": "ReservedPorts",
        "class": "MACHINE",
        "type": "REG_MULTI_SZ",
        "data": [
            "1433-1434",
            "3389-3389",
            "8080-8090"
        ]
    },
    {
        "keyname": "SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters",
        "valuename": "**del.<Old>",
        "class": "MACHINE",
        "type": "REG_SZ",
        "data": " "
    }
]
`

var sampleOps = []regfile.Op{
	set("ReservedPorts", regfile.MultiSZ, utf16("1433-1434\x003389-3389\x008080-8090\x00\x00")),
	{Verb: regfile.DeleteValue, Key: key, Name: "<Old>"},
}

func TestSample(t *testing.T) {
	ops, notes, err := Decode("x", []byte(sample))
	if err != nil || len(notes) > 0 || !slices.EqualFunc(ops, sampleOps, sameOp) || !IsSamba([]byte(sample)) {
		t.Errorf("%v, %v, %v", ops, notes, err)
	}
	for i, line := range []int{2, 13} {
		if ops[i].Pos.Line != line || ops[i].Pos.Col != 5 || sample[ops[i].Pos.Offset] != '{' {
			t.Errorf("%+v", ops[i].Pos)
		}
	}
	var b bytes.Buffer
	if err := Encode(&b, append([]regfile.Op{{Verb: regfile.CreateKey, Key: key}}, sampleOps...)); err != nil || b.String() != sample {
		t.Errorf("%v\n%s", err, b.String())
	}
}

// A file that is cut off is an error at its end, wherever that is.
func TestCut(t *testing.T) {
	for n := range len(strings.TrimSpace(sample)) {
		ops, notes, err := Decode("x", []byte(sample[:n]))
		line := 1 + strings.Count(sample[:n], "\n")
		if ops != nil || notes != nil || err == nil || !strings.HasPrefix(err.Error(), fmt.Sprintf("x:%d:", line)) && !strings.Contains(err.Error(), "too early") {
			t.Errorf("%d: %v", n, err)
		}
	}
}

func one(typ, data string) string {
	return fmt.Sprintf(`[{"keyname":%q,"valuename":"V","class":"machine","type":%s,"data":%s}]`, tcpip, typ, data)
}

// What the types' data becomes.
func TestData(t *testing.T) {
	for _, c := range []struct {
		typ, data string
		want      regfile.Data
	}{
		{`"reg_sz"`, `"a"`, regfile.Data{Type: regfile.SZ, Bytes: utf16("a\x00")}},
		{`1`, `""`, regfile.Data{Type: regfile.SZ, Bytes: utf16("\x00")}},
		{`"REG_EXPAND_SZ"`, `"%T%"`, regfile.Data{Type: regfile.ExpandSZ, Bytes: utf16("%T%\x00")}},
		{`"REG_BINARY"`, `[0,255]`, regfile.Data{Type: regfile.Binary, Bytes: []byte{0, 255}}},
		{`3`, `[]`, regfile.Data{Type: regfile.Binary}},
		{`"REG_DWORD"`, `4294967295`, regfile.Data{Type: regfile.DWord, Bytes: []byte{255, 255, 255, 255}}},
		{`5`, `1`, regfile.Data{Type: 5, Bytes: []byte{0, 0, 0, 1}}},
		{`"REG_QWORD"`, `18446744073709551615`, regfile.Data{Type: regfile.QWord, Bytes: bytes.Repeat([]byte{255}, 8)}},
		{`7`, `["\\ud800","\ud83d\uDE00"]`, regfile.Data{Type: regfile.MultiSZ, Bytes: utf16("\\ud800\x00😀\x00\x00")}},
		{`7`, `["80-80","é😀"]`, regfile.Data{Type: regfile.MultiSZ, Bytes: utf16("80-80\x00é😀\x00\x00")}},
		{`7`, `[]`, regfile.Data{Type: regfile.MultiSZ, Bytes: utf16("\x00\x00")}},
		{`7`, `["",""]`, regfile.Data{Type: regfile.MultiSZ, Bytes: utf16("\x00\x00\x00")}},
	} {
		ops, notes, err := Decode("x", []byte(one(c.typ, c.data)))
		if err != nil || len(notes) > 0 || len(ops) != 1 || !ops[0].Data.Equal(c.want) {
			t.Errorf("%s %s: %v, %v, %v", c.typ, c.data, ops, notes, err)
			continue
		}
		var b bytes.Buffer
		if err := Encode(&b, ops); err != nil {
			t.Error(err)
		}
		if back, _, err := Decode("x", b.Bytes()); err != nil || !slices.EqualFunc(back, ops, sameOp) {
			t.Errorf("%s\n%v, %v", b.String(), back, err)
		}
	}
}

func TestErrors(t *testing.T) {
	const whole = `{"keyname":"A","valuename":"V","class":"MACHINE","type":4,"data":1}`
	for text, want := range map[string]string{
		"":                    "x:1:1: the JSON ends too early",
		"{}":                  "x:1:1: a list of objects must stand here",
		"[\n 1]":              "x:2:2: an object with keyname, valuename, class, type and data must stand here",
		"[" + whole + "]\n ]": "x:2:2: more than one JSON value",
		"[" + whole + ",]":    "x:1:70: invalid character",
		"[{}]":                "x:1:2: the object has no keyname; it must be a string",
		`[{"keyname":1}]`:     "x:1:13: keyname must be a string",
		`[{"keyname":"A"}]`:   "x:1:2: the object has no valuename",
		"[\n{\"keyname\":\"A\",\"valuename\":\"B\",\n\"class\":[]}]": "x:3:9: class must be a string",
		`[{"keyname":"A","valuename":"B","class":"USER","type":1}]`:  "x:1:2: the object has no data; it must be a string, as the type is REG_SZ",
		`[{"keyname":"A","valuename":"B","class":"USER","data":1}]`:  "x:1:2: the object has no type; it must be REG_MULTI_SZ, REG_SZ",
		one(`"REG_NONE"`, `""`):                          "type must be REG_MULTI_SZ",
		one(`12`, `""`):                                  "type must be REG_MULTI_SZ",
		one(`7.0`, `[]`):                                 "type must be REG_MULTI_SZ",
		one(`true`, `[]`):                                "type must be REG_MULTI_SZ",
		one(`7`, `"80-80"`):                              "data must be a list of strings, as the type is REG_MULTI_SZ",
		one(`7`, `[80]`):                                 "data must be a list of strings",
		one(`7`, `[["80"]]`):                             "data must be a list of strings",
		one(`7`, `["a\u0000b"]`):                         "data must be a list of strings",
		one(`1`, `"a\u0000b"`):                           "data must be a string",
		one(`1`, `null`):                                 "data must be a string",
		one(`2`, `["a"]`):                                "data must be a string, as the type is REG_EXPAND_SZ",
		one(`3`, `[256]`):                                "data must be a list of numbers from 0 to 255",
		one(`3`, `"00"`):                                 "data must be a list of numbers from 0 to 255",
		one(`4`, `"5"`):                                  "data must be a number of 32 bits",
		one(`4`, `4294967296`):                           "data must be a number of 32 bits",
		one(`4`, `-1`):                                   "data must be a number of 32 bits",
		one(`4`, `1.5`):                                  "data must be a number of 32 bits",
		one(`11`, `18446744073709551616`):                "data must be a number of 64 bits",
		"\uFEFF" + sample:                                "x:1:1: the JSON begins with a byte order mark, at which samba-tool stops; save it as UTF-8 without a mark",
		"\xff\xfe[\x00]\x00":                             "x:1:1: the JSON is UTF-16, at which",
		"\xfe\xff\x00[\x00]":                             "x:1:1: the JSON is UTF-16, at which",
		one(`1`, `"\ud800"`):                             "x:1:120: half of a surrogate pair",
		one(`1`, `"\ud800a\udc00"`):                      "half of a surrogate pair",
		one(`1`, `"\\\udfff"`):                           "half of a surrogate pair",
		one(`1`, `"\ud83d\ud83d\ude00"`):                 "half of a surrogate pair",
		one(`7`, `["a","\uDBFF"]`):                       "half of a surrogate pair",
		`[{"keyname":"\ud800"}]`:                         "x:1:13: half of a surrogate pair",
		strings.Replace(one("1", `"?"`), "?", "\xff", 1): "x:1:1: the JSON is not UTF-8",
		`[` + whole + `,{"keyname":"A","valuename":"V","class":"both","type":1,"data":"x"}]`: "data must be a number of 32 bits, as the type is REG_DWORD",
	} {
		ops, notes, err := Decode("x", []byte(text))
		if ops != nil || notes != nil || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v\nwant %s", text, err, want)
		}
	}
}

// What samba-tool passes over has a note.
func TestNotes(t *testing.T) {
	for text, want := range map[string]string{
		`[{"keyname":"A","valuename":"V","class":"MACHINE"}]`:                                        `1:2: the object has no type and no data, so that it is for samba-tool gpo remove, which takes it out of the policy and changes no machine`,
		`[{"keyname":"A","valuename":"V","class":"PC","type":1,"data":""}]`:                          `1:41: "PC" is not MACHINE, USER or BOTH; samba-tool passes over the object`,
		`[{"keyname":"A","x":[{}],"valuename":"V","class":"USERS","class":"pc","type":1,"data":""}]`: `1:17: "x" is not one of keyname, valuename, class, type, data; samba-tool passes over it` + "\n" + `1:58: "class" is there twice; the last one counts` + "\n" + `1:66: "pc" is not MACHINE, USER or BOTH; samba-tool passes over the object`,
	} {
		ops, notes, err := Decode("x", []byte(text))
		var got []string
		for _, n := range notes {
			got = append(got, n.String())
			if !n.Dropped {
				t.Errorf("%v is carried out", n)
			}
		}
		if err != nil || len(ops) > 0 || strings.Join(got, "\n") != want {
			t.Errorf("%s: %v, %v\n%s", text, ops, err, strings.Join(got, "\n"))
		}
	}
}

// Objects with the same key and value, spelled alike, are one record in the place and
// with the type of the first; BOTH is a record for the machine and one for the user.
func TestMerge(t *testing.T) {
	text := `[{"keyname":"A","valuename":"V","class":"BOTH","type":"REG_SZ","data":"1"},
		{"keyname":"A","valuename":"**del.V","class":"MACHINE","type":"REG_SZ","data":" "},
		{"keyname":"A","valuename":"v","class":"MACHINE","type":"REG_DWORD","data":3},
		{"keyname":"A","valuename":"V","class":"machine","type":"REG_MULTI_SZ","data":"4"}]`
	ops, notes, err := Decode("x", []byte(text))
	want := []regfile.Op{
		{Verb: regfile.SetValue, Key: `HKEY_LOCAL_MACHINE\A`, Name: "V", Data: regfile.Data{Type: regfile.SZ, Bytes: utf16("4\x00")}},
		{Verb: regfile.SetValue, Key: `HKEY_CURRENT_USER\A`, Name: "V", Data: regfile.Data{Type: regfile.SZ, Bytes: utf16("1\x00")}},
		{Verb: regfile.DeleteValue, Key: `HKEY_LOCAL_MACHINE\A`, Name: "V"},
		{Verb: regfile.SetValue, Key: `HKEY_LOCAL_MACHINE\A`, Name: "v", Data: regfile.Uint32Data(3)},
	}
	if err != nil || len(notes) > 0 || !slices.EqualFunc(ops, want, sameOp) {
		t.Errorf("%v, %v, %v", ops, notes, err)
	}
}

func TestIsSamba(t *testing.T) {
	for text, want := range map[string]bool{
		"": false, "[": false, "[]": false, "{}": false, "[{}]": false, `[{"file":"keyname"`: false, `{"keyname":`: false,
		`[{"keyname"`: true, ` [ {"data":[{"keyname":1}],"type":{"class":[]},"class":`: true, `[{"data":["class"],"file":{"class":1}}]`: false,
		`[{"data":["1-2","3`: true, `[{"type":`: true, `[{"data":["1-2"]}]`: false, `[{"data":?`: false, `[{"x":{"data":["`: false, `[{"x":"data","y":["`: false,
		`["class"]`: false, `[{"tcp":["class"]}, 1]`: false,
	} {
		if IsSamba([]byte(text)) != want {
			t.Errorf("%s", text)
		}
	}
}

func TestEncodeRefuses(t *testing.T) {
	for want, op := range map[string]regfile.Op{
		`"E" under ` + tcpip + `: samba-tool makes these 2 bytes of REG_MULTI_SZ of no JSON; -f pol takes them`: set("E", regfile.MultiSZ, utf16("\x00")),
		`these 1 bytes of REG_MULTI_SZ`: set("E", regfile.MultiSZ, []byte{1}),
		`these 2 bytes of REG_MULTI_SZ`: set("E", regfile.MultiSZ, utf16("a")),
		`these 0 bytes of REG_SZ`:       set("E", regfile.SZ, nil),
		`these 4 bytes of REG_SZ`:       set("E", regfile.SZ, []byte{0, 0xd8, 0, 0}),
		`these 1 bytes of REG_DWORD`:    set("E", regfile.DWord, []byte{1}),
		`these 9 bytes of REG_QWORD`:    set("E", regfile.QWord, make([]byte, 9)),
		`these 5 bytes of hex(5)`:       set("E", 5, make([]byte, 5)),
		`these 0 bytes of REG_NONE`:     {Verb: regfile.CreateKey, Key: `HKEY_LOCAL_MACHINE\A`},
		`cannot be deleted by a policy`: {Verb: regfile.DeleteKey, Key: key},
	} {
		var b bytes.Buffer
		err := Encode(&b, append(sampleOps, op))
		if b.Len() > 0 || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v\nwant %s", err, want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for n := range len(sample) + 1 {
		f.Add([]byte(sample[:n]))
	}
	for _, data := range []string{`"a"`, "1", "[]", `["a","b"]`, "[1]", "{}", "null"} {
		for typ := range 12 {
			f.Add([]byte(one(fmt.Sprint(typ), data)))
		}
	}
	f.Add([]byte(`[{"keyname":"A","x":{"y":[1]},"valuename":"**DelVals.","class":"both","class":"BOTH","type":1,"data":" "},{"keyname":"A","valuename":"V","class":"x"}]`))
	f.Fuzz(func(t *testing.T, src []byte) {
		IsSamba(src)
		ops, notes, err := Decode("x", src)
		if err != nil {
			if ops != nil || notes != nil || !strings.HasPrefix(err.Error(), "x:") {
				t.Fatal(ops, notes, err)
			}
			return
		}
		for _, op := range ops {
			if src[op.Pos.Offset] != '{' {
				t.Fatal(op.Pos)
			}
		}
		var b, again bytes.Buffer
		if Encode(&b, ops) != nil {
			return
		}
		back, _, err := Decode("y", b.Bytes())
		if err != nil || len(ops) > 0 && !IsSamba(b.Bytes()) {
			t.Fatalf("%v\n%s", err, b.Bytes())
		}
		for _, op := range back {
			if !slices.ContainsFunc(ops, func(o regfile.Op) bool { return sameOp(o, op) }) {
				t.Fatalf("%v is new", op)
			}
		}
		if err := Encode(&again, back); err != nil || !bytes.Equal(b.Bytes(), again.Bytes()) {
			t.Fatalf("%v\n%s\n%s", err, b.Bytes(), again.Bytes())
		}
	})
}
