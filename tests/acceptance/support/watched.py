"""A platform in a process of its own with everything switched on, and all that it shows."""

import asyncio
import base64
import json
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import httpx2
from typer.testing import CliRunner

from ocpi_server.cli import app
from tests.support.serving import free_port

__all__ = ["KEY", "Watched", "watched"]

SETTINGS = """
base_url = "http://127.0.0.1:{port}/ocpi"
database = "sqlite:///{folder}/ocpi.sqlite"
[[parties]]
country_code = "NL"
party_id = "CPO"
role = "CPO"
name = "Example Charging"
[urls]
allow_private = true
allow_http = true
[log]
level = "debug"
format = "json"
requests = true
[messages]
enabled = true
body_bytes = 65536
[metrics]
port = {metrics}
[console]
enabled = true
[operator]
enabled = true
[open_data]
enabled = true
"""
KEY = "the key of an operator"


@dataclass
class Watched:
    """A platform in a process of its own, and all that it has shown.

    Attributes:
        config: Its settings file.
        port: Where it serves.
        metrics: Where its metrics are.
        secrets: What must not be shown, by what it is.
        shown: What was shown, by where that was.
    """

    config: Path
    port: int
    metrics: int
    secrets: dict[str, str] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def run(self, *words: str, show: bool = True) -> str:
        """Run a command of `ocpi`; what it prints is shown unless it is there to print a secret."""
        invoked = await asyncio.to_thread(
            CliRunner().invoke, app, [*words, "--config", str(self.config)]
        )
        if show:
            self.shown[f"ocpi {' '.join(words)}"] = invoked.output
        assert invoked.exit_code in {0, 1}, invoked.output
        return invoked.stdout

    def leaks(self) -> Iterator[str]:
        """Return which secret was shown where, in any of the ways to write it."""
        for what, secret in self.secrets.items():
            coded = base64.b64encode(secret.encode()).decode()
            for form in {secret, coded, coded.rstrip("="), quote(secret, safe="")}:
                yield from (
                    f"{what} in {where}" for where, text in self.shown.items() if form in text
                )


@asynccontextmanager
async def watched(folder: Path) -> AsyncIterator[Watched]:
    """Serve a platform with everything switched on, in a process of its own."""
    made = Watched(folder / "ocpi.toml", free_port(), free_port())
    text = SETTINGS.format(port=made.port, metrics=made.metrics, folder=folder)
    made.config.write_text(text)
    key = await made.run("keys", "add", "back end", "--scope", "*", "--json", show=False)
    made.secrets[KEY] = json.loads(key)["secret"]
    log = (folder / "serve.log").open("wb")
    program = "from ocpi_runtime.cli import main; main()"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, "serve", "--port", str(made.port), "--docs",
        "--config", str(made.config), stdout=log, stderr=log,
    )  # fmt: skip
    try:
        await _ready(made.root)
        yield made
        made.shown["process arguments"] = _arguments(process.pid)
    finally:
        process.terminate()
        await process.wait()
        log.close()
    made.shown["the log"] = (folder / "serve.log").read_text()


def _arguments(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text()


async def _ready(root: str) -> None:
    async with asyncio.timeout(60), httpx2.AsyncClient(timeout=60) as http:
        while True:
            try:
                if (await http.get(f"{root}/readyz")).status_code == 200:
                    return
            except httpx2.TransportError:
                await asyncio.sleep(0.1)
