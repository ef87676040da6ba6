"""Secrets stay secret: a platform with everything switched on shows none of those it handles."""

import asyncio
import base64
import json
import re
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import msgspec
from typer.testing import CliRunner

from ocpi_server import MessageRules, Platform, load_settings
from ocpi_server.cli import app
from ocpi_server.message_log import MessageFilter
from tests.server_impl.console.operators import form_of
from tests.server_impl.pair import EMSP, Served, location, served

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
UNKNOWN = "canary-of-nobody-00000001"
REPEATED = "canary-in-a-body-00000002"
BROKEN = "canary-in-rubbish-00000003"
HEADER = "canary-in-a-header-00000005"
OPERATOR = "canary-of-no-operator-00000004"


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


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


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
    async with asyncio.timeout(60), httpx2.AsyncClient() as http:
        while True:
            try:
                if (await http.get(f"{root}/readyz")).status_code == 200:
                    return
            except httpx2.TransportError:
                await asyncio.sleep(0.1)


async def exchange(host: Watched, emsp: Served) -> None:
    """Register the eMSP, and exchange objects in both directions."""
    words = ("partners", "invite", "Guest", "--party", "DE-MSP:EMSP", "--json")
    invitation = json.loads(await host.run(*words, show=False))
    host.secrets["token A"] = invitation["token"]
    partner = await emsp.platform.register_with(invitation["versions_url"], invitation["token"])
    host.secrets["token B"] = emsp.platform.partners.open_token(partner)
    async with Platform(load_settings(host.config)) as platform:
        known = await platform.partner(invitation["partner"])
        host.secrets["token C"] = platform.partners.open_token(known)
    host.secrets["a header for the partner"] = HEADER
    header = f"X-Api-Key: {HEADER}"
    await host.run("partners", "transport", "Guest", "--header", header, show=False)
    await host.run("partners", "transport", "Guest")
    hook = await operator(host, "POST", "webhooks", {"url": "http://127.0.0.1:9/hook"})
    host.secrets["the secret of a webhook"] = hook.json()["data"]["secret"]
    await operator(host, "PUT", "own/2.2.1/locations/NL/CPO/LOC1", location())
    async with asyncio.timeout(30):
        await emsp.platform.messages.follow(0, MessageFilter(module="locations"))
    await emsp.platform.pull_locations(partner)
    renewed = await emsp.platform.renew(partner)
    host.secrets["token B after renewal"] = emsp.platform.partners.open_token(renewed)


async def operator(host: Watched, method: str, path: str, body: Any = None) -> httpx2.Response:
    """Send a request to the operator API."""
    headers = {"Authorization": f"Bearer {host.secrets[KEY]}"}
    async with httpx2.AsyncClient(headers=headers) as http:
        return await http.request(method, f"{host.root}/operator/v1/{path}", json=body)


async def misuse(host: Watched) -> None:
    """Send secrets where they are refused: every answer is looked at."""
    host.secrets |= {
        "a token of nobody": UNKNOWN, "a token in a body": REPEATED, "a token in rubbish": BROKEN,
        "a key of nobody": OPERATOR,
    }  # fmt: skip
    url = f"{host.root}/ocpi"
    token = host.secrets["token B after renewal"]
    good = {"Authorization": f"Token {base64.b64encode(token.encode()).decode()}"}
    wrong = json.dumps({"token": REPEATED, "url": 5, "roles": []}).encode()
    rubbish = f'{{"token": "{BROKEN}", '.encode()
    own = f"{host.root}/operator/v1/own/2.2.1/locations"
    refused = (
        ("GET", f"{url}/versions", {"Authorization": f"Token {UNKNOWN}"}, b""),
        ("GET", f"{url}/versions", {"Authorization": f"Bearer {UNKNOWN}"}, b""),
        ("GET", f"{url}/2.2.1/nothing", {"Authorization": UNKNOWN}, b""),
        ("PUT", f"{url}/2.2.1/credentials", good, wrong),
        ("PUT", f"{url}/2.2.1/credentials/x", good, wrong),
        ("PUT", f"{url}/2.2.1/credentials", good, rubbish),
        ("GET", own, {"Authorization": f"Bearer {OPERATOR}"}, b""),
    )
    async with httpx2.AsyncClient() as http:
        for method, target, headers, body in refused:
            answer = await http.request(method, target, headers=headers, content=body)
            assert answer.json()["status_code"] >= 2000, answer.text
            host.shown[f"error {len(host.shown)}"] = f"{answer.headers}{answer.text}"
        page = await http.get(f"{host.root}/console/login")
        form = {"form": form_of(page.text), "key": OPERATOR}
        page = await http.post(f"{host.root}/console/login", data=form)
        host.shown["a refused login"] = f"{page.headers}{page.text}"


async def look(host: Watched) -> None:
    """Read every page, the metrics, the operator API and what the commands print."""
    async with httpx2.AsyncClient() as http:
        page = await http.get(f"{host.root}/console/login")
        form = {"form": form_of(page.text), "key": host.secrets[KEY]}
        await http.post(f"{host.root}/console/login", data=form)
        host.secrets |= {f"cookie {each.name}": each.value or "" for each in http.cookies.jar}
        await _crawl(host, http)
        host.shown["metrics"] = (await http.get(f"http://127.0.0.1:{host.metrics}/metrics")).text
    (partner,) = (await operator(host, "GET", "partners")).json()["data"]
    for path in ("partners", f"partners/{partner['id']}", "webhooks", "messages", "pushes", "pulls",
                 "losses", "own/2.2.1/locations"):  # fmt: skip
        host.shown[f"operator {path}"] = (await operator(host, "GET", path)).text
    for words in (("log",), ("log", "--json", "--limit", "1000"), ("status", "--json"), ("config",),
                  ("partners", "list", "--json"), ("push", "status", "--json"), ("keys", "list"),
                  ("pull", "status"), ("losses", "--json")):  # fmt: skip
        await host.run(*words)


async def _crawl(host: Watched, http: httpx2.AsyncClient) -> None:
    """Read the pages of the console, at most a hundred."""
    waiting, known = ["/console"], {"/console"}
    while waiting and len(known) < 100:
        path = waiting.pop()
        answer = await http.get(f"{host.root}{path}", follow_redirects=True)
        host.shown[path] = answer.text
        for found in re.findall(r'(?:href|hx-get)="(/console[^"#]*)"', answer.text):
            link = found.replace("&amp;", "&")
            if link not in known and "/static/" not in link:
                known.add(link)
                waiting.append(link)


async def test_no_secret_is_shown_anywhere(tmp_path: Path) -> None:
    (tmp_path / "cpo").mkdir()
    async with (
        served(tmp_path / "emsp", EMSP, messages=MessageRules(enabled=True)) as emsp,
        watched(tmp_path / "cpo") as host,
    ):
        await exchange(host, emsp)
        await misuse(host)
        await asyncio.sleep(1)  # the message log is written in batches
        await look(host)
    assert not [*host.leaks()]
    log = [json.loads(line) for line in host.shown["ocpi log --json --limit 1000"].splitlines()]
    seen = {(each["direction"], each["operation"]) for each in log}
    assert {("in", "post_credentials"), ("in", "put_credentials"), ("out", "get_versions"),
            ("out", "put_location"), ("in", "get_locations")} <= seen  # fmt: skip
    sent = [each for each in log if each["operation"] == "put_location"]
    assert sent[0]["request_headers"]["x-api-key"] == "***"
    assert sent[0]["request_headers"]["authorization"] == "***"
    assert len([where for where in host.shown if where.startswith("/console")]) > 8
    assert "ocpi_requests_total" in host.shown["metrics"]
    assert all(msgspec.json.decode(line) for line in host.shown["the log"].splitlines()[2:5])
    assert len(set(host.secrets.values())) >= 10
