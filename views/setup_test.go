package views

func init() {
	sample("SetupPage", SetupPage(Form{}, "token"))
}
