-- Trigrams of addresses as ENVELOPE shows them: all messages are read again.
DELETE FROM posting;
DELETE FROM segment;
