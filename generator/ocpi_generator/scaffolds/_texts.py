"""The templates of scaffolds."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

__all__ = ["render"]

_TEMPLATES = Path(__file__).parent / "templates"


@cache
def _environment() -> Environment:
    return Environment(  # noqa: S701 - what is printed is YAML and TOML
        loader=FileSystemLoader(_TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        variable_start_string="<<",
        variable_end_string=">>",
    )


def render(template: str, **values: Any) -> str:
    """Print a template; its values are in ``<< >>``, because YAML has braces of its own."""
    return _environment().get_template(f"{template}.jinja").render(**values)
