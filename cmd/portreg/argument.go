package main

import (
	"strings"
	"unicode"
)

// arguments gives lists as arguments of a command.
func arguments(lists []fileName) string {
	var all []string
	for _, list := range lists {
		all = append(all, argument(list, "LIST"))
	}
	return strings.Join(all, " ")
}

// argument is a file as an argument of a command that a person will paste into any
// shell; a name with which that could do something else is not given but called word.
func argument(file fileName, word string) string {
	name := string(file)
	special := func(r rune) bool { return !unicode.IsPrint(r) || strings.ContainsRune("\"$`%!", r) }
	plain := func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_./:,+@", r)
	}
	switch {
	case strings.ContainsFunc(name, special):
		return word
	case strings.ContainsFunc(name, func(r rune) bool { return !plain(r) }):
		return `"` + name + `"`
	}
	return name
}
