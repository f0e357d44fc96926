package main

import "os"

// table is a table of Markdown.
type table struct {
	head string
	rows []row
}

// row is a line of a table.
type row interface {
	what() string
	jobs() []job
	print(folder) error
}

var tables = []table{
	{`| what | portreg | against | ratio | goal |
|---|---|---|---|---|
`, []row{
		comparison{"20 ranges to .reg", gen("small.txt"), job{"a Go hello world", "DIR/hello", "", 0}, 2.5, 100},
		comparison{"20 ranges to .reg", gen("small.txt"), job{"the same in Python", python() + " -I DIR/gen.py DIR/small.txt DIR/py.reg", "DIR/py.reg", 0}, 0.35, 40},
		comparison{"10 million lines (340 MB) to .reg", gen("huge.txt"), job{"`wc -l`", "wc -l DIR/huge.txt", "", 0}, 3.5, 20},
		comparison{"10 million lines (340 MB) to .reg", gen("huge.txt"), job{"mawk, merging only", "mawk -f DIR/merge.awk DIR/huge.txt", "", 0}, 0.05, 2},
		comparison{"the same from a pipe", genPiped, job{"`cat` into `wc -l`", "cat DIR/huge.txt | wc -l", "", 0}, 3.5, 20},
		memory{"10 million lines", gen("huge.txt")},
		memory{"10 million lines from a pipe", genPiped},
		comparison{"32,768 single ports to 4.9 MB of .reg", gen("single.txt"), job{"`cp` of the result", "cp DIR/out.reg DIR/copy.reg", "DIR/copy.reg", 0}, 2.5, 50},
		comparison{"find values in a 400 MB export", show("400.reg"), job{"`cat`", "cat DIR/400.reg > /dev/null", "", 0}, 0, 20},
		comparison{"find values in a 400 MB export", show("400.reg"), job{"`wc -l`", "wc -l DIR/400.reg", "", 0}, 0, 20},
		comparison{"find values in a 400 MB export", show("400.reg"), ripgrep, 0.5, 20},
		comparison{"find values in a 400 MB export", show("400.reg"), job{"`iconv` into `grep`", "iconv -f utf-16 -t utf-8 DIR/400.reg | grep -a ReservedPorts", "", 0}, 0.2, 5},
		comparison{"find values in a 400 MB export", show("400.reg"), job{"lines in Python", python() + " -I DIR/find.py DIR/400.reg", "", 0}, 0, 3},
		comparison{"lint a 400 MB export", lint("400.reg"), job{"`cat`", "cat DIR/400.reg > /dev/null", "", 0}, 0, 20},
		comparison{"lint a 400 MB export", lint("400.reg"), ripgrep, 1, 20},
		comparison{"edit a 400 MB export", edit("400.reg"), job{"`cp`", "cp DIR/400.reg DIR/copy.reg", "DIR/copy.reg", 0}, 3, 10},
		comparison{"edit a 400 MB export that lacks the key", editLacking, job{"`cp`", "cp DIR/lacking.reg DIR/copy.reg", "DIR/copy.reg", 0}, 3, 10},
		comparison{"find, from a pipe", showPiped, show("400.reg"), cliff, 10},
		comparison{"lint, from a pipe", lintPiped, lint("400.reg"), cliff, 10},
		memory{"find, from a pipe", showPiped},
		memory{"lint, from a pipe", lintPiped},
		comparison{"find, LF", show("lf.reg"), show("400.reg"), cliff, 10},
		comparison{"lint, LF", lint("lf.reg"), lint("400.reg"), cliff, 10},
		comparison{"find, UTF-8", show("utf-8.reg"), show("400.reg"), cliff, 10},
		comparison{"lint, UTF-8", lint("utf-8.reg"), lint("400.reg"), cliff, 10},
		comparison{"find, UTF-8 with LF", show("utf-8-lf.reg"), show("400.reg"), cliff, 10},
		comparison{"lint, UTF-8 with LF", lint("utf-8-lf.reg"), lint("400.reg"), cliff, 10},
		comparison{"find, REGEDIT4", show("regedit4.reg"), show("400.reg"), cliff, 10},
		comparison{"lint, REGEDIT4", lint("regedit4.reg"), lint("400.reg"), cliff, 10},
	}},
	{`
| export | find | lint | edit | most memory | goal |
|---|---|---|---|---|---|
`, []row{growth{4}, growth{40}, growth{400}, growth{1600}}},
}

// cliff is how much longer a file may take that is not as regedit writes it, and
// has the same number of characters.
const cliff = 1.5

func gen(list string) job {
	return job{"", "DIR/portreg gen -o DIR/out.reg DIR/" + list, "DIR/out.reg", 0}
}

func show(export string) job {
	return job{"UTF-16 with CRLF", "DIR/portreg show DIR/" + export, "", 0}
}

func lint(export string) job {
	return job{"UTF-16 with CRLF", "DIR/portreg lint DIR/" + export, "", found}
}

func edit(export string) job {
	return job{"", "DIR/portreg gen --onto DIR/" + export + " --edit -o DIR/out.reg DIR/small.txt", "DIR/out.reg", 0}
}

// editStream leaves the copy out: of the largest there would not be room for two.
func editStream(export string) job {
	return job{"", "DIR/portreg gen -f reg --onto DIR/" + export + " --edit -o - DIR/small.txt > /dev/null", "", 0}
}

var (
	editLacking = job{"", "DIR/portreg gen --control-set 3 --onto DIR/lacking.reg --edit -o DIR/out.reg DIR/small.txt", "DIR/out.reg", 0}

	genPiped  = job{"", "cat DIR/huge.txt | DIR/portreg gen -o DIR/out.reg -", "DIR/out.reg", 0}
	showPiped = job{"", "cat DIR/400.reg | DIR/portreg show -", "", 0}
	lintPiped = job{"", "cat DIR/400.reg | DIR/portreg lint -", "", found}
	ripgrep   = job{"`rg -E utf-16le`", "rg -E utf-16le ReservedPorts DIR/400.reg", "", 0}
)

// python is the system's own Python, the fastest to start where there are others.
func python() string {
	const own = "/usr/bin/python3"
	if _, err := os.Stat(own); err == nil {
		return own
	}
	return "python3"
}
