package ranges

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// explainEntry says why token is not an entry of a list, and what to write.
func explainEntry(token string) string {
	return fmt.Sprintf("%q is not a port range; %s", clip(token, maxQuote), entryAdvice(token))
}

// explainRange says why s is not a port range, and what to write.
func explainRange(s string) string {
	advice := "write a port or a range such as 80 or 80-90"
	sk := sketchOf(s)
	if fault := sk.fault(); fault != "" {
		advice = fault
	} else if sk.isRange() && (sk.word == "" || sk.word == "tcp" || sk.word == "udp") {
		advice = fmt.Sprintf("write %v", sk.repaired())
	}
	return fmt.Sprintf("%q is not a port range; %s", clip(s, maxQuote), advice)
}

// entryAdvice says what to write for token, as far as it can be guessed.
func entryAdvice(token string) string {
	sk := sketchOf(token)
	if fault := sk.fault(); fault != "" {
		return fault
	}
	if advice := sk.advice(); advice != "" {
		return advice
	}
	if list := strings.FieldsFunc(token, isSeparator); len(list) > 1 && len(token) <= longToken && areEntries(list) {
		return "write " + strings.Join(list, ", ")
	}
	if entry, comment, ok := missingSign(token); ok {
		return fmt.Sprintf("write %s # %s", entry, clip(comment, maxQuote))
	}
	if strings.HasPrefix(token, "//") || strings.HasPrefix(token, ";") {
		return "start comments with #"
	}
	return "write a port or a range such as 80, 80-90 or 80/tcp"
}

func isSeparator(c rune) bool { return c == ' ' || c == '\t' || c == ';' }

func areEntries(tokens []string) bool {
	for _, t := range tokens {
		if _, _, ok := parseEntry([]byte(t)); !ok {
			return false
		}
	}
	return true
}

// missingSign cuts token into an entry and a comment that lacks its '#'.
func missingSign(token string) (entry, comment string, ok bool) {
	i := strings.IndexAny(token, blanks)
	if i < 0 {
		return "", "", false
	}
	entry, comment = token[:i], strings.TrimLeft(token[i:], blanks+"/;-")
	_, _, ok = parseEntry([]byte(entry))
	first, _ := utf8.DecodeRuneInString(comment)
	return entry, comment, ok && unicode.IsLetter(first)
}

// maxQuote is how many characters of a token a message quotes.
const maxQuote = 40

// clip shortens s to most characters and three dots.
func clip(s string, most int) string {
	n := 0
	for i := range s {
		if n++; n > most {
			return s[:i] + "..."
		}
	}
	return s
}

// sketch is what a token that is not an entry looks like.
type sketch struct {
	shape string // n for a number, w for a word, '-' for whatever stands for it, and the rest
	ports []int  // what the numbers are, 65536 if more than 65535
	word  string // the last word, in lower case
}

// longToken is the length in bytes from which on nobody guesses what a token means.
const longToken = 64

// sketchOf gives the sketch of token; that of a long one is empty.
func sketchOf(token string) sketch {
	var sk sketch
	if len(token) > longToken {
		return sk
	}
	for len(token) > 0 {
		var part string
		c, _ := utf8.DecodeRuneInString(token)
		switch {
		case isDigit(c):
			part, token = span(token, isDigit)
			sk.ports = append(sk.ports, portNumber(part))
			sk.shape += "n"
		case unicode.IsLetter(c):
			part, token = span(token, unicode.IsLetter)
			sk.word = strings.ToLower(part)
			sk.shape += "w"
		case unicode.IsSpace(c):
			_, token = span(token, unicode.IsSpace)
			sk.shape += " "
		default:
			part, token = span(token, func(d rune) bool { return d == c })
			if isDash(c) && part != "." {
				part = "-"
			}
			sk.shape += part
		}
	}
	sk.shape = strings.TrimSpace(sk.shape)
	for _, sign := range [...]string{"-", "/"} {
		sk.shape = strings.ReplaceAll(strings.ReplaceAll(sk.shape, " "+sign, sign), sign+" ", sign)
	}
	if sk.word == "to" && sk.shape == "n w n" {
		sk.word, sk.shape = "", "n-n"
	}
	return sk
}

func isDigit(c rune) bool { return '0' <= c && c <= '9' }

// isDash says whether people put c between the ends of a range: 80–90, 80:90, 80~90, 80..90.
func isDash(c rune) bool {
	return unicode.Is(unicode.Pd, c) || strings.ContainsRune(".:~\u2212", c)
}

// span cuts s behind the leading characters that are in class.
func span(s string, class func(rune) bool) (head, rest string) {
	rest = strings.TrimLeftFunc(s, class)
	return s[:len(s)-len(rest)], rest
}

func portNumber(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 65536
	}
	return min(n, 65536)
}

// isRange says whether a port range was meant, perhaps with a protocol.
func (sk sketch) isRange() bool {
	switch sk.shape {
	case "n", "+n", "n-n", "n n", `"n"`, `"n-n"`,
		"n/", "n/w", "nw", "n w", "n-w", "n-n/", "n-n/w", "n-nw", "n-n w", "n-n-w",
		"w/n", "wn", "w n", "w-n", "w/n-n", "wn-n", "w n-n", "w-n-n":
		return true
	}
	return false
}

// repaired is the range that was meant, if isRange.
func (sk sketch) repaired() Range {
	a, b := sk.ports[0], sk.ports[len(sk.ports)-1]
	return Range{uint16(min(a, b)), uint16(max(a, b))}
}

// fault says what no other spelling mends, or nothing.
func (sk sketch) fault() string {
	switch {
	case sk.shape == "n-":
		return fmt.Sprintf("the last port is missing; write %[1]d, or %[1]d-LAST", sk.ports[0])
	case sk.shape == "-n":
		return fmt.Sprintf("the first port is missing; write %[1]d, or FIRST-%[1]d", sk.ports[0])
	case sk.isRange() && (slices.Min(sk.ports) < 1 || slices.Max(sk.ports) > 65535):
		return "ports are 1 to 65535"
	}
	return ""
}

// advice says what to write for an entry without fault, or nothing if that is not clear.
func (sk sketch) advice() string {
	if !sk.isRange() {
		return ""
	}
	r := sk.repaired()
	switch {
	case sk.shape == "n n":
		return fmt.Sprintf("write %v for all ports between, or %d, %d for the two", r, sk.ports[0], sk.ports[1])
	case sk.word == "tcp" || sk.word == "udp":
		return fmt.Sprintf("write %v/%s", r, sk.word)
	case strings.Contains(sk.shape, "/"):
		return fmt.Sprintf("write %v/tcp or %v/udp, or %v for both", r, r, r)
	case sk.word == "":
		return fmt.Sprintf("write %v", r)
	}
	return ""
}
