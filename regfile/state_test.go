package regfile

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// naive applies operations one after the other to lists.
type naive struct {
	keys      []string
	values    []Value
	deletions []Op
}

func lower(s string) string {
	return strings.Map(func(c rune) rune {
		if 'A' <= c && c <= 'Z' {
			return c + 'a' - 'A'
		}
		return c
	}, s)
}

func within(key, ancestor string) bool {
	return lower(key) == lower(ancestor) || strings.HasPrefix(lower(key), lower(ancestor)+`\`)
}

func (n *naive) apply(op Op) {
	isKey := func(key string) bool { return lower(key) == lower(op.Key) }
	isValue := func(v Value) bool { return isKey(v.Key) && lower(v.Name) == lower(op.Name) }
	switch op.Verb {
	case CreateKey, SetValue:
		if !slices.ContainsFunc(n.keys, isKey) {
			n.keys = append(n.keys, op.Key)
		}
	case DeleteKey:
		n.keys = slices.DeleteFunc(n.keys, func(key string) bool { return within(key, op.Key) })
		n.values = slices.DeleteFunc(n.values, func(v Value) bool { return within(v.Key, op.Key) })
		n.deletions = append(n.deletions, op)
	case DeleteValue:
		n.values = slices.DeleteFunc(n.values, isValue)
		n.deletions = append(n.deletions, op)
	}
	if op.Verb != SetValue {
		return
	}
	i := slices.IndexFunc(n.values, isValue)
	if i < 0 {
		i = len(n.values)
		key := n.keys[slices.IndexFunc(n.keys, isKey)]
		n.values = append(n.values, Value{Key: key, Name: op.Name})
	}
	n.values[i].Data, n.values[i].Pos = op.Data, op.Pos
}

func (n *naive) value(key, name string) (Value, bool) {
	for _, v := range n.values {
		if lower(v.Key) == lower(key) && lower(v.Name) == lower(name) {
			return v, true
		}
	}
	return Value{}, false
}

func (n *naive) deleted(key, name string) (Pos, bool) {
	if _, set := n.value(key, name); set {
		return Pos{}, false
	}
	for _, op := range slices.Backward(n.deletions) {
		if op.Verb == DeleteKey && within(key, op.Key) || op.Verb == DeleteValue && lower(op.Key) == lower(key) && lower(op.Name) == lower(name) {
			return op.Pos, true
		}
	}
	return Pos{}, false
}

func naiveOf(ops []Op) *naive {
	n := &naive{}
	for _, op := range ops {
		n.apply(op)
	}
	return n
}

// differs says where the state is not what the model says.
func (n *naive) differs(s *State) string {
	if got := slices.Collect(s.Keys()); !slices.Equal(got, n.keys) {
		return fmt.Sprintf("keys %q, want %q", got, n.keys)
	}
	if got := slices.Collect(s.Values()); fmt.Sprint(got) != fmt.Sprint(n.values) {
		return fmt.Sprintf("values %v, want %v", got, n.values)
	}
	return ""
}

func TestStateModel(t *testing.T) {
	keys := []string{"R", `R\a`, `r\A`, `R\a\b`, `R\a\B\c`, `R\ab`, `R\ä`, `R\Ä`, `S\a`}
	names := []string{"", "n", "N", "m", "ä", "Ä", "\u212a", "k", "K"}
	for seed := range uint64(1000) {
		r := rand.New(rand.NewPCG(seed, 2))
		var ops []Op
		for i := range r.IntN(30) {
			op := Op{Verb: Verb(r.IntN(4)), Key: keys[r.IntN(len(keys))], Name: names[r.IntN(len(names))]}
			op.Data = Data{Type(r.IntN(3)), []byte{byte(i)}}
			if seed%2 == 0 {
				op.Pos = Pos{Line: 1 + r.IntN(5), Col: i, Offset: int64(r.IntN(9))}
			}
			ops = append(ops, op)
		}
		want, got := naiveOf(ops), StateOf(ops)
		if diff := want.differs(got); diff != "" {
			t.Fatalf("seed %d: %s\n%v", seed, diff, ops)
		}
		for _, key := range append(keys, "T", `R\a\b\c\d`, `R\`, "") {
			if got, want := got.HasKey(key), slices.ContainsFunc(want.keys, func(k string) bool { return lower(k) == lower(key) }); got != want {
				t.Fatalf("seed %d: HasKey(%q) = %v", seed, key, got)
			}
			for _, name := range names {
				gotPos, gotDel := got.Deleted(key, name)
				if wantPos, wantDel := want.deleted(key, name); gotPos != wantPos || gotDel != wantDel {
					t.Fatalf("seed %d: Deleted(%q, %q) = %v %v, want %v %v\n%v", seed, key, name, gotPos, gotDel, wantPos, wantDel, ops)
				}
				gotValue, gotOK := got.Value(key, name)
				if wantValue, wantOK := want.value(key, name); fmt.Sprint(gotValue, gotOK) != fmt.Sprint(wantValue, wantOK) {
					t.Fatalf("seed %d: Value(%q, %q) = %v %v, want %v %v", seed, key, name, gotValue, gotOK, wantValue, wantOK)
				}
			}
		}
	}
}

// Iteration may stop at any place.
func TestStateStops(t *testing.T) {
	s := StateOf([]Op{{Verb: SetValue, Key: "A", Name: "1"}, {Verb: SetValue, Key: "B", Name: "2"}})
	for key := range s.Keys() {
		if key != "A" {
			t.Errorf("%q first", key)
		}
		break
	}
	for v := range s.Values() {
		if v.Name != "1" {
			t.Errorf("%q first", v.Name)
		}
		break
	}
	if s := StateOf(nil); s.HasKey("") || len(slices.Collect(s.Values())) > 0 {
		t.Error("no operations leave something")
	}
}

func TestStateNames(t *testing.T) {
	s := StateOf([]Op{{Verb: SetValue, Key: `A\B\C`, Name: "1"}, {Verb: DeleteKey, Key: `A\D`}})
	for key, want := range map[string]bool{`A`: true, `a\b`: true, `A\B\C`: true, `A\D`: true, `A\B\C\1`: false, `A\Bb`: false, `B`: false} {
		if got := s.Names(key); got != want {
			t.Errorf("Names(%s) = %v", key, got)
		}
	}
}
