"""A made-up specification of devices, and bundles and models that follow it.

Version 9.2 is written in AsciiDoc, with ids and routing; 9.1 in Markdown, without. ``spouts``
extends 9.2. The texts are in ``made_up/``.
"""

import json
import subprocess
from pathlib import Path

from tests.audit.device_documents import documents
from tests.audit.device_models import MODELS

HERE = Path(__file__).parent / "made_up"
VERSIONS = {"9.1": "v9_1", "9.2": "v9_2"}


def specification(folder: Path) -> Path:
    """Make a clone of the made-up specification, with a branch for each version."""
    _git(folder, "init", "-q", "-b", "devices-9.2")
    _commit(folder, HERE / "asciidoc", folder)
    _git(folder, "checkout", "-q", "-b", "devices-9.2-spouts")
    chapter = folder / "mod_devices.asciidoc"
    text = chapter.read_text()
    chapter.write_text(text.replace("|GLASS |It does.", "|GLASS |It does.\n|CLAY |With a spout."))
    _commit(folder, HERE / "spouts", folder)
    _git(folder, "checkout", "-q", "--orphan", "devices-9.1")
    _git(folder, "rm", "-rfq", ".")
    _commit(folder, HERE / "markdown", folder / "old")
    return folder


def bare(folder: Path) -> Path:
    """Make a bare clone."""
    target = folder.with_name("bare.git")
    _git(folder, "clone", "-q", "--bare", str(folder), str(target))
    return target


def rewrite(clone: Path, branch: str, file: str, old: str, new: str) -> None:
    """Change a file of a branch."""
    _git(clone, "checkout", "-q", branch)
    path = clone / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    _git(clone, "commit", "-q", "-a", "-m", "edited")


def _commit(folder: Path, source: Path, target: Path) -> None:
    for path in sorted(source.rglob("*.*")):
        copy = target / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(path.read_text())
    _git(folder, "add", ".")
    _git(folder, "commit", "-q", "-m", "written")


def _git(folder: Path, *words: str) -> None:
    who = ["-c", "user.name=Device", "-c", "user.email=device@example.org"]
    command = ["git", "-C", str(folder), *who, *words]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - words of ours


def package(folder: Path) -> Path:
    """Write a package of bindings: bundles and models of both versions."""
    for version, name in VERSIONS.items():
        target = folder / name / "documents"
        target.mkdir(parents=True)
        for file, document in documents(version).items():
            (target / file).write_text(json.dumps(document))
        models = folder / name / "models"
        models.mkdir()
        (folder / name / "__init__.py").touch()
        (models / "__init__.py").write_text(MODELS.replace("PACKAGE", f"{folder.name}.{name}"))
    (folder / "__init__.py").touch()
    return folder
