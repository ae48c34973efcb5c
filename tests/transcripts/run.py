#!/usr/bin/env python3
"""Runs transcripts against a server: see README.md.

    run.py --server build/release/bin/mailkeep [FILE...]
    run.py --host H --port P [--pop3-port P] [--lmtp-port P] --user 'u%d' --password P
           [--peer PEER] [FILE...]
"""
import argparse
import binascii
import concurrent.futures
import contextlib
import os
import pathlib
import re
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support")]

from connection import Closed, Late, send_line, substitute  # noqa: E402
from match import LITERAL, Matcher, PatternError, unescape  # noqa: E402
from servers import Target, lhlo, lmtp_capabilities, pop3_capabilities, started  # noqa: E402
from transcript import PEERS, TranscriptError, parse  # noqa: E402


class Failure(Exception):
    """A case failed: what was expected and what came."""


def base64(text):
    return binascii.b2a_base64(text.encode(), newline=False).decode()


def message_bytes(name):
    data = (HERE / "messages" / name).read_bytes()
    return data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


class Control:
    """The runner's own connection, which prepares each case."""

    def __init__(self, target):
        self.target = target
        self.connection = target.imap()
        self.connection.response()
        self.boxes = []
        self.capabilities = set()
        self.do("CAPABILITY")
        if "LOGINDISABLED" in self.capabilities:
            self.do("STARTTLS")
            self.connection.starttls()
        self.do(f'LOGIN "{target.user}" "{target.password}"')
        self.do("CAPABILITY")

    def do(self, command, allow_no=False):
        self.connection.send(f"x {command}\r\n".encode("latin-1"))
        return self.answer(command, allow_no)

    def answer(self, command, allow_no=False):
        lines = []
        while not (lines and lines[-1].startswith("x ")):
            lines.append(self.connection.response())
            if lines[-1].startswith("* CAPABILITY "):
                self.capabilities |= set(lines[-1].upper().split()[2:])
        if not lines[-1].startswith("x OK") and not allow_no:
            raise Failure(f"while preparing: {command[:200]} -> {lines[-1]}")
        return lines

    def append(self, box, spec):
        """One 'append:' line: FILE [(FLAGS)] ["DATE"] [xCOUNT]. Returns the UIDs, if told."""
        name, _, rest = spec.partition(" ")
        times = re.search(r" ?x(\d+)$", rest)
        rest = rest[:times.start()] if times else rest
        uids = []
        for _ in range(int(times[1]) if times else 1):
            data = message_bytes(name)
            command = f'APPEND "{box}" {rest}{" " if rest else ""}{{{len(data)}}}'
            self.connection.send(f"x {command}\r\n".encode())
            if self.connection.wait_for_continuation([]):
                self.connection.send(data + b"\r\n")
            last = self.answer(command)[-1]
            told = re.search(r"\[APPENDUID (\d+) (\d+)\]", last)
            uids += [told[2]] if told else []
        return uids

    def prepare(self, case, box):
        """Makes the case's mailbox. Returns what its lines may refer to."""
        if box == "INBOX":
            if not any(" 0 EXISTS" in line for line in self.do("SELECT INBOX")):
                self.do("STORE 1:* +FLAGS.SILENT (\\Deleted)")
                self.do("EXPUNGE")
            self.do("CLOSE")
        else:
            self.do(f'CREATE "{box}"')
            self.boxes.append(box)
        for spec in case.header.get("append", []):
            self.append(box, spec)
        untold = case.header.get("recent") == "keep"
        self.do(f'{"EXAMINE" if untold else "SELECT"} "{box}"')
        found = next(line for line in self.do("UID SEARCH ALL") if line.startswith("* SEARCH"))
        status = self.do("UNSELECT") and self.do(f'STATUS "{box}" (UIDVALIDITY UIDNEXT)')
        user, password = self.target.user, self.target.password
        variables = {"box": box, "user": user, "password": password, "user64": base64(user),
                     "password64": base64(password), "plain": base64(f"\0{user}\0{password}")}
        for number, uid in enumerate(found.split()[2:], 1):
            variables[f"uid{number}"] = uid
        variables["uidvalidity"] = re.search(r"UIDVALIDITY (\d+)", status[0])[1]
        variables["uidnext"] = re.search(r"UIDNEXT (\d+)", status[0])[1]
        return variables

    def clean(self):
        for box in reversed(self.boxes):
            self.do(f'DELETE "{box}"', allow_no=True)


class CaseRun:
    """One case: its connections, its dialog so far."""

    def __init__(self, target, transcript, case, variables):
        self.target, self.transcript, self.case = target, transcript, case
        self.variables = variables
        self.matcher = Matcher(message_bytes, variables)
        self.connections, self.optional, self.kept, self.last_tag = {}, {}, {}, {}
        self.dialog, self.imap = [], transcript.protocol == "imap"
        self.lmtp = transcript.protocol == "lmtp"

    def run(self):
        try:
            # State first, in order, so that a later connection's set-up disturbs no expectation.
            for number in sorted({step.connection for step in self.case.steps}):
                self.open(number)
            index = 0
            while index < len(self.case.steps):
                index = self.step(index)
        finally:
            for connection in self.connections.values():
                connection.close()

    def open(self, number):
        header = self.case.header
        default = "selected" if self.imap else "transaction"
        state = header.get("state", default)
        if number > 1:
            state = header.get(f"state{number}", state)
        self.optional[number], self.kept[number] = [], []
        self.connections[number] = getattr(self.target, self.transcript.protocol)()
        connection = self.connections[number]
        if state == "connect":
            return
        if not self.imap:
            connection.pop3_line()
            if self.lmtp and state != "none":
                lhlo(connection)
            elif state == "transaction":
                self.pop3_login(number)
            return
        connection.response()
        for command in self.setup_commands(state):
            connection.send(f"x {command}\r\n".encode("latin-1"))
            while not (line := connection.response()).startswith("x "):
                pass
            if not line.startswith("x OK"):
                raise Failure(f"while preparing connection {number}: {command} -> {line}")

    def setup_commands(self, state):
        known = {"none": [], "authenticated": ["LOGIN"], "selected": ["LOGIN", "SELECT"],
                 "examined": ["LOGIN", "EXAMINE"]}
        if state not in known:
            raise PatternError(f"unknown state '{state}'; there are connect, {', '.join(known)}")
        words = {"LOGIN": f'LOGIN "{self.target.user}" "{self.target.password}"',
                 "SELECT": f'SELECT "{self.variables["box"]}"',
                 "EXAMINE": f'EXAMINE "{self.variables["box"]}"'}
        return [words[name] for name in known[state]]

    def pop3_login(self, number):
        """Waits while the previous case's session still holds the mailbox."""
        deadline = time.monotonic() + self.target.timeout
        while True:
            connection = self.connections[number]
            connection.send(f"USER {self.target.user}\r\nPASS {self.target.password}\r\n".encode())
            lines = [connection.pop3_line(), connection.pop3_line()]
            if lines[1].startswith("+OK"):
                return
            if time.monotonic() > deadline:
                raise Failure(f"while preparing: PASS -> {lines[1]}")
            connection.close()
            time.sleep(0.02)
            self.connections[number] = self.target.pop3()
            self.connections[number].pop3_line()

    def step(self, index):
        """Runs the step there, or the group of steps that begins there; returns the next."""
        step = self.case.steps[index]
        if step.kind in "CR":
            self.send(step)
        elif step.kind == "O":
            self.optional[step.connection].append(step.text)
        elif step.kind == "N":
            self.kept[step.connection].append(step)
        elif step.kind == "E":
            self.eventually(step)
        elif step.kind == "U":
            end = index
            while end < len(self.case.steps) and self.case.steps[end].kind == "U" and \
                    self.case.steps[end].connection == step.connection:
                end += 1
            self.unordered(self.case.steps[index:end])
            return end
        else:
            self.expect(step)
        return index + 1

    def note(self, who, number, text):
        shown = re.sub(LITERAL + r"(\d+):", r"{\1}", text)
        self.dialog.append(f"  {who}{number if number > 1 else ''}: {shown[:2000]}")

    def send(self, step):
        connection = self.connections[step.connection]
        self.note(step.kind, step.connection, substitute(step.text, self.variables))
        if step.text == "!close":
            connection.close()
        elif step.text == "!starttls":
            connection.starttls()
        elif step.text == "!starttls certificate":
            connection.starttls(self.target.certificate)
        elif step.text == "!compress":
            connection.compress()
        elif step.kind == "R":
            connection.send(unescape(substitute(step.text, self.variables)).encode("latin-1"))
        else:
            self.last_tag[step.connection] = step.text.split(" ")[0]
            send_line(connection, step.text, self.variables, message_bytes)

    def read(self, step):
        connection = self.connections[step.connection]
        try:
            line = connection.response() if self.imap else connection.pop3_line()
        except Closed:
            raise Failure(self.complaint(step, "(the connection was closed)")) from None
        except Late:
            raise Failure(self.complaint(step, f"(nothing in {self.target.timeout} s)")) from None
        self.note("S", step.connection, line)
        return line

    def complaint(self, step, got):
        where = f"{self.transcript.path.name}:{step.line}"
        shown = re.sub(LITERAL + r"(\d+):", r"{\1}", got)
        return f"{where}: expected {step.kind}: {step.text}\n    got {shown[:3000]}"

    def expect(self, step):
        if step.text == "!close":
            return self.expect_close(step)
        if step.text.startswith("!message "):
            return self.expect_message(step)
        while True:
            line = self.read(step)
            if self.matcher.matches(step.text, line):
                self.optional[step.connection].clear()
                return None
            if not any(self.matcher.matches(one, line) for one in self.optional[step.connection]):
                raise Failure(self.complaint(step, line))

    def closed(self, step):
        """Whether the end comes next; else the line that came is still to be read."""
        connection = self.connections[step.connection]
        try:
            line = connection.response() if self.imap else connection.pop3_line()
        except Closed:
            return True
        except Late:
            raise Failure(self.complaint(step, f"(open after {self.target.timeout} s)")) from None
        connection.ahead.insert(0, line)
        return False

    def expect_close(self, step):
        if not self.closed(step):
            raise Failure(self.complaint(step, self.read(step)))

    def expect_message(self, step):
        """POP3: !message FILE [LINES]: the message (or the head and so many lines), then '.'."""
        _, name, *count = step.text.split()
        head, _, body = message_bytes(name).partition(b"\r\n\r\n")
        lines = body.split(b"\r\n")
        if lines[-1] == b"":
            lines.pop()
        lines = lines[:int(count[0])] if count else lines
        for want in [*head.split(b"\r\n"), b"", *lines]:
            text = ("." if want.startswith(b".") else "") + want.decode("latin-1")
            line = self.read(step)
            if line != text:
                raise Failure(self.complaint(step, line) + f"\n    instead of {text}")
        if (line := self.read(step)) != ".":
            raise Failure(self.complaint(step, line) + "\n    instead of the final .")

    def eventually(self, step):
        forbidden = self.kept[step.connection]
        tag = self.last_tag.get(step.connection, "")
        while True:
            if step.text == "!close" and self.closed(step):
                return
            line = self.read(step)
            if self.matcher.matches(step.text, line):
                forbidden.clear()
                return
            if self.imap and line.startswith(tag + " "):
                raise Failure(self.complaint(step, line))
            for one in forbidden:
                if self.matcher.matches(one.text, line):
                    raise Failure(self.complaint(one, line))

    def unordered(self, steps):
        left = list(steps)
        while left:
            line = self.read(left[0])
            hit = next((one for one in left if self.matcher.matches(one.text, line)), None)
            if hit:
                left.remove(hit)
            elif not any(self.matcher.matches(one, line)
                         for one in self.optional[steps[0].connection]):
                raise Failure(self.complaint(left[0], line))


class Result:
    def __init__(self):
        self.passed, self.skipped, self.failed, self.differing = 0, [], [], []


def missing(case, capabilities):
    """The first capability that the case needs (or, with '!', must not see)."""
    for name in case.header.get("needs", "").upper().split():
        if (name.lstrip("!") in capabilities) == name.startswith("!"):
            return name
    return None


def run_case(target, control, transcript, case, box, peer):
    """Returns None, or the report of the failure."""
    run = None
    try:
        variables = control.prepare(case, box)
        run = CaseRun(target, transcript, case, variables)
        run.run()
    except (Failure, PatternError, Closed, Late) as error:
        dialog = "\n".join(run.dialog[-60:]) if run else ""
        name = type(error).__name__ if not isinstance(error, Failure) else ""
        return f"{transcript.path.name}:{case.line}: {case.title}\n{dialog}\n  {name} {error}"
    if peer in case.differs:
        where = f"{transcript.path.name}:{case.line}: {case.title}"
        return f"{where}\n  the note '# {peer}:' is not true"
    return None


def run_transcript(target, transcript, options, own_account):
    result = Result()
    try:
        control = Control(target)
    except (Failure, Closed, Late) as error:
        result.failed.append(f"{transcript.path.name}: cannot log in: {error!r}")
        return result
    pop3 = transcript.protocol == "pop3"
    ask = {"pop3": pop3_capabilities, "lmtp": lmtp_capabilities}.get(transcript.protocol)
    offered = ask(target) if ask else control.capabilities
    for number, case in enumerate(transcript.cases, 1):
        where = f"{transcript.path.name}: {case.title}"
        inbox = pop3 or case.header.get("mailbox") == "INBOX"
        lacking = missing(case, offered)
        if options.case and options.case.lower() not in case.title.lower():
            continue
        if lacking or inbox and not own_account:
            why = f"needs {lacking}" if lacking else "needs an account of its own (--user u%d)"
            # What mailkeep lacks is no reason to skip, or nobody would see that it is gone.
            (result.failed if options.server else result.skipped).append(f"{where}: {why}")
            continue
        box = "INBOX" if inbox else f"{'' if own_account else f't{os.getpid()}'}box{number}"
        report = run_case(target, control, transcript, case, box, options.peer)
        if report and "is not true" not in report and options.peer in case.differs:
            result.differing.append(f"{where}: {case.differs[options.peer]}")
        elif report:
            result.failed.append(report)
            with contextlib.suppress(Failure, Closed, Late):
                control = Control(target)
        else:
            result.passed += 1
    if not own_account:
        control.clean()
    return result


def run_all(options, transcripts):
    own = "%d" in options.user

    def one(item):
        number, transcript = item
        user = options.user.replace("%d", str(number))
        return run_transcript(Target(options, user), transcript, options, own)

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        return list(pool.map(one, enumerate(transcripts, 1)))


def run_with_settings(options, transcript):
    with started(options, ["u1"], transcript.settings) as own:
        return run_transcript(Target(own, "u1"), transcript, own, True)


def run_with_server(options, transcripts):
    plain = [one for one in transcripts if not one.settings]
    results = [run_with_settings(options, one) for one in transcripts if one.settings]
    if plain:
        with started(options, [f"u{number}" for number in range(1, len(plain) + 1)]) as own:
            results += run_all(own, plain)
    return results


def run_on_peer(options, transcripts):
    ports = {"imap": options.port, "pop3": options.pop3_port, "lmtp": options.lmtp_port}
    results = run_all(options, [one for one in transcripts
                                if ports[one.protocol] and not one.settings])
    for transcript in transcripts:
        if transcript.settings:
            results.append(Result())
            results[-1].skipped.append(f"{transcript.path.name}: needs settings of its own")
    return results


def total_of(results):
    total = Result()
    for result in results:
        total.passed += result.passed
        total.skipped += result.skipped
        total.failed += result.failed
        total.differing += result.differing
    return total


def report(total, options):
    for text in total.failed:
        print(text + "\n")
    if options.verbose:
        for text in total.skipped + total.differing:
            print(text)
    print(f"{total.passed} passed, {len(total.failed)} failed, {len(total.skipped)} skipped, "
          f"{len(total.differing)} known to differ")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    parser.add_argument("--server", help="a mailkeep program: starts one for this run")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, help="IMAP")
    parser.add_argument("--pop3-port", type=int)
    parser.add_argument("--lmtp-port", type=int)
    parser.add_argument("--user", default="u%d", help="%%d: one account a file")
    parser.add_argument("--password", default="secret")
    parser.add_argument("--peer", choices=PEERS, default="mailkeep")
    parser.add_argument("--timeout", type=float, default=10, help="seconds for each response")
    parser.add_argument("--jobs", type=int, default=4)
    parser.add_argument("--case", help="only cases whose title has this")
    parser.add_argument("--verbose", action="store_true")
    return parser.parse_args()


def main():
    options = arguments()
    files = options.files or sorted(HERE.glob("*/*.txt"))
    try:
        transcripts = [parse(path) for path in files]
    except TranscriptError as error:
        print(error)
        return 2
    run = run_with_server if options.server else run_on_peer
    total = total_of(run(options, transcripts))
    report(total, options)
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main())
