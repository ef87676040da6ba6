"""Operator keys: created, found by their secret, listed and removed."""

import hmac
import json
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, or_, select

from ocpi_server._clock import Clock, from_micros, to_micros, utc_now
from ocpi_server.operator_keys._scopes import ALL, checked_scopes
from ocpi_server.store.database import Database
from ocpi_server.store.database.operator_tables import operator_keys as table

__all__ = ["KeyTaken", "Keys", "OperatorKey"]

_MARK: Final = "ocpi-key"
"""What secrets begin with, so that scanners of repositories recognise them."""
_SECRET_BYTES: Final = 32
_ID_BYTES: Final = 8
_LONGEST: Final = 128
"""Maximum length of a secret; longer ones are not looked up."""
_NOBODY: Final = sha256(b"").hexdigest()


class KeyTaken(Exception):
    """Another key has this name."""


@dataclass(frozen=True, slots=True)
class OperatorKey:
    """A key, without its secret.

    Attributes:
        id: Its identifier; a part of the secret, and no secret itself.
        name: Who or what uses it.
        scopes: What it may be used for.
        created: When it was made.
        expires: When it ends; None: it does not.
    """

    id: str
    name: str
    scopes: frozenset[str]
    created: datetime
    expires: datetime | None = None

    def allows(self, scope: str) -> bool:
        """Return whether the key has a scope."""
        return scope in self.scopes or ALL in self.scopes


class Keys:
    """The keys of a platform; changes take effect at once in all its processes.

    Args:
        database: Where they are kept.
        clock: Returns the current time.
    """

    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database, self._clock = database, clock

    async def create(
        self, name: str, scopes: Collection[str], expires: datetime | None = None
    ) -> tuple[OperatorKey, str]:
        """Make a key.

        Returns:
            The key and its secret of 256 random bits, which is kept nowhere.

        Raises:
            KeyTaken: Another key has this name.
            UnknownScope: A scope does not exist.
        """
        key = OperatorKey(
            secrets.token_hex(_ID_BYTES), name, checked_scopes(scopes), self._clock(), expires
        )
        secret = f"{_MARK}-{key.id}-{secrets.token_urlsafe(_SECRET_BYTES)}"
        row = _row(key, _digest(secret))
        await self._database.write(lambda link: _add(link, row))
        return key, secret

    async def find(self, secret: str) -> OperatorKey | None:
        """Return the key of a secret; None if it does not exist or has expired.

        The row is found by the identifier, and the secret compared in constant time.
        """
        key_id = _id_in(secret)
        statement = select(*table.c).where(table.c.id == key_id)
        row = await self._database.read(lambda link: link.execute(statement).mappings().first())
        known = row["digest"] if row is not None else _NOBODY
        if not hmac.compare_digest(known, _digest(secret[: _LONGEST + 1])) or row is None:
            return None
        key = _key(row)
        return None if key.expires is not None and key.expires <= self._clock() else key

    async def get(self, key_id: str) -> OperatorKey | None:
        """Return the key with an identifier, even if it has expired."""
        statement = select(*table.c).where(table.c.id == key_id)
        row = await self._database.read(lambda link: link.execute(statement).mappings().first())
        return None if row is None else _key(row)

    async def is_good(self, key_id: str) -> bool:
        """Return whether a key exists and has not expired."""
        key = await self.get(key_id)
        return key is not None and (key.expires is None or key.expires > self._clock())

    async def list(self) -> list[OperatorKey]:
        """Return all keys, the oldest first, including expired ones."""
        statement = select(*table.c).order_by(table.c.created, table.c.id)
        rows = await self._database.read(lambda link: link.execute(statement).mappings().all())
        return [_key(row) for row in rows]

    async def remove(self, id_or_name: str) -> bool:
        """Remove a key; return whether it existed."""
        which = or_(table.c.id == id_or_name, table.c.name == id_or_name)
        statement = delete(table).where(which)
        return await self._database.write(lambda link: link.execute(statement).rowcount > 0)


def _add(link: Connection, row: dict[str, Any]) -> None:
    if link.execute(select(table.c.id).where(table.c.name == row["name"])).first() is not None:
        raise KeyTaken(f"Another key is named {row['name']}. Remove it, or choose another name.")
    link.execute(insert(table), row)


def _row(key: OperatorKey, digest: str) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "digest": digest,
        "scopes": json.dumps(sorted(key.scopes)),
        "created": to_micros(key.created),
        "expires": None if key.expires is None else to_micros(key.expires),
    }


def _key(row: Any) -> OperatorKey:
    return OperatorKey(
        row["id"],
        row["name"],
        frozenset(json.loads(row["scopes"])),
        from_micros(row["created"]),
        None if row["expires"] is None else from_micros(row["expires"]),
    )


def _digest(secret: str) -> str:
    """Return the hash of a secret; a fast one is enough, as 256 random bits cannot be guessed."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _id_in(secret: str) -> str:
    """Return the identifier in a secret; empty if it is not one of ours."""
    if len(secret) > _LONGEST or not secret.startswith(f"{_MARK}-"):
        return ""
    return secret.removeprefix(f"{_MARK}-").partition("-")[0]
