"""Whether JSON text ends before its value does."""

import msgspec

__all__ = ["is_cut_off"]

_skip = msgspec.json.Decoder(msgspec.Raw).decode


def is_cut_off(text: bytes) -> bool:
    """Return whether a text begins as a JSON object or list and ends within it."""
    if text[:64].lstrip()[:1] not in {b"{", b"["}:
        return False
    try:
        _skip(text)
    except msgspec.DecodeError as fault:
        return "truncated" in str(fault)
    except (UnicodeDecodeError, RecursionError):
        return False
    return False
