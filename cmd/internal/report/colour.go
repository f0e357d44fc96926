package report

// A rendition is a parameter of the control function SGR of ECMA-48.
type rendition string

const (
	red    rendition = "31"
	green  rendition = "32"
	yellow rendition = "33"
	cyan   rendition = "36"
)

// of gives text in that rendition, if colour is wanted.
func (r rendition) of(text string, colour bool) string {
	if !colour {
		return text
	}
	return "\x1b[" + string(r) + "m" + text + "\x1b[0m"
}
