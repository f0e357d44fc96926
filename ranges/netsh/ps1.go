package netsh

import (
	_ "embed"
	"io"
)

//go:embed converge.ps1
var convergePS1 string

// The tokenizer of PowerShell takes a comment for the beginning of a signature,
// behind which no code may follow, if it takes fewer than ten changes of single
// characters to make "sig#beginsignatureblock" of it, blanks and case left aside.
// No character of this prefix is in there, and it has ten. Behind it no text is a
// #requires either, nor a keyword of help such as .SYNOPSIS.
const ps1Comment = "# ----------"

func ps1Dialect() dialect {
	return dialect{text: convergePS1, comment: ps1Comment, block: "'%s'"}
}

// WritePS1 writes the script for Windows PowerShell 5.1 and PowerShell 7, which does
// what that of [WriteCmd] does, in ASCII with CRLF. A name that
// cannot be is an error, and then nothing is written.
//
// No PowerShell ran it: it is parsed by the grammar tree-sitter-powershell, and run
// by an interpreter of the constructs that it has, against the same stand-in.
func WritePS1(w io.Writer, c Converge) error { return c.write(w, ps1Dialect()) }
