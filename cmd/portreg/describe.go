package main

import (
	"io"
	"reflect"

	"github.com/alecthomas/kong"

	"portreg/cmd/internal/usage"
)

// describe describes the command line, all of it.
func describe() (*usage.Program, error) {
	k, err := newParser(nil, io.Discard, io.Discard)
	if err != nil {
		return nil, err
	}
	p := &usage.Program{About: k.Model.Help, Flags: describeFlags(k.Model.Flags), Examples: examplesOf(k.Model.Node)}
	for _, node := range k.Model.Children {
		c := usage.Command{Name: node.Name, About: node.Help, Flags: describeFlags(node.Flags), Examples: examplesOf(node)}
		for _, arg := range node.Positional {
			c.Arguments = append(c.Arguments, usage.Argument{Name: arg.Name, About: arg.Help, Value: taken(arg), Repeats: arg.IsCumulative()})
		}
		p.Commands = append(p.Commands, c)
	}
	return p, nil
}

func describeFlags(flags []*kong.Flag) (all []usage.Flag) {
	for _, f := range flags {
		all = append(all, usage.Flag{
			Names:       flagNames(f),
			About:       f.Help,
			Placeholder: f.FormatPlaceHolder(),
			Value:       taken(f.Value),
			Required:    f.Required,
			Repeats:     f.IsCumulative(),
		})
	}
	return all
}

func flagNames(f *kong.Flag) (names []string) {
	if f.Short != 0 {
		names = append(names, "-"+string(f.Short))
	}
	return append(names, "--"+f.Name)
}

// taken says what a flag or an argument takes; its type may know words.
func taken(v *kong.Value) usage.Value {
	t := v.Target.Type()
	if v.IsSlice() {
		t = t.Elem()
	}
	switch value := reflect.New(t).Interface().(type) {
	case interface{ words() []string }:
		return usage.Value{Kind: usage.Words, Words: value.words()}
	case *fileName:
		return usage.Value{Kind: usage.Files}
	}
	switch {
	case v.Enum != "":
		return usage.Value{Kind: usage.Words, Words: v.EnumSlice()}
	case v.IsBool():
		return usage.Value{}
	}
	return usage.Value{Kind: usage.Text}
}
