#!/usr/bin/env python3
"""mbsync both ways: mail down, local mail, flags and deletions up."""
import imaplib
import pathlib
import ssl

from client_test import PASSWORD, ClientTest, main, message

CONFIG = """
IMAPStore far
Host localhost
Port {port}
User {user}
Pass "{password}"
SSLType IMAPS
CertificateFile {certificate}

MaildirStore near
Path {folder}/mail/
Inbox {folder}/mail/INBOX
SubFolders Verbatim

Channel all
Far :far:
Near :near:
Patterns *
Create Both
Expunge Both
SyncState *
"""


class Mbsync(ClientTest):
    def setUp(self):
        super().setUp()
        (self.folder / "mail").mkdir()
        self.config = self.folder / "mbsyncrc"
        self.config.write_text(CONFIG.format(
            port=self.server.ports["imaps"], user=self.user, password=PASSWORD,
            certificate=self.certificate, folder=self.folder))
        context = ssl.create_default_context(cafile=self.certificate)
        self.imap = imaplib.IMAP4_SSL("localhost", self.server.ports["imaps"], ssl_context=context,
                                      timeout=30)
        self.imap.login(self.user, PASSWORD)
        self.addCleanup(self.imap.shutdown)

    def sync(self):
        self.run_program("mbsync", "-c", str(self.config), "all")

    def local(self, box="INBOX"):
        return sorted(path for sub in ("cur", "new")
                      for path in (self.folder / "mail" / box / sub).glob("*"))

    def remote(self, box="INBOX"):
        """What the server has: (flags, subject) of each message."""
        self.imap.select(box)
        found = []
        for number in self.imap.search(None, "ALL")[1][0].split():
            data = self.imap.fetch(number, "(FLAGS BODY.PEEK[HEADER.FIELDS (Subject)])")[1]
            flags = set(imaplib.ParseFlags(data[0][0] + data[1])) - {b"\\Recent"}
            found.append((flags, data[0][1].split(b":")[1].strip().decode()))
        self.imap.close()
        return found

    def put_local(self, subject, flags=""):
        """A new message as a local program would store it."""
        box = self.folder / "mail/INBOX"
        (box / "cur" / f"{subject.replace(' ', '')}.host:2,{flags}").write_bytes(
            message(subject).replace(b"\r\n", b"\n"))

    def test_mail_comes_down_with_flags(self):
        self.imap.append("INBOX", "\\Seen", None, message("read"))
        self.imap.append("INBOX", None, None, message("unread"))
        self.imap.create("Sub/Folder")
        self.imap.append("Sub/Folder", "(\\Flagged)", None, message("deep"))
        self.sync()
        names = {path.read_text().split("Subject: ")[1].split("\n")[0]: path.name
                 for path in self.local()}
        self.assertEqual(set(names), {"read", "unread"})
        self.assertTrue(names["read"].endswith(":2,S"), names)
        self.assertEqual(len(self.local("Sub/Folder")), 1)
        self.assertTrue(self.local("Sub/Folder")[0].name.endswith(":2,F"))

    def test_local_mail_goes_up(self):
        self.sync()
        self.put_local("written here", "FS")
        self.sync()
        self.assertEqual(self.remote(), [({b"\\Flagged", b"\\Seen"}, "written here")])
        self.sync()
        self.assertEqual(len(self.remote()), 1)
        self.assertEqual(len(self.local()), 1)

    def test_flags_go_both_ways(self):
        self.imap.append("INBOX", None, None, message("a"))
        self.sync()
        path = self.local()[0]
        path.rename(path.parent.parent / "cur" / (path.name.split(":")[0] + ":2,S"))
        self.sync()
        self.assertEqual(self.remote(), [({b"\\Seen"}, "a")])
        self.imap.select()
        self.imap.store("1", "+FLAGS", "(\\Answered)")
        self.imap.close()
        self.sync()
        self.assertTrue(self.local()[0].name.endswith(":2,RS"), self.local()[0].name)

    def test_deletions_go_both_ways(self):
        for subject in ("a", "b", "c"):
            self.imap.append("INBOX", None, None, message(subject))
        self.sync()
        gone = next(path for path in self.local() if "Subject: a" in path.read_text())
        gone.rename(gone.parent.parent / "cur" / (gone.name.split(":")[0] + ":2,T"))
        self.imap.select()
        self.imap.store("2", "+FLAGS", "(\\Deleted)")
        self.imap.expunge()
        self.imap.close()
        self.sync()
        self.assertEqual([subject for _, subject in self.remote()], ["c"])
        self.assertEqual(len(self.local()), 1)

    def test_mechanisms_of_cyrus_sasl(self):
        """libsasl2 is the client's half of SASL here."""
        libraries = pathlib.Path("/usr/lib").glob("*/sasl2/libscram.so*")
        if not any(libraries):
            self.skipTest("no SCRAM of libsasl2 here (libsasl2-modules)")
        self.imap.append("INBOX", None, None, message("a"))
        for mechanism in ("SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512", "PLAIN"):
            with self.subTest(mechanism):
                self.config.write_text(self.config.read_text().replace(
                    "SSLType", f"AuthMechs {mechanism}\nSSLType"))
                said = self.run_program("mbsync", "-D", "-c", str(self.config), "all")
                self.assertIn(f"AUTHENTICATE {mechanism}".encode(), said)
                self.assertEqual(len(self.local()), 1)
                self.config.write_text(self.config.read_text().replace(
                    f"AuthMechs {mechanism}\n", ""))

    def test_local_folders_are_made_on_the_server(self):
        self.sync()
        for sub in ("cur", "new", "tmp"):
            (self.folder / "mail/Projects" / sub).mkdir(parents=True)
        (self.folder / "mail/Projects/new/1.host").write_bytes(
            message("planned").replace(b"\r\n", b"\n"))
        self.sync()
        self.assertEqual([subject for _, subject in self.remote("Projects")], ["planned"])


if __name__ == "__main__":
    main("mbsync")
