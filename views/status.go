package views

import (
	"context"

	"daybreak/views/messages"
)

// look is how a status is shown: an icon, a colour family and a sentence. The colour is
// only a hint; icon and word carry the meaning.
type look struct{ icon, family, key string }

// looks are the statuses by "<kind>.<code>". Badges, timelines and filters all read
// this one table.
var looks = map[string]look{
	"order.AWAITING_ACCEPT": {"hand", "w", "status.order.AWAITING_ACCEPT"},
	"order.PENDING_PAYMENT": {"hourglass", "w", "status.order.PENDING_PAYMENT"},
	"order.BACKORDERED":     {"package-search", "w", "status.order.BACKORDERED"},
	"order.PLACED":          {"inbox", "i", "status.order.PLACED"},
	"order.PACKING":         {"package-open", "v", "status.order.PACKING"},
	"order.PACKED":          {"package-check", "t", "status.order.PACKED"},
	"order.SHIPPED":         {"truck", "t", "status.order.SHIPPED"},
	"order.DELIVERED":       {"circle-check", "g", "status.order.DELIVERED"},
	"order.RETURNING":       {"undo-2", "w", "status.order.RETURNING"},
	"order.RETURNED":        {"undo-2", "n", "status.order.RETURNED"},
	"order.CANCELLED":       {"ban", "n", "status.order.CANCELLED"},
	"order.REJECTED":        {"circle-x", "r", "status.order.REJECTED"},

	"payment.REQUESTED":      {"credit-card", "n", "status.payment.REQUESTED"},
	"payment.APPROVED":       {"credit-card", "g", "status.payment.APPROVED"},
	"payment.DEFERRED":       {"hourglass", "w", "status.payment.DEFERRED"},
	"payment.DECLINED":       {"triangle-alert", "r", "status.payment.DECLINED"},
	"payment.EXPIRED":        {"clock", "n", "status.payment.EXPIRED"},
	"payment.CANCELLED":      {"ban", "n", "status.payment.CANCELLED"},
	"payment.REFUND_PENDING": {"undo-2", "w", "status.payment.REFUND_PENDING"},
	"payment.REFUNDED":       {"undo-2", "n", "status.payment.REFUNDED"},

	"packing.REQUESTED":   {"inbox", "i", "status.packing.REQUESTED"},
	"packing.IN_PROGRESS": {"package-open", "v", "status.packing.IN_PROGRESS"},
	"packing.SHORT":       {"triangle-alert", "r", "status.packing.SHORT"},
	"packing.PACKED":      {"package-check", "g", "status.packing.PACKED"},
	"packing.CANCELLED":   {"ban", "n", "status.packing.CANCELLED"},
	"packing.UNPACKING":   {"rotate-ccw", "w", "status.packing.UNPACKING"},
	"packing.UNPACKED":    {"undo-2", "n", "status.packing.UNPACKED"},

	"delivery.READY":     {"package", "i", "status.delivery.READY"},
	"delivery.STARTED":   {"truck", "t", "status.delivery.STARTED"},
	"delivery.COMPLETED": {"circle-check", "g", "status.delivery.COMPLETED"},
	"delivery.CANCELLED": {"ban", "n", "status.delivery.CANCELLED"},
	"delivery.RETURNING": {"undo-2", "w", "status.delivery.RETURNING"},
	"delivery.RETURNED":  {"undo-2", "n", "status.delivery.RETURNED"},

	"stock.OK":        {"check", "n", "status.stock.OK"},
	"stock.LOW":       {"triangle-alert", "w", "status.stock.LOW"},
	"stock.NONE":      {"ban", "r", "status.stock.NONE"},
	"stock.BACKORDER": {"clock", "i", "status.stock.BACKORDER"},

	"consumer.HEALTHY":  {"circle-check", "g", "status.consumer.HEALTHY"},
	"consumer.RETRYING": {"rotate-ccw", "w", "status.consumer.RETRYING"},
	"consumer.FAILING":  {"triangle-alert", "r", "status.consumer.FAILING"},
	"consumer.PAUSED":   {"circle-pause", "w", "status.consumer.PAUSED"},

	"breaker.closed":    {"zap", "g", "status.breaker.closed"},
	"breaker.failing":   {"triangle-alert", "w", "status.breaker.failing"},
	"breaker.half-open": {"zap-off", "w", "status.breaker.half-open"},
	"breaker.open":      {"ban", "r", "status.breaker.open"},

	"booking.REQUESTED": {"hourglass", "w", "status.booking.REQUESTED"},
	"booking.CONFIRMED": {"calendar-check", "i", "status.booking.CONFIRMED"},
	"booking.IN_USE":    {"door-open", "g", "status.booking.IN_USE"},
	"booking.COMPLETED": {"check", "n", "status.booking.COMPLETED"},
	"booking.DENIED":    {"circle-x", "r", "status.booking.DENIED"},
	"booking.CANCELLED": {"ban", "n", "status.booking.CANCELLED"},
	"booking.NO_SHOW":   {"user-x", "r", "status.booking.NO_SHOW"},
	"booking.EXPIRED":   {"clock", "n", "status.booking.EXPIRED"},

	"message.queued":     {"hourglass", "i", "status.message.queued"},
	"message.sending":    {"rotate-ccw", "i", "status.message.sending"},
	"message.sent":       {"circle-check", "g", "status.message.sent"},
	"message.kept":       {"inbox", "n", "status.message.kept"},
	"message.failed":     {"triangle-alert", "r", "status.message.failed"},
	"message.bounced":    {"circle-x", "r", "status.message.bounced"},
	"message.dropped":    {"clock", "n", "status.message.dropped"},
	"message.suppressed": {"ban", "n", "status.message.suppressed"},

	"product.ACTIVE":   {"tag", "g", "status.product.ACTIVE"},
	"product.INACTIVE": {"circle-pause", "n", "status.product.INACTIVE"},

	"room.ACTIVE":   {"door-open", "g", "status.room.ACTIVE"},
	"room.INACTIVE": {"circle-pause", "n", "status.room.INACTIVE"},
}

// lookOf returns how a status is shown; one that is not known shows its code.
func lookOf(kind, code string) look {
	if l, ok := looks[kind+"."+code]; ok {
		return l
	}
	return look{"circle-dot", "n", code}
}

// StatusKey is the catalogue key of a status.
func StatusKey(kind, code string) string { return lookOf(kind, code).key }

// StatusIcon is the icon of a status.
func StatusIcon(kind, code string) string { return lookOf(kind, code).icon }

// StatusFamily is the colour family of a status.
func StatusFamily(kind, code string) string { return lookOf(kind, code).family }

// statusWord is the word of a badge.
func statusWord(ctx context.Context, kind, code string, args ...any) string {
	key := StatusKey(kind, code)
	if !messages.Has(key) {
		return code
	}
	return T(ctx, key, args...)
}

// noticeIcon is the icon of a notice by its colour family.
func noticeIcon(family string) string {
	switch family {
	case "g":
		return "circle-check"
	case "r", "w":
		return "triangle-alert"
	}
	return "info"
}

// flashRole is alert for what went wrong: a screen reader says it at once.
func flashRole(family string) string {
	if family == "r" {
		return "alert"
	}
	return "status"
}

// confirmLook is the look of the button that does it.
func confirmLook(danger bool) string {
	if danger {
		return "danger"
	}
	return "primary"
}
