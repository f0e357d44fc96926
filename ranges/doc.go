// Package ranges holds sets of port numbers written as inclusive ranges, and reads and formats the
// lists in which people keep them.
//
// # The list
//
// A list is UTF-8 text, with or without byte order mark, in lines that end in LF or CRLF; the last
// line may lack its ending.
//
//	# Database tier
//	1433-1434        # SQL Server
//	5022/tcp         # availability group endpoint
//	50000-50019/udp
//	8080, 8443       # app
//
// A line holds entries, separated by commas, then a comment from '#' to the end of the line. Both
// may be absent. Blanks (space and tab) around entries and commas mean nothing; inside an entry
// there are none.
//
//	line    = [ entry { "," entry } ] [ "#" text ]
//	entry   = ports [ "/tcp" | "/udp" ]
//	ports   = port [ "-" port ]
//	port    = "1" ... "65535"
//
// A port is decimal, without sign and leading zeros; of a range, both ends belong to it and the
// first is not above the last. An entry without protocol is for both, TCP and UDP. Entries may
// overlap and come in any order.
//
// What stands beside an entry, in the comment of its line, is its label. A comment's part from
// "portreg:" on is a directive for portreg, such as portreg:ignore, and no label, where a letter
// follows and the comment begins so or a blank or '#' precedes: https://portreg:8080 is none.
//
// Nowhere, comments included, may there be control characters other than tab, CR not before LF, or
// bytes that are not UTF-8. A line has at most 2 MiB without its ending, which is enough for
// each of the 65,535 ports with a protocol.
//
// Whatever else there is is an [Error] at its line and column: lines are counted by LF, columns in
// characters (code points), both from 1, the byte order mark not counted. A reader tells all errors
// of a list in one run, up to 10,000; one more then says how many were left out.
//
// Lists are read in three ways that agree: [Parse] keeps what was written, comments too, for a
// [List]; [Scan] yields entry by entry; [ReadPorts] only gives the ports, fast and in flat memory.
//
// # Sets
//
// In a [Set], overlapping and touching ranges are one. [Ports] has a Set for TCP and one for UDP.
// Sets never carry comments; what was written beside a range is asked of the List, see
// [List.Labels].
package ranges
