"""The MCP server, spoken to by a client of the same protocol over stdin and stdout."""

import json
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from mcp import Client, StdioServerParameters, stdio_client

from ocpi_conformance.mcp_server import _commands, make_server
from ocpi_conformance.rules.catalogue import RULES
from tests.support.markdown import REPOSITORY

TOKEN = {
    "country_code": "NL", "party_id": "EXA", "uid": "1", "type": "RFID", "contract_id": "C",
    "issuer": "I", "valid": True, "whitelist": "ALWAYS", "last_updated": "2026-01-01T00:00:00Z",
}  # fmt: skip
PRICING = (REPOSITORY / "docs" / "guides" / "pricing.md").read_text(encoding="utf-8")
OCPI = "from ocpi_runtime.cli import main; main()"


@asynccontextmanager
async def _client() -> AsyncIterator[Client]:
    async with Client(make_server()) as client:
        yield client


async def _call(name: str, **arguments: Any) -> Any:
    async with _client() as client:
        done = await client.call_tool(name, arguments)
    text = done.content[0].text  # type: ignore[union-attr]
    if done.is_error:
        raise LookupError(text)
    return done.structured_content or json.loads(text)


async def test_the_tools_are_described() -> None:
    async with _client() as client:
        tools = {one.name: one for one in (await client.list_tools()).tools}
    assert set(tools) == {"validate", "check", "explain_rule", "list_rules", "price", "diff"}
    assert all(one.description for one in tools.values())
    assert "token" not in tools["check"].input_schema["properties"]


async def test_validate_reports_pointers() -> None:
    right = await _call("validate", objects=json.dumps(TOKEN))
    assert (right["exit_code"], right["result"]["counts"]["objects"]) == (0, 1)
    wrong = await _call("validate", objects=json.dumps(TOKEN | {"uid": "x" * 40}), version="2.2.1")
    assert wrong["exit_code"] == 1
    assert "uid" in json.dumps(wrong["result"])


async def test_rules_are_listed_and_explained() -> None:
    listed = (await _call("list_rules"))["result"]
    assert [one["id"] for one in listed] == [*RULES]
    first = next(iter(RULES.values()))
    explained = await _call("explain_rule", rule=first.id)
    assert (explained["title"], explained["clause"]) == (first.title, first.clause.text)
    with pytest.raises(LookupError, match="did you mean"):
        await _call("explain_rule", rule=first.id + "x")


async def test_a_session_is_priced_by_a_tariff() -> None:
    session, tariff = (
        re.search(rf"^`{name}\.json`:\n\n```json\n(.*?)```", PRICING, re.MULTILINE | re.DOTALL)
        for name in ("session", "tariff")
    )
    assert session is not None
    assert tariff is not None
    done = await _call("price", cdr=session[1], tariffs=tariff[1], time_zone="Europe/Amsterdam")
    assert done["exit_code"] in {0, 1}
    assert "total_cost" in json.dumps(done["result"])


async def test_versions_are_compared() -> None:
    root = str(REPOSITORY / "openapi")
    done = await _call("diff", old="2.2", new="2.2.1", module="versions", documents=root)
    assert done["exit_code"] == 0
    assert done["result"]
    with pytest.raises(LookupError, match="begins with a dash"):
        await _call("diff", old="--pages=/tmp/x", new="2.2")


async def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_commands, "find_spec", lambda _: None)
    with pytest.raises(LookupError, match="pip install ocpi-pricing"):
        await _call("price", cdr="{}")


async def test_check_needs_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OCPI_TOKEN", raising=False)
    with pytest.raises(LookupError, match="OCPI_TOKEN"):
        await _call("check", url="https://cpo.example/versions")


async def test_the_command_speaks_the_protocol_on_stdout_alone() -> None:
    words = ["-c", OCPI, "mcp"]
    server = StdioServerParameters(command=sys.executable, args=words, env={**os.environ})
    async with Client(stdio_client(server)) as client:
        done = await client.call_tool("list_rules", {"group": "paging"})
    assert not done.is_error
