"""How two sides are compared: what follows from what, and what errata must spell out."""

from collections.abc import Iterable

from ocpi_audit._compare import Comparison, compared
from ocpi_audit._errata import Errata, Explanation
from ocpi_audit._facts import Fact, Facts, Kind, SourcePosition

PLACE = SourcePosition("chapter", "section", 1)
POT = [("Pot", "class", "object", ""), ("Pot", "link", "chapter#pot", "")]
LID = [("Pot.lid", "property", "there", "Pot"), ("Pot.lid", "type", "Lid", "Pot")]


def facts(rows: Iterable[tuple[str, str, str, str]]) -> Facts:
    found = Facts()
    for subject, aspect, value, parent in rows:
        kind = Kind.PROPERTY if parent else Kind.CLASS
        found.add(Fact(subject, aspect, value, kind, "pots", PLACE, parent))
    return found


def comparison(
    specified: Iterable[tuple[str, str, str, str]],
    bundled: Iterable[tuple[str, str, str, str]],
    *explains: str,
) -> Comparison:
    errata = Errata({what: Explanation("P-1", what) for what in explains}, {})
    return compared(facts(specified), facts(bundled), errata)


def unexplained(found: Comparison) -> list[str]:
    return [str(each) for each in found.unexplained]


def test_a_missing_class_is_reported_once() -> None:
    assert unexplained(comparison([*POT, *LID], [])) == ["Pot class: object -> nothing"]
    assert unexplained(comparison([], [*POT, *LID])) == ["Pot class: nothing -> object"]


def test_so_is_a_missing_property() -> None:
    assert unexplained(comparison([*POT, *LID], POT)) == ["Pot.lid property: there -> nothing"]


def test_what_an_accepted_class_holds_must_be_explained_too() -> None:
    accepted = "Pot class: nothing -> object"
    assert unexplained(comparison([], [*POT, *LID], accepted)) == [
        "Pot link: nothing -> chapter#pot",
        "Pot.lid property: nothing -> there",
        "Pot.lid type: nothing -> Lid",
    ]


def test_one_of_several_anchors_is_enough_for_a_link() -> None:
    several = [POT[0], ("Pot", "link", "chapter#old or chapter#pot", "")]
    assert not unexplained(comparison(several, POT))
    assert unexplained(comparison(several, [POT[0], ("Pot", "link", "chapter#lid", "")]))


def test_a_side_that_contradicts_itself_agrees_with_nobody() -> None:
    twice = [*POT, ("Pot", "class", "enum", "")]
    assert unexplained(comparison(twice, POT)) == ["Pot class: object and enum -> object"]


def test_facts_are_counted_once_for_both_sides() -> None:
    found = comparison([*POT, *LID], POT)
    assert found.counts == {"pots": 4}
    assert found.subjects == {("pots", Kind.CLASS): 1, ("pots", Kind.PROPERTY): 1}


def test_what_is_corrected_on_both_sides_makes_an_explanation_stale() -> None:
    what = "Pot class: enum -> object"
    found = comparison(POT, POT, what)
    assert not found.differences
    assert [each.what for each in found.stale] == [what]


def test_what_the_bundles_alone_undo_is_a_difference() -> None:
    found = comparison(POT, POT, "Pot class: object -> enum")
    assert unexplained(found) == ["Pot class: enum, as P-1 reads it -> object"]
    assert not found.stale
