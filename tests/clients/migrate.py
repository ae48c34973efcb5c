#!/usr/bin/env python3
"""An account moves from Dovecot to mailkeep; its clients do not notice. Needs root, for Dovecot."""
import hashlib
import imaplib
import os
import pathlib
import poplib
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time

from client_test import PASSWORD, SKIP, ClientTest, main, message
from mailkeep_server import free_ports
from mbsync import CONFIG as MBSYNC

DOVECOT = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap pop3
listen = 127.0.0.1
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
auth_mechanisms = plain login
mail_location = {format}:~/mail
mail_uid = 5000
mail_gid = 5000
first_valid_uid = 5000
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = static
  args = uid=5000 gid=5000 home={folder}/home/%u allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Rubbish {{
    special_use = \\Trash
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service pop3-login {{
  inet_listener pop3 {{
    port = 0
  }}
  inet_listener pop3s {{
    port = {pop3s}
    ssl = yes
  }}
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
"""


class Dovecot:
    """A Dovecot of its own."""

    def __init__(self, folder, kind, server, user, ports=None):
        self.folder = folder / f"dovecot-{kind}"
        for name in ("run", "state", "home"):
            (self.folder / name).mkdir(parents=True)
        os.chown(self.folder / "home", 5000, 5000)
        for path in (folder, self.folder):
            os.chmod(path, 0o755)
        self.imaps, self.pop3s = ports or free_ports(2)
        config = self.folder / "dovecot.conf"
        config.write_text(DOVECOT.format(folder=self.folder, certificate=server / "cert.pem",
                                         key=server / "key.pem", format=kind, imaps=self.imaps,
                                         pop3s=self.pop3s))
        users = self.folder / "users"
        users.write_text(f"{user}:{{PLAIN}}{PASSWORD}\n")
        os.chmod(users, 0o644)
        with open(self.folder / "out", "wb") as log:
            self.process = subprocess.Popen(["dovecot", "-F", "-c", str(config)], stdout=log,
                                            stderr=log, stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + 30
        while not self._answers():
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise RuntimeError((self.folder / "out").read_text())
            time.sleep(0.05)

    def _answers(self):
        try:
            for port in (self.imaps, self.pop3s):
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            return False
        return True

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)


class Migrate(ClientTest):
    maxDiff = None

    def start(self, kind):
        self.context = ssl.create_default_context(cafile=self.certificate)
        os.chmod(self.server.folder, 0o755)
        os.chmod(self.server.folder / "key.pem", 0o644)
        self.dovecot = Dovecot(self.folder, kind, self.server.folder, self.user)
        self.addCleanup(self.dovecot.stop)
        self.old = self.imap(self.dovecot.imaps)
        (self.folder / "mail").mkdir()
        self.fill()

    def imap(self, port):
        client = imaplib.IMAP4_SSL("localhost", port, ssl_context=self.context, timeout=30)
        client.login(self.user, PASSWORD)
        self.addCleanup(client.shutdown)
        return client

    def fill(self):
        """What makes UIDs and flags differ from a mailbox that was filled in one go."""
        date = '"07-Feb-2022 21:52:25 +0100"'
        for number in range(20):
            flags = "(\\Seen)" if number % 3 else "(\\Flagged $Label1)"
            self.old.append("INBOX", flags, date, message(f"number {number}"))
        self.old.select("INBOX")
        self.old.store("3,7,20", "+FLAGS", "(\\Deleted)")
        self.old.expunge()
        self.old.store("5", "FLAGS", "(\\Answered Work)")
        for name in ("Lists/M&APw-ll", "Rubbish", "Unseen"):
            self.old.create(name)
            self.old.subscribe(name)
        self.old.append("Lists/M&APw-ll", None, None, message("deep", "x" * 300_000 + "\r\n"))
        self.old.append("Rubbish", "(\\Seen)", None, message("old"))
        self.old.unsubscribe("Unseen")

    def sync(self, port):
        config = self.folder / "mbsyncrc"
        config.write_text(MBSYNC.format(port=port, user=self.user, password=PASSWORD,
                                        certificate=self.certificate, folder=self.folder))
        self.run_program("mbsync", "-c", str(config), "all")
        found = {}
        for path in sorted((self.folder / "mail").rglob("*")):
            if path.parent.name in ("cur", "new"):
                # mbsync's own name of a message, which stays as long as it is that message.
                found[str(path.relative_to(self.folder))] = path.read_bytes()
        return found

    def unique_ids(self, port):
        client = poplib.POP3_SSL("localhost", port, context=self.context, timeout=30)
        client.user(self.user)
        client.pass_(PASSWORD)
        ids = client.uidl()[1]
        client.quit()
        return ids

    def migrate(self, *words):
        done = subprocess.run(
            [sys.argv[1], "migrate", self.user, "--password-stdin", "--config",
             str(self.server.config), "--from",
             f"imaps://{self.user}@localhost:{self.dovecot.imaps}", *words],
            input=PASSWORD + "\n", capture_output=True, text=True, check=False,
            env={**os.environ, "SSL_CERT_FILE": self.certificate})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    @staticmethod
    def names(lines):
        return [line.split(b' "/" ')[1].strip(b'"').decode() for line in lines if line]

    def state(self, client):
        """Everything a client can know."""
        known = {}
        for name in self.names(client.list()[1]):
            if client.select(f'"{name}"', readonly=True)[0] != "OK":
                known[name] = None
                continue
            status = client.status(f'"{name}"', "(UIDVALIDITY UIDNEXT MESSAGES UNSEEN)")[1][0]
            words = status.split(b"(")[1].strip(b")").split()
            known[name] = dict(zip(words[::2], words[1::2])), self.messages(client, name)
        return known, sorted(self.names(client.lsub()[1]))

    def messages(self, client, name):
        client.select(f'"{name}"', readonly=True)
        if not client.search(None, "ALL")[1][0]:
            return []
        found, head, text = [], b"", b""
        for item in client.fetch("1:*", "(UID FLAGS INTERNALDATE BODY.PEEK[])")[1]:
            if isinstance(item, tuple):
                head, text = item
                continue
            words = head + b" " + item
            flags = sorted(set(imaplib.ParseFlags(words)) - {b"\\Recent"})
            # " 7-Feb" and "07-Feb" are the same day (RFC 3501 9, date-day-fixed).
            date = words.split(b'INTERNALDATE "')[1].split(b'"')[0].strip().rjust(26, b"0")
            found.append((words.split(b"UID ")[1].split()[0], flags, date,
                          hashlib.sha256(text).hexdigest()))
        return found

    def move(self, kind):
        self.start(kind)
        before = self.sync(self.dovecot.imaps)
        self.assertEqual(len(before), 19)
        ids = self.unique_ids(self.dovecot.pop3s)
        self.assertIn("17 to fetch", self.migrate("--dry-run"))
        pop3 = f"pop3s://localhost:{self.dovecot.pop3s}"
        self.assertIn("Fetched 19 messages", self.migrate("--pop3", pop3))
        # Meanwhile life goes on there.
        self.old.append("INBOX", "(\\Seen)", None, message("late"))
        self.old.select("INBOX")
        self.old.store("2", "+FLAGS", "(\\Flagged)")
        before = self.sync(self.dovecot.imaps)
        ids = self.unique_ids(self.dovecot.pop3s)
        self.assertIn("Fetched 1 messages", self.migrate("--pop3", pop3))
        self.assertIn("INBOX: the same", self.migrate("--dry-run"))
        port = self.server.ports["imaps"]
        self.assertEqual(self.state(self.imap(port)), self.state(self.old))
        self.assertEqual(self.unique_ids(self.server.ports["pop3s"]), ids)
        self.assertEqual(self.sync(port), before)

    def test_a_maildir_account_moves(self):
        self.move("maildir")

    def test_an_sdbox_account_moves(self):
        self.move("sdbox")

    def test_a_maildir_is_imported_as_dovecot_left_it(self):
        self.start("maildir")
        before = self.sync(self.dovecot.imaps)
        ids = self.unique_ids(self.dovecot.pop3s)
        state = self.state(self.old)
        maildir = self.folder / "taken"
        shutil.copytree(self.dovecot.folder / "home" / self.user / "mail", maildir)
        self.server.command("import", self.user, str(maildir))
        port = self.server.ports["imaps"]
        self.assertEqual(self.unique_ids(self.server.ports["pop3s"]), ids)
        client = self.imap(port)
        for name in ("Archive", "Drafts", "Junk", "Sent", "Trash"):
            client.delete(name)
            client.unsubscribe(name)
        there = self.state(client)[0]
        for name, known in state[0].items():
            if not known:
                continue
            status, messages = known
            self.assertEqual(there[name][0], status)
            # A file's time has no zone.
            self.assertEqual([(uid, flags, text) for uid, flags, _, text in there[name][1]],
                             [(uid, flags, text) for uid, flags, _, text in messages])
        self.assertEqual(self.sync(port), before)


if __name__ == "__main__":
    if os.geteuid() != 0 or not pathlib.Path("/usr/lib/dovecot/pop3").exists() or \
            not pathlib.Path("/usr/lib/dovecot/imap").exists():
        print("skipped: Dovecot with IMAP and POP3 is not here, or this is not root")
        sys.exit(SKIP)
    main("dovecot", "mbsync")
