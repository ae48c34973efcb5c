-- What of an origin is not here, and what here is not of the origin.
CREATE TEMP TABLE old_origin AS SELECT * FROM origin;
DROP TABLE origin;

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

INSERT INTO origin
SELECT mailbox_id, source, uid_validity, uid_next, modseq,
  ifnull((SELECT min(uid) FROM mailbox_message AS row
    WHERE row.mailbox_id = old_origin.mailbox_id AND row.uid >= old_origin.uid_next
    AND row.uid NOT IN (SELECT uid FROM moved_uid WHERE mailbox_id = old_origin.mailbox_id)), 0), 1
FROM old_origin;
DROP TABLE old_origin;

-- Messages there that may be below uid_next and were not taken, as disjoint ranges: those that were
-- told of (told = 1), and those that a list which came short may have left out.
CREATE TABLE missing_uid (
  mailbox_id INTEGER NOT NULL,
  first_uid INTEGER NOT NULL,
  last_uid INTEGER NOT NULL,
  told INTEGER NOT NULL,
  PRIMARY KEY (mailbox_id, first_uid)
) WITHOUT ROWID;
