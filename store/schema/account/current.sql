-- One account's mail. Integers are seconds since 1970 where they are times, octets where they are
-- sizes. Immutable once written: header, content and all of message but the structure.

-- What is used is kept by triggers on mailbox. Messages from keys_from on have their row in
-- message_key, by the rules of keys_version.
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

-- No message below unseen_from is unseen; the lowest one that is may be higher.
CREATE TABLE mailbox (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  uid_validity INTEGER NOT NULL,
  uid_next INTEGER NOT NULL,
  highest_modseq INTEGER NOT NULL,
  changes_after INTEGER NOT NULL,
  messages INTEGER NOT NULL,
  unseen INTEGER NOT NULL,
  unseen_from INTEGER NOT NULL,
  deleted INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL,
  deleted_bytes INTEGER NOT NULL,
  first_recent INTEGER NOT NULL,
  keywords INTEGER NOT NULL,
  special_use INTEGER NOT NULL,
  selectable INTEGER NOT NULL
);

CREATE TABLE subscription (
  name TEXT PRIMARY KEY
) WITHOUT ROWID;

CREATE TABLE keyword (
  mailbox_id INTEGER NOT NULL,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (mailbox_id, position)
) WITHOUT ROWID;

CREATE TABLE message (
  id INTEGER PRIMARY KEY,
  size INTEGER NOT NULL,
  sent_seconds INTEGER,
  sent_zone INTEGER,
  hash BLOB NOT NULL,
  structure_version INTEGER NOT NULL,
  structure BLOB NOT NULL
);

-- The first octets of a message, uncompressed; `size` is that of its whole header, which is more
-- than `data` only where the header is huge.
CREATE TABLE header (
  message_id INTEGER PRIMARY KEY,
  size INTEGER NOT NULL,
  data BLOB NOT NULL
);

-- The octets after header.data in frames of 256 KiB; id = message_id * 65536 + number of the frame;
-- codec 0: as they are, 1: zstd.
CREATE TABLE content (
  id INTEGER PRIMARY KEY,
  codec INTEGER NOT NULL,
  data BLOB NOT NULL
);

CREATE TABLE mailbox_message (
  mailbox_id INTEGER NOT NULL,
  uid INTEGER NOT NULL,
  message_id INTEGER NOT NULL,
  flags INTEGER NOT NULL,
  modseq INTEGER NOT NULL,
  size INTEGER NOT NULL,
  internal_date INTEGER NOT NULL,
  zone INTEGER NOT NULL,
  save_date INTEGER NOT NULL,
  PRIMARY KEY (mailbox_id, uid)
) WITHOUT ROWID;

-- Where to look for rows that changed after they came: each row of mailbox_message whose modseq is
-- above mailbox.changes_after, and above that of any row with a higher UID, lies in a range of that
-- modseq. Ranges may hold other UIDs too. The other rows with a high modseq are the mailbox's last.
CREATE TABLE changed (
  mailbox_id INTEGER NOT NULL,
  modseq INTEGER NOT NULL,
  first_uid INTEGER NOT NULL,
  last_uid INTEGER NOT NULL,
  PRIMARY KEY (mailbox_id, modseq, first_uid)
) WITHOUT ROWID;

CREATE TABLE expunged (
  mailbox_id INTEGER NOT NULL,
  modseq INTEGER NOT NULL,
  first_uid INTEGER NOT NULL,
  last_uid INTEGER NOT NULL,
  PRIMARY KEY (mailbox_id, modseq, first_uid)
) WITHOUT ROWID;

-- Messages with two references or more.
CREATE TABLE shared_message (
  message_id INTEGER PRIMARY KEY,
  reference_count INTEGER NOT NULL
);

-- Messages without any reference, to be purged.
CREATE TABLE orphan (
  first_message INTEGER PRIMARY KEY,
  last_message INTEGER NOT NULL,
  since INTEGER NOT NULL
);

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

-- What a client was told of a message (RFC 8970), by the rules of `version`; made when it is first
-- asked for.
CREATE TABLE preview (
  message_id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  text TEXT NOT NULL
);

-- Mailbox access keys (RFC 4467 2.2); reader: whose it is, empty for the owner.
CREATE TABLE url_key (
  mailbox_id INTEGER NOT NULL,
  reader TEXT NOT NULL,
  value BLOB NOT NULL,
  PRIMARY KEY (mailbox_id, reader)
) WITHOUT ROWID;

-- Unique ids that POP3 clients know from another server; messages without one have their own.
CREATE TABLE pop3_id (
  mailbox_id INTEGER NOT NULL,
  uid INTEGER NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (mailbox_id, uid)
) WITHOUT ROWID;

CREATE UNIQUE INDEX pop3_id_value ON pop3_id (mailbox_id, value);

-- The mailbox elsewhere that a mailbox was or is filled from. All of its messages below uid_next
-- have been taken, but those in missing_uid, and all of its changes up to modseq. From own_from on,
-- messages here are those of the origin only where moved_uid has them; 0: there are no others.
CREATE TABLE origin (
  mailbox_id INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  uid_validity INTEGER NOT NULL,
  uid_next INTEGER NOT NULL,
  modseq INTEGER NOT NULL,
  own_from INTEGER NOT NULL,
  finished INTEGER NOT NULL
);

-- Messages that could not keep the UID they had there.
CREATE TABLE moved_uid (
  mailbox_id INTEGER NOT NULL,
  origin_uid INTEGER NOT NULL,
  uid INTEGER NOT NULL,
  PRIMARY KEY (mailbox_id, origin_uid)
) WITHOUT ROWID;

-- Messages there that may be below uid_next and were not taken, as disjoint ranges: those that were
-- told of (told = 1), and those that a list which came short may have left out.
CREATE TABLE missing_uid (
  mailbox_id INTEGER NOT NULL,
  first_uid INTEGER NOT NULL,
  last_uid INTEGER NOT NULL,
  told INTEGER NOT NULL,
  PRIMARY KEY (mailbox_id, first_uid)
) WITHOUT ROWID;

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

-- The key is of a Message-ID and its envelope, time in seconds since 1970.
CREATE TABLE delivered (
  key INTEGER PRIMARY KEY,
  time INTEGER NOT NULL
);

CREATE INDEX delivered_time ON delivered (time);

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
