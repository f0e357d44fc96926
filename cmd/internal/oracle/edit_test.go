package oracle

import "testing"

// TestWineEdit: an export that is edited in place is, byte for byte, what regedit exports
// once the edited file is imported, and once the values are set by themselves. Keys that
// are added stand where regedit has them.
func TestWineEdit(t *testing.T) {
	const tcpip = scratchSet + `\Services\Tcpip`
	const others = "\r\n[" + tcpip + "\\Linkage]\r\n\"Bind\"=\"x\"\r\n\r\n"
	const behind = "[" + tcpip + "\\Parameters_]\r\n\"a\"=\"1\"\r\n\r\n[" + tcpip + "6\\Parameters]\r\n\"a\"=dword:00000001\r\n\r\n"
	for _, c := range []struct{ name, text string }{
		{"a value", others + "[" + scratchKey + "]\r\n\"Hostname\"=\"x\"\r\n\"ReservedPorts\"=hex(7):38,00,35,00,2d,00,39,00,35,00,00,00,00,00\r\n\"Z\"=\"z\"\r\n\r\n" + behind},
		{"no value", others + "[" + scratchKey + "]\r\n\"Hostname\"=\"x\"\r\n\r\n[" + scratchKey + "\\Interfaces]\r\n\r\n" + behind},
		{"no key", others + behind},
		{"a key below", others + "[" + scratchKey + "\\Interfaces]\r\n\"a\"=\"1\"\r\n\r\n" + behind},
		{"nothing behind", others},
	} {
		t.Run(c.name, func(t *testing.T) {
			regeditImport(t, toUTF16(header+c.text))
			before := regeditExport(t, scratchSet)
			state := tempFile(t, "current.reg", before)
			edited := gen(t, listOfSize(300), "-t", "2003", "--control-set", "9", "--onto", state, "--edit")
			merged := gen(t, listOfSize(300), "-t", "2003", "--control-set", "9", "--onto", tempFile(t, "edited.reg", edited))
			for _, file := range [][]byte{merged, edited} {
				regeditImport(t, file)
				after := regeditExport(t, scratchSet)
				deleteKey(t, scratchName)
				if string(after) != string(edited) {
					t.Errorf("wine exports other bytes: %s", firstDifference(fromUTF16(t, after), fromUTF16(t, edited)))
				}
				regeditImport(t, before)
			}
			deleteKey(t, scratchName)
		})
	}
}
