package web

import (
	"net/http"

	"daybreak/domain"
	"daybreak/domain/payment"
)

// Where payment providers tell by themselves what they did.
const (
	PaymentWebhook = "/webhooks/payments"
	StripeWebhook  = "/webhooks/stripe"
)

type webhookAnswer struct {
	Result payment.Heard `json:"result"`
}

// postWebhook takes a callback whose signature is in the header. Who sent it is known by
// that alone. A provider repeats what is not answered with a 2xx, so what cannot be used
// for good is taken too, and kept for the staff.
func (s *Server) postWebhook(header string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		heard, err := s.hear(r, header)
		if err != nil {
			s.problem(w, r, err)
			return
		}
		code := http.StatusOK
		if heard == payment.HeardParked {
			code = http.StatusAccepted
		}
		w.Header().Set("Content-Type", "application/json")
		writeJSON(w, r, code, webhookAnswer{heard})
	}
}

func (s *Server) hear(r *http.Request, header string) (payment.Heard, error) {
	if s.Payment == nil {
		return "", domain.Refuse(domain.NotFound, "err.404")
	}
	body, err := readAll(r)
	if err != nil {
		return "", err
	}
	return s.Payment.Hear(r.Context(), r.Header.Get(header), body)
}
