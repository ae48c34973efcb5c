#!/usr/bin/env python3
"""The arrows between the floors, and what belongs in one place only."""
import re
import unittest

from tree import FLOORS, ROOT, files, lines, sources, text, with_suffix

INCLUDE = re.compile(r'\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)')
PURE = re.compile(r"(mime/|protocol/\w+/wire/|protocol/sasl/)")
IMPURE = re.compile(r"asio|^(thread|mutex|future|condition_variable|filesystem|fstream|ctime|"
                    r"time\.h|unistd\.h|sys/.*)$")

# Where an exception may be caught, and why there. Anywhere else it should travel on.
CATCH = {
    "protocol/auth_service/session.cpp": "a failing log-in ends the connection, which is logged",
    "protocol/blocking.h": "carries an exception from the pool to the session",
    "protocol/imap/session.cpp": "a failing command is answered NO [SERVERBUG]",
    "protocol/imap/fetch/message_renderer.cpp": "a message that fails gets a response all the same",
    "protocol/lmtp/delivery.cpp": "a delivery that fails is answered for its recipients",
    "protocol/lmtp/session.cpp": "a failing command is answered 451",
    "protocol/pop3/session.cpp": "a failing command is answered -ERR",
    "protocol/pop3/session_maildrop.cpp": "a failing log-in or QUIT is answered -ERR",
    "protocol/pop3/retrieval.cpp": "a message without its structure is sent all the same",
    "store/account_search.cpp": "a message that cannot be searched does not match",
    "store/account_keys.cpp": "a damaged message is sorted as one that says nothing",
    "store/text_indexer.cpp": "a message that fails is one that any search looks into",
    "store/structure_maker.cpp": "a message that cannot be taken apart gets an opaque structure",
    "protocol/socketmap/session.cpp": "a look-up that fails is answered TEMP",
    "server/admin/commands.cpp": "wrong usage and failures of a command become its exit code",
    "server/admin/deliver_command.cpp": "mail that failed is to be tried again",
    "server/admin/import_command.cpp": "a broken file is reported, and the import goes on",
    "server/admin/importer.cpp": "a broken message is reported, and the import goes on",
    "server/admin/mail_files.cpp": "a file that cannot be read is reported",
    "server/admin/mailbox_commands.cpp": "a damaged account is reported",
    "server/admin/user_commands.cpp": "one name of many fails",
    "server/auth/authenticator.cpp": "a damaged account is a refused log-in",
    "server/command_line.cpp": "failures become exit codes",
    "server/config/loader.cpp": "the library's error becomes ours",
    "server/daemon.cpp": "a failing start becomes an exit code",
    "server/migration/account_filler.cpp": "filling that fails is logged and tried again",
    "server/migration/fetch_worker.cpp": "a connection that breaks is made again",
    "server/migration/first_logins.cpp": "an old server that fails lets nobody in for now",
    "server/migration/message_fetcher.cpp": "a message that is refused is reported",
    "server/migration/migrator.cpp": "a mailbox that is refused is reported",
    "server/net/network.cpp": "a listener that fails is logged",
    "server/net/spawn_session.cpp": "what escapes a session is logged",
    "server/net/tls_context.cpp": "OpenSSL's callbacks cannot throw",
    "server/server.cpp": "maintenance that fails is logged and tried again",
    "store/account_impl.h": "a damaged file is one account's error",
    "store/account_care.cpp": "maintenance of one account fails alone",
    "store/account_check.cpp": "a damaged file is what a check reports",
    "store/account_file.cpp": "a damaged file is one account's error",
    "store/open_accounts.cpp": "closing one account fails alone",
    "store/text_index.cpp": "a damaged index is made anew, and searches do without it",
    "store/write_queue.cpp": "a failing write is its own writer's, not its neighbours'",
    "store/store.cpp": "what fails in one account keeps no other one open",
    "store/sqlite/log_buffer.cpp": "SQLite calls it, which knows no exceptions",
    "store/sqlite/database.cpp": "cleaning up a half-open database",
    "store/sqlite/transaction.cpp": "a rollback in a destructor",
}


def includes(path):
    for number, line in enumerate(lines(path), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match[1], match[2]


def command_names():
    table = text("protocol/imap/command_table.cpp")
    return set(re.findall(r'^    \{"([A-Z ]+)",', table, re.M))


def capability_names():
    return re.findall(r'\.name = "([^"]+)"', text("protocol/imap/capability.cpp"))


def table_of_rfcs():
    """The cells of each row of docs/rfc.md, by section and name."""
    rows, section = {}, ""
    for line in lines("docs/rfc.md"):
        section = line[3:].strip() if line.startswith("## ") else section
        if len(cells := line.split("|")) == 7 and "`" in line:
            rows[section, cells[1].strip()] = cells
    return rows


def said_in(transcript):
    """What a transcript's steps say and what its cases need."""
    return "\n".join(re.findall(r"^(?:[CSUOENR]\d?|needs): (.*)", text(transcript), re.M))


class Layers(unittest.TestCase):
    maxDiff = None

    def check(self, problems, advice):
        self.assertFalse(problems, "\n" + "\n".join(problems) + "\n" + advice)

    def test_a_floor_includes_only_floors_below_it(self):
        problems = []
        for path in sources():
            allowed = FLOORS[:FLOORS.index(path.parts[0]) + 1]
            for number, ours, _ in includes(path):
                if ours and ours.split("/")[0] not in allowed:
                    problems.append(f"{path}:{number}: includes {ours}")
        self.check(problems, "mime <- store <- protocol <- server; includes start at the root")

    def test_includes_name_files_that_exist(self):
        known = {str(path) for path in files()}
        problems = [f"{path}:{number}: no {ours}" for path in sources()
                    for number, ours, _ in includes(path) if ours and ours not in known]
        self.check(problems, "includes start at the root of the tree")

    def test_only_store_sqlite_knows_sqlite(self):
        problems = [f"{path}:{number}" for path in sources() for number, _, system in includes(path)
                    if system == "sqlite3.h" and not str(path).startswith("store/sqlite/")]
        self.check(problems, "sqlite3.h belongs in store/sqlite/")

    def test_wire_sasl_and_mime_do_no_input_or_output(self):
        problems = []
        for path in sources():
            if not PURE.match(str(path)):
                continue
            problems += [f"{path}:{number}: includes {name}"
                         for number, _, name in includes(path) if name and IMPURE.search(name)]
            problems += [f"{path}:{number}: a clock" for number, line in enumerate(lines(path), 1)
                         if re.search(r"\b(system|steady)_clock\b", line)]
        self.check(problems, "bytes in, values out: no Asio, threads, files or clock here")

    def test_sockets_stay_in_server_net(self):
        problems = [f"{path}:{number}: {match[0]}" for path in sources()
                    if not str(path).startswith("server/net/")
                    for number, line in enumerate(lines(path), 1)
                    if (match := re.search(r"asio::detached|tcp::socket", line))]
        self.check(problems, "sockets belong in server/net/; detached nowhere")

    def test_loops_walk_over_named_values(self):
        # Before P2718 (g++ 15) a range-for ends the life of `f()` in `for (x : f().g())`.
        loop = re.compile(r"for \([^;]*[^:]:[^:].*\)(\.|->)\w+\(\)\)( |$|;)")
        problems = [f"{path}:{number}: {line.strip()}" for path in with_suffix(".cpp", ".h")
                    for number, line in enumerate(lines(path), 1) if loop.search(line)]
        self.check(problems, "give it a name first: it is gone before the first round")

    def test_exceptions_are_caught_at_the_boundaries_only(self):
        found = {str(path) for path in sources() if re.search(r"\bcatch \(", text(path))}
        self.check(sorted(found - set(CATCH)), "not a place to catch: see CATCH in layers_test.py")
        self.check(sorted(set(CATCH) - found), "no catch there any more: remove it from CATCH")

    def test_commands_are_told_apart_in_the_table_only(self):
        names = command_names()
        self.assertGreater(len(names), 25)
        problems = [f"{path}:{number}: {match[0]}" for path in sources()
                    if str(path).startswith("protocol/imap/")
                    for number, line in enumerate(lines(path), 1)
                    for match in re.finditer(r'==\s*"([A-Z ]+)"|equals\w*\([^)]*"([A-Z ]+)"', line)
                    if (match[1] or match[2]) in names]
        self.check(problems, "who compares command names belongs in command_table.cpp")

    def test_every_command_has_a_transcript(self):
        dialogs = "\n".join(text(path) for path in files()
                            if path.parts[:2] == ("tests", "transcripts") and path.suffix == ".txt")
        sent = " ".join(re.findall(r"^[CR]\d?: (.*)", dialogs, re.M)).upper()
        problems = [f"command {name}" for name in command_names() if f" {name}" not in sent]
        self.check(problems, "has no dialog in tests/transcripts")

    def test_every_capability_has_a_row_in_the_table_of_rfcs(self):
        rows = table_of_rfcs()
        known = {str(path) for path in files()}
        names = capability_names()
        self.assertGreater(len(names), 10)
        problems = [f"{name} has no row" for name in names if ("IMAP", name) not in rows]
        problems += [f"{name} is no capability" for section, name in rows
                     if section == "IMAP" and name not in names]
        problems += [f"{name}: no {path}" for (_, name), cells in rows.items()
                     for path in re.findall(r"`([^`]+)`", cells[4] + cells[5])
                     if path not in known]
        problems += [f"{name}: no test" for (_, name), cells in rows.items()
                     if "`tests/" not in cells[5]]
        self.check(problems, "see docs/rfc.md")

    def test_every_capability_has_a_transcript(self):
        # One that its row names, with steps that see it announced or cases that need it.
        rows = table_of_rfcs()
        problems = []
        for name in capability_names():
            end = "" if name.endswith("=") else r"(?![\w=+-])"
            word = re.compile(r"(?:(?<![\w!=-])|\\b)" + re.escape(name) + end)
            paths = re.findall(r"`(tests/transcripts/imap/[^`]+)`", rows["IMAP", name][5])
            if not any(word.search(said_in(path).replace("\\+", "+")) for path in paths):
                problems.append(f"{name}: {paths or 'no transcript'}")
        self.check(problems, "name a transcript in docs/rfc.md that shows it or needs it")

    def test_every_setting_is_in_the_sample_configuration(self):
        sources = "".join(text(f"server/config/{part}settings.cpp")
                          for part in ("", "auth_", "pop3_"))
        table = re.findall(r'Setting\{\s*"([\w-]*)", "([\w-]+)"', sources)
        self.assertGreater(len(table), 10)
        section, sample = "", set()
        for line in lines("etc/mailkeep.conf"):
            bare = line.lstrip("# ").rstrip()
            if match := re.fullmatch(r"\[([\w-]+)\]", bare):
                section = match[1]
            elif match := re.match(r"([\w-]+) *=", bare):
                sample.add((section, match[1]))
        problems = [f"[{section}] {key}" for section, key in table if (section, key) not in sample]
        self.check(problems, f"is not in {ROOT.name}/etc/mailkeep.conf")


if __name__ == "__main__":
    unittest.main()
