-- How often an account was suspended, resumed or removed: who keeps accounts open looks at it.
CREATE TABLE closing (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  changes INTEGER NOT NULL
);
INSERT INTO closing (id, changes) VALUES (1, 0);

CREATE TRIGGER account_suspended AFTER UPDATE OF suspended ON account BEGIN
  UPDATE closing SET changes = changes + 1 WHERE id = 1;
END;

CREATE TRIGGER account_closed AFTER DELETE ON account BEGIN
  UPDATE closing SET changes = changes + 1 WHERE id = 1;
END;
