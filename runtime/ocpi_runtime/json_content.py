"""The JSON in a file: plain or compressed, found out by its content and not by its name."""

import codecs
import gzip
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final, cast

from ocpi_runtime.json_stream import BrokenJson, JsonSource

__all__ = ["Content", "contents"]

_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = b"PK\x03\x04"
_EMPTY_ZIP: Final = b"PK\x05\x06"
_UTF16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_JSON: Final = b"{[\xef\xfe\xff \t\r\n"
_DAMAGE: Final = (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile, UnicodeError,
                  NotImplementedError, RuntimeError)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Content:
    """One JSON text of a file.

    Attributes:
        name: The name within an archive; empty where the file is no archive.
        form: ``plain``, ``gzip`` or ``zip``.
        source: Its text, as UTF-8.
    """

    name: str
    form: str
    source: JsonSource


class _Bound:
    """Counts what is read of all texts of a file.

    Args:
        most: How many bytes at most; None for any number.
    """

    def __init__(self, most: int | None) -> None:
        self._most, self._read = most, 0

    def count(self, size: int) -> None:
        """Count bytes.

        Raises:
            BrokenJson: They are too many.
        """
        self._read += size
        if self._most is not None and self._read > self._most:
            raise BrokenJson(f"the file has more than {self._most} bytes of JSON")


def contents(
    file: BinaryIO, *, lenient: bool = False, most: int | None = None
) -> Iterator[Content]:
    """Yield the JSON texts of a file: one, or those of a zip archive that look like JSON.

    Args:
        file: Opened for reading, and seekable.
        lenient: Whether NaN and commas before the end of a list may be in a text.
        most: How many bytes all texts may have, decompressed: a small file may have many.

    Raises:
        BrokenJson: It is compressed and damaged, or an archive without JSON.
    """
    bound, beginning = _Bound(most), _beginning(file)
    if beginning.startswith((_ZIP, _EMPTY_ZIP)):
        yield from _members(file, bound, lenient=lenient)
    elif beginning.startswith(_GZIP):
        unpacked = cast("BinaryIO", gzip.GzipFile(fileobj=file))
        yield Content("", "gzip", _source(unpacked, bound, lenient=lenient))
    else:
        yield Content("", "plain", _source(file, bound, lenient=lenient))


def _members(file: BinaryIO, bound: _Bound, *, lenient: bool) -> Iterator[Content]:
    found = False
    try:
        with zipfile.ZipFile(file) as archive:
            for name in archive.namelist():
                with archive.open(name) as member:
                    looks_right = member.read(1) in _JSON
                    member.seek(0)
                    if not name.endswith("/") and looks_right:
                        found = True
                        text = _source(cast("BinaryIO", member), bound, lenient=lenient)
                        yield Content(name, "zip", text)
    except _DAMAGE as error:
        raise _damaged(error) from error
    if not found:
        raise BrokenJson("the zip archive contains no JSON file")


def _source(file: BinaryIO, bound: _Bound, *, lenient: bool) -> JsonSource:
    read = _guarded(file.read, bound)
    if read(2) in _UTF16:
        file.seek(0)
        return JsonSource(
            _guarded(codecs.EncodedFile(file, "utf-8", "utf-16").read, bound), lenient=lenient
        )
    file.seek(0)
    return JsonSource(read, lenient=lenient)


def _guarded(read: Callable[[int], bytes], bound: _Bound) -> Callable[[int], bytes]:
    """Make damage of compressed or encoded data, and too many bytes, an error of its text."""

    def guarded(size: int) -> bytes:
        try:
            text = read(size)
        except _DAMAGE as error:
            raise _damaged(error) from error
        bound.count(len(text))
        return text

    return guarded


def _damaged(error: Exception) -> BrokenJson:
    return BrokenJson(f"the file is damaged or cut off: {error}")


def _beginning(file: BinaryIO) -> bytes:
    beginning = file.read(len(_ZIP))
    file.seek(0)
    return beginning
