"""Bundles of a version as it stands, or as it stood in a revision of git."""

import io
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from ocpi_generator.bundle import VersionBundle, bundle_version

__all__ = ["RevisionError", "bundle_at"]


class RevisionError(ValueError):
    """A version or revision that does not exist."""


def bundle_at(root: Path, name: str) -> VersionBundle:
    """Weave a version.

    Args:
        root: The folder of the documents.
        name: ``2.2.1``, or ``2.2.1@REV`` for the documents in that revision of git.

    Raises:
        RevisionError: There is no such version, no such revision, or no git.
        Refused: The documents are broken, or too old for this generator.
    """
    version, at, revision = name.partition("@")
    if not at:
        return _bundle(root, version)
    with tempfile.TemporaryDirectory() as folder:
        _unpack(root, revision, Path(folder))
        return _bundle(Path(folder), version)


def _bundle(root: Path, version: str) -> VersionBundle:
    known = sorted(path.parent.name for path in root.glob("*/version.toml"))
    if version not in known:
        raise RevisionError(f"{version} is none of {', '.join(known) or 'no versions at all'}")
    return bundle_version(root, version)


def _unpack(root: Path, revision: str, folder: Path) -> None:
    git = shutil.which("git")
    if git is None:
        raise RevisionError("a revision needs git, and there is none")
    if not revision or revision.startswith("-"):
        raise RevisionError(f"{revision or 'nothing'} is no revision")
    command = [git, "-C", str(root), "archive", "--format=tar", revision, "."]
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - no shell
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip().partition("\n")[0]
        raise RevisionError(f"{revision} holds no {root.name}: {reason}")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")
