"""The command ``ocpi partners future``."""

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from ocpi_runtime.options import plain_console
from ocpi_server.command_line._partner_work import Partner, run_with_partners
from ocpi_server.command_line._tables import print_table
from ocpi_server.command_line.operator import DEFAULT_CONFIG, AsJson, Config

if TYPE_CHECKING:
    from ocpi_server._platform import Platform
    from ocpi_server.objects.future import FutureObject

__all__ = ["future_command"]

_stderr = plain_console(stderr=True)


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
    rows = []
    for each in found:
        name = "*".join(filter(None, (each.country_code, each.party_id, each.id)))
        rows.append((each.module, name, each.last_updated))
    print_table(("module", "object", "last_updated"), rows)
