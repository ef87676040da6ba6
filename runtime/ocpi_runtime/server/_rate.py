"""How fast requests may follow each other."""

import math
import secrets
import time
from collections.abc import Callable
from hashlib import blake2b
from ipaddress import AddressValueError, IPv6Address
from typing import Final

from ocpi_runtime.errors import TooManyRequests

__all__ = ["RateLimit", "address_group"]

_GROUPS: Final = 4096
_SECRET: Final = secrets.token_bytes(16)
_NETWORK_BYTES: Final = 8
"""An IPv6 client has a network of 64 bits to itself, and as many addresses as it likes."""


class RateLimit:
    """Lets so many requests per second through for each of some keys, in bursts of one second.

    Args:
        per_second: How many requests per second.
        whose: Who sends them, as it is in the error.
        clock: Returns seconds that never go back.
    """

    def __init__(
        self,
        per_second: float,
        whose: str = "This partner",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rate, self._whose, self._clock = per_second, whose, clock
        self._levels: dict[str, tuple[float, float]] = {}

    def take(self, key: str) -> None:
        """Count one request.

        Raises:
            TooManyRequests: It comes too early.
        """
        size, now = max(1.0, self._rate), self._clock()
        level, before = self._levels.get(key, (size, now))
        level = min(size, level + (now - before) * self._rate)
        if level < 1:
            self._levels[key] = (level, now)
            raise TooManyRequests(
                f"{self._whose} sends more than {self._rate:g} requests per second.",
                retry_after=math.ceil((1 - level) / self._rate),
            )
        self._levels[key] = (level - 1, now)


def address_group(address: str) -> str:
    """Return the key under which requests of an address are counted, one of 4096.

    What is kept of addresses is bounded so. Which of them share a key cannot be found out from
    outside, so that nobody can use up the requests of another address. Addresses of one IPv6
    network of 64 bits share a key.

    Args:
        address: The address of the client; any text is counted.
    """
    try:
        parsed = IPv6Address(address)
    except AddressValueError:
        counted = address.encode()
    else:
        mapped = parsed.ipv4_mapped
        counted = parsed.packed[:_NETWORK_BYTES] if mapped is None else str(mapped).encode()
    digest = blake2b(counted, digest_size=8, key=_SECRET).digest()
    return str(int.from_bytes(digest) % _GROUPS)
