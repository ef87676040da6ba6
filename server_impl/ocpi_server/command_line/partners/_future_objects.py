"""The command ``ocpi partners future``."""

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.console import Console

from ocpi_server.command_line._partner_work import Partner, run_with_partners
from ocpi_server.command_line.operator import DEFAULT_CONFIG, AsJson, Config

if TYPE_CHECKING:
    from ocpi_server._platform import Platform
    from ocpi_server.objects.future import FutureObject

__all__ = ["future_command"]

_stderr = Console(stderr=True, soft_wrap=True, highlight=False)


def future_command(
    partner: Partner, *, config: Config = DEFAULT_CONFIG, as_json: AsJson = False
) -> None:
    """List objects of a partner whose last_updated is more than a day ahead.

    Its clock is wrong. Whatever it sends with a plausible last_updated replaces them, and so does a
    pull of the whole list.
    """

    async def work(platform: "Platform") -> "list[FutureObject]":
        known = await platform.administration.find(partner)
        return await platform.future_objects(known)

    found = run_with_partners(config, work)
    if as_json:
        sys.stdout.write(json.dumps([asdict(each) for each in found]) + "\n")
    elif found:
        _print(found)
    _stderr.print(f"{len(found)} objects are dated more than a day ahead.")


def _print(found: "list[FutureObject]") -> None:
    from rich.table import Table  # noqa: PLC0415 - slow to import, help is not

    table = Table("module", "object", "last_updated")
    for each in found:
        name = "*".join(filter(None, (each.country_code, each.party_id, each.id)))
        table.add_row(each.module, name, each.last_updated)
    Console(soft_wrap=True, highlight=False).print(table)
