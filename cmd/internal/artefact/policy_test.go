package artefact

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"portreg/cmd/internal/target"
	"portreg/ranges"
	"portreg/regfile"
)

// A policy applies to a running Windows: SYSTEM is the only hive whose Parameters TCP/IP
// reads, and which control set is current is not the policy's to know.
func TestPolicyKeys(t *testing.T) {
	value := target.ReservedPortsValue(ranges.SetOf(ranges.Range{First: 80, Last: 90}))
	for _, f := range formats {
		if f.Carries != target.ReservedPorts || f.Write == nil {
			continue
		}
		for key, want := range map[string]string{
			"SYSTEM\\CurrentControlSet": "80-90", "system\\currentcontrolset": "80-90",
			"SYSTEN\\CurrentControlSet": " key", "%Sys%\\CurrentControlSet": " key",
			"SYSTEM\\ControlSet001": "80-90 policy-control-set", "SYSTEN\\ControlSet001": " key",
		} {
			if !f.Policy {
				want = "80-90"
			}
			key = `HKEY_LOCAL_MACHINE\` + key + `\Services\Tcpip\Parameters`
			var b bytes.Buffer
			err := f.Write(&b, &Job{Operations: []regfile.Op{{Verb: regfile.CreateKey, Key: key}, {Verb: regfile.SetValue, Key: key, Name: value.Name, Data: *value.Data}}})
			if err != nil {
				t.Fatal(f.Name, err)
			}
			c, err := Read("x", &b, Options{})
			if err != nil {
				t.Fatal(f.Name, err)
			}
			got := fmt.Sprint(c.Ports.TCP)
			for _, n := range c.Notes {
				if n.Rule == "key" || n.Rule == "policy-control-set" {
					got += " " + n.Rule
				}
			}
			if strings.TrimPrefix(got, "none") != want {
				t.Errorf("%s: %s: %q, want %q", f.Name, key, got, want)
			}
		}
	}
}
