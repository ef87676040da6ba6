"""An answer of the mock, which scenarios may change, and how it is delivered."""

import json
from dataclasses import dataclass, field, replace
from typing import Any

__all__ = ["Delivery", "MockAnswer"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """How an answer reaches the client.

    Attributes:
        delay: Seconds before its first byte.
        chunk: Bytes at a time, with ``pause`` between them; 0 for all at once.
        pause: Seconds between chunks.
        reset: ``start`` or ``body``: where the connection is reset; empty for nowhere.
        filler: Bytes that follow the body without end of the JSON, up to this many.
    """

    delay: float = 0.0
    chunk: int = 0
    pause: float = 0.0
    reset: str = ""
    filler: int = 0


@dataclass(frozen=True, slots=True)
class MockAnswer:
    """An answer.

    Attributes:
        status: The HTTP status.
        headers: Names in lower case; Content-Length is added when it is sent.
        body: The body.
        delivery: How it is sent.
    """

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    delivery: Delivery = field(default_factory=Delivery)

    @property
    def envelope(self) -> dict[str, Any] | None:
        """The envelope, or None if the body is not one."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return None
        return found if isinstance(found, dict) else None

    def with_envelope(self, envelope: Any) -> "MockAnswer":
        """Return it with another body."""
        return replace(self, body=json.dumps(envelope, ensure_ascii=False).encode())

    def with_headers(self, **changed: str | None) -> "MockAnswer":
        """Return it with other headers; underscores stand for hyphens, None removes one."""
        headers = dict(self.headers)
        for name, value in changed.items():
            key = name.replace("_", "-")
            if value is None:
                headers.pop(key, None)
            else:
                headers[key] = value
        return replace(self, headers=headers)
