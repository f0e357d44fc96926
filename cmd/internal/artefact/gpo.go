package artefact

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"portreg/cmd/internal/target"
	"portreg/regfile"
	"portreg/regfile/gpo"
)

// folderGPO makes the backup of a GPO that sets the registry, or has a script run, as the
// target needs it.
func folderGPO(j *Job) ([]gpo.File, error) {
	b := gpo.Backup{Name: fmt.Sprintf("Reserved ports (%s)", j.Name)}
	var content bytes.Buffer
	if j.Target.Mechanism == target.ReservedPorts {
		if err := writePol(&content, j); err != nil {
			return nil, err
		}
		b.Registry = content.Bytes()
		return b.Files()
	}
	if err := writeCmd(&content, j); err != nil {
		return nil, err
	}
	b.Startup = &gpo.Script{Name: j.Name + ".cmd", Content: content.Bytes()}
	return b.Files()
}

// ReadFolder reads the backups of GPOs in a folder, or the one that is the folder, as
// [gpo.Read] does. name is the folder's. Each backup has as its Parts the files that are
// about ports and those with notes, and is itself what all of them leave.
func ReadFolder(name string, fsys fs.FS, o Options) (all []*Content, err error) {
	found, err := gpo.Read(name, fsys)
	if row, _ := Named(GPO); err == nil && o.Accept != nil {
		err = o.Accept(row)
	}
	if err != nil {
		return nil, err
	}
	var wrong []error
	for _, f := range found {
		g := group{Content: &Content{File: name, Format: GPO, GPO: f.Name, policy: true}, folder: strings.TrimSuffix(name, "/"), o: o}
		if len(found) > 1 {
			g.File = g.folder + "/" + f.Folder
		}
		all, wrong = append(all, g.Content), append(wrong, g.read(f))
	}
	if err := errors.Join(wrong...); err != nil {
		return nil, err
	}
	return all, nil
}

// A group is the backup of a GPO that is being read.
type group struct {
	*Content
	folder string // that of all backups
	o      Options
}

// read reads the files in the order in which Windows applies them.
func (g *group) read(f *gpo.Found) error {
	for _, n := range f.Notes {
		g.note(n.Path, Note{Line: n.Pos.Line, Col: n.Pos.Col, Rule: n.Rule, Text: n.Text, Dropped: n.Dropped})
	}
	wrong := []error{g.add(f.Registry, Pol), g.add(f.Preferences, GPP)}
	for _, run := range f.Startup {
		if g.o.Select.Given() { // in the registry
			break
		}
		wrong = append(wrong, g.addScript(run))
	}
	if err := errors.Join(wrong...); err != nil {
		return err
	}
	g.noteOverridden()
	return g.sum()
}

// note adds a note about a file that is not read itself.
func (g *group) note(path string, n Note) {
	file := g.folder + "/" + path
	i := slices.IndexFunc(g.Parts, func(p *Content) bool { return p.File == file })
	if i < 0 {
		i = len(g.Parts)
		g.Parts = append(g.Parts, &Content{File: file, Format: GPO})
	}
	g.Parts[i].Notes = append(g.Parts[i].Notes, n)
}

// add reads a file, if it is there.
func (g *group) add(file *gpo.File, format string) error {
	if file == nil {
		return nil
	}
	part := &Content{File: g.folder + "/" + file.Path, Format: format}
	part.policy = part.Row().Policy
	err := part.Row().read(part, input{name: part.File, encoding: EncodingOf(file.Content), r: bytes.NewReader(file.Content), o: g.o})
	if err == nil {
		g.Parts = append(g.Parts, part)
	}
	return err
}

// addScript reads a script that Windows runs at its start.
func (g *group) addScript(run gpo.Run) error {
	if run.File == nil {
		return nil // there is a note
	}
	format := Recognise(run.File.Content[:min(len(run.File.Content), recogniseSize)])
	if format.Logs {
		return g.add(run.File, format.Name)
	}
	if format.Name != Netsh || g.add(run.File, Netsh) != nil {
		g.note(run.Path, Note{Line: run.Line, Col: 1, Rule: "unread-script", Text: fmt.Sprintf("what %.100q does to port ranges is not known", run.Command)})
	}
	return nil
}

// noteOverridden notes the values of registry.pol that Preferences set again.
func (g *group) noteOverridden() {
	for i, p := range g.Parts {
		for _, later := range g.Parts[i+1:] {
			for _, v := range p.Values {
				if _, again := later.value(v.Key, v.Name); again {
					p.Notes = append(p.Notes, Note{Line: v.Line, Col: v.Col, Rule: "overridden", Text: fmt.Sprintf("%s is set again by %s, which is applied later", v.Name, strings.TrimPrefix(later.File, g.folder+"/"))})
				}
			}
		}
	}
}

func (c *Content) value(key, name string) (regfile.Value, bool) {
	if c.State == nil {
		return regfile.Value{}, false
	}
	return c.State.Value(key, name)
}

// sum works out what all files leave.
func (g *group) sum() error {
	var ops []regfile.Op
	for _, p := range g.Parts {
		ops = append(ops, p.Ops...)
	}
	if slices.ContainsFunc(g.Parts, func(p *Content) bool { return p.State != nil }) {
		if err := g.readOps(input{name: g.File, o: g.o}, ops, nil); err != nil {
			return err
		}
		g.Notes = nil // they are the files'
	}
	for _, p := range g.Parts {
		if p.State != nil {
			continue
		}
		g.Ports, g.Adds, g.Deletes = g.Ports.Union(p.Ports), append(g.Adds, p.Adds...), append(g.Deletes, p.Deletes...)
		for _, d := range p.Dynamic {
			g.addDynamic(d)
		}
		if g.Script == nil {
			g.Script = p.Script
		}
	}
	return nil
}
