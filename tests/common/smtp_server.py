"""An SMTP server on a socket that answers by a script: well-behaved, or misbehaving at any step."""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

OK = {"greet": "220 hi", "ehlo": "250 ok", "mail": "250 ok", "rcpt": "250 ok", "data": "354 go", "dot": "250 kept"}


class Server(socketserver.ThreadingTCPServer):
    """Answers each step with a line, or drops the connection (``drop``), or says nothing (``hang``)."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, **script: str) -> None:
        """Answer by this script; a step may have ``a|b``: first ``a``, from then on ``b``. Changeable at any time."""
        super().__init__(("127.0.0.1", 0), Session)
        self.script = {**OK, **script}
        self.kept: list[bytes] = []
        self.connections = 0
        #: How long it keeps a text before it says so, in seconds.
        self.slow = 0.0
        #: Set when a session hangs.
        self.hanging = threading.Event()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    def handle_error(self, *_args: object) -> None:
        """A client that was killed is no error of the server's."""

    def answer(self, step: str) -> str:
        """Return the answer to this step."""
        first, _, rest = self.script[step].partition("|")
        if rest:
            self.script[step] = rest
        return first


class Session(socketserver.StreamRequestHandler):
    """One connection."""

    server: Server

    def say(self, step: str) -> bool:
        """Answer; False if the connection is over."""
        line = self.server.answer(step)
        if line == "hang":
            self.server.hanging.set()
            threading.Event().wait(30)
            return False
        if line == "drop":
            return False
        self.wfile.write(line.encode() + b"\r\n")
        return not line.startswith("421")

    def handle(self) -> None:
        """Talk."""
        self.server.connections += 1
        alive = self.say("greet")
        while alive and (line := self.rfile.readline()):
            word = line.split()[0].decode().lower().rstrip(":")
            if word in ("rset", "noop"):
                self.wfile.write(b"250 ok\r\n")
            elif word == "quit":
                self.wfile.write(b"221 bye\r\n")
                alive = False
            elif word == "data":
                alive = self.say("data")
                if alive and self.server.script["data"] == OK["data"]:
                    text = self.text()
                    if self.server.script["dot"].startswith(("250", "drop", "hang")):
                        self.server.kept.append(text)
                    time.sleep(self.server.slow)
                    alive = self.say("dot")
            else:
                alive = self.say("ehlo" if word == "helo" else word)

    def text(self) -> bytes:
        """Read up to the final dot."""
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        return b"".join(lines)


@contextmanager
def scripted_server(**script: str) -> Iterator[Server]:
    """Run a server while the block lasts."""
    with Server(**script) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()
