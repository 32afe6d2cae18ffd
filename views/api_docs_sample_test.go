package views

func init() {
	sample("APIDocs", APIDocs("About.", []APIGroup{{Name: "Shop", Calls: []APICall{{
		ID: "placeOrder", Method: "POST", Path: "/api/v1/orders", Summary: "Orders goods.", Who: "customer",
		Sent:     []APIField{{Name: "address", In: "body", Type: "text", Required: true}},
		Answered: []APIField{{Name: "id", Type: "text"}}, Codes: []string{"201", "409"},
	}}}}))
}
