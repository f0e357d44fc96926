package main

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/rogpeppe/go-internal/testscript"

	"portreg/regfile"
	"portreg/regfile/hive/hivetest"
)

const testdata = "../../testdata"

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"portreg": main, "write-endless": writeEndless})
}

// The scripts are what a user sees: every flag, message and refusal.
func TestScripts(t *testing.T) {
	fixtures, err := filepath.Abs(testdata)
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join(testdata, "script"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		Setup: func(env *testscript.Env) error {
			env.Setenv("TESTDATA", fixtures)
			env.Setenv("COLUMNS", "80")
			return nil
		},
		Condition: condition,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status": cmdStatus,
			"encode": cmdEncode,
			"decode": cmdDecode,
			"hive":   cmdHive,
			"poke":   cmdPoke,
		},
	})
}

// condition knows pty: the system gives pseudo-terminals, as some containers do not.
func condition(cond string) (bool, error) {
	if cond != "pty" {
		return false, fmt.Errorf("unknown condition %q", cond)
	}
	f, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err == nil {
		f.Close()
	}
	return err == nil, nil
}

// cmdStatus is exec for a program that must end with a given status.
func cmdStatus(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N program [args...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var failed *exec.ExitError
	switch err := ts.Exec(args[1], args[2:]...); {
	case errors.As(err, &failed):
		got = failed.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("status %d, want %d", got, want)
	}
}

// cmdEncode writes a file in another encoding:
// encode utf-16le|utf-16be|no-mark|odd|utf-8-mark|crlf|lf FILE OUT.
func cmdEncode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: encode ENCODING file out")
	}
	text := ts.ReadFile(args[1])
	var out []byte
	switch args[0] {
	case "utf-16le":
		out = encode16("\uFEFF"+text, false)
	case "utf-16be":
		out = encode16("\uFEFF"+text, true)
	case "no-mark":
		out = encode16(text, false)
	case "odd":
		out = append(encode16("\uFEFF"+text, false), 'x')
	case "utf-8-mark":
		out = []byte("\uFEFF" + text)
	case "crlf":
		out = []byte(strings.ReplaceAll(text, "\n", "\r\n"))
	case "lf":
		if strings.Count(text, "\n") != strings.Count(text, "\r\n") {
			ts.Fatalf("%s has lines that do not end in CRLF", args[1])
		}
		out = []byte(strings.ReplaceAll(text, "\r\n", "\n"))
	default:
		ts.Fatalf("no encoding %q", args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), out, 0o644))
}

// cmdHive makes the hive that is SYSTEM in a .reg file: hive FILE OUT.
func cmdHive(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: hive file out")
	}
	f, err := regfile.Parse(args[0], []byte(ts.ReadFile(args[0])))
	ts.Check(err)
	src, _ := hivetest.Build(hivetest.Usual, hivetest.System(f.Ops()))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), src, 0o644))
}

// cmdPoke changes bytes of a file at an offset: poke FILE OFFSET HEX.
func cmdPoke(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: poke file offset hex")
	}
	at, err := strconv.Atoi(args[1])
	ts.Check(err)
	b, err := hex.DecodeString(args[2])
	ts.Check(err)
	src := []byte(ts.ReadFile(args[0]))
	copy(src[at:], b)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), src, 0o644))
}

func encode16(text string, big bool) (out []byte) {
	for _, u := range utf16.Encode([]rune(text)) {
		if big {
			out = append(out, byte(u>>8), byte(u))
		} else {
			out = append(out, byte(u), byte(u>>8))
		}
	}
	return out
}

// cmdDecode writes a UTF-16LE file with its mark and CRLF as UTF-8 with LF, to be
// compared: decode FILE OUT. Any other file is an error.
func cmdDecode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: decode file out")
	}
	src := []byte(ts.ReadFile(args[0]))
	if len(src)%2 != 0 || !bytes.HasPrefix(src, []byte{0xFF, 0xFE}) {
		ts.Fatalf("%s is not UTF-16LE with its mark", args[0])
	}
	var units []uint16
	for i := 2; i < len(src); i += 2 {
		units = append(units, uint16(src[i])|uint16(src[i+1])<<8)
	}
	text := string(utf16.Decode(units))
	if strings.Count(text, "\n") != strings.Count(text, "\r\n") {
		ts.Fatalf("%s has lines that do not end in CRLF", args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(strings.ReplaceAll(text, "\r\n", "\n")), 0o644))
}
