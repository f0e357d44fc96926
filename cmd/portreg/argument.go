package main

import (
	"strings"
	"unicode"
)

// arguments gives lists as arguments of a command.
func arguments(lists []fileName) string {
	var all []string
	for _, list := range lists {
		all = append(all, argument(list, listWord))
	}
	return strings.Join(all, " ")
}

// argument is a file as an argument of a command that a person will paste into bash,
// PowerShell or cmd.exe; a name with which that could do something else, or name another
// file, is not given but called word.
func argument(file fileName, word string) string {
	name := string(file)
	flag := strings.HasPrefix(name, "-") && file != dash
	escape := strings.HasSuffix(name, `\`) || strings.Contains(name, `\\`) // to bash, also between quotes
	switch {
	case flag, escape, strings.ContainsFunc(name, isSpecial):
		return word
	case strings.ContainsFunc(name, needsQuotes):
		return `"` + name + `"`
	}
	return name
}

// isSpecial tells whether a shell sees more than a character in r between quotes.
// PowerShell takes the quotation marks of print for its own.
func isSpecial(r rune) bool {
	return !unicode.IsPrint(r) || strings.ContainsRune("\"$`%!‘’‚‛“”„‟", r)
}

func needsQuotes(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_./:+", r)
}
