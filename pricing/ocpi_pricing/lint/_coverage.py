"""Elements that never apply, and where none or several of them do."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from ocpi_pricing.lint._findings import Findings, Json, components_of
from ocpi_pricing.lint._limits import Limits
from ocpi_pricing.lint._space import Box, Space, TooMany, is_within, overlaps, remaining

__all__ = ["check_coverage"]

_SESSION = (None, "ENERGY"), (None, "TIME"), (None, "PARKING_TIME"), (None, "FLAT")
_RESERVED = {"TIME", "FLAT"}
_SHOWN = 3
_MOST = 200


@dataclass(frozen=True, slots=True)
class _Price:
    """A price component with the restrictions of its element."""

    element: int
    pointer: str
    source: Json
    limits: Limits

    @property
    def text(self) -> str:
        return f"{self.source.get('type')} {self.source.get('price')}"

    def is_same(self, other: "_Price") -> bool:
        names = ("price", "vat", "step_size")
        return all(self.source.get(name) == other.source.get(name) for name in names)


def check_coverage(elements: list[Json], limits: list[Limits], findings: Findings) -> None:
    """Look for prices that never apply, gaps and overlaps, in each dimension.

    Args:
        elements: Of the tariff.
        limits: The restrictions of each.
        findings: Takes what is found.
    """
    groups: dict[tuple[str | None, str], list[_Price]] = {}
    for price in _prices(elements, limits):
        kind = str(price.source.get("type"))
        if price.limits.purpose is not None and kind not in _RESERVED:
            why = f"{kind} does not exist while an EVSE is reserved; this price is never used"
            findings.add("reservation-dimension", price.pointer, price.text, why)
        else:
            groups.setdefault((price.limits.purpose, kind), []).append(price)
    for (purpose, kind), prices in groups.items():
        try:
            _check_group(prices, kind, findings, whole=purpose is None)
        except TooMany:
            why = f"{len(prices)} prices for {kind} have too many restrictions to compare all"
            findings.add("too-many-elements", "/elements", len(elements), why)


def _prices(elements: list[Json], limits: list[Limits]) -> Iterator[_Price]:
    for index, (element, limit) in enumerate(zip(elements, limits, strict=True)):
        kinds: set[str] = set()
        for place, part in components_of(element):
            kind = str(part.get("type"))
            if kind not in kinds:  # what is there twice is another finding
                yield _Price(index, f"/elements/{index}/price_components/{place}", part, limit)
            kinds.add(kind)


def _check_group(prices: list[_Price], kind: str, findings: Findings, *, whole: bool) -> None:
    if len(prices) > _MOST:
        raise TooMany
    space = Space((price.limits for price in prices), parking=kind == "PARKING_TIME")
    boxes = [space.box(price.limits) for price in prices]
    hidden = {place for place in range(len(prices)) if _never(place, prices, boxes, kind, findings)}
    if whole and kind != "FLAT":
        _check_gap(space, boxes, kind, prices[0], findings)
    for one, other in combinations(range(len(prices)), 2):
        if not hidden & {one, other} and not prices[one].is_same(prices[other]):
            _check_overlap(space, prices[one], prices[other], (boxes[one], boxes[other]), findings)


def _never(
    place: int, prices: list[_Price], boxes: list[Box], kind: str, findings: Findings
) -> bool:
    price = prices[place]
    if not all(boxes[place]):
        if price.limits.is_possible and kind == "PARKING_TIME":
            why = "while a vehicle parks, current and power are 0; this price is never used"
            findings.add("parking-power", price.pointer, price.text, why)
        elif not price.limits.is_possible:
            why = "the restrictions of its element contradict each other"
            findings.add("never-applies", price.pointer, price.text, why)
        return True
    if remaining(boxes[place], boxes[:place]):
        return False
    first = [prices[each].element for each in range(place) if overlaps(boxes[each], boxes[place])]
    names = ", ".join(str(each) for each in first[:_SHOWN])
    why = f"wherever it matches, an element before it has a price for {kind}: {names}"
    findings.add("never-applies", price.pointer, price.text, why)
    return True


def _check_gap(
    space: Space, boxes: list[Box], kind: str, first: _Price, findings: Findings
) -> None:
    gaps = remaining(space.whole, boxes)
    if not gaps or not any(all(box) for box in boxes):
        return
    where = "; ".join(dict.fromkeys(space.describe(gap) for gap in gaps[:_SHOWN]))
    more = f"; and {len(gaps) - _SHOWN} more" if len(gaps) > _SHOWN else ""
    why = f"no element has a price for {kind} {where}{more}; there it costs nothing"
    findings.add("gap", "/elements", first.text, why)


def _check_overlap(
    space: Space, one: _Price, other: _Price, boxes: tuple[Box, Box], findings: Findings
) -> None:
    earlier, later = boxes
    nested = is_within(earlier, later) or is_within(later, earlier)
    if nested or not overlaps(earlier, later):
        return
    both = tuple(mine & yours for mine, yours in zip(earlier, later, strict=True))
    why = (
        f"element {one.element} ({one.text}) and element {other.element} ({other.text}) both match "
        f"{space.describe(both)}; the earlier one counts"
    )
    findings.add("overlap", other.pointer, other.text, why)
