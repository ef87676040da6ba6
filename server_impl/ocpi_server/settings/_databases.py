"""The check of the database: URL, dialect, driver and, for SQLite, the folder of the file."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ocpi_runtime.failures import did_you_mean
from ocpi_server.settings._checks import Check, check_file
from ocpi_server.settings._faults import Wrong

if TYPE_CHECKING:
    from sqlalchemy import URL

__all__ = ["DatabaseUrl", "sqlite_file"]

_SHAPE: Final = "such as sqlite:///ocpi.sqlite or postgresql+asyncpg://user:password@host/name"
_PASSWORD: Final = re.compile(r"(//[^:/@]*:).*@", re.DOTALL)
_DIRECT: Final = frozenset({"sqlite", "sqlite+pysqlite"})
_PACKAGES: Final = {"psycopg": "psycopg[binary]"}
"""The packages whose modules have another name than what pip installs."""
_ASYNCHRONOUS: Final = frozenset(
    {"aiomysql", "aioodbc", "aiosqlite", "asyncmy", "asyncpg", "oracledb_async", "psycopg"}
)
_DRIVERS: Final = {
    "postgresql": "postgresql+asyncpg",
    "mysql": "mysql+aiomysql",
    "mariadb": "mariadb+aiomysql",
    "oracle": "oracle+oracledb_async",
    "mssql": "mssql+aioodbc",
    "sqlite": "sqlite+aiosqlite",
}


@dataclass(frozen=True, slots=True)
class DatabaseUrl(Check):
    """The URL of a database that can be opened: its driver is there, and asynchronous."""

    def __call__(self, value: Any) -> Any:
        """Return the value as the settings carry it, or refuse it."""
        url = _parsed(value)
        file = sqlite_file(url)
        if file is not None:
            check_file(file)
        if url.drivername not in _DIRECT:
            _check_driver(url)
        return value

    def resolve(self, value: Any, folder: Path) -> Any:
        """Return the URL with the file of an SQLite database as it is seen from the folder."""
        try:
            url = _parsed(value)
        except Wrong:
            return value
        file = sqlite_file(url)
        if file is None:
            return value
        return url.set(database=str(folder / file)).render_as_string(hide_password=False)


def sqlite_file(url: "URL") -> Path | None:
    """Return the file of an SQLite database; None in memory and for other databases."""
    name = url.database or ":memory:"
    if not url.drivername.startswith("sqlite") or name.startswith((":memory:", "file:")):
        return None
    return Path(name)


def _parsed(value: Any) -> "URL":
    from sqlalchemy import make_url  # noqa: PLC0415 - heavy
    from sqlalchemy.exc import ArgumentError  # noqa: PLC0415 - heavy

    try:
        return make_url(value)
    except (ArgumentError, ValueError, TypeError):
        shown = _PASSWORD.sub(r"\1***@", value) if isinstance(value, str) else value
        raise Wrong(f"{shown!r} is not the URL of a database, {_SHAPE}") from None


def _check_driver(url: "URL") -> None:
    from sqlalchemy.exc import InvalidRequestError, NoSuchModuleError  # noqa: PLC0415 - heavy
    from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415 - heavy

    name, backend = url.drivername, url.get_backend_name()
    try:
        create_async_engine(url)  # connects to nothing yet
    except NoSuchModuleError:
        near = did_you_mean(backend, _DRIVERS)
        known = f"database {name!r} is not supported; allowed: {', '.join(_DRIVERS)}"
        raise Wrong(f"{known}{near}") from None
    except ModuleNotFoundError as error:
        if "+" not in name or url.get_driver_name() not in _ASYNCHRONOUS:
            raise _not_asynchronous(name, backend) from None
        package = _PACKAGES.get(str(error.name), str(error.name))
        raise Wrong(f"the driver of {name} is missing: pip install {package!r}") from None
    except InvalidRequestError:
        raise _not_asynchronous(name, backend) from None


def _not_asynchronous(name: str, backend: str) -> Wrong:
    instead = f"write {_DRIVERS[backend]}://" if backend in _DRIVERS else "choose one that is"
    return Wrong(f"the driver of {name} is not asynchronous; {instead}")
