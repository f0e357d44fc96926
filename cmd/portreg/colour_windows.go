package main

import (
	"os"

	"golang.org/x/sys/windows"
)

// understandsColour makes the console f understand escape sequences. Consoles before
// Windows 10 version 1511 do not.
func understandsColour(f *os.File) bool {
	const wanted = windows.ENABLE_PROCESSED_OUTPUT | windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING
	console := windows.Handle(f.Fd())
	var mode uint32
	err := windows.GetConsoleMode(console, &mode)
	if err == nil && mode&wanted != wanted {
		err = windows.SetConsoleMode(console, mode|wanted)
	}
	return err == nil
}
