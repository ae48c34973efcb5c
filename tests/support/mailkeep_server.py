"""Starts a mailkeep of its own for a test: free ports, new data directory, own certificate."""
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

LISTENERS = ("imap", "imaps", "pop3", "pop3s", "lmtp")


def free_ports(count):
    """Ports that nobody uses at this moment."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def make_certificate(folder, name="localhost"):
    """A self-signed ECDSA P-256 certificate. Returns the paths (certificate, key)."""
    certificate, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "30", "-subj", f"/CN={name}",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
         "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    return certificate, key


class MailkeepServer:
    """A context manager. `ports` has a port for each of LISTENERS."""

    def __init__(self, program, accounts=("demo",), password="secret", settings="", tls=True):
        self.program, self.password, self.settings, self.tls = program, password, settings, tls
        self.accounts = list(accounts)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mailkeep-test-"))
        self.config = self.folder / "mailkeep.conf"
        self.log = self.folder / "log"
        self.ports = {}
        self.process = None

    def __enter__(self):
        try:
            self._start()
        except BaseException:
            self.stop(keep=True)
            raise
        return self

    def __exit__(self, kind, error, trace):
        self.stop(keep=kind is not None and os.environ.get("MAILKEEP_KEEP"))

    def command(self, *words, text=None):
        """Runs `mailkeep WORDS --config ...` and returns what it printed."""
        done = subprocess.run([self.program, *words, "--config", str(self.config)], input=text,
                              capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"mailkeep {' '.join(words[:3])}: {done.stdout}{done.stderr}")
        return done.stdout

    def _write_config(self):
        ports = free_ports(len(LISTENERS))
        self.ports = dict(zip(LISTENERS, ports))
        lines = [f"data-dir = {self.folder / 'data'}", "hostname = localhost", self.settings]
        for name, port in self.ports.items():
            if self.tls or name in ("imap", "pop3", "lmtp"):
                lines += [f"[{name}]", f"listen = 127.0.0.1:{port}"]
        if self.tls:
            certificate, key = make_certificate(self.folder)
            lines += ["[tls]", f"certificate = {certificate}", f"key = {key}"]
        self.config.write_text("\n".join(lines) + "\n")

    def _start(self):
        for attempt in range(5):
            self._write_config()
            if attempt == 0:
                for start in range(0, len(self.accounts), 500):
                    self.command("user", "add", *self.accounts[start:start + 500],
                                 "--password-stdin", text=self.password + "\n")
            self._launch()
            if self._up():
                return
            if "in use" not in self.log.read_text(errors="replace"):
                break
        raise RuntimeError(f"the server did not start:\n{self.log.read_text(errors='replace')}")

    def _launch(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [self.program, "serve", "--config", str(self.config)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def _up(self):
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                for name in ("imap", "pop3"):
                    socket.create_connection(("127.0.0.1", self.ports[name]), timeout=1).close()
                return True
            except OSError:
                time.sleep(0.02)
        return False

    def stop(self, keep=False):
        """Ends it. Raises when it did not end cleanly or a sanitizer had something to say."""
        code = 0
        if self.process:
            if self.process.poll() is None:
                self.process.send_signal(signal.SIGTERM)
            try:
                code = self.process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                code = "none within 60 s"
            self.process = None
        log = self.log.read_text(errors="replace") if self.log.exists() else ""
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)
        if code or re.search(r"Sanitizer|runtime error:", log):
            raise RuntimeError(f"the server ended with {code}:\n{log[-6000:]}")
