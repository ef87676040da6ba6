"""The credentials token in the Authorization header (transport and format chapter).

The scheme is ``Token``. From 2.2 on the token is Base64-encoded in the header, but many partners
send it plain; so both readings are tried on the way in, and never a second decoding.
A token is compared by digest, so that neither the store nor the time of a comparison tells it.
"""

import base64 as _base64
import binascii
import hashlib
import hmac
import re
import secrets
from functools import lru_cache

__all__ = ["MAX_LENGTH", "candidates", "digest", "header_value", "is_token", "matches", "new_token"]

MAX_LENGTH = 64
_RANDOM_BYTES = 36
_HEADER = re.compile(r"[ \t]*token[ \t]+([!-~]+)[ \t]*\Z", re.IGNORECASE)
_PRINTABLE = re.compile(r"[!-~]+\Z")
_LONGEST_HEADER = 1024


def is_token(text: str) -> bool:
    """Return whether a text may be a credentials token: printable ASCII without whitespace."""
    return _PRINTABLE.match(text) is not None


@lru_cache(maxsize=1024)
def header_value(token: str, *, base64: bool) -> str:
    """Return the value of the Authorization header.

    Args:
        token: The credentials token.
        base64: Whether it is encoded, as 2.2 and later ask for; plain in 2.1.1 and 2.0, and for
            partners that expect it so.

    Raises:
        ValueError: The token has characters that no token has. The message does not show it.
    """
    if not is_token(token):
        raise ValueError("A credentials token must be printable ASCII without whitespace.")
    coded = _base64.b64encode(token.encode("ascii")).decode("ascii") if base64 else token
    return f"Token {coded}"


def candidates(header: str | None) -> tuple[str, ...]:
    """Return the tokens that an Authorization header may stand for, the decoded one first.

    A line end at the end of a decoded token is dropped, since encoding the output of a shell
    command puts it there. Padding may be missing.

    Returns:
        Nothing where the header is missing, empty, too long or of another scheme.
    """
    if not header or len(header) > _LONGEST_HEADER:
        return ()
    return _readings(header)


@lru_cache(maxsize=1024)
def _readings(header: str) -> tuple[str, ...]:
    match = _HEADER.match(header)
    if match is None:
        return ()
    sent = match[1]
    decoded = _decoded(sent)
    return (sent,) if decoded is None else (decoded, sent)


def _decoded(sent: str) -> str | None:
    body = sent.rstrip("=")
    if len(sent) - len(body) > 2:  # noqa: PLR2004 - Base64 pads with at most two
        return None
    try:
        octets = _base64.b64decode(body + "=" * (-len(body) % 4), validate=True)
        text = octets.decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        return None
    text = text.removesuffix("\n").removesuffix("\r")
    return text if is_token(text) else None


def digest(token: str) -> str:
    """Return the SHA-256 of a token in hexadecimal: the key to store it under and find it by.

    Tokens are random, so that a salt would add nothing but make the look-up impossible.
    """
    return hashlib.sha256(token.encode("utf-8")).hexdigest()


def matches(token: str, stored: str) -> bool:
    """Compare a token with a stored digest, in a time that does not depend on their content."""
    return hmac.compare_digest(digest(token), stored)


def new_token() -> str:
    """Make a credentials token: 36 random bytes as 48 characters of URL-safe Base64."""
    return secrets.token_urlsafe(_RANDOM_BYTES)
