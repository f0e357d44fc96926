package regfile

import (
	"cmp"
	"iter"
	"slices"
	"strings"
)

// State is what a list of operations leaves behind in a registry of which
// nothing else is known: the keys and values they set, and those they delete.
// The zero State is that of no operations.
type State struct {
	root node
	seq  int // numbers what was done, in order

	lastKey string // of the operation before, and its node
	last    *node
}

// node is a key; its place in the tree is its path, folded.
type node struct {
	path    string // as first written, if the key was created
	seq     int    // 0 while the key is only implied by one below it, or deleted
	below   map[string]*node
	values  map[string]*entry
	deleted deletion // of the key
}

// entry is a value that was set or deleted.
type entry struct {
	Value
	seq     int // 0 if it is not set
	deleted deletion
}

// deletion is the last time that a key or value was deleted.
type deletion struct {
	seq int // 0: never
	pos Pos
}

// Value is a value in a State.
type Value struct {
	Key  string // path as the key was first written
	Name string // as first written
	Data Data
	Pos  Pos // of the operation that set it last
}

// StateOf applies the operations in order. Key and value names are compared
// without the case of ASCII letters; the first spelling stays, as in the
// registry.
func StateOf(ops []Op) *State {
	s := &State{}
	for _, op := range ops {
		s.Apply(op)
	}
	return s
}

// Apply applies one more operation.
func (s *State) Apply(op Op) {
	n := s.open(op.Key)
	s.seq++
	switch op.Verb {
	case CreateKey:
		s.create(n, op.Key)
	case DeleteKey:
		*n = node{deleted: deletion{s.seq, op.Pos}}
	case SetValue:
		s.create(n, op.Key)
		s.set(n, op)
	case DeleteValue:
		e := n.entry(op.Name)
		e.seq, e.deleted = 0, deletion{s.seq, op.Pos}
	}
}

// open gives the node of a key, made where missing. Operations on one key
// mostly follow each other.
func (s *State) open(key string) *node {
	if s.last != nil && key == s.lastKey {
		return s.last
	}
	n := &s.root
	for part := range strings.SplitSeq(Fold(key), `\`) {
		if n.below == nil {
			n.below = map[string]*node{}
		}
		if n.below[part] == nil {
			n.below[part] = &node{}
		}
		n = n.below[part]
	}
	s.lastKey, s.last = key, n
	return n
}

func (s *State) create(n *node, key string) {
	if n.seq == 0 {
		n.seq, n.path = s.seq, key
	}
}

func (s *State) set(n *node, op Op) {
	e := n.entry(op.Name)
	if e.seq == 0 {
		e.seq, e.Name = s.seq, op.Name
	}
	e.Key, e.Data, e.Pos = n.path, op.Data, op.Pos
}

// entry gives a value's entry, made as a deleted one where missing.
func (n *node) entry(name string) *entry {
	if n.values == nil {
		n.values = map[string]*entry{}
	}
	name = Fold(name)
	if n.values[name] == nil {
		n.values[name] = &entry{}
	}
	return n.values[name]
}

// find gives the nodes from the root to the key, as far as they are known, and
// whether the key itself is.
func (s *State) find(key string) (path []*node, found bool) {
	n := &s.root
	for part := range strings.SplitSeq(Fold(key), `\`) {
		if n = n.below[part]; n == nil {
			return path, false
		}
		path = append(path, n)
	}
	return path, true
}

// HasKey reports whether the operations name the key and do not delete it
// afterwards. A key that only lies above a named one does not count: nothing
// is known of its values.
func (s *State) HasKey(key string) bool {
	path, found := s.find(key)
	return found && path[len(path)-1].seq > 0
}

// Names reports whether an operation names the key or one below it.
func (s *State) Names(key string) bool {
	_, found := s.find(key)
	return found
}

// Value is the value of the name under the key, if it is set.
func (s *State) Value(key, name string) (Value, bool) {
	path, found := s.find(key)
	if !found {
		return Value{}, false
	}
	e := path[len(path)-1].values[Fold(name)]
	if e == nil || e.seq == 0 {
		return Value{}, false
	}
	return e.Value, true
}

// Deleted reports whether the operations delete the value, its key or a key
// above it without setting the value again, and where they do so last.
func (s *State) Deleted(key, name string) (Pos, bool) {
	if _, set := s.Value(key, name); set {
		return Pos{}, false
	}
	path, found := s.find(key)
	var last deletion
	for _, n := range path {
		last = later(last, n.deleted)
	}
	if found {
		if e := path[len(path)-1].values[Fold(name)]; e != nil {
			last = later(last, e.deleted)
		}
	}
	return last.pos, last.seq > 0
}

func later(a, b deletion) deletion {
	if b.seq > a.seq {
		return b
	}
	return a
}

// Keys are the paths of the keys, in order of creation.
func (s *State) Keys() iter.Seq[string] {
	var nodes []*node
	s.root.walk(func(n *node) { nodes = append(nodes, n) })
	slices.SortFunc(nodes, func(a, b *node) int { return cmp.Compare(a.seq, b.seq) })
	return func(yield func(string) bool) {
		for _, n := range nodes {
			if !yield(n.path) {
				return
			}
		}
	}
}

// Values are the values, in order of creation.
func (s *State) Values() iter.Seq[Value] {
	var entries []*entry
	s.root.walk(func(n *node) {
		for _, e := range n.values {
			if e.seq > 0 {
				entries = append(entries, e)
			}
		}
	})
	slices.SortFunc(entries, func(a, b *entry) int { return cmp.Compare(a.seq, b.seq) })
	return func(yield func(Value) bool) {
		for _, e := range entries {
			if !yield(e.Value) {
				return
			}
		}
	}
}

// walk visits the keys that exist.
func (n *node) walk(visit func(*node)) {
	if n.seq > 0 {
		visit(n)
	}
	for _, below := range n.below {
		below.walk(visit)
	}
}
