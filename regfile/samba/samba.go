// Package samba reads and writes the JSON that samba-tool gpo load puts into the
// Registry.pol of a Group Policy object, and samba-tool gpo remove takes out of it, from
// Samba 4.19 on (python/samba/netcmd/gpo.py and python/samba/policies.py).
//
// # The JSON
//
//	[
//	    {
//	        "keyname": "SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters",
//	        "valuename": "ReservedPorts",
//	        "class": "MACHINE",
//	        "type": "REG_MULTI_SZ",
//	        "data": ["1433-1434", "8080-8090"]
//	    }
//	]
//
// keyname is a path without its root; class is MACHINE, USER or BOTH in any case, and an
// object of another class is passed over. valuename may be one of the special names of a
// Registry.pol: deleting a value is **del.NAME with the data " ". type is the name of a
// type in any case or its number. data is
//
//	REG_SZ, REG_EXPAND_SZ                          a string
//	REG_DWORD, REG_DWORD_BIG_ENDIAN, REG_QWORD     a number
//	REG_BINARY                                     a list of bytes as numbers
//	REG_MULTI_SZ                                   a list of strings
//
// and nothing else. The file is UTF-8 without a byte order mark. JSON that samba-tool stops at is an error here. Samba joins the strings
// of a list with NULs and adds two, so that a list without strings becomes two NULs, which
// is an empty string and the end: an empty REG_MULTI_SZ, one NUL, cannot be had. Other
// members of an object are passed over.
//
// # Load and remove
//
// samba-tool gpo load adds an object behind what the Registry.pol has, but changes the
// data of a record with the same key and value, spelled alike, in its place and keeps its
// type; with --replace it throws everything else away first. Windows carries records out
// in their order. Hence, to take back a value that was loaded:
//
//	samba-tool gpo load GPO --content=undo.json        machines delete the value
//	samba-tool gpo remove GPO --content=ports.json     once they have
//	samba-tool gpo remove GPO --content=undo.json
//
// The two removes need nothing of an object but keyname, valuename and class. Without the
// first step a machine keeps what it has; without the last one the record that deletes the
// value stays behind the one that sets it, also when that is loaded again.
package samba

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"portreg/regfile"
	"portreg/regfile/pol"
)

// IsSamba reports whether text, the start of a file or all of it, is meant as JSON for
// samba-tool gpo: a list whose first object has a keyname, a valuename or a class; or a
// type or data, where it is cut off.
func IsSamba(text []byte) bool {
	dec := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(text, byteOrderMark)))
	depth, key, may := 0, false, false // key: whether the token is the name of a member of the first object
	for {
		token, err := dec.Token()
		switch word, _ := token.(string); {
		case err != nil:
			_, wrong := err.(*json.SyntaxError)
			return may && !wrong
		case depth < 2 && token != [...]json.Delim{'[', '{'}[depth]:
			return false
		case key && (word == "keyname" || word == "valuename" || word == "class"):
			return true
		case token == json.Delim('['), token == json.Delim('{'):
			depth++
		case token == json.Delim(']'), token == json.Delim('}'):
			depth--
		default:
			may = may || key && (word == "data" || word == "type")
		}
		key = depth == 2 && !key
	}
}

var byteOrderMark = []byte("\uFEFF")

// object is one as it is written.
type object struct {
	Key   string `json:"keyname"`
	Name  string `json:"valuename"`
	Class string `json:"class"`
	Type  string `json:"type"`
	Data  any    `json:"data"`
}

// Encode writes the operations as JSON of class MACHINE. Equal operations give equal
// bytes. Errors, besides those of w, are those of [pol.Records], a key that is
// created without a value in it, and data that samba-tool makes of no JSON, such as a list
// without strings. Then nothing is written.
func Encode(w io.Writer, ops []regfile.Op) error {
	all, err := pol.Records(ops)
	if err != nil {
		return err
	}
	objects := make([]object, len(all))
	for n, i := range all {
		if objects[n], err = objectOf(i); err != nil {
			return err
		}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "    ")
	if err := enc.Encode(objects); err != nil {
		return err
	}
	_, err = w.Write(b.Bytes())
	return err
}

func objectOf(i pol.Record) (object, error) {
	o := object{Key: i.Key, Name: i.Name, Class: "MACHINE"}
	f, ok := formOf(i.Data.Type)
	if ok {
		o.Type, o.Data = f.name, f.write(i.Data.Bytes)
		b, valid := f.read(asRead(o.Data))
		ok = valid && bytes.Equal(b, i.Data.Bytes)
	}
	if !ok {
		return o, fmt.Errorf("%q under %s: samba-tool makes these %d bytes of %v of no JSON; -f pol takes them", i.Name, i.Key, len(i.Data.Bytes), i.Data.Type)
	}
	return o, nil
}
