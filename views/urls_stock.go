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
