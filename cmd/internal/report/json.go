package report

import (
	"bytes"
	"encoding/json"
	"io"
)

// JSON writes a form as JSON for people and programs: indented by two spaces, and
// with no text that a runner of GitHub Actions takes for a command (see [Printable]).
func JSON(w io.Writer, form any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(form); err != nil {
		return err
	}
	_, err := w.Write(bytes.ReplaceAll(b.Bytes(), []byte("##["), []byte(`##\u005b`)))
	return err
}
