package views

// StaffNextTaskURL gives by a post the task that has waited longest, and shows its bench.
func StaffNextTaskURL() string { return "/staff/packing/next" }

// StaffCommandsURL is the sheet of bar codes that are commands.
func StaffCommandsURL() string { return "/staff/packing/commands" }

// StaffTaskAskURL is the bench of a task where it asks what lacks.
func StaffTaskAskURL(id string) string { return query(StaffTaskURL(id), "ask", "problem") }
