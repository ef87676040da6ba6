"""Messages between the scenario and the two platforms: one JSON document per line, on pipes.

Actions go down; exchanges, as they happen, and one outcome per action go up.
"""

import asyncio
import sys
from typing import Any

import msgspec

__all__ = [
    "LONGEST_LINE",
    "Action",
    "ActionResult",
    "Exchanged",
    "Message",
    "Ready",
    "act_line",
    "next_act",
    "read_lines",
    "receive",
    "send",
]

LONGEST_LINE = 16 * 1024 * 1024
"""Maximum number of bytes of one line: a page of locations fits well."""


class Action(msgspec.Struct, tag="act"):
    """What a platform is asked to do."""

    name: str
    arguments: dict[str, Any] = {}


class Ready(msgspec.Struct, tag="ready"):
    """A platform listens."""

    versions_url: str
    docs_url: str


class Exchanged(msgspec.Struct, tag="exchange"):
    """A platform called the other one; tokens are masked."""

    operation: str
    method: str
    url: str
    request_headers: dict[str, str]
    request_body: str
    http_status: int
    response_headers: dict[str, str]
    response_body: str
    status_code: int | None
    status_message: str | None
    error: str | None
    started: float
    milliseconds: float


class ActionResult(msgspec.Struct, tag="outcome"):
    """The end of an act. ``failure`` has the reason if it failed."""

    result: dict[str, Any] = {}
    failure: str | None = None


Message = Ready | Exchanged | ActionResult

_encode = msgspec.json.Encoder().encode
_acts = msgspec.json.Decoder(Action)
_messages = msgspec.json.Decoder(Message)


def send(message: Message) -> None:
    """Send a message to the scenario process. Called inside a platform's process."""
    sys.stdout.buffer.write(_encode(message) + b"\n")
    sys.stdout.buffer.flush()


async def read_lines(pipe: Any) -> asyncio.StreamReader:
    """Read a pipe of this process without blocking it."""
    reader = asyncio.StreamReader(limit=LONGEST_LINE)
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, pipe)
    return reader


async def next_act(reader: asyncio.StreamReader) -> Action | None:
    """Wait for the next action; None when the scenario process is gone."""
    line = await reader.readline()
    return _acts.decode(line) if line else None


async def receive(reader: asyncio.StreamReader) -> Message | None:
    """Wait for the next message of a platform; None when it has ended."""
    line = await reader.readline()
    return _messages.decode(line) if line else None


def act_line(act: Action) -> bytes:
    """Write an act for a platform's standard input."""
    return _encode(act) + b"\n"
