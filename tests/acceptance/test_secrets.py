"""Secrets stay secret: a platform with everything switched on shows none of those it handles."""

import asyncio
import base64
import json
import re
from pathlib import Path
from typing import Any, Final

import httpx2
import msgspec

from ocpi_server import MessageRules, Platform, load_settings
from ocpi_server.message_log import MessageFilter
from tests.acceptance.support.watched import KEY, Watched, watched
from tests.server_impl.console.operators import form_of
from tests.server_impl.pair import EMSP, Served, location, served

UNKNOWN = "canary-of-nobody-00000001"
REPEATED = "canary-in-a-body-00000002"
BROKEN = "canary-in-rubbish-00000003"
HEADER = "canary-in-a-header-00000005"
OPERATOR = "canary-of-no-operator-00000004"
WRAPPED = "canary-in-a-list-00000006"
GATEWAY = "canary-of-a-gateway-00000007"
PATHS: Final = (
    "partners", "webhooks", "messages", "pushes", "pulls", "losses", "events", "orders", "requests",
    "own/2.2.1/locations",
)  # fmt: skip
"""Paths of the operator API that return what the platform knows."""


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
    async with asyncio.timeout(60):
        await emsp.platform.messages.follow(0, MessageFilter(module="locations"))
    await emsp.platform.pull_locations(partner)
    renewed = await emsp.platform.renew(partner)
    host.secrets["token B after renewal"] = emsp.platform.partners.open_token(renewed)


async def operator(host: Watched, method: str, path: str, body: Any = None) -> httpx2.Response:
    """Send a request to the operator API."""
    headers = {"Authorization": f"Bearer {host.secrets[KEY]}"}
    async with httpx2.AsyncClient(headers=headers, timeout=60) as http:
        return await http.request(method, f"{host.root}/operator/v1/{path}", json=body)


async def misuse(host: Watched) -> None:
    """Send secrets where they are refused: every answer is looked at."""
    host.secrets |= {
        "a token of nobody": UNKNOWN, "a token in a body": REPEATED, "a token in rubbish": BROKEN,
        "a key of nobody": OPERATOR, "a token in a list": WRAPPED, "a key of a gateway": GATEWAY,
    }  # fmt: skip
    url = f"{host.root}/ocpi"
    token = host.secrets["token B after renewal"]
    good = {"Authorization": f"Token {base64.b64encode(token.encode()).decode()}"}
    wrong = json.dumps({"token": REPEATED, "url": 5, "roles": []}).encode()
    rubbish = f'{{"token": "{BROKEN}", '.encode()
    wrapped = json.dumps([{"token": WRAPPED, "url": "http://127.0.0.1:9/"}]).encode()
    own = f"{host.root}/operator/v1/own/2.2.1/locations"
    refused = (
        ("GET", f"{url}/versions", {"Authorization": f"Token {UNKNOWN}"}, b""),
        ("GET", f"{url}/versions", {"Authorization": f"Bearer {UNKNOWN}"}, b""),
        ("GET", f"{url}/2.2.1/nothing", {"Authorization": UNKNOWN}, b""),
        ("PUT", f"{url}/2.2.1/credentials", good, wrong),
        ("PUT", f"{url}/2.2.1/credentials/x", good, wrong),
        ("PUT", f"{url}/2.2.1/credentials", good, rubbish),
        ("PUT", f"{url}/2.2.1/credentials", good, wrapped),
        ("GET", f"{url}/2.2.1/nothing", {**good, "X-Api-Key": GATEWAY}, b""),
        ("GET", own, {"Authorization": f"Bearer {OPERATOR}"}, b""),
    )
    async with httpx2.AsyncClient(timeout=60) as http:
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
    async with httpx2.AsyncClient(timeout=60) as http:
        page = await http.get(f"{host.root}/console/login")
        form = {"form": form_of(page.text), "key": host.secrets[KEY]}
        await http.post(f"{host.root}/console/login", data=form)
        host.secrets |= {f"cookie {each.name}": each.value or "" for each in http.cookies.jar}
        await _crawl(host, http)
        host.shown["metrics"] = (await http.get(f"http://127.0.0.1:{host.metrics}/metrics")).text
    (partner,) = (await operator(host, "GET", "partners")).json()["data"]
    messages = (await operator(host, "GET", "messages")).json()["data"]
    whole = (f"messages/{each['id']}" for each in messages)
    for path in (*PATHS, f"partners/{partner['id']}", *whole):
        host.shown[f"operator {path}"] = (await operator(host, "GET", path)).text
    for words in (("log",), ("log", "--json", "--limit", "1000"), ("status", "--json"), ("config",),
                  ("partners", "list", "--json"), ("push", "status", "--json"), ("keys", "list"),
                  ("pull", "status"), ("losses", "--json")):  # fmt: skip
        await host.run(*words)
    await _files(host)


async def _files(host: Watched) -> None:
    """Read the files of the platform, all but its key, and those that commands write."""
    folder = host.config.parent
    await host.run("log", "--har", str(folder / "log.har"))
    await host.run("db", "backup", str(folder / "copy.sqlite"))
    assert (folder / "copy.sqlite").stat().st_mode & 0o077 == 0
    for file in folder.iterdir():
        if file.is_file() and file.suffix != ".key":
            host.shown[f"the file {file.name}"] = file.read_bytes().decode("latin-1")


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
    records = [line for line in host.shown["the log"].splitlines() if line.startswith("{")]
    assert len(records) > 2
    assert all(map(msgspec.json.decode, records))
    assert len(set(host.secrets.values())) >= 12
    assert {"the file log.har", "the file copy.sqlite", "the file ocpi.sqlite"} <= {*host.shown}
