#!/usr/bin/env python3
"""Constants and types of unnamed namespaces: a name once in each library.

The presets compile several sources of a library as one; there such names meet.
"""
import collections
import re
import unittest

from tree import FLOORS, text, with_suffix

LIBRARIES = [(floor,) for floor in FLOORS] + [("tests", "unit", floor) for floor in FLOORS] + \
    [("tests", "session")]
RAW_STRING = re.compile(r'R"(\w*)\(.*?\)\1"', re.S)
UNNAMED = re.compile(r"^namespace \{(.*?)^\}  // namespace$", re.S | re.M)
OUTER = re.compile(r"^namespace ([\w:]+) \{", re.M)
TYPE = re.compile(r"^(?:struct|class|enum class) (\w+)(?: final)?(?: : [^;]*)? \{", re.M)
CONSTANT = re.compile(r"^(?:inline |static )?const(?:expr)? [^;={(]*?\b(\w+)(?:\[\w*\])?(?:\{| =)",
                      re.M)


def unnamed(source):
    """(namespace, name) of all constants and types that only `source` can name."""
    source = RAW_STRING.sub('""', source)
    outer = OUTER.search(source)
    for block in UNNAMED.findall(source):
        for name in TYPE.findall(block) + CONSTANT.findall(block):
            yield outer and outer[1], name


class Names(unittest.TestCase):
    def test_names_of_unnamed_namespaces_are_used_once_in_a_library(self):
        problems = []
        for library in LIBRARIES:
            places = collections.defaultdict(set)
            for path in with_suffix(".cpp"):
                if path.parts[:len(library)] == library and "examples" not in path.parts:
                    for name in unnamed(text(path)):
                        places[name].add(str(path))
            problems += [f"{name}: {', '.join(sorted(paths))}"
                         for (_, name), paths in sorted(places.items()) if len(paths) > 1]
        self.assertFalse(problems, "\n" + "\n".join(problems) + "\nsay in the name what it is of")

    def test_finds_what_it_looks_for(self):
        found = {name for _, name in unnamed("namespace a {\nnamespace {\nstruct B {\n};\n"
                                             "constexpr int kC = 1;\nconst std::array kD{1};\n"
                                             "int e() {\n}\n}  // namespace\n}")}
        self.assertEqual(found, {"B", "kC", "kD"})


if __name__ == "__main__":
    unittest.main()
