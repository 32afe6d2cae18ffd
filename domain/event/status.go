package event

// OrderStatus is where an order stands. Contexts name it to each other when one
// asks the orders to move on.
type OrderStatus string

// The states of an order.
const (
	StatusAwaitingAccept OrderStatus = "AWAITING_ACCEPT"
	StatusPendingPayment OrderStatus = "PENDING_PAYMENT"
	StatusBackordered    OrderStatus = "BACKORDERED"
	StatusPlaced         OrderStatus = "PLACED"
	StatusPacking        OrderStatus = "PACKING"
	StatusPacked         OrderStatus = "PACKED"
	StatusShipped        OrderStatus = "SHIPPED"
	StatusDelivered      OrderStatus = "DELIVERED"
	StatusReturning      OrderStatus = "RETURNING"
	StatusReturned       OrderStatus = "RETURNED"
	StatusCancelled      OrderStatus = "CANCELLED"
	StatusRejected       OrderStatus = "REJECTED"
)

// The states of a payment.
const (
	PaymentRequested     = "REQUESTED"
	PaymentStateDeferred = "DEFERRED"
	PaymentStateApproved = "APPROVED"
	PaymentStateDeclined = "DECLINED"
	PaymentStateExpired  = "EXPIRED"
	PaymentRefundPending = "REFUND_PENDING"
	PaymentRefunded      = "REFUNDED"
	PaymentVoid          = "CANCELLED" // before it was taken
)

// ChargeOutcome is what is known after the provider was asked to charge: Status
// is APPROVED, DECLINED or DEFERRED (no answer; ask again with the same key).
type ChargeOutcome struct {
	Status string
	PgTxID string // the provider's transaction, when approved
	Reason string // why not, for the record
	// Where the customer can pay by hand while it is deferred, and what the provider calls that.
	PayURL, PayRef string
}

// The states of a packing task.
const (
	TaskRequested  = "REQUESTED"
	TaskInProgress = "IN_PROGRESS"
	TaskShort      = "SHORT" // something lacks; staff decide
	TaskPacked     = "PACKED"
	TaskCancelled  = "CANCELLED"
	TaskUnpacking  = "UNPACKING"
	TaskUnpacked   = "UNPACKED"
)

// The states of a delivery.
const (
	DeliveryReady        = "READY"
	DeliveryUnderWay     = "STARTED"
	DeliveryDone         = "COMPLETED"
	DeliveryStateStopped = "CANCELLED"
	DeliveryReturning    = "RETURNING"
	DeliveryReturned     = "RETURNED"
)

// The states of a booking of a room. The first three hold the room's time.
const (
	BookingStateRequested = "REQUESTED"
	BookingStateConfirmed = "CONFIRMED"
	BookingStateInUse     = "IN_USE"
	BookingStateCompleted = "COMPLETED"
	BookingStateDenied    = "DENIED"
	BookingStateCancelled = "CANCELLED"
	BookingStateNoShow    = "NO_SHOW"
	BookingStateExpired   = "EXPIRED"
)

// Who ended the use of a room.
const (
	EndedByUser  = "user"
	EndedByAdmin = "admin"
	EndedByAuto  = "auto"  // nobody did: the time was over
	EndedByBoard = "board" // somebody at the door
)
