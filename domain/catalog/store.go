package catalog

import (
	"context"
	"fmt"
	"strconv"

	"daybreak/domain"
	"daybreak/domain/db"
)

const columns = `p.id, p.name, p.name_en, p.description, p.description_en, p.category, p.price, p.image,
	p.out_of_stock, p.active, p.sku, p.barcode, p.bin, p.low_at, p.version`

func scan(r db.Row) (Product, error) {
	var p Product
	err := r.Scan(&p.ID, &p.Name, &p.NameEn, &p.Description, &p.DescriptionEn, &p.Category, &p.Price, &p.ImageURL,
		&p.OutOfStock, &p.Active, &p.SKU, &p.Barcode, &p.Bin, &p.LowAt, &p.Version)
	return p, err
}

func values(p Product) []any {
	return []any{p.ID, p.Name, p.NameEn, p.Description, p.DescriptionEn, p.Category, int64(p.Price), p.ImageURL,
		p.OutOfStock, p.Active, p.SKU, p.Barcode, p.Bin, p.Version, p.searchText(), p.LowAt}
}

func insert(ctx context.Context, tx *db.Tx, p Product) error {
	_, err := tx.Exec(ctx, `/* catalog.insert */ insert into catalog_products
		(id, name, name_en, description, description_en, category, price, image, out_of_stock, active,
		 sku, barcode, bin, version, search, low_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`, values(p)...)
	return err
}

func save(ctx context.Context, tx *db.Tx, p Product) error {
	_, err := tx.Exec(ctx, `/* catalog.save */ update catalog_products set
		name = $2, name_en = $3, description = $4, description_en = $5, category = $6, price = $7, image = $8,
		out_of_stock = $9, active = $10, sku = $11, barcode = $12, bin = $13, version = $14, search = $15, low_at = $16
		where id = $1`, values(p)...)
	return err
}

// insertCodes returns how many of the codes were free.
func insertCodes(ctx context.Context, tx *db.Tx, id string, codes []string) (int64, error) {
	rows := make([][]any, len(codes))
	for i, c := range codes {
		rows[i] = []any{c, id}
	}
	return tx.Insert(ctx, `/* catalog.codes */ insert into catalog_codes (code, product)`, `on conflict do nothing`, rows)
}

func freeCodes(ctx context.Context, tx *db.Tx, id string) error {
	_, err := tx.Exec(ctx, `/* catalog.free */ delete from catalog_codes where product = $1`, id)
	return err
}

// takenCode returns the first of the codes another product has, and its name.
func takenCode(ctx context.Context, tx *db.Tx, id string, codes []string) (code, name string, err error) {
	type taken struct{ code, name string }
	args := []any{id}
	for _, c := range codes {
		args = append(args, c)
	}
	t, err := db.One(ctx, tx, func(r db.Row) (t taken, err error) { err = r.Scan(&t.code, &t.name); return },
		`/* catalog.taken */ select c.code, p.name from catalog_codes c join catalog_products p on p.id = c.product
		where c.product <> $1 and c.code in `+db.In(len(codes), 2)+` order by c.code`, args...)
	return t.code, t.name, err
}

func byID(ctx context.Context, q db.Querier, id, lock string) (Product, error) {
	if !domain.IsID(id) {
		return Product{}, domain.Missing("product")
	}
	return one(db.One(ctx, q, scan, `/* catalog.by_id */ select `+columns+` from catalog_products p where p.id = $1`+lock, id))
}

func byCode(ctx context.Context, q db.Querier, code string) (Product, error) {
	return one(db.One(ctx, q, scan, `/* catalog.by_code */ select `+columns+` from catalog_codes c
		join catalog_products p on p.id = c.product where c.code = $1`, code))
}

func one(p Product, err error) (Product, error) {
	if err == db.ErrNone {
		err = domain.Missing("product")
	}
	return p, err
}

// maxOffers is how many products one query reads: an order has no more lines.
const maxOffers = 128

// byIDs reads products. The list is filled up to a power of two with its last id,
// so that there are few texts to prepare.
func byIDs(ctx context.Context, q db.Querier, ids []any) ([]Product, error) {
	n := 1
	for n < len(ids) {
		n *= 2
	}
	args := make([]any, n)
	for i := copy(args, ids); i < n; i++ {
		args[i] = ids[len(ids)-1]
	}
	return db.All(ctx, q, scan, `/* catalog.offers */ select `+columns+` from catalog_products p
		where p.id in `+db.In(n, 1), args...)
}

func categories(ctx context.Context, q db.Querier) ([]string, error) {
	return db.All(ctx, q, db.String, `/* catalog.categories */ select distinct category from catalog_products
		where active and category <> '' order by category`)
}

// list reads a page and one product more. Only the conditions asked for are in the
// text, because a planner cannot use an index for one that may be off.
func list(ctx context.Context, q db.Querier, f Filter, words []string, after *cursor) ([]Product, error) {
	text := `/* catalog.list */ select ` + columns + ` from catalog_products p where true`
	args := []any{f.Limit + 1}
	add := func(format string, vs ...any) {
		names := make([]any, len(vs))
		for i, v := range vs {
			args = append(args, v)
			names[i] = "$" + strconv.Itoa(len(args))
		}
		text += fmt.Sprintf(format, names...)
	}
	if f.ActiveOnly {
		text += ` and p.active`
	}
	if f.Category != "" {
		add(` and p.category = %s`, f.Category)
	}
	for _, w := range words {
		add(` and p.search like %s escape '\'`, "%"+likeMarks.Replace(w)+"%")
	}
	order := ` order by p.id desc`
	if f.Sort == ByName {
		order = ` order by p.search, p.id`
	}
	switch {
	case after == nil:
	case f.Sort == ByName:
		add(` and (p.search, p.id) > (%s, %s)`, after.At, after.ID)
	default:
		add(` and p.id < %s`, after.ID)
	}
	return db.All(ctx, q, scan, text+order+` limit $1`, args...)
}
