#!/usr/bin/env python3
"""Postfix, set up as etc/examples/postfix says, takes mail and hands it on. Needs root."""
import imaplib
import os
import pathlib
import re
import subprocess
import sys

from client_test import PASSWORD, SKIP, ClientTest, main
from mailkeep_server import free_ports

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "etc" / "examples" / "postfix" / "main.cf"
MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
lmtp unix - - n - - lmtp
retry unix - - n - - error
error unix - - n - - error
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix(ClientTest):
    @classmethod
    def setUpClass(cls):
        maps, cls.smtp = free_ports(2)
        cls.server_settings = f"[socketmap]\nlisten = 127.0.0.1:{maps}"
        super().setUpClass()
        cls.addClassCleanup(cls.stop)
        cls.etc = cls.server.folder / "postfix"
        (cls.etc / "queue").mkdir(parents=True)
        (cls.etc / "data").mkdir()
        os.chmod(cls.server.folder, 0o755)
        subprocess.run(["chown", "postfix", cls.etc / "data"], check=True)
        settings = EXAMPLE.read_text().replace("unix:mailkeep/socketmap", f"inet:127.0.0.1:{maps}")
        settings = settings.replace("unix:mailkeep/lmtp",
                                    f"inet:127.0.0.1:{cls.server.ports['lmtp']}")
        (cls.etc / "main.cf").write_text(settings + f"""
compatibility_level = 3.6
queue_directory = {cls.etc}/queue
data_directory = {cls.etc}/data
maillog_file = {cls.etc}/maillog
maillog_file_prefixes = {cls.etc}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.2/32
alias_maps =
alias_database =
local_recipient_maps =
""")
        (cls.etc / "master.cf").write_text(MASTER.format(port=cls.smtp))
        cls.server.command("domain", "add", "example.org")
        cls.postfix("start")

    @classmethod
    def postfix(cls, word):
        done = subprocess.run(["postfix", "-c", str(cls.etc), word], capture_output=True,
                              text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"postfix {word}: {done.stdout}{done.stderr}")

    @classmethod
    def stop(cls):
        if (cls.etc / "queue" / "pid" / "master.pid").exists():
            cls.postfix("stop")

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
    if os.geteuid() != 0:
        print("skipped: Postfix starts as root only")
        sys.exit(SKIP)
    os.environ["PATH"] += ":/usr/sbin"
    main("postfix", "swaks")
