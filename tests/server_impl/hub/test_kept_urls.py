"""The URLs that a hub keeps for one partner have a bound."""

import pytest

from ocpi_runtime.types import PartyId
from ocpi_server._clock import utc_now
from ocpi_server.hub._urls import KeptUrl, KeptUrls
from ocpi_server.store import Database

URLS = "ocpi_server.hub._urls"


def url(caller: str, number: int) -> KeptUrl:
    party = PartyId("NL", "CPO")
    path = f"https://x.example/{number}"
    return KeptUrl(caller=caller, platform="P", sender=party, receiver=party, url=path)


async def test_of_too_many_urls_for_one_partner_the_oldest_go(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{URLS}._MOST", 3)
    monkeypatch.setattr(f"{URLS}._EVERY", 5)
    kept = KeptUrls(database, utc_now)
    others = await kept.keep(url("OTHER", 0))
    ids = [await kept.keep(url("CALLER", number)) for number in range(10)]
    found = [each for each in ids if await kept.find(each, "CALLER") is not None]
    assert found == ids[-3:]
    assert await kept.find(others, "OTHER") is not None
