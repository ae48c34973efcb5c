#!/usr/bin/env python3
"""Evolution's mail library (Camel), with NOTIFY and QRESYNC; its script is camel_client.py."""
import json
import pathlib
import subprocess
import sys

from client_test import PASSWORD, SKIP, ClientTest, main

SCRIPT = pathlib.Path(__file__).resolve().parent / "camel_client.py"
PYTHON = "/usr/bin/python3"  # python3-gi is for the system's


def is_there():
    providers = pathlib.Path("/usr/lib").glob("**/camel-providers/libcamelimapx.so")
    return next(providers, None) is not None and subprocess.run(
        [PYTHON, "-c", "import gi; gi.require_version('Camel', '1.2')"], check=False,
        capture_output=True).returncode == 0


class Camel(ClientTest):
    def test_is_told_of_changes_and_resynchronizes(self):
        wishes = self.folder / "wishes.json"
        wishes.write_text(json.dumps({
            "host": "localhost", "port": self.server.ports["imaps"], "user": self.user,
            "password": PASSWORD, "folder": str(self.folder)}))
        done = subprocess.run([PYTHON, str(SCRIPT), str(wishes)], capture_output=True, text=True,
                              timeout=200, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads((self.folder / "seen.json").read_text()), {
            "first": ["one", "three", "two"], "new": ["four", "one", "three", "two"],
            "flagged": ["one"], "expunged": ["four", "one", "three"],
            "resumed": ["four", "one", "six"], "unflagged": []})
        self.check_dialog((self.folder / "dialog").read_text())

    def check_dialog(self, said):
        self.assertRegex(said, r"(\w+) NOTIFY SET \(selected .*\) \(personal .*\)'\n(.*\n)*?.*"
                               r"'\1 OK NOTIFY completed")
        # The new message came with all it wants to know, and unasked.
        self.assertRegex(said, r"\* 4 FETCH \(UID 4 [^\n]*RFC822\.HEADER \{\d+\}\s+Subject: four")
        self.assertNotRegex(said, r"UID FETCH 4 ")
        self.assertIn("* STATUS Archive (MESSAGES 1 ", said)
        self.assertIn('* LIST (\\HasNoChildren) "/" Fresh', said)
        self.assertIn('* LIST (\\HasNoChildren \\Subscribed) "/" Fresh', said)
        self.assertIn("ENABLE CONDSTORE QRESYNC", said)
        self.assertRegex(said, r"SELECT INBOX \(QRESYNC \(\d+ \d+ 1:4\)\)")
        self.assertRegex(said, r"\* VANISHED \(EARLIER\) (2:)?3")
        self.assertNotRegex(said, r"\b[A-Z]\d{5} (NO|BAD) ")


if __name__ == "__main__":
    if not is_there():
        print("skipped: no Camel with its IMAP provider here")
        sys.exit(SKIP)
    main(PYTHON)
