package regfile

import "testing"

// An export cut off at any byte is not whole, but for cuts behind a blank line,
// where every key so far is complete.
func TestWhole(t *testing.T) {
	for _, tt := range []struct {
		body string
		want bool
	}{
		{"\r\n\r\n[HKEY_USERS]\r\n\"a\"=\"b\"\r\n\r\n", true},
		{"\n\n[HKEY_USERS]\n\"a\"=\"b\"\n\n", true},
		{"\r\r[HKEY_USERS]\r\"a\"=\"b\"\r\r", true},
		{"\r\n\r\n[HKEY_USERS]\r\n\"a\"=\"b\"\r\n;End:\r\n", true},
		{"\r\n\r\n", true},
		{"\r\n\r\n[HKEY_USERS]\r\n\"a\"=\"b\"\r\n", false},
		{"\r\n\r\n[HKEY_USERS]\r\n\"a\"=\"b\"\r\n;End:", false},
		{"\r\n\r\n[HKEY_USERS]\r\n\"a\"=hex:00,\\\r\n", false},
		{"\r\n\r\n[HKEY_USERS]\r\n\"a\"=hex:00,\\\r\n  ", false},
		{"", false},
	} {
		for _, src := range [][]byte{[]byte(header5 + tt.body), append([]byte(bomUTF16LE), AppendUTF16(nil, header5+tt.body)...)} {
			f, err := Parse("x.reg", src)
			if err != nil || f.Whole() != tt.want {
				t.Errorf("%q: %v, whole is not %v", src, err, tt.want)
			}
			half, err := Parse("x.reg", append([]byte(bomUTF16LE), append(AppendUTF16(nil, header5+tt.body), 'x')...))
			if err != nil || half.Whole() {
				t.Errorf("%q with half a unit: %v, or whole", src, err)
			}
		}
	}
}

func TestWholeFixtures(t *testing.T) {
	for id, src := range caseFiles(t) {
		f, err := Parse(id, src)
		if err != nil || len(f.Notes()) > 0 || !f.Whole() {
			continue
		}
		for n := len(src) - 3; n > len(src)-16; n-- { // a last LF alone may be missing
			cut, err := Parse(id, src[:n])
			if err == nil && cut.Whole() {
				t.Errorf("%s cut to %d of %d bytes is whole", id, n, len(src))
			}
		}
	}
}
