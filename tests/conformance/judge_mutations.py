#!/usr/bin/env python3
"""judge_mutations.py MAILKEEP_PROGRAM [--count N] [--batch N] [--seed N]: broken messages through a
strict judge.

The messages are made by mutate.py from tests/data/messages and, where there is one, from the
corpus; batch by batch, each on a server of its own that is thrown away after it, so that the disk
holds one batch. The judge is the one of judge_corpus.py. Messages with findings are kept in
./judged-SEED.
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from judge_corpus import PASSWORD, SKIP, SUMMARY, find  # noqa: E402
from mailkeep_server import MailkeepServer  # noqa: E402
from mutate import read_sources, write_messages  # noqa: E402

REFUSED = re.compile(r"refused (\d+)")


def judge_batch(program, judge, folder):
    """Returns the judge's output."""
    with MailkeepServer(program, ["judged"], PASSWORD, settings="log-level = error",
                        tls=False) as server:
        done = subprocess.run(
            [sys.executable, str(judge), "--host", "127.0.0.1", "--imap", str(server.ports["imap"]),
             "--pop3", str(server.ports["pop3"]), "--user", "judged", "--password", PASSWORD,
             "--workers", str(2 * (os.cpu_count() or 2)), str(folder)],
            capture_output=True, text=True, errors="replace", check=False)
    return done.stdout + (done.stderr[-2000:] if not SUMMARY.search(done.stdout) else "")


def keep_failures(output, folder, seed):
    for name in set(re.findall(r"\d+-\d{5}\.eml", output)):
        kept = pathlib.Path(f"judged-{seed}")
        kept.mkdir(exist_ok=True)
        shutil.copy(folder / name, kept)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--batch", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    judge = find("MAILKEEP_JUDGE", "tools", "mime", "judge.py")
    if not judge:
        print("skipped: no judge here (MAILKEEP_JUDGE)")
        return SKIP
    corpus = find("MAILKEEP_CORPUS", "corpus", "open")
    sources = read_sources([HERE.parent / "data" / "messages"] + ([corpus] if corpus else []))
    totals = [0, 0, 0, 0, 0]
    seed = options.seed
    while totals[0] < options.count:
        with tempfile.TemporaryDirectory(prefix="mailkeep-mutations-") as name:
            folder = pathlib.Path(name)
            write_messages(seed, min(options.batch, options.count - totals[0]), folder, sources)
            output = judge_batch(options.program, judge, folder)
            summary = SUMMARY.search(output)
            if not summary:
                print(output[-3000:])
                return 1
            figures = [int(number) for number in summary.groups()]
            refused = REFUSED.search(output)
            figures.append(int(refused[1]) if refused else 0)
            totals = [total + figure for total, figure in zip(totals, figures)]
            failures = [line for line in output.splitlines() if line.startswith("FAIL")]
            print("\n".join(failures[:20]))
            keep_failures("\n".join(failures), folder, seed)
        print(f"seed {seed}: judged {totals[0]} so far, disconnects {totals[1]}, "
              f"grammar {totals[2]}, consistency {totals[3]}, refused {totals[4]}", flush=True)
        seed += 1
    return 1 if any(totals[1:]) else 0


if __name__ == "__main__":
    sys.exit(main())
