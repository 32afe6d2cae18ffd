package event

import "daybreak/domain"

func init() {
	register[ProductRegistered]()
	register[ProductChanged]()
	register[ProductDeactivated]()
}

// What happens to an order of a product that is out of stock.
const (
	Refuse    = "refuse"
	Backorder = "backorder" // it is taken and waits for goods
)

// ProductFacts is a product as the catalogue shows it.
type ProductFacts struct {
	ProductID   string       `json:"productId"`
	Product     string       `json:"name"`
	ProductEn   string       `json:"nameEn,omitempty"`
	Description string       `json:"description,omitempty"`
	DescEn      string       `json:"descriptionEn,omitempty"`
	Category    string       `json:"category,omitempty"`
	Price       domain.Money `json:"price"`
	Image       string       `json:"imageUrl,omitempty"`
	OutOfStock  string       `json:"outOfStock"`
	SKU         string       `json:"sku,omitempty"`
	Barcode     string       `json:"barcode,omitempty"`
	Bin         string       `json:"bin,omitempty"`
	Active      bool         `json:"active"`
	LowAt       int64        `json:"lowAt,omitempty"` // so many or fewer are few; 0 is as for all products
}

// ProductRegistered (E17): a new product.
type ProductRegistered struct{ ProductFacts }

// Name implements Event.
func (ProductRegistered) Name() string { return "catalog.product_registered.v1" }

// ProductChanged (E17): some of a product's facts are new.
type ProductChanged struct{ ProductFacts }

// Name implements Event.
func (ProductChanged) Name() string { return "catalog.product_changed.v1" }

// ProductDeactivated (E17): a product is no longer for sale.
type ProductDeactivated struct{ ProductFacts }

// Name implements Event.
func (ProductDeactivated) Name() string { return "catalog.product_deactivated.v1" }
