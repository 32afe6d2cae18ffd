// Package catalog knows what is sold: products, their prices and the codes a
// scanner reads on them.
package catalog

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"daybreak/domain"
	"daybreak/domain/event"
)

// What happens to an order of a product that is out of stock.
const (
	Refuse    = event.Refuse
	Backorder = event.Backorder
)

// The limits of what staff type. Texts are counted in characters.
const (
	MaxName        = 80
	MaxDescription = 2000
	MaxCategory    = 40
	MaxCode        = 64
	MaxBin         = 32
	MaxImageURL    = domain.MaxImageURL
	MaxLow         = 1_000_000
)

// MaxPrice is the highest price, in won.
const MaxPrice domain.Money = 100_000_000

// Product is a thing sold.
type Product struct {
	ID            string
	Name          string
	NameEn        string
	Description   string
	DescriptionEn string
	Category      string
	Price         domain.Money
	ImageURL      string
	OutOfStock    string // Refuse or Backorder
	Active        bool   // for sale
	SKU           string
	Barcode       string
	Bin           string // where it lies in the warehouse
	LowAt         int64  // so many or fewer are few; 0 is as for all products
	Version       int64  // counts the events of the product
}

// Facts is the product as its events tell it.
func (p Product) Facts() event.ProductFacts {
	return event.ProductFacts{
		ProductID: p.ID, Product: p.Name, ProductEn: p.NameEn, Description: p.Description, DescEn: p.DescriptionEn,
		Category: p.Category, Price: p.Price, Image: p.ImageURL, OutOfStock: p.OutOfStock,
		SKU: p.SKU, Barcode: p.Barcode, Bin: p.Bin, Active: p.Active, LowAt: p.LowAt,
	}
}

// Patch says what of a product is to change; nil leaves it. For a new product, nil
// stands for the default.
type Patch struct {
	Name, NameEn, Description, DescriptionEn, Category *string
	Price                                              *domain.Money
	ImageURL, OutOfStock                               *string
	Active                                             *bool
	SKU, Barcode, Bin                                  *string
	LowAt                                              *int64
	// Version, if set, is the product's version the change was made on. If somebody
	// else changed it since, the change is refused.
	Version *int64
}

// apply returns p with the changes, cleaned, and all that is wrong with them. Only
// what changes is checked: a product from before a rule can still change its price.
func (p Product) apply(c Patch) (Product, error) {
	var is checks
	is.line(&p.Name, c.Name, "name", "err.catalog.field.name", true, MaxName)
	is.line(&p.NameEn, c.NameEn, "nameEn", "err.catalog.field.name", false, MaxName)
	is.text(&p.Description, c.Description, "description")
	is.text(&p.DescriptionEn, c.DescriptionEn, "descriptionEn")
	is.line(&p.Category, c.Category, "category", "err.catalog.field.category", false, MaxCategory)
	is.line(&p.Bin, c.Bin, "bin", "err.catalog.field.bin", false, MaxBin)
	is.code(&p.SKU, c.SKU, "sku")
	is.code(&p.Barcode, c.Barcode, "barcode")
	if c.Price != nil {
		p.Price = *c.Price
		is.Must(p.Price >= 0 && p.Price <= MaxPrice, "price", "err.catalog.price", "max", MaxPrice)
	}
	if c.ImageURL != nil {
		p.ImageURL = strings.TrimSpace(*c.ImageURL)
		is.Must(p.ImageURL == "" || domain.IsImage(p.ImageURL), "imageUrl", "err.catalog.image")
	}
	if c.OutOfStock != nil {
		p.OutOfStock = *c.OutOfStock
		is.Must(p.OutOfStock == Refuse || p.OutOfStock == Backorder, "outOfStock", "err.catalog.out_of_stock")
	}
	if c.LowAt != nil {
		p.LowAt = *c.LowAt
		is.Must(p.LowAt >= 0 && p.LowAt <= MaxLow, "lowAt", "err.catalog.low", "max", int64(MaxLow))
	}
	if c.Active != nil {
		p.Active = *c.Active
	}
	return p, is.Err()
}

// create is what a new product becomes of a patch: it must say a name and a price.
func create(c Patch) (Product, error) {
	p := Product{ID: domain.NewID(), OutOfStock: Refuse, Active: true, Version: 1}
	if c.Name == nil {
		c.Name = new(string) // refused with all else that is wrong
	}
	p, err := p.apply(c)
	if c.Price != nil {
		return p, err
	}
	var is domain.Checks
	if e, ok := err.(*domain.Error); ok {
		is = e.Fields
	}
	is.Add("price", "err.required", "field", domain.Label("err.catalog.field.price"))
	return p, is.Err()
}

// changed decides about the product now that is to become next: what to tell, nil
// if nothing changed, or a refusal if expected is not the version in force.
func changed(now, next Product, expected *int64) (event.Event, error) {
	switch {
	case expected != nil && *expected != now.Version:
		return nil, stale(now)
	case next == now:
		return nil, nil
	case now.Active && !next.Active:
		return event.ProductDeactivated{ProductFacts: next.Facts()}, nil
	default:
		return event.ProductChanged{ProductFacts: next.Facts()}, nil
	}
}

// stale is the refusal of a change made on what is no longer in force.
func stale(now Product) error {
	return domain.Refuse(domain.Conflict, "err.catalog.stale", "name", now.Name).InState(strconv.FormatInt(now.Version, 10))
}

// codes returns what a scanner may read for the product, in upper case, each once.
func (p Product) codes() []string {
	sku, barcode := strings.ToUpper(p.SKU), strings.ToUpper(p.Barcode)
	switch {
	case !p.Active, sku == "" && barcode == "":
		return nil
	case sku == "" || sku == barcode:
		return []string{barcode}
	case barcode == "":
		return []string{sku}
	}
	return []string{barcode, sku}
}

// codeTaken is the refusal of a code that another product for sale has, naming the
// field it stands in.
func (p Product) codeTaken(code, other string) error {
	field := "sku"
	if strings.EqualFold(code, p.Barcode) {
		field = "barcode"
	}
	e := domain.Refuse(domain.Conflict, "err.catalog.code_taken", "code", code, "name", other)
	e.Fields = []domain.Field{{Name: field, Key: e.Key, Args: e.Args}}
	return e
}

// checks are the checks of this context's fields. Each stores a new value, cleaned,
// if there is one.
type checks struct{ domain.Checks }

func (c *checks) line(to, from *string, name, label string, required bool, max int) {
	if from != nil {
		*to = c.Line(name, label, normal(*from), required, max)
	}
}

func (c *checks) text(to, from *string, name string) {
	if from == nil {
		return
	}
	*to = strings.TrimSpace(strings.ReplaceAll(normal(*from), "\r\n", "\n"))
	if c.Must(utf8.RuneCountInString(*to) <= MaxDescription, name, "err.too_long", "n", MaxDescription) {
		c.Must(domain.PlainText(*to), name, "err.text")
	}
}

func (c *checks) code(to, from *string, name string) {
	if from == nil {
		return
	}
	*to = strings.TrimSpace(*from)
	printable := !strings.ContainsFunc(*to, func(r rune) bool { return r < ' ' || r > '~' })
	c.Must(printable && len(*to) <= MaxCode, name, "err.catalog.code", "n", MaxCode)
}
