"""Tariffs that were read once, for many CDRs."""

from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from ocpi_pricing._command_line._sessions import Charged
from ocpi_pricing._tariffs.tariff import Rates, read_tariff

__all__ = ["CompiledTariffs"]

_MOST = 1000
"""Number of tariffs that are kept; a file of CDRs names few, and one of millions may name many."""


class _Texts(msgspec.Struct):
    tariffs: list[msgspec.Raw] | None = None


@dataclass(slots=True)
class CompiledTariffs:
    """Tariffs as exact numbers, kept by their text and by the object that was made of it."""

    _by_text: dict[bytes, Any] = field(default_factory=dict)
    _rates: dict[int, tuple[Any, Rates]] = field(default_factory=dict)

    def shared(self, session: Charged, text: bytes) -> Charged:
        """Replace tariffs whose text was seen before by those of then.

        Args:
            session: A session or CDR.
            text: The JSON that it was read from.
        """
        if not session.tariffs:
            return session
        if len(self._rates) > _MOST:
            self._by_text.clear()
            self._rates.clear()
        texts = [bytes(one) for one in msgspec.json.decode(text, type=_Texts).tariffs or ()]
        if len(texts) != len(session.tariffs):
            return session
        known = [
            self._by_text.setdefault(*each) for each in zip(texts, session.tariffs, strict=True)
        ]
        return replace(session, tariffs=known)

    def rates(self, tariff: Any) -> Rates:
        """Return a tariff as exact numbers.

        Raises:
            PricingError: A value in it is not a number, time or date.
        """
        found = self._rates.get(id(tariff))
        if found is None:
            found = tariff, read_tariff(tariff)
            self._rates[id(tariff)] = found
        return found[1]
