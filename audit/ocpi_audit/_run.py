"""Audits versions: the specification on one side, bundles and models on the other."""

import importlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from ocpi_audit._compare import Comparison, compared
from ocpi_audit._errata import Errata, read_errata
from ocpi_audit._facts import Facts
from ocpi_audit._operations import Operation
from ocpi_audit._profiles import Profile, Profiles, WrongUsage
from ocpi_audit._repository import Source, forked_from, needs_branches, open_source
from ocpi_audit.bundles import (
    Bundles,
    bundled,
    in_edition,
    known_statuses,
    open_bundles,
    operations_in,
    versions_in,
    without,
)
from ocpi_audit.examples import Examined, Targets, examined, examples_in
from ocpi_audit.spec import Book, class_tables, open_book, specified
from ocpi_runtime.failures import did_you_mean

__all__ = [
    "Audit",
    "AuditRequest",
    "audit",
    "specification_facts",
    "unknown_versions",
    "wanted_versions",
]


@dataclass(frozen=True, slots=True)
class AuditRequest:
    """What to audit.

    Attributes:
        specification: A clone of the specification, or the files of one version.
        package: The package of bindings whose bundles are audited.
        errata: The accepted readings, or nothing.
        profiles: Where the versions are.
        examples: Whether to run the official examples.
    """

    specification: Path
    package: Path
    errata: Path | None
    profiles: Profiles
    examples: bool = True


@dataclass(frozen=True, slots=True)
class Audit:
    """What came of auditing a version or an extension.

    Attributes:
        name: The version or extension.
        version: The version whose documents hold it.
        source: Where the specification was read: a branch, or a folder.
        commit: The commit of the branch, shortened.
        comparison: The tables against the bundles.
        examples: The official examples; nothing if they were not run.
    """

    name: str
    version: str
    source: str
    commit: str
    comparison: Comparison
    examples: Examined | None

    @property
    def passed(self) -> bool:
        """Whether everything agrees, or is explained."""
        bad = self.examples.unexplained if self.examples else ()
        return not self.comparison.unexplained and not bad


def wanted_versions(request: AuditRequest, names: Sequence[str]) -> list[Profile]:
    """List what is to be audited.

    Args:
        request: Where to look.
        names: Versions and extensions; all that there are bundles of, if none are named.

    Raises:
        WrongUsage: A name is unknown, there are no bundles of it, or a clone lacks its branch.
    """
    known, there = request.profiles.versions, versions_in(request.package)
    for name in names:
        if name not in known:
            near = did_you_mean(name, known)
            raise WrongUsage(f"{name} is not supported. Use one of {', '.join(known)}{near or '.'}")
        if known[name].version not in there:
            raise WrongUsage(f"{request.package} contains no bundles of {known[name].version}.")
    if not there:
        raise WrongUsage(f"{request.package} contains no bundles.")
    wanted = [
        each for each in known.values() if (each.name in names if names else each.version in there)
    ]
    needs_branches(request.specification, wanted, known.values())
    return wanted


def unknown_versions(request: AuditRequest) -> list[str]:
    """List versions that there are bundles of, but no known specification."""
    known = {each.version for each in request.profiles.versions.values()}
    return sorted(set(versions_in(request.package)) - known)


def audit(request: AuditRequest, profile: Profile, *, alone: bool) -> Audit:
    """Audit one version, or what one extension adds to its version.

    Args:
        request: Where everything is.
        profile: The version or extension.
        alone: Whether nothing else was asked for.

    Raises:
        WrongUsage: Something cannot be read.
    """
    source = open_source(request.specification, profile, alone=alone)
    names = [profile.name]
    if profile.edition:
        names.append(profile.extension or profile.version)
    errata = read_errata(request.errata, profile.version, *names)
    audit_run = _AuditRun(request, profile, source, errata)
    sides = audit_run.sides()
    if profile.edition:
        errata = errata.about(lambda subject: any(side.head(subject) is not None for side in sides))
    comparison = compared(*sides, errata)
    # Models are those of the newest edition, so that examples of others need not fit them.
    examples = audit_run.examples() if request.examples and not profile.edition else None
    return Audit(profile.name, profile.version, source.name, source.commit, comparison, examples)


def specification_facts(request: AuditRequest, profile: Profile, source: Source) -> Facts:
    """Return what one text of a version states.

    Args:
        request: Where everything is.
        profile: The version.
        source: The text.

    Raises:
        WrongUsage: Something cannot be read.
    """
    names = [profile.name, profile.extension or profile.version]
    errata = read_errata(request.errata, profile.version, *names)
    return _AuditRun(request, profile, source, errata).specified()


class _AuditRun:
    """What one audit has in front of it."""

    def __init__(
        self, request: AuditRequest, profile: Profile, source: Source, errata: Errata
    ) -> None:
        self._request, self._profile, self._errata = request, profile, errata
        self._source = source
        self._pages = request.profiles.pages(profile.version)
        self._extensions = request.profiles.extensions(profile.version)
        whole = open_bundles(request.package, profile.version)
        if profile.edition:
            whole = in_edition(whole, profile.edition)
        self._whole = without(whole, self._extensions - {profile.extension})

    def sides(self) -> tuple[Facts, Facts]:
        """Return what the specification says, and what the bundles say.

        Of an extension it is what it changes in its version as that was when it began.
        """
        specification, bundles = self._stated(self._whole, self._source, self._profile)
        if not self._profile.extension:
            return specification, bundles
        core = self._request.profiles.versions[self._profile.version]
        before = forked_from(self._request.specification, self._profile, core)
        base, stock = self._stated(without(self._whole, self._extensions), before, core)
        return specification.without(base), bundles.without(stock)

    def specified(self) -> Facts:
        """Return what the specification says."""
        return self._stated(self._whole, self._source, self._profile)[0]

    def examples(self) -> Examined:
        """Run the official examples."""
        profile, book = self._profile, self._book()
        operations = self._operations(self._whole)
        facts = bundled(self._whole, profile, self._pages)
        targets = Targets(facts, tuple(class_tables(book)), operations)
        found = list(examples_in(self._source, book))
        models = _models(self._request.package, self._whole)
        prefix = f"{profile.name}:" if profile.extension else ""
        return examined(found, models, self._whole.schemas, targets, self._errata, prefix)

    def _book(self) -> Book:
        return open_book(self._source, self._profile.dialect)

    def _operations(self, bundles: Bundles) -> list[Operation]:
        return operations_in(bundles, self._pages)

    def _stated(self, bundles: Bundles, source: Source, profile: Profile) -> tuple[Facts, Facts]:
        operations = self._operations(bundles)
        derived = self._errata.derived
        there = specified(source, profile, self._request.profiles, operations, derived)
        here = bundled(bundles, profile, self._pages)
        known_statuses((fact.subject for fact in there if fact.aspect == "code"), here)
        return there, here


def _models(package: Path, bundles: Bundles) -> ModuleType:
    """Import the models of a version from the package that the bundles are in.

    Raises:
        WrongUsage: There are none, or another package of that name is in use.
    """
    folder = bundles.folder.parent
    name = f"{package.name}.{folder.name}.models"
    sys.path.insert(0, str(package.parent))
    try:
        found = importlib.import_module(name)
    except ImportError as error:
        raise WrongUsage(f"The models of {bundles.version} cannot be loaded: {error}") from error
    finally:
        sys.path.remove(str(package.parent))
    file = found.__file__ or ""
    if not Path(file).is_relative_to(folder):
        raise WrongUsage(f"{file} is in use instead of {folder}; run the audit with it alone.")
    return found
