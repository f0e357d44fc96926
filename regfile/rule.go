package regfile

import "fmt"

// ruleText says why regedit ignores something, or what is odd about it; quote
// is the token it was found at, which may be empty.
func ruleText(rule, quote string) string {
	switch rule {
	case "stray-line":
		return fmt.Sprintf("%q is neither a key, a value nor a comment; the line is ignored", quote)
	case "swallowed-line":
		return fmt.Sprintf("%q is lost: the line before continues its value here", quote)
	case "key-unclosed":
		return fmt.Sprintf("%q has no closing ]; the line is ignored, and the key before it stays open", "["+quote)
	case "key-blank":
		return fmt.Sprintf("%q has a blank before the key; the line is ignored, and the key before it stays open", "["+quote)
	case "key-too-long":
		return fmt.Sprintf("%q is longer than the registry takes; what stands below it is ignored", "["+quote)
	case "key-nul":
		return fmt.Sprintf("%q holds a NUL; what stands below it is ignored", "["+quote)
	case "key-junk":
		return fmt.Sprintf("%q behind the closing ] is ignored", quote)
	case "name-unclosed":
		return fmt.Sprintf("%q has no closing quote on its line; the line is ignored", `"`+quote)
	case "name-too-long":
		return fmt.Sprintf("%q is longer than the registry takes; the line is ignored", `"`+quote)
	case "name-escape":
		return `\0 cannot stand in a name; the line is ignored`
	case "name-nul":
		return "a NUL stands in the name; the line is ignored"
	case "no-equals":
		if quote == "" {
			return "the line ends where = must follow the name"
		}
		return fmt.Sprintf("%q stands where = must follow the name", quote)
	case "no-data":
		return "nothing follows the ="
	case "unknown-type":
		return fmt.Sprintf("%q is no type of data; write \"text\", dword:, hex: or hex(7): in lower case", quote)
	case "delete-junk":
		return fmt.Sprintf("%q stands behind =-", quote)
	case "dword-empty":
		return "no digits follow dword:"
	case "dword-digits":
		return fmt.Sprintf("%q in dword data, which is 1 to 8 hex digits", quote)
	case "hex-digits":
		return fmt.Sprintf("%q in hex data; a byte is one or two hex digits", quote)
	case "hex-comma":
		return "a byte is missing before the comma"
	case "hex-blank":
		return "a blank follows a byte; write a comma, and blanks only behind it"
	case "hex-line-blank":
		return "blanks follow the comma that ends a continuation line"
	case "hex-semicolon":
		return "semicolons separate its bytes; write commas"
	case "hex-trailing-comma":
		return `the data ends in a comma without a \; the next line is not part of it`
	case "continuation-comma":
		return `a comma must stand before the \ that continues a line`
	case "continuation-junk":
		return fmt.Sprintf(`%q stands behind the \ that continues a line`, quote)
	case "continuation-broken":
		return "its data does not go on in this line, although the line before says so"
	case "continuation-eof":
		return `the file ends where the \ says that data goes on`
	case "open-quote":
		return "its text has no closing quote in the rest of the file"
	case "string-escape":
		return `\0, or a \ at the end of a line, cannot stand in text`
	case "string-nul":
		return "a NUL stands in its text"
	case "string-junk":
		return fmt.Sprintf("%q stands behind the closing quote", quote)
	}
	return rule
}
