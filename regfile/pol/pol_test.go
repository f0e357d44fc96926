package pol

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"portreg/regfile"
)

const key = `HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters`

func list(t testing.TB, ss ...string) regfile.Data {
	t.Helper()
	d, err := regfile.MultiString(ss...)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// sample is a file made by hand from MS-GPREG 2.2.1.
var sample = "5052656701000000" +
	wide(`[SYSTEM\CurrentControlSet\Services\Tcpip\Parameters`+"\x00;MaxUserPort\x00;") + "04000000" + "3b00" + "04000000" + "3b00" + "feff0000" + "5d00" +
	wide(`[SYSTEM\CurrentControlSet\Services\Tcpip\Parameters`+"\x00;**del.Old\x00;") + "01000000" + "3b00" + "04000000" + "3b00" + "20000000" + "5d00" +
	wide(`[SYSTEM\CurrentControlSet\Services\Tcpip\Parameters`+"\x00;ReservedPorts\x00;") + "07000000" + "3b00" + "18000000" + "3b00" + wide("80-80\x002-33\x00\x00") + "5d00"

// wide is ASCII text as UTF-16LE in hex.
func wide(ascii string) (digits string) {
	for _, c := range []byte(ascii) {
		digits += fmt.Sprintf("%02x00", c)
	}
	return digits
}

func fromHex(t testing.TB, digits string) []byte {
	t.Helper()
	b, err := hex.DecodeString(digits)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func sampleOps(t testing.TB) []regfile.Op {
	return []regfile.Op{
		{Verb: regfile.SetValue, Key: key, Name: "MaxUserPort", Data: regfile.Uint32Data(65534)},
		{Verb: regfile.DeleteValue, Key: key, Name: "Old"},
		{Verb: regfile.SetValue, Key: key, Name: "ReservedPorts", Data: list(t, "80-80", "2-33")},
	}
}

func sameOp(a, b regfile.Op) bool {
	return a.Verb == b.Verb && a.Key == b.Key && a.Name == b.Name && a.Data.Equal(b.Data)
}

func TestSample(t *testing.T) {
	src := fromHex(t, sample)
	ops, notes, err := Decode("x.pol", src)
	if err != nil || len(notes) > 0 || !slices.EqualFunc(ops, sampleOps(t), sameOp) {
		t.Errorf("%v, %v, %v", ops, notes, err)
	}
	for i, op := range ops {
		if cap(op.Data.Bytes) != len(op.Data.Bytes) {
			t.Errorf("data appended to %s would change the file", op.Name)
		}
		if op.Pos.Line != i+1 || op.Pos.Col != 1 || string(src[op.Pos.Offset:op.Pos.Offset+2]) != "[\x00" {
			t.Errorf("%+v", op.Pos)
		}
	}
	var b bytes.Buffer
	create := regfile.Op{Verb: regfile.CreateKey, Key: key}
	if err := Encode(&b, append([]regfile.Op{create}, ops...)); err != nil || !bytes.Equal(b.Bytes(), src) {
		t.Errorf("%v\n% x", err, b.Bytes())
	}
	if !IsPol(src) || IsPol([]byte("PRe")) {
		t.Error("the sample is not recognised, or what is none is")
	}
}

// Only both bytes of a unit end a text.
func TestNul(t *testing.T) {
	src := append([]byte(header), regfile.AppendUTF16(nil, "[\u0100\x00;\u0100V\x00;\x04\x00;\x00\x00;]")...)
	ops, _, err := Decode("x", src)
	if err != nil || len(ops) != 1 || ops[0].Key != "HKEY_LOCAL_MACHINE\\\u0100" || ops[0].Name != "\u0100V" {
		t.Errorf("%v, %v", ops, err)
	}
}

// The end of a record is the only place where a file may be cut off.
func TestCut(t *testing.T) {
	src := fromHex(t, sample)
	ops := sampleOps(t)
	ends := map[int]int{len(header): 0}
	records := 0
	for n := len(header); n < len(src); n++ {
		if string(src[n-2:n]) == "]\x00" {
			records++
			ends[n] = records
		}
	}
	for n := range len(src) {
		got, _, err := Decode("x.pol", src[:n])
		whole, ok := ends[n]
		e, _ := err.(*regfile.Error)
		switch {
		case ok && (err != nil || !slices.EqualFunc(got, ops[:whole], sameOp)):
			t.Errorf("%d bytes: %v, %v", n, got, err)
		case !ok && (e == nil || got != nil || e.Pos.Offset > int64(n) || !strings.Contains(e.Text, fmt.Sprintf("byte 0x%x: ", e.Pos.Offset))):
			t.Errorf("%d bytes: %v, %v", n, got, err)
		}
	}
	if records != 2 {
		t.Errorf("%d records before the last", records)
	}
}

// Damage is an error at its byte.
func TestDamage(t *testing.T) {
	head, one := "5052656701000000", wide("[K\x00;V\x00;")
	number := "04000000" + "3b00" + "04000000" + "3b00" + "01000000" + "5d00"
	for _, c := range []struct{ in, want string }{
		{"", `x:1:1: byte 0x0: 50 52 65 67 01 00 00 00, "PReg" and version 1, must stand here, and the file ends`},
		{"5052656702000000", `x:1:1: byte 0x0: 50 52 65 67 01 00 00 00, "PReg" and version 1, must stand here, not 50 52 65 67 02 00 00 00`},
		{"fffe" + head, `x:1:1: byte 0x0: 50 52 65 67 01 00 00 00, "PReg" and version 1, must stand here, not ff fe 50 52 65 67 01 00`},
		{head + "00", "x:1:1: byte 0x8: [ (5b 00) before the key must stand here, and the file ends"},
		{head + one + number + "0d0a", "x:2:1: byte 0x28: [ (5b 00) before the key must stand here, not 0d 0a"},
		{head + wide("[K"), "x:1:1: byte 0xa: the key that begins here has no end (00 00)"},
		{head + wide("[K\x00,V\x00;") + number, "x:1:1: byte 0xe: ; (3b 00) behind the key must stand here, not 2c 00"},
		{head + wide("[K\x00;V\x00:") + number, "x:1:1: byte 0x14: ; (3b 00) behind the name must stand here, not 3a 00"},
		{head + one + "0400", "x:1:1: byte 0x16: the type takes 4 bytes, and the file ends"},
		{head + one + "040000003b003b00", "x:1:1: byte 0x1c: the size takes 4 bytes, and the file ends"},
		{head + one + "040000003b00ffffffff3b0001", "x:1:1: byte 0x22: 4294967295 bytes of data are announced, and 1 are left in the file"},
		{head + one + "040000003b00030000003b00010000005d00", "x:1:1: byte 0x25: ] (5d 00) behind 3 bytes of data must stand here, not 00 5d"},
		{head + one + number + one + number[:len(number)-4] + "5b00", "x:2:1: byte 0x46: ] (5d 00) behind 4 bytes of data must stand here, not 5b 00"},
	} {
		ops, notes, err := Decode("x", fromHex(t, c.in))
		if ops != nil || notes != nil || err == nil || err.Error() != c.want {
			t.Errorf("%s: %v\nwant %s", c.in, err, c.want)
		}
	}
}

// What cannot be written leaves nothing.
func TestEncodeRefuses(t *testing.T) {
	var b bytes.Buffer
	ops := append(sampleOps(t), regfile.Op{Verb: regfile.DeleteKey, Key: key})
	if err := Encode(&b, ops); err == nil || b.Len() > 0 {
		t.Errorf("%v, %d bytes", err, b.Len())
	}
}

// Sizes are not believed: a file of a few bytes takes no memory for what it announces.
func TestAllocations(t *testing.T) {
	src := fromHex(t, "5052656701000000"+wide("[K\x00;V\x00;")+"030000003b00f0ffff7f3b005d00")
	got := testing.Benchmark(func(b *testing.B) {
		for b.Loop() {
			_, _, _ = Decode("x", src)
		}
	}).AllocedBytesPerOp()
	if got > 4_000 {
		t.Errorf("%d bytes", got)
	}
}

func FuzzDecode(f *testing.F) {
	whole := fromHex(f, sample)
	for n := range len(whole) + 1 {
		f.Add(whole[:n])
	}
	for _, name := range []string{"", "**DelVals.", "**DeleteValues", "**DeleteKeys", "**SecureKey", "**soft.V", "**x", "**del."} {
		f.Add(fromHex(f, "5052656701000000"+wide("[K\x00;V\x00;")+"010000003b00040000003b0020000000"+"5d00"+wide("[K\x00;"+name+"\x00;")+"010000003b00080000003b00"+wide("a;b\x00")+"5d00"))
	}
	f.Add(fromHex(f, "5052656701000000"+wide("[K\x00;\x00;")+"000000003b00000000003b005d00"))
	f.Fuzz(func(t *testing.T, src []byte) {
		ops, notes, err := Decode("x", src)
		if err != nil {
			if ops != nil || notes != nil {
				t.Fatal("an error, and something else")
			}
			return
		}
		if !IsPol(src) {
			t.Fatal("read, but not recognised")
		}
		var b, again bytes.Buffer
		if Encode(&b, ops) != nil {
			return
		}
		back, _, err := Decode("y", b.Bytes())
		if err != nil || !slices.EqualFunc(back, withoutCreated(ops), sameOp) {
			t.Fatalf("%v: %v\nwant %v", err, back, ops)
		}
		if err := Encode(&again, back); err != nil || !bytes.Equal(b.Bytes(), again.Bytes()) {
			t.Fatalf("%v\n% x\n% x", err, b.Bytes(), again.Bytes())
		}
	})
}

// withoutCreated leaves out the keys that are created and have values.
func withoutCreated(ops []regfile.Op) []regfile.Op {
	return slices.DeleteFunc(slices.Clone(ops), func(op regfile.Op) bool {
		return op.Verb == regfile.CreateKey && slices.ContainsFunc(ops, func(o regfile.Op) bool {
			return o.Verb != regfile.CreateKey && strings.EqualFold(o.Key, op.Key)
		})
	})
}
