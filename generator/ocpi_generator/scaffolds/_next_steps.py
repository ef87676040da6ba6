"""Steps that versions and modules have in common."""

from collections.abc import Iterator
from pathlib import Path

from ocpi_generator.documents import Version
from ocpi_generator.scaffolds._scaffold_result import NextStep

__all__ = ["add_value", "generate_step", "lint_step"]


def lint_step(options: str) -> NextStep:
    """Have the documents checked."""
    return NextStep("See what is wrong, why, and how to correct it.", f"ocpi lint {options}")


def generate_step(options: str = "") -> NextStep:
    """Have the package written anew."""
    command = f"ocpi generate {options}".rstrip()
    return NextStep("Write models, clients, stubs and bundles anew.", command)


def add_value(
    root: Path, name: str, version: Version, enumeration: str, value: str
) -> Iterator[NextStep]:
    """Have a value added to an open enumeration that lists what there is, if there is such a one.

    Args:
        root: Where the folder of the version is.
        name: The folder.
        version: Where the enumeration is looked for.
        enumeration: Its class.
        value: What it should list.
    """
    for schema in version.schemas.values():
        if schema.name == enumeration and value not in schema.body.get("x-extensible-enum", ()):
            target = (root / name / schema.module / "schemas.yaml").as_posix()
            source = schema.place.document.file
            copied = "" if source == target else f", copied from {source}"
            yield NextStep(f'Add "{value}" to {enumeration} in {target}{copied}.')
