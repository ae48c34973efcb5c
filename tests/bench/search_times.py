#!/usr/bin/env python3
"""Times searches, sorts and threads on a running IMAP server, as its client sees them.

    search_times.py --port P --user U --password W [--host H] [--fill 20000] [--rounds 7]

--fill first appends so many made-up messages to INBOX: conversations of about five messages. Each
command runs once unmeasured; then the median of the rounds is told, in milliseconds.
"""
import argparse
import random
import socket
import statistics
import time

COMMANDS = ["SORT (DATE) UTF-8 ALL", "SORT (SUBJECT) UTF-8 ALL", "THREAD REFERENCES UTF-8 ALL",
            "SEARCH SUBJECT pelican", "SEARCH FROM quentin", "SEARCH SINCE 1-Mar-2020",
            "SEARCH TEXT walrus"]
NAMES = ["anna", "bert", "carla", "dora", "emil", "quentin", "rosa", "theo"]
WORDS = ["apple", "banana", "cherry", "meeting", "pelican", "report", "summer", "walrus", "winter"]


class Client:
    def __init__(self, options):
        self.socket = socket.create_connection((options.host, options.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb")
        self.file.readline()
        self.do(f"LOGIN {options.user} {options.password}")

    def do(self, command):
        self.socket.sendall(f"a {command}\r\n".encode())
        size = 0
        while True:
            line = self.file.readline()
            size += len(line)
            if line.startswith(b"a "):
                if not line.startswith(b"a OK"):
                    raise SystemExit(f"{command}: {line.decode()}")
                return size

    def fill(self, count):
        chance = random.Random(count)
        ids, waiting = [], 0
        for number in range(count):
            self.send_message(chance, number, ids)
            waiting += 1
            if waiting == 100 or number == count - 1:
                while waiting:
                    waiting -= self.file.readline().startswith(b"a OK")

    def send_message(self, chance, number, ids):
        reply = ids and chance.random() < 0.8
        references = list(chance.choice(ids[-200:])) if reply else []
        own = f"<{number}.{chance.randrange(10**9)}@example.org>"
        ids.append([*references[-5:], own])
        day = 1 + number * 360 // 20_000 % 360
        stamp = time.gmtime(1_577_836_800 + day * 86_400 + chance.randrange(86_400))
        subject = " ".join(chance.choices(WORDS[:4], k=2)) + f" {len(references) or number}"
        if chance.random() < 0.005:
            subject += " pelican"
        head = [f"From: {chance.choice(NAMES)}@example.com",
                f"To: {chance.choice(NAMES)}@example.net",
                f"Date: {time.strftime('%a, %d %b %Y %H:%M:%S +0000', stamp)}",
                f"Subject: {'Re: ' if references else ''}{subject}", f"Message-ID: {own}"]
        if references:
            head.append("References: " + "\r\n ".join(references))
        body = "\r\n".join(" ".join(chance.choices(WORDS[:7], k=10)) for _ in range(20))
        if chance.random() < 0.005:
            body += "\r\nwalrus"
        message = ("\r\n".join(head) + "\r\n\r\n" + body + "\r\n").encode()
        date = time.strftime("%d-%b-%Y %H:%M:%S +0000", stamp)
        self.socket.sendall(f'a APPEND INBOX "{date}" {{{len(message)}+}}\r\n'.encode() + message +
                            b"\r\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--user", required=True)
    parser.add_argument("--password", required=True)
    parser.add_argument("--fill", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    client = Client(options)
    if options.fill:
        client.fill(options.fill)
    client.do("SELECT INBOX")
    for command in COMMANDS:
        client.do(command)
        times = []
        for _ in range(options.rounds):
            start = time.perf_counter()
            size = client.do(command)
            times.append((time.perf_counter() - start) * 1000)
        print(f"{command:32} {statistics.median(times):9.2f} ms {size:9} octets", flush=True)


if __name__ == "__main__":
    main()
