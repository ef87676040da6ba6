"""Registration from both sides, with the tokens in a table of the application.

``SqlCredentialsStore`` is all that an application writes; ``Registrar`` exchanges the tokens.
"""

import base64
from collections.abc import Sequence

import msgspec
from sqlalchemy import ColumnElement, LargeBinary, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from starlette.types import ASGIApp

from ocpi_bindings import v2_2_1
from ocpi_runtime.credentials import CredentialsStore, OwnParty, Registrar, Registration
from ocpi_runtime.server import Stub, create_app


class Base(DeclarativeBase):
    """The tables of the application."""


class Partner(Base):
    """A partner: the columns that are searched, and the registration as a document."""

    __tablename__ = "partners"
    id: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int]
    token_digest: Mapped[str] = mapped_column(unique=True)
    previous_digest: Mapped[str | None] = mapped_column(unique=True)
    document: Mapped[bytes] = mapped_column(LargeBinary)


class SqlCredentialsStore(CredentialsStore):
    """Keeps registrations in the table ``partners``."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def load(self, partner_id: str) -> Registration | None:
        return await self._first(Partner.id == partner_id)

    async def find(self, digests: Sequence[str]) -> Registration | None:
        present, before = Partner.token_digest, Partner.previous_digest
        return await self._first(or_(present.in_(digests), before.in_(digests)))

    async def replace(self, old: Registration | None, new: Registration | None) -> bool:
        async with self._engine.begin() as connection:
            if old is None:
                if new is None:
                    return True
                try:
                    await connection.execute(insert(Partner).values(columns(new)))
                except IntegrityError:
                    return False
                return True
            same = (Partner.id == old.partner_id, Partner.revision == old.revision)
            change = (
                delete(Partner).where(*same)
                if new is None
                else update(Partner).where(*same).values(columns(new))
            )
            return (await connection.execute(change)).rowcount == 1

    async def _first(self, condition: ColumnElement[bool]) -> Registration | None:
        async with self._engine.connect() as connection:
            text = await connection.scalar(select(Partner.document).where(condition))
        return None if text is None else msgspec.json.decode(decrypted(text), type=Registration)


def columns(registration: Registration) -> dict[str, object]:
    return {
        "id": registration.partner_id,
        "revision": registration.revision,
        "token_digest": registration.token_digest,
        "previous_digest": registration.previous_digest,
        "document": encrypted(msgspec.json.encode(registration)),
    }


def encrypted(text: bytes) -> bytes:
    """Encrypt with the key management of your application; this one hides from nobody."""
    return base64.b64encode(text)


def decrypted(text: bytes) -> bytes:
    return base64.b64decode(text)


async def create_tables(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)


def platform(registrar: Registrar, handlers: Sequence[Stub] = ()) -> ASGIApp:
    """Return the application in which partners register."""
    return create_app(
        [*registrar.handlers(), *handlers],
        authenticate=registrar.authenticate,
        base_url=registrar.base_url,
    )


def cpo(engine: AsyncEngine, base_url: str) -> Registrar:
    """Return the registrar of a CPO: ``invite`` partners, or ``register`` with them."""
    own = [OwnParty("CPO", "NL", "EXA", "Example Charging")]
    store = SqlCredentialsStore(engine)
    return Registrar(store, bindings=[v2_2_1.binding], base_url=base_url, own=own)
