package event

import "daybreak/domain"

func init() {
	register[AccountRegistered]()
	register[AccountRoleChanged]()
}

// AccountRegistered: somebody has an account now.
type AccountRegistered struct {
	AccountID string      `json:"accountId"`
	Person    string      `json:"name"`
	Role      domain.Role `json:"role"`
}

// Name implements Event.
func (AccountRegistered) Name() string { return "accounts.registered.v1" }

// AccountRoleChanged: an admin changed what an account may do.
type AccountRoleChanged struct {
	AccountID string      `json:"accountId"`
	From      domain.Role `json:"from"`
	To        domain.Role `json:"to"`
	By        string      `json:"by"`
}

// Name implements Event.
func (AccountRoleChanged) Name() string { return "accounts.role_changed.v1" }
