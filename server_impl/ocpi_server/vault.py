"""The tokens that open partners' systems, encrypted at rest.

A platform must keep the token that it uses at a partner in a form that it can read again, so a
digest is not enough. It is encrypted with a key that lives outside the database.
"""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

__all__ = ["Vault", "VaultError"]


class VaultError(RuntimeError):
    """The key does not fit what is stored, or is no key."""


class Vault:
    """Seals and opens short secrets with one key.

    Args:
        key: A Fernet key: 32 bytes in URL-safe Base64.
    """

    __slots__ = ("_fernet",)

    def __init__(self, key: bytes) -> None:
        try:
            self._fernet = Fernet(key)
        except ValueError as error:
            raise VaultError("the key file holds no key of the expected form") from error

    @classmethod
    def at(cls, path: Path) -> "Vault":
        """Read the key at ``path``; create it, for its owner's eyes only, if there is none."""
        if not path.exists():
            _create_key(path)
        return cls(path.read_bytes().strip())

    def seal(self, secret: str) -> bytes:
        """Encrypt a secret for the store."""
        return self._fernet.encrypt(secret.encode())

    def open(self, sealed: bytes) -> str:
        """Decrypt what :meth:`seal` gave.

        Raises:
            VaultError: It was sealed with another key, or was altered.
        """
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken as error:
            raise VaultError("a stored token was sealed with another key") from error


def _create_key(path: Path) -> None:
    # Written beside and linked: a second process never reads half a key, and never replaces one.
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(Fernet.generate_key() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()
