"""The dialect that a client proposes for a peer, and the settings for its pages."""

from typing import Any

from ocpi_runtime.dialect import Dialect, Paging
from tests.runtime.client.paging.test_incomplete_lists import ALL, offsets
from tests.runtime.client.paging.test_pages import PATH, page, peer_of
from tests.runtime.client.peers import BASE, Scripted, location_json


async def read_all(client: Any) -> Any:
    listed = client.locations.get_locations(limit=2)
    found = [each.id async for each in listed]
    return found, [each.message for each in listed.problems], listed.complete


async def test_a_client_proposes_the_dialect_that_the_lists_it_read_need() -> None:
    sent = [location_json(f"L{number}") for number in range(3)]
    sent[1]["last_updated"] = "2026-01-01T12:00:00+02:00"
    del sent[2]["publish"]
    client = peer_of(Scripted({PATH: lambda _request: page(sent, X_Total_Count="3")}))

    found, problems, _ = await read_all(client)
    proposal = client.proposed_dialect()

    assert (found, len(problems)) == (["L0", "L1"], 1)
    assert proposal == Dialect(
        level="standard",
        rules={"missing-publish": True},
        country_code="NL",
        party_id="TNM",
    )
    assert "missing-publish = true  # 1 of 3 objects." in client.learner.toml()
    assert client.learner.counts == {"timestamp-offset": 1, "missing-publish": 1}

    learned = peer_of(
        Scripted({PATH: lambda _request: page(sent, X_Total_Count="3")}), dialect=proposal
    )
    assert (await read_all(learned))[:2] == (["L0", "L1", "L2"], [])


async def test_pages_without_totals_and_brackets_are_proposed_and_read_without_a_word() -> None:
    link = f'{BASE}{PATH}?limit=2&offset=2; rel="next"'
    client = peer_of(offsets(4, 2, link))

    found, problems, complete = await read_all(client)

    assert (found, len(problems), complete) == (ALL[:2], 1, False)
    proposal = client.proposed_dialect()
    assert proposal.paging == Paging(total_count=False, link_brackets=False)

    learned = peer_of(offsets(4, 2, link), dialect=Dialect.parse(proposal.toml()))
    assert await read_all(learned) == (ALL[:4], [], True)


async def test_a_total_is_not_read_where_the_peer_is_known_to_send_none() -> None:
    client = peer_of(offsets(2, 2, None, "7"), dialect=Dialect(paging=Paging(total_count=False)))

    assert await read_all(client) == (ALL[:2], [], True)


async def test_a_strict_client_proposes_nothing() -> None:
    client = peer_of(offsets(2, 2, None), dialect=Dialect.strict)

    await read_all(client)

    assert client.proposed_dialect() == Dialect.strict
