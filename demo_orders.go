package main

import "daybreak/domain/event"

// demoOrder is an order of the demo and how far it has come.
type demoOrder struct {
	who    string
	until  event.OrderStatus
	lines  []string // slugs of products; one named twice is ordered twice
	reason string   // of a cancel
}

const (
	seoyeon = "customer@demo.local"
	junho   = "customer2@demo.local"
)

// demoOrders are in the order they were placed: the oldest have come furthest.
var demoOrders = []demoOrder{
	{seoyeon, event.StatusDelivered, []string{"milk-bread", "fresh-milk", "free-range-eggs"}, ""},
	{junho, event.StatusDelivered, []string{"house-blend-beans", "ceramic-mug"}, ""},
	{seoyeon, event.StatusCancelled, []string{"desk-lamp"}, "색상을 잘못 골랐습니다"},
	{junho, event.StatusDelivered, []string{"dot-notebook", "gel-pens", "sticky-notes"}, ""},
	{seoyeon, event.StatusDelivered, []string{"jeju-mandarins", "avocado"}, ""},
	{junho, event.StatusRejected, []string{"wireless-keyboard"}, ""},
	{seoyeon, event.StatusDelivered, []string{"butter-croissant", "butter-croissant", "cold-brew"}, ""},
	{junho, event.StatusDelivered, []string{"tulip-bouquet"}, ""},
	{seoyeon, event.StatusShipped, []string{"olive-oil", "almond-granola"}, ""},
	{junho, event.StatusShipped, []string{"laptop-stand"}, ""},
	{seoyeon, event.StatusShipped, []string{"cherry-tomatoes", "ripe-kimchi", "odae-rice"}, ""},
	{junho, event.StatusCancelled, []string{"soy-candle", "cotton-towels"}, ""},
	{seoyeon, event.StatusPacked, []string{"green-tea", "wildflower-honey"}, ""},
	{junho, event.StatusPacked, []string{"shipping-boxes", "washi-tape"}, ""},
	{seoyeon, event.StatusPacked, []string{"chocolate-box"}, ""},
	{junho, event.StatusPacking, []string{"milk-bread", "red-bean-bun", "orange-juice"}, ""},
	{seoyeon, event.StatusPacking, []string{"pencil-set", "dot-notebook"}, ""},
	{junho, event.StatusPlaced, []string{"monstera-pot"}, ""},
	{seoyeon, event.StatusPlaced, []string{"fresh-milk", "free-range-eggs", "butter-croissant"}, ""},
	{junho, event.StatusPlaced, []string{"dawn-gift-box"}, ""},
	{seoyeon, event.StatusPlaced, []string{"strawberry-cake", "soy-candle"}, ""},
	{junho, event.StatusPlaced, []string{"house-blend-beans", "house-blend-beans", "cold-brew"}, ""},
}
