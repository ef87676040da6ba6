"""The partner that overloads a platform, as a process of its own.

    python -m tests.server_impl.greedy PORT TOKEN HALF_OPEN UNREAD COMMANDS

It prints ``open`` when its connections are open, and how its commands were answered as JSON; its
connections stay open until it is stopped, or its standard input ends.
"""

import asyncio
import json
import os
import socket
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx2

from ocpi_server import OwnParty
from tests.server_impl.pair import VERSION, token

__all__ = ["GREEDY", "LOCATIONS"]

GREEDY = OwnParty("DE", "BAD", "EMSP", "Greedy Mobility")
LOCATIONS = 500
_AT_ONCE = 20
_KEPT: list[asyncio.StreamWriter] = []
_HALF = b"GET /ocpi/versions HTTP/1.1\r\nHost: example.com\r\nX-Slow: "


async def run(port: int, greedy: str, half_open: int, unread: int, commands: int) -> None:
    """Load the platform at a port of this machine."""
    asyncio.get_running_loop().add_reader(sys.stdin, os._exit, 1)
    silent = await asyncio.start_server(_silent, "127.0.0.1", 0, backlog=2048)
    links = list(_links(port, greedy, half_open, unread))
    _print("open")
    result = f"http://127.0.0.1:{silent.sockets[0].getsockname()[1]}/result"
    _print(json.dumps(await _command(port, greedy, commands, result)))
    await asyncio.Event().wait()
    del links


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _silent(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Take a result and never answer."""
    _KEPT.append(writer)


def _links(port: int, greedy: str, half_open: int, unread: int) -> Iterator[socket.socket]:
    """Open the connections that only hold a place."""
    for _ in range(half_open):
        yield _sent(port, _HALF)
    ask = (
        f"GET /ocpi/{VERSION}/sender/locations?limit={LOCATIONS} HTTP/1.1\r\nHost: example.com\r\n"
        f"Authorization: Token {greedy}\r\n\r\n"
    )
    for _ in range(unread):
        yield _sent(port, ask.encode())


def _sent(port: int, data: bytes) -> socket.socket:
    link = socket.socket()
    link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    link.connect(("127.0.0.1", port))
    link.settimeout(0)
    link.send(data)
    return link


async def _command(port: int, greedy: str, count: int, result: str) -> Counter[str]:
    url = f"http://127.0.0.1:{port}/ocpi/{VERSION}/receiver/commands/START_SESSION"
    body: dict[str, Any] = {"token": token(owner=GREEDY), "location_id": "LOC1"}
    answers: Counter[str] = Counter()
    slots = asyncio.Semaphore(_AT_ONCE)
    async with httpx2.AsyncClient(headers={"Authorization": f"Token {greedy}"}, timeout=60) as http:

        async def one(number: int) -> None:
            async with slots:
                document = {**body, "response_url": f"{result}/{number}"}
                answer = await http.post(url, json=document)
                data = answer.json().get("data")
                status = data["result"] if isinstance(data, dict) else answer.json()["status_code"]
                answers[f"{answer.status_code} {status}"] += 1

        await asyncio.gather(*(one(number) for number in range(count)))
    return answers


if __name__ == "__main__":
    asyncio.run(run(int(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:])))
