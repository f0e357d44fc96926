package pol_test

import (
	"bytes"
	"fmt"

	"portreg/regfile"
	"portreg/regfile/pol"
)

func ExampleDecode() {
	const key = `HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters`
	var file bytes.Buffer
	err := pol.Encode(&file, []regfile.Op{
		{Verb: regfile.SetValue, Key: key, Name: "MaxUserPort", Data: regfile.Uint32Data(65534)},
		{Verb: regfile.DeleteValue, Key: key, Name: "ReservedPorts"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	ops, _, err := pol.Decode("Registry.pol", file.Bytes())
	for _, op := range ops {
		fmt.Println(op.Pos.Line, op.Verb, op.Name)
	}
	fmt.Println(err)

	// Output:
	// 1 set value MaxUserPort
	// 2 delete value ReservedPorts
	// <nil>
}
