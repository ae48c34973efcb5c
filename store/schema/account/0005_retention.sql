-- What was removed and can be restored.
-- Messages that were expunged, or went with their mailbox, and can be restored. They refer to their
-- content as those in a mailbox do. The bits of flags are those of their mailbox.
CREATE TABLE removed_message (
  id INTEGER PRIMARY KEY,
  mailbox_id INTEGER NOT NULL,
  uid INTEGER NOT NULL,
  message_id INTEGER NOT NULL,
  flags INTEGER NOT NULL,
  size INTEGER NOT NULL,
  internal_date INTEGER NOT NULL,
  zone INTEGER NOT NULL,
  removed_at INTEGER NOT NULL
);

CREATE INDEX removed_message_place ON removed_message (mailbox_id, uid);

-- Deleted mailboxes of which there are such messages; their keywords are kept, too.
CREATE TABLE removed_mailbox (
  mailbox_id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  removed_at INTEGER NOT NULL
);
