"""The servers that transcripts are played against."""
import argparse
import contextlib
import pathlib
import re

from connection import Connection, substitute
from mailkeep_server import MailkeepServer, make_certificate

HERE = pathlib.Path(__file__).resolve().parent


class Target:
    """A server that is running."""

    def __init__(self, options, user):
        self.host, self.port, self.pop3_port = options.host, options.port, options.pop3_port
        self.lmtp_port = options.lmtp_port
        self.user, self.password, self.timeout = user, options.password, options.timeout
        self.certificate = getattr(options, "certificate", None)  # of a client, with its key

    def imap(self):
        return Connection(self.host, self.port, self.timeout)

    def pop3(self):
        return Connection(self.host, self.pop3_port, self.timeout)

    def lmtp(self):
        return Connection(self.host, self.lmtp_port, self.timeout)


def pop3_capabilities(target):
    connection = target.pop3()
    with contextlib.closing(connection):
        connection.pop3_line()
        connection.send(b"CAPA\r\n")
        names = set()
        while (line := connection.pop3_line()) not in (".", "") and not line.startswith("-"):
            names.add(line.upper().split()[0])
        return names


def lhlo(connection):
    """Says LHLO; the keywords of the answer."""
    connection.send(b"LHLO transcript.example\r\n")
    lines = []
    while not lines or lines[-1][3:4] == "-":
        lines.append(connection.pop3_line())
    return {line[4:].upper().split()[0] for line in lines}


def lmtp_capabilities(target):
    connection = target.lmtp()
    with contextlib.closing(connection):
        connection.pop3_line()
        return lhlo(connection)


@contextlib.contextmanager
def started(options, accounts, settings=()):
    """The options of a server of our own. `settings`: "[SECTION] KEY = VALUE" with $user (the
    first account), $files (the folder of that name) and $certificate (a client's, for $user)."""
    server = MailkeepServer(options.server, accounts)
    client = server.folder / "client"
    values = {"user": accounts[0], "files": str(HERE / "files"),
              "certificate": str(client / "cert.pem")}
    client.mkdir()
    certificate = make_certificate(client, accounts[0])
    server.settings = "\n".join(re.sub(r"^(\[.*?\]) ", r"\1\n", substitute(line, values))
                                for line in settings)
    with server:
        own = argparse.Namespace(**vars(options))
        own.port, own.pop3_port, own.lmtp_port = (server.ports[name]
                                                  for name in ("imap", "pop3", "lmtp"))
        own.certificate = certificate
        yield own
