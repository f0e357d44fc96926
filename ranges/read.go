package ranges

import "io"

// ReadPorts reads the list r, called name in errors, and gives the ports it names. The error is an
// [Errors] with everything wrong with the list, or wraps the error of r; then the Ports are empty.
// Memory does not grow with the list.
func ReadPorts(r io.Reader, name string) (Ports, error) {
	var ee []Entry
	var found findings
	for e, err := range Scan(r, name) {
		if placed, ok := err.(*Error); ok {
			found.add(placed)
		} else if err != nil {
			return Ports{}, err
		} else {
			ee = append(ee, e)
		}
	}
	if err := found.err(); err != nil {
		return Ports{}, err
	}
	return portsOf(ee), nil
}
