#!/usr/bin/env python3
"""Postfix, set up as etc/examples/postfix says, takes mail and hands it on. Needs root."""
import imaplib
import pathlib
import re

from client_test import PASSWORD
from postfix_test import PostfixTest, main_with_postfix

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "etc" / "examples" / "postfix" / "main.cf"


class Postfix(PostfixTest):
    service_name = "socketmap"

    @classmethod
    def main_settings(cls):
        cls.server.command("domain", "add", "example.org")
        settings = EXAMPLE.read_text()
        settings = settings.replace("unix:mailkeep/socketmap", f"inet:127.0.0.1:{cls.service}")
        return settings.replace("unix:mailkeep/lmtp",
                                f"inet:127.0.0.1:{cls.server.ports['lmtp']}")

    def send(self, recipient, *words, expect=0):
        return self.run_program("swaks", "--server", f"127.0.0.1:{self.smtp}", "--from",
                                "sender@example.net", "--to", recipient, *words, expect=expect)

    def watch(self):
        """A client that idles in INBOX."""
        client = imaplib.IMAP4("127.0.0.1", self.server.ports["imap"], timeout=60)
        self.addCleanup(client.shutdown)
        client.login(self.user, PASSWORD)
        client.select()
        client.send(b"idle IDLE\r\n")
        self.assertTrue(client.readline().startswith(b"+"))
        return client

    def arrived(self, client):
        """The text of the message that arrives next."""
        while not (said := re.match(rb"\* (\d+) EXISTS", client.readline())):
            pass
        client.send(b"DONE\r\n")
        while not client.readline().startswith(b"idle OK"):
            pass
        return client.fetch(said[1].decode(), "BODY.PEEK[]")[1][0][1]

    def test_shows_mail_to_an_idling_client(self):
        client = self.watch()
        self.send(f"{self.user}@example.org", "--body", "through Postfix")
        message = self.arrived(client)
        self.assertTrue(message.startswith(b"Return-Path: <sender@example.net>\r\n"))
        self.assertIn(b"through Postfix\r\n", message)

    def test_follows_aliases_and_details(self):
        self.server.command("alias", "add", "info@example.org", f"{self.user}@example.org")
        client = self.watch()
        self.send("info@example.org", "--body", "by the alias")
        self.assertIn(b"by the alias", self.arrived(client))
        client = self.watch()
        self.send(f"{self.user}+lists@example.org", "--body", "with a detail")
        self.assertIn(b"with a detail", self.arrived(client))

    def test_refuses_unknown_recipients_and_foreign_domains(self):
        refused = 24
        self.assertIn(b"550 5.1.1", self.send("nobody@example.org", expect=refused))
        self.assertIn(b"454 4.7.1", self.send("somebody@example.com", expect=refused))


if __name__ == "__main__":
    main_with_postfix("swaks")
