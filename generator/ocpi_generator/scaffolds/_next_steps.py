"""Steps that versions and modules have in common."""

from collections.abc import Iterator
from pathlib import Path

from ocpi_generator.documents import Version
from ocpi_generator.scaffolds._scaffold_result import NextStep

__all__ = ["add_value", "generate_step", "lint_step"]


def lint_step(options: str) -> NextStep:
    """Return the step that checks the documents."""
    return NextStep("See what is wrong, why, and how to correct it.", f"ocpi lint {options}")


def generate_step(options: str = "") -> NextStep:
    """Return the step that generates the package again."""
    command = f"ocpi generate {options}".rstrip()
    return NextStep("Generate models, clients, stubs and bundles again.", command)


def add_value(
    root: Path, name: str, version: Version, enumeration: str, value: str
) -> Iterator[NextStep]:
    """Return the step that adds a value to the open enumeration of what there is, if any.

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
