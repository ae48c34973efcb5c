"""A connection of a transcript: sends what is to be sent, reads whole responses."""
import re
import socket
import ssl
import zlib

from match import LITERAL, PatternError, literal_text, unescape


class Closed(Exception):
    """The server closed the connection."""


class Late(Exception):
    """No response in time."""


class Connection:
    """Blocking; each read waits `timeout` seconds at most."""

    def __init__(self, host, port, timeout):
        try:
            self.socket = socket.create_connection((host, port), timeout=timeout)
        except OSError as error:
            raise Closed from error
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.deflate = self.inflate = None  # after compress()
        self.timeout = timeout
        self.ahead = []  # responses that came before they were asked for

    def close(self):
        self.socket.close()

    def starttls(self, certificate=None):
        """`certificate`: the client's, and its key, if it shows one."""
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        if certificate:
            context.load_cert_chain(*certificate)
        self.socket = context.wrap_socket(self.socket)

    def compress(self):
        """RFC 4978: raw DEFLATE both ways from here on."""
        self.deflate = zlib.compressobj(wbits=-15)
        self.inflate = zlib.decompressobj(wbits=-15)

    def send(self, data):
        if self.deflate:
            data = self.deflate.compress(data) + self.deflate.flush(zlib.Z_SYNC_FLUSH)
        try:
            self.socket.sendall(data)
        except OSError:
            pass  # the next read says that it is closed

    def _more(self):
        try:
            data = self.socket.recv(65536)
        except (TimeoutError, ssl.SSLWantReadError) as error:
            raise Late from error
        except OSError as error:
            raise Closed from error
        if not data:
            raise Closed
        self.buffer += self.inflate.decompress(data) if self.inflate else data

    def _line(self):
        while b"\n" not in self.buffer:
            self._more()
        line, _, self.buffer = self.buffer.partition(b"\n")
        return line.removesuffix(b"\r")

    def _octets(self, count):
        while len(self.buffer) < count:
            self._more()
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def pop3_line(self):
        if self.ahead:
            return self.ahead.pop(0)
        return self._line().decode("latin-1")

    def response(self):
        """An IMAP response with its literals (see match.py)."""
        if self.ahead:
            return self.ahead.pop(0)
        text = ""
        while True:
            line = self._line().decode("latin-1")
            size = re.search(r"\{(\d+)\}$", line)
            if not size or text == "" and line.startswith("+"):
                return text + line
            content = self._octets(int(size[1])).decode("latin-1")
            text += f"{line[:size.start()]}{LITERAL}{len(content)}:{content}"

    def wait_for_continuation(self, unsolicited):
        """Reads up to the "+"; what comes before it is kept in order in `unsolicited`."""
        while True:
            text = self.response()
            if text.startswith("+"):
                return True
            unsolicited.append(text)
            if not text.startswith("*"):
                return False  # refused


def substitute(text, variables):
    """Variables and $[text*count] in what is sent."""
    def one(match):
        if match[0] == "$$":
            return "$"
        if match[3] is not None:
            return unescape(match[3]) * int(match[4])
        name = match[1] or match[2]
        if name not in variables:
            raise PatternError(f"${name} is not known")
        return variables[name]

    return re.sub(r"\$\$|\$\{(\w+)\}|\$([a-z]\w*)|\$\[(.*?)\*(\d+)\]", one, text)


def send_line(connection, text, variables, messages):
    """Sends one command: text, {{literal}}s (waiting for the "+") and {+{literal}}s, CRLF."""
    pieces = re.split(r"(\{\+?\{.*?\}\})", substitute(text, variables))
    pending = ""
    for piece in pieces:
        literal = re.fullmatch(r"\{(\+?)\{(.*)\}\}", piece, re.S)
        if not literal:
            pending += piece
            continue
        content = literal_text(literal[2], messages)
        pending += f"{{{len(content.encode('latin-1'))}{literal[1]}}}\r\n"
        if literal[1]:
            pending += content
            continue
        connection.send(pending.encode("latin-1"))
        early = []
        if not connection.wait_for_continuation(early):
            connection.ahead += early
            return
        connection.ahead += early
        pending = content
    connection.send((pending + "\r\n").encode("latin-1"))
