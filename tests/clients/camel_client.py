"""Evolution's mail library on one account while another client changes it. Needs python3-gi.

    camel_client.py WISHES.json: host, port, user, password, and the folder where it leaves
    seen.json, what it saw, and dialog, what both sides said.
"""
import imaplib
import json
import os
import pathlib
import ssl
import sys
import threading
import time

os.environ["GSETTINGS_BACKEND"] = "memory"
os.environ["CAMEL_DEBUG"] = "imapx:io"

import gi  # noqa: E402

gi.require_version("Camel", "1.2")
from gi.repository import Camel, GLib  # noqa: E402

WISHES = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
PATIENCE = 20  # seconds
DIALOG = pathlib.Path(WISHES["folder"]) / "dialog"  # what both sides say


class Session(Camel.Session):
    def do_authenticate_sync(self, service, mechanism, cancellable):
        service.set_password(WISHES["password"])
        result = service.authenticate_sync(mechanism, cancellable)
        return result == Camel.AuthenticationResult.ACCEPTED

    def do_trust_prompt(self, *_):
        return Camel.CertTrust.FULLY


def open_store():
    folder = WISHES["folder"]
    session = Session(user_data_dir=f"{folder}/data", user_cache_dir=f"{folder}/cache")
    session.set_online(True)
    store = session.add_service("account", "imapx", Camel.ProviderType.STORE)
    settings = store.ref_settings()
    for name, value in {"host": WISHES["host"], "port": WISHES["port"], "user": WISHES["user"],
                        "security-method": Camel.NetworkSecurityMethod.SSL_ON_ALTERNATE_PORT,
                        "auth-mechanism": "PLAIN", "use-qresync": True}.items():
        settings.set_property(name, value)
    store.set_online_sync(True, None)  # without it, it does not connect
    store.connect_sync(None)
    return session, store


def other_client():
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    other = imaplib.IMAP4_SSL(WISHES["host"], WISHES["port"], ssl_context=context, timeout=30)
    other.login(WISHES["user"], WISHES["password"])
    other.select("INBOX")
    return other


def subjects(folder):
    return sorted(folder.get_message_info(uid).get_subject() for uid in folder.get_uids())


def flagged(folder):
    return sorted(folder.get_message_info(uid).get_subject() for uid in folder.get_uids()
                  if folder.get_message_info(uid).get_flags() & Camel.MessageFlags.FLAGGED)


def wait_for(what, wanted):
    """The value once it is `wanted`, or what it is after a while."""
    deadline = time.monotonic() + PATIENCE
    while (value := what()) != wanted and time.monotonic() < deadline:
        time.sleep(0.05)
    return value


def settle():
    """Waits until it idles and will not stop that: what comes while it changes is lost on it."""
    size, since = -1, time.monotonic()
    deadline = since + PATIENCE
    while time.monotonic() < min(deadline, since + 2):
        time.sleep(0.05)
        if (now := DIALOG.stat().st_size) != size:
            size, since = now, time.monotonic()


def append(other, mailbox, subject):
    other.append(mailbox, None, None, f"Subject: {subject}\r\n\r\nx\r\n".encode())


def main():
    os.dup2(os.open(DIALOG, os.O_CREAT | os.O_WRONLY), 1)
    Camel.init(WISHES["folder"], False)
    Camel.provider_init()
    threading.Thread(target=GLib.MainLoop().run, daemon=True).start()
    other = other_client()
    for subject in ("one", "two", "three"):
        append(other, "INBOX", subject)
    seen = {}
    session, store = open_store()  # the session must stay
    inbox = store.get_folder_sync("INBOX", 0, None)
    inbox.refresh_info_sync(None)
    seen["first"] = subjects(inbox)
    settle()
    append(other, "INBOX", "four")
    seen["new"] = wait_for(lambda: subjects(inbox), ["four", "one", "three", "two"])
    settle()
    other.store("1", "+FLAGS", "\\Flagged")
    seen["flagged"] = wait_for(lambda: flagged(inbox), ["one"])
    settle()
    other.store("2", "+FLAGS", "\\Deleted")
    other.expunge()
    seen["expunged"] = wait_for(lambda: subjects(inbox), ["four", "one", "three"])
    append(other, "Archive", "five")
    other.create("Fresh")
    other.subscribe("Fresh")
    settle()
    store.disconnect_sync(True, None)
    other.store("1", "-FLAGS", "\\Flagged")
    other.store("2", "+FLAGS", "\\Deleted")
    other.expunge()
    append(other, "INBOX", "six")
    store.connect_sync(None)
    inbox.refresh_info_sync(None)
    seen["resumed"] = wait_for(lambda: subjects(inbox), ["four", "one", "six"])
    seen["unflagged"] = wait_for(lambda: flagged(inbox), [])
    store.disconnect_sync(True, None)
    other.logout()
    del session
    (pathlib.Path(WISHES["folder"]) / "seen.json").write_text(json.dumps(seen))
    os._exit(0)  # its threads would go on


main()
