"""The tokens that open partners' systems, encrypted at rest.

A platform must keep the token that it uses at a partner in a form that it can read again, so a
digest is not enough. It is encrypted with a key that lives outside the database.
"""

import os
import secrets
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from ocpi_runtime.failures import CommandFailed

__all__ = ["Vault", "VaultError"]


class VaultError(CommandFailed, RuntimeError):
    """The key is missing or malformed, may be read by others, or does not fit what is stored."""


class Vault:
    """Seals and opens short secrets with the key in one file.

    Args:
        path: The file: a Fernet key, 32 bytes in URL-safe Base64. It may be missing until
            :meth:`unlock`.

    Raises:
        VaultError: The file holds no key, or others than its owner may read it.
    """

    __slots__ = ("_fernet", "path")

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fernet = _read(path) if path.exists() else None

    @classmethod
    def at(cls, path: Path) -> "Vault":
        """Open the vault of a key; create the key, readable by its owner only, if there is none."""
        vault = cls(path)
        vault.unlock(())
        return vault

    def unlock(self, sealed: Iterable[bytes], proof: bytes | None = None) -> bool:
        """Get ready for what is stored; a new key is made only where nothing is sealed yet.

        Args:
            sealed: What was sealed before; some of it may be damaged.
            proof: Something else that was sealed with the key, which has no other use.

        Returns:
            Whether the proof was sealed with the key.

        Raises:
            VaultError: The key is missing although something is sealed, or it opens none of it.
        """
        known = list(sealed)
        if self._fernet is None:
            if known and not self.path.exists():
                raise VaultError(_lost(f"the key {self.path} is missing", len(known)))
            self._fernet = _created(self.path)
        proved = proof is not None and self._opens(proof)
        if known and not proved and not any(self._opens(each) for each in known):
            problem = f"the key {self.path} is not the one that encrypted the stored tokens"
            raise VaultError(_lost(problem, len(known)))
        return proved

    def _opens(self, sealed: bytes) -> bool:
        try:
            self.open(sealed)
        except VaultError:
            return False
        return True

    def seal(self, secret: str) -> bytes:
        """Encrypt a secret for the store."""
        return self._key.encrypt(secret.encode())

    def open(self, sealed: bytes) -> str:
        """Decrypt what :meth:`seal` returned.

        Raises:
            VaultError: It was sealed with another key, or was altered.
        """
        try:
            return self._key.decrypt(sealed).decode()
        except (InvalidToken, TypeError) as error:
            raise VaultError("a stored token was encrypted with another key, or altered") from error

    @property
    def _key(self) -> Fernet:
        if self._fernet is None:
            raise VaultError(f"the key {self.path} has not been read yet; start the platform first")
        return self._fernet


def _read(path: Path) -> Fernet:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise VaultError(
                f"the key {path} is readable by others (mode {mode:04o}); run: chmod 600 {path}"
            )
        return Fernet(path.read_bytes().strip())
    except OSError as error:
        raise VaultError(f"the key {path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise VaultError(
            f"{path} is not a key: 32 bytes in URL-safe Base64 are expected; restore the file "
            "from a backup, or set key_file to the right one"
        ) from error


def _lost(problem: str, count: int) -> str:
    tokens = "1 stored token" if count == 1 else f"{count} stored tokens"
    return (
        f"{problem}, and without it {tokens} cannot be read; restore it from a backup, or set "
        "key_file to the right file. If it is lost, 'ocpi db new-key' makes a new one and ends "
        "the registrations, whose partners are then invited again"
    )


def _created(path: Path) -> Fernet:
    if not path.exists():
        try:
            _create_key(path)
        except OSError as error:
            raise VaultError(f"the key {path} cannot be created: {error.strerror}") from error
    return _read(path)


def _create_key(path: Path) -> None:
    # Written beside and linked: a second process never reads half a key, and never replaces one.
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        draft.chmod(0o600)  # whatever the umask is
        with os.fdopen(descriptor, "wb") as file:
            file.write(Fernet.generate_key() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()
