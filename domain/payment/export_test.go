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

// Claim returns the ids of what a round claims.
func (s *Service) Claim(ctx context.Context, n int) (ids []string, err error) {
	cs, err := s.claim(ctx, s.DB.Now(), s.DB.Now(), n)
	for _, c := range cs {
		ids = append(ids, c.id)
	}
	return ids, err
}

// RecordRefund records that the provider has given a refund back.
func (s *Service) RecordRefund(ctx context.Context, id, txID string) error {
	return s.recordRefund(ctx, id, txID, nil)
}

// NewPayment is the payment of an order.
func NewPayment(id, orderID string, amount domain.Money, now time.Time, ttl time.Duration) Payment {
	return newPayment(id, orderID, amount, now, ttl)
}

// Beat has Watch try again after d.
func (s *Service) Beat(d time.Duration) { s.beat = d }
