package gpp

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"portreg/regfile"
)

const parameters = `HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters`

func multi(t testing.TB, ss ...string) regfile.Data {
	t.Helper()
	d, err := regfile.MultiString(ss...)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func set(name string, d regfile.Data) regfile.Op {
	return regfile.Op{Verb: regfile.SetValue, Key: parameters, Name: name, Data: d}
}

func encoded(t testing.TB, o Options, ops ...regfile.Op) string {
	t.Helper()
	var b bytes.Buffer
	if err := Encode(&b, ops, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// brief writes what a file does, without places, and the names of its notes.
func brief(ops []regfile.Op, notes []regfile.Note) string {
	var words []string
	for _, op := range ops {
		word := fmt.Sprintf("%v %s", op.Verb, strings.TrimPrefix(op.Key, `HKEY_LOCAL_MACHINE\`))
		if op.Verb == regfile.SetValue || op.Verb == regfile.DeleteValue {
			word += " " + op.Name
		}
		if op.Verb == regfile.SetValue {
			word += fmt.Sprintf(" %v %q", op.Data.Type, strings.ReplaceAll(string(op.Data.Bytes), "\x00", ""))
		}
		words = append(words, word)
	}
	for _, n := range notes {
		words = append(words, n.Rule)
	}
	return strings.Join(words, "; ")
}

func decoded(t testing.TB, text string) string {
	t.Helper()
	ops, notes, err := Decode("Registry.xml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return brief(ops, notes)
}

// The uids are those of Python's uuid.uuid5.
func TestEncode(t *testing.T) {
	const head = `<?xml version="1.0" encoding="utf-8"?>` + "\r\n"
	const item = `<Registry clsid="{9CD4B2F4-923D-47f5-A062-E897DD1DAD50}" name="%[1]s" status="%[1]s" image="%[2]d" changed="2026-01-01 00:00:00" uid="{%[3]s}" bypassErrors="1">`
	const at = `hive="HKEY_LOCAL_MACHINE" key="SYSTEM\CurrentControlSet\Services\Tcpip\Parameters"`
	for _, tt := range []struct {
		ops  []regfile.Op
		o    Options
		want string
	}{
		{nil, Options{}, `<RegistrySettings clsid="{A3CCFC41-DFDB-43a5-8D26-0FE8B954DA51}">` + "\r\n</RegistrySettings>\r\n"},
		{
			[]regfile.Op{{Verb: regfile.CreateKey, Key: parameters}, set("MaxUserPort", regfile.Uint32Data(60000)), set("ReservedPorts", multi(t, "80-90", "443-443"))},
			Options{Versions: []string{"XP", "2K3"}},
			`<RegistrySettings clsid="{A3CCFC41-DFDB-43a5-8D26-0FE8B954DA51}">` +
				fmt.Sprintf(item, "MaxUserPort", 12, "F8BFA138-3C38-5281-BE66-EE3A0F3716AF") +
				`<Properties action="U" displayDecimal="1" default="0" ` + at + ` name="MaxUserPort" type="REG_DWORD" value="0000EA60"/>` +
				`<Filters><FilterOs bool="AND" not="0" class="NT" version="XP" type="NE" edition="NE" sp="NE"/><FilterOs bool="OR" not="0" class="NT" version="2K3" type="NE" edition="NE" sp="NE"/></Filters></Registry>` + "\r\n\t" +
				fmt.Sprintf(item, "ReservedPorts", 7, "E58D9604-25A9-56D8-88DF-BE9B33367BED") +
				`<Properties action="U" displayDecimal="0" default="0" ` + at + ` name="ReservedPorts" type="REG_MULTI_SZ" value="80-90 443-443"><Values><Value>80-90</Value><Value>443-443</Value></Values></Properties>` +
				`<Filters><FilterOs bool="AND" not="0" class="NT" version="XP" type="NE" edition="NE" sp="NE"/><FilterOs bool="OR" not="0" class="NT" version="2K3" type="NE" edition="NE" sp="NE"/></Filters></Registry>` + "\r\n</RegistrySettings>\r\n",
		},
		{
			[]regfile.Op{{Verb: regfile.DeleteValue, Key: parameters, Name: "ReservedPorts"}},
			Options{Collection: true},
			`<Collection clsid="{53B533F5-224C-47e3-B01B-CA3B3F3FF4BF}" name="Reserved ports">` +
				fmt.Sprintf(item, "ReservedPorts", 8, "A5C46C65-89CF-539F-80F9-F1C3BB4D11A6") +
				`<Properties action="D" displayDecimal="0" default="0" ` + at + ` name="ReservedPorts" type="REG_SZ" value=""/></Registry>` + "\r\n</Collection>\r\n",
		},
		{
			[]regfile.Op{set("ReservedPorts", multi(t))},
			Options{},
			`<RegistrySettings clsid="{A3CCFC41-DFDB-43a5-8D26-0FE8B954DA51}">` +
				fmt.Sprintf(item, "ReservedPorts", 7, "A5C46C65-89CF-539F-80F9-F1C3BB4D11A6") +
				`<Properties action="U" displayDecimal="0" default="0" ` + at + ` name="ReservedPorts" type="REG_MULTI_SZ" value=""/></Registry>` + "\r\n</RegistrySettings>\r\n",
		},
	} {
		if got := encoded(t, tt.o, tt.ops...); got != head+tt.want {
			t.Errorf("%s\nwant\n%s", got, head+tt.want)
		}
	}
}

func TestEncodeRefuses(t *testing.T) {
	d := multi(t, "80-90")
	at := func(key string) regfile.Op { return regfile.Op{Verb: regfile.SetValue, Key: key, Name: "A", Data: d} }
	for _, tt := range []struct {
		op   regfile.Op
		o    Options
		want string
	}{
		{set("A", multi(t, "80 - 90")), Options{}, "holds a blank"},
		{set("A", multi(t, "80\u2028", "90")), Options{}, "holds a blank"},
		{set("A", regfile.Data{Type: regfile.MultiSZ, Bytes: []byte("8\x000\x00\x00\x00")}), Options{}, "its 6 bytes are no regular REG_MULTI_SZ"},
		{set("A", regfile.Data{Type: regfile.MultiSZ, Bytes: []byte{0, 0, 0, 0}}), Options{}, "no regular"},
		{set("A", regfile.Data{Type: regfile.MultiSZ}), Options{}, "no regular"},
		{set("A", regfile.Data{Type: regfile.MultiSZ, Bytes: []byte{0, 0xd8, 0, 0, 0, 0}}), Options{}, `XML cannot hold "\xed" of`},
		{set("A", regfile.Data{Type: regfile.SZ, Bytes: []byte{'8', 0}}), Options{}, "no regular REG_SZ"},
		{set("A", regfile.Data{Type: regfile.SZ, Bytes: []byte{7, 0, 0, 0}}), Options{}, `XML cannot hold "\a"`},
		{set("A", regfile.Data{Type: regfile.DWord, Bytes: []byte{1, 0}}), Options{}, "no regular REG_DWORD"},
		{set("A", regfile.Data{Type: regfile.None}), Options{}, "cannot set data of type REG_NONE"},
		{set("\x01", d), Options{}, `XML cannot hold "\x01"`},
		{set("\xff", d), Options{}, `XML cannot hold "\xff"`},
		{set("\uffff", d), Options{}, "XML cannot hold"},
		{at(`HKEY_CURRENT_USER\A`), Options{}, "no key below HKEY_LOCAL_MACHINE"},
		{at(`HKEY_LOCAL_MACHINE`), Options{}, "no key below HKEY_LOCAL_MACHINE"},
		{at(`HKEY_LOCAL_MACHINE\A\`), Options{}, "no key below HKEY_LOCAL_MACHINE"},
		{at(`HKEY_LOCAL_MACHINE\A\\B`), Options{}, "no key below HKEY_LOCAL_MACHINE"},
		{at("HKEY_LOCAL_MACHINE\\A\x02"), Options{}, `XML cannot hold "\x02"`},
		{regfile.Op{Verb: regfile.DeleteKey, Key: parameters}, Options{}, "delete key is not written"},
		{set("A", d), Options{Versions: []string{"2003"}}, `"2003" is no version of Windows to FilterOs`},
		{set("A", d), Options{Desc: "\x00"}, `XML cannot hold "\x00"`},
		{set("A", d), Options{Desc: strings.Repeat("<", maxDesc/4+1)}, "the description is too long: it has 32772 bytes; a preference takes 32768"},
	} {
		var b bytes.Buffer
		err := Encode(&b, []regfile.Op{set("B", d), tt.op}, tt.o)
		if err == nil || !strings.Contains(err.Error(), tt.want) || b.Len() > 0 {
			t.Errorf("%+v, %.40q: %v with %d bytes, want %s", tt.op, tt.o.Desc, err, b.Len(), tt.want)
		}
	}
	if err := Encode(io.Discard, []regfile.Op{set("A", d)}, Options{Desc: strings.Repeat("<", maxDesc/4)}); err != nil {
		t.Error(err)
	}
}

const (
	filter2003 = `<FilterOs bool="AND" not="0" class="NT" version="2K3" type="NE" edition="NE" sp="NE"/>`
	filterXP   = `<FilterOs bool="AND" not="0" class="NT" version="XP" type="NE" edition="NE" sp="NE"/>`
	filterWin7 = `<FilterOs bool="AND" not="0" class="NT" version="WIN7" type="NE" edition="NE" sp="NE"/>`
	filterUser = `<FilterUser bool="AND" not="0" name="A\B"/>`
)

// itemOf is an item with the attributes and the body of its Properties, and filters.
func itemOf(properties, body, filters string) string {
	if filters != "" {
		filters = "<Filters>" + filters + "</Filters>"
	}
	return `<Registry clsid="{9CD4B2F4-923D-47f5-A062-E897DD1DAD50}" name="A" uid="{}"><Properties ` + properties + ">" + body + "</Properties>" + filters + "</Registry>"
}

func settingsOf(items string) string { return "<RegistrySettings>" + items + "</RegistrySettings>" }

const port80 = `hive="HKEY_LOCAL_MACHINE" key="K" name="N" type="REG_MULTI_SZ" value="80-80"`

func TestDecode(t *testing.T) {
	const one = `set value K N REG_MULTI_SZ "80-80"`
	local := func(attributes string) string {
		return settingsOf(itemOf(`hive="HKEY_LOCAL_MACHINE" key="K" `+attributes, "", ""))
	}
	for _, tt := range []struct{ text, want string }{
		{settingsOf(""), ""},
		{settingsOf(itemOf(port80, "", "")), one},
		{itemOf(port80, "", ""), one},
		{"\ufeff<?xml version=\"1.0\" encoding=\"UTF-16\"?><!-- a -->\r\n" + settingsOf(itemOf(port80, "", "")) + "\n<?a?>", one},
		{`<Collection clsid="{53b533f5-224c-47e3-b01b-ca3b3f3ff4bf}"><Collection>` + itemOf(port80, "", "") + "</Collection>" + itemOf(port80, "", "") + "</Collection>", one + "; " + one},
		{settingsOf(itemOf(port80+` action="R"`, "", "")), one},
		{settingsOf(itemOf(port80+` action="C"`, "", "")), one + "; preference-create"},
		{settingsOf(itemOf(port80+` action="D"`, "", "")), "delete value K N"},
		{settingsOf(itemOf(port80+` action="u"`, "", "")), "preference-action"},
		{settingsOf(itemOf(port80, "<Values><Value>80-80</Value></Values>", "")), one},
		{settingsOf(itemOf(port80, "<Values><Value>8<!-- -->0&#45;80</Value></Values>", "")), one},
		{settingsOf(itemOf(port80, "<Values/>", "")), one + "; preference-list"},
		{settingsOf(itemOf(port80, "<Values><Value>81-81</Value></Values>", "")), `set value K N REG_MULTI_SZ "81-81"; preference-list`},
		{settingsOf(itemOf(port80, "<Values><Value>80-80</Value><Value/></Values>", "")), one + "; preference-list"},
		{local(`name="N" type="REG_MULTI_SZ" value=" a  b	c "`), `set value K N REG_MULTI_SZ "abc"`},
		{settingsOf(itemOf(`hive="HKEY_LOCAL_MACHINE" key="K" name="N" type="REG_MULTI_SZ" value="a`+"\n"+`b"`, "<Values><Value>a</Value><Value>b</Value></Values>", "")), `set value K N REG_MULTI_SZ "ab"`},
		{settingsOf(itemOf(`hive="HKEY_LOCAL_MACHINE" key="K" name="N" type="REG_MULTI_SZ" value="a`+"\tb\r\n"+`c"`, "<Values><Value>a</Value><Value>b</Value><Value>c</Value></Values>", "")), `set value K N REG_MULTI_SZ "abc"`},
		{local(`name="N" type="REG_MULTI_SZ" value=""`), `set value K N REG_MULTI_SZ ""`},
		{local(`name="N" type="REG_MULTI_SZ"`), `set value K N REG_MULTI_SZ ""`},
		{local(`name="N" type="REG_SZ" value="a b"`), `set value K N REG_SZ "a b"`},
		{local(`name="N" type="REG_EXPAND_SZ" value="%A%"`), `set value K N REG_EXPAND_SZ "%A%"`},
		{local(`name="N" type="REG_DWORD" value="00003a41"`), `set value K N REG_DWORD "A:"`},
		{local(`name="N" type="REG_QWORD" value="0000000000003A41"`), `set value K N REG_QWORD "A:"`},
		{local(`name="N" type="REG_BINARY" value="41 42"`), `set value K N REG_BINARY "AB"`},
		{local(`name="N" type="REG_BINARY" value="4142"`), `set value K N REG_BINARY "AB"`},
		{local(`name="N" type="REG_BINARY" value="414"`), "preference-data"},
		{local(`name="N" type="REG_DWORD" value="5000"`), "preference-data"},
		{local(`name="N" type="REG_DWORD" value="0x001388"`), "preference-data"},
		{local(`name="N" type="REG_DWORD" value="00000001" bitfield="1"`), "preference-data"},
		{local(`name="N" type="REG_QWORD" value="00001388"`), "preference-data"},
		{local(`name="N" type="REG_NONE" value=""`), "preference-data"},
		{local(`name="N"`), "preference-data"},
		{local(`name="" default="1" type="REG_SZ" value="a"`), `set value K  REG_SZ "a"`},
		{local(`name="" default="1" action="D"`), "delete value K "},
		{local(`name="" default="0"`), "create key K"},
		{local(`name="" default="0" action="C"`), "create key K"},
		{local(`name="" default="0" action="R"`), "delete key K; create key K"},
		{local(`name="" default="0" action="D"`), "delete key K"},
		{local(`name="" type="REG_SZ" value="a"`), "create key K; preference-nameless"},
		{settingsOf(itemOf(`hive="HKEY_LOCAL_MACHINE" key="\K\\L\" name=""`, "", "")), `create key K\L; preference-backslash`},
		{settingsOf(itemOf(`hive="HKEY_LOCAL_MACHINE" key="" action="D"`, "", "")), "preference-key"},
		{settingsOf(itemOf(`hive="HKEY_LOCAL_MACHINE" key="K&#10;L"`, "", "")), "preference-key"},
		{settingsOf(itemOf(`hive="HKEY_CURRENT_USER" key="K"`, "", "")), `create key HKEY_CURRENT_USER\K`},
		{settingsOf(itemOf(`hive="HKLM" key="K"`, "", "")), "preference-hive"},
		{settingsOf(itemOf(`key="K"`, "", "")), "preference-hive"},
		{settingsOf(`<Registry clsid="{}"/>`), "preference-properties"},
		{settingsOf(strings.Replace(itemOf(port80, "", ""), "</Registry>", "<Properties/></Registry>", 1)), "preference-properties"},
		{settingsOf(itemOf(port80, "<Values><Value>80-80</Value></Values><Values/>", "")), "preference-properties"},
		{settingsOf(strings.Replace(itemOf(port80, "", ""), "9CD4", "0CD4", 1)), one + "; preference-clsid"},
		{settingsOf(strings.Replace(itemOf(port80, "", ""), "uid", `removePolicy="1" uid`, 1)), one + "; preference-remove"},
		{settingsOf(strings.Replace(itemOf(port80, "", ""), "uid", `disabled="1" uid`, 1)), "preference-disabled"},
		{settingsOf(strings.Replace(itemOf(port80, "", ""), "uid", `disabled="0" uid`, 1)), one},
		{strings.Replace(settingsOf(itemOf(port80, "", "")), ">", ` disabled="1">`, 1), "preference-disabled"},
		{settingsOf(`<Collection disabled="1"><Collection>` + itemOf(port80, "", "") + "</Collection></Collection>" + itemOf(port80, "", "")), one + "; preference-disabled"},
		{settingsOf(itemOf(port80, "", filterXP)), one + "; preference-versions"},
		{settingsOf(strings.Replace(itemOf(port80, "", ""), " uid=", ` disabled="true" uid=`, 1)), one + "; preference-flag"},
		{settingsOf(`<Collection disabled="no">` + itemOf(port80, "", "") + "</Collection>"), one + "; preference-flag"},
		{strings.Replace(settingsOf(itemOf(port80, "", "")), ">", ` clsid="{9CD4B2F4-923D-47f5-A062-E897DD1DAD50}">`, 1), one + "; preference-clsid"},
		{settingsOf(itemOf(port80, "", "") + itemOf(port80+` action="C"`, "", "")), one + "; preference-create; preference-uncounted"},
		{settingsOf(itemOf(port80, "", filterWin7)), "preference-targeting"},
		{settingsOf(itemOf(port80, "", filterUser)), one + "; preference-filter"},
		{settingsOf(itemOf(port80, "", filterUser+filterWin7)), "preference-targeting"},
		{settingsOf(`<Collection>` + itemOf(port80, "", filterXP) + "<Filters>" + filterWin7 + "</Filters></Collection>"), "preference-targeting"},
		{settingsOf(`<Drive clsid="{}"><Registry/></Drive>`), "preference-element"},
		{settingsOf(`<Drive clsid="{}"/>` + itemOf(port80, "", "") + `<Collection><Drive/></Collection>`), one + "; preference-element"},
		{settingsOf(itemOf(port80, "<Values><x>81</x><Value>80<x>1</x>-80</Value></Values>", "")), one},
		{`<RegistrySettings xmlns:x="urn:x" x:a="b">` + itemOf(port80, "", "") + "<x:y/></RegistrySettings>", one + "; preference-element"},
		{settingsOf(strings.Replace(itemOf(port80, "<Example/>", ""), "</Registry>", "<Example/></Registry>", 1)), one},
		{settingsOf(`<Registry xmlns="urn:a"/>`), "preference-element"},
	} {
		if got := decoded(t, tt.text); got != tt.want {
			t.Errorf("%s\nis   %s\nwant %s", tt.text, got, tt.want)
		}
	}
}

func TestNotes(t *testing.T) {
	local := func(attributes string) string {
		return itemOf(`hive="HKEY_LOCAL_MACHINE" `+attributes, "", "")
	}
	for _, tt := range []struct{ items, want string }{
		{"<Collection><Drive/></Collection><Printer/>", `"Drive" is no preference of the registry; it is not read (2 such elements)`},
		{"<Drive/>", `"Drive" is no preference of the registry; it is not read`},
		{"<Registry/>", "this item has 0 elements Properties, not one; it is not read"},
		{itemOf(port80, "<Values/><Values/>", ""), `"N" has 2 elements Values, not one; it is not read`},
		{itemOf(`hive="HKLM" key="K"`, "", ""), `hive="HKLM" is none of Preferences; write HKEY_LOCAL_MACHINE`},
		{local(`key="K&#10;"`), `key="K\n" holds a control character; it is not read`},
		{local(`key="\"`), `key="\\" is all of HKEY_LOCAL_MACHINE, which is not created or deleted`},
		{local(`key="K" action="X"`), `action="X" is none of C, R, U, D; what Windows makes of it is not known`},
		{"<Collection disabled=\"1\">" + local(`key="K"`) + "</Collection>", "the key is disabled, alone or with all around it; it is not applied"},
		{itemOf(`hive="HKEY_LOCAL_MACHINE" key="K" default="1" action="D"`, "", filterWin7), "the default value is not for Windows XP, Server 2003 or Server 2003 R2, as its targeting says; it is not applied there"},
		{local(`key="K" name="N" type="REG_LINK"`), `type="REG_LINK" of "N" is none that is known of Preferences, such as REG_MULTI_SZ`},
		{local(`key="K" name="N" type="REG_DWORD" bitfield="1"`), `"N" is a field of bits, of which only some are set; it is not read`},
		{local(`key="K" name="N" type="REG_DWORD" value="5000"`), `"N": value="5000" is not 8 hexadecimal digits, as 00001388 for 5000`},
		{local(`key="K" name="N" type="REG_QWORD" value=""`), `"N": value="" is not 16 hexadecimal digits, as 0000000000001388 for 5000`},
		{local(`key="K" name="N" type="REG_BINARY" value="4"`), `"N": value="4" is not hexadecimal digits, two for each byte`},
		{strings.Replace(local(`key="K"`), "9CD4", "0CD4", 1), `clsid="{0CD4B2F4-923D-47f5-A062-E897DD1DAD50}" is not that of a Registry, {9CD4B2F4-923D-47f5-A062-E897DD1DAD50}; whether Windows applies this item is not known`},
		{local(`key="K\"`), "the path in key has a backslash at an end, or two in a row; remove it"},
		{local(`key="K" value="1"`), "this item has a type or a value, but no name; it is taken for one of the key"},
		{itemOf(port80, "<Values><Value>81</Value></Values>", ""), `value and Values of "N" differ: Values is taken here, which of them Windows goes by is not known`},
		{itemOf(port80, "<Values/>", ""), `value and Values of "N" differ: value is taken here, which of them Windows goes by is not known`},
		{itemOf(port80, "", filterUser), `"N" is only for machines that its targeting holds for, which is not known here`},
		{itemOf(port80+` action="C"`, "", ""), `action="C" creates "N" only where it is not there; write U to set it`},
		{itemOf(port80, "", filterXP), `"N" is for Windows XP only, as its targeting says`},
		{itemOf(port80, "", strings.Replace(filterXP, `not="0"`, `not="1"`, 1)), `"N" is for Windows Server 2003 and Server 2003 R2 only, as its targeting says`},
		{strings.Replace(local(`key="K"`), "uid", `disabled="true" uid`, 1), `disabled="true" of this item, or around it, is neither 0 nor 1; whether Windows applies it is not known`},
		{`<Collection clsid="{}">` + local(`key="K"`) + "</Collection>", `clsid="{}" around this item is not that of RegistrySettings or Collection; whether Windows applies it is not known`},
		{strings.Replace(local(`key="K"`), "uid", `removePolicy="1" uid`, 1), "the key is removed where the GPO no longer applies, not set back"},
	} {
		_, notes, err := Decode("", []byte(settingsOf(tt.items)))
		if err != nil || len(notes) != 1 || notes[0].Text != tt.want {
			t.Errorf("%s: %+v %v, want %s", tt.items, notes, err, tt.want)
		}
	}
}

// The place of notes and operations is the mark.
func TestPlaces(t *testing.T) {
	const collection = "<Collection\r\n\tclsid=\"{53B533F5-224C-47e3-B01B-CA3B3F3FF4BF}\" name=\"ä😀\r☺\">ß"
	text := "\ufeff" + collection + "§" + itemOf(port80+` action="C"`, "", "") + "</Collection>"
	before, after, _ := strings.Cut(text, "§")
	ops, notes, err := Decode("", []byte(before+after))
	want := regfile.Pos{Line: 3, Col: 5, Offset: int64(len(before))}
	if err != nil || len(ops) != 1 || len(notes) != 1 || ops[0].Pos != want || notes[0].Pos != want {
		t.Errorf("%v %v %v, want %v", ops, notes, err, want)
	}
	if n := notes[0]; n.Key != `HKEY_LOCAL_MACHINE\K` || n.Name != "N" || n.Dropped {
		t.Errorf("%+v", n)
	}
}

func TestErrors(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"\n§<?xml version=\"1.0\"?><RegistrySettings/>", "a declaration stands at the very start of a file, and once; remove this"},
		{"<RegistrySettings>§<?xml version=\"1.0\"?></RegistrySettings>", "a declaration stands at the very start of a file, and once; remove this"},
		{"§<?XML version=\"1.0\"?><RegistrySettings/>", `"XML version=\"1.0\"" is no declaration of XML; write <?xml version="1.0" encoding="utf-8"?>`},
		{"§<?xml version.0\"?><RegistrySettings/>", `"xml version.0\"" is no declaration of XML; write <?xml version="1.0" encoding="utf-8"?>`},
		{"§<?xml encoding='utf-8'?><RegistrySettings/>", `"xml encoding='utf-8'" is no declaration of XML; write <?xml version="1.0" encoding="utf-8"?>`},
		{"§<?xml version='1.0'standalone='no'?><RegistrySettings/>", `"xml version='1.0'standalone='no'" is no declaration of XML; write <?xml version="1.0" encoding="utf-8"?>`},
		{"<?a§\"b\"?><RegistrySettings/>", "a blank is missing"},
		{`<RegistrySettings a="b"§c='"'/>`, "a blank is missing"},
		{"§<![CDATA[]]><RegistrySettings/>", `"<![CDATA[]]>" stands outside of the first element`},
		{"<RegistrySettings/>§&#32;", `"&#32;" stands outside of the first element`},
		{"§", "the file has no element; a Registry.xml begins with <RegistrySettings>"},
		{"<?xml version=\"1.0\"?>\n §<Drives/>", `this is XML, but no Registry.xml of Group Policy Preferences: its first element is "Drives", not "RegistrySettings", nor a Collection or a Registry with its clsid`},
		{"§<Collection/>", `this is XML, but no Registry.xml of Group Policy Preferences: its first element is "Collection", not "RegistrySettings", nor a Collection or a Registry with its clsid`},
		{`§<RegistrySettings xmlns="urn:a"/>`, `this is XML, but no Registry.xml of Group Policy Preferences: its first element is "urn:a:RegistrySettings", not "RegistrySettings", nor a Collection or a Registry with its clsid`},
		{"<RegistrySettings/>§<RegistrySettings/>", `"RegistrySettings" stands behind </RegistrySettings>, where a Registry.xml ends`},
		{"<RegistrySettings/>§ a", `" a" stands outside of the first element`},
		{"<RegistrySettings>§", "unexpected EOF"},
		{"<RegistrySettings>\n</Registry>§", "element <RegistrySettings> closed by </Registry>"},
		{"<RegistrySettings>§<a:Registry/></RegistrySettings>", `the prefix "a" is not declared; a Registry.xml has none`},
		{`<RegistrySettings>§<Registry name="a" name="b"/></RegistrySettings>`, `the attribute "name" is there twice in one Registry`},
		{`§<!DOCTYPE RegistrySettings [<!ENTITY a "b">]><RegistrySettings/>`, "a document type declaration is not read; remove it"},
		{`<RegistrySettings a="&b;§"/>`, "invalid character entity &b;"},
		{"<RegistrySettings>\xff§</RegistrySettings>", "invalid UTF-8"},
		{`§<?xml version="1.0" encoding="windows-1252"?><RegistrySettings/>`, `this file is not UTF-8, but declares "windows-1252"; save it as UTF-8 and declare that`},
		{settingsOf(strings.Repeat("<Collection>", 63) + "§<Collection/>"), "elements are nested more than 64 deep"},
		{settingsOf(strings.Repeat("<a>", 63) + "§<a/>"), "elements are nested more than 64 deep"},
	} {
		before, after, _ := strings.Cut(tt.text, "§")
		line, col := 1+strings.Count(before, "\n"), 1+utf8.RuneCountInString(before[strings.LastIndex(before, "\n")+1:])
		_, _, err := Decode("a.xml", []byte(before+after))
		if want := fmt.Sprintf("a.xml:%d:%d: %s", line, col, tt.want); err == nil || err.Error() != want {
			t.Errorf("%q: %v\nwant %s", tt.text, err, want)
		}
	}
}

func TestIsGPP(t *testing.T) {
	for text, want := range map[string]bool{
		"": false, "80-90": false, "<": false, "<unattend/>": false, "<RegistrySettings": false,
		"<RegistrySettings>": true, "\ufeff\r\n<?xml version='1.0' encoding='x'?><!-- \xff --><RegistrySettings a='b'><": true,
		"<Collection>": false, "<Registry>": false, "<a:RegistrySettings>": false,
		`<Collection clsid="{53B533F5-224C-47E3-B01B-CA3B3F3FF4BF}">`: true,
		`<Registry clsid="{9CD4B2F4-923D-47f5-A062-E897DD1DAD50}"/>`:  true,
		`<Registry clsid="{53B533F5-224C-47E3-B01B-CA3B3F3FF4BF}"/>`:  false,
	} {
		if got := IsGPP([]byte(text)); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// filterOf is a filter with a truth value of its own, 0 or 1, or one that is not known
// (2), in the version XP.
func filterOf(operator string, value, not int) *element {
	f := &element{name: [...]string{"FilterOs", "FilterOs", "FilterUser"}[value]}
	f.set("bool", operator, "not", fmt.Sprint(not), "class", "NT", "version", [...]string{"VISTA", "XP", ""}[value], "type", "NE", "edition", "NE", "sp", "NE")
	return f
}

// Every list of up to four filters is what it comes to when the unknown ones are true and
// when they are false, taken from left to right and with AND before OR.
func TestCombined(t *testing.T) {
	var visit func(filters []*element, values []int, left int)
	visit = func(filters []*element, values []int, left int) {
		want := expected(filters, values)
		if got := combined(&element{below: filters}, "XP"); got != want {
			t.Fatalf("%v of %v is %v, want %v", values, operators(filters), got, want)
		}
		if left == 0 {
			return
		}
		for i := range 12 {
			f := filterOf([]string{"AND", "OR"}[i%2], i/2%3, i/6)
			visit(append(filters[:len(filters):len(filters)], f), append(values[:len(values):len(values)], i/2%3+10*(i/6)), left-1)
		}
	}
	visit(nil, nil, 4)
}

func operators(filters []*element) (names []string) {
	for _, f := range filters {
		names = append(names, f.attr("bool"))
	}
	return names
}

// expected tries all truth values of the unknown filters; a value of 10 or more is
// turned around.
func expected(filters []*element, values []int) verdict {
	seen := map[bool]bool{}
	for try := range 1 << len(values) {
		var truths []bool
		for i, v := range values {
			truth := v%10 == 1 || v%10 == 2 && try>>i&1 == 1
			truths = append(truths, truth != (v >= 10))
		}
		seen[leftToRight(operators(filters), truths)] = true
		seen[termwise(operators(filters), truths)] = true
	}
	switch {
	case len(seen) == 2:
		return unknown
	case seen[true]:
		return holds
	}
	return fails
}

func leftToRight(operators []string, truths []bool) bool {
	result := true
	for i, truth := range truths {
		if i > 0 && operators[i] == "OR" {
			result = result || truth
		} else {
			result = result && truth || i == 0 && truth
		}
	}
	return result
}

// termwise splits at each OR.
func termwise(operators []string, truths []bool) bool {
	for i := len(truths) - 1; i > 0; i-- {
		if operators[i] == "OR" {
			return termwise(operators[:i], truths[:i]) || !slices.Contains(truths[i:], false)
		}
	}
	return !slices.Contains(truths, false)
}

func TestTargeting(t *testing.T) {
	for _, tt := range []struct {
		filters string
		want    targeting
	}{
		{"", targeting{holds, holds, holds}},
		{filterXP, targeting{holds, fails, fails}},
		{strings.Replace(filterXP, `not="0"`, `not="1"`, 1), targeting{fails, holds, holds}},
		{strings.Replace(filterXP, `not="0"`, "", 1), targeting{unknown, unknown, unknown}},
		{strings.Replace(filterXP, `version="XP"`, `version="NE"`, 1), targeting{holds, holds, holds}},
		{strings.Replace(filterXP, `version="XP"`, `version="XP64"`, 1), targeting{unknown, unknown, unknown}},
		{strings.Replace(filterXP, `class="NT"`, `class="9X"`, 1), targeting{fails, fails, fails}},
		{strings.Replace(filterXP, `class="NT"`, `class=""`, 1), targeting{unknown, fails, fails}},
		{strings.Replace(filterXP, `sp="NE"`, `sp="Gold"`, 1), targeting{unknown, fails, fails}},
		{filterXP + strings.Replace(filterXP, `bool="AND"`, `bool="or"`, 1), targeting{unknown, unknown, unknown}},
		{filterXP + strings.Replace(filterUser, `bool="AND"`, `bool="OR"`, 1), targeting{holds, unknown, unknown}},
		{`<FilterCollection bool="AND" not="1">` + filterXP + filterUser + "</FilterCollection>", targeting{unknown, holds, holds}},
		{filterXP + "</Filters><Filters>" + filterWin7, targeting{fails, fails, fails}},
	} {
		root, err := parse("", []byte(itemOf(port80, "", tt.filters)))
		if err != nil {
			t.Fatal(err)
		}
		if got := (&reader{versions: readers}).targetingOf(root); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.filters, got, tt.want)
		}
	}
}

// Every list of up to three items that set, create or delete a value or its key, for one
// version or two: what is read for a version is what that machine has in the end; what is
// read for both is what one of them has, unless an item is said not to count, and where
// they differ there are notes.
func TestVersions(t *testing.T) {
	type kind struct {
		action  string // D! deletes the key
		filters string
		on      [2]bool
	}
	var kinds []kind
	for _, action := range []string{"U", "C", "D", "D!", "R!"} {
		kinds = append(kinds, kind{action, "", [2]bool{true, true}}, kind{action, filterXP, [2]bool{true, false}}, kind{action, filter2003, [2]bool{false, true}})
	}
	has := func(text string, versions ...string) (string, []regfile.Note) {
		ops, notes, err := Decode("", []byte(text), versions...)
		if err != nil {
			t.Fatal(err)
		}
		v, _ := regfile.StateOf(ops).Value(`HKEY_LOCAL_MACHINE\K`, "N")
		return regfile.UTF16String(v.Data.Bytes), notes
	}
	var visit func(items string, n int, want [2]string)
	visit = func(items string, n int, want [2]string) {
		text := settingsOf(items)
		for i, version := range []string{"XP", "2K3"} {
			if got, _ := has(text, version); got != want[i] {
				t.Fatalf("%s on %s: %q, want %q", items, version, got, want[i])
			}
		}
		got, notes := has(text, "XP", "2K3")
		counts := !slices.ContainsFunc(notes, func(n regfile.Note) bool { return n.Rule == "preference-uncounted" })
		if counts && !slices.Contains(want[:], got) || want[0] != want[1] && notes == nil {
			t.Fatalf("%s: %q, want %q or %q; %v", items, got, want[0], want[1], notes)
		}
		if n == 3 {
			return
		}
		for _, k := range kinds {
			next := want
			for i, on := range k.on {
				switch {
				case !on, k.action == "C" && want[i] != "":
				case k.action == "U", k.action == "C":
					next[i] = fmt.Sprint(n, "\x00")
				default:
					next[i] = ""
				}
			}
			item := itemOf(fmt.Sprintf(`action="%s" hive="HKEY_LOCAL_MACHINE" key="K" name="N" type="REG_SZ" value="%d"`, k.action, n), "", k.filters)
			if action, key := strings.CutSuffix(k.action, "!"); key {
				item = itemOf(fmt.Sprintf(`action="%s" hive="HKEY_LOCAL_MACHINE" key="K"`, action), "", k.filters)
			}
			visit(items+item, n+1, next)
		}
	}
	visit("", 0, [2]string{})
}

// An item says which other one counts instead.
func TestUncounted(t *testing.T) {
	item := func(action, filters string) string {
		return itemOf(port80+` action="`+action+`"`, "", filters) + "\n"
	}
	key := itemOf(`hive="HKEY_LOCAL_MACHINE" key="K" action="D"`, "", filterUser)
	const other = `this item does not count here: line 1 sets "N", too, on machines where this one does not`
	for _, tt := range []struct{ items, want string }{
		{item("U", filterXP) + item("U", filter2003), other},
		{item("U", "") + item("U", filterXP), other},
		{item("U", "") + item("D", filterXP), other},
		{item("U", "") + item("U", filterUser), other},
		{item("U", filterXP) + item("C", ""), other},
		{item("U", "") + item("C", ""), `action="C" leaves "N" as line 1 sets it`},
		{item("U", "") + item("C", filterUser), `action="C" leaves "N" as line 1 sets it`},
		{item("U", filterXP) + item("U", ""), ""},
		{item("U", filterUser) + item("U", ""), ""},
		{item("D", filterXP) + item("U", filter2003), ""},
		{item("U", "") + key, `this item does not count here: it deletes what is in HKEY_LOCAL_MACHINE\K on some machines only`},
	} {
		_, notes, err := Decode("", []byte(settingsOf(tt.items)))
		got := ""
		for _, n := range notes {
			if n.Rule == "preference-uncounted" && !n.Dropped {
				got += n.Text
			}
		}
		if err != nil || got != tt.want {
			t.Errorf("%s: %q %v, want %q", tt.items, got, err, tt.want)
		}
	}
}

// What Encode writes is cut nowhere without an error, up to the end of the last tag.
func TestCutAtEveryByte(t *testing.T) {
	text := encoded(t, Options{Versions: []string{"XP"}, Desc: "ä"}, set("MaxUserPort", regfile.Uint32Data(60000)), set("ReservedPorts", multi(t, "80-90", "443-443")))
	for i := range len(strings.TrimSpace(text)) {
		if ops, notes, err := Decode("", []byte(text[:i])); err == nil {
			t.Errorf("cut at %d: %v %v", i, ops, notes)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(encoded(f, Options{Versions: []string{"XP", "2K3"}, Desc: "a"}, set("A", multi(f, "80-80")), set("", regfile.Uint32Data(1)))))
	f.Add([]byte(`<Collection clsid="{53B533F5-224C-47E3-B01B-CA3B3F3FF4BF}">` + itemOf(port80+` action="C"`, "<Values><Value>a</Value></Values>", filterUser) + "</Collection>"))
	f.Add([]byte(settingsOf(itemOf(`hive="HKEY_LOCAL_MACHINE" key="\K" name="N" type="REG_BINARY" value="41 42"`, "", filterWin7))))
	f.Add([]byte(settingsOf(itemOf(`hive="HKEY_LOCAL_MACHINE" key="K" action="R" default="1" type="REG_SZ" value="&lt;"`, "", `<FilterCollection bool="AND" not="1">`+filterXP+"</FilterCollection>"))))
	f.Fuzz(func(t *testing.T, src []byte) {
		IsGPP(src)
		ops, notes, err := Decode("a.xml", src)
		if err != nil {
			if _, ok := err.(*regfile.Error); !ok || ops != nil || notes != nil || strings.ContainsAny(err.Error(), "\n\r") {
				t.Fatalf("%v %v %#v", ops, notes, err)
			}
			return
		}
		if len(src) < 64<<10 && !IsGPP(src) {
			t.Fatalf("%q is read, but not recognised", src)
		}
		for _, n := range notes {
			if n.Pos.Line < 1 || n.Pos.Col < 1 || n.Pos.Offset > int64(len(src)) || strings.ContainsAny(n.Text, "\n\r\x00") {
				t.Fatalf("%+v", n)
			}
		}
		roundTrip(t, ops)
	})
}

// roundTrip checks that what can be written is read back as it was, without notes.
func roundTrip(t *testing.T, ops []regfile.Op) {
	t.Helper()
	for _, op := range ops {
		var b, again bytes.Buffer
		o := Options{Collection: len(op.Name)%2 == 1, Versions: []string{"2K3"}, Desc: op.Key}
		if err := Encode(&b, []regfile.Op{op}, o); err != nil || op.Verb == regfile.CreateKey {
			continue
		}
		back, notes, err := Decode("", b.Bytes(), "2K3")
		if err != nil || len(notes) > 0 || brief(back, nil) != brief([]regfile.Op{op}, nil) || !back[0].Data.Equal(op.Data) {
			t.Fatalf("%+v is written as\n%s\nand read as %v, %v, %v", op, b.Bytes(), back, notes, err)
		}
		if err := Encode(&again, back, o); err != nil || !bytes.Equal(b.Bytes(), again.Bytes()) {
			t.Fatalf("%v: %s\nis not\n%s", err, again.Bytes(), b.Bytes())
		}
	}
}
