"""Who may use the console: logins, sessions, forms, and the headers of every answer."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from ocpi_server import ConsoleRules
from ocpi_server._clock import utc_now
from ocpi_server.console import _visit
from tests.server_impl.console.operators import Operator, form_of, visiting
from tests.server_impl.pair import CPO, Served, served


async def test_there_is_no_console_unless_it_is_enabled(tmp_path: Path) -> None:
    async with served(tmp_path, CPO) as cpo, visiting(cpo) as operator:
        for path in ("", "/", "/login", "/static/console.css"):
            assert (await operator.get(path)).status_code == 401


@pytest.mark.parametrize(
    "path", ["", "/", "/login", "/logout", "/none", "/partners/none", "/static/console.css"]
)
async def test_every_answer_forbids_scripts_and_frames(path: str, operator: Operator) -> None:
    headers = (await operator.get(path)).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none';")
    assert "frame-ancestors 'none'" in policy
    assert not any(each in policy for each in ("script-src", "unsafe", "*"))
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    kept = "private" if "static" in path else "no-store"
    assert kept in headers["cache-control"]


async def test_who_is_not_logged_in_sees_the_login_only(host: Served, stranger: Operator) -> None:
    answer = await stranger.get("/objects?module=cdrs")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/console/login?next=/console/objects%3Fmodule%3Dcdrs"
    _, secret = await host.platform.keys.create("one", {"console"})
    answer = await stranger.login(secret, next="/console/objects?module=cdrs")
    assert answer.headers["location"] == "/console/objects?module=cdrs"
    cookie = answer.headers["set-cookie"].lower()
    assert all(each in cookie for each in ("httponly", "samesite=strict", "path=/console"))
    assert "secure" not in cookie
    assert (await stranger.get("/")).status_code == 200


@pytest.mark.parametrize("wanted", ["//evil.example/console/", "/console/../ocpi", "//["])
async def test_a_login_leads_to_no_other_site(
    wanted: str, host: Served, stranger: Operator
) -> None:
    _, secret = await host.platform.keys.create(f"for {wanted}", {"console"})
    assert (await stranger.login(secret, next=wanted)).headers["location"] == "/console/"


async def test_a_key_without_the_scope_opens_nothing(host: Served, stranger: Operator) -> None:
    _, secret = await host.platform.keys.create("reader", {"objects:read"})
    answer = await stranger.login(secret)
    assert answer.status_code == 403
    assert secret not in answer.text
    assert (await stranger.get("/")).status_code == 303


async def test_tokens_of_partners_open_nothing(host: Served, stranger: Operator) -> None:
    invitation = await host.platform.issue_token_a("curious")
    assert (await stranger.login(invitation.token)).status_code == 403
    for word in ("Token", "Bearer"):
        answer = await stranger.get("/", authorization=f"{word} {invitation.token}")
        assert answer.headers["location"] == "/console/login"


async def test_attempts_to_log_in_are_limited(tmp_path: Path) -> None:
    # At a platform of its own: attempts of other tests count too, from the same address.
    rules = ConsoleRules(enabled=True)
    async with (
        served(tmp_path, CPO, console=rules) as cpo,
        visiting(cpo) as stranger,
        visiting(cpo) as operator,
    ):
        answers = [await stranger.attempt("ocpi-key-\0-unknown") for _ in range(30)]
        # From the same address, as behind a proxy, an operator is not locked out.
        _, secret = await cpo.platform.keys.create("operator", ["console"])
        assert (await operator.attempt(secret)).status_code == 303
    assert {each.status_code for each in answers} == {403, 429}
    refused = next(each for each in answers if each.status_code == 429)
    assert int(refused.headers["retry-after"]) >= 1


async def test_a_session_ends_with_a_logout_everywhere(operator: Operator) -> None:
    cookies = dict(operator.http.cookies)
    assert (await operator.send("/logout", "/")).status_code == 303
    operator.http.cookies.update(cookies)
    assert (await operator.get("/")).status_code == 303


async def test_sessions_end_by_time_and_with_their_key(tmp_path: Path) -> None:
    ahead = timedelta()
    rules = ConsoleRules(enabled=True, session_hours=1)
    settings = {"console": rules, "clock": lambda: utc_now() + ahead}
    async with served(tmp_path, CPO, **settings) as cpo, visiting(cpo) as operator:
        key = await operator.enter(cpo, "console")
        assert (await operator.get("/")).status_code == 200
        ahead = timedelta(minutes=61)
        assert (await operator.get("/")).status_code == 303
        ahead = timedelta()
        assert (await operator.get("/")).status_code == 200
        await cpo.platform.keys.remove(key)
        assert (await operator.get("/")).status_code == 303


async def test_the_login_states_why_it_is_shown(host: Served, stranger: Operator) -> None:
    note = 'class="note"'
    assert note not in (await stranger.get("/login")).text
    assert "Log in to open the page." in (await stranger.get("/login?next=/console/map")).text
    key = await stranger.enter(host, "console")
    await host.platform.keys.remove(key)
    assert "Your session has ended." in (await stranger.get("/login?next=/console/map")).text


async def test_forms_of_other_sites_and_sessions_are_refused(operator: Operator) -> None:
    async def sent(data: dict[str, str], **headers: str) -> int:
        post = operator.http.post("/console/logout", data=data, headers=headers)
        return (await post).status_code

    hidden = {"form": form_of((await operator.get("/")).text)}
    assert await sent({"x": "1"}) == 403
    assert await sent({"form": "0" * 64}) == 403
    assert await sent(hidden, **{"sec-fetch-site": "cross-site"}) == 403
    assert await sent(hidden, **{"sec-fetch-site": "same-site"}) == 403
    assert await sent({"form": "x" * 100_000}) == 400
    plain = await operator.http.post("/console/logout", json=hidden)
    assert plain.status_code == 400
    assert (await operator.get("/")).status_code == 200, "it was logged out"
    assert await sent(hidden, **{"sec-fetch-site": "same-origin"}) == 303


@pytest.fixture
async def behind_https(host: Served) -> AsyncIterator[httpx2.AsyncClient]:
    """Reach a platform with a public URL of https; it is not started, and needs not be."""
    from dataclasses import replace  # noqa: PLC0415

    from ocpi_server import Platform  # noqa: PLC0415

    settings = replace(host.platform.settings, base_url="https://example.com/ocpi")
    transport = httpx2.ASGITransport(Platform(settings).app)
    async with httpx2.AsyncClient(transport=transport, base_url="https://example.com") as http:
        yield http


async def test_cookies_are_secure_behind_https(behind_https: httpx2.AsyncClient) -> None:
    answer = await behind_https.get("/console/login")
    assert "; secure" in answer.headers["set-cookie"].lower()


async def test_a_form_that_does_not_arrive_is_not_waited_for(
    host: Served, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(_visit, "_FORM_SECONDS", 0.1)
    target = urlsplit(host.base_url)
    head = (
        b"POST /console/login HTTP/1.1\r\nHost: x\r\nContent-Length: 50000\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\n\r\nform="
    )
    reader, writer = await asyncio.open_connection(target.hostname, target.port)
    writer.write(head)
    async with asyncio.timeout(60):
        assert b" 400 " in await reader.readline()
    writer.close()
    monkeypatch.setattr(_visit, "_FORM_SECONDS", 10)
    _, writer = await asyncio.open_connection(target.hostname, target.port)
    writer.write(head)
    await writer.drain()
    await asyncio.sleep(0.1)
    writer.close()  # a client that goes away is no fault of the platform
    await asyncio.sleep(0.1)
    assert "Traceback" not in caplog.text
