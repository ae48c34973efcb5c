#!/usr/bin/env python3
"""judge_corpus.py MAILKEEP_PROGRAM [FOLDER...]: a corpus of hard messages through a strict judge.

The judge is a program outside the tree that appends each message, reads it back in every way that a
client can, and compares the answers with the grammar. It is $MAILKEEP_JUDGE, the messages are in
$MAILKEEP_CORPUS; without these they are looked for as tests/support/reference.py tells. No message
may cost the connection or bring an answer that the grammar does not have.
"""
import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from mailkeep_server import MailkeepServer  # noqa: E402
from reference import reference  # noqa: E402

SKIP = 77  # for ctest
PASSWORD = "secret"
SUMMARY = re.compile(r"judged (\d+) messages, disconnects (\d+), grammar (\d+), consistency (\d+)")


def find(variable, *parts):
    named = os.environ.get(variable)
    return pathlib.Path(named) if named else reference(*parts)


def main():
    judge = find("MAILKEEP_JUDGE", "tools", "mime", "judge.py")
    corpus = find("MAILKEEP_CORPUS", "corpus", "open")
    if not judge or not corpus:
        print("skipped: no judge or no corpus here (MAILKEEP_JUDGE, MAILKEEP_CORPUS)")
        return SKIP
    folders = sys.argv[2:] or [str(corpus)]
    with MailkeepServer(sys.argv[1], ["judged"], PASSWORD,
                        settings="log-level = warning") as server:
        done = subprocess.run(
            [sys.executable, str(judge), "--host", "127.0.0.1", "--imap", str(server.ports["imap"]),
             "--pop3", str(server.ports["pop3"]), "--user", "judged", "--password", PASSWORD,
             "--workers", str(os.cpu_count() or 2), *folders],
            capture_output=True, text=True, errors="replace", check=False)
    lines = done.stdout.splitlines()
    failures = [line for line in lines if line.startswith("FAIL")]
    print("\n".join(failures[:100] + lines[-1:]))
    summary = SUMMARY.search(done.stdout)
    if not summary:
        print(done.stderr[-3000:])
        return 1
    judged, disconnects, grammar, _ = (int(number) for number in summary.groups())
    return 1 if judged == 0 or disconnects or grammar else 0


if __name__ == "__main__":
    sys.exit(main())
