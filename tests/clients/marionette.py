"""Thunderbird by remote control: starts it without a screen and runs JavaScript in it."""
import json
import os
import pathlib
import socket
import subprocess
import time

PATIENCE = 60  # seconds


class Thunderbird:
    """A context manager. `preferences`: of a new profile in `folder`."""

    def __init__(self, folder, preferences, log_modules):
        self.folder, self.log_modules = pathlib.Path(folder), log_modules
        self.preferences = {"marionette.port": 0, **preferences}
        self.process = self.socket = None
        self.received, self.commands = b"", 0

    def __enter__(self):
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n"
                 for name, value in self.preferences.items()]
        (self.folder / "user.js").write_text("".join(lines), encoding="utf-8")
        surroundings = dict(os.environ, HOME=str(self.folder), MOZ_HEADLESS="1",
                            MOZ_LOG=f"sync,{self.log_modules}", MOZ_LOG_FILE=str(self.log_path()))
        with open(self.folder / "output", "wb") as output:
            self.process = subprocess.Popen(
                ["thunderbird", "--headless", "--marionette", "--remote-allow-system-access",
                 "--no-remote", "--profile", str(self.folder)],
                env=surroundings, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        try:
            self._connect()
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise
        return self

    def __exit__(self, *_):
        self.socket.close()
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def log_path(self):
        return self.folder / "log"

    def log(self):
        return "".join(path.read_text(encoding="utf-8", errors="replace")
                       for path in sorted(self.folder.glob("log*.moz_log")))

    def _connect(self):
        port = self.folder / "MarionetteActivePort"
        deadline = time.monotonic() + PATIENCE
        while not (port.exists() and port.read_text().strip()):
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise RuntimeError("Thunderbird does not start")
            time.sleep(0.05)
        self.socket = socket.create_connection(("127.0.0.1", int(port.read_text())), PATIENCE)
        self._read()  # who it is
        self._command("WebDriver:NewSession", capabilities={})
        self._command("Marionette:SetContext", value="chrome")
        self._command("WebDriver:SetTimeouts", script=PATIENCE * 1000)

    def _read(self):
        while b":" not in self.received:
            self._more()
        size, _, self.received = self.received.partition(b":")
        while len(self.received) < int(size):
            self._more()
        text, self.received = self.received[:int(size)], self.received[int(size):]
        return json.loads(text)

    def _more(self):
        octets = self.socket.recv(65536)
        if not octets:
            raise RuntimeError("Thunderbird has ended")
        self.received += octets

    def _command(self, name, **parameters):
        self.commands += 1
        text = json.dumps([0, self.commands, name, parameters]).encode()
        self.socket.sendall(b"%d:%s" % (len(text), text))
        _, _, error, result = self._read()
        if error:
            raise RuntimeError(f"{name}: {error}")
        return result

    def run(self, script, *arguments):
        """What the body of an asynchronous function returns; its globals stay."""
        wrapped = ("const done = arguments[arguments.length - 1];"
                   f"(async (...given) => {{{script}}})(...arguments)"
                   ".then((value) => done({value}), (error) => done({error: String(error)}));")
        answer = self._command("WebDriver:ExecuteAsyncScript", script=wrapped,
                               args=list(arguments), sandbox="system", newSandbox=False)["value"]
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer.get("value")
