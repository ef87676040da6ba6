"""What a peer answers costs little, however it is made."""

import asyncio
import gzip
import json
import tracemalloc
from typing import Any

import httpx2
import pytest

from ocpi_bindings import v2_2_1
from ocpi_bindings.v2_2_1.clients import Clients
from ocpi_bindings.v2_2_1.clients.locations import LocationsRequests
from ocpi_bindings.v2_2_1.models import Location
from ocpi_runtime import codec
from ocpi_runtime._codec.steps import run
from ocpi_runtime._wire import envelope
from ocpi_runtime._wire.exchange import mask_headers
from ocpi_runtime.client import Limits, Peer, Problem, connect, mask_tokens
from ocpi_runtime.client._calls.wire import BodyReader
from ocpi_runtime.errors import LimitExceeded, OcpiError, ProtocolError
from tests.runtime.client.peers import ENDPOINTS, TOKEN, VERSIONS, Scripted, location_json, ok
from tests.support.counting import counted_calls

PATH = "/2.2.1/locations"
NOTHING = b'{"status_code":1000,"timestamp":"2026-01-01T00:00:00Z","data":'


def peer_of(answer: httpx2.Response, **options: Any) -> Clients:
    script = Scripted({PATH: lambda _request: answer, f"{PATH}/X": lambda _request: answer})
    return Peer.at(v2_2_1.binding, ENDPOINTS, TOKEN, http=script.http(), **options)


async def read(answer: httpx2.Response, **options: Any) -> tuple[list[Location], list[str]]:
    pages = peer_of(answer, **options).locations.get_locations()
    got = [each async for each in pages]
    return got, [each.message for each in pages.problems]


async def test_of_many_broken_items_the_first_are_reported_and_the_rest_counted() -> None:
    items = [location_json("A"), *[{}] * 2000, location_json("B")]
    with counted_calls() as calls:
        got, problems = await read(ok(items))
    assert [each.id for each in got] == ["A", "B"]
    assert len(problems) == 101
    assert problems[-1] == "1900 more items were left out: they cannot be read."
    assert calls.count < 3_000_000  # some hundred for each item


async def test_a_long_answer_is_in_memory_three_times_at_most() -> None:
    size = 4_000_000
    answer = ok([location_json("A") | {"unknown": "x" * size}])
    tracemalloc.start()
    try:
        got, _ = await read(answer, limits=Limits(object=2 * size))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [each.id for each in got] == ["A"]
    assert peak < 3.5 * size


async def test_broken_items_leave_turns_to_others() -> None:
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    others_running = asyncio.create_task(others())
    await read(ok([{}] * 5000))
    others_running.cancel()
    assert turns > 10


@pytest.mark.parametrize("item", [b"[]", b"1", b'""', b"null"])
async def test_a_long_list_of_what_is_no_object_is_refused(item: bytes) -> None:
    body = NOTHING + b"[" + b",".join([item] * 200_000) + b"]}"
    with pytest.raises(ProtocolError, match="cannot be read"):
        await read(httpx2.Response(200, content=body))


async def test_an_answer_has_a_number_of_values() -> None:
    body = NOTHING + b"[" + b",".join([b"{}"] * 1_100_000) + b"]}"
    with pytest.raises((LimitExceeded, ProtocolError), match="more than 1000000 values"):
        await read(httpx2.Response(200, content=body))


async def test_a_page_has_a_number_of_items() -> None:
    body = NOTHING + b"[" + b",".join([b"{}"] * 100_001) + b"]}"
    with pytest.raises(ProtocolError, match="at most 100000 are allowed in one list"):
        await read(httpx2.Response(200, content=body))


async def test_a_large_object_in_a_list_is_left_out_and_alone_refused() -> None:
    large = location_json("L") | {"x": "x" * 3000}
    limits = Limits(object=2500)
    got, problems = await read(ok([location_json("A"), large]), limits=limits)
    assert [each.id for each in got] == ["A"]
    assert "at most 2500 are allowed in one object" in problems[0]
    single = ok(location_json("L") | {"x": "x" * 3_000_000})
    with pytest.raises(ProtocolError, match="at most 2097152"):
        await peer_of(single).locations.get_location("X")


async def test_depth_is_looked_at_in_long_answers_too() -> None:
    deep: Any = "x"
    for _ in range(40):
        deep = [deep]
    items = [*map(location_json, map(str, range(300))), location_json("D") | {"x": deep}]
    got, problems = await read(ok(items))
    assert len(got) == 300
    assert "nested too deeply" in problems[0]


@pytest.mark.parametrize("levels", [40, 900, 5000])
@pytest.mark.parametrize("others", [1, 300])
async def test_a_deep_object_costs_a_page_no_other(levels: int, others: int) -> None:
    answer = paged(levels, others)
    got, problems = await read(answer)
    assert len(got) == others
    (problem,) = problems
    assert "nested too deeply" in problem


async def test_a_page_that_is_read_as_a_whole_must_not_be_deep() -> None:
    for levels in (40, 900, 5000):
        with pytest.raises(ProtocolError, match=r"nested (too deeply|in more than 32 levels)"):
            await peer_of(paged(levels, 1)).send(LocationsRequests.get_locations())


def paged(levels: int, others: int) -> httpx2.Response:
    """Return a page with so many locations and one that is nested in so many levels."""
    items = [*map(location_json, map(str, range(others))), location_json("D") | {"x": "?"}]
    deep = b"[" * levels + b"]" * levels
    return httpx2.Response(200, content=ok(items).content.replace(b'"?"', deep))


async def test_broken_versions_are_counted() -> None:
    script = Scripted({"/versions": lambda _request: ok([{}] * 600)})
    seen: list[Problem] = []
    with pytest.raises(OcpiError, match="No OCPI version in common"):
        async with connect(
            VERSIONS,
            TOKEN,
            bindings=[v2_2_1.binding],
            http=script.http(),
            on_problem=seen.append,
        ):
            pass
    assert len(seen) == 101


@pytest.mark.parametrize("member", ["status_message", "timestamp"])
def test_members_of_the_envelope_are_not_read_when_they_are_huge(member: str) -> None:
    body = b'{"status_code":1000,"%b":[' % member.encode() + b",".join([b"[]"] * 50_000) + b"]}"
    found = envelope.read(body)
    assert any(each.message == "is too long to be read" for each in found.problems)


async def test_an_answer_of_credentials_that_is_no_utf_8_can_be_shown() -> None:
    assert mask_tokens(b'{"token": "\xe9"}') == b"***"
    assert mask_tokens(b'{"token": "a", "x": "' + b"x" * 1_000_000 + b'"}') == b"***"


def test_tokens_are_masked_however_the_credentials_are_wrapped() -> None:
    for body in (
        b'[{"token": "canary"}]',
        b'{"data": [{"token": "canary"}]}',
        b'{"Token": "canary", "credentials": {"token": "canary"}}',
        b'{"to\\u006ben": "canary", "token": "canary"}',
        b'{"token": "canary", ' + b'"a": {' * 200 + b'"token": "canary"' + b"}" * 201,
    ):
        assert b"canary" not in mask_tokens(body), body


def test_headers_that_gateways_ask_for_are_masked() -> None:
    secret = ("X-Api-Key", "apikey", "Ocp-Apim-Subscription-Key", "X-Auth-Token", "Client-Secret")
    kept = {"www-authenticate": "Token", "content-type": "application/json", "x-limit": "5"}
    shown = mask_headers(dict.fromkeys(secret, "canary") | kept)
    assert shown == dict.fromkeys(map(str.lower, secret), "***") | kept


def test_what_goes_on_after_the_end_of_gzip_is_refused() -> None:
    reader = BodyReader(httpx2.Headers({"content-encoding": "gzip"}), 1000)
    run(reader.feed(gzip.compress(b"{}")))
    with pytest.raises(ProtocolError, match="after the end"):
        run(reader.feed(b"x" * 100))


def test_gzip_that_says_nothing_is_counted_too() -> None:
    empty = gzip.compress(b"")[:10] + b"\x00\x00\x00\xff\xff" * 1000
    reader = BodyReader(httpx2.Headers({"content-encoding": "gzip"}), 1000)
    with pytest.raises(LimitExceeded):
        run(reader.feed(empty))


def test_a_bomb_is_decompressed_in_pieces_and_only_to_the_limit() -> None:
    reader = BodyReader(httpx2.Headers({"content-encoding": "gzip"}), 5_000_000)
    steps = reader.feed(gzip.compress(b" " * 50_000_000))
    assert [next(steps) for _ in range(4)] == [None] * 4
    with pytest.raises(LimitExceeded):
        run(steps)


def test_a_body_byte_by_byte_is_stopped() -> None:
    reader = BodyReader(httpx2.Headers({}), 5_000_000)
    for _ in range(10_000):
        run(reader.feed(b"x"))
    with pytest.raises(LimitExceeded, match="less than 64 bytes"):
        run(reader.feed(b"x"))


def test_a_length_of_thousands_of_digits_is_too_long() -> None:
    with pytest.raises(LimitExceeded):
        BodyReader(httpx2.Headers({"content-length": "9" * 5000}), 1000)


def test_lists_are_read_like_before() -> None:
    good = [location_json(str(number)) for number in range(300)]
    texts = [*good[:100], {}, *good[100:], 5]
    items, broken = codec.decode_list(json.dumps(texts).encode(), Location)
    assert [each.value.id for each in items] == [str(number) for number in range(300)]
    assert [json.loads(each.raw) for each in items] == good
    assert [each.index for each in broken] == [100, 301]
    assert len(broken[0].violations) > 5


async def test_answers_without_data_are_short() -> None:
    long = httpx2.Response(200, content=NOTHING + b'"' + b"x" * 5_000_000 + b'"}')
    script = Scripted({"/2.2.1/receiver/locations/NL/TNM/X": lambda _request: long})
    peer: Clients = Peer.at(v2_2_1.binding, ENDPOINTS, TOKEN, http=script.http())
    place = codec.decode(json.dumps(location_json("X")).encode(), Location)
    with pytest.raises(LimitExceeded, match="larger than 2162688 bytes"):
        await peer.locations.put_location("NL", "TNM", "X", body=place)
