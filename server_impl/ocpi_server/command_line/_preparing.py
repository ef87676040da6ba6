"""What has to be right before a platform starts: its database and the key that belongs to it."""

from functools import partial

from ocpi_server._vault import Vault, VaultError
from ocpi_server.partners import PartnerDirectory, PartnerRecord, keys, rows
from ocpi_server.settings import Settings
from ocpi_server.store import Database, open_database
from ocpi_server.store.database.schema import ensure
from ocpi_server.store.maintenance.checking import Finding, check_store, recount

__all__ = ["find_damage", "prepare", "repair_counts", "replace_key"]


async def prepare(settings: Settings) -> None:
    """Upgrade the database and check the key, as the start does.

    Raises:
        StoreError: The database cannot be used.
        VaultError: So it is with the key.
    """
    vault = Vault(settings.key_path)
    database = open_database(settings.database)
    try:
        await ensure(database, migrate=settings.database.startswith("sqlite"))
        await keys.unlock(database, vault)
    finally:
        await database.close()


async def replace_key(settings: Settings) -> list[str]:
    """End all registrations and make a new key, for an operator who has lost the old one.

    Returns:
        The partners that have to be invited again.

    Raises:
        StoreError: The database cannot be used.
        VaultError: The key that is there opens what is stored, so that nothing is lost.
    """
    database = open_database(settings.database)
    try:
        await ensure(database, migrate=settings.database.startswith("sqlite"))
        if await database.read(rows.sealed_tokens):
            await _must_be_lost(settings, database)
        directory = PartnerDirectory(database, Vault(settings.key_path), settings.own_parties)
        sealed = await database.read(rows.sealed_partners)
        ended = [each for each in await directory.every() if each.id in sealed]
        for partner in ended:
            await directory.part(partner)
        Vault.at(settings.key_path)
    finally:
        await database.close()
    return [partner.id for partner in ended]


async def _must_be_lost(settings: Settings, database: Database) -> None:
    """Put a key that does not fit out of the way, under a name that ends in ``.old``."""
    path = settings.key_path
    vault = Vault(path)
    try:
        await keys.try_key(database, vault)
    except VaultError:
        if path.exists():
            path.rename(path.with_name(f"{path.name}.old"))
    else:
        raise VaultError(f"the key {path} decrypts the stored tokens; it need not be replaced")


async def find_damage(settings: Settings) -> list[Finding]:
    """Look for damaged rows in the whole database; nothing is changed.

    Raises:
        StoreError: The database cannot be used.
        VaultError: The key file cannot be used.
    """
    vault = Vault(settings.key_path)
    database = open_database(settings.database)
    try:
        await ensure(database, migrate=False)
        found = await check_store(database)
        for each in await database.read(rows.every):
            proposal = await database.read(partial(rows.sealed_proposal, partner_id=each.id))
            problems = _problems(each, proposal, vault)
            found += [Finding("partners", each.id, each.label, problem) for problem in problems]
        return found
    finally:
        await database.close()


async def repair_counts(settings: Settings) -> int:
    """Recount the lists whose counts are wrong, and return how many they were.

    Raises:
        StoreError: The database cannot be used.
    """
    database = open_database(settings.database)
    try:
        await ensure(database, migrate=False)
        return await recount(database)
    finally:
        await database.close()


def _problems(partner: PartnerRecord, proposal: bytes | None, vault: Vault) -> list[str]:
    found = [f"{name} is damaged" for name in partner.damaged]
    for name, sealed in (
        ("sealed_token", partner.sealed_token),
        ("sealed_pending", proposal),
        ("sealed_transport", partner.sealed_transport),
    ):
        if sealed is None:
            continue
        try:
            vault.open(sealed)
        except VaultError as error:
            found.append(f"{name}: {error}")
    return found
