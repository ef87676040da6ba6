"""A change, and whom it breaks."""

from collections.abc import Callable
from dataclasses import dataclass

from ocpi_generator.diff._facts import Field, Roles, Value
from ocpi_generator.diff._patterns import covers

__all__ = ["Change", "FieldDifference", "Swap", "field_differences", "value_steps"]

_UPPER = ("maxLength", "maximum", "maxItems")
_LOWER = ("minLength", "minimum")
_LIMIT_WORDS = {
    "maxLength": "at most {} characters",
    "minLength": "at least {} characters",
    "maximum": "at most {}",
    "minimum": "at least {}",
    "maxItems": "at most {} items",
}
_NARROWER = {("CiString", "string"), ("integer", "number")}
"""Pairs of which everything that the first takes is also good for the second."""

Swap = Callable[[Value, Value], tuple[bool, bool]]
"""Returns whether writers and readers break when a value has another name."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change.

    Attributes:
        module: Where it belongs; ``types`` for shared classes, ``messages`` for what many
            operations have in common.
        subject: What changed, such as ``CdrToken.party_id`` or ``GET / (sender)``.
        kind: The sort of change, such as ``property-added`` or ``length``.
        text: What changed, in words.
        breaks: ``sender``, ``receiver``, both or, if the change is compatible, none.
        old: What there was, if that can be said in one word.
        new: What there is, likewise.
    """

    module: str
    subject: str
    kind: str
    text: str
    breaks: tuple[str, ...] = ()
    old: str | None = None
    new: str | None = None


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """How one aspect of a field differs; whose fields they are is not known here.

    Attributes:
        kind: As in a change.
        text: As in a change.
        old: As in a change.
        new: As in a change.
        writer: Whether it breaks who writes the field.
        reader: Whether it breaks who reads it.
    """

    kind: str
    text: str
    old: str | None
    new: str | None
    writer: bool = False
    reader: bool = False

    def change(self, module: str, subject: str, roles: Roles) -> Change:
        """Complete it to a change."""
        breaks = roles.broken(writer=self.writer, reader=self.reader)
        return Change(module, subject, self.kind, self.text, breaks, self.old, self.new)


def field_differences(
    old: Field | None, new: Field | None, what: str, swap: Swap
) -> list[FieldDifference]:
    """Compare a property, parameter, header or similar.

    Args:
        old: As it was; None if it was not there.
        new: As it is; None if it is no more.
        what: The sort of thing, for the kind of the change.
        swap: What another name means.
    """
    if old is None and new is None:
        return []
    if old is None:
        needed = bool(new and new.required)
        return [FieldDifference(f"{what}-added", f"new: {new}", None, str(new), writer=needed)]
    if new is None:
        text = f"removed; was {old}"
        return [FieldDifference(f"{what}-removed", text, str(old), None, reader=old.required)]
    return [*_cardinality(old, new), *value_steps(old.value, new.value, swap)]


def _cardinality(old: Field, new: Field) -> list[FieldDifference]:
    if old.value.many != new.value.many:
        more = "a list now" if new.value.many else "no list any more"
        text = f"{more}: {new}; was {old}"
        return [FieldDifference("cardinality", text, old.cardinality, new.cardinality, True, True)]  # noqa: FBT003
    if old.cardinality == new.cardinality:
        return []
    least = [(one.required, one.value.limits.get("minItems", 0)) for one in (old, new)]
    pairs = list(zip(*least, strict=True))
    return [
        FieldDifference(
            "cardinality",
            f"{new.cardinality}; was {old.cardinality}",
            old.cardinality,
            new.cardinality,
            writer=any(now > before for before, now in pairs),
            reader=any(now < before for before, now in pairs),
        )
    ]


def value_steps(old: Value, new: Value, swap: Swap) -> list[FieldDifference]:
    """Compare what values may be."""
    steps = []
    if old.name != new.name:
        text = f"{_named(new)}; was {_named(old)}"
        wider, narrower = (old.name, new.name) in _NARROWER, (new.name, old.name) in _NARROWER
        if not (wider or narrower):
            writer, reader = swap(old, new)
            text += "" if writer or reader else ", which is the same by another name"
            return [FieldDifference("type", text, old.name, new.name, writer, reader)]
        steps.append(FieldDifference("type", text, old.name, new.name, not wider, not narrower))
    elif old.pattern != new.pattern:
        steps.append(_pattern(old.pattern, new.pattern))
    return [*steps, *_limits(old, new)]


def _named(value: Value) -> str:
    return f"list of {value.name}" if value.many else value.name


def _pattern(old: str | None, new: str | None) -> FieldDifference:
    texts = ["no pattern" if one is None else f"pattern `{one}`" for one in (old, new)]
    text = f"{texts[1]}; was {texts[0]}"
    return FieldDifference("pattern", text, old, new, not covers(new, old), not covers(old, new))


def _limits(old: Value, new: Value) -> list[FieldDifference]:
    steps = []
    for name in (*_UPPER, *_LOWER):
        before, now = old.limits.get(name), new.limits.get(name)
        if before == now:
            continue
        tighter = _tighter(before, now, upper=name in _UPPER)
        kind = "length" if name in {"maxLength", "minLength"} else "limit"
        text = f"{_limit_words(name, now)}; was {_limit_words(name, before)}"
        texts = [None if one is None else str(one) for one in (before, now)]
        steps.append(FieldDifference(kind, text, texts[0], texts[1], tighter, not tighter))
    return steps


def _tighter(old: float | None, new: float | None, *, upper: bool) -> bool:
    if old is None or new is None:
        return old is None
    return new < old if upper else new > old


def _limit_words(name: str, limit: float | None) -> str:
    return "without limit" if limit is None else _LIMIT_WORDS[name].format(limit)
