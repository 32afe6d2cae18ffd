package catalog

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"daybreak/domain"
)

// normal brings text into the one form (NFC) in which equal texts are equal bytes.
func normal(s string) string { return norm.NFC.String(s) }

// searchText is what a search of p looks at.
func (p Product) searchText() string {
	return normal(strings.ToLower(p.Name + "\n" + p.NameEn + "\n" + p.Barcode + "\n" + p.SKU))
}

// A search looks at so much of what was typed; more only makes it slow.
const (
	maxQuery = 100 // characters
	maxWords = 6
)

// searchWords returns the words that all must be found, as they stand in a search text.
func searchWords(query string) []string {
	if len(query) > 8*maxQuery {
		query = query[:8*maxQuery]
	}
	r := []rune(domain.Clean(strings.ToValidUTF8(query, "")))
	words := strings.Fields(normal(strings.ToLower(strings.ReplaceAll(string(r[:min(len(r), maxQuery)]), "\x00", ""))))
	slices.Sort(words)
	words = slices.Compact(words)
	return words[:min(len(words), maxWords)]
}

// likeMarks makes a text mean itself in a LIKE pattern.
var likeMarks = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// cursor is where a page of a list ended: after the product id, which the order
// ByName finds at the search text At.
type cursor struct {
	ID string `json:"i"`
	At string `json:"a,omitempty"`
}

func (c cursor) String() string {
	b, _ := json.Marshal(c) // two texts
	return base64.RawURLEncoding.EncodeToString(b)
}

func readCursor(s string) (cursor, error) {
	var c cursor
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || json.Unmarshal(b, &c) != nil || !domain.IsID(c.ID) || strings.Contains(c.At, "\x00") {
		var is domain.Checks
		is.Add("cursor", "err.catalog.cursor")
		return c, is.Err()
	}
	return c, nil
}
