"""The commands about keys of the operator API and the console."""

import json
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ocpi_runtime.options import finite, plain_console
from ocpi_server.command_line._tables import print_table
from ocpi_server.command_line.operator import DEFAULT_CONFIG, AsJson, Config, open_platform, run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ocpi_server.operator_keys import OperatorKey
    from ocpi_server.operator_records import StoredWebhook

__all__ = ["register_keys"]

_USAGE = 2

_stderr = plain_console(stderr=True)

Scopes = Annotated[
    list[str],
    typer.Option("--scope", help="What the key permits; may be repeated. '*' stands for all."),
]


def register_keys(app: typer.Typer) -> None:
    """Add the commands."""
    keys = typer.Typer(no_args_is_help=True, help="Manage keys of the operator API and console.")
    keys.command("add")(add)
    keys.command("list")(list_keys)
    keys.command("remove")(remove)
    app.add_typer(keys, name="keys")


def add(
    name: Annotated[str, typer.Argument(help="Who or what uses the key.")],
    *,
    scope: Scopes,
    days: Annotated[
        float | None,
        typer.Option(min=0.01, max=36500, callback=finite, help="Validity of the key, in days."),
    ] = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Make a key and print its secret, which is shown once and stored nowhere.

    Scopes: objects:read, objects:write, partners:read, partners:write, commands:write, authorize,
    log:read, state:read, state:write, console, and '*' for all of them.
    """
    from ocpi_server._clock import utc_now  # noqa: PLC0415 - heavy
    from ocpi_server.operator_keys import KeyTaken, UnknownScope  # noqa: PLC0415 - heavy

    expires = None if days is None else utc_now() + timedelta(days=days)

    async def work() -> tuple["OperatorKey", str]:
        async with open_platform(config) as platform:
            return await platform.keys.create(name, scope, expires)

    try:
        key, secret = run(work())
    except (KeyTaken, UnknownScope) as error:
        _stderr.print(str(error))
        raise typer.Exit(_USAGE) from None
    if as_json:
        sys.stdout.write(json.dumps({**_shown(key), "secret": secret}) + "\n")
    else:
        sys.stdout.write(f"{secret}\n")


def list_keys(*, config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """List the keys with their scopes; secrets are not stored."""

    async def work() -> list["OperatorKey"]:
        async with open_platform(config) as platform:
            return await platform.keys.list()

    known = [_shown(each) for each in run(work())]
    if as_json:
        sys.stdout.write(json.dumps(known) + "\n")
        return
    columns = ("key", "name", "scopes", "created", "expires")
    rows = [
        (each["id"], each["name"], ", ".join(each["scopes"]), each["created"], each["expires"])
        for each in known
    ]
    print_table(columns, rows)


def remove(
    key: Annotated[str, typer.Argument(help="Id or name of the key.")],
    *,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Remove a key; it opens nothing from then on.

    Webhooks belong to the platform, not to a key: those that remain are listed.
    """

    async def work() -> "tuple[bool, list[StoredWebhook]]":
        async with open_platform(config) as platform:
            return await platform.keys.remove(key), await platform.records.webhooks.every()

    is_removed, webhooks = run(work())
    if not is_removed:
        _stderr.print(f"Key {key} not found. 'ocpi keys list' lists all.")
        raise typer.Exit(_USAGE)
    _stderr.print(f"Key {key} is removed.")
    _print_remaining(webhooks)


def _print_remaining(webhooks: "Sequence[StoredWebhook]") -> None:
    """List the webhooks, which receive events whatever becomes of the key that set them."""
    if not webhooks:
        return
    _stderr.print(
        "These webhooks remain and still receive events. A key with the scope state:write can "
        "remove them: DELETE /operator/v1/webhooks/ID."
    )
    for each in webhooks:
        _stderr.print(f"{each.id}  {each.origin}")


def _shown(key: "OperatorKey") -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "scopes": sorted(key.scopes),
        "created": key.created.isoformat(timespec="seconds"),
        "expires": None if key.expires is None else key.expires.isoformat(timespec="seconds"),
    }
