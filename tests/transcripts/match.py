"""Whether a response is what a transcript line expects.

A response is text in which each literal stands as LITERAL + length + ":" + octets (as Latin-1), so
that one regular expression sees all of it.
"""
import re

LITERAL = "\x01"
VARIABLE = r"[^\s()\[\]\"]+"


class PatternError(Exception):
    """An expected line that cannot be read."""


def unescape(text):
    """C escapes: backslash with r, n, t, 0, backslash or xNN."""
    names = {"r": "\r", "n": "\n", "t": "\t", "0": "\0", "\\": "\\"}

    def one(match):
        if match[1].startswith("x"):
            return chr(int(match[1][1:], 16))
        if match[1] not in names:
            raise PatternError(f"unknown escape \\{match[1]}")
        return names[match[1]]

    return re.sub(r"\\(x[0-9a-fA-F]{2}|.)", one, text)


def literal_text(inner, messages):
    """What {{inner}} stands for: escaped text, or @message[:header|:text|:from.length]."""
    if not inner.startswith("@"):
        return unescape(inner)
    name, _, part = inner[1:].partition(":")
    data = messages(name).decode("latin-1")
    head = data.find("\r\n\r\n") + 4
    if not part:
        return data
    if part == "header":
        return data[:head]
    if part == "text":
        return data[head:]
    start, length = (int(number) for number in part.split("."))
    return data[start:start + length]


def closing(text, start, opening, close):
    """Where the bracket that opened just before `start` closes."""
    depth = 1
    for index in range(start, len(text)):
        if text[index] == "\\":
            continue
        if text[index] == opening and text[index - 1] != "\\":
            depth += 1
        elif text[index] == close and text[index - 1] != "\\":
            depth -= 1
            if depth == 0:
                return index
    raise PatternError(f"no closing {close} in: {text}")


def to_regex(text, variables, messages):
    """An expected piece of text as a regular expression."""
    out, index, named = [], 0, set()

    def variable(name, pattern):
        if name in variables:
            return re.escape(variables[name])
        if name in named:
            return f"(?P={name})"
        named.add(name)
        return f"(?P<{name}>{pattern})"

    while index < len(text):
        rest = text[index:]
        if rest.startswith("{{"):
            end = text.index("}}", index)
            content = literal_text(text[index + 2:end], messages)
            quoted = content.replace("\\", "\\\\").replace('"', '\\"')
            out.append("(?:" + re.escape(f"{LITERAL}{len(content)}:{content}") + "|" +
                       re.escape(f'"{quoted}"') + ")")
            index = end + 2
        elif rest.startswith("$$"):
            out.append(r"\$")
            index += 2
        elif rest.startswith("${"):
            end = closing(text, index + 2, "{", "}")
            name, colon, pattern = text[index + 2:end].partition(":")
            out.append(variable(name, pattern if colon else VARIABLE) if name else f"(?:{pattern})")
            index = end + 1
        elif match := re.match(r"\$([a-z]\w*)", rest):
            out.append(variable(match[1], VARIABLE))
            index += match.end()
        elif rest == "*":
            out.append(".*")
            index += 1
        else:
            out.append(re.escape(text[index]))
            index += 1
    return "".join(out)


def tokens(text, pattern):
    """Text as a tree: strings and lists. `pattern`: it is an expected line."""
    stack, index = [[]], 0
    while index < len(text):
        char = text[index]
        if char == " ":
            index += 1
        elif char == "(":
            stack.append([])
            index += 1
        elif char == ")":
            if len(stack) == 1:
                raise PatternError("an unmatched )")
            done = stack.pop()
            stack[-1].append(done)
            index += 1
        else:
            end = token_end(text, index, pattern)
            stack[-1].append(text[index:end])
            index = end
    if len(stack) > 1:
        raise PatternError("an unmatched (")
    return stack[0]


def token_end(text, index, pattern):
    while index < len(text) and text[index] not in " ()":
        if pattern and text.startswith("{{", index):
            index = text.index("}}", index) + 2
        elif pattern and text.startswith("${", index):
            index = closing(text, index + 2, "{", "}") + 1
        elif text[index] == LITERAL:
            colon = text.index(":", index)
            index = colon + 1 + int(text[index + 1:colon])
        elif text[index] == '"':
            quoted = re.compile(r'"(?:[^"\\]|\\.)*"', re.S).match(text, index)
            if not quoted:
                raise PatternError("an unclosed quoted string")
            index = quoted.end()
        elif text[index] == "[":
            index = text.index("]", index) + 1
        else:
            index += 1
    return index


class Matcher:
    """Compares expected lines with responses; `variables` grows by what they capture."""

    def __init__(self, messages, variables):
        self.messages, self.variables = messages, variables

    def matches(self, expected, received):
        """True when it fits; then the captures are in `variables`."""
        saved = dict(self.variables)
        if self._line(expected, received):
            return True
        self.variables.clear()
        self.variables.update(saved)
        return False

    def _line(self, expected, received):
        if len(expected) > 1 and expected[0] == expected[-1] == "/":
            known = re.sub(r"\$([a-z]\w*)", lambda m: re.escape(self.variables[m[1]]),
                           expected[1:-1])
            return self._regex(known, received)
        if re.match(r"\* ((\d+|\$\w+) (UID)?FETCH|LIST|LSUB|STATUS|FLAGS) ", expected):
            return self._tree(expected, received)
        return self._text(sort_flags(expected), sort_flags(received))

    def _regex(self, pattern, text):
        match = re.compile(pattern, re.S).fullmatch(text)
        if match:
            self.variables.update(match.groupdict())
        return match is not None

    def _text(self, expected, text):
        return self._regex(to_regex(expected, self.variables, self.messages), text)

    def _tree(self, expected, received):
        try:
            want, got = tokens(expected, True), tokens(received, False)
        except (PatternError, ValueError):
            return self._text(expected, received)
        if len(want) < 2 or len(got) < 2:
            return False
        kind = want[2] if len(want) > 2 and want[2] in ("FETCH", "UIDFETCH") else want[1]
        return self._nodes(want, got, kind)

    def _nodes(self, want, got, kind):
        if want and want[-1] == "*" and len(want) > 1:
            want, got = want[:-1], got[:len(want) - 1]
        if len(want) != len(got):
            return False
        return all(self._node(one, two, kind) for one, two in zip(want, got))

    def _node(self, want, got, kind):
        if isinstance(want, str) != isinstance(got, str):
            return False
        if isinstance(want, str):
            return self._text(want, got)
        if kind in ("FETCH", "UIDFETCH", "STATUS"):
            return self._pairs(want, got)
        if kind in ("LIST", "LSUB", "FLAGS"):
            return self._set(want, got)
        return self._nodes(want, got, "")

    def _set(self, want, got):
        """Words in any order; `...` stands for any others. All words are letters of one case."""
        if not all(isinstance(word, str) for word in want + got):
            return False
        wanted = {word.replace("$$", "$").lower() for word in want if word != "..."}
        given = {word.lower() for word in got}
        return wanted <= given if "..." in want else wanted == given and len(got) == len(given)

    def _pairs(self, want, got):
        """Name and value, name and value, in any order; `...` stands for any others."""
        rest = "..." in want
        want = [node for node in want if node != "..."]
        if len(want) % 2 or len(got) % 2:
            return False
        left = [(got[i], got[i + 1]) for i in range(0, len(got), 2)]
        for i in range(0, len(want), 2):
            found = next((pair for pair in left if isinstance(pair[0], str) and
                          re.fullmatch(to_regex(want[i], self.variables, self.messages), pair[0],
                                       re.I)), None)
            if found is None:
                return False
            left.remove(found)
            if not self._node(want[i + 1], found[1], "FLAGS" if want[i] == "FLAGS" else ""):
                return False
        return rest or not left


def sort_flags(text):
    """PERMANENTFLAGS has no order."""
    return re.sub(r"\[PERMANENTFLAGS \(([^)]*)\)\]",
                  lambda m: "[PERMANENTFLAGS (" + " ".join(sorted(m[1].split())) + ")]", text)
