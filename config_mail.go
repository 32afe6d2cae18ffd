package main

import (
	"errors"
	"fmt"

	"daybreak/domain/notify/mail"
)

// mail reads how mails leave the house.
func (c *config) mail(get func(string) string) (err error) {
	if c.smtpRetry == 0 {
		return errors.New("smtp-retry: 0s would never leave a mail server alone; want a duration such as 1m")
	}
	if c.mailFrom, err = mail.ParseFrom(get("mail-from")); err != nil {
		return fmt.Errorf("mail-from: %q: %w", get("mail-from"), err)
	}
	if c.smtpURL == "" {
		return nil
	}
	if c.smtp, err = mail.ParseServer(c.smtpURL); err != nil {
		return fmt.Errorf("smtp: %w", err)
	}
	return nil
}
