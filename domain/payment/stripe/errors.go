package stripe

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/stripe/stripe-go/v85"

	"daybreak/domain/payment"
)

// declined reports whether Stripe has said no for good.
func declined(err error) bool {
	var e *stripe.Error
	if !errors.As(err, &e) {
		return false
	}
	return e.Type == stripe.ErrorTypeCard || e.Code == stripe.ErrorCodeAmountTooSmall || e.Code == stripe.ErrorCodeAmountTooLarge
}

// plain is what the shop understands of err, and may be shown to the staff. What says
// nothing of a charge, such as a 429 or a call with the same key under way, stays unknown.
func plain(err error) error {
	var e *stripe.Error
	if !errors.As(err, &e) {
		return err
	}
	told := fmt.Errorf("stripe answered %d %s %s %s (%s)", e.HTTPStatusCode, e.Type, e.Code, e.Param, e.RequestID)
	switch {
	case e.HTTPStatusCode == http.StatusTooManyRequests, e.HTTPStatusCode == http.StatusConflict, e.HTTPStatusCode >= 500:
		return told
	case e.Type == stripe.ErrorTypeIdempotency, e.Code == stripe.ErrorCodeChargeAlreadyRefunded:
		return fmt.Errorf("%w: %w", payment.ErrMismatch, told)
	}
	return fmt.Errorf("%w: %w", payment.ErrAnswer, told)
}
