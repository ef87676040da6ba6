"""The command ``ocpi rules``. What it needs is loaded when it runs."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ocpi_runtime.failures import did_you_mean
from ocpi_runtime.options import plain_console

if TYPE_CHECKING:
    from ocpi_conformance.rules import Rule

__all__ = ["register"]

_out = plain_console(soft_wrap=False)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("rules")(rules_command)


def rules_command(
    rule: Annotated[str | None, typer.Argument(help="Id of a rule, to explain it alone.")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the rules as JSON.")] = False,
) -> None:
    """List the rules by which parties are checked, or explain one."""
    from ocpi_conformance.rules.catalogue import RULES  # noqa: PLC0415 - slow to import
    from ocpi_conformance.rules.rendering import facts  # noqa: PLC0415 - likewise

    if rule is None:
        _print_all(list(RULES.values()), as_json=as_json)
        return
    if rule not in RULES:
        end = did_you_mean(rule, RULES) or "; ocpi rules lists them."
        raise typer.BadParameter(f"Rule {rule} not found{end}")
    found = facts(RULES[rule])
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    for name, value in found.items():
        _out.print(f"{name:9} {_text(value)}", soft_wrap=True)


def _text(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)


def _print_all(rules: "list[Rule]", *, as_json: bool) -> None:
    from ocpi_conformance.rules.rendering import facts  # noqa: PLC0415 - slow to import

    if as_json:
        typer.echo(json.dumps([facts(one) for one in rules], indent=2))
        return
    from rich.table import Table  # noqa: PLC0415 - likewise

    table = Table("rule", "severity", "needs", "title", box=None, pad_edge=False)
    for one in rules:
        table.add_row(one.id, one.severity.value, one.needs.value, one.title)
    _out.print(table)
