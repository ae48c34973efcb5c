#!/usr/bin/env python3
"""Thunderbird, where it is installed: COMPRESS, IDLE, and CONDSTORE after it was away."""
import imaplib
import re
import ssl

from client_test import PASSWORD, ClientTest, main, message
from marionette import Thunderbird

# What later scripts use: the folder, and what is in it as [subject, flagged].
PREPARE = """
const services = "resource:///modules/MailServices.sys.mjs";
const {MailServices} = ChromeUtils.importESModule(services);
globalThis.until = async (what) => {
  for (let i = 0; i < 300; i++) {
    const value = what();
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return null;
};
globalThis.server = MailServices.accounts.accounts[0].incomingServer;
server.password = given[0];
server.performExpand(null);
const folder = (flag) => server.rootFolder.getFolderWithFlags(Ci.nsMsgFolderFlags[flag]);
await until(() => folder("Trash"));
globalThis.inbox = folder("Inbox");
globalThis.messages = () => {
  return [...inbox.messages].map((one) => [one.mime2DecodedSubject, one.isFlagged]);
};
const window3 = () => Services.wm.getMostRecentWindow("mail:3pane");
const tabs = () => window3()?.document.getElementById("tabmail");
await until(() => tabs()?.currentAbout3Pane?.displayFolder);
globalThis.show = (name) => tabs().currentAbout3Pane.displayFolder(folder(name).URI);
await show("Inbox");
MailServices.imap.selectFolder(inbox, null, window3().msgWindow);
"""
WAIT = """
const wanted = JSON.stringify(given[0].sort());
await until(() => JSON.stringify(messages().sort()) == wanted);
return messages().sort();
"""
LEAVE = """
show("Archive");
await until(() => inbox.server.serverURI);
server.closeCachedConnections();
"""


class ThunderbirdTest(ClientTest):
    def setUp(self):
        super().setUp()
        context = ssl.create_default_context(cafile=self.certificate)
        self.imap = imaplib.IMAP4_SSL("localhost", self.server.ports["imaps"], ssl_context=context,
                                      timeout=30)
        self.imap.login(self.user, PASSWORD)
        self.imap.select()
        self.addCleanup(self.imap.shutdown)

    def preferences(self):
        account = {"type": "imap", "hostname": "127.0.0.1", "port": self.server.ports["imap"],
                   "socketType": 0, "authMethod": 3, "userName": self.user, "name": "test",
                   "login_at_startup": False, "use_condstore": True}
        others = {
            "mail.accountmanager.accounts": "account1",
            "mail.accountmanager.defaultaccount": "account1",
            "mail.account.account1.server": "server1",
            "mail.account.account1.identities": "id1",
            "mail.identity.id1.useremail": "someone@example.com",
            "mail.identity.id1.fullName": "Someone",
            "mail.identity.id1.valid": True,
            "mail.provider.suppress_dialog_on_startup": True,
            "mail.spotlight.firstRunDone": True,
            "mailnews.start_page.enabled": False,
            "app.update.enabled": False,
            "datareporting.policy.dataSubmissionEnabled": False,
        }
        return others | {f"mail.server.server1.{name}": value for name, value in account.items()}

    def append(self, subject):
        self.imap.append("INBOX", None, None, message(subject))

    def expect(self, thunderbird, *wanted):
        """Waits until it shows these subjects; one with a '!' is flagged."""
        rows = sorted([name.rstrip("!"), name.endswith("!")] for name in wanted)
        self.assertEqual(thunderbird.run(WAIT, rows), rows)

    def test_sees_what_changes_while_it_looks_and_while_it_is_away(self):
        for subject in ("one", "two", "three"):
            self.append(subject)
        with Thunderbird(self.folder, self.preferences(), "IMAP:4") as thunderbird:
            thunderbird.run(PREPARE, PASSWORD)
            self.expect(thunderbird, "one", "two", "three")
            self.append("four")
            self.expect(thunderbird, "one", "two", "three", "four")
            self.imap.store("1", "+FLAGS", "\\Flagged")
            self.expect(thunderbird, "one!", "two", "three", "four")
            thunderbird.run(LEAVE)
            self.imap.store("1", "-FLAGS", "\\Flagged")
            self.imap.store("2", "+FLAGS", "\\Deleted")
            self.imap.expunge()
            self.append("five")
            thunderbird.run('show("Inbox");')
            self.expect(thunderbird, "one", "three", "four", "five")
            said = thunderbird.log()
        for expected in (r"OK DEFLATE active", r"SendData: \d+ IDLE",
                         r"UID fetch 1:\* \(FLAGS\) \(CHANGEDSINCE \d+\)"):
            self.assertRegex(said, expected)
        complaints = [line for line in said.splitlines()
                      if re.search(r"Syntax Error|FromSocket: \w+ (NO|BAD) ", line)]
        self.assertEqual(complaints, [])


if __name__ == "__main__":
    main("thunderbird")
