"""Names that do not exist: the allowed ones, and the one that was perhaps meant."""

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = ["unknown"]


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """Return the message about a name that does not exist.

    Args:
        what: What it names, such as ``version``.
        name: The name.
        known: Those that exist, in order.
    """
    names = list(known)
    near = get_close_matches(name.lower(), names, n=1)
    end = f"; did you mean {near[0]}?" if near else "."
    return f"There is no {what} {name}; there are {', '.join(names) or 'none'}{end}"
