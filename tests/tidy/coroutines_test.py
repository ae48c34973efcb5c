"""Coroutines keep clear of a defect of g++ 12.

A coroutine that awaits in the condition of an `if`, `while` or `switch`, and whose outermost block
declares no variable, gets a frame whose handle points eight octets beside it; the first resumption
crashes. One variable in the outermost block is enough: `const bool connected = co_await flush();`.
"""
import re
import unittest

from tree import sources, text

HEAD = re.compile(r"[Aa]waitable<[^;{}]*?\)\s*(?:const\s*)?\{")
DECLARATION = re.compile(r"(?:(?:const|static|thread_local)\s+)?(?:\w+::)*\w+(?:<.*?>)?(?:::\w+)*"
                         r"[\s&*]+\[?\w+[^=()]*(?:=|;|\{|\()", re.S)
NOT_A_TYPE = {"co_await", "co_return", "return", "if", "for", "while", "switch", "else", "do",
              "using", "throw"}


def statements(body):
    """The statements of the outermost block of `body`, which begins after its brace."""
    depth, current, found = 1, "", []
    for character in body:
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth == 0:
            break
        current += character
        if depth == 1 and character in ";}":
            found.append(current.strip())
            current = ""
    return found


def awaits_in_condition(statement):
    for match in re.finditer(r"\b(?:if|while|switch)\s*\(", statement):
        depth, at = 1, match.end()
        while at < len(statement) and depth:
            depth += {"(": 1, ")": -1}.get(statement[at], 0)
            at += 1
        if "co_await" in statement[match.end():at]:
            return True
    return False


def declares(statement):
    first = re.match(r"\w*", statement)[0]
    return first not in NOT_A_TYPE and DECLARATION.match(statement) is not None


def at_risk(source):
    source = re.sub(r"//[^\n]*", "", source)
    for match in HEAD.finditer(source):
        block = statements(source[match.end():])
        if any(map(awaits_in_condition, block)) and not any(map(declares, block)):
            yield source[:match.start()].count("\n") + 1


class Coroutines(unittest.TestCase):
    def test_the_shape_that_crashes_is_recognised(self):
        for body in ("if (!co_await f()) co_return; x = 1;",
                     "if (x) { if (!co_await f()) co_return; }",
                     "while (!co_await f()) {}",
                     "switch (co_await f()) { case 1: x = 1; }"):
            self.assertEqual(list(at_risk("Awaitable<void> g() {" + body + "}")), [1], body)
        for body in ("const bool good = co_await f(); if (!good) co_return;",
                     "if (x) co_return; co_await f();",
                     "std::vector<int> list; while (!co_await f()) {}",
                     "auto [a, b] = x; if (co_await f()) co_return;"):
            self.assertEqual(list(at_risk("Awaitable<void> g() {" + body + "}")), [], body)

    def test_no_coroutine_has_it(self):
        problems = [f"{path}:{line}" for path in sources() for line in at_risk(text(path))]
        self.assertFalse(problems, "\n" + "\n".join(problems) + "\n" + __doc__)


if __name__ == "__main__":
    unittest.main()
