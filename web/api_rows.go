package web

import (
	"strings"
	"time"

	"daybreak/domain"
	"daybreak/domain/catalog"
	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/domain/orders"
	"daybreak/domain/packing"
	"daybreak/domain/stock"
	"daybreak/views/messages"
)

// The objects of the API. Their names are a contract: fields are added, never renamed.

type apiLine struct {
	ProductID string       `json:"productId"`
	Name      string       `json:"name"`
	NameEn    string       `json:"nameEn,omitempty"`
	ImageURL  string       `json:"imageUrl,omitempty"`
	UnitPrice domain.Money `json:"unitPrice" doc:"What one cost when it was ordered."`
	Qty       int          `json:"qty" minimum:"1"`
}

type apiOrder struct {
	ID             string        `json:"id"`
	No             string        `json:"no" doc:"The number people use." example:"20261121-0042"`
	Status         string        `json:"status" enum:"AWAITING_ACCEPT,PENDING_PAYMENT,BACKORDERED,PLACED,PACKING,PACKED,SHIPPED,DELIVERED,RETURNING,RETURNED,CANCELLED,REJECTED"`
	StatusLabel    string        `json:"statusLabel" doc:"The status in the caller's language."`
	StatusReason   string        `json:"statusReason,omitempty" doc:"Why the order ended."`
	CustomerID     string        `json:"customerId"`
	CustomerName   string        `json:"customerName,omitempty"`
	Lines          []apiLine     `json:"lines"`
	Waiting        []apiLine     `json:"waiting,omitempty" doc:"What has to come in before a backordered order goes on. Lists leave it out."`
	Returning      []apiLine     `json:"returning,omitempty" doc:"What is on its way back. Lists leave it out."`
	Amount         domain.Money  `json:"amount"`
	Recipient      string        `json:"recipient,omitempty"`
	Phone          string        `json:"phone"`
	Postcode       string        `json:"postcode,omitempty"`
	Address        string        `json:"address"`
	AddressDetail  string        `json:"addressDetail,omitempty"`
	Note           string        `json:"note"`
	PaymentStatus  string        `json:"paymentStatus" doc:"Empty where no payment is asked."`
	PackingStatus  string        `json:"packingStatus,omitempty"`
	DeliveryStatus string        `json:"deliveryStatus,omitempty"`
	TaskID         string        `json:"taskId,omitempty" doc:"The packing task; for staff."`
	DeliveryID     string        `json:"deliveryId,omitempty" doc:"The delivery; for staff."`
	Packer         string        `json:"packer,omitempty" doc:"Who packs or packed it; for staff."`
	CanCancel      bool          `json:"canCancel"`
	CanReturn      bool          `json:"canReturn"`
	PlacedAt       time.Time     `json:"placedAt"`
	UpdatedAt      time.Time     `json:"updatedAt"`
	Version        int64         `json:"version" doc:"Grows with every change of the order."`
	Timeline       []apiHappened `json:"timeline,omitempty" doc:"What happened, oldest first. Lists leave it out."`
}

type apiHappened struct {
	At     time.Time `json:"at"`
	Event  string    `json:"event"`
	Actor  string    `json:"actor" doc:"Empty for what the system or, told to customers, staff did."`
	Text   string    `json:"text" doc:"A sentence in the caller's language."`
	Reason string    `json:"reason,omitempty"`
}

type apiTask struct {
	ID           string        `json:"id"`
	OrderID      string        `json:"orderId"`
	OrderNo      string        `json:"orderNo"`
	Status       string        `json:"status" enum:"REQUESTED,IN_PROGRESS,SHORT,PACKED,CANCELLED,UNPACKING,UNPACKED"`
	StatusLabel  string        `json:"statusLabel"`
	CustomerName string        `json:"customerName"`
	Packer       string        `json:"packer,omitempty"`
	PackerID     string        `json:"packerId,omitempty"`
	Lines        []apiTaskLine `json:"lines"`
	Note         string        `json:"note"`
	RequestedAt  time.Time     `json:"requestedAt"`
	StartedAt    *time.Time    `json:"startedAt,omitempty"`
	PackedAt     *time.Time    `json:"packedAt,omitempty"`
	Box          int           `json:"box,omitempty" doc:"The size of the box, 1 to 4."`
	Weight       int           `json:"weight,omitempty" doc:"In grams."`
	Short        []apiShort    `json:"short,omitempty" doc:"What lacks, while staff have not decided."`
	Version      int64         `json:"version"`
}

// apiShort is what lacks of a line.
type apiShort struct {
	ProductID string `json:"productId"`
	Name      string `json:"name"`
	Qty       int    `json:"qty"`
	Reason    string `json:"reason"`
	By        string `json:"by"`
}

type apiTaskLine struct {
	ProductID string `json:"productId"`
	Name      string `json:"name"`
	NameEn    string `json:"nameEn,omitempty"`
	Code      string `json:"code" doc:"What a scanner reads on it."`
	Bin       string `json:"bin,omitempty"`
	ImageURL  string `json:"imageUrl,omitempty"`
	Qty       int    `json:"qty"`
	Scanned   int    `json:"scanned"`
}

type apiProduct struct {
	ID            string       `json:"id"`
	Name          string       `json:"name"`
	NameEn        string       `json:"nameEn,omitempty"`
	Description   string       `json:"description"`
	DescriptionEn string       `json:"descriptionEn,omitempty"`
	Category      string       `json:"category,omitempty"`
	Price         domain.Money `json:"price"`
	ImageURL      string       `json:"imageUrl"`
	Available     int64        `json:"available" doc:"How many can be ordered now."`
	OutOfStock    string       `json:"outOfStock" enum:"refuse,backorder"`
	Active        bool         `json:"active" doc:"Whether it is for sale."`
	SKU           string       `json:"sku,omitempty" doc:"For staff."`
	Barcode       string       `json:"barcode,omitempty" doc:"For staff."`
	Bin           string       `json:"bin,omitempty" doc:"Where it lies in the warehouse; for staff."`
	LowAt         int64        `json:"lowAt,omitempty" doc:"So many or fewer are few; for staff."`
	Version       int64        `json:"version"`
}

type apiStock struct {
	ProductID   string          `json:"productId"`
	Name        string          `json:"name,omitempty"`
	SKU         string          `json:"sku,omitempty"`
	Bin         string          `json:"bin,omitempty"`
	OnHand      int64           `json:"onHand"`
	Reserved    int64           `json:"reserved" doc:"Held by orders."`
	Available   int64           `json:"available" doc:"onHand less reserved."`
	Low         bool            `json:"low,omitempty" doc:"Few are available: see lowAt of the product."`
	Ledger      []apiMovement   `json:"ledger,omitempty" doc:"Every movement, newest first."`
	HeldBy      []stock.Holding `json:"heldBy,omitempty" doc:"Which orders hold the reserved units."`
	HeldByOlder int64           `json:"heldByOlder,omitempty" doc:"How many units older orders hold that are not listed."`
	Next        *string         `json:"next,omitempty" doc:"Cursor of the next page of the ledger."`
}

type apiMovement struct {
	Kind     string    `json:"kind" enum:"receive,reserve,release,commit,restock,adjust"`
	Qty      int64     `json:"qty"`
	OrderID  string    `json:"orderId,omitempty"`
	At       time.Time `json:"at"`
	By       string    `json:"by"`
	Reason   string    `json:"reason,omitempty"`
	OnHand   int64     `json:"onHand" doc:"What there was after it."`
	Reserved int64     `json:"reserved" doc:"What orders held after it."`
	Source   string    `json:"source,omitempty" doc:"What caused it besides an order: damaged, lost, sample, found, or a receipt, undo, count or import with its id."`
}

func movementJSON(m stock.Movement) apiMovement {
	return apiMovement{Kind: string(m.Kind), Qty: m.Qty, OrderID: m.OrderID, At: inZone(m.At), By: m.By, Reason: m.Reason,
		OnHand: m.OnHand, Reserved: m.Reserved, Source: m.Source.String()}
}

// orderRow is a row of an order list as its customer sees it.
func (s *Server) orderRow(lang messages.Lang, o lists.Order) any { return s.apiOrderRow(lang, o) }

// staffOrderRow is a row of an order list as staff see it.
func (s *Server) staffOrderRow(lang messages.Lang, o lists.Order) any {
	return s.apiStaffOrderRow(lang, o)
}

// taskRow is a row of the packing list.
func (s *Server) taskRow(lang messages.Lang, t lists.Task) any { return apiTaskRow(lang, t) }

// deliveryRow is a row of the delivery list.
func (s *Server) deliveryRow(lang messages.Lang, d lists.Delivery) any {
	return apiDeliveryRow(lang, d)
}

// stockRow is a product's row of the stock list.
func (s *Server) stockRow(_ messages.Lang, p lists.Product) any {
	return apiStock{ProductID: p.ProductID, Name: p.Product, SKU: p.SKU, Bin: p.Bin,
		OnHand: p.OnHand, Reserved: p.Reserved, Available: p.OnHand - p.Reserved, Low: p.Low()}
}

// productRow is a product as everyone sees it.
func (s *Server) productRow(_ messages.Lang, p lists.Product) any {
	out := factsJSON(p.ProductFacts)
	out.Available, out.Version = p.Available(), p.ProductV
	return out
}

func (s *Server) apiOrderRow(lang messages.Lang, o lists.Order) apiOrder {
	m := o.Details()
	out := apiOrder{
		ID: o.ID, No: o.No, Status: o.Status, StatusReason: reasonText(lang, o.Reason),
		CustomerID: o.CustomerID, CustomerName: o.CustomerName, Amount: o.Amount,
		PaymentStatus: o.PaymentStatus, PackingStatus: o.PackingStatus, DeliveryStatus: o.DeliveryStatus,
		PlacedAt: inZone(o.OrderedAt), UpdatedAt: inZone(o.UpdatedAt), Version: o.OrderV,
	}
	return s.fillOrder(lang, out, m.Lines, m.To, m.Note)
}

func (s *Server) apiStaffOrderRow(lang messages.Lang, o lists.Order) apiOrder {
	out := s.apiOrderRow(lang, o)
	out.TaskID, out.DeliveryID, out.Packer = o.TaskID, o.DeliveryID, o.PackerName
	return out
}

// orderJSON is an order as its context keeps it. It depends on nothing else, so that
// a repeated command is answered the same.
func (s *Server) orderJSON(lang messages.Lang, o orders.Order) apiOrder {
	return s.fillOrder(lang, apiOrder{
		ID: o.ID, No: o.No, Status: string(o.Status), StatusReason: reasonText(lang, o.Reason),
		CustomerID: o.CustomerID, CustomerName: o.CustomerName, Amount: o.Amount, PaymentStatus: o.Payment,
		PlacedAt: inZone(o.OrderedAt), UpdatedAt: inZone(o.UpdatedAt), Version: o.Version,
	}, o.Lines, o.To, o.Note)
}

func (s *Server) fillOrder(lang messages.Lang, out apiOrder, lines []event.Line, to event.Address, note string) apiOrder {
	out.StatusLabel = statusLabel(lang, "order", out.Status)
	out.CanCancel = s.Orders.CanCancel(event.OrderStatus(out.Status))
	out.CanReturn = orders.CanReturn(event.OrderStatus(out.Status))
	out.Recipient, out.Phone, out.Postcode = to.Recipient, to.Phone, to.Postcode
	out.Address, out.AddressDetail, out.Note = to.Line1, to.Line2, note
	out.Lines = linesJSON(lines)
	return out
}

func linesJSON(lines []event.Line) []apiLine {
	out := make([]apiLine, len(lines))
	for i, l := range lines {
		out[i] = apiLine{ProductID: l.ProductID, Name: l.Product, NameEn: l.ProductEn, ImageURL: l.Image,
			UnitPrice: l.UnitPrice, Qty: l.Qty}
	}
	return out
}

func apiTaskRow(lang messages.Lang, t lists.Task) apiTask {
	lines := t.Lines()
	out := apiTask{
		ID: t.ID, OrderID: t.OrderID, OrderNo: t.OrderNo, Status: t.Status, StatusLabel: statusLabel(lang, "packing", t.Status),
		CustomerName: t.CustomerName, Packer: t.PackerName, PackerID: t.PackerID, Note: t.Note, Lines: make([]apiTaskLine, len(lines)),
		RequestedAt: inZone(t.RequestedAt), StartedAt: maybe(t.StartedAt), PackedAt: maybe(t.PackedAt), Version: t.Version,
	}
	for i, l := range lines {
		out.Lines[i] = taskLine(l, 0)
	}
	return out
}

func taskJSON(lang messages.Lang, t packing.Task) apiTask {
	out := apiTask{
		ID: t.ID, OrderID: t.OrderID, OrderNo: t.OrderNo, Status: t.Status, StatusLabel: statusLabel(lang, "packing", t.Status),
		CustomerName: t.CustomerName, Packer: t.PackerName, PackerID: t.PackerID, Note: t.Note, Lines: make([]apiTaskLine, len(t.Lines)),
		RequestedAt: inZone(t.RequestedAt), StartedAt: maybe(t.StartedAt), PackedAt: maybe(t.PackedAt), Version: t.Version,
	}
	for i, l := range t.Lines {
		out.Lines[i] = taskLine(l.Line, l.Scanned)
	}
	out.Box, out.Weight = t.BoxSize, t.Weight
	for _, l := range t.Short {
		out.Short = append(out.Short, apiShort{ProductID: l.ProductID, Name: l.Product, Qty: l.Qty, Reason: reasonText(lang, l.Reason), By: l.By})
	}
	return out
}

func taskLine(l event.Line, scanned int) apiTaskLine {
	return apiTaskLine{ProductID: l.ProductID, Name: l.Product, NameEn: l.ProductEn, Code: l.Code, Bin: l.Bin,
		ImageURL: l.Image, Qty: l.Qty, Scanned: scanned}
}

// productJSON is a product with its stock; staff also see the codes on it.
func productJSON(p catalog.Product, l stock.Level, staff bool) apiProduct {
	out := factsJSON(p.Facts())
	out.Available, out.Version = max(0, l.Available), p.Version
	if staff {
		out.SKU, out.Barcode, out.Bin, out.LowAt = p.SKU, p.Barcode, p.Bin, p.LowAt
	}
	return out
}

func factsJSON(p event.ProductFacts) apiProduct {
	return apiProduct{ID: p.ProductID, Name: p.Product, NameEn: p.ProductEn, Description: p.Description, DescriptionEn: p.DescEn,
		Category: p.Category, Price: p.Price, ImageURL: p.Image, OutOfStock: p.OutOfStock, Active: p.Active}
}

func stockJSON(l stock.Level) apiStock {
	return apiStock{ProductID: l.ProductID, OnHand: l.OnHand, Reserved: l.Reserved, Available: l.Available}
}

// reasonText is why an order ended: a sentence of ours, or what a person wrote.
func reasonText(lang messages.Lang, reason string) string {
	if (strings.HasPrefix(reason, "order.reason.") || strings.HasPrefix(reason, "bench.reason.")) && messages.Has(reason) {
		return messages.Text(lang, reason)
	}
	return reason
}

// inZone has a time printed with the shop's offset.
func inZone(t time.Time) time.Time { return t.In(messages.Zone) }

// maybe is a time that may not have come yet.
func maybe(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = inZone(t)
	return &t
}

// statusLabel is what a status is called; a thing that is not there yet has none.
func statusLabel(lang messages.Lang, kind, status string) string {
	if status == "" {
		return ""
	}
	return messages.Text(lang, "status."+kind+"."+status)
}
