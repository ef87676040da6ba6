"""The versions that are installed, as commands name them."""

import pkgutil
from collections.abc import Sequence
from importlib import import_module
from typing import Any, Final

import typer

import ocpi_bindings
from ocpi_runtime.binding import Binding
from ocpi_runtime.failures import did_you_mean
from ocpi_runtime.options import plain_console

__all__ = ["check_modules", "installed_bindings"]

_USAGE: Final = 2
_stderr = plain_console(stderr=True)


def installed_bindings(version: str | None) -> list[Binding[Any, Any]]:
    """Return the bindings that are installed, or the one of a version.

    Raises:
        typer.Exit: There is no such version; a message lists those that there are.
    """
    names = [one.name for one in pkgutil.iter_modules(ocpi_bindings.__path__) if one.ispkg]
    found: list[Binding[Any, Any]] = [
        import_module(f"{ocpi_bindings.__name__}.{name}").binding for name in names
    ]
    wanted = [one for one in found if version in {None, one.version}]
    if not wanted:
        known = ", ".join(sorted(one.version for one in found))
        end = did_you_mean(str(version), [one.version for one in found]) or "."
        raise _refused(f"Version {version} is not supported. Use one of {known}{end}")
    return wanted


def check_modules(modules: Sequence[str], bindings: Sequence[Binding[Any, Any]]) -> None:
    """Refuse modules that none of the versions has.

    Raises:
        typer.Exit: A module is unknown; a message lists those that there are.
    """
    known = sorted({name for one in bindings for name, _ in one.interfaces})
    for module in modules:
        if module not in known:
            end = did_you_mean(module, known) or "."
            raise _refused(f"Module {module} not found. Use one of {', '.join(known)}{end}")


def _refused(message: str) -> typer.Exit:
    _stderr.print(message)
    return typer.Exit(_USAGE)
