"""The files of the tree, read once."""
import functools
import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))

FLOORS = ("mime", "store", "protocol", "server")  # each may include itself and those before it
NOT_OURS = {".git", "build", "run-data", "__pycache__", ".cache", ".vscode", ".idea"}


@functools.cache
def files():
    """All files, as paths relative to the root, sorted."""
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in NOT_OURS]
        found += [pathlib.Path(folder, name).relative_to(ROOT) for name in names]
    return sorted(found)


def with_suffix(*suffixes):
    return [path for path in files() if path.suffix in suffixes]


def sources():
    """C++ of the program itself."""
    return [path for path in with_suffix(".cpp", ".h") if path.parts[0] in FLOORS]


@functools.cache
def text(path):
    return (ROOT / path).read_text(encoding="utf-8", errors="replace")


def lines(path):
    return text(path).split("\n")
