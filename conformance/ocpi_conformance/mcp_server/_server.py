"""The tools of the server."""

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Annotated, Any, Final

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import Field

from ocpi_conformance.mcp_server._commands import check_package, run_ocpi
from ocpi_conformance.rules import Rule
from ocpi_conformance.rules.catalogue import RULES
from ocpi_runtime.failures import did_you_mean

__all__ = ["make_server"]

_INSTRUCTIONS: Final = (
    "Tools for OCPI, the Open Charge Point Interface, versions 2.0 to 2.3.0: validate objects, "
    "check a running party, explain a rule, price a CDR, compare versions. exit_code 0 means that "
    "nothing is wrong, 1 that something is."
)
Objects = Annotated[
    str, Field(description="JSON: an object, a list of objects, or the answer of a party.")
]
Version = Annotated[str, Field(description="Such as 2.2.1; empty to guess it.")]


def make_server(*, address_options: Sequence[str] = ()) -> MCPServer:
    """Return the server.

    Args:
        address_options: ``--allow-private`` and ``--allow-http`` where parties at such addresses
            may be checked; the assistant cannot choose this.
    """
    server = MCPServer(
        "ocpi",
        instructions=_INSTRUCTIONS,
        version=version_of("ocpi-conformance"),
        log_level="ERROR",
    )
    for tool in (validate, explain_rule, list_rules, price, diff):
        server.tool()(tool)
    _add_check(server, address_options)
    return server


def _add_check(server: MCPServer, address_options: Sequence[str]) -> None:
    @server.tool()
    async def check(
        url: Annotated[str, Field(description="The versions URL of the party.")],
        version: Annotated[str, Field(description="Such as 2.2.1; empty for the newest.")] = "",
        modules: Annotated[
            list[str] | None, Field(description="Such as locations; all by default.")
        ] = None,
    ) -> dict[str, Any]:
        """Check a running OCPI party without changing anything, and report what is wrong.

        The credentials token is taken from the environment variable OCPI_TOKEN of the server.
        """
        if not os.environ.get("OCPI_TOKEN"):
            raise ToolError("Start `ocpi mcp` with the credentials token in OCPI_TOKEN.")
        words = ["check", _argument(url, "url"), "--json", *address_options]
        words += ["--version", version] if version else []
        for module in modules or ():
            words += ["--module", module]
        return await run_ocpi(words)


async def validate(
    objects: Objects,
    version: Version = "",
    class_name: Annotated[str, Field(description="Such as Location; empty to guess it.")] = "",
    edition: Annotated[str, Field(description="Such as core-1, of 2.3.0.")] = "",
) -> dict[str, Any]:
    """Validate OCPI objects: what is wrong, with JSON pointers, and the section it breaks."""
    options = {"--version": version, "--class": class_name, "--edition": edition}
    words = [word for name, value in options.items() if value for word in (name, value)]
    return await run_ocpi(["validate", "-", "--json", *words], objects)


def explain_rule(
    rule: Annotated[str, Field(description="The id of a rule, such as paging.total.")],
) -> dict[str, Any]:
    """Explain a rule of the checks: what it is, where it comes from, how to comply."""
    found = RULES.get(rule)
    if found is None:
        end = did_you_mean(rule, RULES) or ". list_rules has all of them."
        raise ToolError(f"Rule {rule!r} not found{end}")
    return _rule(found)


def list_rules(
    group: Annotated[str, Field(description="Such as paging; empty for all groups.")] = "",
) -> list[dict[str, str]]:
    """List the rules by which parties are checked."""
    groups = sorted({one.group for one in RULES.values()})
    if group and group not in groups:
        raise ToolError(f"Group {group!r} not found. Use one of {', '.join(groups)}.")
    return [
        {"id": one.id, "title": one.title, "severity": one.severity.value}
        for one in RULES.values()
        if group in {"", one.group}
    ]


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "title": rule.title,
        "severity": rule.severity.value,
        "strength": rule.clause.strength.value,
        "clause": rule.clause.text,
        "section": rule.clause.section,
        "fix": rule.fix,
        "versions": sorted(rule.versions),
        "roles": sorted(rule.roles),
        "modules": sorted(rule.modules),
    }


async def price(
    cdr: Annotated[str, Field(description="JSON of a CDR or session.")],
    tariffs: Annotated[
        str, Field(description="JSON with tariffs, where the CDR has none within.")
    ] = "",
    time_zone: Annotated[str, Field(description="Of the location, such as Europe/Berlin.")] = "",
    version: Version = "",
) -> dict[str, Any]:
    """Price a CDR or session by its tariff, line by line, and compare with its totals."""
    check_package("ocpi_pricing", "price")
    options = {"--timezone": time_zone, "--version": version}
    words = [word for name, value in options.items() if value for word in (name, value)]
    with _file(tariffs) as names:
        words += [word for name in names for word in ("--tariff", name)]
        return await run_ocpi(["price", "-", "--json", *words], cdr)


async def diff(
    old: Annotated[str, Field(description="A version, such as 2.2.1.")],
    new: Annotated[str, Field(description="A version, such as 2.3.0.")],
    module: Annotated[str, Field(description="Such as locations; empty for all.")] = "",
    documents: Annotated[
        str,
        Field(description="Folder of the documents; by default openapi below the working folder."),
    ] = "",
) -> dict[str, Any]:
    """Report what changed between two versions of OCPI, and whom it breaks."""
    check_package("ocpi_generator", "diff")
    words = ["diff", _argument(old, "old"), _argument(new, "new"), "--format", "json"]
    words += ["--module", module] if module else []
    words += ["--root", documents] if documents else []
    return await run_ocpi(words)


def _argument(value: str, name: str) -> str:
    """Refuse what the command line would read as an option.

    Raises:
        ToolError: It begins with a dash.
    """
    if value.startswith("-"):
        raise ToolError(f"{name} is {value!r}; it begins with a dash.")
    return value


@contextmanager
def _file(text: str) -> Iterator[list[str]]:
    """Write a text, where there is one, to a file that lives as long as the block."""
    if not text:
        yield []
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "tariffs.json")
        path.write_text(text, encoding="utf-8")
        yield [str(path)]
