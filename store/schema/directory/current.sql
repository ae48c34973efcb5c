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

-- SCRAM keys beside those of SHA-256 that stand in account, and all keys of app passwords.
CREATE TABLE scram_key (
  account_id INTEGER NOT NULL,
  app_password_id INTEGER NOT NULL,
  hash INTEGER NOT NULL,
  iterations INTEGER NOT NULL,
  salt BLOB NOT NULL,
  stored_key BLOB NOT NULL,
  server_key BLOB NOT NULL,
  PRIMARY KEY (account_id, app_password_id, hash)
) WITHOUT ROWID;

-- Passwords of single programs.
CREATE TABLE app_password (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  created INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  protocols TEXT NOT NULL,
  UNIQUE (account_id, name)
);

-- The last log-ins of accounts and attempts at them.
CREATE TABLE login (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL,
  time INTEGER NOT NULL,
  protocol TEXT NOT NULL,
  mechanism TEXT NOT NULL,
  peer TEXT NOT NULL,
  outcome TEXT NOT NULL
);
CREATE INDEX login_of_account ON login (account_id, id);

-- Failed log-ins: of an account from an address, and with an empty account of all accounts from
-- a network.
CREATE TABLE login_failure (
  source TEXT NOT NULL,
  account TEXT NOT NULL,
  failures INTEGER NOT NULL,
  last INTEGER NOT NULL,
  blocked_until INTEGER NOT NULL,
  PRIMARY KEY (source, account)
) WITHOUT ROWID;
CREATE INDEX login_failure_by_time ON login_failure (last);

-- Random octets that stay the same for as long as the data directory.
CREATE TABLE secret (
  name TEXT PRIMARY KEY,
  value BLOB NOT NULL
) WITHOUT ROWID;

CREATE TRIGGER account_removed AFTER DELETE ON account BEGIN
  DELETE FROM scram_key WHERE account_id = OLD.id;
  DELETE FROM app_password WHERE account_id = OLD.id;
  DELETE FROM login WHERE account_id = OLD.id;
END;

-- How often an account was suspended, resumed or removed: who keeps accounts open looks at it.
CREATE TABLE closing (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  changes INTEGER NOT NULL
);

CREATE TRIGGER account_suspended AFTER UPDATE OF suspended ON account BEGIN
  UPDATE closing SET changes = changes + 1 WHERE id = 1;
END;

CREATE TRIGGER account_closed AFTER DELETE ON account BEGIN
  UPDATE closing SET changes = changes + 1 WHERE id = 1;
END;
