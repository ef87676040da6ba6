"""What stands around the JSON of an object, and how it is encoded."""

from typing import Final

from ocpi_runtime.dialect._rule import Rule

__all__ = ["RULES", "without_bom", "without_windows"]

RULES: Final = (
    Rule(
        "bom",
        "standard",
        "A byte order mark before the JSON is taken away.",
        "transport: JSON",
    ),
    Rule(
        "encoding",
        "lenient",
        "Text that is not UTF-8 is read as Windows-1252.",
        "transport: JSON",
    ),
)

_BOM: Final = b"\xef\xbb\xbf"


def without_bom(text: bytes) -> bytes:
    """Return a text without the mark."""
    return text.removeprefix(_BOM)


def without_windows(text: bytes) -> bytes:
    """Return a text in UTF-8; as it is where it is UTF-8 already, or no text in Windows-1252."""
    try:
        text.decode()
    except UnicodeDecodeError:
        return text.decode("cp1252", errors="replace").encode()
    return text
