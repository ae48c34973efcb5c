"""What the tests with Postfix share: one of its own beside the server, which needs root."""
import os
import subprocess
import sys

from client_test import SKIP, ClientTest, main
from mailkeep_server import free_ports

MAIN = """
compatibility_level = 3.6
queue_directory = {etc}/queue
data_directory = {etc}/data
maillog_file = {etc}/maillog
maillog_file_prefixes = {etc}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.2/32
alias_maps =
alias_database =
local_recipient_maps =
"""
MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
lmtp unix - - n - - lmtp
retry unix - - n - - error
error unix - - n - - error
postlog unix-dgram n - n - 1 postlogd
"""


class PostfixTest(ClientTest):
    """`cls.smtp` is Postfix's port, `cls.service` that of the service of ours which it asks."""

    service_name = ""  # the section of the configuration

    @classmethod
    def setUpClass(cls):
        cls.service, cls.smtp = free_ports(2)
        cls.server_settings = f"[{cls.service_name}]\nlisten = 127.0.0.1:{cls.service}"
        super().setUpClass()
        cls.addClassCleanup(cls.stop)
        cls.etc = cls.server.folder / "postfix"
        (cls.etc / "queue").mkdir(parents=True)
        (cls.etc / "data").mkdir()
        os.chmod(cls.server.folder, 0o755)
        subprocess.run(["chown", "postfix", cls.etc / "data"], check=True)
        (cls.etc / "main.cf").write_text(cls.main_settings() + MAIN.format(etc=cls.etc))
        (cls.etc / "master.cf").write_text(MASTER.format(port=cls.smtp))
        cls.postfix("start")

    @classmethod
    def main_settings(cls):
        """What the test adds to main.cf."""
        raise NotImplementedError

    @classmethod
    def postfix(cls, word):
        done = subprocess.run(["postfix", "-c", str(cls.etc), word], capture_output=True,
                              text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"postfix {word}: {done.stdout}{done.stderr}")

    @classmethod
    def stop(cls):
        if (cls.etc / "queue" / "pid" / "master.pid").exists():
            cls.postfix("stop")


def main_with_postfix(*programs):
    """main(), skipped where Postfix cannot be started."""
    if os.geteuid() != 0:
        print("skipped: Postfix starts as root only")
        sys.exit(SKIP)
    os.environ["PATH"] += ":/usr/sbin"
    main("postfix", *programs)
