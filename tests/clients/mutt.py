#!/usr/bin/env python3
"""mutt on a real terminal (tmux): reads a message, deletes one, sees new mail."""
import imaplib
import re
import ssl
import subprocess
import time

from client_test import PASSWORD, ClientTest, main, message

CONFIG = """
set folder = "imaps://{user}@localhost:{port}/"
set spoolfile = "imaps://{user}@localhost:{port}/INBOX"
set imap_pass = "{password}"
set ssl_starttls = yes
set certificate_file = "{certificate}"
set header_cache = "{folder}/cache"
set delete = yes
set confirmappend = no
set quit = yes
set mark_old = no
set sleep_time = 0
set timeout = 1
set mail_check = 1
set imap_idle = yes
set imap_condstore = yes
set imap_qresync = yes
set pager_stop = yes
set index_format = "%4C %Z %-20.20L %s"
"""


class Mutt(ClientTest):
    def setUp(self):
        super().setUp()
        context = ssl.create_default_context(cafile=self.certificate)
        self.imap = imaplib.IMAP4_SSL("localhost", self.server.ports["imaps"], ssl_context=context,
                                      timeout=30)
        self.imap.login(self.user, PASSWORD)
        self.addCleanup(self.imap.shutdown)
        config = self.folder / "muttrc"
        config.write_text(CONFIG.format(user=self.user, port=self.server.ports["imaps"],
                                        password=PASSWORD, certificate=self.certificate,
                                        folder=self.folder))
        self.command = f"env HOME={self.folder} TERM=screen LC_ALL=C.UTF-8 mutt -d 2 -n -F {config}"
        self.socket = str(self.folder / "tmux")

    def tmux(self, *words):
        return subprocess.run(["tmux", "-S", self.socket, "-f", "/dev/null", *words], check=False,
                              capture_output=True, text=True, timeout=30)

    def start(self):
        self.tmux("new-session", "-d", "-x", "100", "-y", "30", self.command)
        self.addCleanup(self.tmux, "kill-server")

    def keys(self, *names):
        self.tmux("send-keys", *names)

    def see(self, text):
        """Waits until the screen shows the text."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            screen = self.tmux("capture-pane", "-p").stdout
            if text in screen:
                return screen
            time.sleep(0.05)
        self.fail(f"no '{text}' on the screen:\n{screen}")

    def said(self):
        """What mutt and the server said in the session that was started last."""
        return (self.folder / ".muttdebug0").read_text(encoding="utf-8", errors="replace")

    def wait_for_end(self):
        deadline = time.monotonic() + 30
        while self.tmux("has-session").returncode == 0:
            self.assertLess(time.monotonic(), deadline, "mutt does not end")
            time.sleep(0.05)

    def test_reads_and_deletes(self):
        self.imap.append("INBOX", None, None, message("first subject", "The text of one.\r\n"))
        self.imap.append("INBOX", None, None, message("second subject", "The text of two.\r\n"))
        self.start()
        self.see("second subject")
        self.keys("1", "Enter", "Enter")
        self.see("The text of one.")
        self.keys("i")
        self.see("second subject")
        self.keys("2", "Enter", "d")
        self.keys("q")
        self.wait_for_end()
        self.imap.select()
        self.assertEqual(self.imap.search(None, "ALL")[1], [b"1"])
        self.assertEqual(self.imap.search(None, "SEEN")[1], [b"1"])
        self.assertEqual(self.imap.search(None, "SUBJECT", "first")[1], [b"1"])

    def test_sees_mail_that_arrives(self):
        self.imap.append("INBOX", None, None, message("already there"))
        self.start()
        self.see("already there")
        self.imap.append("INBOX", None, None, message("just in"))
        self.see("just in")
        self.keys("q")
        self.wait_for_end()

    def test_comes_back_to_what_changed(self):
        """QRESYNC brings the header cache up to date: what came, went, changed its flags."""
        for name in ("one stays", "two goes", "three is read"):
            self.imap.append("INBOX", None, None, message(name))
        self.start()
        self.see("three is read")
        self.keys("q")
        self.wait_for_end()
        self.imap.select()
        self.imap.store("2", "+FLAGS", "\\Deleted")
        self.imap.store("3", "+FLAGS", "\\Flagged")
        self.imap.expunge()
        self.imap.append("INBOX", None, None, message("four is new"))
        self.start()
        screen = self.see("four is new")
        self.assertIn("one stays", screen)
        self.assertNotIn("two goes", screen)
        lines = [line for line in screen.splitlines() if "three is read" in line]
        self.assertEqual(len(lines), 1, screen)
        self.assertIn("!", lines[0])
        self.assertNotIn("rror", screen)
        self.keys("q")
        self.wait_for_end()
        said = self.said()
        self.assertIn("ENABLE QRESYNC", said)
        self.assertRegex(said, r"UID FETCH 1:3 \(FLAGS\) \(CHANGEDSINCE \d+ VANISHED\)")
        self.assertIn("* VANISHED (EARLIER) 2\n", said)
        self.assertIn("* 2 FETCH (UID 3 FLAGS (\\Flagged) MODSEQ (", said)
        # What is in its cache is not fetched again.
        self.assertEqual(re.findall(r"\ba\d+ FETCH (\S+) \(UID FLAGS", said), ["3"])
        self.assertNotRegex(said, r"\ba\d+ (NO|BAD) ")

    def test_saves_into_another_mailbox(self):
        self.imap.append("INBOX", None, None, message("to be filed"))
        self.start()
        self.see("to be filed")
        self.keys("s", "C-u", "=Archive", "Enter")
        self.see("Del:1")
        self.keys("q")
        self.wait_for_end()
        self.imap.select("Archive")
        self.assertEqual(self.imap.search(None, "SUBJECT", "filed")[1], [b"1"])
        self.imap.select("INBOX")
        self.assertEqual(self.imap.search(None, "ALL")[1], [b""])


if __name__ == "__main__":
    main("mutt", "tmux")
