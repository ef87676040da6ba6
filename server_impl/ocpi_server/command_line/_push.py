"""The operator's commands about pushes: what partners have not been sent, and sending it again."""

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ocpi_runtime.options import plain_console
from ocpi_server.command_line._partner_work import Partner, run_with_partners
from ocpi_server.command_line._tables import print_table
from ocpi_server.command_line.operator import DEFAULT_CONFIG, AsJson, Config

if TYPE_CHECKING:
    from ocpi_server._platform import Platform
    from ocpi_server.store.outbox import Pending
    from ocpi_server.sync.push import PartnerPush

__all__ = ["register_push"]

_USAGE = 2

_stderr = plain_console(stderr=True)

MaybePartner = Annotated[str | None, typer.Argument(help="Key or name of the partner.")]


def register_push(app: typer.Typer) -> None:
    """Add the commands."""
    push = typer.Typer(no_args_is_help=True, help="Manage pushes to partners.")
    push.command("status")(status)
    push.command("retry")(retry)
    push.command("resync")(resync)
    app.add_typer(push, name="push")


def status(
    partner: MaybePartner = None, *, config: Config = DEFAULT_CONFIG, as_json: AsJson = False
) -> None:
    """Show what each partner has not been sent, since when, and what went wrong last.

    With a partner, the objects are listed too: those that failed first, 100 at most.
    """

    async def work(platform: "Platform") -> list[dict[str, Any]]:
        key = None if partner is None else (await platform.administration.find(partner)).id
        pending = [] if key is None else await platform.pending_pushes(key)
        objects = {} if key is None else {"objects": [_as_data(each) for each in pending]}
        return [{**_shown(each), **objects} for each in await platform.push_status(key)]

    found = run_with_partners(config, work)
    if as_json:
        sys.stdout.write(json.dumps(found) + "\n")
        return
    _print(found)


def retry(partner: MaybePartner = None, *, config: Config = DEFAULT_CONFIG) -> None:
    """Send what has failed at once: to one partner or to all, parked objects and CDRs too."""

    async def work(platform: "Platform") -> int:
        key = None if partner is None else (await platform.administration.find(partner)).id
        return await platform.retry_pushes(key)

    _stderr.print(f"{run_with_partners(config, work)} objects are sent again.")


def resync(
    partner: Partner,
    module: Annotated[
        str | None, typer.Argument(help="Module of the objects, such as locations.")
    ] = None,
    *,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Send a partner all own objects that it may see; CDRs that it has taken are left out."""
    from ocpi_server.sync.push import MODULES  # noqa: PLC0415 - heavy

    if module is not None and module not in MODULES:
        raise typer.BadParameter(
            f"{module!r} is not pushed; use one of {', '.join(sorted(MODULES))}.",
            param_hint="module",
        )

    async def work(platform: "Platform") -> tuple[str, bool]:
        known = await platform.administration.find(partner)
        return known.label, await platform.resync(known.id, module)

    name, registered = run_with_partners(config, work)
    if not registered:
        _stderr.print(f"{name} is not registered.")
        raise typer.Exit(_USAGE)
    _stderr.print(f"{name} is sent {module or 'all objects'} again while the platform is served.")


def _shown(push: "PartnerPush") -> dict[str, Any]:
    return {
        "partner": push.partner,
        "name": push.name,
        "pending": push.pending,
        "parked": push.parked,
        "since": _instant(push.since),
        "behind_seconds": round(push.behind, 3),
        "failures": push.tries,
        "error": push.error,
        "failed": _instant(push.failed),
        "succeeded": _instant(push.succeeded),
        "next_try": _instant(push.next),
        "filling": push.filling,
    }


def _as_data(pending: "Pending") -> dict[str, Any]:
    key = pending.key
    return {
        "module": key.module,
        "country_code": key.country_code,
        "party_id": key.party_id,
        "id": key.uid,
        "kind": pending.kind,
        "since": _instant(pending.since),
        "failures": pending.tries,
        "error": pending.error,
        "parked": pending.parked,
    }


def _instant(micros: int | None) -> str | None:
    from ocpi_server._clock import from_micros  # noqa: PLC0415 - heavy

    return None if micros is None else from_micros(micros).isoformat().replace("+00:00", "Z")


def _print(found: list[dict[str, Any]]) -> None:
    columns = ("partner", "name", "pending", "parked", "behind", "failures", "error", "next try")
    print_table(columns, [_row(each) for each in found])
    objects = [one for each in found for one in each.get("objects", ())]
    if objects:
        parts = ("module", "object", "kind", "since", "failures", "parked", "error")
        print_table(parts, [_object_row(one) for one in objects])


def _row(each: dict[str, Any]) -> Sequence[str | None]:
    numbers = (str(each["pending"]), str(each["parked"]), f"{each['behind_seconds']:.0f} s")
    last = (str(each["failures"]), each["error"], each["next_try"])
    return (each["partner"], each["name"], *numbers, *last)


def _object_row(one: dict[str, Any]) -> Sequence[str | None]:
    name = f"{one['country_code']}-{one['party_id']} {one['id']}"
    parked = "yes" if one["parked"] else ""
    return (
        one["module"], name, one["kind"], one["since"], str(one["failures"]), parked, one["error"],
    )  # fmt: skip
