package regfile

import (
	"fmt"
	"strings"
)

// rootKeys are the roots that regedit knows, in the long form only (Wine:
// reg_class_namesW).
var rootKeys = [...]string{
	"HKEY_LOCAL_MACHINE", "HKEY_USERS", "HKEY_CLASSES_ROOT",
	"HKEY_CURRENT_CONFIG", "HKEY_CURRENT_USER", "HKEY_DYN_DATA",
}

// cleanKey gives a key's path without doubled and trailing backslashes, as the
// registry opens it, and whether its root is one that regedit knows. Case is
// kept; a slash does not separate.
func cleanKey(written string) (key string, ok bool) {
	parts := strings.Split(written, `\`)
	kept := parts[:0]
	for i, part := range parts {
		if i == 0 || part != "" {
			kept = append(kept, part)
		}
	}
	for _, root := range rootKeys {
		ok = ok || foldEqual(kept[0], root)
	}
	return strings.Join(kept, `\`), ok
}

// isRoot reports whether a clean path is a root key.
func isRoot(key string) bool { return !strings.Contains(key, `\`) }

// shortRoots are the short forms of the first rootKeys, which reg.exe takes.
var shortRoots = [...]string{"HKLM", "HKU", "HKCR", "HKCC", "HKCU"}

// LongRoot is the root key that a short form such as HKLM stands for, in any case, or "".
// Regedit takes none of the short forms.
func LongRoot(short string) string {
	for i, s := range shortRoots {
		if foldEqual(short, s) {
			return rootKeys[i]
		}
	}
	return ""
}

func unknownRoot(written string) string {
	root, _, _ := strings.Cut(written, `\`)
	if long := LongRoot(root); long != "" {
		return fmt.Sprintf("%q is no root key to regedit, and what stands below it is ignored; write %s", root, Shorten(long+written[len(root):]))
	}
	return fmt.Sprintf("%q does not begin with a root key such as HKEY_LOCAL_MACHINE; what stands below it is ignored", Shorten(written))
}

// foldEqual compares key or value names: the case of ASCII letters does not count.
func foldEqual(a, b string) bool {
	return a == b || len(a) == len(b) && Fold(a) == Fold(b)
}

// Fold lowers the ASCII letters of a key or of the name of a value: what folds alike is
// one to [State]. Others stay, so that no two names of a registry become one.
func Fold(s string) string {
	for i := 0; i < len(s); i++ {
		if 'A' <= s[i] && s[i] <= 'Z' {
			return foldFrom([]byte(s), i)
		}
	}
	return s
}

func foldFrom(b []byte, i int) string {
	for ; i < len(b); i++ {
		if 'A' <= b[i] && b[i] <= 'Z' {
			b[i] += 'a' - 'A'
		}
	}
	return string(b)
}
