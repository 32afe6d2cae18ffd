package views

// StaffPrintDoURL prints papers of orders by a post of order, which may be repeated, and
// size: "slips" or "labels".
func StaffPrintDoURL(what string) string { return at("staff", "print", what) }

// StaffPrintURL is a print job; a post of kind and size prints its orders once more.
func StaffPrintURL(id string) string { return at("staff", "print", id) }

// StaffPicksURL lists the open pick lists; a post of n, or of order, which may be
// repeated, begins one.
func StaffPicksURL() string { return "/staff/picking" }

// StaffPickURL is a pick list.
func StaffPickURL(id string) string { return at("staff", "picking", id) }

// StaffPickDoURL acts on a pick list: "next" leads to its next bench, a post to
// "dissolve" takes what is not packed off the list.
func StaffPickDoURL(id, do string) string { return at("staff", "picking", id, do) }
