// Package regfile reads and writes Windows registration files (.reg) as
// Windows' own regedit does, and keeps what was written beside what it means.
//
// # The file
//
// A .reg file is text in one of two versions, named by its first line:
//
//	Windows Registry Editor Version 5.00    Windows 2000 and later
//	REGEDIT4                                Windows 95, NT 4
//
// The line is compared exactly, case included; blanks before it are allowed,
// blanks or a ;comment after it are tolerated with a note. Regedit writes
// version 5.00 as UTF-16LE with a byte order mark and CRLF line ends, and
// REGEDIT4 as 8-bit text in the machine's ANSI code page. A byte order mark
// FF FE makes a file UTF-16LE; every other file is 8-bit text, which is taken
// for Windows-1252 in REGEDIT4 and in version 5.00, as other programs write it,
// for UTF-8 where it is that (reged writes surrogate pairs as two characters of three
// bytes). UTF-16 without the mark and UTF-16BE are not imported by regedit and are
// errors here. Line ends may be CRLF, LF, lone CR or a mixture.
//
// # Lines
//
// Leading blanks and tabs do not count. What follows decides:
//
//	[KEY]            open KEY, creating it; up to the last ] of the line
//	[-KEY]           delete KEY and all below it
//	"name"=DATA      set a value of the open key; \\ and \" are escapes
//	@=DATA           set the key's default value
//	"name"=-         delete the value
//	; # or nothing   a comment
//	anything else    ignored by regedit; a Note here
//
// KEY begins with a root in its long form (HKEY_LOCAL_MACHINE, …) in any case.
// DATA is one of
//
//	"text"                      REG_SZ; an open quote runs to the next unescaped one
//	dword:1a                    REG_DWORD; 1 to 8 hex digits
//	hex:01,02                   REG_BINARY
//	hex(7):31,00,00,00,00,00    any type by its number, here REG_MULTI_SZ
//
// with keywords in lower case. Hex data is continued on the next line by a
// comma and a backslash; blank lines and ;comments may stand between. After a
// complete value a ;comment may follow. A REG_MULTI_SZ holds each string and a
// NUL, then one more NUL: UTF-16LE in version 5.00, code page bytes in REGEDIT4;
// the header decides, not the width of the text. What regedit writes is said at
// [Encode].
//
// # Notes and errors
//
// Only encoding and header fail a file. Damage in the body becomes a [Note]
// beside the operations that regedit would still carry out. The rules follow
// the state machine of Wine's regedit (programs/regedit/regproc.c, 8.0) and its
// conformance test (programs/regedit/tests/regedit.c), which is written to run
// on Windows too; where they are silent, KB 310516 and what real files hold.
// One rule differs from Wine: quoted text may span lines, as Windows exports
// it, where Wine drops the value at the first line end.
package regfile
