package regfile_test

import (
	"fmt"
	"os"
	"strings"

	"portreg/regfile"
)

func ExampleParse() {
	src := []byte("Windows Registry Editor Version 5.00\r\n\r\n" +
		"[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters]\r\n" +
		"\"MaxUserPort\"=dword:0000fffe ; a comment\r\n" +
		"\"ReservedPorts\"=hex(7):31,00,30,00,2d,00,32,00,30,00,\r\n" +
		"  00,00,00,00\r\n")
	f, err := regfile.Parse("app.reg", src)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, op := range f.Ops() {
		fmt.Printf("%v: %v %q [% x]\n", op.Pos, op.Verb, op.Name, op.Data.Bytes)
	}
	for _, note := range f.Notes() {
		fmt.Println(note)
	}
	// Output:
	// 3:1: create key "" []
	// 4:1: set value "MaxUserPort" [fe ff 00 00]
	// 5:1: set value "ReservedPorts" [31 00 30 00 2d 00 32 00 30 00 00 00]
	// 5:54: "ReservedPorts": the data ends in a comma without a \; the next line is not part of it
	// 6:3: "00,00,00,00" is neither a key, a value nor a comment; the line is ignored
}

func ExampleEdit() {
	export := strings.NewReader("REGEDIT4\n\n; tuned by hand\n[HKEY_USERS\\Test]\n\"A\"=\"1\" ; first\n\"B\"=\"2\"\n")
	var scanned []regfile.Op
	sum, err := regfile.ScanAt("test.reg", export, export.Size(), regfile.ScanOptions{
		Select: regfile.Selection{Keys: []string{"Test"}},
		Place:  `HKEY_USERS\Test`,
		Op:     func(op regfile.Op) { scanned = append(scanned, op) },
		Note:   func(regfile.Note) {},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	patch, err := regfile.Edit("test.reg", export, export.Size(), scanned, sum.Place, regfile.Op{Verb: regfile.SetValue, Key: `HKEY_USERS\Test`, Name: "A", Data: regfile.Uint32Data(10)})
	if err == nil {
		_, err = patch.WriteTo(os.Stdout)
	}
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// REGEDIT4
	//
	// ; tuned by hand
	// [HKEY_USERS\Test]
	// "A"=dword:0000000a ; first
	// "B"="2"
}

func ExampleEncode() {
	list, err := regfile.MultiString("1433-1434", "4000-4000")
	if err != nil {
		fmt.Println(err)
		return
	}
	const key = `HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters`
	ops := []regfile.Op{{Verb: regfile.SetValue, Key: key, Name: "ReservedPorts", Data: list}}
	options := regfile.Options{Text: regfile.UTF8, Comments: []string{"SQL Server"}}
	if err := regfile.Encode(os.Stdout, ops, options); err != nil {
		fmt.Println(err)
	}
	// Output:
	// Windows Registry Editor Version 5.00
	//
	// ; SQL Server
	//
	// [HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters]
	// "ReservedPorts"=hex(7):31,00,34,00,33,00,33,00,2d,00,31,00,34,00,33,00,34,00,\
	//   00,00,34,00,30,00,30,00,30,00,2d,00,34,00,30,00,30,00,30,00,00,00,00,00
}

func ExampleStateOf() {
	state := regfile.StateOf([]regfile.Op{
		{Verb: regfile.SetValue, Key: `HKEY_USERS\Test`, Name: "A", Data: regfile.Uint32Data(1)},
		{Verb: regfile.DeleteKey, Key: `HKEY_USERS\Test`},
		{Verb: regfile.SetValue, Key: `HKEY_USERS\test`, Name: "B", Data: regfile.Uint32Data(2)},
	})
	for v := range state.Values() {
		n, err := v.Data.Uint32()
		fmt.Println(v.Key, v.Name, n, err)
	}
	_, deleted := state.Deleted(`HKEY_USERS\TEST`, "a")
	fmt.Println("A is deleted:", deleted)
	// Output:
	// HKEY_USERS\test B 2 <nil>
	// A is deleted: true
}
