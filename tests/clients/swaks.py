#!/usr/bin/env python3
"""swaks delivers over LMTP."""
from client_test import ClientTest, main


class Swaks(ClientTest):
    def swaks(self, *words, expect=0):
        port = self.server.ports["lmtp"]
        return self.run_program("swaks", "--protocol", "LMTP", "--server", f"127.0.0.1:{port}",
                                "--from", "sender@example.org", *words, expect=expect)

    def test_delivers_in_the_clear_and_over_tls(self):
        self.swaks("--to", f"{self.user}@example.org", "--body", "one")
        self.swaks("--to", f"{self.user}@example.org", "--body", "two", "--tls")
        self.assertIn(" 2 ", self.server.command("mailbox", "list", self.user).split("\n")[1])

    def test_pipelines_and_hears_of_each_recipient(self):
        said = self.swaks("--to", f"nobody@example.org,{self.user}@example.org", "--pipeline")
        self.assertIn(b"550 5.1.1", said)
        self.assertIn(b"Delivered", said)

    def test_unknown_recipients_are_refused(self):
        refused = 24
        self.swaks("--to", "nobody@example.org", expect=refused)


if __name__ == "__main__":
    main("swaks")
