"""Files kept under their own names, and handed out to whom their owner's policy names."""

from __future__ import annotations

import hashlib
import socket
import struct
import threading
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from aoce.common import files
from aoce.common.enums import ScanState
from aoce.common.files.store import OWNERS, clean_name
from aoce.common.models import StoredFile
from partners.enums import Role
from partners.models import Network
from tests.common import files_made as made
from tests.partners.factories import NetworkFactory, actor_of, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def network() -> Network:
    return NetworkFactory()


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """Return the ids of the owners whose files may be seen."""
    ids: set[int] = set()
    monkeypatch.setitem(OWNERS, "test", lambda _actor, owner_id: owner_id in ids)
    return ids


def kept(network: Network, name: str = "scan.pdf", content: bytes | None = None) -> StoredFile:
    user = person(network, Role.LEAD_PARTNER)
    return files.store_upload(
        actor=actor_of(user, network),
        network_id=network.pk,
        owner_kind="test",
        owner_id=1,
        upload=made.upload(name, content or made.pdf(2)),
        allowed=["pdf", "png"],
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("jelenlét-2024-04-16.xlsx", "jelenlét-2024-04-16.xlsx"),
        ("C:\\Users\\me\\Bericht.pdf", "Bericht.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\u0000b\r\nc.pdf", "abc.pdf"),
        ("u\u0308.pdf", "ü.pdf"),
        ("", "file"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_name_is_kept_without_its_folders(name: str, expected: str) -> None:
    assert clean_name(name) == expected


def test_upload_keeps_name_size_digest_pages_and_who(network: Network) -> None:
    content = made.pdf(2)
    file = kept(network, "Lista obecności.pdf", content)
    assert (file.name, file.size, file.pages) == ("Lista obecności.pdf", len(content), 2)
    assert file.sha256 == hashlib.sha256(content).hexdigest()
    assert file.uploaded_by_id is not None
    with file.file.open("rb") as stored:
        assert stored.read() == content
    assert "Lista" not in file.file.name


def fetch(network: Network, file: StoredFile) -> Any:
    client = Client()
    client.force_login(person(network, Role.OBSERVER))
    response = client.get(reverse("common:file", kwargs={"network": network.slug, "uuid": file.pk}))
    response.body = response.getvalue()  # read to the end, or the file stays open
    return response


def test_download_has_its_name_and_runs_nothing(network: Network, seen: set[int]) -> None:
    seen.add(1)
    content = made.pdf(1)
    response = fetch(network, kept(network, "Jelenléti ív.pdf", content))
    assert response.body == content
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''Jelenl%C3%A9ti%20%C3%ADv.pdf"
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cache-Control"] == "private, no-store"


def test_download_is_left_to_the_web_server(network: Network, seen: set[int], settings: Settings) -> None:
    seen.add(1)
    settings.ACCEL_PREFIX = "/private/"
    file = kept(network)
    response = fetch(network, file)
    assert response["X-Accel-Redirect"] == f"/private/{file.file.name}"
    assert response.content == b""
    assert response["Content-Disposition"] == 'attachment; filename="scan.pdf"'


def test_file_of_somebody_else_does_not_exist(network: Network, seen: set[int]) -> None:
    file = kept(network)
    assert fetch(network, file).status_code == 404
    seen.add(1)
    assert fetch(network, file).status_code == 200
    assert fetch(NetworkFactory(), file).status_code == 404


def test_removed_file_is_gone_but_its_bytes_stay(network: Network, seen: set[int]) -> None:
    seen.add(1)
    file = kept(network)
    files.remove(file=file)
    assert list(files.files_of("test", 1)) == []
    assert fetch(network, file).status_code == 404
    assert file.file.storage.exists(file.file.name)


def clamd(answer: bytes) -> tuple[str, list[bytes]]:
    """Start a scanner that takes one stream and gives ``answer``; return its address and what it got."""
    server = socket.create_server(("127.0.0.1", 0))
    got: list[bytes] = []

    def serve() -> None:
        line, _address = server.accept()
        with line, server, line.makefile("rb") as reader:
            got.append(reader.read(len(b"zINSTREAM\0")))
            while size := struct.unpack("!I", reader.read(4))[0]:
                got.append(reader.read(size))
            line.sendall(answer + b"\0")

    threading.Thread(target=serve, daemon=True).start()
    return f"tcp://127.0.0.1:{server.getsockname()[1]}", got


def test_clean_file_is_marked_clean(network: Network, settings: Settings) -> None:
    settings.CLAMD_URL, got = clamd(b"stream: OK")
    content = made.pdf(1)
    file = kept(network, content=content)
    assert file.scan_state == ScanState.CLEAN
    assert (got[0], b"".join(got[1:])) == (b"zINSTREAM\0", content)


def test_infected_file_is_refused(network: Network, settings: Settings) -> None:
    settings.CLAMD_URL, _got = clamd(b"stream: Eicar-Test-Signature FOUND")
    with pytest.raises(files.UploadRefusedError) as caught:
        kept(network)
    assert str(caught.value) == (
        "The virus scanner found something in “scan.pdf”. Clean the file before you upload it."
    )
    assert StoredFile.objects.count() == 0


def test_silent_scanner_refuses_and_says_so(network: Network, settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    settings.CLAMD_URL = f"tcp://127.0.0.1:{port}"
    with pytest.raises(files.UploadRefusedError, match="does not answer"):
        kept(network)
    assert StoredFile.objects.count() == 0
