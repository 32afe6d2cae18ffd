package views

import (
	"context"
	"strings"

	"daybreak/domain"
	"daybreak/domain/notify"
	"daybreak/views/messages"
)

// Mail draws messages that leave the site: their words, and links under Base.
type Mail struct {
	// Base returns the address of the site, known once it listens.
	Base func() string
}

// Draw implements notify.Renderer.
func (m Mail) Draw(d notify.Draft) notify.Drawn {
	lang := messages.Lang(d.To.Lang)
	if !lang.Valid() {
		lang = messages.Ko
	}
	first := d.Items[0]
	out := notify.Drawn{Lang: string(lang), Subject: messages.Text(lang, first.Key, first.Args...), URL: m.link(NotificationURL(first))}
	var b strings.Builder
	if n := len(d.Items) + d.More; n > 1 {
		out.Subject, out.URL = messages.Text(lang, manyKey(first.Kind), "n", n), m.link(KindURL(first.Kind))
		for _, i := range d.Items {
			b.WriteString("- " + messages.Text(lang, i.Key, i.Args...) + "\n  " + body(lang, i, "\n  ") + "\n")
		}
		if d.More > 0 {
			b.WriteString(messages.Text(lang, "ntf.more", "n", d.More) + "\n")
		}
	} else {
		if d.Channel == notify.Email {
			b.WriteString(out.Subject + "\n\n")
		}
		b.WriteString(body(lang, first, "\n") + "\n")
	}
	if d.Channel == notify.Email {
		b.WriteString("\n" + messages.Text(lang, "ntf.mail.open", "url", out.URL) + "\n")
	}
	if d.Token != "" {
		out.Unsubscribe = m.link(UnsubscribeURL(d.Token))
		b.WriteString("\n-- \n" + messages.Text(lang, "ntf.mail.unsubscribe", "kind", KindLabel(first.Kind), "url", out.Unsubscribe) + "\n")
	}
	out.Text = b.String()
	if d.Channel == notify.Email {
		out.HTML = mailHTML(lang, d, out)
	}
	return out
}

func mailHTML(lang messages.Lang, d notify.Draft, out notify.Drawn) string {
	var b strings.Builder
	ctx := With(context.Background(), &Env{Lang: lang, Now: domain.Now()})
	if err := mailPage(d, out).Render(ctx, &b); err != nil {
		return "" // the text says all of it
	}
	return b.String()
}

func (m Mail) link(path string) string { return strings.TrimSuffix(m.Base(), "/") + path }

// body is what there is to say beside the title, and why if anybody said it.
func body(lang messages.Lang, n notify.Notification, br string) string {
	s := messages.Text(lang, n.Key+".body", n.Args...)
	if n.Reason != nil {
		s += br + messages.Text(lang, "ntf.reason", "reason", n.Reason)
	}
	return s
}

// manyKey is the sentence that says how many there are of a kind.
func manyKey(k notify.Kind) string {
	if key := "ntf." + string(k) + ".many"; messages.Has(key) {
		return key
	}
	return "ntf.many"
}

// KindLabel is what a kind of notification is called.
func KindLabel(k notify.Kind) domain.Label { return domain.Label("ntf.kind." + string(k)) }
