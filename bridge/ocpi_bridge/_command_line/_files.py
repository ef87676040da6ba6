"""Objects in files, and what is wrong with a file, in words for the one who wrote it."""

import re
from typing import Any, BinaryIO, Final

import msgspec

from ocpi_bridge.versions import class_in
from ocpi_runtime import codec
from ocpi_runtime.errors import InvalidParameters, OcpiError
from ocpi_runtime.types import Model

__all__ = ["BadFile", "File", "is_stdin"]

_BYTE: Final = re.compile(r" \(byte ([0-9]+)\)")
_STDIN: Final = "<stdin>"


def is_stdin(stream: BinaryIO) -> bool:
    """Return whether a file of the command line is stdin."""
    return getattr(stream, "name", _STDIN) == _STDIN


class BadFile(OcpiError):
    """A file holds no object that could be converted; the message names it."""


class File:
    """A file, and the text in it.

    Attributes:
        name: How the command called it; ``-`` is stdin.
        text: What it holds.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self.name = "stdin" if is_stdin(stream) else str(stream.name)
        self.text = stream.read()

    def read(self, version: str, kind: str) -> Model:
        """Read the object.

        Raises:
            BadFile: It is not JSON, or no valid object of that kind.
            NotConvertible: The version has no such objects.
        """
        model = class_in(version, kind)
        self._check_form(self._parsed())
        try:
            return codec.check(self.text, model)
        except InvalidParameters as error:
            message = f"{self.name} is not a valid {kind} of OCPI {version}."
            raise BadFile(message, violations=error.violations) from None

    def _parsed(self) -> Any:
        if not self.text.strip():
            raise BadFile(f"{self.name} is empty.")
        try:
            return msgspec.json.decode(self.text.decode())
        except UnicodeDecodeError as error:
            where = self._place(error.start)
            raise BadFile(f"{self.name} is not UTF-8 ({where}).") from None
        except msgspec.ValidationError:
            raise BadFile(f"{self.name} has a number that is too large.") from None
        except RecursionError:
            raise BadFile(f"{self.name} is nested too deeply.") from None
        except msgspec.DecodeError as error:
            raise BadFile(f"{self.name} is not JSON: {self._reason(str(error))}.") from None

    def _reason(self, message: str) -> str:
        """Return the line and column of a syntax error: the parser counts bytes at most."""
        found = _BYTE.search(message)
        place = self._place(int(found[1]) if found else len(self.text))
        what = _BYTE.sub("", message).removeprefix("JSON is malformed: ")
        return f"{what} ({place})"

    def _place(self, offset: int) -> str:
        before = self.text[:offset]
        line = before.count(b"\n") + 1
        column = len(before.rpartition(b"\n")[2].decode(errors="replace")) + 1
        return f"line {line}, column {column}"

    def _check_form(self, plain: Any) -> None:
        if isinstance(plain, list):
            raise BadFile(f"{self.name} holds a list; objects are converted one by one.")
        if isinstance(plain, dict) and {"data", "status_code"} <= plain.keys():
            raise BadFile(f"{self.name} holds a whole response; pass the content of its data.")
