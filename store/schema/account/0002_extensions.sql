-- Quota, sort and thread keys, annotations, access of others.
CREATE TEMP TABLE old_state AS SELECT * FROM account_state;
DROP TABLE account_state;
CREATE TABLE account_state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  next_mailbox INTEGER NOT NULL,
  last_uid_validity INTEGER NOT NULL,
  quota_bytes INTEGER,
  quota_messages INTEGER,
  quota_mailboxes INTEGER,
  used_bytes INTEGER NOT NULL,
  used_messages INTEGER NOT NULL,
  used_mailboxes INTEGER NOT NULL,
  keys_version INTEGER NOT NULL,
  keys_from INTEGER NOT NULL
);
INSERT INTO account_state
SELECT id, next_mailbox, last_uid_validity, quota_bytes, quota_messages, NULL,
  (SELECT ifnull(sum(size_bytes), 0) FROM mailbox), (SELECT ifnull(sum(messages), 0) FROM mailbox),
  (SELECT count(*) FROM mailbox), 1, (SELECT ifnull(max(id), 0) + 1 FROM message)
FROM old_state;
DROP TABLE old_state;

-- What SORT and THREAD ask, packed, and the conversation (RFC 8474), which never changes.
CREATE TABLE message_key (
  message_id INTEGER PRIMARY KEY,
  thread_id INTEGER NOT NULL,
  sent_seconds INTEGER,
  sent_zone INTEGER,
  keys BLOB NOT NULL
);

-- Conversations by the hash of a Message-ID; `uses` counts the messages that are it or name it.
CREATE TABLE thread_reference (
  hash INTEGER PRIMARY KEY,
  thread_id INTEGER NOT NULL,
  uses INTEGER NOT NULL
);

-- RFC 5464; mailbox 0 is the account; reader: whose /private it is, empty for the owner and /shared.
CREATE TABLE annotation (
  mailbox_id INTEGER NOT NULL,
  reader TEXT NOT NULL,
  entry TEXT NOT NULL,
  value BLOB NOT NULL,
  PRIMARY KEY (mailbox_id, reader, entry)
) WITHOUT ROWID;

-- RFC 4314; the owner is not in it.
CREATE TABLE access (
  mailbox_id INTEGER NOT NULL,
  identifier TEXT NOT NULL,
  rights TEXT NOT NULL,
  PRIMARY KEY (mailbox_id, identifier)
) WITHOUT ROWID;

-- What readers other than the owner have seen (RFC 4314 4): disjoint ranges, which may hold UIDs
-- that are gone.
CREATE TABLE reader_seen (
  mailbox_id INTEGER NOT NULL,
  reader TEXT NOT NULL,
  first_uid INTEGER NOT NULL,
  last_uid INTEGER NOT NULL,
  PRIMARY KEY (mailbox_id, reader, first_uid)
) WITHOUT ROWID;

-- Where a reader's \Seen changed; ranges may hold other UIDs too.
CREATE TABLE reader_changed (
  mailbox_id INTEGER NOT NULL,
  reader TEXT NOT NULL,
  modseq INTEGER NOT NULL,
  first_uid INTEGER NOT NULL,
  last_uid INTEGER NOT NULL,
  PRIMARY KEY (mailbox_id, reader, modseq, first_uid)
) WITHOUT ROWID;

CREATE TRIGGER mailbox_made AFTER INSERT ON mailbox BEGIN
  UPDATE account_state SET used_mailboxes = used_mailboxes + 1,
    used_messages = used_messages + new.messages, used_bytes = used_bytes + new.size_bytes;
END;

CREATE TRIGGER mailbox_changed AFTER UPDATE OF messages, size_bytes ON mailbox
WHEN new.messages <> old.messages OR new.size_bytes <> old.size_bytes BEGIN
  UPDATE account_state SET used_messages = used_messages + new.messages - old.messages,
    used_bytes = used_bytes + new.size_bytes - old.size_bytes;
END;

CREATE TRIGGER mailbox_gone AFTER DELETE ON mailbox BEGIN
  UPDATE account_state SET used_mailboxes = used_mailboxes - 1,
    used_messages = used_messages - old.messages, used_bytes = used_bytes - old.size_bytes;
END;
