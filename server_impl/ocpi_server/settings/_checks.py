"""Checks of single values. Each takes what TOML has and what Python callers pass."""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from ocpi_runtime.failures import did_you_mean
from ocpi_server.settings._faults import Wrong

__all__ = [
    "Check",
    "Choice",
    "FilePath",
    "Flag",
    "HttpUrl",
    "ListOf",
    "Number",
    "Table",
    "Tables",
    "Text",
]

_TRUE: Final = frozenset({"1", "true", "yes", "on"})
_FALSE: Final = frozenset({"0", "false", "no", "off"})
_LONGEST_URL: Final = 255
_LAST_PORT: Final = 65535


class Check(ABC):
    """Decides about values of one setting."""

    @abstractmethod
    def __call__(self, value: Any) -> Any:
        """Return the value as the settings carry it.

        Raises:
            Wrong: It is not allowed.
        """

    def from_text(self, text: str) -> Any:
        """Return the value that a variable of the environment stands for."""
        return text

    def resolve(self, value: Any, folder: Path) -> Any:
        """Return a value of a settings file in a folder; paths are relative to that folder."""
        del folder
        return value


@dataclass(frozen=True, slots=True)
class Table(Check):
    """A table of the file: an instance of a dataclass of settings."""

    kind: type[Any]

    def __call__(self, value: Any) -> Any:
        """Return the value as the settings carry it, or refuse it."""
        if not isinstance(value, self.kind):
            raise Wrong(f"{value!r} is not a table with the keys of {self.kind.__name__}")
        return value


@dataclass(frozen=True, slots=True)
class Tables(Check):
    """An array of tables, by default at least one."""

    kind: type[Any]
    least: int = 1

    def __call__(self, value: Any) -> Any:
        """Return the value as the settings carry it, or refuse it."""
        if not isinstance(value, list | tuple) or not all(isinstance(e, self.kind) for e in value):
            raise Wrong(f"{value!r} is not a list of {self.kind.__name__}")
        if len(value) < self.least:
            raise Wrong("at least one is needed")
        return tuple(value)


@dataclass(frozen=True, slots=True)
class Text(Check):
    """A text of some length without control characters."""

    least: int = 1
    most: int = 255
    ascii_only: bool = False
    what: str = "a text"

    def __call__(self, value: Any) -> Any:
        """Return the value as the settings carry it, or refuse it."""
        fits = isinstance(value, str) and self.least <= len(value) <= self.most
        if not fits or not value.isprintable() or (self.ascii_only and not value.isascii()):
            raise Wrong(f"{value!r} is not {self.what} of {self._length()}")
        if self.ascii_only and " " in value:
            raise Wrong(f"{value!r} is not {self.what}: it has a space")
        return value

    def _length(self) -> str:
        if self.least == self.most:
            return f"{self.most} characters"
        return f"{self.least} to {self.most} characters"


@dataclass(frozen=True, slots=True)
class Choice(Check):
    """One of some names.

    Attributes:
        allowed: Returns the names; called when a value is checked.
        what: What a name is, where there are too many to list them.
        any_case: Whether names are compared without case.
        other_names: Returns the allowed name that another spelling means, or None.
        frequent: Names among them that are taken without asking for all, where that is slow.
    """

    allowed: Callable[[], Iterable[str]]
    what: str = ""
    any_case: bool = False
    other_names: Callable[[str], str | None] = lambda _: None
    frequent: frozenset[str] = frozenset()

    def __call__(self, value: Any) -> Any:
        """Return the value as the settings carry it, or refuse it."""
        if isinstance(value, str) and value in self.frequent:
            return value
        names = list(self.allowed())
        if isinstance(value, str) and (
            value in names or (self.any_case and value.upper() in names)
        ):
            return value
        wanted = self.what or f"one of {', '.join(names)}"
        raise Wrong(f"{value!r} is not {wanted}{self._near(value, names)}")

    def _near(self, value: object, names: Iterable[str]) -> str:
        if not isinstance(value, str):
            return ""
        other = self.other_names(value)
        return f"; did you mean {other!r}?" if other else did_you_mean(value, names)


@dataclass(frozen=True, slots=True)
class ListOf(Check):
    """A list whose elements all pass a check, none of them twice."""

    each: Check
    kind: type[Any] = tuple
    least: int = 0

    def __call__(self, value: Any) -> Any:
        """Return the value as the settings carry it, or refuse it."""
        if not isinstance(value, list | tuple | set | frozenset):
            raise Wrong(f'{value!r} is not a list; write it like ["a", "b"]')
        if len(value) < self.least:
            raise Wrong("the list is empty; at least one is needed")
        checked = [self.each(one) for one in value]
        twice = [one for at, one in enumerate(checked) if one in checked[:at]]
        if twice:
            raise Wrong(f"{twice[0]!r} is repeated")
        return self.kind(checked)

    def from_text(self, text: str) -> Any:
        """Split a text at its commas."""
        return [one.strip() for one in text.split(",") if one.strip()]


@dataclass(frozen=True, slots=True)
class Number(Check):
    """A finite number within bounds; a boolean is none.

    Attributes:
        least: The smallest that is allowed.
        most: The largest that is allowed.
        above: Whether the smallest itself is not allowed.
        whole: Whether it is an integer.
        unit: What it counts, such as ``seconds``.
    """

    least: float = 0
    most: float = math.inf
    above: bool = False
    whole: bool = False
    unit: str = ""

    def __call__(self, value: Any) -> Any:
        """Return the value as the settings carry it, or refuse it."""
        kinds = int if self.whole else int | float
        if not isinstance(value, kinds) or isinstance(value, bool):
            raise Wrong(f"{_shown(value)} is not {self._wanted()}")
        small = value <= self.least if self.above else value < self.least
        if not math.isfinite(value) or small or value > self.most:
            raise Wrong(f"{value} is not {self._wanted()}")
        return value if self.whole else float(value)

    def from_text(self, text: str) -> Any:
        """Read a number; what is none stays a text and is refused as one."""
        try:
            return int(text) if self.whole else float(text)
        except ValueError:
            return text

    def _wanted(self) -> str:
        bounds = f"{'above' if self.above else 'of at least'} {self.least:g}"
        if self.most < math.inf:
            bounds += f" and at most {self.most:g}"
        unit = f" ({self.unit})" if self.unit else ""
        return f"{'a whole number' if self.whole else 'a number'} {bounds}{unit}"


def _shown(value: Any) -> str:
    """Return a value as TOML writes it, where that differs."""
    return str(value).lower() if isinstance(value, bool) else repr(value)


@dataclass(frozen=True, slots=True)
class Flag(Check):
    """True or false."""

    def __call__(self, value: Any) -> Any:
        """Return the value as the settings carry it, or refuse it."""
        if not isinstance(value, bool):
            raise Wrong(f"{value!r} is not true or false")
        return value

    def from_text(self, text: str) -> Any:
        """Read what people write for true and false; anything else stays a text."""
        if text.lower() in _TRUE | _FALSE:
            return text.lower() in _TRUE
        return text


@dataclass(frozen=True, slots=True)
class HttpUrl(Check):
    """An absolute URL; as a base, without a slash at its end, a query or a fragment."""

    base: bool = False

    def __call__(self, value: Any) -> Any:
        """Return the value as the settings carry it, or refuse it."""
        wanted = "an absolute http or https URL, such as https://example.com/ocpi"
        if not isinstance(value, str) or len(value) > _LONGEST_URL or not _is_http(value):
            raise Wrong(f"{value!r} is not {wanted}, of at most {_LONGEST_URL} characters")
        if self.base and ("?" in value or "#" in value or "@" in urlsplit(value).netloc):
            raise Wrong(f"{value!r} is not {wanted}: no user, query or fragment is allowed")
        return value.rstrip("/") if self.base else value


def _is_http(value: str) -> bool:
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return False
    printable = value.isascii() and value.isprintable() and " " not in value
    known = parts.scheme in {"http", "https"} and bool(parts.hostname)
    return printable and known and (port is None or 0 < port <= _LAST_PORT)


@dataclass(frozen=True, slots=True)
class FilePath(Check):
    """A file in a folder that exists; the file itself may be missing. None is allowed."""

    def __call__(self, value: Any) -> Any:
        """Return the value as the settings carry it, or refuse it."""
        if value is None:
            return None
        if not isinstance(value, str | Path) or not str(value) or "\0" in str(value):
            raise Wrong(f"{value!r} is not the path of a file")
        path = Path(value)
        check_file(path)
        return path

    def resolve(self, value: Any, folder: Path) -> Any:
        """Return the path as it is seen from the folder."""
        return folder / value if isinstance(value, str | Path) and str(value) else value


def check_file(path: Path) -> None:
    """Refuse a file that could not be there.

    Raises:
        Wrong: Its folder does not exist, or it is a folder itself.
    """
    try:
        is_folder, has_folder = path.is_dir(), path.parent.is_dir()
        in_file = path.parent.is_file()
    except OSError as error:
        raise Wrong(f"{path} cannot be accessed: {error.strerror}") from None
    if is_folder:
        raise Wrong(f"{path} is a folder; name a file in it")
    if in_file:
        raise Wrong(f"{path.parent} is a file, not a folder")
    if not has_folder:
        raise Wrong(f"the folder {path.parent} does not exist; create it: mkdir -p {path.parent}")
