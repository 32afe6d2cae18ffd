package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"
)

// client speaks HTTP/1.1 over one connection that is kept. It does what the load
// needs and no more: the processor time it saves is the product's.
type client struct {
	addr    string
	conn    net.Conn
	r       *bufio.Reader
	body    []byte
	release func() bool
}

// response is what the load looks at. body is valid until the next request.
type response struct {
	status           int
	location, cookie string
	body             []byte
	close            bool
}

// patience is how long a response may take.
const patience = 30 * time.Second

// do sends req and reads the answer. After an error it is unknown what the product
// did with the request; the next one takes a new connection.
func (c *client) do(ctx context.Context, req []byte) (response, error) {
	if c.conn == nil {
		var d net.Dialer
		conn, err := d.DialContext(ctx, "tcp", c.addr)
		if err != nil {
			return response{}, err
		}
		c.conn, c.release = conn, context.AfterFunc(ctx, func() { conn.Close() })
		if c.r == nil {
			c.r = bufio.NewReaderSize(nil, 8<<10)
		}
		c.r.Reset(conn)
	}
	c.conn.SetDeadline(time.Now().Add(patience)) //nolint:errcheck // a closed connection tells below
	_, err := c.conn.Write(req)
	var res response
	if err == nil {
		res, err = c.read()
	}
	if err != nil || res.close {
		c.hangUp()
	}
	return res, err
}

func (c *client) hangUp() {
	if c.conn != nil {
		c.release()
		c.conn.Close()
		c.conn = nil
	}
}

func (c *client) read() (response, error) {
	var res response
	line, err := c.r.ReadSlice('\n')
	if err != nil {
		return res, err
	}
	if len(line) < 12 || !bytes.HasPrefix(line, []byte("HTTP/1.")) {
		return res, fmt.Errorf("no answer in HTTP: %.40q", line)
	}
	if res.status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return res, err
	}
	length, chunked := 0, false
	for {
		if line, err = c.r.ReadSlice('\n'); err != nil {
			return res, err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimSpace(value)
		switch {
		case equalFold(name, "content-length"):
			if length, err = strconv.Atoi(string(value)); err != nil {
				return res, err
			}
		case equalFold(name, "transfer-encoding"):
			chunked = true
		case equalFold(name, "location"):
			res.location = string(value)
		case equalFold(name, "set-cookie"):
			pair, _, _ := bytes.Cut(value, []byte(";"))
			res.cookie = string(pair)
		case equalFold(name, "connection"):
			res.close = bytes.Equal(value, []byte("close"))
		}
	}
	c.body = c.body[:0]
	if chunked {
		err = c.chunks()
	} else {
		err = c.take(length)
	}
	res.body = c.body
	return res, err
}

// equalFold compares a header's name with one in lower case.
func equalFold(name []byte, lower string) bool {
	return len(name) == len(lower) && bytes.EqualFold(name, []byte(lower))
}

// maxAnswer bounds an answer: no page is near it.
const maxAnswer = 16 << 20

func (c *client) take(n int) error {
	if n < 0 || len(c.body)+n > maxAnswer {
		return errors.New("the answer is too long")
	}
	at := len(c.body)
	c.body = append(c.body, make([]byte, n)...)
	_, err := io.ReadFull(c.r, c.body[at:])
	return err
}

func (c *client) chunks() error {
	for {
		line, err := c.r.ReadSlice('\n')
		if err != nil {
			return err
		}
		n, err := strconv.ParseUint(string(bytes.TrimRight(line, "\r\n")), 16, 31)
		if err != nil {
			return err
		}
		if n > 0 {
			err = c.take(int(n))
		}
		if err == nil {
			_, err = c.r.Discard(2)
		}
		if err != nil || n == 0 {
			return err
		}
	}
}

// request writes a request. headers are whole lines, each ending in CRLF.
func request(buf []byte, method, path, headers string, body []byte) []byte {
	buf = append(buf, method...)
	buf = append(buf, ' ')
	buf = append(buf, path...)
	buf = append(buf, " HTTP/1.1\r\nHost: 127.0.0.1\r\n"...)
	buf = append(buf, headers...)
	if method != "GET" {
		buf = append(buf, "Content-Length: "...)
		buf = strconv.AppendInt(buf, int64(len(body)), 10)
		buf = append(buf, '\r', '\n')
	}
	buf = append(buf, '\r', '\n')
	return append(buf, body...)
}
