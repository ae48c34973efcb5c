#!/usr/bin/env python3
"""Postfix has its clients' log-ins checked by Mailkeep; swaks and gsasl log in. Needs root."""
import os
import subprocess
import sys

from client_test import PASSWORD, SKIP, ClientTest, main
from mailkeep_server import free_ports

MAIN = """\
compatibility_level = 3.6
queue_directory = {etc}/queue
data_directory = {etc}/data
maillog_file = {etc}/maillog
maillog_file_prefixes = {etc}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.2/32
myhostname = mail.example.org
alias_maps =
alias_database =
local_recipient_maps =
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{auth}
smtpd_sasl_security_options = noanonymous
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
"""
MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
anvil unix - - n - 1 anvil
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
"""


class Submission(ClientTest):
    @classmethod
    def setUpClass(cls):
        auth, cls.smtp = free_ports(2)
        cls.server_settings = f"[auth-service]\nlisten = 127.0.0.1:{auth}"
        super().setUpClass()
        cls.addClassCleanup(cls.stop)
        cls.etc = cls.server.folder / "postfix"
        (cls.etc / "queue").mkdir(parents=True)
        (cls.etc / "data").mkdir()
        os.chmod(cls.server.folder, 0o755)
        subprocess.run(["chown", "postfix", cls.etc / "data"], check=True)
        (cls.etc / "main.cf").write_text(MAIN.format(etc=cls.etc, auth=auth))
        (cls.etc / "master.cf").write_text(MASTER.format(port=cls.smtp))
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
    if os.geteuid() != 0:
        print("skipped: Postfix starts as root only")
        sys.exit(SKIP)
    os.environ["PATH"] += ":/usr/sbin"
    main("postfix", "swaks", "gsasl")
