#!/usr/bin/env python3
"""Times how an account moves: import of a Maildir, export to one, and, where Dovecot is installed
and this is root, migration from it beside what reading all of it over IMAP takes.

    move_times.py [--mailkeep PROGRAM] [--messages 10000] [--bytes 4096] [--runs 3]

Each run has an account of its own. What is told is the median of the runs, in messages a second;
every command ends when all is on the disk. Both sides of a migration share the machine.
"""
import argparse
import contextlib
import os
import pathlib
import random
import shutil
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
for folder in ("support", "clients"):
    sys.path.insert(0, str(HERE.parent / folder))

from mailkeep_server import MailkeepServer  # noqa: E402
import migrate  # noqa: E402

PASSWORD = migrate.PASSWORD
DOVECOT = ("/usr/sbin/dovecot", "/usr/lib/dovecot/imap", "/usr/lib/dovecot/pop3")
WORDS = ("apple banana cherry meeting pelican report summer walrus winter question answer "
         "invoice delivery tomorrow please regards").split()
DOVECOT_UID = 5000


def make_maildir(folder, count, size):
    """Messages of about `size` octets of made-up text, no two alike."""
    chance = random.Random(count)
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir(parents=True)
    for number in range(count):
        lines = [f"From: {chance.choice(WORDS)} <sender{number % 50}@example.org>",
                 "To: Ann <ann@example.org>", f"Subject: {' '.join(chance.choices(WORDS, k=4))}",
                 f"Message-ID: <{number}.{chance.randrange(10**9)}@example.org>",
                 "Date: Mon, 07 Feb 2022 21:52:25 +0100", "MIME-Version: 1.0",
                 "Content-Type: text/plain; charset=utf-8", ""]
        room = size
        while room > 0:
            lines.append(" ".join(chance.choices(WORDS, k=9)) + f" {chance.randrange(10**9)}")
            room -= len(lines[-1]) + 2
        flags = "S" if number % 3 else ""
        path = folder / "cur" / f"{1_644_267_145 + number}.M{number}.host:2,{flags}"
        path.write_bytes("\r\n".join(lines + [""]).encode())


class Reader:
    """One connection that reads messages and looks at no octet of them."""

    def __init__(self, port, user, certificate):
        context = ssl.create_default_context(cafile=certificate)
        raw = socket.create_connection(("localhost", port))
        self.stream = context.wrap_socket(raw, server_hostname="localhost")
        self.stream.recv(4096)
        self.do(f'LOGIN {user} "{PASSWORD}"')
        self.do("EXAMINE INBOX")

    def do(self, command):
        self.stream.sendall(f"x9x {command}\r\n".encode())
        buffer, tail, size = bytearray(1 << 20), b"", 0
        while True:
            got = self.stream.recv_into(buffer)
            if got == 0:
                raise SystemExit(f"the server closes: {command}")
            size += got
            tail = (tail + bytes(buffer[max(0, got - 4096):got]))[-4096:]
            last = tail[:-2].rsplit(b"\r\n", 1)[-1]
            if tail.endswith(b"\r\n") and last.startswith(b"x9x "):
                if not last.startswith(b"x9x OK"):
                    raise SystemExit(f"{command}: {last.decode()}")
                return size


def read_all(port, user, certificate, count, connections):
    """Seconds that so many connections need to read everything, as migration asks for it."""
    readers = [Reader(port, user, certificate) for _ in range(connections)]
    share = -(-count // connections)
    ranges = [f"{start + 1}:{min(start + share, count)}" for start in range(0, count, share)]
    threads = [threading.Thread(
        target=reader.do, args=(f"FETCH {each} (UID FLAGS INTERNALDATE BODY.PEEK[])",))
        for reader, each in zip(readers, ranges)]
    begin = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.monotonic() - begin


def timed(run):
    begin = time.monotonic()
    run()
    return time.monotonic() - begin


class Bench:
    def __init__(self, options, folder, server):
        self.options, self.folder, self.server = options, folder, server
        self.times = {}

    def note(self, what, seconds):
        self.times.setdefault(what, []).append(seconds)

    def files(self, run):
        account = f"import{run}"
        self.note("import of a Maildir",
                  timed(lambda: self.server.command("import", account, str(self.folder / "mail"))))
        out = self.folder / f"out{run}"
        self.note("export to a Maildir",
                  timed(lambda: self.server.command("export", account, "--to", str(out))))
        shutil.rmtree(out)

    def migration(self, dovecot, run):
        certificate = str(self.server.folder / "cert.pem")
        for connections in (1, 2):
            self.note(f"Dovecot read by {connections} connections",
                      read_all(dovecot.imaps, "old", certificate, self.options.messages,
                               connections))
        words = [self.options.mailkeep, "migrate", f"migrate{run}", "--password-stdin", "--config",
                 str(self.server.config), "--from", f"imaps://old@localhost:{dovecot.imaps}"]
        environment = {**os.environ, "SSL_CERT_FILE": certificate}
        self.note("migration from Dovecot", timed(lambda: subprocess.run(
            words, input=PASSWORD + "\n", text=True, check=True, env=environment,
            stdout=subprocess.DEVNULL)))

    def print(self):
        print("| what | messages/s | MB/s |\n| --- | ---: | ---: |")
        for what, seconds in self.times.items():
            rate = self.options.messages / statistics.median(seconds)
            print(f"| {what} | {rate:.0f} | {rate * self.options.bytes / 1e6:.1f} |")


@contextlib.contextmanager
def running_dovecot(folder, server):
    home = folder / "dovecot-maildir" / "home" / "old" / "mail"
    os.chmod(server.folder, 0o755)
    os.chmod(server.folder / "key.pem", 0o644)
    dovecot = migrate.Dovecot(folder, "maildir", server.folder, "old")
    try:
        shutil.copytree(folder / "mail", home)
        for path in (home.parent, *home.parent.rglob("*")):
            os.chown(path, DOVECOT_UID, DOVECOT_UID)
        yield dovecot
    finally:
        dovecot.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mailkeep", default=str(HERE.parents[1] / "build/release/bin/mailkeep"))
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--bytes", type=int, default=4096)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    accounts = [f"{kind}{run}" for kind in ("import", "migrate") for run in range(options.runs)]
    with tempfile.TemporaryDirectory() as name, \
            MailkeepServer(options.mailkeep, accounts, PASSWORD) as server:
        folder = pathlib.Path(name)
        make_maildir(folder / "mail", options.messages, options.bytes)
        bench = Bench(options, folder, server)
        for run in range(options.runs):
            bench.files(run)
        if all(os.path.exists(path) for path in DOVECOT) and os.geteuid() == 0:
            with running_dovecot(folder, server) as dovecot:
                # What Dovecot writes down when it first sees messages is not the reader's.
                read_all(dovecot.imaps, "old", str(server.folder / "cert.pem"), options.messages, 1)
                for run in range(options.runs):
                    bench.migration(dovecot, run)
        bench.print()


if __name__ == "__main__":
    main()
