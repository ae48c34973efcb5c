#!/usr/bin/env python3
"""clang_tidy.py BUILD [FILE...]: clang-tidy-19 over the sources that BUILD compiles.

What passed is remembered in BUILD/clang-tidy/ by a hash of the source, all our headers that it
includes, its flags and the configuration; so a second run looks at what changed only.
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

from tree import FLOORS, ROOT

PROGRAM = "clang-tidy-19"
SKIP = 77  # for ctest
# g++ knows these warnings, clang does not; its warnings are g++'s business here.
EXTRA = ["--extra-arg=-Wno-unknown-warning-option", "--extra-arg=-Wno-everything", "--quiet"]
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)


def reachable(path, seen):
    """Adds `path` and all our headers that it includes, whether or not an #if hides them."""
    if path in seen or not (ROOT / path).exists():
        return seen
    seen.add(path)
    for name in INCLUDE.findall((ROOT / path).read_text(errors="replace")):
        reachable(name, seen)
    return seen


def fingerprint(entry, path):
    digest = hashlib.sha256((ROOT / ".clang-tidy").read_bytes())
    digest.update(entry["command"].encode())
    for name in sorted(reachable(path, set())):
        digest.update(name.encode() + (ROOT / name).read_bytes())
    return digest.hexdigest()


def check(build, path):
    done = subprocess.run([PROGRAM, "-p", str(build), *EXTRA, str(ROOT / path)], cwd=ROOT,
                          capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + (done.stderr if done.returncode else "")


def main():
    build, only = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:]
    if not shutil.which(PROGRAM):
        print(f"skipped: no {PROGRAM} here")
        return SKIP
    memory = build / "clang-tidy"
    memory.mkdir(exist_ok=True)
    todo = []
    for entry in json.loads((build / "compile_commands.json").read_text()):
        source = pathlib.Path(entry["file"])
        if not source.is_relative_to(ROOT):
            continue
        path = str(source.relative_to(ROOT))
        if path.split("/")[0] not in FLOORS or only and not any(word in path for word in only):
            continue
        mark = memory / fingerprint(entry, path)
        if not mark.exists():
            todo.append((path, mark))
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda item: (item, check(build, item[0])), todo)
        for (path, mark), (code, output) in results:
            if code == 0:
                mark.touch()
                continue
            failed += 1
            print(f"--- {path}\n{output}", flush=True)
    print(f"{len(todo)} files looked at, {failed} with findings")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
