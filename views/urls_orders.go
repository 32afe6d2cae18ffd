package views

// StaffOrderPeekURL is the short of an order, for a dialog.
func StaffOrderPeekURL(id string) string { return at("staff", "orders", id, "peek") }

// StaffBulkURL takes what is to be done to many orders, by a post.
func StaffBulkURL() string { return "/staff/orders/bulk" }

// StaffBulkResultURL shows what became of an act on many orders.
func StaffBulkResultURL(id string) string { return at("staff", "orders", "bulk", id) }

// StaffViewsURL keeps a filter of the board as a view, by a post of name, query and shared.
func StaffViewsURL() string { return "/staff/orders/views" }

// StaffViewDoURL does something with a view of the board, by a post: save, delete, default.
func StaffViewDoURL(id, do string) string { return at("staff", "orders", "views", id, do) }

// StaffOrdersViewURL opens the board with a view.
func StaffOrdersViewURL(id string) string { return query("/staff/orders", "view", id) }
