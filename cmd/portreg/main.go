// Portreg turns lists of port ranges into what a Windows machine needs to keep
// those ports out of its dynamic port range, and reads every such file back.
//
// What the commands print with -f json is described by the schemas in
// cmd/internal/report/schema.
package main

import "os"

func main() { os.Exit(run(os.Args[1:], stdio{os.Stdin, os.Stdout, os.Stderr})) }
