"""Trying the key of a database before anything is sealed or opened with it."""

from sqlalchemy import Connection, delete, insert, select

from ocpi_server._vault import Vault
from ocpi_server.partners import rows
from ocpi_server.store.database import Database
from ocpi_server.store.database.tables import vault as table

__all__ = ["try_key", "unlock"]

_NAME = "proof"
_SECRET = "this is the key"  # noqa: S105 - it is known to everybody
_PROOF = select(table.c.sealed).where(table.c.name == _NAME)


async def unlock(database: Database, vault: Vault) -> None:
    """Read or make the key, and leave a proof that it is the one of this database.

    Raises:
        VaultError: The key is missing, or is not the one that the tokens were sealed with.
    """
    if not await try_key(database, vault):
        sealed = vault.seal(_SECRET)
        await database.write(lambda link: _keep(link, sealed))


async def try_key(database: Database, vault: Vault) -> bool:
    """Read or make the key; return whether the proof of the database is that of the key.

    Raises:
        VaultError: As in :func:`unlock`.
    """
    sealed = await database.read(rows.sealed_tokens)
    proof = await database.read(lambda link: link.execute(_PROOF).scalar())
    return vault.unlock(sealed, proof)


def _keep(connection: Connection, sealed: bytes) -> None:
    connection.execute(delete(table).where(table.c.name == _NAME))
    connection.execute(insert(table), {"name": _NAME, "sealed": sealed})
