package ranges

import (
	"errors"
	"strconv"
)

// Range is the ports from First to Last, both included. A Range is valid when 1 <= First <= Last;
// one that is not, such as the zero value, holds no ports.
type Range struct{ First, Last uint16 }

// ParseRange reads "80" or "80-90": decimal ports from 1 to 65535, first not above last, without
// blanks, signs or leading zeros. The error quotes s and shows the right form.
func ParseRange(s string) (Range, error) {
	r, rest, ok := cutRange([]byte(s))
	if !ok || len(rest) > 0 {
		return Range{}, errors.New(explainRange(s))
	}
	return r, nil
}

// IsValid says whether r holds any port: 1 <= First <= Last.
func (r Range) IsValid() bool { return 1 <= r.First && r.First <= r.Last }

// Len is the number of ports in r.
func (r Range) Len() int {
	if !r.IsValid() {
		return 0
	}
	return int(r.Last) - int(r.First) + 1
}

// String gives what [ParseRange] reads: "80" for a single port, else "80-90".
func (r Range) String() string {
	b, _ := r.AppendText(nil)
	return string(b)
}

// AppendText appends r as [Range.String] has it. The error is always nil.
func (r Range) AppendText(b []byte) ([]byte, error) {
	b = strconv.AppendUint(b, uint64(r.First), 10)
	if r.First != r.Last {
		b = strconv.AppendUint(append(b, '-'), uint64(r.Last), 10)
	}
	return b, nil
}

// MarshalText gives r as [Range.String] has it. The error is always nil.
func (r Range) MarshalText() ([]byte, error) { return r.AppendText(nil) }

// UnmarshalText reads what [ParseRange] reads.
func (r *Range) UnmarshalText(text []byte) (err error) {
	*r, err = ParseRange(string(text))
	return err
}

// cutRange takes "80" or "80-90" off the front of s.
func cutRange(s []byte) (r Range, rest []byte, ok bool) {
	r.First, rest, ok = cutPort(s)
	if !ok || len(rest) == 0 || rest[0] != '-' {
		r.Last = r.First
		return r, rest, ok
	}
	r.Last, rest, ok = cutPort(rest[1:])
	return r, rest, ok && r.First <= r.Last
}

// cutPort takes a port off the front of s, all digits there are.
func cutPort(s []byte) (port uint16, rest []byte, ok bool) {
	n, v := 0, 0
	for n < len(s) && '0' <= s[n] && s[n] <= '9' && v <= 65535 {
		v = v*10 + int(s[n]-'0')
		n++
	}
	return uint16(v), s[n:], n > 0 && s[0] != '0' && v <= 65535
}
