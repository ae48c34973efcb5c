#!/usr/bin/env python3
"""Times what keeps clients in step: QRESYNC, a STORE of a whole mailbox, NOTIFY.

    sync_times.py PROGRAM [--messages 100000] [--mailboxes 1000] [--sessions 100]
    sync_times.py --port P [--messages 100000]

PROGRAM is a mailkeep, which is started on loopback ports of its own; half a minute. --port: any
server that is running, where demo with the password secret has no mail; without NOTIFY. Mailboxes
are filled by COPY, so that their messages share their content: none of this reads content.
"""
import argparse
import pathlib
import re
import socket
import statistics
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))

from mailkeep_server import MailkeepServer  # noqa: E402

MESSAGE = b"From: ann@example.com\r\nSubject: x\r\n\r\nhi\r\n"
SEED = 1000  # messages that are appended; the others are their copies


class Client:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=120)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb")
        self.file.readline()
        self.do("LOGIN demo secret")

    def do(self, command):
        """The untagged lines. Ends the program where the command is refused."""
        self.socket.sendall(f"a {command}\r\n".encode())
        return self.finish(command)

    def finish(self, command):
        lines = []
        while True:
            line = self.file.readline()
            if line.startswith(b"a OK"):
                return lines
            if not line or line.startswith(b"a "):
                raise SystemExit(f"{command}: {line.decode()}")
            lines.append(line)

    def append(self, mailbox, count=1):
        one = f"a APPEND {mailbox} {{{len(MESSAGE)}+}}\r\n".encode() + MESSAGE + b"\r\n"
        for start in range(0, count, 100):
            now = min(100, count - start)
            self.socket.sendall(one * now)
            for _ in range(now):
                self.finish("APPEND")

    def status(self, mailbox):
        line = b"".join(self.do(f"STATUS {mailbox} (UIDVALIDITY HIGHESTMODSEQ)"))
        return [int(number) for number in re.findall(rb"(?:UIDVALIDITY|HIGHESTMODSEQ) (\d+)", line)]


def fill(client, mailbox, count):
    client.do(f"CREATE {mailbox}")
    client.do("SELECT seed")
    for start in range(0, count, SEED):
        client.do(f"UID COPY 1:{min(SEED, count - start)} {mailbox}")
    client.do("UNSELECT")


def tell(what, milliseconds):
    print(f"{what:58} median {statistics.median(milliseconds):8.2f} ms  "
          f"longest {max(milliseconds):8.2f} ms", flush=True)


def time_resynchronization(port, client, mailbox, count, rounds=30):
    """Five messages flagged, five expunged, spread over the mailbox."""
    validity, modseq = client.status(mailbox)
    step = count // 6
    changed = ",".join(str(number * step) for number in range(1, 6))
    gone = ",".join(str(number * step + 1) for number in range(1, 6))
    client.do(f"SELECT {mailbox}")
    client.do(f"UID STORE {changed} +FLAGS.SILENT (\\Answered)")
    client.do(f"UID STORE {gone} +FLAGS.SILENT (\\Deleted)")
    client.do(f"UID EXPUNGE {gone}")
    client.do("UNSELECT")
    other = Client(port)
    other.do("ENABLE QRESYNC")
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        lines = other.do(f"SELECT {mailbox} (QRESYNC ({validity} {modseq}))")
        times.append((time.perf_counter() - start) * 1000)
        fetched = sum(b" FETCH " in line for line in lines)
        if fetched != 5 or f"VANISHED (EARLIER) {gone}".encode() not in b"".join(lines):
            raise SystemExit(f"wrong answer: {lines}")
        other.do("UNSELECT")
    tell(f"SELECT (QRESYNC), {count} messages, 10 changes", times)


class Reader(threading.Thread):
    """Reads one message after the other until it is stopped."""

    def __init__(self, port, mailbox, item):
        super().__init__()
        self.client, self.item = Client(port), item
        self.client.do(f"SELECT {mailbox}")
        self.stopping, self.times = threading.Event(), []

    def run(self):
        number = 0
        while not self.stopping.is_set():
            number = number % SEED + 1
            start = time.perf_counter()
            self.client.do(f"FETCH {number} {self.item}")
            self.times.append((time.perf_counter() - start) * 1000)


def time_store(client, mailbox, flag, count):
    client.do(f"SELECT {mailbox}")
    start = time.perf_counter()
    client.do(f"STORE 1:* +FLAGS.SILENT ({flag})")
    taken = (time.perf_counter() - start) * 1000
    key = flag[1:] if flag[0] == "\\" else f"KEYWORD {flag}"
    if f"COUNT {count}\r\n".encode() not in client.do(f"SEARCH RETURN (COUNT) {key}")[-1]:
        raise SystemExit("not all messages have the flag")
    client.do("UNSELECT")
    return taken


def time_stores(port, client, count):
    tell(f"STORE of one flag, {count} messages",
         [time_store(client, "big", flag, count) for flag in ("one", "two", "\\Flagged")])
    # A reader of the same mailbox is told of all the changes, by one of its commands.
    for flag, mailbox, which in (("three", "seed", "another"), ("four", "big", "the same")):
        reader = Reader(port, mailbox, "(FLAGS BODY.PEEK[])")
        reader.start()
        taken = time_store(client, "big", flag, count)
        reader.stopping.set()
        reader.join()
        tell(f"the same, while a session reads {which} mailbox", [taken])
        tell("  a FETCH of that session", reader.times)


def resident_kibibytes(server):
    status = pathlib.Path(f"/proc/{server.process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1])


def settled_kibibytes(server):
    """What is resident once it does not change for three seconds: idle memory is given back."""
    before, since = resident_kibibytes(server), time.monotonic()
    while time.monotonic() - since < 3:
        time.sleep(0.2)
        now = resident_kibibytes(server)
        if abs(now - before) > 64:
            before, since = now, time.monotonic()
    return before


def time_notifications(server, mailboxes, sessions):
    port = server.ports["imap"]
    client = Client(port)
    for number in range(mailboxes):
        client.do(f"CREATE box{number}")
    Client(port).append("box0")  # what the first session of all costs
    before = settled_kibibytes(server)
    watchers = [Client(port) for _ in range(sessions)]
    events = "MessageNew MessageExpunge FlagChange MailboxName SubscriptionChange"
    for watcher in watchers:
        watcher.do(f"NOTIFY SET (personal ({events}))")
    added = (settled_kibibytes(server) - before) / sessions
    print(f"log-in and NOTIFY, {mailboxes} mailboxes: {added:.1f} KiB a session, of {sessions}",
          flush=True)
    first, last = [], []
    for number in range(0, mailboxes, max(1, mailboxes // 50)):
        start = time.perf_counter()
        client.append(f"box{number}")
        for place, watcher in enumerate(watchers):
            if not watcher.file.readline().startswith(b"* STATUS box"):
                raise SystemExit("another line than that of the change")
            if place in (0, sessions - 1):
                (first if place == 0 else last).append((time.perf_counter() - start) * 1000)
    tell("APPEND until a session is told", first)
    tell(f"APPEND until all {sessions} are told", last)
    added = (settled_kibibytes(server) - before) / sessions
    print(f"afterwards: {added:.1f} KiB a session", flush=True)


def time_one_mailbox(port, messages):
    client, few = Client(port), max(SEED, messages // 100)
    client.do("CREATE seed")
    client.append("seed", SEED)
    fill(client, "small", few)
    fill(client, "big", messages)
    time_resynchronization(port, client, "small", few)
    time_resynchronization(port, client, "big", messages)
    time_stores(port, client, messages - 5)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", nargs="?")
    parser.add_argument("--port", type=int)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--mailboxes", type=int, default=1000)
    parser.add_argument("--sessions", type=int, default=100)
    options = parser.parse_args()
    if options.port:
        time_one_mailbox(options.port, options.messages)
        return
    if not options.program:
        parser.error("PROGRAM or --port")
    with MailkeepServer(options.program, tls=False) as server:
        time_one_mailbox(server.ports["imap"], options.messages)
    with MailkeepServer(options.program, tls=False) as server:  # whose memory is of this only
        time_notifications(server, options.mailboxes, options.sessions)


if __name__ == "__main__":
    main()
