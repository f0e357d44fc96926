package main

import (
	"os"

	"golang.org/x/sys/windows"
)

// understandsColour makes the console f understand escape sequences until restore is
// called: the mode is the console's, not the program's. Consoles before Windows 10
// version 1511 do not. After Ctrl+C it stays as it is. Nobody has run this on Windows.
func understandsColour(f *os.File) (restore func(), ok bool) {
	const wanted = windows.ENABLE_PROCESSED_OUTPUT | windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING
	console := windows.Handle(f.Fd())
	var mode uint32
	if windows.GetConsoleMode(console, &mode) != nil || windows.SetConsoleMode(console, mode|wanted) != nil {
		return func() {}, false
	}
	return func() { windows.SetConsoleMode(console, mode) }, true
}
