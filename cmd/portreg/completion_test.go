package main

import (
	"slices"
	"strings"
	"testing"

	"portreg/cmd/internal/usage"
)

// What the scripts cannot say is not in the model: flags that can be negated, other
// names, commands below commands, hidden things, arguments that may be missing.
func TestDescribable(t *testing.T) {
	k, err := newParser(nil, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, node := range append(k.Model.Children, k.Model.Node) {
		if node.Hidden || len(node.Aliases) > 0 || node != k.Model.Node && len(node.Children) > 0 {
			t.Errorf("command %s", node.Name)
		}
		for _, f := range node.Flags {
			if f.Hidden || len(f.Aliases) > 0 || f.Tag.Negatable != "" || f.IsMap() || f.IsCounter() {
				t.Errorf("%s --%s", node.Name, f.Name)
			}
		}
		for i, arg := range node.Positional {
			if !arg.Required || arg.IsCumulative() && i < len(node.Positional)-1 {
				t.Errorf("%s %s", node.Name, arg.Name)
			}
		}
	}
}

func description(t *testing.T) *usage.Program {
	t.Helper()
	p, err := describe()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// eachPart calls f with all names and words, and with all texts.
func eachPart(p *usage.Program, name, text func(string)) {
	value := func(v usage.Value) {
		for _, word := range v.Words {
			name(word)
		}
	}
	flags := func(all []usage.Flag) {
		for _, f := range all {
			for _, n := range f.Names {
				name(n)
			}
			text(f.About)
			value(f.Value)
		}
	}
	text(p.About)
	flags(p.Flags)
	for _, c := range p.Commands {
		name(c.Name)
		text(c.About)
		flags(c.Flags)
		for _, a := range c.Arguments {
			text(a.About)
			value(a.Value)
		}
	}
}

// The description keeps to what package usage says of names and texts.
func TestDescription(t *testing.T) {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"
	name := func(name string) {
		if name == "" || strings.Trim(name, plain) != "" {
			t.Errorf("%q is no plain word", name)
		}
	}
	text := func(text string) {
		if text == "" || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) {
			t.Errorf("%q is not ASCII", text)
		}
	}
	eachPart(description(t), name, text)
}

// The help of a flag or an argument names all words that it takes.
func TestWordsInHelp(t *testing.T) {
	p := description(t)
	for _, c := range p.Commands {
		for _, f := range c.Flags {
			if strings.HasPrefix(f.Placeholder, "RULE") {
				continue // too many: the README and the message about others have them
			}
			checkWords(t, f.About+" "+f.Placeholder, f.Value.Words)
		}
		for _, a := range c.Arguments {
			checkWords(t, a.About, a.Value.Words)
		}
	}
}

func checkWords(t *testing.T, help string, words []string) {
	t.Helper()
	named := strings.FieldsFunc(help, func(r rune) bool { return strings.ContainsRune(" ,;:|()", r) })
	for i, name := range named {
		named[i] = strings.TrimSuffix(name, ".")
	}
	for _, word := range words {
		if !slices.Contains(named, word) {
			t.Errorf("%q does not name %s", help, word)
		}
	}
}

// Scripts hold everything, in the same bytes each time. What they do is up to the
// shells, which package oracle runs.
func TestCompletion(t *testing.T) {
	p := description(t)
	for _, shell := range usage.Shells {
		_, script, _ := portreg("", "completion", shell.Name)
		if _, again, _ := portreg("", "completion", shell.Name); again != script {
			t.Errorf("%s: another script the second time", shell.Name)
		}
		words := strings.FieldsFunc(script, func(r rune) bool { return strings.ContainsRune(" \t\n'()[]=+*,", r) })
		name := func(name string) {
			if long, ok := strings.CutPrefix(name, "--"); ok && shell.Name == "fish" {
				name = long
			} else if shell.Name == "fish" {
				name = strings.TrimPrefix(name, "-")
			}
			if !slices.Contains(words, name) && !slices.Contains(words, name+":") {
				t.Errorf("%s: no %s", shell.Name, name)
			}
		}
		eachPart(p, name, func(string) {})
	}
}
