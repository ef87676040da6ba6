"""A platform with more partners than a page can list."""

import html
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from ocpi_server.partners import PartnerNotFound, WrongState
from tests.server_impl.console.operators import ENABLED, Operator, visiting
from tests.server_impl.pair import CPO, EMSP, Served, introduce, served

MANY = 150
FIELDS = {"/messages": "partner", "/commands": "partner", "/objects": "whose", "/map": "whose"}
"""Pages with a filter by partner, and the name of its field."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def host(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    """A CPO with many partners, of which one is registered."""
    tmp_path = tmp_path_factory.mktemp("many")
    async with (
        served(tmp_path / "cpo", CPO, console=ENABLED) as cpo,
        served(tmp_path / "emsp", EMSP) as emsp,
    ):
        for number in range(MANY):
            await cpo.platform.partners.add_source(f"Feed {number:03}", f"feed-{number:03}")
        await introduce(cpo, emsp)
        yield cpo


@pytest_asyncio.fixture(loop_scope="session")
async def operator(host: Served) -> AsyncIterator[Operator]:
    async with visiting(host) as made:
        await made.enter(host, "*")
        yield made


async def page_of(operator: Operator, path: str) -> str:
    answer = await operator.get(path)
    assert answer.status_code == 200, answer.text
    return html.unescape(answer.text)


@pytest.mark.parametrize("path", FIELDS)
async def test_a_filter_lists_few_partners_and_finds_all(operator: Operator, path: str) -> None:
    field = FIELDS[path]
    page = await page_of(operator, path)
    assert f'<select id="{field}"' not in page
    assert f'list="{field}-names"' in page
    assert 50 <= page.count("<option>Feed") <= 100
    for asked in ("feed-149", "Feed 149", "eed 149", "FEED 149"):
        found = await page_of(operator, f"{path}?{field}={asked}")
        assert f'name="{field}" value="Feed 149"' in found, asked
        assert 'class="note" role="status"' not in found


@pytest.mark.parametrize("path", FIELDS)
async def test_a_filter_leads_to_those_that_have_a_part_of_the_name(
    operator: Operator, path: str
) -> None:
    field = FIELDS[path]
    page = await page_of(operator, f"{path}?{field}=feed 14")
    assert "10 partners have feed 14 in their names" in page
    links = re.findall(rf'href="\?{field}=(feed-\d+)">(Feed \d+)<', page)
    assert links == [(f"feed-14{at}", f"Feed 14{at}") for at in range(10)]
    nobody = await page_of(operator, f"{path}?{field}=nobody<b>")
    assert "No partner has nobody<b> in its name." in nobody
    everybody = await page_of(operator, f"{path}?{field}=feed")
    assert "150 partners have feed" in everybody
    assert everybody.count(f'href="?{field}=feed-') == 20


async def test_a_check_is_started_by_a_part_of_a_name(operator: Operator) -> None:
    page = await operator.get("/checks")
    assert '<select id="partner"' in page.text  # of those that are registered there are few
    for asked, said in (("feed 14", "10 partners have"), ("nobody", "No partner has")):
        refused = await operator.send("/checks", "/checks", partner=asked)
        assert refused.status_code == 409
        assert said in refused.text


async def test_partners_that_have_not_changed_are_not_read_again(host: Served) -> None:
    directory = host.platform.partners
    known = {each.id: each for each in await directory.every()}
    await directory.add_source("Late", "late")
    await host.platform.administration.set_blocked("feed-007", blocked=True)
    listed = {each.id: each for each in await directory.every()}
    assert {*listed} - {*known} == {"late"}
    assert [*listed][-1] == "late"
    assert [each for each in known if listed[each] is not known[each]] == ["feed-007"]
    assert listed["feed-007"].blocked is not None


async def test_a_partner_is_found_by_id_and_by_name(host: Served) -> None:
    administration = host.platform.administration
    for name in ("feed-003", "Feed 003"):
        assert (await administration.find(name)).id == "feed-003"
    partner = next(each for each in await host.platform.partners.every() if each.roles)
    for name in (partner.id, partner.name):
        assert (await administration.find(name)).id == partner.id
    with pytest.raises(PartnerNotFound):
        await administration.find("Feed")
    await host.platform.partners.add_source("Feed 004", "again")
    with pytest.raises(WrongState, match="2 partners have the name Feed 004"):
        await administration.find("Feed 004")
