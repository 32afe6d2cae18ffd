package web

import (
	"bytes"
	"encoding/csv"
	"io"
	"net/http"
	"regexp"
	"strconv"
)

// sendCSV answers with rows as a file of the name.
func sendCSV(w http.ResponseWriter, name string, rows [][]string) error {
	var b bytes.Buffer
	out := newCSV(&b)
	for _, row := range rows {
		if err := writeRow(out, row); err != nil {
			return err
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	asCSV(w, name)
	w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	w.Write(b.Bytes()) //nolint:errcheck // the reader may have gone
	return nil
}

// asCSV says that the answer is a file of the name.
func asCSV(w http.ResponseWriter, name string) {
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
}

// newCSV begins a file. The mark at its beginning tells spreadsheets that it is UTF-8.
func newCSV(w io.Writer) *csv.Writer {
	io.WriteString(w, "\ufeff") //nolint:errcheck // a writer that fails here fails again, and is heard then
	out := csv.NewWriter(w)
	out.UseCRLF = true
	return out
}

// writeRow writes a row in which no cell is a formula.
func writeRow(out *csv.Writer, row []string) error {
	line := make([]string, len(row))
	for i, cell := range row {
		line[i] = harmless(cell)
	}
	return out.Write(line)
}

var number = regexp.MustCompile(`^[+-]?[0-9]+(\.[0-9]+)?$`)

// harmless keeps a spreadsheet from taking a text that people wrote for a formula. A
// number is none, whatever its sign.
func harmless(cell string) string {
	if cell == "" || number.MatchString(cell) {
		return cell
	}
	switch cell[0] {
	case '=', '+', '-', '@', '\t', '\r', '\n':
		return "'" + cell
	}
	return cell
}
