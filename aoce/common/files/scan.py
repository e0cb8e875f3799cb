"""The virus scanner, when one is configured: ClamAV's daemon over its INSTREAM protocol."""

from __future__ import annotations

import socket
import struct
from typing import IO
from urllib.parse import urlsplit

from django.conf import settings

from aoce.common.enums import ScanState

CHUNK = 64 * 1024


def _connect() -> socket.socket:
    address = urlsplit(settings.CLAMD_URL)
    if address.scheme == "unix":
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(30)
        line.connect(address.path)
        return line
    return socket.create_connection((address.hostname, address.port or 3310), timeout=30)


def scan(file: IO[bytes]) -> ScanState:
    """Return what clamd says of the file; not scanned when none is configured. OSError when it does not answer.

    ``CLAMD_URL`` is ``tcp://host:3310`` or ``unix:///run/clamav/clamd.ctl``.
    """
    if not settings.CLAMD_URL:
        return ScanState.NOT_SCANNED
    file.seek(0)
    with _connect() as line:
        line.sendall(b"zINSTREAM\0")
        while chunk := file.read(CHUNK):
            line.sendall(struct.pack("!I", len(chunk)) + chunk)
        line.sendall(struct.pack("!I", 0))
        answer = b""
        while not answer.endswith(b"\0") and (part := line.recv(4096)):
            answer += part
    file.seek(0)
    if b"FOUND" in answer:
        return ScanState.INFECTED
    if b"OK" not in answer:
        raise OSError(f"clamd answered {answer!r}")
    return ScanState.CLEAN
