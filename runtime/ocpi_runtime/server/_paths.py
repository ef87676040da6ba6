"""The path of a request, taken apart."""

from collections.abc import Collection, Iterable, Sequence
from urllib.parse import unquote

from starlette.types import Scope

from ocpi_runtime.server._requests.parameters import SLASH

__all__ = ["decoded_path", "split_path"]


def decoded_path(scope: Scope) -> str:
    """Return the path with its segments decoded, an encoded slash kept apart from a real one."""
    raw: bytes = scope.get("raw_path") or b""
    path: str = scope["path"]
    if b"%2" not in raw or b"%2f" not in raw.lower():
        return path
    return unquote(raw.decode("latin-1").replace("%2F", SLASH).replace("%2f", SLASH))


def split_path(path: str, bases: Collection[str], depths: Sequence[int]) -> tuple[str, str]:
    """Return the base path of the bundle that a path belongs to, and the rest of the path.

    Args:
        path: The path of a request.
        bases: The base paths of the bundles.
        depths: How many slashes they have, the most first; those of modules have the most.
    """
    for depth in depths:
        parts = path.split("/", depth + 1)
        rest = f"/{parts[-1]}" if len(parts) > depth + 1 else ""
        base = path.removesuffix(rest)
        if base in bases:
            rest = rest.removesuffix("/") or "/"
            nothing_below = rest != "/" and depth < depths[0]
            return (nothing_below and _split_without_slash(path, bases)) or (base, rest)
    return _split_without_slash(path, bases) or (path, "")


def _split_without_slash(path: str, bases: Iterable[str]) -> tuple[str, str] | None:
    """Return the base path that a path begins with, and the rest with the slash that is missing.

    A public stack appends ids to the URL of an endpoint as it is: ``/locationsNL/TNM/LOC1``. Fewer
    segments than such an object has are another path.
    """
    found = max((base for base in bases if path.startswith(base)), key=len, default=None)
    rest = path[len(found) :].removesuffix("/") if found else ""
    return (found, f"/{rest}") if found and "/" in rest and rest[0] != "/" else None
