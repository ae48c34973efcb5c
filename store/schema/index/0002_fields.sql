-- Trigrams of header fields beside those of all texts: all messages are read again.
DELETE FROM posting;
DELETE FROM segment;
