-- Messages that come from other servers.
-- Unique ids that POP3 clients know from another server; messages without one have their own.
CREATE TABLE pop3_id (
  mailbox_id INTEGER NOT NULL,
  uid INTEGER NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (mailbox_id, uid)
) WITHOUT ROWID;

CREATE UNIQUE INDEX pop3_id_value ON pop3_id (mailbox_id, value);

-- The mailbox elsewhere that a mailbox was or is filled from. All of its messages below uid_next
-- have been taken, and all of its changes up to modseq.
CREATE TABLE origin (
  mailbox_id INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  uid_validity INTEGER NOT NULL,
  uid_next INTEGER NOT NULL,
  modseq INTEGER NOT NULL
);

-- Messages that could not keep the UID they had there.
CREATE TABLE moved_uid (
  mailbox_id INTEGER NOT NULL,
  origin_uid INTEGER NOT NULL,
  uid INTEGER NOT NULL,
  PRIMARY KEY (mailbox_id, origin_uid)
) WITHOUT ROWID;
