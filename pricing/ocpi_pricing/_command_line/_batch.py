"""``ocpi price --batch``: many CDRs, and what they have in common where they differ."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ocpi_pricing._command_line._compiled import CompiledTariffs
from ocpi_pricing._command_line._documents import NotReadable, read_document
from ocpi_pricing._command_line._pricing import Priced, price_session
from ocpi_pricing._command_line._sessions import charged
from ocpi_pricing._cost import PricingError

__all__ = ["Summary", "price_all"]

_EXAMPLES = 3


@dataclass(slots=True)
class Summary:
    """What came out of many CDRs.

    Attributes:
        cdrs: How many there were.
        agree: Those whose totals all agree.
        differ: Those with a total that differs.
        refused: Those that cannot be read or priced.
        causes: How often a field differs, or a refusal has a reason.
        warnings: How often a rule warned.
        examples: The first ids of each cause.
    """

    cdrs: int = 0
    agree: int = 0
    differ: int = 0
    refused: int = 0
    causes: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def add(self, priced: Priced) -> None:
        """Count a CDR that was priced."""
        self.agree += priced.agrees
        self.differ += not priced.agrees
        for one in priced.comparisons:
            if not one.agrees and one.computed is not None:
                way = "more" if one.stated > one.computed else "less"
                self._cause(f"{one.field}: stated {way} than computed", priced.session.id)
        self.warnings.update({one.rule for one in priced.warnings})

    def refuse(self, error: Exception, name: str) -> None:
        """Count a CDR that was not."""
        self.refused += 1
        self._cause(f"refused: {str(error).splitlines()[0]}", name)

    def _cause(self, cause: str, name: str) -> None:
        self.causes[cause] += 1
        examples = self.examples.setdefault(cause, [])
        if len(examples) < _EXAMPLES:
            examples.append(name)

    def as_json(self) -> dict[str, Any]:
        """Return it for ``--json``."""
        causes = [
            {"cause": cause, "count": count, "examples": self.examples[cause]}
            for cause, count in self.causes.most_common()
        ]
        counts = {name: getattr(self, name) for name in ("cdrs", "agree", "differ", "refused")}
        return {"counts": counts, "causes": causes, "warnings": dict(self.warnings.most_common())}


def price_all(
    texts: Iterable[bytes],
    given: Sequence[Any],
    *,
    version: str | None,
    zone: str | None,
    tolerance: Decimal,
) -> Summary:
    """Price CDRs one after another."""
    summary, compiled = Summary(), CompiledTariffs()
    for text in texts:
        summary.cdrs += 1
        name = f"#{summary.cdrs}"
        try:
            session = compiled.shared(charged(read_document(text, version)), text)
            name = session.id or name
            priced = price_session(
                session, given, zone=zone, tolerance=tolerance, rates_of=compiled.rates
            )
            summary.add(priced)
        except (NotReadable, PricingError) as error:
            summary.refuse(error, name)
    return summary
