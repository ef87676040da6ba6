"""Send mutated bodies to the reference platform: ``python -m tests.mutations --count 100000``."""

import asyncio
import logging
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Annotated, Final

import typer

from tests.acceptance.support.partner_server import PartnerServer
from tests.mutations.attack import attacking
from tests.support.serving import serving

VERSIONS: Final = ("2.1.1", "2.2.1", "2.3.0")
_AT_ONCE: Final = 2000
"""How many one platform gets, before a new one takes its place: a full store is slow to compare."""


async def _attack(version: str, seed: int, count: int) -> tuple[Counter[str], list[str]]:
    server = PartnerServer("", version)
    with tempfile.TemporaryDirectory() as folder, serving(lambda _: server.app()) as base_url:
        server.base_url = base_url
        async with attacking(Path(folder), server, seed) as attack:
            await attack.run(count)
            return attack.counts, attack.findings


def main(
    count: Annotated[int, typer.Option(min=1, help="How many bodies are sent.")] = 100_000,
    seed: Annotated[int, typer.Option(help="The same seed sends the same bodies.")] = 1,
    version: Annotated[list[str] | None, typer.Option(help="Versions; three by default.")] = None,
) -> None:
    """Send mutated bodies to all operations and report what must not be."""
    logging.disable(logging.CRITICAL)
    total, findings, started = Counter[str](), list[str](), time.monotonic()
    versions, sent = version or list(VERSIONS), 0
    while sent < count:
        spoken = versions[sent // _AT_ONCE % len(versions)]
        counts, found = asyncio.run(_attack(spoken, seed + sent, min(_AT_ONCE, count - sent)))
        sent += counts["sent"]
        total += counts
        findings += found
        sys.stderr.write(
            f"{sent} sent, {len(findings)} findings, {time.monotonic() - started:.0f} s\n"
        )
        for each in found:
            sys.stdout.write(f"{each}\n")
    sys.stdout.write(f"{dict(total)}, {len(findings)} findings\n")
    raise typer.Exit(1 if findings else 0)


if __name__ == "__main__":
    typer.run(main)
