#!/usr/bin/env python3
"""Postfix has its clients' log-ins checked by Mailkeep; swaks and gsasl log in. Needs root."""
import subprocess

from client_test import PASSWORD
from postfix_test import PostfixTest, main_with_postfix


class Submission(PostfixTest):
    service_name = "auth-service"

    @classmethod
    def main_settings(cls):
        return f"""
myhostname = mail.example.org
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{cls.service}
smtpd_sasl_security_options = noanonymous
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
"""

    def submit(self, mechanism, password=PASSWORD, expect=0):
        """As far as the recipient is taken."""
        return self.run_program(
            "swaks", "--server", f"127.0.0.1:{self.smtp}", "--from", "me@example.org", "--to",
            "you@example.net", "--auth", mechanism, "--auth-user", self.user, "--auth-password",
            password, "--quit-after", "RCPT", expect=expect)

    def test_swaks_logs_in(self):
        self.submit("PLAIN")
        self.submit("LOGIN")

    def test_app_passwords_for_smtp_only(self):
        secret = self.server.command("user", "app-password", "add", self.user, "mta",
                                     "--protocols", "smtp").strip()
        self.submit("PLAIN", password=secret)
        self.assertIn("\tsmtp\tPLAIN\t127.0.0.1:0\tok: app password mta", self.logged())

    def logged(self):
        """The log of log-ins, which is written about once a second."""
        for _ in range(100):
            text = self.server.command("auth", "log", self.user)
            if text:
                return text
            subprocess.run(["sleep", "0.1"], check=True)
        return ""

    def test_wrong_passwords_and_those_without_one_are_refused(self):
        refused, no_log_in = 28, 24
        self.submit("PLAIN", password="wrong", expect=refused)
        self.run_program("swaks", "--server", f"127.0.0.1:{self.smtp}", "--from",
                         "me@example.org", "--to", "you@example.net", "--quit-after", "RCPT",
                         expect=no_log_in)

    def test_gsasl_logs_in_with_scram(self):
        self.run_program("gsasl", "--smtp", "--connect", f"127.0.0.1:{self.smtp}",
                         "--no-starttls", "--mechanism=SCRAM-SHA-256",
                         f"--authentication-id={self.user}", f"--password={PASSWORD}",
                         "--authorization-id=", "--quiet", data=b"")


if __name__ == "__main__":
    main_with_postfix("swaks", "gsasl")
