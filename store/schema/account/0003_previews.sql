-- Previews, keys of URLs, and what an EXPUNGE would give back.
CREATE TEMP TABLE old_mailbox AS SELECT * FROM mailbox;
DROP TABLE mailbox;
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
INSERT INTO mailbox
SELECT id, name, uid_validity, uid_next, highest_modseq, changes_after, messages, unseen,
  unseen_from, deleted, size_bytes,
  CASE WHEN deleted = 0 THEN 0 ELSE (
    SELECT ifnull(sum(size), 0) FROM mailbox_message
    WHERE mailbox_id = old_mailbox.id AND flags & 8 <> 0) END,
  first_recent, keywords, special_use, selectable
FROM old_mailbox;
DROP TABLE old_mailbox;

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
