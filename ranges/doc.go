// Package ranges holds sets of port numbers written as inclusive ranges, and reads the lists in
// which people keep them.
package ranges
