"""Webhooks belong to the platform: what keys see of them, and what remains without a key."""

import asyncio
from pathlib import Path

from ocpi_server import Platform, load_settings
from tests.server_impl.operator_api.back_end import back_ends, operated
from tests.server_impl.operator_api.test_operator_keys import config, run

__all__ = ["config"]

SECRET = "https://hooks.example.com:8443/canary/path?key=canary"


async def test_whole_urls_are_for_keys_that_may_set_webhooks(tmp_path: Path) -> None:
    async with back_ends(tmp_path) as (cpo, _):
        (before, after) = ("http://127.0.0.1:9", "/canary?key=canary")
        made = await cpo.data("POST", "webhooks", {"url": before + after})
        async with (
            operated(cpo.host, ["state:read"]) as reader,
            operated(cpo.host, ["state:read", "state:write"]) as writer,
        ):
            (shown,) = await reader.data("GET", "webhooks")
            assert (shown["id"], shown["url"]) == (made["id"], before)
            (shown,) = await writer.data("GET", "webhooks")
            assert shown["url"] == before + after


async def test_a_webhook_remains_without_its_key(tmp_path: Path) -> None:
    async with back_ends(tmp_path) as (cpo, _), operated(cpo.host, ["state:write"]) as other:
        made = await other.data("POST", "webhooks", {"url": "http://127.0.0.1:9/"})
        key = next(each for each in await cpo.host.platform.keys.list() if not each.allows("*"))
        await cpo.host.platform.keys.remove(key.id)
        assert (await other.send("GET", "webhooks")).status_code == 401
        assert [each["id"] for each in await cpo.data("GET", "webhooks")] == [made["id"]]


def test_the_command_that_removes_a_key_lists_the_webhooks_that_remain(config: Path) -> None:
    async def add() -> str:
        async with Platform(load_settings(config)) as platform:
            return (await platform.records.webhooks.add(SECRET, (), "0-0"))[0]

    for name in ("First", "Second"):
        assert run(config, "add", name, "--scope", "*").exit_code == 0
    removed = run(config, "remove", "First")
    assert (removed.exit_code, "webhooks" in removed.output) == (0, False)
    webhook_id = asyncio.run(add())
    removed = run(config, "remove", "Second")
    assert removed.exit_code == 0
    assert f"{webhook_id}  https://hooks.example.com:8443\n" in removed.output
    assert "canary" not in removed.output
