-- Which trigrams (three octets in a row) the folded texts of messages have. Derived from mail.db: may
-- be deleted at any time. A segment covers the messages from its first to its last; `last_hash` is
-- that of its last message.
CREATE TABLE segment (
  first_message INTEGER PRIMARY KEY,
  last_message INTEGER NOT NULL,
  messages INTEGER NOT NULL,
  is_big INTEGER NOT NULL,
  last_hash BLOB NOT NULL
);

-- The messages of a segment that have a trigram, as differences (LEB128), the first one from
-- first_message - 1. Trigram: the octets, and above their 24 bits where they stand (0: anywhere, 1:
-- Subject, 2: From, 3: To, 4: Cc). -1: messages that have too many, and may have any.
CREATE TABLE posting (
  segment INTEGER NOT NULL,
  trigram INTEGER NOT NULL,
  messages BLOB NOT NULL,
  PRIMARY KEY (segment, trigram)
) WITHOUT ROWID;
