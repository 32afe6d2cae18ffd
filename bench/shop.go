package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// shop is what a product has to be filled with before anybody can order.
type shop struct {
	base     string
	admin    person
	people   []person
	products []ware
}

// person is an account, and how its requests prove it.
type person struct{ id, email, token, cookie string }

type ware struct {
	id    string
	price int64
}

// onShelf is how many of each product there are: more than any run sells.
const onShelf = 1_000_000_000

// fill makes the accounts and the products through the API.
func fill(ctx context.Context, p *product, people, products int, sessions bool) (*shop, error) {
	s := &shop{base: p.url(), people: make([]person, people), products: make([]ware, products)}
	token, err := p.setupToken(ctx)
	if err != nil {
		return nil, err
	}
	s.admin.email = "admin@bench.example"
	form := url.Values{"token": {token}, "name": {"Admin"}, "email": {s.admin.email}, "password": {secret}}
	if _, err := s.post(ctx, "/setup", form); err != nil {
		return nil, fmt.Errorf("first admin: %w", err)
	}
	if err := s.signIn(ctx, &s.admin, true); err != nil {
		return nil, err
	}
	// Few at a time: each of them is a hash that keeps a processor busy.
	if err := each(ctx, people, 4, func(i int) error { return s.register(ctx, i, sessions) }); err != nil {
		return nil, err
	}
	return s, each(ctx, products, 16, func(i int) error { return s.stock(ctx, i) })
}

// secret is the password of all accounts, made anew by each bench.
var secret = "bench " + rand.Text()

func (s *shop) register(ctx context.Context, i int, session bool) error {
	u := &s.people[i]
	u.email = fmt.Sprintf("customer%d@bench.example", i)
	in := map[string]any{"email": u.email, "password": secret, "name": fmt.Sprintf("손님 %d", i)}
	if err := s.call(ctx, "POST", "/accounts", "", in, nil); err != nil {
		return err
	}
	return s.signIn(ctx, u, session)
}

func (s *shop) signIn(ctx context.Context, u *person, session bool) error {
	var got struct {
		Token   string `json:"token"`
		Account struct {
			ID string `json:"id"`
		} `json:"account"`
	}
	if err := s.call(ctx, "POST", "/tokens", "", map[string]any{"email": u.email, "password": secret}, &got); err != nil {
		return err
	}
	u.id, u.token = got.Account.ID, got.Token
	if !session {
		return nil
	}
	var err error
	u.cookie, err = s.post(ctx, "/login", url.Values{"email": {u.email}, "password": {secret}})
	return err
}

func (s *shop) stock(ctx context.Context, i int) error {
	w := &s.products[i]
	w.price = int64(1000 + 100*(i%300))
	in := map[string]any{"name": fmt.Sprintf("상품 %03d", i), "description": "A thing to be ordered often.", "price": w.price,
		"sku": fmt.Sprintf("B-%05d", i), "barcode": fmt.Sprintf("88%011d", i), "bin": fmt.Sprintf("A-%02d", i%40)}
	var got struct {
		ID string `json:"id"`
	}
	if err := s.call(ctx, "POST", "/products", s.admin.token, in, &got); err != nil {
		return err
	}
	w.id = got.ID
	return s.call(ctx, "POST", "/stock/"+w.id+"/receive", s.admin.token, map[string]any{"qty": onShelf}, nil)
}

// call is one API call. Told to come back later, it does.
func (s *shop) call(ctx context.Context, method, path, token string, in, out any) error {
	for try := 0; ; try++ {
		status, wait, b, err := s.once(ctx, method, path, token, in)
		switch {
		case err != nil:
			return err
		case (status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable) && try < 30:
			if !sleep(ctx, wait) {
				return ctx.Err()
			}
		case status >= 300:
			return fmt.Errorf("%s %s: %d %.300s", method, path, status, b)
		case out == nil:
			return nil
		default:
			return json.Unmarshal(b, out)
		}
	}
}

func (s *shop) once(ctx context.Context, method, path, token string, in any) (status int, wait time.Duration, body []byte, err error) {
	var sent io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return 0, 0, nil, err
		}
		sent = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, s.base+"/api/v1"+path, sent)
	if err != nil {
		return 0, 0, nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, 0, nil, err
	}
	defer res.Body.Close()
	seconds, _ := strconv.Atoi(res.Header.Get("Retry-After")) //nolint:errcheck // without one we come back soon
	body, err = io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	return res.StatusCode, max(time.Duration(seconds)*time.Second, 100*time.Millisecond), body, err
}

// post sends a form as a browser does and returns the session's cookie.
func (s *shop) post(ctx context.Context, path string, form url.Values) (cookie string, err error) {
	req, err := http.NewRequestWithContext(ctx, "POST", s.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := http.DefaultTransport.RoundTrip(req) // the answer wanted is the redirect itself
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return "", err
	}
	if res.StatusCode != http.StatusSeeOther {
		return "", fmt.Errorf("POST %s: %d %.300s", path, res.StatusCode, b)
	}
	for _, c := range res.Cookies() {
		if strings.HasSuffix(c.Name, "sid") {
			return c.Name + "=" + c.Value, nil
		}
	}
	return "", fmt.Errorf("POST %s: no session", path)
}

// each calls do for 0 to n-1, at most so many at a time, and returns the first error.
func each(ctx context.Context, n, atOnce int, do func(i int) error) error {
	var wg sync.WaitGroup
	next := make(chan int)
	failed := make(chan error, atOnce)
	for range min(atOnce, n) {
		wg.Go(func() {
			for i := range next {
				if err := do(i); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	var err error
	for i := 0; i < n && err == nil; i++ {
		select {
		case next <- i:
		case err = <-failed:
		case <-ctx.Done():
			err = ctx.Err()
		}
	}
	close(next)
	wg.Wait()
	if err == nil {
		select {
		case err = <-failed:
		default:
		}
	}
	return err
}
