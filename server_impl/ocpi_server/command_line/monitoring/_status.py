"""The operator's command about the health of a platform."""

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import typer

from ocpi_runtime.failures import printable
from ocpi_runtime.options import plain_console
from ocpi_server.command_line._tables import print_table
from ocpi_server.command_line.operator import (
    DEFAULT_CONFIG,
    AsJson,
    Config,
    open_platform,
    read_settings,
    run,
)

if TYPE_CHECKING:
    from ocpi_server.monitoring import PartnerStatus, PlatformStatus
    from ocpi_server.settings import Settings

__all__ = ["show_status"]

_FAILED = 1
_COLUMNS = ("partner", "state", "in", "out", "failed", "pending", "behind", "pulled", "partial")


def show_status(*, config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Show the health of the platform on one screen; the exit code is 1 if something is wrong.

    Wrong are: a database that cannot be used, or whose tables are not those of this release;
    pushes or pulls that fail or are late; refused objects; a partner with more failures than
    successes within an hour, where the message log is on.
    """
    from sqlalchemy import make_url  # noqa: PLC0415 - heavy

    from ocpi_runtime.failures import CommandFailed  # noqa: PLC0415 - with the rest of the work

    settings = read_settings(config)
    shown: dict[str, Any] = {
        "database": make_url(settings.database).render_as_string(hide_password=True)
    }
    status: PlatformStatus | None = None
    try:
        shown["schema"], shown["expected_schema"] = run(_revisions(settings))
        if shown["schema"] != shown["expected_schema"]:
            problems = [_schema_problem(shown["schema"], shown["expected_schema"])]
        else:
            status = run(_read(config))
            problems = status.problems
    except CommandFailed as error:
        problems = [str(error)]
    shown |= {"problems": problems} if status is None else _as_data(status)
    if as_json:
        sys.stdout.write(json.dumps(shown) + "\n")
    else:
        _print(shown, status)
    if problems:
        raise typer.Exit(_FAILED)


async def _revisions(settings: "Settings") -> tuple[str | None, str]:
    """Read the revision of the database, which is not changed, and that of this release."""
    from ocpi_server.store import open_database  # noqa: PLC0415 - heavy
    from ocpi_server.store.database import schema  # noqa: PLC0415 - heavy

    database = open_database(settings.database)
    try:
        return await database.read(schema.revision), schema.HEAD
    finally:
        await database.close()


async def _read(config: Any) -> "PlatformStatus":
    from ocpi_server.monitoring import read_status  # noqa: PLC0415 - heavy

    async with open_platform(config) as platform:
        return await read_status(platform)


def _schema_problem(found: str | None, expected: str) -> str:
    if found is not None and found > expected:
        return (
            f"the database is at revision {found}, which is newer than this release (revision "
            f"{expected}); install a newer release"
        )
    state = "empty" if found is None else f"at revision {found}"
    return f"the database is {state}, this release needs {expected}; run 'ocpi db upgrade'"


def _as_data(status: "PlatformStatus") -> dict[str, Any]:
    import msgspec  # noqa: PLC0415 - heavy

    return {
        "modules": msgspec.to_builtins(status.modules),
        "partners": [_partner(each) for each in status.partners],
        "commands_pending": status.commands_pending,
        "partial_objects": status.partial_objects,
        "losses": status.losses,
        "messages_enabled": status.messages_enabled,
        "problems": status.problems,
    }


def _partner(partner: "PartnerStatus") -> dict[str, Any]:
    import msgspec  # noqa: PLC0415 - heavy

    from ocpi_runtime.codec import format_timestamp  # noqa: PLC0415 - heavy
    from ocpi_server._clock import from_micros  # noqa: PLC0415 - heavy

    data: dict[str, Any] = msgspec.to_builtins(partner)
    for name in ("last_in", "last_out"):
        at = data[name]
        data[name] = None if at is None else format_timestamp(from_micros(at))
    return data


def _print(shown: dict[str, Any], status: "PlatformStatus | None") -> None:
    out = plain_console()
    revision = f", revision {shown['schema']}" if shown.get("schema") else ""
    out.print(f"database {shown['database']}{revision}")
    if status is not None:
        stored = [
            (name, str(each.own), str(each.received), str(each.own_bytes + each.received_bytes))
            for name, each in status.modules.items()
        ]
        print_table(("module", "own", "received", "bytes"), stored)
        print_table(_COLUMNS, [_row(each) for each in shown["partners"]])
        out.print(
            f"{status.commands_pending} requests wait for their result, {status.partial_objects} "
            f"partial objects, {status.losses} objects with losses"
        )
        if not status.messages_enabled:
            out.print("The message log is off: last requests and failures are not known.")
    for problem in shown["problems"]:
        out.print(f"! {printable(problem)}")
    if not shown["problems"]:
        out.print("All is well.")


def _row(partner: dict[str, Any]) -> Sequence[str]:
    """Return the cells of a partner, as in _COLUMNS."""
    ages = [pull["age"] for pull in partner["pulls"] if pull["age"] is not None]
    return (
        partner["name"],
        partner["status"],
        _ago(partner["last_in"]),
        _ago(partner["last_out"]),
        f"{partner['error_rate']:.0%} of {partner['exchanges']}",
        str(partner["pending"]),
        _span(partner["push_lag"]),
        _span(max(ages)) if ages else "-",
        str(partner["partial_objects"]),
    )


def _ago(instant: str | None) -> str:
    if instant is None:
        return "-"
    return _span((datetime.now(UTC) - datetime.fromisoformat(instant)).total_seconds())


def _span(seconds: float) -> str:
    """Return how long something is ago, short."""
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f}{unit}"
    return f"{max(seconds, 0):.0f}s"
