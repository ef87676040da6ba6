"""What an operator decides about a partner on pages of their own, and pages that come again."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from ocpi_runtime.dialect import Dialect
from ocpi_server import OwnParty
from ocpi_server.partners import Status
from ocpi_server.store.browsing import ObjectBrowser
from tests.server_impl.console.furnished import Furnished
from tests.server_impl.console.operators import Operator, visiting
from tests.server_impl.pair import EMSP, Served, introduce, served

AWAY = OwnParty("FR", "AWY", "EMSP", "Away Mobility")


@pytest_asyncio.fixture(loop_scope="session")
async def insider(world: Furnished) -> AsyncIterator[Operator]:
    """An operator of the platform with partners and objects."""
    async with visiting(world.cpo) as made:
        await made.enter(world.cpo, "*")
        yield made


async def test_a_registration_ends_after_a_question(
    host: Served, operator: Operator, tmp_path: Path
) -> None:
    async with served(tmp_path / "emsp", EMSP) as emsp:
        pair = await introduce(host, emsp, "Ended Mobility")
        page = f"/partners/{pair.at_cpo.id}"
        assert f'href="/console{page}/end"' in (await operator.get(page)).text
        asked = await operator.get(f"{page}/end")
        assert "End the registration of Ended Mobility?" in asked.text
        assert (await host.platform.partner(pair.at_cpo.id)).status is Status.REGISTERED
        answer = await operator.send(f"{page}/end", f"{page}/end")
        assert answer.headers["location"] == f"/console{page}?done=end", answer.text
        for platform, known in ((host, pair.at_cpo), (emsp, pair.at_emsp)):
            assert (await platform.platform.partner(known.id)).status is Status.UNREGISTERED
    assert "has ended on both sides" in (await operator.get(f"{page}?done=end")).text
    again = await operator.get(f"{page}/end")
    assert (again.status_code, "no registration to end" in again.text) == (409, True)


async def test_a_partner_that_is_away_is_ended_here_where_that_is_wanted(
    host: Served, operator: Operator, tmp_path: Path
) -> None:
    async with served(tmp_path / "away", AWAY) as guest:
        known = (await introduce(host, guest, "Away Mobility")).at_cpo
    page = f"/partners/{known.id}"
    refused = await operator.send(f"{page}/end", f"{page}/end")
    assert refused.status_code == 409
    assert "Unregistering at Away Mobility failed" in refused.text
    assert 'name="force"' in refused.text
    blocked = await host.platform.partner(known.id)
    assert (blocked.status, blocked.blocked is None) == (Status.REGISTERED, False)
    answer = await operator.send(f"{page}/end", f"{page}/end", force="1")
    assert answer.headers["location"] == f"/console{page}?done=end-here", answer.text
    assert (await host.platform.partner(known.id)).status is Status.UNREGISTERED


async def test_an_invitation_is_withdrawn_after_a_question(
    host: Served, operator: Operator
) -> None:
    made = await host.platform.issue_token_a("Mistaken Mobility")
    page = f"/partners/{made.partner_id}"
    assert f'href="/console{page}/withdraw"' in (await operator.get(page)).text
    assert (await operator.get(f"{page}/end")).status_code == 409
    asked = await operator.get(f"{page}/withdraw")
    assert "Withdraw the invitation of Mistaken Mobility?" in asked.text
    assert await host.platform.partners.authenticate([made.token]) is not None
    answer = await operator.send(f"{page}/withdraw", f"{page}/withdraw")
    assert answer.headers["location"] == "/console/?done=withdraw", answer.text
    assert await host.platform.partners.authenticate([made.token]) is None
    assert "The invitation is withdrawn" in (await operator.get("/?done=withdraw")).text
    assert (await operator.get(page)).status_code == 404


async def test_a_dialect_is_checked_and_its_secrets_stay(host: Served, operator: Operator) -> None:
    known = (await host.platform.issue_token_a("Dialect Mobility")).partner_id
    page = f"/partners/{known}/dialect"

    async def stored(toml: str) -> Dialect | None:
        answer = await operator.send(page, page, toml=toml)
        assert answer.headers["location"] == f"/console/partners/{known}?done=dialect", answer.text
        text = (await host.platform.partner(known)).dialect
        return None if text is None else Dialect.parse(text)

    headers = '\r\n[headers]\r\nx-gateway = "{}"\r\n'
    first = await stored('level = "lenient"' + headers.format("secret"))
    assert first == Dialect(level="lenient", headers={"x-gateway": "secret"})
    form = (await operator.get(page)).text
    assert ("secret" in form, "lenient" in form) == (False, True)
    assert "secret" not in (await operator.get(f"/partners/{known}")).text
    second = await stored('level = "standard"' + headers.format("********"))
    assert second == Dialect(headers={"x-gateway": "secret"})
    before = (await host.platform.partner(known)).dialect
    for wrong, reasons in {
        'level = "lenientt"\n[rules]\nenum-likely-x = true': ("Line 1: level", "Line 3: rules"),
        "level = \nedition = 1": ("Line 1: not TOML",),
        '[headers]\nx-other = "********"': ("no value is stored of x-other",),
        'edition = "core-99"': ("no edition",),
        '[defaults]\ntime_zone = "\N{HIGH VOLTAGE SIGN}\N{ELECTRIC PLUG}"': ("cannot be stored",),
        "[defaults]\nlast_updated = 2026-01-01": ("cannot be stored",),
    }.items():
        answer = await operator.send(page, page, toml=wrong)
        assert answer.status_code == 409, wrong
        assert all(each in answer.text for each in reasons), answer.text
        assert wrong.splitlines()[-1].partition(" ")[0] in answer.text.partition("<textarea")[2]
    assert (await host.platform.partner(known)).dialect == before
    assert await stored(" \r\n") is None


async def test_a_key_without_the_scope_sees_no_form(world: Furnished) -> None:
    async with visiting(world.cpo) as reader:
        await reader.enter(world.cpo, "console", "partners:read", "state:write")
        for partner in (world.pair.at_cpo.id, world.invited):
            page = f"/partners/{partner}"
            for name in ("end", "withdraw", "dialect"):
                assert f"{page}/{name}" not in (await reader.get(page)).text
                assert (await reader.get(f"{page}/{name}")).status_code == 403
                assert (await reader.send(f"{page}/{name}", page)).status_code == 403


async def test_pages_come_again_only_where_that_is_wanted(operator: Operator) -> None:
    for page in ("/", "/pushes"):
        once, often = await operator.get(page), await operator.get(f"{page}?refresh=30")
        assert ("refresh" in once.headers, often.headers["refresh"]) == (False, "30")
        assert 'href="?refresh=30"' in once.text
        assert 'href="?">Stop refreshing' in often.text
        for wrong in ("1", "99999", "x", "0;url=//evil.example"):
            assert "refresh" not in (await operator.get(f"{page}?refresh={wrong}")).headers
    assert "refresh" not in (await operator.get("/objects?refresh=30")).headers


async def test_what_the_platform_notes_for_itself_is_no_object(
    world: Furnished, insider: Operator
) -> None:
    browser = ObjectBrowser(world.cpo.platform.parts.store.database)
    noted = [each for each in await browser.lists() if each.module == "occupied_evses"]
    (note,) = await browser.newest(noted, 1)
    assert "occupied_evses" not in (await insider.get("/")).text
    listed = (await insider.get("/objects?module=occupied_evses")).text
    assert f'/console/objects/{note.seq}"' not in listed
    assert (await insider.get(f"/objects/{note.seq}")).status_code == 404
    assert (await insider.get(f"/objects/{note.seq}/download")).status_code == 404


async def test_a_name_that_only_begins_like_a_url_is_shown_as_it_is(
    host: Served, operator: Operator
) -> None:
    await host.platform.issue_token_a("http://[of nobody")
    assert "http://[of nobody" in (await operator.get("/")).text
