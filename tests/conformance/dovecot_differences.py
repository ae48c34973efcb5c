#!/usr/bin/env python3
"""dovecot_differences.py MAILKEEP_PROGRAM [FOLDER...]: ENVELOPE and BODYSTRUCTURE beside Dovecot's.

Each message of the corpus, with CRLF line ends, goes to both servers, and what they answer is
compared field by field. The table that comes out is explained in dovecot-differences.md. Dovecot
is started by $MAILKEEP_DOVECOT_START DIR PORT (and ended by its -stop.sh), the corpus is in
$MAILKEEP_CORPUS; without them they are looked for as tests/support/reference.py tells. Exit
status 1: a message without defects has another structure or envelope than Dovecot gives it, in a
class that is not explained.
"""
import collections
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from judge_corpus import SKIP, find  # noqa: E402
from mailkeep_server import MailkeepServer, free_ports  # noqa: E402

PASSWORD = "pass"
ENVELOPE = ("date", "subject", "from", "sender", "reply-to", "to", "cc", "bcc", "in-reply-to",
            "message-id")
TOKEN = re.compile(rb'\(|\)|"((?:[^"\\]|\\.)*)"|\{(\d+)\}\r\n|[^ ()"{]+')
EXPLAINED = re.compile(r"`([^`]+)`")  # in the lines that begin a class


class Imap:
    """Just enough of a client."""

    def __init__(self, port, user):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.stream = self.socket.makefile("rb")
        self.stream.readline()
        self.command(b"LOGIN " + user.encode() + b" " + PASSWORD.encode())

    def command(self, text):
        self.socket.sendall(b"t " + text + b"\r\n")
        lines = []
        while True:
            line = self.stream.readline()
            if not line:
                raise RuntimeError("the server closed the connection")
            while match := re.search(rb"\{(\d+)\}\r\n$", line):
                line += self.stream.read(int(match[1])) + self.stream.readline()
            lines.append(line)
            if line.startswith(b"t "):
                if not line.startswith(b"t OK"):
                    raise RuntimeError(repr(text[:60]) + ": " + repr(line[:200]))
                return lines

    def append(self, message):
        self.command(b"APPEND INBOX {%d+}\r\n%s" % (len(message), message))


def parse(text):
    """Nested lists of bytes and None, of a parenthesised list."""
    stack, at = [[]], 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if not match:
            at += 1
            continue
        at = match.end()
        token = match[0]
        if token == b"(":
            stack.append([])
        elif token == b")":
            done = stack.pop()
            stack[-1].append(done)
            if len(stack) == 1:
                break
        elif match[2] is not None:
            stack[-1].append(text[at:at + int(match[2])])
            at += int(match[2])
        elif match[1] is not None:
            stack[-1].append(re.sub(rb"\\(.)", rb"\1", match[1]))
        else:
            stack[-1].append(None if token.upper() == b"NIL" else token)
    return stack[0][0]


def fetch_all(imap):
    """Sequence number -> {item: value}."""
    imap.command(b"SELECT INBOX")
    found = {}
    for line in imap.command(b"FETCH 1:* (ENVELOPE BODYSTRUCTURE)"):
        match = re.match(rb"\* (\d+) FETCH (\(.*)", line, re.DOTALL)
        if match:
            items = parse(match[2])
            found[int(match[1])] = {items[i].decode(): items[i + 1]
                                    for i in range(0, len(items), 2)}
    return found


def fields(part):
    """The named fields of one part, and its children."""
    if part and isinstance(part[0], list):
        count = sum(1 for _ in iter_children(part))
        names = ("subtype", "parameters", "disposition", "language", "location")
        return dict(zip(names, part[count:]), kind="multipart"), part[:count]
    named = dict(zip(("type", "subtype", "parameters", "id", "description", "encoding", "octets"),
                     part))
    kind = (part[0] or b"").lower()
    inside, rest = [], part[7:]
    if kind == b"message" and len(rest) > 2 and isinstance(rest[0], list):
        named.update({f"envelope {name}": value for name, value in zip(ENVELOPE, rest[0])})
        named["lines"], inside, rest = rest[2], [rest[1]], rest[3:]
    elif kind == b"text":
        named["lines"], rest = rest[0], rest[1:]
    named.update(zip(("md5", "disposition", "language", "location"), rest))
    return dict(named, kind="message" if inside else "leaf"), inside


def iter_children(part):
    for child in part:
        if not isinstance(child, list):
            return
        yield child


def folded(name, value):
    """Without the case of what has none: Dovecot may write it in lower case."""
    if name in ("type", "subtype", "encoding") and isinstance(value, bytes):
        return value.lower()
    if name == "parameters" and value and [v.lower() for v in value] == [b"charset", b"us-ascii"]:
        return [b"charset", b"us-ascii"]
    return value


def differences(ours, theirs, found):
    """Puts the fields that differ, of a part and all inside it, into `found`: both values."""
    our_fields, our_children = fields(ours)
    their_fields, their_children = fields(theirs)
    if our_fields["kind"] != their_fields["kind"] or len(our_children) != len(their_children):
        found["tree"] = ours, theirs
        return
    for name in our_fields.keys() | their_fields.keys():
        if folded(name, our_fields.get(name)) != folded(name, their_fields.get(name)):
            found[name] = our_fields.get(name), their_fields.get(name)
    for one, other in zip(our_children, their_children):
        differences(one, other, found)


def compare(ours, theirs):
    found = {}
    for name, one, other in zip(ENVELOPE, ours["ENVELOPE"], theirs["ENVELOPE"]):
        if one != other:
            found[f"envelope {name}"] = one, other
    differences(ours["BODYSTRUCTURE"], theirs["BODYSTRUCTURE"], found)
    return found


def with_crlf(octets):
    return re.sub(rb"\r?\n", b"\r\n", octets)


class Dovecot:
    def __init__(self, start):
        self.start, self.stop = start, pathlib.Path(str(start).replace("-start", "-stop"))
        self.folder = tempfile.TemporaryDirectory(prefix="mailkeep-dovecot-")
        self.port = free_ports(8)[0]

    def __enter__(self):
        subprocess.run([str(self.start), self.folder.name, str(self.port)], check=True,
                       capture_output=True)
        return self

    def __exit__(self, *_):
        subprocess.run([str(self.stop), self.folder.name], check=False, capture_output=True)
        self.folder.cleanup()


def run(program, start, files, corpus):
    messages = [(str(file.relative_to(corpus)), with_crlf(file.read_bytes())) for file in files]
    messages = [(name, message) for name, message in messages if message]
    with MailkeepServer(program, ["user1"], PASSWORD, tls=False) as server, Dovecot(start) as other:
        clients = Imap(server.ports["imap"], "user1"), Imap(other.port, "user1")
        answers = []
        for client in clients:
            for _, message in messages:
                client.append(message)
            answers.append(fetch_all(client))
        listed = json.loads(server.command("message", "defects", "user1", "--json"))
    defective = {entry["uid"] for entry in listed
                 if {defect["kind"] for defect in entry["defects"]} - {"eight_bit_header",
                                                                       "line_too_long"}}
    table = collections.defaultdict(lambda: ([], []))
    same = [0, 0]
    for number, (name, _) in enumerate(messages, 1):
        found = compare(answers[0][number], answers[1][number])
        broken = number in defective
        same[broken] += not found
        for field in found:
            table[field][broken].append((name, found[field]))
    return messages, defective, same, table


def main():
    start = find("MAILKEEP_DOVECOT_START", "tools", "peers", "dovecot-start.sh")
    corpus = find("MAILKEEP_CORPUS", "corpus", "open")
    folders = [pathlib.Path(folder) for folder in sys.argv[2:]] or ([corpus] if corpus else [])
    if not start or not folders:
        print("skipped: no Dovecot or no corpus here (MAILKEEP_DOVECOT_START, MAILKEEP_CORPUS)")
        return SKIP
    files = sorted(file for folder in folders for file in folder.rglob("*.eml"))
    try:
        messages, defective, same, table = run(sys.argv[1], start, files, folders[0])
    except subprocess.CalledProcessError as error:
        print(f"skipped: Dovecot does not start: {error.stderr[-300:]}")
        return SKIP
    print(f"{len(messages)} messages, {len(defective)} of them with defects; the same from both: "
          f"{same[0]} without and {same[1]} with defects")
    print("| field | messages without defects | with defects |\n| --- | ---: | ---: |")
    for field, (sound, broken) in sorted(table.items()):
        print(f"| {field} | {len(sound)} | {len(broken)} |")
    if os.environ.get("MAILKEEP_SHOW_DIFFERENCES"):
        for field, (sound, broken) in sorted(table.items()):
            for name, (ours, theirs) in sound + broken:
                print(f"{field}: {name}\n    mailkeep {ours}\n    dovecot  {theirs}")
    lines = (HERE / "dovecot-differences.md").read_text().splitlines()
    explained = {name for line in lines if line.startswith("- `")
                 for name in EXPLAINED.findall(line)}
    new = sorted(field for field, (sound, _) in table.items() if sound and field not in explained)
    if new:
        print("not explained:", ", ".join(new))
    return 1 if new else 0


if __name__ == "__main__":
    sys.exit(main())
