"""Names that do not exist: the allowed ones, and the one that was perhaps meant."""

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = ["near", "unknown"]


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """Return the message about a name that does not exist.

    Args:
        what: What it names, such as ``version``.
        name: The name.
        known: Those that exist, in order.
    """
    names = list(known)
    end = near(name, names) or "."
    return f"{what.capitalize()} {name} not found. Known: {', '.join(names) or 'none'}{end}"


def near(name: str, known: Iterable[str]) -> str:
    """Return the end of a message that names the nearest of some names; empty if none is near."""
    found = get_close_matches(name.lower(), list(known), n=1)
    return f"; did you mean {found[0]}?" if found else ""
