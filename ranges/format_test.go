package ranges

import (
	"strings"
	"testing"
)

var formatTests = []struct{ name, in, want string }{
	{"empty", "", ""},
	{"only blank lines", "\n \n\t\r\n", ""},
	{"only byte order mark", "\uFEFF", ""},
	{"one port", "80", "80\n"},
	{"spelling", "80-80 ,\t443/tcp,8080-8081", "80, 443/tcp, 8080-8081\n"},
	{"order is kept", "90\n80\n80\n", "90\n80\n80\n"},
	{"CRLF and byte order mark", "\uFEFF80\r\n# c\r\n", "80\n# c\n"},
	{"indentation", "\t 80\n \t# c\n", "80\n# c\n"},
	{"blank lines", "\n\n80\n\n\n \n81\n\n", "80\n\n81\n"},
	{"blank line before a comment", "80\n\n# c\n\n\n81\n", "80\n\n# c\n\n81\n"},
	{"comments line up", "80 # a\n8080-8090 # b\n443,444# c\n", "80         # a\n8080-8090  # b\n443, 444   # c\n"},
	{"text without comment does not count", "80 # a\n8080-8090\n443 # b\n", "80   # a\n8080-8090\n443  # b\n"},
	{"a comment line ends the block", "80 # a\n# b\n8080 # c\n", "80  # a\n# b\n8080  # c\n"},
	{"a blank line ends the block", "80 # a\n\n8080 # c\n", "80  # a\n\n8080  # c\n"},
	{"comments are kept", "80 #a\t # b \t\n#   c  d \n##\n", "80  #a\t # b\n#   c  d\n##\n"},
	{"no-break space is kept", "80 # a\u00A0\n", "80  # a\u00A0\n"},
	{"as long as lines up", "1,2,3,4,5,6,7,8,9,10,11,12,13 # a\n80 # b\n",
		"1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13  # a\n80  # b\n"},
	{"40 characters line up", "11111, 22222, 33333, 44444, 55555, 6-999 # a\n80 # b\n",
		"11111, 22222, 33333, 44444, 55555, 6-999  # a\n80" + strings.Repeat(" ", 40) + "# b\n"},
	{"41 characters do not", "11111, 22222, 33333, 44444, 55555, 6-1999 # a\n80 # b\n",
		"11111, 22222, 33333, 44444, 55555, 6-1999  # a\n80  # b\n"},
	{"the sample", "# Database tier\n1433-1434          # SQL Server\n5022/tcp           # availability group endpoint\n50000-50019/udp\n8080, 8443         # app\n",
		"# Database tier\n1433-1434   # SQL Server\n5022/tcp    # availability group endpoint\n50000-50019/udp\n8080, 8443  # app\n"},
}

func TestFormat(t *testing.T) {
	for _, tt := range formatTests {
		t.Run(tt.name, func(t *testing.T) {
			l, err := Parse("ports.txt", []byte(tt.in))
			if err != nil {
				t.Fatal(err)
			}
			if got := string(l.Format()); got != tt.want {
				t.Errorf("got\n%q\nwant\n%q", got, tt.want)
			}
			again, err := Parse("ports.txt", []byte(tt.want))
			if err != nil {
				t.Fatal(err)
			}
			if got := string(again.Format()); got != tt.want {
				t.Errorf("not a fixed point: got\n%q\nwant\n%q", got, tt.want)
			}
		})
	}
}

// TestFormatSize puts a line of a megabyte among many short ones: its length must not be the width
// of each of them.
func TestFormatSize(t *testing.T) {
	src := strings.Repeat("80 # a\n", 20_000) + strings.Repeat("80,", 300_000) + "80 # b\n" + strings.Repeat("80 # c\n", 20_000)
	l, err := Parse("ports.txt", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	if got := len(l.Format()); got > 2*len(src) {
		t.Errorf("%d bytes become %d", len(src), got)
	}
}
