package hive

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"www.velocidex.com/golang/regparser"

	"portreg/regfile"
	"portreg/regfile/hive/hivetest"
)

// Regparser reads of random hives what Read does. (It does not decode names in UTF-16,
// takes data that begin with "db" for segments, and loses the end of the last segment
// if its size is not a multiple of 8.)
func TestAgreesWithRegparser(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 40 {
		s := hivetest.Shape{Minor: 3 + rng.Uint32N(4), List: []string{"li", "lf", "lh", "ri"}[rng.IntN(4)], Segments: rng.IntN(2) == 0}
		src, _ := hivetest.Build(s, randomSystem(rng))
		h, err := read(t, src)
		if err != nil {
			t.Fatal(err)
		}
		library, err := regparser.NewRegistry(bytes.NewReader(src))
		if err != nil {
			t.Fatal(err)
		}
		var got, want []string
		for _, op := range h.Ops {
			if op.Verb == regfile.CreateKey {
				want = append(want, libraryValues(library, op.Key)...)
				continue
			}
			got = append(got, fmt.Sprintf("%s %s %d %x", op.Key, op.Name, uint32(op.Data.Type), op.Data.Bytes))
		}
		if !slices.Equal(got, want) || len(got) == 0 {
			t.Errorf("%+v: got\n%.300s\nwant\n%.300s", s, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		selected := library.OpenKey("Select").Values()[0]
		if current := selected.ValueData().Uint64; h.Current != int(current) {
			t.Errorf("current %d, want %d", h.Current, current)
		}
	}
}

// libraryValues gives the values of a key as regparser reads them.
func libraryValues(r *regparser.Registry, key string) (lines []string) {
	path := strings.ReplaceAll(strings.TrimPrefix(key, systemKey+`\`), `\`, "/")
	for _, v := range r.OpenKey(path).Values() {
		data := v.ValueData().Data
		lines = append(lines, fmt.Sprintf("%s %s %d %x", key, v.ValueName(), v.Type(), data[:min(len(data), int(v.DataSize()))]))
	}
	return lines
}

// randomSystem is a tree with up to four control sets.
func randomSystem(rng *rand.Rand) hivetest.Key {
	sets := 1 + rng.IntN(4)
	root := hivetest.Key{Name: "root", Keys: []hivetest.Key{{Name: "Select", Values: []hivetest.Value{hivetest.DWord("Current", 1+rng.Uint32N(uint32(sets)))}}}}
	for i := range sets {
		services := hivetest.Key{Name: "SERVICES", Keys: randomKeys(rng)}
		tcpip := hivetest.Key{Name: "tcpip", Keys: append(randomKeys(rng), hivetest.Key{Name: "Parameters", Values: randomValues(rng)})}
		services.Keys = append(services.Keys, tcpip)
		services.Keys = append(services.Keys, randomKeys(rng)...)
		root.Keys = append(root.Keys, hivetest.Key{Name: fmt.Sprintf("ControlSet%03d", i+1), Keys: []hivetest.Key{{Name: "Control"}, services}})
	}
	return root
}

func randomKeys(rng *rand.Rand) (keys []hivetest.Key) {
	for i := range rng.IntN(200) {
		keys = append(keys, hivetest.Key{Name: fmt.Sprintf("k%d-%x", i, rng.Uint32()), Values: []hivetest.Value{hivetest.DWord("x", 1)}})
	}
	return keys
}

// randomValues has data of 0 to 100 KB, of all types.
func randomValues(rng *rand.Rand) (values []hivetest.Value) {
	for i := range 1 + rng.IntN(12) {
		data := make([]byte, rng.IntN([]int{8, 200, 20_000, 100_000}[rng.IntN(4)]))
		if len(data) > segment {
			data = data[:len(data)&^7]
		}
		for i := range data {
			data[i] = 0x80 | byte(rng.Uint32())
		}
		typ := []regfile.Type{regfile.None, regfile.SZ, regfile.Binary, regfile.MultiSZ, 0x80000001}[rng.IntN(5)]
		values = append(values, valueOf(fmt.Sprint("V", i), typ, data))
	}
	return append(values, hivetest.DWord("MaxUserPort", rng.Uint32()))
}
