"""The command ``ocpi partners partial``."""

import json
import sys
from typing import TYPE_CHECKING, Any

from ocpi_runtime.options import plain_console
from ocpi_server.command_line._partner_work import Partner, run_with_partners
from ocpi_server.command_line._tables import print_table
from ocpi_server.command_line.operator import DEFAULT_CONFIG, AsJson, Config

if TYPE_CHECKING:
    from ocpi_server._platform import Platform
    from ocpi_server.store import PartialObject

__all__ = ["partial_command"]

_stderr = plain_console(stderr=True)


def partial_command(
    partner: Partner, *, config: Config = DEFAULT_CONFIG, as_json: AsJson = False
) -> None:
    """List objects of a partner that are not valid, even after repairs, with their faults.

    No other partner sees them. An object goes from the list when the partner sends it validly. With
    --json the text that was sent is printed too.
    """

    async def work(platform: "Platform") -> "list[PartialObject]":
        known = await platform.administration.find(partner)
        return await platform.partial_objects(known)

    found = run_with_partners(config, work)
    if as_json:
        sys.stdout.write(json.dumps([_as_data(each) for each in found]) + "\n")
    elif found:
        _print(found)
    _stderr.print(f"{len(found)} objects are not valid, even after repairs.")


def _as_data(found: "PartialObject") -> dict[str, Any]:
    from ocpi_server._clock import from_micros  # noqa: PLC0415 - heavy

    _, country_code, party_id, uid, variant, _ = found.key
    return {
        "module": found.key.module,
        "country_code": country_code,
        "party_id": party_id,
        "id": uid,
        "part": variant,
        "version": found.version,
        "received": from_micros(found.received).isoformat().replace("+00:00", "Z"),
        "faults": [
            {"pointer": each.pointer, "rule": each.code, "message": each.message}
            for each in found.faults
        ],
        "sent": found.raw.decode(errors="replace"),
    }


def _print(found: "list[PartialObject]") -> None:
    rows = [
        (each.key.module, "*".join(filter(None, each.key[1:5])), fault.pointer, fault.message)
        for each in found
        for fault in each.faults
    ]
    print_table(("module", "object", "pointer", "problem"), rows)
