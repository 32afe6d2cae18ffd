package event

func init() {
	register[StockReceived]()
	register[StockAdjusted]()
	register[StockReserved]()
	register[StockReleased]()
	register[StockCommitted]()
	register[StockRestocked]()
}

// Level is the stock of one product after a movement. Version grows with every
// movement of the product, so the level with the higher version is the newer one.
type Level struct {
	ProductID string `json:"productId"`
	Delta     int64  `json:"delta"` // units moved by this event; its sign is that of the kind
	OnHand    int64  `json:"onHand"`
	Reserved  int64  `json:"reserved"`
	Version   int64  `json:"version"`
}

// StockReceived (E16): goods came in.
type StockReceived struct{ Level }

// Name implements Event.
func (StockReceived) Name() string { return "stock.received.v1" }

// StockAdjusted (E16): a person corrected the count; Delta may be negative.
type StockAdjusted struct {
	Level
	Reason string `json:"reason"`
}

// Name implements Event.
func (StockAdjusted) Name() string { return "stock.adjusted.v1" }

// StockMoved is what an order did to the stock of its products.
type StockMoved struct {
	OrderID string  `json:"orderId"`
	Items   []Level `json:"items"`
}

// StockReserved (E16): an order holds stock.
type StockReserved struct{ StockMoved }

// Name implements Event.
func (StockReserved) Name() string { return "stock.reserved.v1" }

// StockReleased (E16): a cancelled or rejected order, or a part of it, gave its stock back.
type StockReleased struct{ StockMoved }

// Name implements Event.
func (StockReleased) Name() string { return "stock.released.v1" }

// StockCommitted (E16): the goods of an order left the house.
type StockCommitted struct{ StockMoved }

// Name implements Event.
func (StockCommitted) Name() string { return "stock.committed.v1" }

// StockRestocked (E16): goods of an order came back from the customer.
type StockRestocked struct{ StockMoved }

// Name implements Event.
func (StockRestocked) Name() string { return "stock.restocked.v1" }
