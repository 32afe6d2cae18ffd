package main

// A demoProduct is one product of the demo shop. Its picture is the file of the
// same slug in static/img/products.
type demoProduct struct {
	Slug, Category        string
	Ko, En                string // names
	DescKo, DescEn        string
	Price                 int64 // won
	SKU                   string
	Barcode               string // EAN-13 of the range shops number themselves (29…), so no real product is meant
	Bin                   string // aisle-shelf-place in the warehouse
	Stock                 int64  // units on the first day; two have none, so that both answers to an empty shelf are seen
	Backorder             bool   // sold while there is none, and sent when it comes in
	ReorderAt, ReorderQty int64  // at so few left, order so many
}

// demoProducts are in the order the shop shows them, category by category.
var demoProducts = []demoProduct{
	{
		Slug: "milk-bread", Category: "bakery", Ko: "우유 식빵", En: "Milk bread loaf",
		DescKo: "국산 우유로 반죽해 밤새 천천히 발효했습니다. 결대로 찢어지는 촉촉한 식빵입니다.",
		DescEn: "Made with local milk and proved slowly overnight. Soft, moist, and it pulls apart in sheets.",
		Price:  5200, SKU: "BK-01", Barcode: "2901011047290", Bin: "A-01-1",
		Stock: 24, ReorderAt: 6, ReorderQty: 18,
	},
	{
		Slug: "butter-croissant", Category: "bakery", Ko: "버터 크루아상 2개", En: "Butter croissants, pack of 2",
		DescKo: "프랑스산 발효 버터를 스물일곱 겹으로 접어 새벽에 구웠습니다. 겉은 바삭하고 속은 촉촉합니다.",
		DescEn: "Cultured French butter folded into 27 layers and baked before dawn. Crisp outside, tender inside.",
		Price:  6800, SKU: "BK-02", Barcode: "2901021126480", Bin: "A-01-2",
		Stock: 18, ReorderAt: 4, ReorderQty: 12,
	},
	{
		Slug: "salt-bread", Category: "bakery", Ko: "소금빵 3개", En: "Salt bread rolls, pack of 3",
		DescKo: "바닥은 버터에 튀긴 듯 바삭하고, 위에는 신안 천일염을 올렸습니다.",
		DescEn: "A buttery, crackling base and a pinch of Sinan sea salt on top.",
		Price:  6900, SKU: "BK-03", Barcode: "2901031205670", Bin: "A-02-1",
		Stock: 3, ReorderAt: 6, ReorderQty: 18,
	},
	{
		Slug: "red-bean-bun", Category: "bakery", Ko: "통단팥빵", En: "Red bean bun",
		DescKo: "국산 팥을 알갱이째 졸여 가득 채웠습니다. 달지 않아 아침에도 좋습니다.",
		DescEn: "Filled to the edge with whole Korean red beans. Not too sweet, even for breakfast.",
		Price:  3200, SKU: "BK-04", Barcode: "2901041284863", Bin: "A-02-2",
		Stock: 30, ReorderAt: 7, ReorderQty: 21,
	},
	{
		Slug: "blueberry-muffin", Category: "bakery", Ko: "블루베리 머핀", En: "Blueberry muffin",
		DescKo: "터지도록 익은 블루베리와 요거트로 구운 부드러운 머핀입니다.",
		DescEn: "A soft yoghurt muffin with blueberries baked until they burst.",
		Price:  3800, SKU: "BK-05", Barcode: "2901051364050", Bin: "A-03-1",
		Stock: 0, ReorderAt: 6, ReorderQty: 18,
	},
	{
		Slug: "strawberries", Category: "produce", Ko: "설향 딸기 500g", En: "Seolhyang strawberries 500 g",
		DescKo: "논산 농가에서 전날 저녁에 따 온 향긋한 딸기입니다. 무르지 않게 한 단으로 담았습니다.",
		DescEn: "Picked in Nonsan the evening before. Packed in a single layer so they arrive unbruised.",
		Price:  12900, SKU: "PR-01", Barcode: "2902011443242", Bin: "B-01-1",
		Stock: 16, ReorderAt: 4, ReorderQty: 12,
	},
	{
		Slug: "jeju-mandarins", Category: "produce", Ko: "제주 감귤 1.5kg", En: "Jeju mandarins 1.5 kg",
		DescKo: "껍질이 얇고 과즙이 많은 노지 감귤입니다. 왁스를 바르지 않았습니다.",
		DescEn: "Field-grown, thin-skinned and full of juice. Never waxed.",
		Price:  9900, SKU: "PR-02", Barcode: "2902021522432", Bin: "B-01-2",
		Stock: 40, ReorderAt: 10, ReorderQty: 30,
	},
	{
		Slug: "avocado", Category: "produce", Ko: "숙성 아보카도 3개", En: "Ripe avocados, pack of 3",
		DescKo: "오늘 바로 드실 수 있게 알맞게 익혀 보냅니다. 빵에 얹거나 샐러드에 곁들이기 좋습니다.",
		DescEn: "Ripened for today. Good on toast, better in a salad.",
		Price:  7500, SKU: "PR-03", Barcode: "2902031601622", Bin: "B-02-1",
		Stock: 22, ReorderAt: 5, ReorderQty: 15,
	},
	{
		Slug: "free-range-eggs", Category: "produce", Ko: "자유방목 유정란 10구", En: "Free-range eggs, 10",
		DescKo: "넓은 풀밭에서 지내는 닭이 낳은 달걀입니다. 산란일을 껍데기에 적었습니다.",
		DescEn: "From hens that spend the day outdoors. The laying date is on every shell.",
		Price:  7200, SKU: "PR-04", Barcode: "2902041680815", Bin: "B-02-2",
		Stock: 36, ReorderAt: 9, ReorderQty: 27,
	},
	{
		Slug: "cherry-tomatoes", Category: "produce", Ko: "송이 방울토마토 400g", En: "Vine cherry tomatoes 400 g",
		DescKo: "줄기째 익혀 향이 진합니다. 씻어서 그대로 드시면 됩니다.",
		DescEn: "Ripened on the vine for a deeper flavour. Rinse and eat.",
		Price:  5900, SKU: "PR-05", Barcode: "2902051760002", Bin: "B-03-1",
		Stock: 28, ReorderAt: 7, ReorderQty: 21,
	},
	{
		Slug: "wildflower-honey", Category: "pantry", Ko: "야생화 꿀 350g", En: "Wildflower honey 350 g",
		DescKo: "강원도 산자락에서 한 해에 한 번만 뜨는 꿀입니다. 차에 타거나 요거트에 뿌려 드세요.",
		DescEn: "Taken once a year from hives in the Gangwon hills. For tea, or over yoghurt.",
		Price:  15800, SKU: "PN-01", Barcode: "2903011839196", Bin: "C-01-1",
		Stock: 20, ReorderAt: 5, ReorderQty: 15,
	},
	{
		Slug: "almond-granola", Category: "pantry", Ko: "아몬드 그래놀라 400g", En: "Almond granola 400 g",
		DescKo: "통귀리와 구운 아몬드, 말린 산딸기를 단풍 시럽으로 버무렸습니다.",
		DescEn: "Whole oats, roasted almonds and dried raspberries, baked with maple syrup.",
		Price:  9800, SKU: "PN-02", Barcode: "2903021918386", Bin: "C-01-2",
		Stock: 32, ReorderAt: 8, ReorderQty: 24,
	},
	{
		Slug: "olive-oil", Category: "pantry", Ko: "엑스트라 버진 올리브유 500ml", En: "Extra virgin olive oil 500 ml",
		DescKo: "햇올리브를 수확한 날 짠 기름입니다. 풋풋한 향과 알싸한 끝맛이 납니다.",
		DescEn: "Pressed on the day of harvest. Grassy, with a peppery finish.",
		Price:  18900, SKU: "PN-03", Barcode: "2903031997579", Bin: "C-02-1",
		Stock: 14, ReorderAt: 3, ReorderQty: 9,
	},
	{
		Slug: "ripe-kimchi", Category: "pantry", Ko: "포기김치 1kg", En: "Napa cabbage kimchi 1 kg",
		DescKo: "해남 배추와 국산 고춧가루로 담가 알맞게 익혔습니다. 찌개에도, 밥상에도 잘 어울립니다.",
		DescEn: "Haenam cabbage and Korean chilli, aged just enough for both the table and the pot.",
		Price:  13500, SKU: "PN-04", Barcode: "2903042076768", Bin: "C-02-2",
		Stock: 26, ReorderAt: 6, ReorderQty: 18,
	},
	{
		Slug: "odae-rice", Category: "pantry", Ko: "철원 오대쌀 4kg", En: "Cheorwon Odae rice 4 kg",
		DescKo: "주문을 받고 나서 찧어 보냅니다. 식어도 차지고 고소합니다.",
		DescEn: "Milled to order. Stays tender and nutty even when it cools.",
		Price:  19800, SKU: "PN-05", Barcode: "2903052155958", Bin: "C-03-1",
		Stock: 15, ReorderAt: 3, ReorderQty: 9,
	},
	{
		Slug: "cold-brew", Category: "drinks", Ko: "콜드브루 원액 500ml", En: "Cold brew concentrate 500 ml",
		DescKo: "열여덟 시간 동안 찬물로 내렸습니다. 물이나 우유를 세 배로 섞어 드세요.",
		DescEn: "Steeped in cold water for 18 hours. Mix one part with three of water or milk.",
		Price:  12500, SKU: "DR-01", Barcode: "2904012235147", Bin: "D-01-1",
		Stock: 24, ReorderAt: 6, ReorderQty: 18,
	},
	{
		Slug: "house-blend-beans", Category: "drinks", Ko: "새벽 블렌드 원두 200g", En: "Dawn blend coffee beans 200 g",
		DescKo: "매주 화요일과 금요일에 볶습니다. 구운 견과와 흑설탕, 잘 익은 자두 향이 납니다.",
		DescEn: "Roasted every Tuesday and Friday. Toasted nuts, brown sugar, ripe plum.",
		Price:  14000, SKU: "DR-02", Barcode: "2904022314337", Bin: "D-01-2",
		Stock: 35, ReorderAt: 8, ReorderQty: 24,
	},
	{
		Slug: "fresh-milk", Category: "drinks", Ko: "저온살균 우유 900ml", En: "Gently pasteurised milk 900 ml",
		DescKo: "63도에서 30분 동안 천천히 살균해 고소한 맛을 살렸습니다.",
		DescEn: "Warmed slowly to 63 degrees, so that it still tastes of milk.",
		Price:  3900, SKU: "DR-03", Barcode: "2904032393520", Bin: "D-02-1",
		Stock: 48, ReorderAt: 12, ReorderQty: 36,
	},
	{
		Slug: "green-tea", Category: "drinks", Ko: "보성 세작 녹차 20티백", En: "Boseong green tea, 20 bags",
		DescKo: "곡우 뒤에 딴 어린잎을 덖었습니다. 떫지 않고 은은하게 답니다.",
		DescEn: "Young leaves picked in late April and pan-fired. Mellow, never bitter.",
		Price:  9500, SKU: "DR-04", Barcode: "2904042472710", Bin: "D-02-2",
		Stock: 42, ReorderAt: 10, ReorderQty: 30,
	},
	{
		Slug: "orange-juice", Category: "drinks", Ko: "착즙 오렌지 주스 500ml", En: "Pressed orange juice 500 ml",
		DescKo: "오렌지 여섯 개를 그대로 짰습니다. 물도 설탕도 넣지 않았습니다.",
		DescEn: "Six oranges and nothing else: no water, no sugar.",
		Price:  5500, SKU: "DR-05", Barcode: "2904052551900", Bin: "D-03-1",
		Stock: 2, ReorderAt: 6, ReorderQty: 18,
	},
	{
		Slug: "dot-notebook", Category: "stationery", Ko: "도트 노트 A5", En: "Dot grid notebook A5",
		DescKo: "펴면 끝까지 평평해지는 실제본 노트입니다. 만년필 잉크가 비치지 않습니다.",
		DescEn: "Thread-bound to lie flat. The paper takes fountain pen ink without showing through.",
		Price:  8500, SKU: "ST-01", Barcode: "2905012631090", Bin: "E-01-1",
		Stock: 60, ReorderAt: 15, ReorderQty: 45,
	},
	{
		Slug: "gel-pens", Category: "stationery", Ko: "젤펜 5색 세트", En: "Gel pens, set of 5",
		DescKo: "0.5mm 촉으로 끊김 없이 써집니다. 마르는 속도가 빨라 손에 묻지 않습니다.",
		DescEn: "A steady 0.5 mm line in five colours. Dries fast and does not smudge.",
		Price:  6500, SKU: "ST-02", Barcode: "2905022710280", Bin: "E-01-2",
		Stock: 75, ReorderAt: 18, ReorderQty: 54,
	},
	{
		Slug: "pencil-set", Category: "stationery", Ko: "삼나무 연필 12자루", En: "Cedar pencils, box of 12",
		DescKo: "부드럽게 깎이는 삼나무 연필입니다. 진하기는 HB와 2B가 여섯 자루씩입니다.",
		DescEn: "Cedar that sharpens cleanly: six HB and six 2B.",
		Price:  5400, SKU: "ST-03", Barcode: "2905032789474", Bin: "E-02-1",
		Stock: 50, ReorderAt: 12, ReorderQty: 36,
	},
	{
		Slug: "sticky-notes", Category: "stationery", Ko: "점착 메모지 4색", En: "Sticky notes, 4 colours",
		DescKo: "떼어도 자국이 남지 않습니다. 색마다 100장씩 들어 있습니다.",
		DescEn: "Peels off without a trace. A hundred sheets of each colour.",
		Price:  3900, SKU: "ST-04", Barcode: "2905042868664", Bin: "E-02-2",
		Stock: 120, ReorderAt: 20, ReorderQty: 60,
	},
	{
		Slug: "washi-tape", Category: "stationery", Ko: "마스킹 테이프 3롤", En: "Washi tape, 3 rolls",
		DescKo: "손으로 쉽게 찢어지는 종이테이프입니다. 다이어리와 선물 포장에 두루 쓰입니다.",
		DescEn: "Paper tape that tears by hand, for diaries and for wrapping.",
		Price:  5800, SKU: "ST-05", Barcode: "2905052947854", Bin: "E-03-1",
		Stock: 4, ReorderAt: 6, ReorderQty: 18,
	},
	{
		Slug: "desk-lamp", Category: "office", Ko: "접이식 데스크 램프", En: "Folding desk lamp",
		DescKo: "밝기 다섯 단계와 색온도 세 단계를 고를 수 있습니다. 기억 기능이 있어 어제 그대로 켜집니다.",
		DescEn: "Five levels, three tones of light, and it remembers how you left it.",
		Price:  39000, SKU: "OF-01", Barcode: "2906013027042", Bin: "F-01-1",
		Stock: 12, ReorderAt: 3, ReorderQty: 9,
	},
	{
		Slug: "laptop-stand", Category: "office", Ko: "알루미늄 노트북 거치대", En: "Aluminium laptop stand",
		DescKo: "화면을 눈높이로 올려 목이 편해집니다. 접으면 책 한 권 두께입니다.",
		DescEn: "Lifts the screen to eye level and folds to the thickness of a book.",
		Price:  32000, SKU: "OF-02", Barcode: "2906023106232", Bin: "F-01-2",
		Stock: 18, ReorderAt: 4, ReorderQty: 12,
	},
	{
		Slug: "mesh-chair", Category: "office", Ko: "메시 사무용 의자", En: "Mesh office chair",
		DescKo: "허리를 받치는 메시 등받이와 높낮이 팔걸이를 갖췄습니다. 주문하시면 입고되는 순서대로 보냅니다.",
		DescEn: "A mesh back that supports you and arms that adjust. Sent in order of purchase as they come in.",
		Price:  189000, SKU: "OF-03", Barcode: "2906033185425", Bin: "F-02-1",
		Stock: 0, Backorder: true, ReorderAt: 2, ReorderQty: 6,
	},
	{
		Slug: "wireless-keyboard", Category: "office", Ko: "무선 키보드", En: "Wireless keyboard",
		DescKo: "소리가 작아 회의실에서도 부담이 없습니다. 기기 세 대를 단추 하나로 오갑니다.",
		DescEn: "Quiet enough for a meeting room. One key switches between three devices.",
		Price:  49000, SKU: "OF-04", Barcode: "2906043264615", Bin: "F-02-2",
		Stock: 20, ReorderAt: 5, ReorderQty: 15,
	},
	{
		Slug: "shipping-boxes", Category: "office", Ko: "택배 상자 20매", En: "Shipping boxes, pack of 20",
		DescKo: "두 겹 골판지로 튼튼하게 만든 3호 상자입니다. 테이프 없이 접어 쓸 수 있습니다.",
		DescEn: "Sturdy double-wall cartons, size 3. They fold shut without tape.",
		Price:  16000, SKU: "OF-05", Barcode: "2906053343805", Bin: "F-03-1",
		Stock: 45, ReorderAt: 11, ReorderQty: 33,
	},
	{
		Slug: "ceramic-mug", Category: "home", Ko: "도자기 머그 350ml", En: "Stoneware mug 350 ml",
		DescKo: "이천 공방에서 하나씩 빚어 유약의 물결이 모두 다릅니다. 식기세척기에 넣어도 됩니다.",
		DescEn: "Thrown one by one in Icheon, so every glaze line differs. Dishwasher safe.",
		Price:  16000, SKU: "HM-01", Barcode: "2907013422998", Bin: "G-01-1",
		Stock: 27, ReorderAt: 6, ReorderQty: 18,
	},
	{
		Slug: "soy-candle", Category: "home", Ko: "소이 캔들 무화과", En: "Soy candle, fig",
		DescKo: "무화과와 삼나무 향이 마흔 시간 동안 은은하게 퍼집니다.",
		DescEn: "Fig and cedar wood, for about forty hours of gentle light.",
		Price:  19000, SKU: "HM-02", Barcode: "2907023502185", Bin: "G-01-2",
		Stock: 16, ReorderAt: 4, ReorderQty: 12,
	},
	{
		Slug: "cotton-towels", Category: "home", Ko: "면 수건 3장", En: "Cotton towels, set of 3",
		DescKo: "40수 코마사로 짜 물을 잘 머금고 빨리 마릅니다.",
		DescEn: "Combed cotton that drinks up water and dries quickly.",
		Price:  21000, SKU: "HM-03", Barcode: "2907033581378", Bin: "G-02-1",
		Stock: 38, ReorderAt: 9, ReorderQty: 27,
	},
	{
		Slug: "monstera-pot", Category: "home", Ko: "몬스테라 화분", En: "Potted monstera",
		DescKo: "키우기 쉬운 공기 정화 식물입니다. 물은 일주일에 한 번이면 넉넉합니다.",
		DescEn: "Easy to keep and good for the air. Once a week is water enough.",
		Price:  24000, SKU: "HM-04", Barcode: "2907043660568", Bin: "G-02-2",
		Stock: 9, ReorderAt: 2, ReorderQty: 6,
	},
	{
		Slug: "wall-clock", Category: "home", Ko: "저소음 벽시계", En: "Silent wall clock",
		DescKo: "초침이 물 흐르듯 돌아 째깍거리지 않습니다. 테두리는 호두나무입니다.",
		DescEn: "The second hand glides without a tick. Walnut frame.",
		Price:  28000, SKU: "HM-05", Barcode: "2907053739759", Bin: "G-03-1",
		Stock: 13, ReorderAt: 3, ReorderQty: 9,
	},
	{
		Slug: "tulip-bouquet", Category: "gifts", Ko: "튤립 꽃다발", En: "Tulip bouquet",
		DescKo: "새벽 꽃시장에서 골라 온 튤립 다섯 송이입니다. 봉오리째 보내 일주일 동안 보실 수 있습니다.",
		DescEn: "Five tulips from the dawn flower market, sent in bud to last a week.",
		Price:  25000, SKU: "GF-01", Barcode: "2908013818941", Bin: "H-01-1",
		Stock: 3, ReorderAt: 6, ReorderQty: 18,
	},
	{
		Slug: "dawn-gift-box", Category: "gifts", Ko: "새벽 선물 상자", En: "Dawn gift box",
		DescKo: "꿀과 녹차, 버터 쿠키를 담고 손으로 리본을 묶었습니다. 짧은 편지도 넣어 드립니다.",
		DescEn: "Honey, green tea and butter cookies, tied by hand. We add your note.",
		Price:  45000, SKU: "GF-02", Barcode: "2908023898131", Bin: "H-01-2",
		Stock: 15, ReorderAt: 3, ReorderQty: 9,
	},
	{
		Slug: "teddy-bear", Category: "gifts", Ko: "곰 인형 포포", En: "Popo the teddy bear",
		DescKo: "포근한 면 털과 빨간 나비넥타이를 했습니다. 앉은키는 30cm입니다.",
		DescEn: "Soft cotton fur and a red bow tie. Sits 30 cm tall.",
		Price:  23000, SKU: "GF-03", Barcode: "2908033977321", Bin: "H-02-1",
		Stock: 21, ReorderAt: 5, ReorderQty: 15,
	},
	{
		Slug: "chocolate-box", Category: "gifts", Ko: "수제 초콜릿 9구", En: "Handmade chocolates, box of 9",
		DescKo: "산딸기, 소금 캐러멜, 헤이즐넛을 세 알씩 담았습니다. 주문한 날 만듭니다.",
		DescEn: "Three each of raspberry, salted caramel and hazelnut, made the day you order.",
		Price:  22000, SKU: "GF-04", Barcode: "2908044056510", Bin: "H-02-2",
		Stock: 19, ReorderAt: 4, ReorderQty: 12,
	},
	{
		Slug: "strawberry-cake", Category: "gifts", Ko: "딸기 생크림 케이크 1호", En: "Strawberry cream cake, 15 cm",
		DescKo: "동물성 생크림과 제철 딸기로 아침에 만듭니다. 초와 칼을 함께 보냅니다.",
		DescEn: "Fresh cream and strawberries in season, made in the morning. Candle and knife included.",
		Price:  34000, SKU: "GF-05", Barcode: "2908054135700", Bin: "H-03-1",
		Stock: 8, ReorderAt: 2, ReorderQty: 6,
	},
}
