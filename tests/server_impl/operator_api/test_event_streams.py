"""Streams of events: from any process, bounded, and what may go wrong there."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ocpi_server._clock import utc_now
from ocpi_server.operator_records import EventDraft, EventLog
from ocpi_server.store import Draft, Key
from tests.server_impl.operator_api.back_end import back_ends, operated, stream
from tests.server_impl.operator_api.test_events import until
from tests.server_impl.pair import CPO, location


@pytest.mark.one_node(reason="streams are bounded in each process")
async def test_a_stream_goes_on_where_it_was_at_another_process(tmp_path: Path) -> None:
    async with back_ends(tmp_path) as (cpo, _):
        async with stream(cpo) as events:
            await cpo.data("PUT", "own/2.2.1/locations/NL/CPO/A", location("A"))
            first = await anext(events)
        assert (first["kind"], first["module"], first["uid"]) == ("own.stored", "locations", "a")
        await cpo.data("PUT", "own/2.2.1/locations/NL/CPO/B", location("B"))
        note = Key.of("occupied_evses", CPO.id, "a", "e1")  # no object: not an event
        await cpo.host.platform.parts.store.add(Draft(note, b"{}", 0, ""))
        await cpo.data("DELETE", "own/2.2.1/locations/NL/CPO/A")
        async with stream(cpo, **{"Last-Event-ID": first["id"]}) as events:
            missed = [await anext(events), await anext(events)]
            # What another process of the platform writes, which shares the database.
            other = EventLog(cpo.host.platform.parts.store.database, cpo.host.platform._clock)  # noqa: SLF001
            await other.add(EventDraft("order.opened", uid="X"))
            missed.append(await anext(events))
        assert [(each["kind"], each["uid"]) for each in missed] == [
            ("own.stored", "b"), ("own.removed", "a"), ("order.opened", "X")
        ]  # fmt: skip
        listed = await cpo.data("GET", f"events?after={first['id']}")
        assert listed == missed
        assert await cpo.data("GET", f"events?after={missed[-1]['id']}") == []
        unreached = await cpo.send("GET", "events?after=900000000000000-1")
        assert (unreached.status_code, unreached.json()["status_code"]) == (200, 2001)
        assert missed[-1]["id"] in unreached.json()["status_message"]
        async with stream(cpo, **{"Last-Event-ID": "0-999999"}) as events:
            assert await anext(events) == {"kind": "gap"}
        answer = await cpo.send("GET", "events", Accept="text/event-stream", Last_Event_ID="x")
        assert (answer.status_code, answer.json()["status_code"]) == (200, 2001)
        await asyncio.sleep(0.2)  # those before are seen to be closed
        async with AsyncExitStack() as streams:
            for _ in range(5):
                await streams.enter_async_context(stream(cpo))
            answer = await cpo.send("GET", "events", Accept="text/event-stream")
            assert answer.status_code == 429
        async with operated(cpo.host, ("objects:read",)) as other_key:
            answer = await other_key.send("GET", "events", Accept="text/event-stream")
            assert answer.status_code == 403


@pytest.mark.one_node(reason="streams are bounded in each process")
async def test_streams_that_are_opened_at_once_are_counted(tmp_path: Path) -> None:
    async with back_ends(tmp_path) as (cpo, _):
        headers = {"Accept": "text/event-stream", "Authorization": f"Bearer {cpo.secret}"}

        refused, all_refused = list[int](), asyncio.Event()

        async def status() -> int:
            async with cpo.http.stream("GET", cpo.url("events"), headers=headers) as answer:
                if answer.status_code == 200:
                    await asyncio.wait_for(all_refused.wait(), 30)  # stays open until then
                else:
                    refused.append(answer.status_code)
                    if len(refused) == 15:
                        all_refused.set()
                return answer.status_code

        found = await asyncio.gather(*(status() for _ in range(20)))
        assert sorted(found) == [200] * 5 + [429] * 15


async def test_a_stream_behind_the_last_event_gets_those_that_follow(tmp_path: Path) -> None:
    """A back end may know events that a restored backup does not have."""
    async with (
        back_ends(tmp_path) as (cpo, _),
        stream(cpo, **{"Last-Event-ID": "0-999999"}) as events,
    ):
        assert await anext(events) == {"kind": "gap"}
        await cpo.data("PUT", "own/2.2.1/locations/NL/CPO/A", location("A"))
        following = await asyncio.wait_for(anext(events), 30)
        assert following["uid"] == "a"


class SlowReader:
    """A client of a stream that stops at its first event until it may go on."""

    def __init__(self, secret: str) -> None:
        self.may_read, self.stopped, self.ended = (asyncio.Event() for _ in range(3))
        self.text = b""
        headers = [
            (b"accept", b"text/event-stream"),
            (b"authorization", b"Bearer %s" % secret.encode()),
        ]
        self.scope = {
            "type": "http", "method": "GET", "path": "/operator/v1/events", "query_string": b"",
            "raw_path": b"/operator/v1/events", "root_path": "", "scheme": "http",
            "http_version": "1.1", "headers": headers, "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }  # fmt: skip

    async def receive(self) -> dict[str, Any]:
        await self.ended.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        self.text += message.get("body", b"")
        if b"event: own" in message.get("body", b""):
            self.stopped.set()
            await self.may_read.wait()


@pytest.mark.one_node(reason="the application of one process is called")
async def test_a_slow_reader_learns_that_events_were_deleted_meanwhile(tmp_path: Path) -> None:
    async with back_ends(tmp_path) as (cpo, _):
        platform, reader = cpo.host.platform, SlowReader(cpo.secret)
        reading = asyncio.ensure_future(platform.app(reader.scope, reader.receive, reader.send))
        await until(lambda: bool(reader.text))
        database = platform.parts.store.database
        log = EventLog(database, utc_now)
        await log.add(EventDraft("own.stored", uid="first"))
        await asyncio.wait_for(reader.stopped.wait(), 30)
        behind = await log.last()
        await log.add(*(EventDraft("own.stored", uid=f"deleted{at}") for at in range(9)))
        await log.add(EventDraft("own.stored", uid="newest"))
        await EventLog(database, lambda: utc_now() + timedelta(days=8)).purge()
        reader.may_read.set()
        await until(lambda: b"newest" in reader.text)
        reader.ended.set()
        await reading
        names = [line for line in reader.text.decode().split("\n") if line.startswith("event:")]
        assert names == ["event: own.stored", "event: gap", "event: own.stored"]
        refused = await cpo.send("GET", f"events?after={behind}")
        assert refused.json()["violations"][0]["pointer"] == "query:after"
        assert await log.last() in refused.json()["status_message"]
        assert await cpo.data("GET", f"events?after={await log.last()}") == []
