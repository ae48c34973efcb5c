#!/usr/bin/env python3
"""Python's imaplib, over IMAPS and over STARTTLS."""
import imaplib
import ssl
import time

from client_test import PASSWORD, ClientTest, main, message


class Imaplib(ClientTest):
    def connect(self, starttls=False):
        context = ssl.create_default_context(cafile=self.certificate)
        ports = self.server.ports
        if starttls:
            client = imaplib.IMAP4("localhost", ports["imap"], timeout=30)
            client.starttls(context)
        else:
            client = imaplib.IMAP4_SSL("localhost", ports["imaps"], ssl_context=context, timeout=30)
        self.addCleanup(client.shutdown)
        return client

    def login(self, **how):
        client = self.connect(**how)
        client.login(self.user, PASSWORD)
        return client

    def ok(self, answer):
        self.assertEqual(answer[0], "OK", answer)
        return answer[1]

    def test_append_select_fetch(self):
        client = self.login()
        when = imaplib.Time2Internaldate(time.time())
        self.ok(client.append("INBOX", "\\Flagged", when, message("one")))
        self.assertEqual(self.ok(client.select()), [b"1"])
        data = self.ok(client.fetch("1", "(FLAGS BODY[])"))
        self.assertEqual(data[0][1], message("one"))
        self.assertEqual(client.response("UIDVALIDITY")[0], "UIDVALIDITY")

    def test_search_store_copy_expunge(self):
        client = self.login(starttls=True)
        for subject in ("alpha", "beta", "gamma"):
            self.ok(client.append("INBOX", None, None, message(subject)))
        self.ok(client.create("Kept"))
        self.ok(client.select())
        self.assertEqual(self.ok(client.search(None, "SUBJECT", "beta")), [b"2"])
        self.ok(client.copy("2", "Kept"))
        self.ok(client.store("2", "+FLAGS", "\\Deleted"))
        self.assertEqual(self.ok(client.expunge()), [b"2"])
        self.assertIn(b"MESSAGES 1", self.ok(client.status("Kept", "(MESSAGES)"))[0])
        self.ok(client.close())

    def test_mailboxes(self):
        client = self.login()
        self.ok(client.create('"New box"'))
        self.ok(client.rename('"New box"', "Renamed"))
        self.ok(client.subscribe("Renamed"))
        self.assertIn(b"Renamed", b" ".join(self.ok(client.lsub())))
        self.ok(client.unsubscribe("Renamed"))
        self.ok(client.delete("Renamed"))
        self.assertNotIn(b"Renamed", b" ".join(self.ok(client.list())))
        self.assertEqual(self.ok(client.namespace()),
                         [b'(("" "/")) (("Other Users/" "/")) NIL'])

    def test_authenticate_and_utf8_search(self):
        client = self.connect()
        client.authenticate("PLAIN", lambda _: f"\0{self.user}\0{PASSWORD}".encode())
        self.ok(client.append("INBOX", None, None, message("=?utf-8?q?K=C3=B6ln?=")))
        self.ok(client.select(readonly=True))
        client.literal = "Köln".encode()
        self.assertEqual(self.ok(client.search("UTF-8", "SUBJECT")), [b"1"])

    def test_uid_commands(self):
        client = self.login()
        self.ok(client.append("INBOX", None, None, message("x")))
        self.ok(client.select())
        self.ok(client.uid("STORE", "1", "+FLAGS.SILENT", "(\\Seen)"))
        self.assertIn(b"\\Seen", self.ok(client.uid("FETCH", "1", "(FLAGS)"))[0])

    def test_a_wrong_password_raises(self):
        with self.assertRaises(imaplib.IMAP4.error):
            self.connect().login(self.user, "wrong")


if __name__ == "__main__":
    main()
