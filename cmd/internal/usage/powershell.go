package usage

import (
	"fmt"
	"strings"
)

// powerShell writes tables, and a script block that works out which of their rows are
// asked for, for Windows PowerShell 5.1 and PowerShell 7.
func powerShell(p *Program) string {
	var tables strings.Builder
	row := func(table, key, value string) {
		fmt.Fprintf(&tables, "    $%s[%s] = %s\n", table, psQuote(key), value)
	}
	for _, place := range p.places() {
		for _, key := range place.keys {
			row("kinds", key, psQuote(string(place.value.Kind)))
			if place.value.Kind == Words {
				row("words", key, "@("+quoteAll(place.value.Words, psQuote, ", ")+")")
			}
		}
	}
	for _, c := range p.Commands {
		row("about", " "+c.Name, psQuote(brief(c.About)))
	}
	for _, c := range p.levels() {
		for _, f := range c.allFlags(p.Flags) {
			for _, name := range f.Names {
				row("about", c.Name+" "+name, psQuote(brief(f.About)))
			}
		}
	}
	return psHead + tables.String() + psTail
}

// psQuote makes text a verbatim string (about_Quoting_Rules, which takes all these
// for the quote).
func psQuote(text string) string {
	var b strings.Builder
	b.WriteByte('\'')
	for _, r := range text {
		if strings.ContainsRune("'\u2018\u2019\u201A\u201B", r) {
			b.WriteRune(r)
		}
		b.WriteRune(r)
	}
	b.WriteByte('\'')
	return b.String()
}

const psHead = `# The completion of portreg for Windows PowerShell 5.1 and PowerShell 7.

Register-ArgumentCompleter -Native -CommandName portreg -ScriptBlock {
    param($word, $ast, $cursor)

    # What is taken where: its kind, and the words that can be offered.
    $kinds = @{}
    $words = @{}
    $about = @{}
`

const psTail = `
    $command = $null
    $flag = ''
    $flags = $true
    $count = 1
    foreach ($element in $ast.CommandElements) {
        $text = $element.Extent.Text
        if ($element.Extent.EndOffset -ge $cursor) {
            # it is the word to complete, or behind that
        } elseif ($null -eq $command) {
            $command = '' # text is portreg
        } elseif ($flag -ne '') {
            $flag = ''
        } elseif ($flags -and $text -eq '--') {
            $flags = $false
        } elseif ($flags -and $text -cmatch '^-.') {
            if ($kinds.ContainsKey($command + ' ' + $text)) { $flag = $text }
        } elseif ($command -eq '') {
            $command = $text
        } else {
            $count += 1
        }
    }

    $before = ''
    $value = $word
    if ($flag -ne '') {
        $key = $command + ' ' + $flag
    } elseif ($flags -and $word -cmatch '^(--[a-z-]+)=(.*)$') {
        $key = $command + ' ' + $Matches[1]
        $before = $Matches[1] + '='
        $value = $Matches[2]
    } elseif ($flags -and $word -cmatch '^-') {
        $key = $command + ' flags'
    } else {
        $key = $command + ' argument ' + $count
        if ($kinds.ContainsKey($command + ' argument *')) { $key = $command + ' argument *' }
    }

    # Where nothing comes out, PowerShell completes the names of files.
    if ($kinds[$key] -eq 'files') { return }
    $found = $false
    foreach ($candidate in $words[$key]) {
        if ($candidate.StartsWith($value, 'Ordinal')) {
            $found = $true
            $tip = $about[$command + ' ' + $candidate]
            if ($null -eq $tip) { $tip = $candidate }
            [System.Management.Automation.CompletionResult]::new($before + $candidate, $candidate, 'ParameterValue', $tip)
        }
    }
    if (-not $found) { '' }
}
`
