"""Names that a new version, module or class may have."""

import re

from ocpi_generator.plan import PlanError
from ocpi_generator.plan.names import module as python_module

__all__ = ["BadName", "check_class", "check_module", "check_version", "class_of", "words_of"]

_VERSION = re.compile(r"[0-9]+(\.[0-9]+)+")
_MODULE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_CLASS = re.compile(r"[A-Z][A-Za-z0-9]*")
_FOLDERS = frozenset({"common", "types"})


class BadName(Exception):
    """A name cannot be used; the message lists the allowed ones."""


def check_version(name: str) -> None:
    """Refuse what is no version number.

    Raises:
        BadName: It is none.
    """
    if not _VERSION.fullmatch(name):
        raise BadName(f"{name!r} is not a version number; write numbers and dots, such as 2.4.0.")


def check_module(name: str) -> None:
    """Refuse what cannot be the identifier of a module, on the wire and in Python.

    Raises:
        BadName: It cannot.
    """
    if not _MODULE.fullmatch(name):
        raise BadName(f"{name!r} is not a module; use small letters, digits and single hyphens.")
    if name in _FOLDERS:
        raise BadName(f"{name} is the folder of what modules share; choose another name.")
    try:
        python_module(name)
    except PlanError as error:
        raise BadName(f"{error}; choose another name.") from error


def check_class(name: str) -> None:
    """Refuse what cannot be the name of a class.

    Raises:
        BadName: It cannot.
    """
    if not _CLASS.fullmatch(name):
        raise BadName(f"{name!r} is not a class; start with a capital, use letters and digits.")


def class_of(module: str) -> str:
    """Guess the class of the objects of a module: ``acme-fobs`` has an ``AcmeFob``."""
    word = "".join(part[:1].upper() + part[1:] for part in module.split("-"))
    return word[:-1] if re.search(r"[^s]s$", word) else word


def words_of(name: str) -> str:
    """Write a class as a part of an operation id: ``acme_fob``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
