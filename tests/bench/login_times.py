#!/usr/bin/env python3
"""How many log-ins a second: each account for the first time, and again.

    login_times.py PROGRAM [--accounts 400] [--clients 8]

PROGRAM is a mailkeep, which is started on a loopback port of its own. The first log-in to an
account costs a hash of the password that is slow on purpose; later ones with the same password
cost none. Each log-in is a connection of its own, and none is encrypted.
"""
import argparse
import pathlib
import queue
import socket
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))

from mailkeep_server import MailkeepServer  # noqa: E402

PASSWORD = "a password of some length"


def log_in(port, user):
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        file = connection.makefile("rb")
        file.readline()
        connection.sendall(f'a LOGIN {user} "{PASSWORD}"\r\n'.encode())
        answer = file.readline()
        if not answer.startswith(b"a OK"):
            raise SystemExit(f"{user}: {answer.decode()}")


def rate(port, users, clients):
    """Log-ins a second of all users, by so many clients at a time."""
    waiting = queue.SimpleQueue()
    for user in users:
        waiting.put(user)

    def work():
        while True:
            try:
                user = waiting.get_nowait()
            except queue.Empty:
                return
            log_in(port, user)

    threads = [threading.Thread(target=work) for _ in range(clients)]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(users) / (time.perf_counter() - begin)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--accounts", type=int, default=400)
    parser.add_argument("--clients", type=int, default=8)
    options = parser.parse_args()
    users = [f"user{number}" for number in range(options.accounts)]
    with MailkeepServer(options.program, users, PASSWORD, tls=False) as server:
        for name in ("first", "again"):
            got = rate(server.ports["imap"], users, options.clients)
            print(f"{name}: {got:.0f} log-ins/s", flush=True)


if __name__ == "__main__":
    main()
