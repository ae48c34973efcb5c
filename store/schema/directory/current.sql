-- The accounts of a data directory. The password record is RFC 5802's.
CREATE TABLE account (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  suspended INTEGER NOT NULL DEFAULT 0,
  created INTEGER NOT NULL,
  iterations INTEGER NOT NULL,
  salt BLOB NOT NULL,
  stored_key BLOB NOT NULL,
  server_key BLOB NOT NULL
);

-- Mailboxes that others may see (RFC 4314), by who may. Those that were taken back may still be here.
CREATE TABLE shared_mailbox (
  identifier TEXT NOT NULL,
  account_id INTEGER NOT NULL,
  mailbox_id INTEGER NOT NULL,
  PRIMARY KEY (identifier, account_id, mailbox_id)
) WITHOUT ROWID;

-- What an administrator set for one account.
CREATE TABLE account_setting (
  account_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (account_id, name)
) WITHOUT ROWID;

-- The domains of this server; where there are none, every domain is.
CREATE TABLE domain (
  name TEXT PRIMARY KEY
) WITHOUT ROWID;

-- Where mail for an address goes; '@domain' stands for all addresses of it that are nobody's.
CREATE TABLE alias (
  address TEXT NOT NULL,
  target TEXT NOT NULL,
  PRIMARY KEY (address, target)
) WITHOUT ROWID;
