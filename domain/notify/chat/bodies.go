package chat

import (
	"bytes"
	"encoding/json"
	"strings"

	"daybreak/domain/notify"
)

// object is one of JSON.
type object = map[string]any

// encode writes JSON. What is sent is no page: < stays as it is.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("chat: not encoded: " + err.Error()) // strings, and objects of them
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}

// The lengths are those the services take, less what is around the text.
var (
	slackText    = script{40_000, runes, entities, strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace}
	discordText  = script{2_000, runes, markdown, nil}
	matterText   = script{16_000, runes, mattermostText, nil}
	googleScript = script{30_000, octets, googleText, nil}
	telegramText = script{4_096, units, atWord, nil}
	teamsText    = script{16_000, octets, nil, nil}
	kakaoText    = script{200, runes, nil, nil}
)

// bodies are what hooks that need nothing but JSON are sent.
var bodies = map[string]func(m notify.Message) object{
	"slack": func(m notify.Message) object {
		return object{"text": slackText.words(m), "mrkdwn": false, "unfurl_links": false, "unfurl_media": false}
	},
	"discord": func(m notify.Message) object {
		const noPreviews = 1 << 2
		return object{"content": discordText.words(m), "allowed_mentions": object{"parse": []string{}}, "flags": noPreviews}
	},
	"mattermost": func(m notify.Message) object { return object{"text": matterText.words(m)} },
	"google":     func(m notify.Message) object { return object{"text": googleScript.words(m)} },
	"teams":      teamsBody,
}

// telegramBody has no parse_mode: text is text.
func telegramBody(m notify.Message, chat, topic string) object {
	o := object{"chat_id": chat, "text": telegramText.words(m), "link_preview_options": object{"is_disabled": true}}
	if topic != "" {
		o["message_thread_id"] = topic
	}
	return o
}

// maxLines keeps what stands around the lines of a card small: it may have 28 KB.
const maxLines = 100

// teamsBody is an adaptive card of plain runs: text blocks would read markdown in what
// people typed.
func teamsBody(m notify.Message) object {
	line := func(run object) object {
		run["type"] = "TextRun"
		return object{"type": "RichTextBlock", "inlines": []object{run}}
	}
	body := []object{line(object{"text": teamsText.fit(m.Subject, 1_000), "weight": "Bolder"})}
	if text := strings.TrimSpace(m.Text); text != "" {
		for _, l := range strings.SplitN(teamsText.fit(text, teamsText.max), "\n", maxLines) {
			if l != "" {
				body = append(body, line(object{"text": l}))
			}
		}
	}
	if m.URL != "" {
		body = append(body, line(object{"text": m.URL, "selectAction": object{"type": "Action.OpenUrl", "url": m.URL}}))
	}
	return object{"type": "message", "attachments": []object{{
		"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": nil,
		"content": object{"$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4", "body": body},
	}}}
}
