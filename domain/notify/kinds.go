package notify

import (
	"slices"
	"time"

	"daybreak/domain"
)

// Kind is what a notification is about; people choose their channels by it.
type Kind string

// The kinds for those who order and book.
const (
	KindOrder    Kind = "order"
	KindDelivery Kind = "delivery"
	KindRefund   Kind = "refund"
	KindReturn   Kind = "return"
	KindBooking  Kind = "booking"
	KindUse      Kind = "use"
)

// The kinds for staff, each a duty of a role.
const (
	KindNewOrder    Kind = "new_order"    // packers
	KindStopped     Kind = "stopped"      // the packer at work on it
	KindApproval    Kind = "approval"     // room administrators
	KindLowStock    Kind = "low_stock"    // admins, as all below
	KindDeadLetters Kind = "dead_letters" // events nobody could handle
	KindBreaker     Kind = "breaker"      // the payment provider does not answer
	KindRefunds     Kind = "refunds"      // money that does not go back
	KindChannel     Kind = "channel"      // messages that do not get out
)

// rules are what is true of all notifications of a kind.
type rules struct {
	roles []domain.Role // who can get them
	mail  bool          // by e-mail, too, unless the reader says no
	// duty: the kind is work. A burst of it becomes one message, the duty can have a chat
	// of its own, and after stale nobody is told outside the page any more.
	duty  bool
	stale time.Duration
}

var (
	buyers  = []domain.Role{domain.Customer, domain.Admin}
	bookers = []domain.Role{domain.Customer, domain.RoomAdmin, domain.Admin}
	packers = []domain.Role{domain.Packer}
	// Where there is no room administrator, admins decide.
	approvers = []domain.Role{domain.RoomAdmin, domain.Admin}
	admins    = []domain.Role{domain.Admin}
)

// Kinds are all kinds in the order in which they are offered.
var Kinds = []Kind{KindOrder, KindDelivery, KindRefund, KindReturn, KindBooking, KindUse, KindNewOrder, KindStopped,
	KindApproval, KindLowStock, KindDeadLetters, KindBreaker, KindRefunds, KindChannel}

var kinds = map[Kind]rules{
	KindOrder:       {roles: buyers, mail: true},
	KindDelivery:    {roles: buyers, mail: true},
	KindRefund:      {roles: buyers, mail: true},
	KindReturn:      {roles: buyers, mail: true},
	KindBooking:     {roles: bookers, mail: true},
	KindUse:         {roles: bookers, mail: true},
	KindNewOrder:    {roles: packers, duty: true, stale: 4 * time.Hour},
	KindStopped:     {roles: packers, duty: true, stale: 4 * time.Hour},
	KindApproval:    {roles: approvers, duty: true, stale: 24 * time.Hour},
	KindLowStock:    {roles: admins, duty: true, stale: 12 * time.Hour},
	KindDeadLetters: {roles: admins, duty: true, stale: 12 * time.Hour},
	KindBreaker:     {roles: admins, duty: true, stale: time.Hour},
	KindRefunds:     {roles: admins, duty: true, stale: 12 * time.Hour},
	KindChannel:     {roles: admins, duty: true, stale: 12 * time.Hour},
}

// KindsOf returns the kinds that somebody with a role can get.
func KindsOf(r domain.Role) []Kind {
	var out []Kind
	for _, k := range Kinds {
		if slices.Contains(kinds[k].roles, r) {
			out = append(out, k)
		}
	}
	return out
}

// Duties are the kinds that can have a chat of their own, for whoever is on duty.
func Duties() []Kind {
	var out []Kind
	for _, k := range Kinds {
		if kinds[k].duty && k != KindStopped { // which is for one person
			out = append(out, k)
		}
	}
	return out
}

// overtaken are the states of the same subject after which nobody need be told outside
// the page any more: an approver of what is decided, a customer of a payment that waited.
var overtaken = map[Kind]map[string][]told{
	KindApproval: {
		"requested": decided, "changed": decided, "reminder": decided,
	},
	KindOrder: {
		"pending": paid, "pay_by_hand": paid,
	},
	KindNewOrder: {
		"accept": ended, "placed": ended,
	},
}

// told is that somebody was told of a state.
type told struct {
	kind  Kind
	state string
}

var (
	decided = []told{{KindBooking, "confirmed"}, {KindBooking, "booked"}, {KindBooking, "denied"}, {KindBooking, "cancelled"},
		{KindBooking, "cancelled_by_staff"}, {KindBooking, "expired"}}
	ended = []told{{KindOrder, "cancelled"}, {KindOrder, "cancelled_by_staff"}, {KindOrder, "rejected"}}
	paid  = append([]told{{KindOrder, "placed"}}, ended...)
)
