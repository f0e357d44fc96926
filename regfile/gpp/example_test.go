package gpp_test

import (
	"fmt"
	"strings"

	"portreg/regfile"
	"portreg/regfile/gpp"
)

func ExampleEncode() {
	data, err := regfile.MultiString("1433-1434")
	if err != nil {
		fmt.Println(err)
		return
	}
	op := regfile.Op{Verb: regfile.SetValue, Key: `HKEY_LOCAL_MACHINE\SYSTEM\Example`, Name: "Ports", Data: data}
	var file strings.Builder
	if err := gpp.Encode(&file, []regfile.Op{op}, gpp.Options{Versions: []string{"XP"}}); err != nil {
		fmt.Println(err)
	}
	for line := range strings.SplitSeq(strings.ReplaceAll(file.String(), "><", ">\n<"), "\n") {
		if strings.HasPrefix(line, "<Value>") || strings.HasPrefix(line, "<FilterOs") {
			fmt.Println(line)
		}
	}
	// Output:
	// <Value>1433-1434</Value>
	// <FilterOs bool="AND" not="0" class="NT" version="XP" type="NE" edition="NE" sp="NE"/>
}

func ExampleDecode() {
	src := `<RegistrySettings clsid="{A3CCFC41-DFDB-43a5-8D26-0FE8B954DA51}">
	<Registry clsid="{9CD4B2F4-923D-47f5-A062-E897DD1DAD50}" name="Ports" uid="{A5C46C65-89CF-539F-80F9-F1C3BB4D11A6}">
		<Properties action="C" hive="HKEY_LOCAL_MACHINE" key="SYSTEM\Example" name="Ports" type="REG_MULTI_SZ" value="1433-1434"/>
	</Registry>
</RegistrySettings>`
	ops, notes, err := gpp.Decode("Registry.xml", []byte(src))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, op := range ops {
		list, err := op.Data.Strings()
		fmt.Println(op.Verb, op.Key, op.Name, list, err)
	}
	for _, note := range notes {
		fmt.Println(note)
	}
	// Output:
	// set value HKEY_LOCAL_MACHINE\SYSTEM\Example Ports [1433-1434] <nil>
	// 2:2: action="C" creates "Ports" only where it is not there; write U to set it
}
