package views

// StaffReceiveURL is where goods that come in are scanned; a post receives one scan. id is
// the receipt that goes on, "" the one the reader is at, "new" a new one.
func StaffReceiveURL(id string) string { return query("/staff/stock/receive", "receipt", id) }

// StaffScanURL takes a scan back by a post: do is "undo".
func StaffScanURL(id, do string) string { return at("staff", "stock", "scans", id, do) }

// StaffBinsURL is the list of places in the warehouse.
func StaffBinsURL() string { return "/staff/stock/bins" }

// StaffScannedURL is StaffReceiveURL with the answer to a scan.
func StaffScannedURL(id, scan string) string {
	return query("/staff/stock/receive", "receipt", id, "last", scan)
}

// StaffStockAtURL is StaffStockListURL, narrowed to what lies in a place.
func StaffStockAtURL(bin, q string, low bool, cursor string) string {
	only := ""
	if low {
		only = "true"
	}
	return query("/staff/stock", "bin", bin, "q", q, "low", only, "cursor", cursor)
}

// StaffProductForURL is the form for a new product that has the code.
func StaffProductForURL(code string) string { return query("/staff/products/new", "barcode", code) }

// StaffCountsURL is the list of counts; a post starts one.
func StaffCountsURL(cursor string) string { return query("/staff/stock/counts", "cursor", cursor) }

// StaffCountURL is a count; a post of code counts one.
func StaffCountURL(id string) string { return at("staff", "stock", "counts", id) }

// StaffCountDoURL acts on a count by a post: "submit", "reopen", "cancel" or "approve".
func StaffCountDoURL(id, do string) string { return at("staff", "stock", "counts", id, do) }

// StaffCountLineURL acts on a line of a count by a post: "set", "approve" or "reject".
func StaffCountLineURL(id, productID, do string) string {
	return at("staff", "stock", "counts", id, "lines", productID, do)
}

// StaffCountedURL is StaffCountURL with the answer to what was counted of a product.
func StaffCountedURL(id, productID string) string {
	return query(StaffCountURL(id), "last", productID)
}
