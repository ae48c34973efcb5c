#!/usr/bin/env python3
"""replay_corpora.py PROGRAMS CORPORA MESSAGES: runs each fuzzer over its kept inputs and some more.

A fuzzer is a program PROGRAMS/NAME_fuzz; its inputs are CORPORA/NAME/, and for what reads messages
MESSAGES too. Then it tries RUNS inputs made of them, the same ones every time.
"""
import pathlib
import subprocess
import sys
import tempfile

RUNS = 5000


def main():
    programs, corpora, messages = (pathlib.Path(argument) for argument in sys.argv[1:])
    failed = []
    fuzzers = sorted(programs.glob("*_fuzz"))
    for program in fuzzers:
        folders = [corpora / program.name.removesuffix("_fuzz")]
        if program.name.startswith("mime_") or program.name == "imap_message_fuzz":
            folders.append(messages)
        inputs = [str(folder) for folder in folders if folder.is_dir()]
        with tempfile.TemporaryDirectory(prefix="mailkeep-fuzz-") as found:
            done = subprocess.run(
                [program, found, *inputs, f"-runs={RUNS}", "-seed=1", "-max_len=4096",
                 "-timeout=20", "-rss_limit_mb=2048", f"-artifact_prefix={found}/"],
                capture_output=True, text=True, errors="replace", check=False)
        print(f"{program.name}: {'ok' if done.returncode == 0 else 'FAILED'}", flush=True)
        if done.returncode:
            print(done.stderr[-4000:])
            failed.append(program.name)
    print(f"{len(fuzzers)} fuzzers, {len(failed)} failed")
    return 1 if failed or not fuzzers else 0


if __name__ == "__main__":
    sys.exit(main())
