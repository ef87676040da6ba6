"""The client in a process of its own, with a watched event loop.

``python -m tests.hostile.caller``. A line on stdin, ``{"call", "port", "sync"}``, is answered with
a line of what came of the call.
"""

import asyncio
import json
import logging
import sys
from typing import TYPE_CHECKING, Any

from ocpi_bindings import v2_2_1
from ocpi_bindings.v2_2_1.models import BusinessDetails, Credentials, CredentialsRole, Role
from ocpi_runtime.client import (
    Endpoint,
    Limits,
    Options,
    Peer,
    SyncPeer,
    connect,
    connect_sync,
    http_client,
    sync_http_client,
)
from ocpi_runtime.client.registration import register, register_sync
from ocpi_runtime.errors import OcpiError
from ocpi_runtime.process import prepare_process
from ocpi_runtime.urls import UrlPolicy
from tests.hostile.watch import Watch, peak_memory

if TYPE_CHECKING:
    from collections.abc import Callable

__all__: list[str] = []

_TOKEN = "a-token-of-the-caller"
_OWN = Credentials(
    token="another-token-of-the-caller",
    url="https://caller.example/versions",
    roles=[
        CredentialsRole(
            role=Role.CPO,
            party_id="ABC",
            country_code="NL",
            business_details=BusinessDetails(name="A"),
        )
    ],
)
_POLICY = UrlPolicy(allow_private=True, allow_http=True)
_HTTP = http_client(_POLICY)
_SYNC_HTTP = sync_http_client(_POLICY)
_OPTIONS: Options = {
    "policy": _POLICY,
    "limits": Limits(total=10, read=5, retries=0, pages=3),
    "on_exchange": lambda _exchange: None,
    "on_problem": lambda _problem: None,
}


def _endpoints(base: str) -> list[Endpoint]:
    modules = ("locations", "cdrs", "tokens")
    return [Endpoint(module, "sender", f"{base}/{module}") for module in modules]


async def _call(call: str, base: str) -> None:
    if call == "register":
        await register(f"{base}/", _TOKEN, _OWN, bindings=[v2_2_1.binding], http=_HTTP, **_OPTIONS)
        return
    if call in {"discover", "details"}:
        async with connect(f"{base}/", _TOKEN, bindings=[v2_2_1.binding], http=_HTTP, **_OPTIONS):
            return
    async with Peer.at(v2_2_1.binding, _endpoints(base), _TOKEN, http=_HTTP, **_OPTIONS) as peer:
        if call == "get_location":
            await peer.locations.get_location("A1")
            return
        pages: dict[str, Callable[[], Any]] = {
            "get_locations": peer.locations.get_locations,
            "get_cdrs": peer.cdrs.get_cdrs,
            "get_tokens": peer.tokens.get_tokens,
        }
        async for _ in pages[call]():
            pass


def _call_sync(call: str, base: str) -> None:
    if call == "register":
        register_sync(
            f"{base}/", _TOKEN, _OWN, bindings=[v2_2_1.binding], http=_SYNC_HTTP, **_OPTIONS
        )
        return
    if call in {"discover", "details"}:
        with connect_sync(
            f"{base}/", _TOKEN, bindings=[v2_2_1.binding], http=_SYNC_HTTP, **_OPTIONS
        ):
            return
    with SyncPeer.at(v2_2_1.binding, _endpoints(base), _TOKEN, http=_SYNC_HTTP, **_OPTIONS) as peer:
        if call == "get_location":
            peer.locations.get_location("A1")
        else:
            list(peer.locations.get_locations())


async def _answered(line: str, watch: Watch) -> dict[str, Any]:
    asked = json.loads(line)
    base = f"http://127.0.0.1:{asked['port']}"
    await asyncio.sleep(0.002)
    watch.take()
    try:
        if asked["sync"]:
            await asyncio.to_thread(_call_sync, asked["call"], base)
        else:
            await _call(asked["call"], base)
        outcome = "read"
    except OcpiError as error:
        outcome = type(error).__name__
    except Exception as error:  # noqa: BLE001 - whatever else comes is what is looked for
        outcome = f"FAULT: {type(error).__name__}: {error}"[:300]
    await asyncio.sleep(0.002)
    return {"outcome": outcome, "held": watch.take(), "peak": peak_memory()}


async def _main() -> None:
    logging.disable()
    prepare_process()  # what was loaded is no work of an answer
    watch = Watch()
    task = asyncio.create_task(watch.run())
    while line := await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps(await _answered(line, watch)), flush=True)  # noqa: T201 - the answer
    task.cancel()


if __name__ == "__main__":
    asyncio.run(_main())
