-- Mailboxes that others may see (RFC 4314), by who may. Those that were taken back may still be here.
CREATE TABLE shared_mailbox (
  identifier TEXT NOT NULL,
  account_id INTEGER NOT NULL,
  mailbox_id INTEGER NOT NULL,
  PRIMARY KEY (identifier, account_id, mailbox_id)
) WITHOUT ROWID;
