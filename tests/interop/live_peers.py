"""Peers that others wrote, each in a process and a virtual environment of its own."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx2

from ocpi_bindings import v2_1_1, v2_2_1
from ocpi_conformance.mock import MockSettings, running_mock
from ocpi_runtime.binding import Binding
from ocpi_runtime.client import connect_sync
from ocpi_runtime.token import header_value
from ocpi_runtime.types import PartyId
from ocpi_runtime.urls import UrlPolicy
from tests.support.markdown import REPOSITORY
from tests.support.serving import free_port, wait_for_port
from tests.support.tls import certificates

__all__ = ["PEERS", "TOKEN", "Peer", "missing", "running_peer"]

PEERS: Final = {"extrawest": ".venv-peers", "pyocpi": ".venv-pyocpi"}
"""The module of each peer and the environment that ``make interop`` makes for it."""
TOKEN: Final = "interop-token"
_OWN: Final = PartyId("NL", "IOP")
_MODULES: Final = {"cpo": ("locations", "sessions", "cdrs", "tariffs"), "emsp": ("tokens",)}
_COUNT: Final = 12
_START_SECONDS: Final = 60.0
_HERE: Final = UrlPolicy(allow_private=True, allow_http=True)


@dataclass(frozen=True, slots=True)
class Peer:
    """A peer that runs.

    Attributes:
        name: Its module in ``tests.interop.peers``.
        versions_url: Where it lists its versions.
        ca: The authority of its certificate.
        token: The token that opens it.
    """

    name: str
    versions_url: str
    ca: Path
    token: str = TOKEN


def missing(name: str) -> str:
    """Return why a peer cannot be run; empty if it can."""
    python = REPOSITORY / PEERS[name] / "bin" / "python"
    return "" if python.exists() else f"{PEERS[name]} is missing; 'make interop' makes it"


@contextmanager
def running_peer(name: str, folder: Path) -> Iterator[Peer]:
    """Serve a peer at a free port until the block ends.

    Args:
        name: One of the peers.
        folder: For its certificate and its objects.
    """
    objects, certificate = folder / "objects.json", certificates(folder)
    objects.write_text(json.dumps({one.version: _objects(one) for one in _bindings()}))
    port = free_port()
    host = f"127.0.0.1:{port}"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own module
            [
                str(REPOSITORY / PEERS[name] / "bin" / "python"),
                *("-W", "ignore", "-m", f"tests.interop.peers.{name}"),
                *(str(port), str(objects), str(certificate.server)),
            ],
            cwd=REPOSITORY,
            env={
                "PATH": os.environ["PATH"],
                "OCPI_HOST": host,
                "SSL_CERT_FILE": str(certificate.ca),
            },
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait(process, port, folder / "log")
            yield Peer(name, f"https://{host}/ocpi/versions", certificate.ca)
        finally:
            _end(process)


def _bindings() -> list[Binding[Any, Any]]:
    return [v2_1_1.binding, v2_2_1.binding]


def _objects(binding: Binding[Any, Any]) -> dict[str, list[Any]]:
    """Return valid objects that belong together, by module: those of our own mock."""
    found: dict[str, list[Any]] = {}
    for role, modules in _MODULES.items():
        settings = MockSettings(role=role, count=_COUNT, page_size=_COUNT, party=_OWN)  # type: ignore[arg-type]
        with running_mock(binding, settings) as mock:
            for module in modules:
                found[module] = _listed(binding, mock.versions_url, settings.token, module)
    return found


def _listed(binding: Binding[Any, Any], url: str, token: str, module: str) -> list[Any]:
    role: Any = "EMSP" if module == "tokens" else "CPO"
    with connect_sync(url, token, bindings=[binding], policy=_HERE, peer_role=role) as peer:
        endpoint = next(one.url for one in peer.endpoints if one.module == module)
    coded = binding.interfaces[module, "sender"].token_base64
    headers = {"authorization": header_value(token, base64=coded)}
    answer = httpx2.get(endpoint, headers=headers, trust_env=False).json()
    listed: list[Any] = answer["data"]
    return listed


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End a peer; one that still waits for tasks in its background is killed."""
    process.terminate()
    try:
        process.wait(timeout=3)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(timeout=10)


def _wait(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    try:
        wait_for_port(process, port, _START_SECONDS)
    except RuntimeError as error:
        raise AssertionError(f"{error} {log.read_text()}") from None
