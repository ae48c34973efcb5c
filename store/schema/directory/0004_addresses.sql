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
