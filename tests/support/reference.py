"""Material that is not part of the tree and may be at hand: RFC texts, a corpus of hard messages.

It is looked for in $MAILKEEP_REFERENCE, else in a folder `shared` beside the tree. Tests that need
what is not there say so and are skipped.
"""
import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]


def reference(*parts):
    """The path of a file or folder there, or None."""
    base = os.environ.get("MAILKEEP_REFERENCE")
    path = (pathlib.Path(base) if base else ROOT.parent / "shared").joinpath(*parts)
    return path if path.exists() else None
