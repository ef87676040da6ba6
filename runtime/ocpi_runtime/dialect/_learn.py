"""The dialect that a feed needs, as far as its objects and pages show it."""

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from ocpi_runtime.dialect._catalogue import BY_ID, RULES
from ocpi_runtime.dialect._paging import Paging
from ocpi_runtime.dialect._reading import Reading
from ocpi_runtime.dialect._repairs import Repair
from ocpi_runtime.dialect._toml import write

if TYPE_CHECKING:
    from ocpi_runtime.dialect._dialect import Dialect

__all__ = ["Learner"]

_OWNER: Final = ("country_code", "party_id")


class Learner:
    """Collects what the objects of a feed need, and proposes a dialect.

    learner = Learner()
    for text in objects:
        learner.add(Dialect.lenient.read(text, Location))
    Path("partner.toml").write_text(learner.toml())

    Attributes:
        objects: How many objects were added.
        counts: How many of them needed each rule.
        pages: How many pages were added.
    """

    def __init__(self) -> None:
        self.objects = self.pages = 0
        self.counts: Counter[str] = Counter()
        self._owners: dict[str, Counter[str]] = {name: Counter() for name in _OWNER}
        self._quirks: Counter[str] = Counter()

    def add(self, reading: Reading[Any]) -> None:
        """Add an object that was read at the level ``lenient``."""
        self.add_repairs(reading.repairs)
        self._note_owner(reading.value if isinstance(reading.value, dict) else {})

    def add_repairs(self, repairs: tuple[Repair, ...]) -> None:
        """Add the repairs of one object."""
        self.objects += 1
        self.counts.update({each.rule for each in repairs})

    def add_model(self, model: Any, repairs: tuple[Repair, ...] = ()) -> None:
        """Add an object that was read by any dialect until it was valid."""
        self.add_repairs(repairs)
        self._note_owner({name: getattr(model, name, None) for name in _OWNER})

    def add_page(self, link: str, total: str | None) -> None:
        """Add the headers of a page.

        Args:
            link: Its Link as it came; empty if there was none.
            total: Its X-Total-Count as it came, or None.
        """
        self.pages += 1
        self._quirks["total_count"] += total is None
        self._quirks["link_brackets"] += bool(link.strip()) and "<" not in link
        self._quirks["absolute_link"] += bool(link.strip()) and "://" not in link

    def dialect(self) -> "Dialect":
        """Return the proposal: the lowest level that will do, and the rules needed beyond it."""
        from ocpi_runtime.dialect._dialect import Dialect  # noqa: PLC0415 - it imports this module

        return Dialect(**self._arguments(), paging=self._paging())

    def toml(self) -> str:
        """Return the proposal as a file, with the share of objects that need each rule."""
        notes = {
            rule: f"{count} of {self.objects} objects. {BY_ID[rule].title}"
            for rule, count in self.counts.items()
        }
        used = [each.id for each in RULES if each.id in self.counts and each.level == "standard"]
        head = [f"# {name}: {notes[name]}\n" for name in used]
        arguments = {**self._arguments(), "paging": self._paging().as_data()}
        return "".join(head) + write(arguments, notes)

    def _note_owner(self, value: dict[str, Any]) -> None:
        for name, counter in self._owners.items():
            if isinstance(found := value.get(name), str) and found:
                counter[found] += 1

    def _paging(self) -> Paging:
        """Return how the pages were written; a total that came once is one that is sent."""
        seldom = self._quirks["total_count"] < self.pages
        return Paging(
            total_count=seldom or not self.pages,
            link_brackets=not self._quirks["link_brackets"],
            absolute_link=not self._quirks["absolute_link"],
        )

    def _arguments(self) -> dict[str, Any]:
        needed = [each for each in RULES if each.id in self.counts]
        owner = {
            name: counter.most_common(1)[0][0] for name, counter in self._owners.items() if counter
        }
        return {
            "level": "standard" if needed else "strict",
            **{name: code for name, code in owner.items() if len(code) == _LENGTHS[name]},
            "rules": {each.id: True for each in needed if each.level == "lenient"},
        }


_LENGTHS: Final = {"country_code": 2, "party_id": 3}
