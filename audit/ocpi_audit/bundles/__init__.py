"""The shipped bundles as facts."""

from collections.abc import Iterable

from ocpi_audit._facts import Fact, Facts, Kind, SourcePosition
from ocpi_audit._profiles import Profile
from ocpi_audit.bundles._editions import in_edition
from ocpi_audit.bundles._extensions import without
from ocpi_audit.bundles._operations import bundled_operations, operations_in
from ocpi_audit.bundles._shapes import Shapes, prevailing_patterns
from ocpi_audit.bundles.classes import bundled_classes
from ocpi_audit.bundles.folder import Bundles, open_bundles, versions_in
from ocpi_runtime.status import Status

__all__ = [
    "Bundles",
    "bundled",
    "in_edition",
    "known_statuses",
    "open_bundles",
    "operations_in",
    "versions_in",
    "without",
]


def bundled(bundles: Bundles, profile: Profile, pages: tuple[str, ...]) -> Facts:
    """State what bundles say.

    Args:
        bundles: The bundles of a version, without what was taken out of them.
        profile: How the specification of the version is built.
        pages: What links begin with.
    """
    facts, prevailing = Facts(), prevailing_patterns(bundles.schemas.values())
    shapes = Shapes(prevailing)
    for name, pattern in prevailing.items():
        place = SourcePosition(f"{bundles.name}/schemas.json", "/components/schemas")
        facts.add(Fact(name, "characters", pattern, Kind.OTHER, "types", place))
    suffix = profile.dialect.suffix
    modules = {f"{stem}{suffix}": module for stem, module in profile.dialect.files.items()}
    bundled_classes(bundles, shapes, pages, modules, facts)
    bundled_operations(bundles, shapes, pages, facts)
    return facts


def known_statuses(wanted: Iterable[str], facts: Facts) -> None:
    """State which of the status codes of a version the runtime knows.

    Args:
        wanted: The subjects of the specification's facts; the runtime knows codes of all
            versions, so it is asked for those of this one.
        facts: Takes them up.
    """
    place = SourcePosition("ocpi_runtime.status", "Status")
    known = {f"status {status.value}" for status in Status}
    for subject in known.intersection(wanted):
        facts.add(Fact(subject, "code", "there", Kind.STATUS, "status codes", place))
