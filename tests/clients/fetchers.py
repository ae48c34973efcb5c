#!/usr/bin/env python3
"""fetchmail, getmail and mpop fetch mail over POP3 and TLS, and find nothing new afterwards."""
import imaplib
import ssl
import sys
import unittest

from client_test import PASSWORD, ClientTest, main, message, missing

SUBJECTS = ("one to fetch", "two to fetch", "three to fetch")


class Fetchers(ClientTest):
    def setUp(self):
        super().setUp()
        program = self._testMethodName.removeprefix("test_").split("_", maxsplit=1)[0]
        if missing(program):
            self.skipTest(f"no {program} here")
        client = imaplib.IMAP4_SSL("localhost", self.server.ports["imaps"],
                                   ssl_context=ssl.create_default_context(cafile=self.certificate))
        client.login(self.user, PASSWORD)
        for subject in SUBJECTS:
            client.append("INBOX", None, None, message(subject, ".\r\n..a\r\nFrom here\r\n"))
        client.logout()
        self.box = self.folder / "box"
        self.port = self.server.ports["pop3s"]

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o600)
        return str(path)

    def expect_all(self, text, times=1):
        for subject in SUBJECTS:
            self.assertEqual(text.count(f"Subject: {subject}"), times, text)
        self.assertEqual(text.count("\n.\n..a\n"), times * len(SUBJECTS), text)

    def test_fetchmail_keeps_and_fetches_once(self):
        settings = self.write("fetchmailrc", f"""\
poll localhost protocol pop3 port {self.port} uidl
  user "{self.user}" password "{PASSWORD}" ssl sslcertck sslcertfile "{self.certificate}"
  keep mda "cat >> {self.box}"
""")
        words = ("fetchmail", "-f", settings, "-i", str(self.folder / "ids"), "--pidfile",
                 str(self.folder / "pid"), "--nosyslog")
        self.run_program(*words)
        self.expect_all(self.box.read_text())
        nothing_new = 1
        self.run_program(*words, expect=nothing_new)
        self.expect_all(self.box.read_text())

    def test_getmail_keeps_and_fetches_once(self):
        self.write("getmailrc", f"""\
[retriever]
type = SimplePOP3SSLRetriever
server = localhost
port = {self.port}
username = {self.user}
password = {PASSWORD}
ca_certs = {self.certificate}
[destination]
type = MDA_external
path = /bin/sh
arguments = ("-c", "cat >> {self.box}")
allow_root_commands = true
[options]
read_all = false
delivered_to = false
received = false
""")
        for _ in range(2):
            self.run_program("getmail", "--getmaildir", str(self.folder), "--quiet")
            self.expect_all(self.box.read_text())

    def test_mpop_keeps_and_fetches_once(self):
        settings = self.write("mpoprc", f"""\
defaults
tls on
tls_starttls off
tls_trust_file {self.certificate}
keep on
uidls_file {self.folder}/uidls
account default
host localhost
port {self.port}
user {self.user}
password {PASSWORD}
delivery mbox {self.box}
""")
        for _ in range(2):
            self.run_program("mpop", "--file", settings)
            self.expect_all(self.box.read_text())


if __name__ == "__main__":
    main()
