#!/usr/bin/env python3
"""imapflow (npm) with QRESYNC, CONDSTORE, IDLE and more. Found by NODE_PATH; skipped without it."""
import json
import pathlib
import shutil
import subprocess
import sys

from client_test import PASSWORD, SKIP, ClientTest, main, message

SCRIPT = pathlib.Path(__file__).resolve().parent / "imapflow_client.js"


class Imapflow(ClientTest):
    def test_resynchronizes_and_is_told_of_changes(self):
        self.server.command("user", "quota", self.user, "--storage", "10M")
        mail = self.folder / "mail.json"
        mail.write_text(json.dumps({
            "host": "localhost", "port": self.server.ports["imaps"], "user": self.user,
            "password": PASSWORD, "certificate": self.certificate,
            "messages": [message(f"number {i}").decode() for i in range(5)]}))
        seen = json.loads(self.run_program("node", str(SCRIPT), str(mail)))
        self.assertEqual(seen["enabled"], ["CONDSTORE", "QRESYNC"])
        self.assertEqual(seen["first"], ["number 0", "number 1", "number 2", "number 3"])
        self.assertEqual(seen["changed"], [3, 5])
        self.assertEqual(seen["resumed"], [2])
        self.assertEqual(seen["fetched"], [2])
        self.assertEqual(seen["vanished"], [1])  # by MOVE
        self.assertEqual(seen["found"], [3])
        self.assertEqual(seen["idled"], 5)
        self.assertEqual(seen["flagged"],
                         {"uid": 4, "flags": ["\\Answered"], "modseq": "bigint"})
        self.assertEqual(seen["expunged"], {"uid": 5})
        self.assertEqual(seen["moved"], "Archive")
        self.assertEqual(seen["counted"], 1)
        self.assertEqual(seen["special"], "Archive")
        self.assertEqual(seen["status"], {"messages": 3, "unseen": 3})
        self.assertIn("usage", seen["quota"])
        self.assertEqual(seen["errors"], [])


if __name__ == "__main__":
    if shutil.which("node") and subprocess.run(["node", "-e", "require('imapflow')"], check=False,
                                               capture_output=True).returncode != 0:
        print("skipped: no imapflow here")
        sys.exit(SKIP)
    main("node")
