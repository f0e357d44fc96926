// Package hive reads the TCP/IP parameters of a SYSTEM hive: the file
// \Windows\System32\config\SYSTEM of a Windows that is not running.
//
// # The file
//
// A hive ("regf") is a base block of 4,096 bytes and bins that hold cells. All
// numbers are little-endian; offsets of cells count from the end of the base block.
//
//	base block   0 "regf", 4 and 8 sequence numbers, 20 and 24 version, 28 kind,
//	             36 root key, 40 size of the bins, 508 XOR of the words before it
//	cell         0 size, negative while the cell is in use; 4 what it holds
//	nk, key      2 flags, 16 parent, 20 number of subkeys, 28 their list, 36 number
//	             of values, 40 their list, 72 bytes of the name, 76 the name
//	lf, lh, li   2 number of keys; 4 their offsets, each followed in lf by the first
//	             4 characters of the name, in lh by a hash of it
//	ri           2 number of lists; 4 their offsets
//	vk, value    2 bytes of the name, 4 of the data, 8 data, 12 type, 16 flags, 20 name
//	db           2 number of segments, 4 their list
//
// The hash is 37 times what it is without the last character, plus that, in capitals;
// Windows looks for a key by it, or by the first characters.
//
// Names are UTF-16LE or, with a flag, one byte per character. The data of a value
// are in a cell of their own; if the top bit of their size is set, they stand in
// the field for its offset, at most 4 bytes. From version 1.4 on, Windows looks for
// more than 16,344 bytes in segments of that size; hivexregedit writes one cell
// whatever the version, and reged writes segments. Both are read here, in every
// version, and what Windows would not look for is noted.
//
// A hive says of itself that Windows was not done writing it: its sequence numbers
// differ, or its checksum is wrong. What is missing stands in SYSTEM.LOG, or in
// SYSTEM.LOG1 and SYSTEM.LOG2; it is not recovered here, only noted.
//
// # SYSTEM
//
// CurrentControlSet is no key of the file. The value Current of the key Select is
// the number of the control set that Windows last started with, Default that of
// the one for the next start (Microsoft, Windows 2000 Registry Reference, Select;
// KB 102984). They are the same unless a start failed.
//
// # Sources
//
// M. Suhanov, Windows registry file format specification
// (github.com/msuhanov/regf); ReactOS, sdk/lib/cmlib; hivex, lib.
package hive
