"""Bundles of a version as it is, or as it was in a revision of git."""

import io
import shutil
import subprocess
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path

from ocpi_generator._nearest import near
from ocpi_generator._problems import Refused
from ocpi_generator.bundle import VersionBundle, build_bundles, bundle_version
from ocpi_generator.documents import Library

__all__ = ["RevisionError", "bundle_at"]


class RevisionError(ValueError):
    """A version or revision that does not exist."""


def bundle_at(root: Path, name: str) -> VersionBundle:
    """Build a version, or an edition of it.

    Args:
        root: The folder of the documents.
        name: ``2.2.1``, ``2.3.0@core-1`` for an edition that the documents have, or ``2.2.1@REV``
            for the documents in that revision of git.

    Raises:
        RevisionError: There is no such version, no such revision, or no git.
        Refused: The documents are broken, or too old for this generator.
    """
    version, at, revision = name.partition("@")
    if not at:
        return _bundle(root, version, f"{root} contains")
    library = Library(root)
    if revision in library.editions(version):
        return _edition(library, version, revision)
    with tempfile.TemporaryDirectory() as folder:
        _unpack(root, revision, Path(folder))
        try:
            return _bundle(Path(folder), version, f"{revision} contains")
        except Refused as refused:
            raise Refused(
                replace(one, file=one.file.replace(folder, f"{revision}:{root.name}", 1))
                for one in refused.problems
            ) from refused


def _edition(library: Library, version: str, name: str) -> VersionBundle:
    edition = library.edition(version, name)
    if edition is None or library.problems:
        raise Refused(library.problems)
    return build_bundles(edition)


def _bundle(root: Path, version: str, where: str) -> VersionBundle:
    known = sorted(path.parent.name for path in root.glob("*/version.toml"))
    if not known:
        raise RevisionError(f"{where} no versions; --root names the folder of the documents")
    if version not in known:
        raise RevisionError(
            f"{where} no version {version}, only {', '.join(known)}{near(version, known)}"
        )
    return bundle_version(root, version)


def _unpack(root: Path, revision: str, folder: Path) -> None:
    if not revision or revision.startswith("-"):
        raise RevisionError(f"{revision or 'nothing'} is not a revision")
    if not root.is_dir():
        raise RevisionError(f"folder {root} not found; name that of the documents with --root")
    _git(root, f"{root} is in no repository of git", "rev-parse", "--git-dir")
    commit = ("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    _git(root, f"git has no revision {revision}", *commit)
    missing = f"{revision} contains no {root.name}"
    packed = _git(root, missing, "archive", "--format=zip", revision, ".")
    # A zip is kept inside the folder by every Python; of tarfile, 3.11.4 is the first to do it.
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        archive.extractall(folder)


def _git(root: Path, failure: str, *words: str) -> bytes:
    """Run git in the folder of the documents; its failure means what is said here."""
    git = shutil.which("git")
    if git is None:
        raise RevisionError("git is not installed; a revision cannot be read without it")
    done = subprocess.run([git, "-C", str(root), *words], capture_output=True, check=False)  # noqa: S603 - no shell
    if done.returncode:
        raise RevisionError(failure)
    return done.stdout
