#!/usr/bin/env python3
"""Python's poplib, over POP3S and over STLS."""
import imaplib
import poplib
import ssl

from client_test import PASSWORD, ClientTest, main, message


class Poplib(ClientTest):
    def context(self):
        return ssl.create_default_context(cafile=self.certificate)

    def fill(self, *subjects):
        client = imaplib.IMAP4_SSL("localhost", self.server.ports["imaps"],
                                   ssl_context=self.context(), timeout=30)
        client.login(self.user, PASSWORD)
        for subject in subjects:
            client.append("INBOX", None, None, message(subject))
        client.logout()

    def login(self, stls=False):
        ports = self.server.ports
        if stls:
            client = poplib.POP3("localhost", ports["pop3"], timeout=30)
            client.stls(self.context())
        else:
            client = poplib.POP3_SSL("localhost", ports["pop3s"], context=self.context(),
                                     timeout=30)
        client.user(self.user)
        client.pass_(PASSWORD)
        return client

    def test_stat_list_retr_top_uidl(self):
        self.fill("one", "two")
        client = self.login()
        size = len(message("one"))
        self.assertEqual(client.stat(), (2, 2 * size))
        self.assertEqual(client.list()[1], [f"1 {size}".encode(), f"2 {size}".encode()])
        self.assertEqual(b"\r\n".join(client.retr(2)[1]) + b"\r\n", message("two"))
        self.assertIn(b"Subject: one", client.top(1, 0)[1])
        self.assertEqual(len(set(client.uidl()[1])), 2)
        client.quit()

    def test_deletion_over_stls_takes_effect_at_quit(self):
        self.fill("one", "two", "three")
        client = self.login(stls=True)
        ids = client.uidl()[1]
        client.dele(1)
        client.dele(3)
        client.rset()
        client.dele(2)
        client.quit()
        client = self.login()
        self.assertEqual([line.split()[1] for line in client.uidl()[1]],
                         [ids[0].split()[1], ids[2].split()[1]])
        client.quit()

    def test_capa_lists_what_there_is(self):
        client = self.login()
        capabilities = client.capa()
        for name in ("TOP", "UIDL", "RESP-CODES", "PIPELINING"):
            self.assertIn(name, capabilities)
        client.quit()

    def test_a_wrong_password_raises(self):
        client = poplib.POP3_SSL("localhost", self.server.ports["pop3s"], context=self.context(),
                                 timeout=30)
        client.user(self.user)
        self.assertRaises(poplib.error_proto, client.pass_, "wrong")
        client.close()


if __name__ == "__main__":
    main()
