"""Sections that requirements name and no bundle links to, looked up in the specification.

``python -m tests.conformance.coverage.anchors CLONE`` writes ``anchors.toml`` again from a clone of
the specification, and fails where a section that a requirement names does not exist there.
"""

import json
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path
from typing import Final

from ocpi_conformance.coverage import Requirement, load_requirements

__all__ = ["known_anchors", "sections_by_version"]

_FILE: Final = Path(__file__).with_name("anchors.toml")
_BRANCHES: Final = {
    "2.0": "release-2.1.1-bugfixes:releases/2.0-d2/",
    "2.1.1": "release-2.1.1-bugfixes:",
    "2.2": "release-2.2-bugfixes:",
    "2.2.1": "release-2.2.1-bugfixes:",
    "2.3.0": "2.3.0/release/core:",
}
_EXTENSIONS: Final = {
    "mod_bookings.asciidoc": "2.3.0/release/bookings:",
    "mod_payments.asciidoc": "2.3.0/release/payments:",
}


def known_anchors() -> dict[str, set[str]]:
    """Return by version the sections that were found in the specification."""
    return {version: set(one) for version, one in tomllib.loads(_FILE.read_text()).items()}


def sections_by_version() -> dict[str, dict[str, Requirement]]:
    """Return by version every section that is named, with a requirement that names it."""
    found: dict[str, dict[str, Requirement]] = {version: {} for version in _BRANCHES}
    for chapter in load_requirements():
        for one in chapter.requirements:
            for version in one.versions:
                found[version][one.section_in(version)] = one
    return found


def _write(clone: str) -> int:
    lines, missing = [], []
    for version, sections in sections_by_version().items():
        present = []
        for section, one in sections.items():
            name, _, anchor = section.partition("#")
            branch = _EXTENSIONS.get(name, _BRANCHES[version])
            if anchor in _anchors(clone, branch + name):
                present.append(section)
            else:
                missing.append(f"{one.id}: {section} is not in {branch}{name}")
        lines += [f'"{version}" = [', *(f"    {json.dumps(one)}," for one in sorted(present)), "]"]
    _FILE.write_text("\n".join([*lines, ""]))
    sys.stderr.write("".join(f"{one}\n" for one in missing))
    return 1 if missing else 0


@cache
def _anchors(clone: str, place: str) -> frozenset[str]:
    command = ["git", f"--git-dir={clone}", "show", place]
    text = subprocess.run(command, check=True, capture_output=True).stdout.decode()  # noqa: S603
    if place.endswith(".asciidoc"):
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


if __name__ == "__main__":
    sys.exit(_write(sys.argv[1]))
