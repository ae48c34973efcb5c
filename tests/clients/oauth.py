#!/usr/bin/env python3
"""curl logs in with bearer tokens (OAUTHBEARER, XOAUTH2), over IMAP and POP3."""
import base64
import http.server
import json
import os
import pathlib
import shutil
import ssl
import subprocess
import tempfile
import threading
import time
import unittest.mock
import urllib.parse

from client_test import ClientTest, main
from mailkeep_server import make_certificate

DENIED = 67


def base64url(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


class Issuer(http.server.BaseHTTPRequestHandler):
    """Says of the token opaque-NAME that it is NAME's (RFC 7662)."""

    def do_POST(self):  # pylint: disable=invalid-name
        form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        token = form["token"][0]
        known = self.headers["Authorization"] == "Basic " + base64.b64encode(b"mk:s%26t").decode()
        answer = {"active": False}
        if known and token.startswith("opaque-"):
            answer = {"active": True, "sub": token[7:], "aud": "mail", "iss": "https://id.example"}
        body = json.dumps(answer).encode()
        self.send_response(500 if token == "broken" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class OauthTest(ClientTest):
    """A server that takes tokens of an issuer of its own."""

    @classmethod
    def setUpClass(cls):
        cls.keys = pathlib.Path(tempfile.mkdtemp(prefix="mailkeep-keys-"))
        cls.addClassCleanup(shutil.rmtree, cls.keys, ignore_errors=True)
        cls.openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048",
                    "-out", "key.pem")
        modulus = cls.openssl("rsa", "-in", "key.pem", "-noout", "-modulus").decode()
        number = bytes.fromhex(modulus.strip().partition("=")[2])
        key = {"kty": "RSA", "kid": "one", "n": base64url(number), "e": "AQAB"}
        (cls.keys / "keys.json").write_text(json.dumps({"keys": [key]}))
        issuer = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Issuer)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        (cls.keys / "tls").mkdir()
        cls.issuer_certificate, key = make_certificate(cls.keys / "tls")
        context.load_cert_chain(cls.issuer_certificate, key)
        issuer.socket = context.wrap_socket(issuer.socket, server_side=True)
        threading.Thread(target=issuer.serve_forever, daemon=True).start()
        cls.addClassCleanup(issuer.shutdown)
        # Where OpenSSL looks for the authorities of the system.
        trusted = unittest.mock.patch.dict(os.environ, SSL_CERT_FILE=str(cls.trusted()))
        trusted.start()
        cls.addClassCleanup(trusted.stop)
        (cls.keys / "secret").write_text("s&t\n")
        cls.server_settings = (f"[oauth]\nkeys = {cls.keys}/keys.json\naudience = mail\n"
                               "issuer = https://id.example\nname-claim = sub\n"
                               "introspection = "
                               f"https://localhost:{issuer.server_port}/introspect\n"
                               f"client-id = mk\nclient-secret-file = {cls.keys}/secret\n")
        super().setUpClass()

    @classmethod
    def trusted(cls):
        return cls.issuer_certificate

    @classmethod
    def openssl(cls, *words, data=None):
        return subprocess.run(["openssl", *words], cwd=cls.keys, check=True, input=data,
                              capture_output=True).stdout

    def token(self, algorithm="RS256", **changes):
        claims = {"iss": "https://id.example", "aud": "mail", "sub": self.user,
                  "exp": int(time.time()) + 60, **changes}
        text = ".".join(base64url(json.dumps(part).encode())
                        for part in ({"alg": algorithm, "kid": "one"}, claims))
        if algorithm == "none":
            return text + "."
        return text + "." + base64url(self.openssl("dgst", "-sha256", "-sign", "key.pem",
                                                   data=text.encode()))

    def log_in(self, token, scheme="imaps", mechanism="OAUTHBEARER", expect=0):
        return self.run_program(
            "curl", "-sS", "--max-time", "30", "--cacert", self.certificate,
            "--oauth2-bearer", token, "-u", f"{self.user}:", "--login-options",
            f"AUTH={mechanism}", f"{scheme}://localhost:{self.server.ports[scheme]}/",
            expect=expect)


class Oauth(OauthTest):
    def test_a_token_opens_its_account(self):
        for scheme in ("imaps", "pop3s"):
            for mechanism in ("OAUTHBEARER", "XOAUTH2"):
                self.log_in(self.token(), scheme, mechanism)

    def test_tokens_for_others_are_refused(self):
        self.log_in(self.token(sub="somebody"), expect=DENIED)
        self.log_in(self.token(aud="web"), expect=DENIED)
        self.log_in(self.token(iss="https://evil.example"), expect=DENIED)

    def test_old_unsigned_and_changed_tokens_are_refused(self):
        self.log_in(self.token(exp=int(time.time()) - 120), expect=DENIED)
        self.log_in(self.token(nbf=int(time.time()) + 120), expect=DENIED)
        self.log_in(self.token("none"), expect=DENIED)
        head, _, tail = self.token().split(".")
        other = self.token(scope="all").split(".")[1]
        self.log_in(f"{head}.{other}.{tail}", expect=DENIED)

    def test_opaque_tokens_are_asked_about(self):
        self.log_in(f"opaque-{self.user}")
        self.log_in("opaque-somebody", expect=DENIED)
        self.log_in("unknown", expect=DENIED)
        self.log_in("broken", expect=DENIED)


class UnknownIssuer(OauthTest):
    """Asks a server whose certificate nobody vouches for."""

    @classmethod
    def trusted(cls):
        return "/dev/null"

    def test_it_is_not_believed(self):
        self.log_in(f"opaque-{self.user}", expect=DENIED)
        self.assertIn("certificate verify failed", self.server.log.read_text())


if __name__ == "__main__":
    main("curl", "openssl")
