"""The envelope of every answer: data, status_code, status_message, timestamp.

The response format of the transport and format chapter.
"""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache, partial
from io import BytesIO
from typing import Any, Final

import msgspec

from ocpi_runtime._codec.steps import Steps, in_thread, run
from ocpi_runtime._codec.timestamps import parse_timestamp
from ocpi_runtime.errors import OcpiError, ProtocolError, Violation
from ocpi_runtime.json_stream import BrokenJson, JsonSource, object_fields
from ocpi_runtime.status import Status
from ocpi_runtime.types import UNSET, Raw, UnsetType

__all__ = ["Envelope", "failure", "read", "read_steps", "success", "success_parts"]

_LONGEST_MESSAGE = 1024
_MOST_VIOLATIONS = 100
_LONGEST_MEMBER = 64 * 1024
_LONGEST_LIST = 256 * 1024
_MOST_QUOTED = 5
_LONGEST_CODE = 64
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_SURROGATES = re.compile("[\ud800-\udfff]")
_encode = msgspec.json.Encoder().encode
_SUCCESS: Final = int(Status.SUCCESS)


class _Wire(msgspec.Struct):
    """What is looked at; everything else is passed over."""

    status_code: msgspec.Raw | UnsetType = UNSET
    status_message: msgspec.Raw | UnsetType = UNSET
    timestamp: msgspec.Raw | UnsetType = UNSET
    data: msgspec.Raw | UnsetType = UNSET
    violations: msgspec.Raw | UnsetType = UNSET


class _Violation(msgspec.Struct):
    """A violation as peers of this library send it."""

    pointer: str
    code: str
    message: str


_decoder = msgspec.json.Decoder(_Wire)
_violations = msgspec.json.Decoder(list[_Violation])


@dataclass(frozen=True, slots=True)
class Envelope:
    """An answer of a peer, unwrapped.

    Attributes:
        status_code: The OCPI status; 1xxx is success.
        data: The JSON text of ``data``; UNSET where there is none. Null stays ``null``.
        status_message: What the peer says about it, or None.
        timestamp: When the peer made the answer (UTC); None where it is missing or wrong.
        problems: Faults that do no harm, such as a missing timestamp.
        violations: The single faults of a request that was refused, where the peer lists them, at
            most 100.
    """

    status_code: int
    data: Raw | UnsetType = UNSET
    status_message: str | None = None
    timestamp: datetime | None = None
    problems: tuple[Violation, ...] = field(default=())
    violations: tuple[Violation, ...] = field(default=())

    @property
    def is_success(self) -> bool:
        """Return whether the status is one of success (1xxx)."""
        return 1000 <= self.status_code < 2000  # noqa: PLR2004 - the range of success


def read(body: bytes) -> Envelope:
    """Unwrap an answer at once; see :func:`read_steps`."""
    return run(read_steps(body))


def read_steps(body: bytes) -> Steps[Envelope]:
    """Unwrap an answer. Data stays unparsed; unknown fields are passed over.

    Raises:
        ProtocolError: It is not JSON, no object, or has no integer ``status_code``.
    """
    try:
        wire = yield from _members(body)
        code, message = _small(wire.status_code), _small(wire.status_message)
        timestamp = _small(wire.timestamp)
    except msgspec.ValidationError:
        raise ProtocolError("The answer is JSON, but not an OCPI envelope.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, BrokenJson):
        raise ProtocolError("The answer is not JSON, so it is not an OCPI envelope.") from None
    if type(code) is not int:
        raise ProtocolError(
            "The answer is not an OCPI envelope: status_code is missing or not an integer."
        )
    problems: list[Violation] = []
    return Envelope(
        code,
        UNSET if wire.data is UNSET else Raw(wire.data),
        _message(message, problems),
        _timestamp(timestamp, problems),
        tuple(problems),
        _listed(wire.violations),
    )


def _members(body: bytes) -> Steps[_Wire]:
    """Return what is looked at, even if something is nested too deeply for the decoder."""
    try:
        return _decoder.decode(body)
    except RecursionError:
        return (yield from in_thread(partial(_divided, body)))


def _divided(body: bytes) -> _Wire:
    source = JsonSource(BytesIO(body).read, largest=len(body), chunk=len(body))
    found = {msgspec.json.decode(name): each for name, each in object_fields(source)}
    if source.peek():
        raise BrokenJson("more follows the object")
    known = _Wire.__struct_fields__
    return _Wire(**{name: msgspec.Raw(found[name]) for name in known if name in found})


def _listed(raw: msgspec.Raw | UnsetType) -> tuple[Violation, ...]:
    """Read the violations of a failure; anything else of that name is passed over."""
    if raw is UNSET or len(raw) > _LONGEST_LIST:
        return ()
    try:
        sent = _violations.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ()
    return tuple(
        Violation(each.pointer, each.code, each.message) for each in sent[:_MOST_VIOLATIONS]
    )


def _small(raw: msgspec.Raw | UnsetType) -> Any:
    """Read one member of an envelope; what is far too long stays as it came."""
    return raw if raw is UNSET or len(raw) > _LONGEST_MEMBER else msgspec.json.decode(raw)


def _message(value: Any, problems: list[Violation]) -> str | None:
    if value is UNSET or value is None:
        return None
    if not isinstance(value, str):
        problems.append(Violation("/status_message", "type", _no_string(value)))
        return None
    return value


def _no_string(value: Any) -> str:
    return "is too long to be read" if isinstance(value, msgspec.Raw) else "is not a string"


def _timestamp(value: Any, problems: list[Violation]) -> datetime | None:
    if value is UNSET:
        problems.append(Violation("/timestamp", "required", "is missing"))
        return None
    if not isinstance(value, str):
        problems.append(Violation("/timestamp", "type", _no_string(value)))
        return None
    try:
        return parse_timestamp(value)
    except ValueError as fault:
        problems.append(Violation("/timestamp", "format", str(fault)))
        return None


def success(data: bytes | None = None, *, status_code: int = _SUCCESS) -> bytes:
    """Wrap an answer.

    Args:
        data: JSON text, spliced as it is; None leaves ``data`` out.
        status_code: 1000, or a custom code of success.
    """
    return b"".join(success_parts(None if data is None else [data], status_code=status_code))


def success_parts(
    data: Sequence[bytes | memoryview] | None, *, status_code: int = _SUCCESS
) -> list[bytes | memoryview]:
    """Wrap an answer whose data is at hand in pieces, so that they are put together only once.

    Args:
        data: The pieces of one JSON text; None leaves ``data`` out.
        status_code: 1000, or a custom code of success.
    """
    alone, behind_data = _endings(status_code, _now())
    return [alone] if data is None else [b'{"data":', *data, behind_data]


@lru_cache(maxsize=4)
def _endings(status_code: int, instant: bytes) -> tuple[bytes, bytes]:
    """Write all of an envelope but its data: for an answer without data, and for others."""
    tail = b'"status_code":%d,"status_message":"Success","timestamp":"%b"}' % (status_code, instant)
    return b"{" + tail, b"," + tail


def failure(error: OcpiError) -> bytes:
    """Wrap an error: its status, its message, the first violations and its hint.

    All violations, up to 100, are in the member ``violations``, each as ``{pointer, code,
    message}``; it is left out where there are none, and so is ``data``. Only what the error says of
    itself is sent, no cause and no trace.
    """
    text = " ".join(part for part in (error.message, _quoted(error), error.hint) if part)
    listed = [_written(violation) for violation in error.violations[:_MOST_VIOLATIONS]]
    tail = b',"violations":%b' % _encode(listed) if listed else b""
    return b'{"status_code":%d,"status_message":%b,"timestamp":"%b"%b}' % (
        error.status_code,
        _encode(_clean(text)),
        _now(),
        tail,
    )


def _quoted(error: OcpiError) -> str:
    """Put the first violations on one line, but for what the message says already."""
    new = [each for each in error.violations if each.message not in error.message]
    shown = "; ".join(f"{each.pointer or 'the body'} {each.message}" for each in new[:_MOST_QUOTED])
    more = f"; and {len(new) - _MOST_QUOTED} more" if len(new) > _MOST_QUOTED else ""
    return f"{shown}{more}." if shown else ""


def _written(violation: Violation) -> dict[str, str]:
    return {
        "pointer": _SURROGATES.sub("?", violation.pointer),
        "code": _clean(violation.code)[:_LONGEST_CODE],
        "message": _clean(violation.message),
    }


def _clean(text: str) -> str:
    cut = text[: 2 * _LONGEST_MESSAGE]
    line = _SURROGATES.sub("?", _CONTROLS.sub(" ", cut)).strip()
    return line if len(line) <= _LONGEST_MESSAGE else f"{line[: _LONGEST_MESSAGE - 1]}…"


class _Clock:
    """Writes the present instant; what is written again within a second, or at once, is kept."""

    def __init__(self) -> None:
        self._millis = self._second = 0
        self._text = self._instant = b""

    def __call__(self) -> bytes:
        millis = time.time_ns() // 1_000_000
        if millis != self._millis:
            second, rest = divmod(millis, 1000)
            if second != self._second:
                written = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
                self._text, self._second = written.encode("ascii"), second
            self._instant, self._millis = b"%b.%03dZ" % (self._text, rest), millis
        return self._instant


_now = _Clock()
