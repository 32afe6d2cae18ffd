package views

import (
	"daybreak/domain/event"
	"daybreak/domain/packing"
	"daybreak/views/messages"
)

// VerdictText says what a scan of a task came to: what is so, and what to do now, "" if
// that is plain.
func VerdictText(lang messages.Lang, v packing.Verdict, t packing.Task) (head, do string) {
	args := []any{"code", v.Code, "got", Named(lang, v.Got, v.GotEn), "n", v.Rest, "who", t.PackerName}
	if v.Line != nil {
		args = append(args, "name", Named(lang, v.Line.Product, v.Line.ProductEn), "a", v.Line.Scanned, "b", v.Line.Qty)
	}
	if v.Expected != nil {
		args = append(args, "next", nameAndCode(lang, *v.Expected))
	}
	key := string(v.Result)
	switch v.Result {
	case "":
		return "", ""
	case packing.Counted:
		if v.Line == nil { // all was counted before
			return messages.Text(lang, "bench.all_counted"), ""
		}
	case packing.Wrong:
		if v.Expected == nil {
			key += "_none"
		}
	}
	head = messages.Text(lang, "bench.verdict."+string(v.Result), args...)
	if messages.Has("bench.do." + key) {
		do = messages.Text(lang, "bench.do."+key, args...)
	}
	return head, do
}

// Named is the name of a product for a reader of the language.
func Named(lang messages.Lang, ko, en string) string {
	if lang == messages.En && en != "" {
		return en
	}
	return ko
}

// nameAndCode names a product so that it is found on the shelf: with the end of its code.
func nameAndCode(lang messages.Lang, l event.Line) string {
	name := Named(lang, l.Product, l.ProductEn)
	if n := len(l.Code); n > 4 {
		return name + " …" + l.Code[n-4:]
	} else if n > 0 {
		return name + " " + l.Code
	}
	return name
}
