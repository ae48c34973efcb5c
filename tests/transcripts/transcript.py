"""A transcript file as data: its header, its cases, their steps. The form is told in README.md."""
import dataclasses
import pathlib
import re

STEP = re.compile(r"(C|S|U|O|E|N|R)(\d?):(?: (.*))?$")
HEADER = re.compile(r"([a-z0-9]+): ?(.*)$")
NOTE = re.compile(r"# (\w+): (.*)$")
PEERS = ("cyrus", "dovecot", "mailkeep")
KEYS = {"protocol", "settings", "state", "state2", "state3", "mailbox", "needs", "append",
        "recent"}
SEVERAL = ("append", "settings")  # keys that may stand there more than once


class TranscriptError(Exception):
    """The file itself is wrong."""


@dataclasses.dataclass
class Step:
    kind: str        # C S U O E N R, see README.md
    connection: int  # from 1
    text: str
    line: int


@dataclasses.dataclass
class Case:
    title: str
    line: int
    header: dict
    differs: dict  # peer -> why it answers otherwise
    steps: list


@dataclasses.dataclass
class Transcript:
    path: pathlib.Path
    header: dict
    cases: list

    @property
    def protocol(self):
        return self.header.get("protocol", "imap")

    @property
    def settings(self):
        """What its server is configured with, line by line; none: any server will do."""
        return tuple(self.header.get("settings", ()))


def _put(header, key, value, where):
    if key not in KEYS:
        raise TranscriptError(f"{where}: unknown key '{key}'; there are {', '.join(sorted(KEYS))}")
    if key in SEVERAL:
        header.setdefault(key, []).extend([value] if value else [])
    else:
        header[key] = value


def parse(path):
    path = pathlib.Path(path)
    transcript = Transcript(path, {}, [])
    case, header, notes, fresh = None, transcript.header, {}, False
    for number, raw in enumerate(path.read_text(encoding="latin-1").split("\n"), 1):
        line, where = raw.rstrip("\r"), f"{path.name}:{number}"
        if not line.strip():
            continue
        if line.startswith("#"):
            note = NOTE.match(line)
            if note and note[1] in PEERS:
                notes[note[1]] = note[2]
            continue
        if line.startswith("= "):
            case = Case(line[2:].strip(), number, {}, notes, [])
            transcript.cases.append(case)
            header, notes, fresh = case.header, {}, True
            continue
        step = STEP.match(line)
        if step:
            if case is None:
                raise TranscriptError(f"{where}: a step before the first '= title'")
            case.differs.update(notes)
            notes = {}
            case.steps.append(Step(step[1], int(step[2] or 1), step[3] or "", number))
            continue
        field = HEADER.match(line)
        if not field or (case and case.steps):
            raise TranscriptError(f"{where}: neither a step nor a header: {line}")
        if case and field[1] == "settings":
            raise TranscriptError(f"{where}: settings are those of the whole file")
        case and case.differs.update(notes)
        notes = {}
        if fresh and field[1] == "append":
            header["append"] = []  # a case's own messages replace the file's
            fresh = False
        _put(header, field[1], field[2], where)
    for case in transcript.cases:
        merged = dict(transcript.header)
        merged.update(case.header)
        case.header = merged
        if not case.steps:
            raise TranscriptError(f"{path.name}:{case.line}: a case without steps")
    return transcript
