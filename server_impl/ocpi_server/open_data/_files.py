"""Files of which a part can be asked for, as by a client that resumes a download."""

import re
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.types import Message, Receive, Scope, Send

from ocpi_runtime.errors import GenericClientError
from ocpi_runtime.server import failure_envelope

__all__ = ["RangedFile"]

_BEYOND: Final = 416
_RANGE: Final = re.compile(r"[ \t]*(?:([0-9]{1,18})-([0-9]{0,18})|-[0-9]{1,18})[ \t]*")


class RangedFile(FileResponse):
    """A file, or the part of it that Range names; a range behind its end is answered with 416.

    A Range that cannot be read is passed over (RFC 9110), so that the whole file is sent.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file."""
        kept = [each for each in scope["headers"] if each[0] != b"range" or _is_range(each[1])]
        refused = False

        async def enveloped(message: Message) -> None:
            nonlocal refused
            if message.get("status") == _BEYOND:
                refused = True
                found = Headers(raw=message["headers"])["content-range"]
                await _refusal(found)(scope, receive, send)
            elif not refused:
                await send(message)

        await super().__call__({**scope, "headers": kept}, receive, enveloped)


def _refusal(content_range: str) -> Response:
    size = content_range.rpartition("/")[2]
    error = GenericClientError(
        f"The range is behind the end of the file, which has {size} bytes.", http_status=_BEYOND
    )
    headers = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
    about = {"content-range": content_range, **headers}
    return Response(failure_envelope(error), _BEYOND, about, "application/json")


def _is_range(header: bytes) -> bool:
    """Return whether a header names parts of a file by their bytes."""
    unit, _, listed = header.decode("latin-1").partition("=")
    found = [_RANGE.fullmatch(each) for each in listed.split(",")]
    return unit.strip().lower() == "bytes" and all(
        each is not None and not (each[2] and int(each[2]) < int(each[1])) for each in found
    )
