"""What the client tests share: one server over TLS, and skipping where a client is missing."""
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from mailkeep_server import MailkeepServer  # noqa: E402

PASSWORD = "correct horse"
SKIP = 77  # for ctest


def message(subject, body="Hello.\r\n", sender="ann@example.com"):
    identity = subject.replace(" ", "-")
    return (f"From: {sender}\r\nTo: bob@example.org\r\nSubject: {subject}\r\n"
            f"Date: Mon, 7 Feb 2022 21:52:25 +0100\r\nMessage-ID: <{identity}@x>\r\n"
            f"\r\n{body}").encode()


class ClientTest(unittest.TestCase):
    """Each test has an account of its own, `self.user`, on one server for the whole file."""

    server = None
    server_settings = ""

    @classmethod
    def setUpClass(cls):
        names = [name for name in dir(cls) if name.startswith("test_")]
        accounts = [f"user{number}" for number in range(len(names))]
        cls.accounts = dict(zip(names, accounts))
        cls.server = MailkeepServer(sys.argv[1], accounts, PASSWORD, cls.server_settings)
        cls.server.__enter__()
        cls.certificate = str(cls.server.folder / "cert.pem")

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def setUp(self):
        self.user = self.accounts[self._testMethodName]
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mailkeep-client-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def run_program(self, *words, data=None, expect=0):
        """Runs a program and returns what it printed; fails unless it ends with `expect`."""
        done = subprocess.run(words, input=data, capture_output=True, timeout=60, check=False)
        self.assertEqual(done.returncode, expect,
                         f"{' '.join(map(str, words))}\n{done.stdout!r}\n{done.stderr!r}")
        return done.stdout


def missing(program):
    return shutil.which(program) is None


def main(*programs):
    """unittest.main() for `THIS_FILE MAILKEEP_PROGRAM`; skipped where a program is missing."""
    for program in programs:
        if missing(program):
            print(f"skipped: no {program} here")
            sys.exit(SKIP)
    unittest.main(argv=sys.argv[:1], verbosity=2)
