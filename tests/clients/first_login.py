#!/usr/bin/env python3
"""Users move from Dovecot to mailkeep by logging in there. Needs root, for Dovecot."""
import imaplib
import os
import pathlib
import poplib
import signal
import smtplib
import ssl
import sys
import time

from client_test import PASSWORD, SKIP, ClientTest, main, message
from mailkeep_server import free_ports
from migrate import Dovecot

PORTS = free_ports(2)
MESSAGES = 800
LONG_MESSAGES = 40


def long_message(number):
    return message(f"long {number}", (f"{number:078}" + "\r\n") * 4000)


class FirstLogin(ClientTest):
    server_settings = f"""
[auth]
source = accounts
source = migrate
create-accounts = yes
failure-delay = 0
[migrate]
from = imaps://localhost:{PORTS[0]}
pop3 = pop3s://localhost:{PORTS[1]}
check-certificate = no
connections = 1
"""

    def setUp(self):
        super().setUp()
        self.user = "newcomer"
        self.context = ssl.create_default_context(cafile=self.certificate)
        os.chmod(self.server.folder, 0o755)
        os.chmod(self.server.folder / "key.pem", 0o644)

    def start_dovecot(self):
        dovecot = Dovecot(self.folder, "maildir", self.server.folder, self.user, PORTS)
        self.addCleanup(dovecot.stop)
        old = imaplib.IMAP4_SSL("localhost", PORTS[0], ssl_context=self.context, timeout=30)
        self.addCleanup(old.shutdown)
        old.login(self.user, PASSWORD)
        for number in range(MESSAGES):
            old.append("INBOX", "(\\Flagged Work)", None, message(f"number {number}"))
        old.create("Lists")
        for number in range(LONG_MESSAGES):
            old.append("Lists", None, None, long_message(number))
        return old

    def connect(self):
        client = imaplib.IMAP4_SSL("localhost", self.server.ports["imaps"],
                                   ssl_context=self.context, timeout=30)
        self.addCleanup(client.shutdown)
        return client

    def refusal(self, password):
        with self.assertRaises(imaplib.IMAP4.error) as caught:
            self.connect().login(self.user, password)
        return str(caught.exception)

    def deliver(self):
        with smtplib.LMTP("127.0.0.1", self.server.ports["lmtp"], timeout=30) as client:
            client.sendmail("ann@example.com", self.user, message("meanwhile"))

    def unique_ids(self, port):
        client = poplib.POP3_SSL("localhost", port, context=self.context, timeout=30)
        client.user(self.user)
        client.pass_(PASSWORD)
        ids = {line.split()[1] for line in client.uidl()[1]}
        client.quit()
        return ids

    def await_messages(self, client, count):
        """Until the selected mailbox has so many; a client is told of them as they come."""
        deadline = time.monotonic() + 120
        there = int(client.select("INBOX")[1][0])
        while there < count:
            self.assertLess(time.monotonic(), deadline, f"{there} of {count}")
            client.noop()
            for number in client.response("EXISTS")[1]:
                there = int(number) if number else there
        return there

    def restart(self):
        """As after a power failure."""
        self.server.process.send_signal(signal.SIGKILL)
        self.server.process.wait()
        self.server._launch()
        self.assertTrue(self.server._up())

    def listed(self):
        return self.server.command("user", "list")

    def test_a_user_who_logs_in_moves(self):
        self.assertIn("[UNAVAILABLE]", self.refusal(PASSWORD))
        self.assertNotIn(self.user, self.listed())
        old = self.start_dovecot()
        self.assertIn("[AUTHENTICATIONFAILED]", self.refusal("wrong"))
        self.assertNotIn(self.user, self.listed())

        client = self.connect()
        client.login(self.user, PASSWORD)
        self.assertEqual(client.status("INBOX", "(UIDVALIDITY)"),
                         old.status("INBOX", "(UIDVALIDITY)"))
        self.await_messages(client, 1)
        self.restart()
        self.assertIn(f"{self.user}\tfilling", self.listed())
        self.deliver()

        client = self.connect()
        client.login(self.user, PASSWORD)
        self.await_messages(client, MESSAGES + 1)
        deadline = time.monotonic() + 60
        while "filling" in self.listed():
            self.assertLess(time.monotonic(), deadline)
        self.assertEqual(int(client.select("Lists")[1][0]), LONG_MESSAGES)
        for number in range(LONG_MESSAGES):
            self.assertEqual(client.fetch(str(number + 1), "BODY.PEEK[]")[1][0][1],
                             long_message(number))
        client.select("INBOX")
        self.assertEqual(len(client.search(None, "SUBJECT", "meanwhile")[1][0].split()), 1)
        self.assertEqual(len(client.search(None, "KEYWORD", "Work")[1][0].split()), MESSAGES)
        subjects = client.fetch("1:*", "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1]
        known = {item[1] for item in subjects if isinstance(item, tuple)}
        self.assertEqual(len(known), MESSAGES + 1, "each once")

        ids = self.unique_ids(PORTS[1])
        self.assertEqual(len(ids), MESSAGES)
        self.assertLessEqual(ids, self.unique_ids(self.server.ports["pop3s"]))

        # From now on it is asked no more.
        self.assertIn("[AUTHENTICATIONFAILED]", self.refusal("wrong"))
        log = self.server.log.read_text()
        self.assertIn(f"filling_ended account={self.user}", log)
        self.assertNotIn(PASSWORD, log)


if __name__ == "__main__":
    if os.geteuid() != 0 or not pathlib.Path("/usr/lib/dovecot/imap").exists():
        print("skipped: Dovecot is not here, or this is not root")
        sys.exit(SKIP)
    main("dovecot")
