package orders

// What the tests outside share with those inside.
var (
	AllStates = all
	OneOf     = oneOf
	Noon      = noon
)
