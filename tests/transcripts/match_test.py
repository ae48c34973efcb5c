#!/usr/bin/env python3
"""Tests of the transcript runner itself: what fits, what does not, what is captured."""
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from connection import substitute  # noqa: E402
from match import LITERAL, Matcher, PatternError, unescape  # noqa: E402
from transcript import TranscriptError, parse  # noqa: E402


def literal(text):
    return f"{LITERAL}{len(text)}:{text}"


class MatchTest(unittest.TestCase):
    def check(self, expected, received, fits=True, **known):
        variables = dict(known)
        matcher = Matcher(lambda name: b"A: 1\r\n\r\nbody\r\n", variables)
        self.assertEqual(matcher.matches(expected, received), fits, f"{expected} / {received}")
        return variables

    def test_plain_text_is_compared_whole(self):
        self.check("a OK done", "a OK done")
        self.check("a OK done", "a OK done!", fits=False)
        self.check("a OK *", "a OK anything at all")
        self.check("* SEARCH 1 2", "* SEARCH 1 2 3", fits=False)

    def test_captures_and_compares(self):
        found = self.check("* OK [UIDNEXT $next] *", "* OK [UIDNEXT 17] yes")
        self.assertEqual(found["next"], "17")
        self.check("* $n EXISTS", "* 3 EXISTS", n="3")
        self.check("* $n EXISTS", "* 4 EXISTS", fits=False, n="3")
        self.check("* ${n:\\d{2}} EXISTS", "* 4 EXISTS", fits=False)
        self.check("a $$b", "a $b")
        failed = self.check("* $x EXISTS $y", "* 4 RECENT 1", fits=False)
        self.assertEqual(failed, {})

    def test_whole_line_expressions(self):
        found = self.check(r"/\* (?P<n>\d+) EXISTS/", "* 12 EXISTS")
        self.assertEqual(found["n"], "12")
        self.check(r"/\* \d EXISTS/", "* 12 EXISTS", fits=False)

    def test_fetch_items_have_no_order(self):
        expected = r"* 1 FETCH (UID $uid FLAGS (\Seen $$a) BODY[TEXT] {{x)y}})"
        self.check(expected, rf"* 1 FETCH (BODY[TEXT] {literal('x)y')} FLAGS ($a \Seen) UID 7)")
        self.check(expected, r'* 1 FETCH (BODY[TEXT] "x)y" FLAGS ($A \SEEN) UID 7)')
        self.check(expected, r"* 1 FETCH (FLAGS (\Seen $a) UID 7)", fits=False)
        self.check("* 1 FETCH (UID 7)", r"* 1 FETCH (UID 7 FLAGS ())", fits=False)
        self.check("* 1 FETCH (UID 7 ...)", r"* 1 FETCH (FLAGS () UID 7)")
        self.check("* 1 FETCH (FLAGS ())", "* 2 FETCH (FLAGS ())", fits=False)

    def test_sections_with_spaces_are_one_name(self):
        self.check("* 1 FETCH (BODY[HEADER.FIELDS (A)]<0> {{A: 1}})",
                   f"* 1 FETCH (BODY[HEADER.FIELDS (a)]<0> {literal('A: 1')})")

    def test_lists_inside_keep_their_order(self):
        self.check('* 1 FETCH (X ("a" ("b") NIL))', '* 1 FETCH (X ("a" ("b") NIL))')
        self.check('* 1 FETCH (X ("a" "b"))', '* 1 FETCH (X ("b" "a"))', fits=False)

    def test_list_attributes_have_no_order(self):
        self.check(r'* LIST (\A \B) "/" box', r'* LIST (\b \a) "/" box')
        self.check(r'* LIST (\A ...) "/" box', r'* LIST (\b \a) "/" box')
        self.check(r'* LIST (\A) "/" box', r'* LIST (\b \a) "/" box', fits=False)
        self.check(r"* OK [PERMANENTFLAGS (\A \*)] *", r"* OK [PERMANENTFLAGS (\* \A)] ok")

    def test_literals_of_messages(self):
        whole, body = literal("A: 1\r\n\r\nbody\r\n"), literal("body\r\n")
        self.check("* 1 FETCH (BODY[] {{@m}})", f"* 1 FETCH (BODY[] {whole})")
        self.check("* 1 FETCH (X {{@m:text}})", f"* 1 FETCH (X {body})")
        self.check("* 1 FETCH (X {{@m:3.1}})", '* 1 FETCH (X "1")')

    def test_a_literal_is_no_structure(self):
        self.check("* 1 FETCH (X *", f"* 1 FETCH (X {literal(')) ((')})")

    def test_what_is_sent(self):
        self.assertEqual(substitute("$a ${a}b $$x $[ab*3]", {"a": "1"}), "1 1b $x ababab")
        self.assertRaises(PatternError, substitute, "$nobody", {})
        self.assertEqual(unescape(r"a\r\n\x41\\"), "a\r\nA\\")


class FileTest(unittest.TestCase):
    def parse(self, text):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "t.txt"
            path.write_text(text)
            return parse(path)

    def test_cases_take_the_files_header_and_may_replace_it(self):
        one, two = self.parse(
            "append: a.eml\nstate: none\n\n= one\nC: a\nS: b\n"
            "# dovecot: why\n= two\nappend: b.eml\nstate: selected\nC2: c\n").cases
        self.assertEqual(one.header, {"append": ["a.eml"], "state": "none"})
        self.assertEqual(two.header, {"append": ["b.eml"], "state": "selected"})
        self.assertEqual((one.differs, two.differs), ({}, {"dovecot": "why"}))
        self.assertEqual((two.steps[0].connection, two.steps[0].kind), (2, "C"))

    def test_settings_are_those_of_the_whole_file(self):
        transcript = self.parse("settings: [a] b = c\nsettings: [a] d = e\n= t\nC: a\n")
        self.assertEqual(transcript.settings, ("[a] b = c", "[a] d = e"))
        self.assertEqual(self.parse("= t\nC: a\n").settings, ())
        self.assertRaises(TranscriptError, self.parse, "= t\nsettings: [a] b = c\nC: a\n")

    def test_mistakes_are_reported(self):
        for text in ("C: a\n", "= t\nnosuchkey: 1\nC: a\n", "= t\n", "= t\nC: a\nwhat is this\n"):
            self.assertRaises(TranscriptError, self.parse, text)


if __name__ == "__main__":
    unittest.main()
