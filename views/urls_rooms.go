package views

// RoomsURL is where rooms are found: date, from and people narrow, view is "grid" or "list".
func RoomsURL(pairs ...string) string { return query("/rooms", pairs...) }

// RoomURL is a room's page, with the week of the day date.
func RoomURL(id, date string) string { return query(at("rooms", id), "date", date) }

// RoomRowURL is the row of a room in the grid of a day, alone.
func RoomRowURL(id, date string) string { return query(at("rooms", id, "row"), "date", date) }

// RoomNowURL books a room that is free and starts its use, by a post.
func RoomNowURL() string { return "/rooms/now" }

// BookingNewURL is the form for a booking, prefilled by name, value pairs; its post goes
// to BookingsURL.
func BookingNewURL(pairs ...string) string { return query("/bookings/new", pairs...) }

// BookingVerdictURL says what would become of the form as it stands.
func BookingVerdictURL() string { return "/bookings/verdict" }

// BookingsURL is the list of one's bookings: "upcoming", "past" or "cancelled" ones. A
// post of the form books.
func BookingsURL(group, cursor string) string {
	return query("/bookings", "group", group, "cursor", cursor)
}

// BookingURL is a booking's page.
func BookingURL(id string) string { return at("bookings", id) }

// BookingDoURL acts on a booking by a post: "cancel", "change", "start", "end" or "extend".
func BookingDoURL(id, do string) string { return at("bookings", id, do) }

// FeedURL shows, and by a post renews, the address of one's calendar.
func FeedURL() string { return "/bookings/feed" }

// CalendarURL is a calendar with the secret token in its address.
func CalendarURL(token string) string { return at("calendar", token+".ics") }

// BoardURL is a room's door board by the secret token in its address.
func BoardURL(token string) string { return at("board", token) }

// BoardLiveURL is the stream of a board's page.
func BoardLiveURL(token string) string { return at("board", token, "live") }

// BoardDoURL acts at the door by a post: "now", "start", "extend" or "end".
func BoardDoURL(token, do string) string { return at("board", token, do) }

// StaffApprovalsURL is the inbox of requests; a post of do and ids decides about them.
func StaffApprovalsURL(cursor string) string { return query("/staff/approvals", "cursor", cursor) }

// StaffSeriesURL is the inbox narrowed to the requests of a series, all of them ticked.
func StaffSeriesURL(seriesID, cursor string) string {
	return query("/staff/approvals", "series", seriesID, "cursor", cursor)
}

// StaffBookingsURL is the list of all bookings, narrowed by name, value pairs.
func StaffBookingsURL(pairs ...string) string { return query("/staff/bookings", pairs...) }

// StaffBookingURL is a booking as who administers rooms sees it.
func StaffBookingURL(id string) string { return at("staff", "bookings", id) }

// StaffBookingDoURL acts on a booking by a post: "approve", "deny", "cancel", "start",
// "end" or "correct".
func StaffBookingDoURL(id, do string) string { return at("staff", "bookings", id, do) }

// StaffRoomUseURL is the list of what was booked and what was used.
func StaffRoomUseURL(pairs ...string) string { return query("/staff/room-use", pairs...) }

// StaffRoomUseCSVURL is the same list as a file.
func StaffRoomUseCSVURL(pairs ...string) string { return query("/staff/room-use.csv", pairs...) }

// StaffRoomReportURL is the report of how well rooms are used.
func StaffRoomReportURL(pairs ...string) string { return query("/staff/room-report", pairs...) }

// StaffRoomReportCSVURL is the report's table of rooms as a file.
func StaffRoomReportCSVURL(pairs ...string) string { return query("/staff/room-report.csv", pairs...) }

// StaffRoomsURL is the list of rooms; a post adds one.
func StaffRoomsURL() string { return "/staff/rooms" }

// StaffRoomNewURL is the form for a new room.
func StaffRoomNewURL() string { return "/staff/rooms/new" }

// StaffRoomURL is the form of a room; a post saves it.
func StaffRoomURL(id string) string { return at("staff", "rooms", id) }

// StaffRoomDoURL changes a room by a post: "activate", "deactivate", "block", "unblock",
// "board" or "feed".
func StaffRoomDoURL(id, do string) string { return at("staff", "rooms", id, do) }
