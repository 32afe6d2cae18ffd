package views

import (
	"maps"
	"slices"

	"github.com/a-h/templ"

	"daybreak/domain"
	"daybreak/views/messages"
)

// Form is what a form shows: what was typed and what is wrong with it. The zero value
// is an empty form.
type Form struct {
	Values  map[string]string
	Errors  map[string]string
	Summary string
	order   []string // of the errors, as they were found
}

// Filled returns a form with values and nothing wrong.
func Filled(values map[string]string) Form { return Form{Values: values} }

// Refused returns the form as it was typed, with every sentence of err in the language
// lang. A password is never among values: it is typed again.
func Refused(lang messages.Lang, values map[string]string, err *domain.Error) Form {
	f := Form{Values: values, Errors: map[string]string{}, Summary: messages.Error(lang, err)}
	for _, field := range err.Fields {
		if _, told := f.Errors[field.Name]; told {
			continue
		}
		f.Errors[field.Name] = messages.Field(lang, field)
		f.order = append(f.order, field.Name)
	}
	return f
}

// Value is what stands in the field name.
func (f Form) Value(name string) string { return f.Values[name] }

// Or is Value, or other if nothing was typed.
func (f Form) Or(name, other string) string {
	if v, ok := f.Values[name]; ok {
		return v
	}
	return other
}

// Error is what is wrong with the field name, "" if nothing.
func (f Form) Error(name string) string { return f.Errors[name] }

// Bad reports whether the form was refused.
func (f Form) Bad() bool { return f.Summary != "" || len(f.Errors) > 0 }

// Wrong lists the names of the wrong fields in the order they were found.
func (f Form) Wrong() []string {
	if f.order == nil {
		return slices.Sorted(maps.Keys(f.Errors))
	}
	return f.order
}

// FieldProps says how a field looks. Label and Hint are keys of the catalogue.
type FieldProps struct {
	Name, Label, Hint string
	HintArgs          []any
	Type              string // "text" if empty
	Value             string // shown if nothing was typed
	ID                string // Name if empty
	Autocomplete      string
	InputMode         string
	Min, Max          string
	MaxLength         int
	Rows              int // of a Textarea
	Required          bool
	Autofocus         bool
	Wide              bool // both columns of a .form-grid
	Options           []Option
}

// QtyProps describe a QtyStepper. ID must be unique on the page; Label is as it is shown.
type QtyProps struct {
	ID, Name, Label string
	Value           string
	Min, Max        int
	Bad             bool
}

// Option is one choice of a Select. Text is as it is shown, not a key.
type Option struct{ Value, Text string }

func (p FieldProps) id() string {
	if p.ID != "" {
		return p.ID
	}
	return p.Name
}

func (p FieldProps) kind() string {
	if p.Type == "" {
		return "text"
	}
	return p.Type
}

// value of a password is never drawn.
func (p FieldProps) value(f Form) string {
	if p.Type == "password" {
		return ""
	}
	return f.Or(p.Name, p.Value)
}

// describedBy names the hint and the error for a screen reader.
func (p FieldProps) describedBy(f Form) string {
	s := ""
	if p.Hint != "" {
		s = p.id() + "-hint"
	}
	if f.Error(p.Name) != "" {
		if s != "" {
			s += " "
		}
		s += p.id() + "-error"
	}
	return s
}

// attrs are the attributes that not every input has.
func (p FieldProps) attrs(f Form) templ.Attributes {
	a := templ.Attributes{}
	for name, v := range map[string]string{
		"autocomplete": p.Autocomplete, "inputmode": p.InputMode, "min": p.Min, "max": p.Max,
		"aria-describedby": p.describedBy(f),
	} {
		if v != "" {
			a[name] = v
		}
	}
	if p.MaxLength > 0 {
		a["maxlength"] = itoa(p.MaxLength)
	}
	if p.Required {
		a["required"] = true
	}
	if p.Autofocus {
		a["autofocus"] = true
	}
	if f.Error(p.Name) != "" {
		a["aria-invalid"] = "true"
	}
	return a
}
