"""The server binding compared with bare Starlette and FastAPI: CPU and requests per second."""

import base64
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from bench.figures import Samples
from bench.load import LoadRequest, drive
from bench.process import Server, serving
from bench.samples import location
from bench.servers import TOKEN
from ocpi_runtime import codec

__all__ = ["TARGETS", "measure"]

TARGETS = {
    "one": 0.75,
    "page of 50, models": 0.7,
    "page of 50, Raw": 0.9,
    "PUT with validation": 0.6,
}
_COUNTS = {"one": 6000, "page of 50": 1200, "PUT with validation": 4000}
_WARM = 200
_PYDANTIC = "pydantic_models.v2_2_1.models"
_FASTAPI = "bench.servers.fastapi_models"


def _requests() -> dict[str, LoadRequest]:
    token = base64.b64encode(TOKEN.encode()).decode()
    headers = (
        ("Authorization", f"Token {token}"),
        ("X-Request-ID", "6f1c9f9e-3b2e-4f53-9a2d-6a1f3a9f8f10"),
        ("X-Correlation-ID", "0d5a7a86-52c8-4a43-8d41-4f2d56a2a7b1"),
    )
    listing, receiver = "/2.2.1/sender/locations", "/2.2.1/receiver/locations"
    body = codec.encode(location())
    return {
        "one": LoadRequest("GET", f"{listing}/LOC00000", headers=headers),
        "page of 50": LoadRequest("GET", f"{listing}?limit=50", headers=headers),
        "PUT with validation": LoadRequest("PUT", f"{receiver}/NL/TNM/LOC00000", body, headers),
    }


@contextmanager
def _pydantic_models() -> Iterator[tuple[str, str]]:
    """Generate the pydantic models beside, and return where they lie and what they are called."""
    with tempfile.TemporaryDirectory() as folder:
        ocpi = str(Path(sys.executable).parent / "ocpi")
        out = str(Path(folder) / _PYDANTIC.partition(".")[0])
        command = [ocpi, "generate", "--models", "pydantic", "--version", "2.2.1", "--out", out]
        subprocess.run(command, check=True)  # noqa: S603 - our own command
        yield folder, _PYDANTIC


def measure(rounds: int) -> dict[str, Any]:
    """Run all servers side by side, one round after the other, the servers in turn.

    Returns:
        Figures for each server and request, and the ratios to bare Starlette.
    """
    requests = _requests()
    with ExitStack() as stack:
        folder, package = stack.enter_context(_pydantic_models())
        servers = {
            "bare": stack.enter_context(serving("bench.servers.bare")),
            "models": stack.enter_context(serving("bench.servers.ours", "models")),
            "raw": stack.enter_context(serving("bench.servers.ours", "raw")),
            "fastapi": stack.enter_context(
                serving("bench.servers.fastapi_models", folder, package)
            ),
        }
        samples = {(s, r): Samples() for s in servers for r in requests}
        for number in range(rounds + 1):
            for (server, request), sample in samples.items():
                _once(servers[server], requests[request], request, sample, warm=number == 0)
    return _report(samples)


def _once(server: Server, request: LoadRequest, name: str, sample: Samples, *, warm: bool) -> None:
    count = _WARM if warm else _COUNTS[name]
    before = server.cpu_seconds()
    seconds = drive(server.port, [request], count)
    if not warm:
        sample.add(cpu=(server.cpu_seconds() - before) / count, rate=count / seconds)


def _report(samples: Mapping[tuple[str, str], Samples]) -> dict[str, Any]:
    figures = {f"{server}: {name}": sample.figures() for (server, name), sample in samples.items()}

    def ratio(server: str, name: str) -> dict[str, float]:
        return samples["bare", name].ratio(samples[server, name])

    ratios = {
        "one": ratio("models", "one"),
        "page of 50, models": ratio("models", "page of 50"),
        "page of 50, Raw": ratio("raw", "page of 50"),
        "PUT with validation": ratio("models", "PUT with validation"),
    }
    compared = {name: ratio("fastapi", name) for name in _COUNTS}
    return {"figures": figures, "cpu ratio to bare": ratios, "fastapi to bare": compared}
