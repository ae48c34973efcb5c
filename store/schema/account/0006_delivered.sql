-- Deliveries that are not repeated.
-- The key is of a Message-ID and its envelope, time in seconds since 1970.
CREATE TABLE delivered (
  key INTEGER PRIMARY KEY,
  time INTEGER NOT NULL
);

CREATE INDEX delivered_time ON delivered (time);
