#!/usr/bin/env python3
"""clang_tidy.py BUILD [FILE...]: clang-tidy-19 over the sources that BUILD compiles.

All of them are looked at as BUILD joins them, which costs a third. FILEs are looked at one by one:
that also finds what clang-tidy sees in a main file only, such as declarations that are not used.
What passed is remembered in BUILD/clang-tidy/ by a hash of the sources, all our headers that they
include, the flags and the configuration; so a second run looks at what changed only.
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

from tree import FLOORS, ROOT

PROGRAM = "clang-tidy-19"
SKIP = 77  # for ctest
# g++ knows these warnings, clang does not; its warnings are g++'s business here.
EXTRA = ["--extra-arg=-Wno-unknown-warning-option", "--extra-arg=-Wno-everything", "--quiet"]
# Joined sources are included ones.
JOINED = ["--checks=-bugprone-suspicious-include",
          f"--header-filter={re.escape(str(ROOT))}/({'|'.join(FLOORS)})/.*"]
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)


def reachable(path, seen):
    """Adds `path` and all our headers that it includes, whether or not an #if hides them."""
    if path in seen or not (ROOT / path).exists():
        return seen
    seen.add(path)
    for name in INCLUDE.findall((ROOT / path).read_text(errors="replace")):
        reachable(name, seen)
    return seen


def members(entry):
    """The sources that a compilation is made of, from the root."""
    source = pathlib.Path(entry["file"])
    joined = source.parent.name == "Unity"
    names = INCLUDE.findall(source.read_text()) if joined else [source]
    paths = [pathlib.Path(name) for name in names]
    ours = [str(path.relative_to(ROOT)) for path in paths if path.is_relative_to(ROOT)]
    return [path for path in ours if path.split("/")[0] in FLOORS]


def fingerprint(flags, paths):
    digest = hashlib.sha256((ROOT / ".clang-tidy").read_bytes())
    digest.update(" ".join(flags).encode())
    for name in sorted(set().union(*(reachable(path, set()) for path in paths))):
        digest.update(name.encode() + (ROOT / name).read_bytes())
    return digest.hexdigest()


def flags_of(entry):
    """The options of a compilation, without the compiler, its input and its output."""
    words = shlex.split(entry["command"])
    start = next(i for i, word in enumerate(words) if word.startswith("-"))
    return words[start:words.index("-o")]


def check(job):
    """Runs clang-tidy over (source, flags, options): its status and what it said."""
    source, flags, options = job
    done = subprocess.run([PROGRAM, *EXTRA, *options, str(source), "--", *flags], cwd=ROOT,
                          capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + (done.stderr if done.returncode else "")


def jobs(build, only):
    """(what is looked at, its mark, the job) for all that did not pass yet."""
    for entry in json.loads((build / "compile_commands.json").read_text()):
        paths, flags = members(entry), flags_of(entry)
        chosen = [path for path in paths if any(word in path for word in only)]
        joined = len(paths) > 1 and not only
        for group in [paths] if joined else [[path] for path in (chosen if only else paths)]:
            mark = build / "clang-tidy" / fingerprint(flags, group)
            if not mark.exists():
                source = entry["file"] if joined else ROOT / group[0]
                yield " ".join(group), mark, (source, flags, JOINED if joined else [])


def main():
    build, only = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:]
    if not shutil.which(PROGRAM):
        print(f"skipped: no {PROGRAM} here")
        return SKIP
    (build / "clang-tidy").mkdir(exist_ok=True)
    todo = list(jobs(build, only))
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for (name, mark, _), (code, output) in zip(todo, pool.map(check, [job[2] for job in todo])):
            if code == 0:
                mark.touch()
                continue
            failed += 1
            print(f"--- {name}\n{output}", flush=True)
    print(f"{len(todo)} looked at, {failed} with findings")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
