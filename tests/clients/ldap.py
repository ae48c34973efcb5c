#!/usr/bin/env python3
"""Passwords that OpenLDAP's slapd knows, over StartTLS; curl logs in."""
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time

from client_test import ClientTest, main
from mailkeep_server import free_ports, make_certificate

DENIED = 67
MODULES, SCHEMAS = pathlib.Path("/usr/lib/ldap"), pathlib.Path("/etc/ldap/schema")
ENTRIES = """\
dn: dc=example,dc=org
objectClass: dcObject
objectClass: organization
dc: example
o: Example

dn: ou=people,dc=example,dc=org
objectClass: organizationalUnit
ou: people

dn: uid=ann,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
uid: ann
cn: Ann
sn: Ann
userPassword: of ann

dn: uid=carl\\, jr,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
uid: carl, jr
cn: Carl
sn: Carl
userPassword: of carl
"""


class Slapd:
    """A directory server on a free port of loopback, with a certificate of its own."""

    def __init__(self, folder):
        self.certificate, key = make_certificate(folder)
        (folder / "data").mkdir()
        (folder / "entries.ldif").write_text(ENTRIES)
        config = folder / "slapd.conf"
        includes = [f"include {SCHEMAS}/{name}.schema"
                    for name in ("core", "cosine", "inetorgperson")]
        config.write_text("\n".join(includes + [
            f"pidfile {folder}/pid", f"modulepath {MODULES}", "moduleload back_mdb",
            f"TLSCertificateFile {self.certificate}", f"TLSCertificateKeyFile {key}",
            "security simple_bind=1",  # no password in the clear
            "database mdb", 'suffix "dc=example,dc=org"', f"directory {folder}/data",
            "access to attrs=userPassword by anonymous auth by * none",
            "access to * by * none"]) + "\n")
        subprocess.run(["slapadd", "-f", config, "-l", folder / "entries.ldif"], check=True,
                       capture_output=True)
        self.port = free_ports(1)[0]
        self.process = subprocess.Popen(
            ["slapd", "-f", config, "-h", f"ldap://127.0.0.1:{self.port}/", "-d", "0"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise RuntimeError("slapd did not start")

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Ldap(ClientTest):
    @classmethod
    def setUpClass(cls):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="mailkeep-ldap-"))
        cls.addClassCleanup(shutil.rmtree, folder, ignore_errors=True)
        slapd = Slapd(folder)
        cls.addClassCleanup(slapd.stop)
        cls.server_settings = (
            "[auth]\nsource = accounts\nsource = ldap\ncreate-accounts = yes\n"
            f"[ldap]\nurl = ldap://127.0.0.1:{slapd.port}\nauthorities = {slapd.certificate}\n"
            "bind-name = uid=%n,ou=people,dc=example,dc=org\n")
        super().setUpClass()

    def log_in(self, name, password, scheme="imaps", expect=0):
        return self.run_program(
            "curl", "-sS", "--max-time", "30", "--cacert", self.certificate, "-u",
            f"{name}:{password}", f"{scheme}://localhost:{self.server.ports[scheme]}/",
            expect=expect)

    def test_a_bind_that_succeeds_logs_in_and_makes_the_account(self):
        self.assertIn(b"INBOX", self.log_in("ann", "of ann"))
        self.log_in("ann", "of ann", "pop3s")
        self.assertIn("ann", self.server.command("user", "list"))

    def test_a_wrong_password_and_an_unknown_name_are_refused(self):
        self.log_in("ann", "of carl", expect=DENIED)
        self.log_in("nobody", "of ann", expect=DENIED)
        self.log_in("ann,ou=people", "of ann", expect=DENIED)  # no name is a piece of a DN
        self.assertNotIn("nobody", self.server.command("user", "list"))

    def test_accounts_with_a_password_of_their_own_do_not_need_it(self):
        self.log_in(self.user, "correct horse")


if __name__ == "__main__":
    os.environ["PATH"] += ":/usr/sbin"
    main("curl", "openssl", "slapd", "slapadd")
