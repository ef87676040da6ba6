"""Sessions of operators: begun by an API key, ended by logout, by time, or with the key."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from hmac import compare_digest, new
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select

from ocpi_server._clock import Clock, from_micros, to_micros
from ocpi_server.operator_keys import Keys, OperatorKey
from ocpi_server.store.database import Database
from ocpi_server.store.database.operator_tables import console_sessions as table

__all__ = ["SCOPE", "Session", "Sessions", "form_token", "is_form_token", "new_token"]

SCOPE: Final = "console"
"""The scope that a key needs for the console."""
_BYTES: Final = 32
_LONGEST: Final = 64
"""No token of ours is longer; whatever is, is not looked up."""


@dataclass(frozen=True, slots=True)
class Session:
    """A session.

    Attributes:
        token: What the cookie carries.
        key: The key that it was begun with, as it is now.
    """

    token: str
    key: OperatorKey


class Sessions:
    """The sessions of all processes; only digests of their tokens are kept.

    Args:
        database: Where they are kept.
        keys: The keys.
        clock: Returns the current time.
        lifetime: How long a session lasts.
    """

    def __init__(self, database: Database, keys: Keys, clock: Clock, lifetime: timedelta) -> None:
        self._database, self._keys = database, keys
        self._clock, self._lifetime = clock, lifetime

    async def begin(self, key: OperatorKey) -> str:
        """Begin a session; return its token. Sessions that have expired are removed."""
        token, now = new_token(), self._clock()
        row = {
            "digest": _digest(token),
            "key_id": key.id,
            "created": to_micros(now),
            "expires": to_micros(now + self._lifetime),
        }
        await self._database.write(lambda link: _begin(link, row))
        return token

    async def find(self, token: str) -> Session | None:
        """Return the session of a token; None where it has ended, or its key has."""
        if not token or len(token) > _LONGEST:
            return None
        digest, now = _digest(token), self._clock()
        statement = select(table.c.key_id, table.c.expires).where(table.c.digest == digest)
        row = await self._database.read(lambda link: link.execute(statement).first())
        if row is None or from_micros(row.expires) <= now:
            return None
        key = await self._keys.get(row.key_id)
        if key is None or not key.allows(SCOPE):
            return None
        return None if key.expires is not None and key.expires <= now else Session(token, key)

    async def end(self, token: str) -> None:
        """End a session in all processes."""
        statement = delete(table).where(table.c.digest == _digest(token))
        await self._database.write(lambda link: link.execute(statement).close())


def _begin(link: Connection, row: dict[str, Any]) -> None:
    link.execute(delete(table).where(table.c.expires <= row["created"]))
    link.execute(insert(table), row)


def new_token() -> str:
    """Return a new random token for a cookie."""
    return secrets.token_urlsafe(_BYTES)


def form_token(cookie: str) -> str:
    """Return what forms must carry beside a cookie; other sites know neither."""
    return new(cookie.encode(), b"form", sha256).hexdigest()


def is_form_token(cookie: str, sent: str) -> bool:
    """Return whether a form was made for a cookie."""
    return bool(cookie) and compare_digest(form_token(cookie).encode(), sent.encode())


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
