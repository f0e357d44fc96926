package ranges

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// explainEntry says why token is not an entry of a list, and what to write.
func explainEntry(token string) string {
	return fmt.Sprintf("%q is not a port range; %s", clip(token), remedy(token))
}

// explainRange says why s is not a port range, and what to write.
func explainRange(s string) string {
	return fmt.Sprintf("%q is not a port range; write a port or a range such as 80 or 80-90", clip(s))
}

// clip shortens s to what a message can quote.
func clip(s string) string {
	const most = 40
	n := 0
	for i := range s {
		if n++; n > most {
			return s[:i] + "..."
		}
	}
	return s
}

func remedy(token string) string { return "write a port or a range such as 80, 80-90 or 80/tcp" }

var _ = strconv.Itoa
var _ = strings.Cut
var _ = unicode.IsDigit
