package web

import (
	"context"
	"net/http"

	"daybreak/domain"
)

// Faults are what the payment provider of a demo does wrong on purpose.
type Faults struct {
	LatencyMs     int     `json:"latencyMs,omitempty" minimum:"0" maximum:"60000" doc:"Every answer is this late …"`
	JitterMs      int     `json:"jitterMs,omitempty" minimum:"0" maximum:"60000" doc:"… and at random up to this much later."`
	FailRate      float64 `json:"failRate,omitempty" minimum:"0" maximum:"1" doc:"Answers 500 and does nothing."`
	HangRate      float64 `json:"hangRate,omitempty" minimum:"0" maximum:"1" doc:"Does what was asked and never answers."`
	DeclineRate   float64 `json:"declineRate,omitempty" minimum:"0" maximum:"1" doc:"Declines the charge."`
	FailAfterRate float64 `json:"failAfterRate,omitempty" minimum:"0" maximum:"1" doc:"Does what was asked and answers 500."`
	CallbackRate  float64 `json:"callbackRate,omitempty" minimum:"0" maximum:"1" doc:"Tells of it by a callback, too."`
	DuplicateRate float64 `json:"duplicateRate,omitempty" minimum:"0" maximum:"1" doc:"Tells of it twice."`
	EarlyRate     float64 `json:"earlyRate,omitempty" minimum:"0" maximum:"1" doc:"Tells of it before it answers."`
	WrongRate     float64 `json:"wrongRate,omitempty" minimum:"0" maximum:"1" doc:"Tells of another amount."`
}

func (f Faults) check() error {
	var c domain.Checks
	for name, ms := range map[string]int{"latencyMs": f.LatencyMs, "jitterMs": f.JitterMs} {
		c.Must(ms >= 0 && ms <= 60_000, name, "err.api.whole_range", "a", 0, "b", 60_000)
	}
	for name, rate := range map[string]float64{"failRate": f.FailRate, "hangRate": f.HangRate, "declineRate": f.DeclineRate,
		"failAfterRate": f.FailAfterRate, "callbackRate": f.CallbackRate, "duplicateRate": f.DuplicateRate,
		"earlyRate": f.EarlyRate, "wrongRate": f.WrongRate} {
		c.Must(rate >= 0 && rate <= 1, name, "err.range", "a", 0, "b", 1)
	}
	return c.Err()
}

// faultsInForce is Faults with every number told.
type faultsInForce struct {
	LatencyMs     int     `json:"latencyMs"`
	JitterMs      int     `json:"jitterMs"`
	FailRate      float64 `json:"failRate"`
	HangRate      float64 `json:"hangRate"`
	DeclineRate   float64 `json:"declineRate"`
	FailAfterRate float64 `json:"failAfterRate"`
	CallbackRate  float64 `json:"callbackRate"`
	DuplicateRate float64 `json:"duplicateRate"`
	EarlyRate     float64 `json:"earlyRate"`
	WrongRate     float64 `json:"wrongRate"`
}

// Sandbox is the payment provider of a demo, whose faults can be switched.
type Sandbox interface {
	Faults() Faults
	SetFaults(f Faults) error
}

func (s *Server) apiSandbox(a *api, tag string) {
	add(a, operation{method: http.MethodGet, path: "/staff/sandbox", tag: tag, summary: "What the payment provider of the demo does wrong",
		who: admins, status: http.StatusOK},
		func(context.Context, caller, *struct{}) (faultsInForce, error) {
			return faultsInForce(s.Sandbox.Faults()), nil
		})
	add(a, operation{method: http.MethodPut, path: "/staff/sandbox", tag: tag, summary: "Have the payment provider of the demo fail on purpose",
		who: admins, status: http.StatusOK, bare: true},
		func(_ context.Context, _ caller, in *struct{ Body Faults }) (faultsInForce, error) {
			if err := in.Body.check(); err != nil {
				return faultsInForce{}, err
			}
			err := s.Sandbox.SetFaults(in.Body)
			return faultsInForce(s.Sandbox.Faults()), err
		})
}
