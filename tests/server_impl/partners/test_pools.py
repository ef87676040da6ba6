"""The pools of connections to partners: few, and none is closed while a request is open."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import httpx2
import pytest

from ocpi_server.partners._pools import PoolKey, Pools

A: PoolKey = ("A", None)
B: PoolKey = ("B", None)


class Body(httpx2.AsyncByteStream):
    """A body that ends when a test ends it."""

    def __init__(self, end: asyncio.Event) -> None:
        self._end = end

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"begun"
        await self._end.wait()


class Peers(httpx2.AsyncBaseTransport):
    """Answers for all partners, and counts the pools that are made and closed for them."""

    def __init__(self) -> None:
        self.end = asyncio.Event()
        self.counts: Counter[str] = Counter()

    def client(self, _key: PoolKey) -> httpx2.AsyncClient:
        self.counts["made"] += 1
        return httpx2.AsyncClient(transport=self)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/refused":
            raise httpx2.ConnectError("nobody listens")
        return httpx2.Response(200, stream=Body(self.end), request=request)

    async def aclose(self) -> None:
        self.counts["closed"] += 1


async def opened(pools: Pools, partner: str) -> httpx2.Response:
    request = httpx2.Request("GET", "http://p.example/")
    answer: httpx2.Response = await pools.send((partner, None), request, stream=True)
    return answer


async def test_the_least_recently_used_is_closed_first() -> None:
    peers = Peers()
    pools = Pools(peers.client, most=2)
    for partner in ("A", "B", "A", "C", "A"):
        await (await opened(pools, partner)).aclose()
    assert (len(pools), peers.counts["made"], peers.counts["closed"]) == (2, 3, 1)
    await (await opened(pools, "B")).aclose()
    assert peers.counts["made"] == 4
    await pools.close()
    assert peers.counts["closed"] == 4


async def test_no_pool_with_an_open_request_is_closed() -> None:
    peers = Peers()
    pools = Pools(peers.client, most=1, unused_seconds=-1.0)
    held = [await opened(pools, partner) for partner in ("A", "B", "C")]
    await pools.close_unused()
    assert (len(pools), peers.counts["closed"]) == (3, 0)
    peers.end.set()
    assert [await answer.aread() for answer in held] == [b"begun"] * 3
    await pools.close_unused()
    assert (len(pools), peers.counts["closed"]) == (0, 3)


async def test_what_failed_or_was_read_at_once_is_not_open() -> None:
    peers = Peers()
    peers.end.set()
    pools = Pools(peers.client, unused_seconds=-1.0)
    with pytest.raises(httpx2.ConnectError):
        await pools.send(A, httpx2.Request("GET", "http://p.example/refused"))
    assert (await pools.send(B, httpx2.Request("GET", "http://p.example/"))).content == b"begun"
    assert len(pools) == 2
    await pools.close_unused()
    assert len(pools) == 0


async def test_a_canceled_request_is_not_open() -> None:
    peers = Peers()
    pools = Pools(peers.client, unused_seconds=-1.0)
    task = asyncio.create_task(pools.send(A, httpx2.Request("GET", "http://p.example/")))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert len(pools) == 1
    await pools.close_unused()
    assert len(pools) == 0
