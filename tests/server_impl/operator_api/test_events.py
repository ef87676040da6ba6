"""Events: as a list, as a stream from any process, at webhooks; and what may go wrong there."""

import asyncio
import hmac
import logging
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest
from starlette.requests import Request
from starlette.responses import Response

from ocpi_runtime.urls import UrlPolicy
from ocpi_server._vault import Vault
from ocpi_server.operator_api._deliveries import Deliveries
from ocpi_server.operator_records import EventDraft, EventLog, WebhookList
from ocpi_server.store import Database
from tests.server_impl.operator_api.back_end import BackEnd, back_ends
from tests.server_impl.operator_api.test_operator_keys import NOW
from tests.server_impl.pair import location
from tests.support.serving import serving

POLICY = UrlPolicy(allow_private=True, allow_http=True)


async def until(is_so: Callable[[], bool]) -> None:
    """Wait for what happens in the thread of a receiver."""
    for _ in range(6000):
        if is_so():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen")


class Receiver:
    """Takes what is posted to a webhook, or refuses it."""

    def __init__(self) -> None:
        self.status = 200
        self.bodies: list[bytes] = []
        self.signatures: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        self.bodies.append(await request.body())
        self.signatures.append(request.headers["ocpi-signature"])
        headers = {"location": "http://169.254.169.254/"} if self.status >= 300 else {}
        await Response(status_code=self.status, headers=headers)(scope, receive, send)

    async def arrived(self) -> None:
        """Wait until something was posted."""
        await until(lambda: bool(self.bodies))

    @property
    def events(self) -> list[dict[str, Any]]:
        """All events that have come, also those that came twice."""
        return [one for body in self.bodies for one in msgspec.json.decode(body)["events"]]


class Unanswering:
    """Takes requests and never answers."""

    def __init__(self) -> None:
        self.requests = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        self.requests += 1
        while (await receive())["type"] != "http.disconnect":
            pass


async def test_events_are_in_one_order_and_old_ones_go(database: Database) -> None:
    log = EventLog(database, lambda: NOW)
    before = await log.last()
    await asyncio.gather(
        *(log.add(EventDraft("own.stored", uid=str(number))) for number in range(20))
    )
    found = await log.after(before)
    assert len({each.id for each in found}) == 20
    assert await log.after(found[9].id) == found[10:]
    assert await log.after(found[9].id, kinds=("order.",)) == []
    assert await log.last() == found[-1].id
    assert not await log.has_gap(found[0].id)
    later = EventLog(database, lambda: NOW.replace(month=12, day=30))
    await later.purge()
    assert await log.after(None) == found[-1:]
    assert await log.has_gap(found[0].id)
    assert not await log.has_gap(found[-1].id)


async def test_a_webhook_gets_what_it_missed_signed(tmp_path: Path) -> None:
    receiver = Receiver()
    with serving(lambda _: receiver) as url:
        async with back_ends(tmp_path) as (cpo, _):
            made = await cpo.data("POST", "webhooks", {"url": url, "kinds": ["own."]})
            receiver.status = 302
            await cpo.data("PUT", "own/2.2.1/locations/NL/CPO/A", location("A"))
            await receiver.arrived()
            (shown,) = await cpo.data("GET", "webhooks")
            while not shown["tries"]:
                await asyncio.sleep(0.05)
                (shown,) = await cpo.data("GET", "webhooks")
            assert (shown["tries"], shown["error"]) == (1, "HTTP status 302.")
            assert made["secret"] not in msgspec.json.encode(shown).decode()
            receiver.status = 200
            await cpo.data("PUT", "own/2.2.1/locations/NL/CPO/B", location("B"))
            for _ in range(1200):
                if {each["uid"] for each in receiver.events[1:]} == {"a", "b"}:
                    break
                await asyncio.sleep(0.05)
            assert [each["uid"] for each in receiver.events[1:]] == ["a", "b"]
            for body, header in zip(receiver.bodies, receiver.signatures, strict=True):
                assert signed_with(made["secret"], header, body) == [True]
            await cpo.data("DELETE", f"webhooks/{made['id']}")
            assert await cpo.data("GET", "webhooks") == []
            assert (await cpo.send("DELETE", f"webhooks/{made['id']}")).status_code == 404


def signed_with(secret: str, header: str, body: bytes) -> list[bool]:
    """Return which signatures of a message are made with a secret."""
    at, *digests = (each.partition("=")[2] for each in header.split(","))
    expected = hmac.new(secret.encode(), at.encode() + b"." + body, sha256).hexdigest()
    return [each == expected for each in digests]


async def test_the_secret_of_a_webhook_is_renewed_with_an_overlap(tmp_path: Path) -> None:
    receiver = Receiver()
    with serving(lambda _: receiver) as url:
        async with back_ends(tmp_path) as (cpo, _):
            made = await cpo.data("POST", "webhooks", {"url": url, "kinds": ["own."]})
            path, known = f"webhooks/{made['id']}/secret", [made["secret"]]

            async def signatures() -> list[list[bool]]:
                receiver.bodies.clear()
                receiver.signatures.clear()
                await cpo.data("PUT", "own/2.2.1/locations/NL/CPO/A", location("A"))
                await receiver.arrived()
                (header, body) = receiver.signatures[0], receiver.bodies[0]
                return [signed_with(secret, header, body) for secret in known]

            for overlap in (3600, 3600):
                found = await cpo.data("POST", path, {"overlap": overlap})
                assert found["id"] == made["id"]
                known.insert(0, found["secret"])
            assert await signatures() == [
                [True, False, False], [False, True, False], [False, False, True],
            ]  # fmt: skip
            refused = await cpo.send("POST", path, {"overlap": 60})
            assert "2 former secrets are still used" in refused.json()["status_message"]
            known.insert(0, (await cpo.data("POST", path, {"overlap": 0}))["secret"])
            assert await signatures() == [[True], [False], [False], [False]]
            known.insert(0, (await cpo.data("POST", path, {"overlap": 1}))["secret"])
            await asyncio.sleep(2.1)
            assert (await signatures())[0] == [True]
            for wrong in (-1, 2592001, None):
                refused = await cpo.send("POST", path, {"overlap": wrong})
                assert refused.json()["status_code"] == 2001
            assert (await cpo.send("POST", "webhooks/x/secret", {"overlap": 0})).status_code == 404
            assert known[0] not in (await cpo.send("GET", "webhooks")).text


async def test_a_webhook_passes_the_rules_for_urls(tmp_path: Path) -> None:
    async with back_ends(tmp_path) as (cpo, _):
        for url in ("http://169.254.169.254/", "ftp://x/", "https://", "no url"):
            answer = await cpo.send("POST", "webhooks", {"url": url})
            assert answer.json()["status_code"] >= 2000, url
        assert await cpo.data("GET", "webhooks") == []


async def test_the_url_of_a_dead_webhook_is_not_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "ocpi_runtime.client")
    async with back_ends(tmp_path) as (cpo, _):
        url = "http://127.0.0.1:9/canary-in-a-path?key=canary-in-a-query"
        await cpo.data("POST", "webhooks", {"url": url})
        await cpo.data("PUT", "own/2.2.1/locations/NL/CPO/A", location("A"))
        (shown,) = await cpo.data("GET", "webhooks")
        while not shown["tries"]:
            await asyncio.sleep(0.05)
            (shown,) = await cpo.data("GET", "webhooks")
    assert "canary" not in shown["error"]
    assert "127.0.0.1:9: " in caplog.text
    assert "canary" not in caplog.text


async def test_one_process_delivers_at_a_time(database: Database, vault: Vault) -> None:
    hooks = WebhookList(database, vault, lambda: NOW)
    log = EventLog(database, lambda: NOW)
    receiver = Receiver()
    with serving(lambda _: receiver) as url:
        webhook_id, _ = await hooks.add(url, (), await log.last())
        await log.add(EventDraft("own.stored", uid="1"))
        assert await hooks.due(await log.last()) == [webhook_id]
        taken = await asyncio.gather(*(hooks.take(webhook_id) for _ in range(4)))
        assert sum(each is not None for each in taken) == 1
        assert await hooks.due(await log.last()) == []
        await hooks.leave(webhook_id)
        async with Deliveries(hooks, log, POLICY).running():
            await receiver.arrived()
    assert [each["uid"] for each in receiver.events] == ["1"]
    assert await hooks.take(webhook_id) is not None  # no lease is left behind


async def test_webhooks_go_on_after_the_clock_went_back(database: Database, vault: Vault) -> None:
    now = NOW + timedelta(hours=5)
    hooks = WebhookList(database, vault, lambda: now)
    log = EventLog(database, lambda: now)
    failed, _ = await hooks.add("https://x.example/", (), await log.last())
    killed, _ = await hooks.add("https://y.example/", (), await log.last())
    await log.add(EventDraft("own.stored", uid="1"))
    first = await hooks.take(failed)
    assert first is not None
    await hooks.fail(first, "it was down")
    assert await hooks.take(killed) is not None
    assert await hooks.due(await log.last()) == []
    now = NOW
    assert sorted(await hooks.due(await log.last())) == sorted([failed, killed])
    assert await hooks.take(failed) is not None
    assert await hooks.take(killed) is not None


async def test_dead_webhooks_delay_no_other(database: Database, vault: Vault) -> None:
    hooks = WebhookList(database, vault, lambda: NOW)
    log = EventLog(database, lambda: NOW)
    good, dead = Receiver(), Unanswering()
    with serving(lambda _: good) as good_url, serving(lambda _: dead) as dead_url:
        for _ in range(19):
            await hooks.add(dead_url, (), await log.last())
        await hooks.add(good_url, (), await log.last())
        await log.add(*(EventDraft("own.stored", uid=str(number)) for number in range(250)))
        async with Deliveries(hooks, log, POLICY).running():
            await until(lambda: len(good.events) >= 250 and dead.requests >= 19)
            assert [each["uid"] for each in good.events] == [str(one) for one in range(250)]
            # The first attempts of all others have not ended.
            assert [each.tries for each in await hooks.every()] == [0] * 20
            await log.add(EventDraft("own.removed", uid="last"))
            await until(lambda: good.events[-1]["uid"] == "last")
            assert dead.requests == 19


async def test_a_webhook_hears_of_events_missed_for_good(database: Database, vault: Vault) -> None:
    hooks = WebhookList(database, vault, lambda: NOW)
    log = EventLog(database, lambda: NOW)
    later = EventLog(database, lambda: NOW + timedelta(days=2), timedelta(days=1))
    receiver = Receiver()
    with serving(lambda _: receiver) as url:
        await log.add(EventDraft("own.stored", uid="1"))
        await hooks.add(url, (), await log.last())
        await log.add(*(EventDraft("own.stored", uid=str(number)) for number in range(1200)))
        await later.add(EventDraft("own.stored", uid="new"))
        await later.purge()
        async with Deliveries(hooks, later, POLICY).running():
            await receiver.arrived()
            await later.add(EventDraft("own.stored", uid="newer"))
            await until(lambda: len(receiver.bodies) == 2)
    assert [msgspec.json.decode(each).get("gap") for each in receiver.bodies] == [True, None]
    assert [each["uid"] for each in receiver.events] == ["new", "newer"]


async def test_whatever_happens_to_a_partner_is_an_event(tmp_path: Path) -> None:
    async with back_ends(tmp_path) as (cpo, emsp):
        at = "0-0"
        invited = await cpo.data("POST", "partners/invitations", {"name": "Mobility"})
        partner = f"partners/{invited['partner']}"
        at = await changed(cpo, at, invited["partner"])
        made = {"versions_url": invited["versions_url"], "token": invited["token"]}
        await emsp.data("POST", "partners/registrations", made)
        for step in ("APPROVE", "RENEW", "BLOCK", "UNBLOCK"):
            at = await changed(cpo, at, invited["partner"])
            await cpo.data("POST", f"{partner}/actions", {"action": step})
        at = await changed(cpo, at, invited["partner"])
        await cpo.data("PUT", f"{partner}/dialect", {"toml": 'level = "lenient"'})
        at = await changed(cpo, at, invited["partner"])
        await cpo.data("DELETE", partner)
        at = await changed(cpo, at, invited["partner"])
        other = await cpo.data("POST", "partners/invitations", {"name": "Other"})
        at = await changed(cpo, at, other["partner"])
        await cpo.data("DELETE", f"partners/{other['partner']}")
        at = await changed(cpo, at, other["partner"], "partner.removed")
        more = await cpo.data("GET", f"events?after={at}")
        assert not [each for each in more if each["kind"] in PARTNER]


PARTNER = {"partner.changed", "partner.removed"}


async def changed(back_end: BackEnd, at: str, partner: str, kind: str = "partner.changed") -> str:
    """Return the place behind all events; after a place there must be one of a partner."""
    found = await back_end.data("GET", f"events?after={at}")
    assert (kind, partner) in {(each["kind"], each.get("partner")) for each in found}
    return str(found[-1]["id"])
