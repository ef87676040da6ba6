"""An operator cuts a partner off: at once, in all processes, whether or not the partner answers."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from ocpi_runtime.client import Exchange
from ocpi_runtime.errors import (
    GenericServerError,
    InvalidParameters,
    NotAuthorized,
    NotFound,
    OcpiError,
)
from ocpi_runtime.types import PartyId
from ocpi_server import PushRules
from ocpi_server._platform import Platform
from ocpi_server.partners import PartnerRole, Status, WrongState
from ocpi_server.store import Draft, Key
from tests.server_impl.pair import CPO, EMSP, Caller, Pair, calling, introduce, location, served
from tests.server_impl.reading import put
from tests.support.statements import watching_statements

OBJECT = Draft(Key.of("tokens", PartyId("DE", "XYZ"), "1"), b"{}", 1, "2.2.1", "somebody")


@asynccontextmanager
async def another_process(platform: Platform) -> AsyncIterator[Platform]:
    """Open a second platform on the same database, as another process does."""
    async with Platform(platform.settings) as other:
        yield other


async def test_a_blocked_partner_is_cut_off_both_ways_at_once(own_pair: Pair) -> None:
    cpo, emsp, key = own_pair.cpo, own_pair.emsp, own_pair.at_cpo.id
    peer = cpo.platform.clients.peer(own_pair.at_cpo)
    await peer.credentials.get_credentials()
    async with calling(cpo, emsp, own_pair.at_emsp) as call, another_process(cpo.platform) as other:
        url = cpo.url("sender", "locations")
        assert (await call("GET", url)).status_code == 200
        assert len(await cpo.platform.partners.registered()) == 1
        await other.administration.set_blocked(key, blocked=True)
        assert (await call("GET", url)).status_code == 401
        with pytest.raises(GenericServerError, match="blocked"):
            await peer.credentials.get_credentials()
        assert await cpo.platform.partners.registered() == []
        await other.administration.set_blocked(key, blocked=False)
        assert len(await cpo.platform.partners.registered()) == 1
        assert (await call("GET", url)).status_code == 200
        await peer.credentials.get_credentials()


@pytest.mark.one_node(reason="in other processes a block takes effect within a second")
async def test_no_push_begins_after_a_block(tmp_path: Path) -> None:
    came, began = list[str](), asyncio.Event()

    def counted(app: ASGIApp) -> ASGIApp:
        async def counting(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http" and "/receiver/locations/" in scope["path"]:
                came.append(scope["path"])
                began.set()
            await app(scope, receive, send)

        return counting

    async with (
        served(tmp_path / "cpo", CPO, push=PushRules(at_once=1)) as cpo,
        served(tmp_path / "emsp", EMSP, wrap=counted) as emsp,
    ):
        pair = await introduce(cpo, emsp)
        await put(cpo, "locations", *(location(f"L{number}") for number in range(200)))
        await cpo.platform.resync(pair.at_cpo.id, "locations")
        await began.wait()
        await cpo.platform.administration.set_blocked(pair.at_cpo.id, blocked=True)
        before = len(came)
        await asyncio.sleep(0.4)
        assert before < 200
        assert len(came) <= before + 1  # the one that was on its way


@pytest.mark.sqlite
@pytest.mark.one_node(reason="what was looked up is remembered by one process")
async def test_a_token_is_looked_up_again_once_something_else_was_committed(own_pair: Pair) -> None:
    cpo, emsp = own_pair.cpo, own_pair.emsp
    statements: list[str] = []

    def looked_up() -> bool:
        found = any("token_digest = " in each for each in statements)
        statements.clear()
        return found

    async with calling(cpo, emsp, own_pair.at_emsp) as call, another_process(cpo.platform) as other:
        url = cpo.url("sender", "locations")
        await call("GET", url)
        with watching_statements(statements.append):
            assert (await call("GET", url)).status_code == 200
            assert not looked_up()
            await cpo.platform.parts.store.put(OBJECT)
            statements.clear()
            assert (await call("GET", url)).status_code == 200
            assert not looked_up()  # objects that it writes itself change no partner
            for change in (
                other.administration.set_dialect(own_pair.at_cpo.id, None),
                other.parts.store.put(OBJECT),
                cpo.platform.administration.set_dialect(own_pair.at_cpo.id, None),
            ):
                await change
                statements.clear()
                assert (await call("GET", url)).status_code == 200
                assert looked_up()


async def test_partners_that_have_not_changed_are_not_read_again(own_pair: Pair) -> None:
    partners = own_pair.cpo.platform.partners
    before = await partners.every()
    statements: list[str] = []
    with watching_statements(statements.append):
        assert await partners.every() == before
    assert not any("sealed_token" in each for each in statements)


async def test_the_end_is_reported_to_the_partner(own_pair: Pair) -> None:
    cpo, emsp = own_pair.cpo, own_pair.emsp
    assert await cpo.platform.end(own_pair.at_cpo.id)
    assert (await cpo.platform.partner(own_pair.at_cpo.id)).status is Status.UNREGISTERED
    assert (await emsp.platform.partner(own_pair.at_emsp.id)).status is Status.UNREGISTERED
    with pytest.raises(WrongState):
        await cpo.platform.end(own_pair.at_cpo.id)


@pytest.mark.parametrize("force", [False, True])
async def test_a_partner_that_does_not_answer_is_cut_off_too(
    tmp_path: Path, *, force: bool
) -> None:
    async with served(tmp_path / "cpo", CPO) as cpo:
        async with served(tmp_path / "gone", EMSP) as gone:
            invitation = await cpo.platform.issue_token_a("guest")
            at_guest = await gone.platform.register_with(invitation.versions_url, invitation.token)
            token = gone.platform.partners.open_token(at_guest)
        key = invitation.partner_id
        async with httpx2.AsyncClient(timeout=60) as http:
            call = Caller(http, token)
            assert (await call("GET", cpo.url("credentials"))).status_code == 200
            if force:
                assert not await cpo.platform.end(key, force=True)
            else:
                with pytest.raises(OcpiError):
                    await cpo.platform.end(key)
            assert (await call("GET", cpo.url("credentials"))).status_code == 401
        record = await cpo.platform.partner(key)
        assert record.status is (Status.UNREGISTERED if force else Status.REGISTERED)
        assert (record.blocked is None) == force


async def test_a_withdrawn_invitation_opens_nothing(tmp_path: Path) -> None:
    async with served(tmp_path / "a", CPO) as cpo, served(tmp_path / "b", EMSP) as emsp:
        made = await cpo.platform.issue_token_a("guest")
        await cpo.platform.administration.withdraw(made.partner_id)
        with pytest.raises(NotAuthorized):
            await emsp.platform.register_with(made.versions_url, made.token)
        with pytest.raises(NotFound):
            await cpo.platform.administration.withdraw(made.partner_id)


async def test_a_token_a_expires_and_is_removed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    now = [datetime(2026, 1, 1, tzinfo=UTC)]
    caplog.set_level(logging.INFO, "ocpi_server.partners")
    async with (
        served(tmp_path / "a", CPO, clock=lambda: now[0]) as cpo,
        served(tmp_path / "b", EMSP) as emsp,
    ):
        made = await cpo.platform.issue_token_a("guest")
        short = await cpo.platform.issue_token_a("short", days=1)
        async with httpx2.AsyncClient(timeout=60) as http:
            now[0] += timedelta(days=7, seconds=-1)
            assert (await Caller(http, made.token)("GET", made.versions_url)).status_code == 200
            assert (await Caller(http, short.token)("GET", made.versions_url)).status_code == 401
            now[0] += timedelta(seconds=1)
            assert (await Caller(http, made.token)("GET", made.versions_url)).status_code == 401
        await cpo.platform.administration.tidy()
        assert await cpo.platform.partners.every() == []
        with pytest.raises(NotAuthorized):
            await emsp.platform.register_with(made.versions_url, made.token)
    assert "expired" in caplog.text
    assert made.token not in caplog.text


async def test_what_a_crash_left_in_the_middle_is_removed(tmp_path: Path) -> None:
    now = [datetime(2026, 1, 1, tzinfo=UTC)]
    async with served(tmp_path, EMSP, clock=lambda: now[0]) as emsp:
        platform = emsp.platform
        await platform.partners.begin("left", "token-b")
        now[0] += timedelta(minutes=10)
        recent = await platform.partners.begin("busy", "token-c")
        now[0] += timedelta(minutes=10)
        await platform.administration.tidy()
        assert [each.id for each in await platform.partners.every()] == [recent.id]
        again = await platform.partners.begin("busy", "token-d", partner_id=recent.id)
        assert again.status is Status.CONNECTING


async def test_the_life_of_a_registration_is_logged(
    own_pair: Pair, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "ocpi_server.partners")
    cpo, emsp = own_pair.cpo.platform, own_pair.emsp.platform
    renewed = await emsp.renew(own_pair.at_emsp)
    secrets = [emsp.partners.open_token(renewed)]
    made = await cpo.issue_token_a("bad", roles=[PartnerRole("NSP", "FR", "NSP")])
    with pytest.raises(OcpiError):
        await emsp.register_with(made.versions_url, made.token)
    key = own_pair.at_cpo.id
    await cpo.administration.set_blocked(key, blocked=True)
    await cpo.administration.set_blocked(key, blocked=False)
    await cpo.administration.withdraw(made.partner_id)
    await cpo.end(key)
    expected = [
        "renewed",
        "invited",
        "refused",
        "is blocked",
        "no longer blocked",
        "withdrawn",
        "has ended",
    ]
    assert [word for word in expected if word not in caplog.text] == []
    secrets += [made.token]
    assert not any(secret in caplog.text for secret in secrets)


async def test_a_registration_that_is_refused_here_is_undone_there(tmp_path: Path) -> None:
    calls = list[Exchange]()
    async with (
        served(tmp_path / "cpo", CPO) as cpo,
        served(tmp_path / "double", CPO) as double,  # speaks for the same party
        served(tmp_path / "emsp", EMSP, on_exchange=calls.append) as emsp,
    ):
        pair = await introduce(cpo, emsp)
        made = await double.platform.issue_token_a("guest")
        calls.clear()
        with pytest.raises(InvalidParameters, match="belong to another platform"):
            await emsp.platform.register_with(made.versions_url, made.token)
        sent = [call.method for call in calls if call.url.endswith("/credentials")]
        assert sent == ["POST", "DELETE"]
        there = await double.platform.partner(made.partner_id)
        assert there.status is Status.UNREGISTERED
        assert await double.platform.partners.registered() == []
        # The one that had the party before goes on.
        (known,) = await emsp.platform.partners.registered()
        assert known.id == pair.at_emsp.id
        await emsp.platform.clients.peer(known).credentials.get_credentials()
