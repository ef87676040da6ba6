"""Sections that requirements and rules name, looked up in the specification.

``python -m tests.conformance.coverage.anchors CLONE`` writes ``anchors.toml`` again from a clone of
the specification, and fails where a section that something names does not exist there. The file has
what no bundle links to as well, so that names are held where there is no clone.
"""

import json
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from ocpi_audit import Profiles, WrongUsage, read_profiles
from ocpi_audit._repository import open_source
from ocpi_conformance.coverage import load_requirements
from ocpi_conformance.rules import Rule
from ocpi_conformance.rules.catalogue import RULES

__all__ = ["VERSIONS", "known_anchors", "missing_links", "missing_sections", "sections_by_version"]

VERSIONS: Final = ("2.0", "2.1.1", "2.2", "2.2.1", "2.3.0")
_FILE: Final = Path(__file__).with_name("anchors.toml")
_EXTENSIONS: Final = ("bookings", "payments")
_MARKDOWN: Final = ".md"


def known_anchors() -> dict[str, set[str]]:
    """Return by version the sections that were found in the specification."""
    return {version: set(one) for version, one in tomllib.loads(_FILE.read_text()).items()}


def sections_by_version() -> dict[str, dict[str, str]]:
    """Return by version every section that is named, with the id of what names it."""
    found: dict[str, dict[str, str]] = {version: {} for version in VERSIONS}
    for version, section, _, name in _named():
        found[version][section] = name
    return found


def missing_sections(clone: Path, version: str) -> list[str]:
    """List what requirements and rules name and the text of a version does not have."""
    return [
        f"{name}: {section} is not in the text of {profile}"
        for at, section, profiles, name in _named()
        for profile in profiles
        if at == version and not _exists(clone, profile, section)
    ]


def missing_links(clone: Path, links: set[str]) -> list[str]:
    """List the links into the specification that lead nowhere."""
    found = _profiles()
    pages = {
        f"{found.url}{branch}/{each.folder}/" if each.folder else f"{found.url}{branch}/": name
        for name, each in found.versions.items()
        for branch in each.branches
    }
    missing = []
    for link in sorted(links):
        page = max((one for one in pages if link.startswith(one)), key=len, default="")
        below = link.removeprefix(page)
        if not page or not _exists(clone, pages[page], below):
            missing.append(link)
    return missing


def _named() -> Iterator[tuple[str, str, tuple[str, ...], str]]:
    """Yield version, section, the texts that must have it, and the id of what names it."""
    for chapter in load_requirements():
        for one in chapter.requirements:
            for version in one.versions:
                section = one.section_in(version)
                yield version, section, (_profile_of(version, section),), one.id
    for rule in RULES.values():
        for at in sorted(rule.versions or VERSIONS):
            # Chapters have other names in Markdown; links lead to the operation there.
            if rule.clause.section and _profiles().versions[at].dialect.suffix != _MARKDOWN:
                yield at, rule.clause.section, _texts(rule, at), rule.id


def _profile_of(version: str, section: str) -> str:
    """Return the text of a version that has a chapter."""
    module = section.partition(".")[0].removeprefix("mod_")
    return module if module in _EXTENSIONS else version


def _texts(rule: Rule, version: str) -> tuple[str, ...]:
    """Return the texts to which links of a rule lead: those of the modules it is about."""
    if not _profiles().extensions(version):
        return (version,)
    if not rule.modules:
        return (version, *_EXTENSIONS)
    return tuple(sorted({one if one in _EXTENSIONS else version for one in rule.modules}))


def _exists(clone: Path, profile: str, section: str) -> bool:
    name, _, anchor = section.partition("#")
    return anchor in _anchors(clone, profile, name)


@cache
def _profiles() -> Profiles:
    return read_profiles()


@cache
def _anchors(clone: Path, profile: str, name: str) -> frozenset[str]:
    try:
        text = open_source(clone, _profiles().versions[profile], alone=False).read(name)
    except WrongUsage:
        return frozenset()
    if name.endswith(".asciidoc"):
        return frozenset(re.findall(r"\[\[([^\],]+)\]\]", text))
    return frozenset(_slugs(text))


def _slugs(text: str) -> list[str]:
    """Return the anchors that GitHub makes of the headings of a Markdown file."""
    found: list[str] = []
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    for heading in re.findall(r"^#+ +(.*)$", prose, re.MULTILINE):
        slug = re.sub(r"[^\w -]", "", heading.strip().replace("_", "").lower()).replace(" ", "-")
        before = sum(one == slug or re.fullmatch(f"{re.escape(slug)}-\\d+", one) is not None
                     for one in found)  # fmt: skip
        found.append(f"{slug}-{before}" if before else slug)
    return found


def _write(clone: Path) -> int:
    missing = [one for version in VERSIONS for one in missing_sections(clone, version)]
    present: dict[str, set[str]] = defaultdict(set)
    for version, section, profiles, _ in _named():
        if all(_exists(clone, profile, section) for profile in profiles):
            present[version].add(section)
    lines = []
    for version in VERSIONS:
        listed = (f"    {json.dumps(one)}," for one in sorted(present[version]))
        lines += [f'"{version}" = [', *listed, "]"]
    _FILE.write_text("\n".join([*lines, ""]))
    sys.stderr.write("".join(f"{one}\n" for one in missing))
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(_write(Path(sys.argv[1])))
