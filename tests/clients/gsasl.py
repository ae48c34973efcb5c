#!/usr/bin/env python3
"""gsasl logs in over IMAP, with each mechanism that it has."""
from client_test import PASSWORD, ClientTest, main


class Gsasl(ClientTest):
    def log_in(self, mechanism, *words, password=PASSWORD, tls=True, user=None, expect=0):
        security = [f"--x509-ca-file={self.certificate}"] if tls else ["--no-starttls"]
        return self.run_program(
            "gsasl", "--imap", "--connect", f"localhost:{self.server.ports['imap']}", *security,
            f"--mechanism={mechanism}", f"--authentication-id={user or self.user}",
            f"--password={password}", "--quiet", *words, data=b"",
            expect=expect)

    def test_scram_without_tls(self):
        self.log_in("SCRAM-SHA-256", tls=False)
        self.log_in("SCRAM-SHA-1", tls=False)

    def test_scram_with_channel_binding(self):
        self.log_in("SCRAM-SHA-256-PLUS")
        self.log_in("SCRAM-SHA-1-PLUS")

    def test_channel_binding_in_tls_1_2(self):  # tls-unique, not tls-exporter
        self.log_in("SCRAM-SHA-256-PLUS", "--priority=NORMAL:-VERS-ALL:+VERS-TLS1.2")

    def test_scram_over_tls_without_channel_binding(self):
        self.log_in("SCRAM-SHA-256", "--no-cb")
        self.log_in("SCRAM-SHA-1", "--no-cb")

    def test_channel_binding_cannot_be_hidden_from_a_client_that_has_it(self):
        self.log_in("SCRAM-SHA-256", expect=1)

    def test_an_empty_name_to_act_as_is_none(self):
        self.log_in("SCRAM-SHA-256-PLUS", "--authorization-id=")

    def test_plain_and_login(self):
        self.log_in("PLAIN")
        self.log_in("LOGIN")

    def test_app_passwords_with_each_mechanism(self):
        secret = self.server.command("user", "app-password", "add", self.user, "gsasl").strip()
        for mechanism in ("SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS", "PLAIN"):
            self.log_in(mechanism, password=secret)
        self.server.command("user", "app-password", "remove", self.user, "gsasl")
        self.log_in("SCRAM-SHA-256-PLUS", password=secret, expect=1)
        self.log_in("PLAIN", password=secret, expect=1)

    def test_wrong_passwords_are_refused(self):
        for mechanism in ("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN", "LOGIN"):
            self.log_in(mechanism, password="wrong", expect=1)
        self.log_in("SCRAM-SHA-256", user="nobody", expect=1)


if __name__ == "__main__":
    main("gsasl")
