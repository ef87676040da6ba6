"""The operator's command about pulls: reading lists of partners now, and how far each is."""

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ocpi_runtime.options import plain_console
from ocpi_server.command_line._partner_work import run_with_partners
from ocpi_server.command_line._tables import print_table
from ocpi_server.command_line.operator import DEFAULT_CONFIG, AsJson, Config

if TYPE_CHECKING:
    from ocpi_server._platform import Platform
    from ocpi_server.partners import PartnerRecord
    from ocpi_server.store.pulls import PullState

__all__ = ["register_pull"]

_FAILED = 1
_STATUS = "status"

_stderr = plain_console(stderr=True)


def register_pull(app: typer.Typer) -> None:
    """Add the command."""
    app.command("pull")(pull)


def pull(
    partner: Annotated[
        str, typer.Argument(help="Key or name of the partner or feed; 'status' shows all pulls.")
    ],
    module: Annotated[
        str | None, typer.Argument(help="Module, such as locations; by default all.")
    ] = None,
    *,
    full: Annotated[bool, typer.Option(help="Whole lists, not what has changed.")] = False,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Pull what has changed in the lists of a partner, or its feeds, or show how pulls go."""
    from ocpi_server.settings import PULLED_MODULES  # noqa: PLC0415 - heavy

    if module is not None and module not in PULLED_MODULES:
        raise typer.BadParameter(
            f"{module!r} is not pulled; use one of {', '.join(PULLED_MODULES)}.",
            param_hint="module",
        )
    if partner == _STATUS:
        _show_status(config, as_json=as_json)
        return

    async def work(platform: "Platform") -> list[dict[str, Any]]:
        schedule = platform.parts.schedule
        await schedule.feeds.plan()  # adds the sources of feeds that were never pulled
        known = await platform.administration.find(partner)
        lists = await schedule.lists_of(known)
        offered = [each for each in lists if module in {None, each}]
        if not offered:
            _stderr.print(_why_nothing(known.label, module, lists))
        return [await _pulled(platform, known, each, full=full) for each in offered]

    found = run_with_partners(config, work)
    if as_json:
        sys.stdout.write(json.dumps(found) + "\n")
    if not found or any(each["error"] for each in found):
        raise typer.Exit(_FAILED)


def _why_nothing(name: str, module: str | None, lists: list[str]) -> str:
    """Return what is wrong where a partner has no list of a module, or none at all."""
    if not lists:
        return f"{name} offers no {module or 'list that can be pulled'}."
    return f"{name} offers no {module}. Pulled from it can be: {', '.join(lists)}."


async def _pulled(
    platform: "Platform", partner: "PartnerRecord", module: str, *, full: bool
) -> dict[str, Any]:
    """Pull one list, with a bar on a terminal, and print the outcome."""
    from rich.progress import Progress  # noqa: PLC0415 - slow to import, help is not

    from ocpi_runtime.errors import OcpiError  # noqa: PLC0415 - heavy
    from ocpi_server.sync.schedule import Busy  # noqa: PLC0415 - heavy

    done: dict[str, Any] = {"module": module, "error": None}
    with Progress(console=_stderr, transient=True, disable=not _stderr.is_terminal) as bars:
        bar = bars.add_task(module, total=None)
        try:
            came = await platform.pull(
                partner,
                module,
                whole=full,
                report=lambda items, total: bars.update(bar, completed=items, total=total),
            )
        except Busy:
            done["error"] = "Another process pulls this list."
        except OcpiError as error:
            done["error"] = error.message
        else:
            counted = ("created", "updated", "stale", "dropped", "foreign", "partial")
            done |= {name: getattr(came, name) for name in counted}
            done["problems"] = len(came.problems)
    outcome = done["error"] or ", ".join(
        f"{value} {name}" for name, value in done.items() if value and name != "module"
    )
    _stderr.print(f"{module}: {outcome or 'nothing new'}")
    return done


def _show_status(config: Any, *, as_json: bool) -> None:
    async def work(platform: "Platform") -> list[dict[str, Any]]:
        names = {each.id: each.label for each in await platform.partners.every()}
        return [_shown(each, names) for each in await platform.pull_status()]

    found = run_with_partners(config, work)
    if as_json:
        sys.stdout.write(json.dumps(found) + "\n")
        return
    columns = ("name", "module", "state", "items", "ended", "next", "error")
    print_table(
        columns,
        [["" if each[name] is None else str(each[name]) for name in columns] for each in found],
    )


def _shown(state: "PullState", names: dict[str, str]) -> dict[str, Any]:
    running = state.owner is not None
    broken_off = state.began is not None
    return {
        "partner": state.partner,
        "name": names.get(state.partner, state.partner),
        "module": state.module,
        "state": "running" if running else "broken off" if broken_off else "waiting",
        "whole": broken_off and state.date_from is None,
        "items": state.items if broken_off else None,
        "total": state.total,
        "ended": _instant(state.ended),
        "next": _instant(state.due),
        "next_whole": _instant(state.whole_due),
        "failures": state.tries,
        "error": state.error,
    }


def _instant(micros: int | None) -> str | None:
    from ocpi_server._clock import from_micros  # noqa: PLC0415 - heavy

    return None if not micros else from_micros(micros).isoformat().replace("+00:00", "Z")
