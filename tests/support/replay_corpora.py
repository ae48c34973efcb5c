#!/usr/bin/env python3
"""replay_corpora.py PROGRAMS CORPORA MESSAGES: runs each fuzzer over its kept inputs, once each.

A fuzzer is a program PROGRAMS/NAME_fuzz; its inputs are CORPORA/NAME/, and for the MIME parsers
MESSAGES too.
"""
import pathlib
import subprocess
import sys


def main():
    programs, corpora, messages = (pathlib.Path(argument) for argument in sys.argv[1:])
    failed = []
    fuzzers = sorted(programs.glob("*_fuzz"))
    for program in fuzzers:
        folders = [corpora / program.name.removesuffix("_fuzz")]
        if program.name.startswith("mime_"):
            folders.append(messages)
        inputs = [str(folder) for folder in folders if folder.is_dir()]
        # Nothing is kept yet: a handful of tries from nothing, so that the target itself is tested.
        words = [*inputs, "-runs=0"] if inputs else ["-runs=1000"]
        done = subprocess.run([program, *words, "-timeout=20", "-rss_limit_mb=2048"],
                              capture_output=True, text=True, errors="replace", check=False)
        print(f"{program.name}: {'ok' if done.returncode == 0 else 'FAILED'}", flush=True)
        if done.returncode:
            print(done.stderr[-4000:])
            failed.append(program.name)
    print(f"{len(fuzzers)} fuzzers, {len(failed)} failed")
    return 1 if failed or not fuzzers else 0


if __name__ == "__main__":
    sys.exit(main())
