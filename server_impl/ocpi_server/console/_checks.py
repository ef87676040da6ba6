"""Checks of partners by ``ocpi check``, in a process of its own."""

import asyncio
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import Connection, delete, insert, select, update

from ocpi_runtime.transport import Transport
from ocpi_server._clock import SECOND, Clock, to_micros
from ocpi_server._operations import Operations
from ocpi_server.partners import PartnerRecord
from ocpi_server.store import Database
from ocpi_server.store.database.operator_tables import console_checks as table

__all__ = ["RATES", "Check", "Checks", "Pace"]

RATES: Final = (2, 10, 100)
"""How many requests a second a check may send, the first by default."""
_SECONDS: Final = 900
_LONGEST: Final = (_SECONDS + 60) * SECOND
"""After so many microseconds nothing runs any more."""
_MOST_BYTES: Final = 20_000_000
_KEPT: Final = 10
"""Number of runs that are kept of each partner."""
_RULES_BROKEN: Final = 1
_HEAD: Final = (table.c.id, table.c.partner, table.c.started, table.c.ended, table.c.state)
_MAIN: Final = "import sys; from ocpi_runtime.cli import main; sys.exit(main())"


@dataclass(frozen=True, slots=True)
class Check:
    """A run.

    Attributes:
        id: Its id.
        partner: The id of the partner.
        started: When it began, in microseconds.
        ended: When it ended; None while it runs.
        state: ``running``, ``passed``, ``failed`` or ``broken``.
        message: Why it could not run; None where it could.
    """

    id: str
    partner: str
    started: int
    ended: int | None
    state: str
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """What is checked, and how fast.

    Attributes:
        rate: Maximum number of requests in a second.
        module: The only OCPI module that is checked; empty: all.
    """

    rate: int
    module: str = ""

    @property
    def arguments(self) -> list[str]:
        """The arguments of the command."""
        return ["--rate", str(self.rate), *(["--module", self.module] if self.module else [])]


class Checks:
    """Runs and keeps checks.

    Args:
        platform: Looks partners up, and the tokens that we use there.
        database: Where reports are kept.
        clock: Returns the current time.
    """

    def __init__(self, platform: Operations, database: Database, clock: Clock) -> None:
        self._platform, self._database, self._clock = platform, database, clock

    @staticmethod
    @cache
    def is_installed() -> bool:
        """Return whether the package of ``ocpi check`` is installed."""
        return any(each.name == "conformance" for each in entry_points(group="ocpi.commands"))

    async def latest(self, most: int) -> list[Check]:
        """Return the runs that began last."""
        statement = select(*_HEAD, table.c.message).order_by(table.c.started.desc()).limit(most)
        rows = await self._database.read(lambda link: link.execute(statement).all())
        return [self._as_it_is(Check(*row)) for row in rows]

    async def find(self, uid: str) -> tuple[Check, bytes | None, bytes | None] | None:
        """Return a run with its report as JSON and as HTML; None where there is none."""
        statement = select(*_HEAD, table.c.message, table.c.report, table.c.page)
        query = statement.where(table.c.id == uid)
        row = await self._database.read(lambda link: link.execute(query).first())
        if row is None:
            return None
        return self._as_it_is(Check(*row[:6])), row.report, row.page

    def _as_it_is(self, known: Check) -> Check:
        """Return a run; one that cannot run any more has ended with its process."""
        if known.state != "running" or known.started > to_micros(self._clock()) - _LONGEST:
            return known
        message = "The process that ran it has ended."
        return replace(known, state="broken", message=message)

    async def open(self, partner: PartnerRecord) -> str:
        """Note that a run begins; return its id.

        Raises:
            ValueError: The partner cannot be checked, or is being checked.
        """
        if partner.sealed_token is None or partner.versions_url is None:
            raise ValueError(f"{partner.label} is not registered: it has no token to check with.")
        row = {
            "id": str(uuid4()),
            "partner": partner.id,
            "started": to_micros(self._clock()),
            "state": "running",
        }
        if not await self._database.write(lambda link: _open(link, row)):
            raise ValueError(f"{partner.label} is being checked.")
        return str(row["id"])

    async def run(self, uid: str, partner: PartnerRecord, pace: Pace) -> None:
        """Check a partner, and keep the reports; whatever goes wrong is kept as well.

        Args:
            uid: The id of the run.
            partner: The partner.
            pace: What is checked, and how fast.
        """
        try:
            with TemporaryDirectory(prefix="ocpi-check-") as folder:
                done = await self._run(Path(folder), partner, pace)
        except TimeoutError:
            done = {"state": "broken", "message": f"It took longer than {_SECONDS} s."}
        except Exception as error:
            message = str(getattr(error, "message", error))
            await self._close(uid, {"state": "broken", "message": message})
            raise
        await self._close(uid, done)

    async def _run(self, folder: Path, partner: PartnerRecord, pace: Pace) -> dict[str, Any]:
        transport = self._platform.partners.transport(partner)
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            _MAIN,
            *_arguments(folder, partner, transport, self._platform),
            *pace.arguments,
            env=_environment(self._platform.partners.open_token(partner), transport),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(_SECONDS):
                _, stderr = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return _result(folder, process.returncode or 0, stderr)

    async def _close(self, uid: str, values: Mapping[str, Any]) -> None:
        ended = {"ended": to_micros(self._clock()), **values}
        statement = update(table).where(table.c.id == uid).values(**ended)
        await self._database.write(lambda link: link.execute(statement).close())


def _open(link: Connection, row: dict[str, Any]) -> bool:
    """Add a run, unless one goes on; the oldest of the partner are removed."""
    known = link.execute(
        select(*_HEAD).where(table.c.partner == row["partner"]).order_by(table.c.started.desc())
    ).all()
    since = row["started"] - _LONGEST
    if any(each.state == "running" and each.started > since for each in known):
        return False
    old = [each.id for each in known[_KEPT - 1 :]]
    link.execute(delete(table).where(table.c.id.in_(old)))
    link.execute(insert(table), row)
    return True


def _arguments(
    folder: Path, partner: PartnerRecord, transport: Transport, platform: Operations
) -> list[str]:
    """Return the arguments; nothing that is secret is among them."""
    urls = platform.settings.urls
    arguments = ["check", str(partner.versions_url), "--timeout", "30"]
    arguments += ["--version", partner.version] if partner.version else []
    arguments += ["--as", "cpo" if partner.plays("CPO") else "emsp"]
    arguments += ["--token-base64", {None: "auto", True: "yes", False: "no"}[partner.token_base64]]
    arguments += ["--allow-private"] * urls.allow_private + ["--allow-http"] * urls.allow_http
    for option, file in (
        ("--client-cert", transport.client_cert),
        ("--client-key", transport.client_key),
        ("--ca", transport.ca),
    ):
        arguments += [option, str(file)] if file is not None else []
    if transport.headers:
        headers = folder / "headers"
        headers.touch(mode=0o600)
        headers.write_text(
            "".join(f"{name}: {value}\n" for name, value in transport.headers.items())
        )
        arguments += ["--header", f"@{headers}"]
    for kind in ("json", "html"):
        arguments += ["--report", f"{kind}={folder / kind}"]
    return arguments


def _environment(token: str, transport: Transport) -> dict[str, str]:
    """Return the environment: that of the platform without its settings, and the token."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OCPI_")}
    proxy = {"OCPI_PROXY": transport.proxy} if transport.proxy else {}
    return {**kept, **proxy, "OCPI_TOKEN": token, "NO_COLOR": "1"}


def _result(folder: Path, code: int, stderr: bytes) -> dict[str, Any]:
    report, page = (_read(folder / kind) for kind in ("json", "html"))
    if report is None or code not in {0, _RULES_BROKEN}:
        message = stderr.decode("utf-8", "replace").strip()[-2000:]
        return {"state": "broken", "message": message or f"It ended with exit code {code}."}
    return {"state": "failed" if code else "passed", "report": report, "page": page}


def _read(file: Path) -> bytes | None:
    return file.read_bytes() if file.is_file() and file.stat().st_size <= _MOST_BYTES else None
