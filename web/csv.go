package web

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"regexp"
	"strconv"
)

// sendCSV answers with rows as a file of the name. The mark at its beginning tells
// spreadsheets that it is UTF-8.
func sendCSV(w http.ResponseWriter, name string, rows [][]string) error {
	b := bytes.NewBufferString("\ufeff")
	out := csv.NewWriter(b)
	out.UseCRLF = true
	for _, row := range rows {
		line := make([]string, len(row))
		for i, cell := range row {
			line[i] = harmless(cell)
		}
		if err := out.Write(line); err != nil {
			return err
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	w.Write(b.Bytes()) //nolint:errcheck // the reader may have gone
	return nil
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
