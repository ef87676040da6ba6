"""What the pages show, what their forms do, and what they never show."""

import asyncio
import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from ocpi_server import FeedRules, PullRules
from ocpi_server.partners import PartnerRecord, Status
from ocpi_server.store import Key
from tests.server_impl.console.furnished import Furnished
from tests.server_impl.console.operators import ENABLED, Operator, visiting
from tests.server_impl.pair import CPO, served
from tests.server_impl.reading import put
from tests.server_impl.samples import client_info

PAGES = (
    "/", "/invite", "/objects", "/objects?module=cdrs", "/objects?module=none", "/commands",
    "/pushes", "/messages", "/messages?status=failed&direction=out", "/messages?status=x",
    "/losses", "/map", "/map?whose=own&frame=0 -700 200 150", "/checks",
)  # fmt: skip


@pytest_asyncio.fixture(loop_scope="session")
async def operator(world: Furnished) -> AsyncIterator[Operator]:
    async with visiting(world.cpo) as made:
        await made.enter(world.cpo, "*")
        yield made


async def text_of(operator: Operator, path: str) -> str:
    answer = await operator.get(path)
    assert answer.status_code == 200, (path, answer.text)
    return answer.text


class _Active(HTMLParser):
    """Finds scripts, styles and handlers of events in a page."""

    def found_in(self, page: str) -> list[str]:
        self.found: list[str] = []
        self.feed(page)
        return self.found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        active = [name for name, _ in attrs if name == "style" or name.startswith("on")]
        self.found += active + [tag] * (tag in {"script", "style", "iframe", "object"})


def places(page: str) -> list[str]:
    return re.findall(r'href="(/objects/\d+)"', page.replace("/console/", "/"))


async def every_page(world: Furnished, operator: Operator) -> dict[str, str]:
    """Return the texts of all pages, and of all that they refer to."""
    found = {path: await text_of(operator, path) for path in PAGES}
    links = {
        link.replace("&amp;", "&")
        for page in found.values()
        for link in re.findall(r'href="/console(/(?:objects|messages|partners)/[^"#]+)"', page)
    }
    return found | {link: await text_of(operator, link) for link in sorted(links)}


async def test_no_page_shows_a_token_or_runs_what_others_wrote(
    world: Furnished, operator: Operator
) -> None:
    found = await every_page(world, operator)
    assert len(found) > 40
    secrets = await _secrets(world)
    for path, page in found.items():
        assert _Active().found_in(page) == [], path
        assert not [each for each in secrets if each in page], path
    assert sum("&lt;script&gt;" in page for page in found.values()) > 2


async def _secrets(world: Furnished) -> list[str]:
    partners = [*await world.cpo.platform.partners.every()]
    registered = [each for each in partners if each.status is Status.REGISTERED]
    theirs = world.emsp.platform.partners.open_token(world.pair.at_emsp)
    return [theirs, *(world.cpo.platform.partners.open_token(each) for each in registered)]


async def test_objects_are_found_by_owner_and_id(world: Furnished, operator: Operator) -> None:
    page = await text_of(operator, "/objects?module=sessions&id=s-000")
    assert len(places(page)) == 10
    assert "S-0003" in page
    assert len(places(await text_of(operator, "/objects?module=sessions&party=NL-CPO"))) == 13
    assert not places(await text_of(operator, "/objects?module=sessions&party=NL-XXX"))
    received = f"/objects?module=tokens&whose={world.pair.at_cpo.id}"
    assert "TOKEN1" in await text_of(operator, received)
    assert not places(await text_of(operator, "/objects?module=tokens&whose=own"))


async def test_a_cdr_is_priced_and_compared(operator: Operator) -> None:
    for uid, verdict in (("cdr-0000", "differs"), ("cdr-0001", "agrees")):
        (place,) = places(await text_of(operator, f"/objects?module=cdrs&id={uid}"))
        page = await text_of(operator, place)
        assert verdict in page
        assert "2.75" in page
    (session,) = places(await text_of(operator, "/objects?module=sessions&id=s-0001"))
    assert "Neither the object nor the store has its tariff" in await text_of(operator, session)


async def test_a_location_is_shown_in_each_version_with_what_is_lost(operator: Operator) -> None:
    (place,) = places(await text_of(operator, "/objects?module=locations&id=ams-01"))
    page = await text_of(operator, f"{place}?version=2.1.1")
    assert "CHARGING_PREFERENCES_CAPABLE cannot be represented in OCPI 2.1.1" in page
    assert "History" in page
    assert re.search(r"stored</span></li>", page)
    text = (await operator.get(f"{place}/download")).content
    assert msgspec.json.decode(text)["id"] == "AMS-01"


async def test_losses_name_objects_as_they_were_written(
    world: Furnished, operator: Operator
) -> None:
    (place,) = places(await text_of(operator, "/objects?module=locations&id=ams-01"))
    found = await world.cpo.platform.parts.store.get(Key.of("locations", CPO.id, "AMS-01"))
    assert found is not None
    await world.cpo.platform.parts.renditions.make_all([found], "2.1.1")
    page = await text_of(operator, "/losses")
    assert f'href="/console{place}">AMS-01</a>' in page
    assert "ams-01" not in page


async def test_repairs_are_counted_and_shown_without_secrets(world: Furnished) -> None:
    async with visiting(world.emsp) as operator:
        await operator.enter(world.emsp, "console")
        partner = await text_of(operator, f"/partners/{world.pair.at_emsp.id}")
        assert re.search(r"<li>\d+ . <code>", partner)
        assert "secret-of-a-gateway" not in partner
        (place,) = places(await text_of(operator, "/objects?module=locations&id=repaired"))
        page = await text_of(operator, place)
        assert "/last_updated" in page
        assert "2026-01-01T11:00:00+01:00" in page


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/partners/%00", 404),
        ("/objects/99999999999999999999", 404),
        ("/messages/x", 404),
        ("/checks/%F0%9F%94%8C", 404),
        ("/objects?id=%00&module=%00", 200),
        ("/objects?party=%E2%82%AC&id=%25_", 200),
        ("/commands?before=%00.%00&partner=%00", 200),
        ("/messages?partner=%00&since=yesterday", 200),
        ("/map?frame=nan+nan+nan+nan", 200),
    ],
)
async def test_odd_addresses_are_no_failures(path: str, status: int, operator: Operator) -> None:
    assert (await operator.get(path)).status_code == status


async def test_a_filter_for_an_unknown_partner_is_shown(operator: Operator) -> None:
    for path in ("/commands?partner=x", "/messages?partner=x", "/map?whose=x", "/objects?whose=x"):
        assert " selected>Unknown partner</option>" in await text_of(operator, path)


async def test_problems_come_first(world: Furnished, operator: Operator) -> None:
    page = await text_of(operator, "/")
    assert page.index("failing</span>") < page.index("connected</span>")
    assert "BROKEN" in await text_of(operator, "/losses")
    queue = await text_of(operator, f"/pushes?partner={world.late}")
    assert ">AMS-01</a>" in queue  # not as the queue has it, without its case
    assert "blocked</span>" in queue
    async with visiting(world.emsp) as other:
        await other.enter(world.emsp, "console")
        assert "START_SESSION" in await text_of(other, "/commands")


async def test_a_partner_with_problems_shows_all_and_its_exchanges(
    world: Furnished, operator: Operator
) -> None:
    page = await text_of(operator, f"/partners/{world.late}")
    assert "Pushes failed " in page
    assert '<svg class="chart"' in page
    assert "an hour ago" in page
    assert "Exchanges in the last hour" in await text_of(operator, "/")


async def test_a_partner_without_a_name_is_called_by_its_parties(world: Furnished) -> None:
    path = f"/partners/{world.pair.at_emsp.id}"
    async with visiting(world.emsp) as operator:
        await operator.enter(world.emsp, "*")
        for page in ("/", path, f"{path}/dialect", f"{path}/end", "/pushes", "/checks"):
            text = await text_of(operator, page)
            assert re.search(r"[ >]NL-CPO\??</(a|h1|option)>", text), page
            assert not re.search(r"http[^<]*</(a|h1|option)>", text), page


async def test_an_object_without_an_id_is_named_by_its_party(
    world: Furnished, operator: Operator
) -> None:
    await put(world.cpo, "hubclientinfo", client_info(CPO))
    page = await text_of(operator, "/objects?module=hubclientinfo")
    assert re.search(r'href="/console/objects/\d+">NL-CPO</a>', page)


async def test_a_source_of_feeds_is_shown_as_one(tmp_path: Path) -> None:
    feed = FeedRules("City", "http://127.0.0.1:9/locations.json")
    pull = PullRules(feeds=(feed,))
    async with served(tmp_path, CPO, console=ENABLED, pull=pull) as host, visiting(host) as visitor:
        await visitor.enter(host, "*")
        ((source, _),) = await host.platform.parts.schedule.feeds.plan()
        page = ""
        async with asyncio.timeout(60):
            while "The pull of locations failed" not in page:
                await asyncio.sleep(0.05)
                page = await text_of(visitor, f"/partners/{source}")
        assert "feed, without registration" in page
        assert feed.url in page
        assert "Pull all" in page
        assert "No endpoints" not in page
        answer = await visitor.send(
            f"/partners/{source}/pull", f"/partners/{source}", module="cdrs"
        )
        assert "Allowed: locations." in answer.text
        assert "failing" in await text_of(visitor, "/")


async def test_actions_change_the_partner(world: Furnished, operator: Operator) -> None:
    platform, page = world.cpo.platform, f"/partners/{world.pair.at_cpo.id}"

    async def act(name: str, **fields: str) -> PartnerRecord:
        answer = await operator.send(f"{page}/{name}", page, **fields)
        assert answer.headers["location"] == f"/console{page}?done={name}", answer.text
        return await platform.partner(world.pair.at_cpo.id)

    before = await platform.partner(world.pair.at_cpo.id)
    assert (await act("block")).blocked is not None
    assert (await act("unblock")).blocked is None
    assert (await act("renew")).sealed_token != before.sealed_token
    await act("resync", module="locations")
    await act("retry")
    await act("pull", module="tokens", whole="1")
    await platform.settled()
    states = {each.module: each for each in await platform.pull_status()}
    assert states["tokens"].ended is not None
    refused = await operator.send(f"{page}/pull", page, module="versions")
    assert refused.status_code == 409
    assert "Allowed: tokens." in refused.text
    assert (await operator.send(f"{page}/nothing", page)).status_code == 409


async def test_an_invitation_is_shown_once(world: Furnished, operator: Operator) -> None:
    answer = await operator.send("/invite", "/invite", name="New one", roles="NL-NEW:CPO", days="2")
    assert answer.status_code == 200
    (token,) = re.findall(r'Token A</span><code class="secret">([^<]+)<', answer.text)
    found = await world.cpo.platform.partners.authenticate([token])
    assert found is not None
    assert [str(each) for each in found.record.allowed] == ["NL-NEW:CPO"]
    assert token not in await text_of(operator, f"/partners/{found.record.id}")
    wrong: tuple[dict[str, Any], ...] = ({"name": ""}, {"roles": "x"}, {"days": "0"})
    for fields in wrong:
        refused = await operator.send("/invite", "/invite", **{"name": "x", **fields})
        assert refused.status_code == 409
        assert 'role="alert"' in refused.text
        assert 'name="name" required' in refused.text, "what was written is lost"
        assert f'value="{fields.get("roles", "")}"' in refused.text


async def test_an_invitation_whose_token_is_lost_is_made_again(
    world: Furnished, operator: Operator
) -> None:
    made = await world.cpo.platform.issue_token_a("Forgetful <Mobility>")
    page = f"/partners/{made.partner_id}"
    assert "Not registered yet" in await text_of(operator, page)
    form = f"/invite?partner={made.partner_id}"
    assert f'href="/console{form}"' in await text_of(operator, page)
    assert 'value="Forgetful &lt;Mobility&gt;"' in await text_of(operator, form)
    answer = await operator.send("/invite", form, partner=made.partner_id, name="Renamed")
    (token,) = re.findall(r'Token A</span><code class="secret">([^<]+)<', answer.text)
    for each, is_known in ((made.token, False), (token, True)):
        found = await world.cpo.platform.partners.authenticate([each])
        assert (found is not None) is is_known


@pytest.mark.parametrize("scopes", [("console",), ("console", "partners:read", "log:read")])
async def test_a_key_changes_only_what_it_is_for(world: Furnished, scopes: tuple[str, ...]) -> None:
    async with visiting(world.cpo) as reader:
        await reader.enter(world.cpo, *scopes)
        page = f"/partners/{world.pair.at_cpo.id}"
        assert "Renew" not in await text_of(reader, page)
        for action in ("renew", "block", "resync", "pull"):
            answer = await reader.send(f"{page}/{action}", page, module="tokens")
            assert answer.status_code == 403
        assert (await reader.send("/invite", page, name="x")).status_code == 403
        assert (await world.cpo.platform.partner(world.pair.at_cpo.id)).blocked is None
