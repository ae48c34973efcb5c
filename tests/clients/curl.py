#!/usr/bin/env python3
"""curl over IMAP, IMAPS, POP3 and POP3S."""
from client_test import PASSWORD, ClientTest, main, message


class Curl(ClientTest):
    def curl(self, scheme, path, *words, data=None, expect=0):
        port = self.server.ports[scheme]
        return self.run_program(
            "curl", "-sS", "--max-time", "30", "--cacert", self.certificate, "--ssl-reqd",
            "-u", f"{self.user}:{PASSWORD}", *words, f"{scheme}://localhost:{port}/{path}",
            data=data, expect=expect)

    def upload(self, subject, mailbox="INBOX", scheme="imaps"):
        path = self.folder / "message"
        path.write_bytes(message(subject))
        self.curl(scheme, mailbox, "-T", str(path))

    def test_upload_fetch_and_search_over_imaps(self):
        self.upload("first letter")
        self.upload("second letter")
        self.assertEqual(self.curl("imaps", "INBOX;UID=1"), message("first letter"))
        self.assertEqual(self.curl("imaps", "INBOX;UID=2;SECTION=TEXT"), b"Hello.\r\n")
        self.assertIn(b"* SEARCH 2", self.curl("imaps", "INBOX?SUBJECT%20second"))
        listed = self.curl("imaps", "INBOX", "-X", "FETCH 1:* (UID FLAGS)")
        self.assertIn(b"* 2 FETCH", listed)

    def test_lists_mailboxes(self):
        listed = self.curl("imaps", "")
        self.assertIn(b'"/" INBOX', listed)
        self.assertIn(b"\\Sent", listed)

    def test_starttls_for_imap(self):
        self.upload("over starttls", scheme="imap")
        self.assertEqual(self.curl("imap", "INBOX;UID=1"), message("over starttls"))

    def test_store_and_expunge_by_custom_commands(self):
        self.upload("to go")
        self.assertIn(b"\\Deleted", self.curl("imaps", "INBOX", "-X", "STORE 1 +FLAGS (\\Deleted)"))
        self.assertIn(b"1 EXPUNGE", self.curl("imaps", "INBOX", "-X", "EXPUNGE"))

    def test_list_retrieve_and_delete_over_pop3s(self):
        self.upload("pop one")
        self.upload("pop two")
        self.assertEqual(len(self.curl("pop3s", "").split()), 4)
        self.assertEqual(self.curl("pop3s", "2"), message("pop two"))
        self.assertIn(b"Subject: pop one", self.curl("pop3s", "", "-X", "TOP 1 0"))
        self.curl("pop3s", "1", "-X", "DELE", "-I")
        self.assertEqual(len(self.curl("pop3s", "").split()), 2)

    def test_stls_for_pop3(self):
        self.upload("over stls")
        self.assertEqual(self.curl("pop3", "1"), message("over stls"))

    def test_a_wrong_password_is_refused(self):
        denied = 67
        self.curl("imaps", "INBOX", "-u", f"{self.user}:wrong", expect=denied)
        self.curl("pop3s", "", "-u", f"{self.user}:wrong", expect=denied)


if __name__ == "__main__":
    main("curl")
