"""What the documents of this repository hold that can be checked: code, commands, links."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent.parent
WALKED = ("new-version.md", "overlay.md")
"""Guides whose steps build on each other; tests of their own follow them from top to bottom."""
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"^ {4}(?! )(\S.*)$", re.MULTILINE)
_INLINE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_STARTS = ("make ", "ocpi ", ".venv/bin/ocpi ")


@dataclass(frozen=True)
class Block:
    """A fenced piece of a document.

    Attributes:
        file: The document, relative to the repository.
        language: What is behind the fence, such as ``python``.
        text: The lines between the fences.
    """

    file: str
    language: str
    text: str

    @property
    def name(self) -> str:
        """The file name in the first line, a comment; empty if there is none."""
        match = re.match(r"# ([\w.]+\.\w+)\n", self.text)
        return match[1] if match else ""


def documents() -> list[Path]:
    """List all documents that are written by hand."""
    guides = [path for path in (REPOSITORY / "docs").rglob("*.md") if path.name != "errata.md"]
    return sorted([*REPOSITORY.glob("*.md"), *guides])


def name_of(path: Path) -> str:
    """Name a document in the result of a test."""
    return path.relative_to(REPOSITORY).as_posix()


def blocks(path: Path) -> list[Block]:
    """List the fenced blocks of a document."""
    text = path.read_text(encoding="utf-8")
    return [Block(name_of(path), *match.groups()) for match in _FENCE.finditer(text)]


def shell_lines(path: Path) -> list[str]:
    """List the commands of a document that are meant to be typed, without comments."""
    text = path.read_text(encoding="utf-8")
    shell = "\n".join(one.text for one in blocks(path) if one.language == "sh")
    lines = re.sub(r"\\\n\s*", "", shell).splitlines()
    lines += _INDENTED.findall(_FENCE.sub("", text))
    return [bare for line in lines if (bare := re.split(r"\s+#", line.strip())[0])]


def commands(path: Path) -> list[str]:
    """List everything that a document says about ``make`` and ``ocpi``, in code of any kind."""
    text = _FENCE.sub("", path.read_text(encoding="utf-8"))
    found = [*shell_lines(path), *_INLINE.findall(text)]
    return [one for one in found if one.startswith(_STARTS)]


def links(path: Path) -> list[str]:
    """List where the links of a document lead; what is code is no link."""
    text = _FENCE.sub("", path.read_text(encoding="utf-8"))
    return _LINK.findall(_INLINE.sub("", text))


def anchors(path: Path) -> Iterator[str]:
    """Return the anchors that the headings of a document have."""
    for heading in _HEADING.findall(_FENCE.sub("", path.read_text(encoding="utf-8"))):
        yield re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
