#!/usr/bin/env python3
"""curl logs in with a client certificate (EXTERNAL); gsasl as nobody (ANONYMOUS)."""
import pathlib
import shutil
import subprocess
import tempfile

from client_test import PASSWORD, ClientTest, main


class Certificates(ClientTest):
    @classmethod
    def setUpClass(cls):
        cls.make_authority()
        keys = cls.folder_of_keys
        cls.server_settings = (f"[auth]\nclient-authorities = {keys}/ca.pem\n"
                               f"certificate-map = {keys}/map\nanonymous = user0\n")
        super().setUpClass()

    @classmethod
    def make_authority(cls):
        cls.folder_of_keys = pathlib.Path(tempfile.mkdtemp(prefix="mailkeep-keys-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder_of_keys, ignore_errors=True)
        cls.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=Authority",
                    "-days", "30", "-keyout", "ca.key", "-out", "ca.pem")
        for name in ("user1", "Somebody Else", "nobody-here"):
            cls.openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}",
                        "-keyout", f"{name}.key", "-out", f"{name}.csr")
            cls.openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                        "-CAcreateserial", "-days", "30", "-out", f"{name}.pem")
        (cls.folder_of_keys / "map").write_text("# whose they are\ncn:Somebody Else user2\n")

    @classmethod
    def openssl(cls, *words):
        subprocess.run(["openssl", *words], cwd=cls.folder_of_keys, check=True,
                       capture_output=True)

    def curl(self, certificate, user, expect=0):
        proof = []
        if certificate:
            proof = ["--cert", self.folder_of_keys / f"{certificate}.pem",
                     "--key", self.folder_of_keys / f"{certificate}.key"]
        port = self.server.ports["imaps"]
        return self.run_program("curl", "-sS", "--max-time", "30", "--cacert",
                                self.certificate, *proof,
                                f"imaps://{user};AUTH=EXTERNAL@localhost:{port}/INBOX",
                                expect=expect)

    def test_a_certificate_is_its_accounts(self):
        self.curl("user1", user="user1")
        self.curl("Somebody Else", user="user2")

    def test_a_certificate_is_nobody_elses(self):
        denied = 67
        self.curl("user1", user="user2", expect=denied)
        self.curl("nobody-here", user="nobody-here", expect=denied)
        self.curl(None, user="user1", expect=denied)

    def test_passwords_still_work(self):
        port = self.server.ports["imaps"]
        self.run_program("curl", "-sS", "--cacert", self.certificate, "-u",
                         f"{self.user}:{PASSWORD}",
                         f"imaps://localhost:{port}/INBOX")

    def test_anybody_is_let_in_to_the_account_for_it(self):
        self.run_program("gsasl", "--imap", "--connect", f"localhost:{self.server.ports['imap']}",
                         "--no-starttls", "--mechanism=ANONYMOUS", "--anonymous-token=guest",
                         "--quiet", data=b"")


if __name__ == "__main__":
    main("curl", "openssl", "gsasl")
