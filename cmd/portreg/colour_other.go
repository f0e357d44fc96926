//go:build !windows

package main

import "os"

// understandsColour tells whether the terminal f does; that TERM is not dumb is
// answer enough.
func understandsColour(*os.File) (restore func(), ok bool) { return func() {}, true }
