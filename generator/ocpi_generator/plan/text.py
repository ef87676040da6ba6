r"""Text that becomes part of Python source: docstrings that no content of a document can break."""

import textwrap
import unicodedata
from collections.abc import Mapping, Sequence

__all__ = ["docstring", "literal_docstring", "sentence"]

_WIDTH = 88
"""Characters of a docstring line, so that it fits below 100 at the deepest indentation."""


def docstring(
    summary: str, *paragraphs: str, sections: Mapping[str, Mapping[str, str]] | None = None
) -> tuple[str, ...]:
    """Lay out a docstring, escaped for a literal in three double quotes.

    Args:
        summary: What it is for; one sentence or more.
        paragraphs: Further paragraphs.
        sections: Headings such as ``Attributes``, each with texts by name.

    Returns:
        Lines without indentation, the first for behind the opening quotes.
    """
    first, rest = _split(summary)
    blocks = [_wrap(text) for text in (first, rest, *paragraphs) if text.strip()]
    blocks += [_section(title, entries) for title, entries in (sections or {}).items() if entries]
    lines = [line for block in blocks for line in ("", *block)][1:]
    return tuple(_escape(line) for line in lines)


def literal_docstring(lines: Sequence[str], indent: int) -> str:
    """Join the lines of a docstring to a literal.

    Args:
        lines: As :func:`docstring` gives them.
        indent: How far the literal is indented; the first line is left to the template.
    """
    pad = "\n" + " " * indent
    body = "".join(f"{pad}{line}" if line else "\n" for line in lines[1:])
    return f'"""{lines[0]}{body}{pad if body else ""}"""'


def sentence(text: str) -> str:
    """Put text on one line and end it like a sentence, unless it ends in a URL."""
    line = " ".join(_printable(text).split())
    complete = line.endswith((".", "!", "?")) or "://" in line.rpartition(" ")[2]
    return line if complete or not line else f"{line}."


def _wrap(text: str, indent: str = "", hanging: str = "") -> list[str]:
    return textwrap.wrap(
        sentence(text),
        _WIDTH,
        break_on_hyphens=False,
        break_long_words=False,
        initial_indent=indent,
        subsequent_indent=hanging,
    )


def _split(text: str) -> tuple[str, str]:
    """Part the first sentence from the others where all of it does not fit into one line."""
    line = sentence(text)
    first, mark, rest = line.partition(". ")
    return (first + ".", rest) if mark and len(line) > _WIDTH else (line, "")


def _section(title: str, entries: Mapping[str, str]) -> list[str]:
    lines = [f"{title}:"]
    for name, text in entries.items():
        lines += _wrap(f"{name}: {text}", "    ", "        ")
    return lines


def _printable(text: str) -> str:
    return "".join(c for c in text if c in "\n\t " or not unicodedata.category(c).startswith("C"))


def _escape(line: str) -> str:
    return line.replace("\\", "\\\\").replace('"', '\\"') if _breaks(line) else line


def _breaks(line: str) -> bool:
    return "\\" in line or '"""' in line or line.endswith('"')
