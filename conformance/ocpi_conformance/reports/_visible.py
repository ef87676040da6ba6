"""Text of peers made safe to print: invisible and direction-changing characters are escaped."""

import re
from typing import Final

__all__ = ["link", "visible"]

# Control characters but tab and line feed, what steers the direction of writing, what has no width,
# lone surrogates, and what XML 1.0 does not admit.
_HIDDEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)


def visible(text: str) -> str:
    """Return a text with such characters as escapes of four or eight digits."""
    return _HIDDEN.sub(lambda found: _escape(ord(found[0])), text)


def _escape(code: int) -> str:
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - four digits


def link(url: str) -> str:
    """Return a URL if a reader can follow it; empty for every other scheme."""
    return url if url.startswith(("https://", "http://")) else ""
