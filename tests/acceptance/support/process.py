"""A platform in a process of its own that writes all the time, made to be killed.

    python -m tests.acceptance.support.process DATABASE KEY_FILE

It prints ``ready`` and its base URL, then ``kept`` and a number after each round of own objects
that is on the disk. It ends when its standard input does, so that it outlives no test.
"""

import asyncio
import os
import socket
import sys
from pathlib import Path
from typing import Any

import msgspec
import uvicorn

from ocpi_server import Platform, Settings
from ocpi_server.serving import server_config
from ocpi_server.store import Key
from tests.server_impl.pair import CPO, EMSP, LOOPBACK, token
from tests.server_impl.samples import tariff

__all__ = ["TARIFFS", "TOKENS", "round_of", "settings"]

TARIFFS = 5
"""Number of tariffs that are replaced together in each round."""
TOKENS = 3
"""Number of tokens that are added together in each round."""
_PAUSE = 0.005


def settings(base_url: str, database: str, key_file: Path) -> Settings:
    return Settings(
        base_url=base_url,
        parties=(CPO, EMSP),
        database=database,
        key_file=key_file,
        urls=LOOPBACK,
    )


class Server(uvicorn.Server):
    """A server that says when it takes requests."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


async def serve(database: str, key_file: Path) -> None:
    with socket.socket(proto=socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        base_url = f"http://127.0.0.1:{listener.getsockname()[1]}/ocpi"
        platform = Platform(settings(base_url, database, key_file))
        server = Server(server_config(platform.app, platform.settings.limits, log_level="critical"))
        asyncio.get_running_loop().add_reader(sys.stdin, os._exit, 1)
        async with asyncio.TaskGroup() as group:
            group.create_task(server.serve([listener]))
            await server.ready.wait()
            print_words("ready", base_url)
            group.create_task(write(platform))


async def write(platform: Platform) -> None:
    """Change own objects in rounds, each as a whole or not at all."""
    known = await platform.parts.store.get(Key.of("tariffs", CPO.id, "TARIFF-0"))
    number = 0 if known is None else round_of(msgspec.json.decode(known.raw))
    while True:
        number += 1
        tariffs = [text(numbered_tariff(each, number)) for each in range(TARIFFS)]
        await platform.publisher.put_all("tariffs", tariffs)
        tokens = [text(token(f"T{number}-{each}")) for each in range(TOKENS)]
        await platform.publisher.put_all("tokens", tokens)
        print_words("kept", number)
        await asyncio.sleep(_PAUSE)


def numbered_tariff(each: int, number: int) -> dict[str, Any]:
    return tariff(f"TARIFF-{each}", tariff_alt_url=f"https://example.com/{number}")


def round_of(case: dict[str, Any]) -> int:
    """Read in which round a tariff was written."""
    return int(case["tariff_alt_url"].rpartition("/")[2])


def text(value: Any) -> bytes:
    return msgspec.json.encode(value)


def print_words(*words: Any) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], Path(sys.argv[2])))
