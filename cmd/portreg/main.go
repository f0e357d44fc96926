// Portreg turns lists of port ranges into what a Windows machine needs to keep
// those ports out of its dynamic port range, and reads every such file back.
//
// # JSON of show
//
// portreg show -f json prints an array with one object per file, in the order of
// the arguments:
//
//	file      the name, quoted as in Go where it cannot be printed; <stdin> for -
//	format    list, reg, netsh, cmd, ps1, unattend, capture, sysctl or json
//	values    of reg: the ReservedPorts values, each with
//	            key, name   as written
//	            line        where it was set last
//	            type        REG_MULTI_SZ
//	            ranges      ascending, overlapping and touching ones as one
//	tcp, udp  of all other formats: the ranges, as above; of captures the
//	          administered rows, as they stand there, but for ports that another
//	          table of the protocol lacks: these are in the notes
//	runtime   of capture: the runtime reservations, "58212-58311/tcp"
//	deletes   of netsh and unattend: what is deleted and was not added before, "80/tcp"
//	dynamic   dynamic port ranges, "49152-65535/tcp", or "1025-60000" where the
//	          file does not tell protocols apart
//	notes     what is odd: line, column, rule (a short name), text, and dropped,
//	          which is true for what Windows ignores; of an answer file one note for
//	          all commands that share a fault
//
//	entries   with --port: the entries found, each with line, column (0 in a sysctl
//	          setting), entry ("1433-1434/tcp") and label: the comment in a list,
//	          the key in a .reg file, "administered" in a capture, else ""
//
// Ranges are strings such as "80" and "443-445". With --port only the ranges that
// have a port in common with it are there.
//
// # JSON of verify
//
// portreg verify -f json prints an object:
//
//	entries   the entries of the lists, as written, in their order, each with
//	            list, line, column, entry, label   as above
//	            verdict   reserved, runtime (a runtime reservation covers what is
//	                      not reserved) or missing
//	            reserved, runtime, missing   which parts of it are what, "80/tcp"
//	            rows      the runtime reservations that cover the part runtime,
//	                      each with file, line, column and row, "80-90/tcp"
//	mend      what a person can do if not all is reserved: text, which says what
//	          for, and commands
package main

import "os"

func main() { os.Exit(run(os.Args[1:], stdio{os.Stdin, os.Stdout, os.Stderr})) }
