package payment

import (
	"context"
	"time"

	"daybreak/domain"
)

// Worker lets a test go through the rounds of a worker one by one.
type Worker struct{ worker }

// Round does what is due.
func (w *Worker) Round(ctx context.Context, s *Service) (more bool, err error) {
	return w.round(ctx, s)
}

// Claim is what a round claims.
func (s *Service) Claim(ctx context.Context, n int) ([]Payment, error) {
	return s.claim(ctx, s.DB.Now(), s.DB.Now(), n)
}

// NewPayment is the payment of an order.
func NewPayment(id, orderID string, amount domain.Money, now time.Time, ttl time.Duration) Payment {
	return newPayment(id, orderID, amount, now, ttl)
}
