#!/usr/bin/env python3
"""How files look: length, lines, opening comments, README tables, references, words, format."""
import concurrent.futures
import os
import re
import shutil
import subprocess
import unittest

from tree import FLOORS, ROOT, files, lines, sources, text, with_suffix
from reference import reference

MAX_LINES, MAX_COLUMNS, MAX_README = 500, 100, 40
# Longer files that are still to be split: path -> lines. May only shrink.
LONG_FILES = {}
# Left for later, or about how the tree came to be, which is nobody's business here.
WORDS = re.compile(r"\b(TODO|FIXME|XXX|HACK|not implemented|sub-?agents?|issue #\d+"
                   r"|/work/(main|shared))\b")
REFERENCE = re.compile(r"RFC (\d{3,4})((?: |, )\d+(?:\.\d+)*\b(?! (?:octets|bytes|bits)))?")


def own_text(path):
    """Text that people write: not test data, which holds anything."""
    return path.parts[:2] != ("tests", "data") and "corpus" not in path.parts and \
        path.name != "LICENSE" and path.suffix in {
            ".cpp", ".h", ".py", ".sh", ".cmake", ".txt", ".md", ".sql", ".conf", ""}


class Form(unittest.TestCase):
    def check(self, problems, advice):
        self.assertFalse(problems, "\n" + "\n".join(problems) + "\n" + advice)

    def test_files_are_not_long(self):
        problems = []
        for path in with_suffix(".cpp", ".h", ".py", ".sh"):
            count, limit = len(lines(path)) - 1, LONG_FILES.get(str(path), MAX_LINES)
            if count > limit:
                problems.append(f"{path}: {count} lines, at most {limit}")
            if str(path) in LONG_FILES and count < limit:
                problems.append(f"{path}: {count} lines: put that into LONG_FILES")
        self.check(problems, "split it, so that each file has one reason to change")

    def test_lines_are_not_wide(self):
        scripts = [path for path in files() if str(path) in {"run", "test", ".ci/run"}]
        # clang-format keeps the C++; what it cannot break (a long string) is a person's to break.
        problems = [f"{path}:{number}: {len(line)} columns"
                    for path in with_suffix(".cpp", ".h", ".py", ".sh", ".cmake") + scripts
                    for number, line in enumerate(lines(path), 1) if len(line) > MAX_COLUMNS]
        self.check(problems, f"at most {MAX_COLUMNS} columns")

    def test_files_end_with_a_line_end_and_have_no_trailing_blanks(self):
        problems = []
        for path in with_suffix(".cpp", ".h", ".py", ".sh", ".md", ".cmake", ".sql"):
            if text(path) and not text(path).endswith("\n"):
                problems.append(f"{path}: no line end at the end")
            problems += [f"{path}:{number}: blanks at the end or a tab"
                         for number, line in enumerate(lines(path), 1)
                         if line != line.rstrip() or "\t" in line]
        self.check(problems, "")

    def test_headers_open_with_a_comment_and_pragma_once(self):
        problems = []
        for path in with_suffix(".h"):
            if not text(path).startswith("// "):
                problems.append(f"{path}: does not begin with a comment that says what it is")
            if not re.search(r"^#pragma once$", text(path), re.M):
                problems.append(f"{path}: no #pragma once")
        self.check(problems, "a header is a contract")

    def test_namespaces_follow_folders(self):
        problems = []
        for path in sources():
            folder = path.parts[0]
            inner = path.parts[1] if folder == "protocol" and len(path.parts) > 2 else folder
            if path.name != "main.cpp" and f"namespace mailkeep::{inner}" not in text(path):
                problems.append(f"{path}: no namespace mailkeep::{inner}")
        self.check(problems, "")

    def test_every_folder_has_a_readme_that_names_its_files(self):
        problems, folders = [], {path.parent for path in sources()}
        for folder in sorted(folders):
            if not (ROOT / folder / "README.md").exists():
                problems.append(f"{folder}: no README.md")
        for path in files():
            if len(path.parts) < 2 or path.name in {"README.md", "CMakeLists.txt", ".gitignore"}:
                continue
            problems += self.not_named(path)
        self.check(problems, "a README says what each file of its folder is")

    def not_named(self, path):
        """Whether the nearest README below the root names the file or a folder it is in."""
        for folder in path.parents[:-1]:
            readme = folder / "README.md"
            if not (ROOT / readme).exists():
                continue
            inside = path.relative_to(folder)
            names = [inside.parts[0] + "/"] if len(inside.parts) > 1 else [path.name, path.stem]
            if any(name in text(readme) for name in names):
                return []
            return [f"{readme}: does not name {names[0]}"]
        hidden = path.parts[0].startswith(".")
        return [] if hidden else [f"{path.parent}: no README.md names {path.name}"]

    def test_readmes_are_short(self):
        problems = [f"{path}: {len(lines(path)) - 1} lines" for path in with_suffix(".md")
                    if path.name == "README.md" and len(path.parts) > 1
                    and len(lines(path)) - 1 > MAX_README]
        self.check(problems, f"at most {MAX_README} lines")

    def test_markdown_links_and_paths_exist(self):
        problems = []
        for path in with_suffix(".md"):
            for match in re.finditer(r"\]\((?!https?:|#)([^)#]+)", text(path)):
                if not (ROOT / path.parent / match[1]).exists():
                    problems.append(f"{path}: {match[1]} does not exist")
        self.check(problems, "")

    def test_rfc_places_exist(self):
        folder = reference("rfc")
        if not folder:
            self.skipTest("no RFC texts at hand (MAILKEEP_REFERENCE)")
        problems, headings = [], {}
        for path in with_suffix(".cpp", ".h", ".py", ".txt", ".md"):
            if not own_text(path):
                continue
            for match in REFERENCE.finditer(text(path)):
                number, section = match[1], (match[2] or "").strip(", ")
                if number not in headings:
                    rfc = folder / f"rfc{number}.txt"
                    headings[number] = set() if not rfc.exists() else set(re.findall(
                        r"^ {0,3}(?:Appendix )?([0-9]+(?:\.[0-9]+)*)\.? +\S",
                        rfc.read_text(errors="replace"), re.M))
                known = headings[number]
                if section and known and section not in known:
                    problems.append(f"{path}: RFC {number} has no section {section}")
        self.check(sorted(set(problems)), "cite RFC NUMBER SECTION")

    def test_no_forbidden_words(self):
        problems = [f"{path}:{number}: {match[0]}" for path in files()
                    if own_text(path) and path.name != "form_test.py"
                    for number, line in enumerate(lines(path), 1) if (match := WORDS.search(line))]
        self.check(problems, "finish it, or leave it out")

    def test_scripts_are_executable_and_parse(self):
        problems = []
        for path in files():
            first = lines(path)[0] if own_text(path) else ""
            if not first.startswith("#!"):
                continue
            if not os.access(ROOT / path, os.X_OK) and path.suffix != ".py":
                problems.append(f"{path}: not executable")
            read = ["bash", "-n", ROOT / path]
            if "bash" in first and subprocess.run(read, check=False).returncode:
                problems.append(f"{path}: bash cannot read it")
            if path.suffix == ".py":
                compile(text(path), str(path), "exec")
        self.check(problems, "")

    def test_code_is_formatted(self):
        program = shutil.which("clang-format-19")
        if not program:
            self.skipTest("no clang-format-19 here")
        paths = [path for path in with_suffix(".cpp", ".h") if path.parts[0] in (*FLOORS, "tests")]

        def formatted(group):
            done = subprocess.run([program, "--dry-run", "-Werror", *group], cwd=ROOT, check=False,
                                  capture_output=True, text=True)
            return re.findall(r"^(\S+?:\d+):\d+: error", done.stderr, re.M)

        groups = [paths[start:start + 20] for start in range(0, len(paths), 20)]
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            problems = [place for found in pool.map(formatted, groups) for place in found]
        self.check(sorted({place.split(":")[0] for place in problems}), "clang-format-19 -i FILE")


if __name__ == "__main__":
    unittest.main()
