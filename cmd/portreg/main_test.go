package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// No run pays for what it may not need: no package makes maps, sets of ports or regular
// expressions as it starts.
func TestStartUp(t *testing.T) {
	files := token.NewFileSet()
	err := filepath.WalkDir(moduleRoot, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			return err
		}
		for _, decl := range file.Decls {
			if vars, ok := decl.(*ast.GenDecl); ok {
				ast.Inspect(vars, func(n ast.Node) bool {
					if makes(n) {
						t.Errorf("%s: made as the program starts", files.Position(n.Pos()))
					}
					_, later := n.(*ast.FuncLit)
					return !later
				})
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// makes tells whether an expression makes what is to be made when it is needed.
func makes(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.CompositeLit:
		_, isMap := n.Type.(*ast.MapType)
		return isMap
	case *ast.CallExpr:
		f, ok := n.Fun.(*ast.SelectorExpr)
		return ok && slices.Contains([]string{"MustCompile", "SetOf", "PortsOf"}, f.Sel.Name)
	}
	return false
}
