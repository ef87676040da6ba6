"""Expected errors of commands, in a line or two for their user.

Errors of libraries are known by the names of their modules, so that no library is imported for
its errors alone.
"""

import errno
import os
import re
import shlex
import sys
import traceback
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from typing import Final

from ocpi_runtime.errors import OcpiError
from ocpi_runtime.failures import CommandFailed

__all__ = ["INTERRUPTED", "PACKAGES", "as_debug", "explained"]

PACKAGES: Final = (
    "ocpi-runtime",
    "ocpi-bindings",
    "ocpi-generator",
    "ocpi-bridge",
    "ocpi-pricing",
    "ocpi-server",
    "ocpi-audit",
    "ocpi-conformance",
)
INTERRUPTED: Final = 130
_FAILED: Final = 1
_NAME: Final = re.compile(r"[A-Za-z0-9._-]+")
_HTTP_LIBRARIES: Final = frozenset({"httpx", "httpcore", "httpx2", "httpcore2"})
_MODULES: Final = {"mkdocstrings_handlers": "mkdocstrings-python", "yaml": "pyyaml"}
"""The modules whose package has another name."""
_SHOWN_FAULTS: Final = 20


def explained(error: BaseException) -> tuple[int, str] | None:
    """Return the exit code and the message of an expected error; None for a bug."""
    if isinstance(error, CommandFailed):
        return error.exit_code, str(error)
    if isinstance(error, OcpiError):
        return _FAILED, _of_ours(error)
    if isinstance(error, ModuleNotFoundError):
        return _missing(error)
    if isinstance(error, UnicodeDecodeError):
        return _FAILED, f"What was read is not UTF-8 text (byte {error.start})."
    if isinstance(error, OSError):
        return _FAILED, _of_the_system(error)
    return _of_a_library(error)


def _of_ours(error: OcpiError) -> str:
    lines = [" ".join(part for part in (error.message, error.hint) if part)]
    faults = error.violations
    lines += [f"  {one.pointer or '(all of it)'} {one.message}" for one in faults[:_SHOWN_FAULTS]]
    if len(faults) > _SHOWN_FAULTS:
        lines.append(f"  and {len(faults) - _SHOWN_FAULTS} more")
    return "\n".join(lines)


def _of_the_system(error: OSError) -> str:
    what = error.strerror or str(error)
    if error.filename is None:
        at = "standard output: " if error.errno == errno.ENOSPC else ""
        return f"{at}{what}."
    names = [os.fsdecode(one) for one in (error.filename, error.filename2) if one is not None]
    return f"{' -> '.join(names)}: {what}."


def _of_a_library(error: BaseException) -> tuple[int, str] | None:
    for kind in type(error).__mro__:
        package = kind.__module__.partition(".")[0]
        if package in _HTTP_LIBRARIES and kind.__name__ in {"HTTPError", "InvalidURL"}:
            return _FAILED, f"{_url(error)}{str(error) or type(error).__name__}."
        if package == "sqlalchemy" and kind.__name__ == "DBAPIError":
            return _FAILED, f"The database: {getattr(error, 'orig', error)}."
        if package == "sqlite3" and kind.__name__ == "Error":
            return _FAILED, f"The database: {error}."
    return None


def _url(error: BaseException) -> str:
    try:
        return f"{error.request.url}: "  # type: ignore[attr-defined]
    except (AttributeError, RuntimeError):
        return ""


def _missing(error: ModuleNotFoundError) -> tuple[int, str] | None:
    """Explain that a package is not installed; one that nobody asks for is a bug."""
    module = (error.name or "").partition(".")[0]
    asking = _asking_package(error)
    packages = sorted(PACKAGES, key=lambda each: each != asking)
    found = next(_providers(_MODULES.get(module, module), packages), None)
    if found is None:
        return None
    python = shlex.quote(_relative(sys.executable))
    return _FAILED, f"{module!r} is not installed. Run: {python} -m pip install {found!r}"


def _asking_package(error: BaseException) -> str:
    """Return which of our packages imported what is missing: the innermost one."""
    frames = (frame for frame, _ in traceback.walk_tb(error.__traceback__))
    names = [str(frame.f_globals.get("__name__", "")).partition(".")[0] for frame in frames]
    ours = [name.replace("_", "-") for name in names if name.startswith("ocpi_")]
    return ours[-1] if ours else ""


def _providers(package: str, packages: Iterable[str]) -> Iterator[str]:
    """Yield what pip can install to bring a package: one of ours, with an extra or without."""
    wanted = package.replace("_", "-").lower()
    if wanted in PACKAGES:
        yield wanted
    for ours in packages:
        for line in _required_by(ours):
            requirement, _, marker = line.partition(";")
            name = _NAME.match(requirement)
            if name is None or name[0].replace("_", "-").lower() != wanted:
                continue
            extra = re.search(r"extra == ['\"]([^'\"]+)", marker)
            yield f"{ours}[{extra[1]}]" if extra else ours


def _relative(path: str) -> str:
    """Shorten a path below the working directory to what is typed there."""
    return path.removeprefix(f"{Path.cwd()}{os.sep}")


def _required_by(package: str) -> list[str]:
    try:
        return list(requires(package) or ())
    except PackageNotFoundError:
        return []


def as_debug(value: str | None) -> bool:
    """Return whether a value of ``OCPI_DEBUG`` asks for tracebacks."""
    return (value or "").lower() not in {"", "0", "false", "no", "off"}
