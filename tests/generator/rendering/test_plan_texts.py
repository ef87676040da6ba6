"""Names, descriptions and URLs in what is generated."""

from typing import Any

import pytest

from ocpi_generator.plan._bounds import described
from ocpi_generator.plan.models import Types
from ocpi_generator.plan.names import member
from ocpi_generator.plan.text import docstring, literal_docstring


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("AVAILABLE", "AVAILABLE"),
        ("2.2.1", "V2_2_1"),
        ("1_PHASE", "V1_PHASE"),
        ("hub-info", "hub_info"),
        ("None", "None_"),
        ("title", "title_"),
        ("name", "name_"),
        ("class", "class_"),
        ("_x", "Vx"),
        ("", "EMPTY"),
    ],
)
def test_members_are_named_as_their_values(value: str, name: str) -> None:
    assert member(value) == name


@pytest.mark.parametrize(
    "text",
    [
        'three """ quotes',
        'ends in a quote "',
        'ends in three """',
        "a back\\slash, \\N{DASH}, \\x",
        'mixed \\""" and \\\\"',
        "control \x00\x07\x85 characters",
        "line\nbreaks and\ttabs",
    ],
)
def test_no_text_breaks_out_of_a_docstring(text: str) -> None:
    found = docstring("First.", text, sections={"Args": {"one": text}})
    value = eval(literal_docstring(found, 4))  # noqa: S307 - that it is a literal is the point
    shown = " ".join("".join(c for c in text if c.isprintable() or c.isspace()).split())
    assert shown in " ".join(value.split())


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"type": "string", "minLength": 1, "maxLength": 255}, "It. 1 to 255 characters."),
        ({"type": "string", "maxLength": 1}, "It. At most 1 character."),
        ({"type": "string", "x-ocpi-unbounded": True}, "It."),
        ({"type": "string", "format": "ci-string"}, "It. Case-insensitive."),
        ({"type": "string", "format": "date-time", "maxLength": 25}, "It."),
        ({"type": "integer", "maximum": 7}, "It. At most 7."),
        (
            {"type": "array", "maxItems": 2, "items": {"type": "string", "maxLength": 36}},
            "It. At most 2 items. Each: at most 36 characters.",
        ),
        (
            {"type": "array", "items": {"$ref": "#/components/schemas/Short"}},
            "It. Each: at most 3 characters.",
        ),
        ({"$ref": "#/components/schemas/Short"}, "It. At most 3 characters."),
    ],
)
def test_bounds_follow_the_description(schema: dict[str, Any], text: str) -> None:
    types = Types({"Short": {"type": "string", "maxLength": 3}}, "models")
    assert described("It", schema, types) == text


def test_long_descriptions_have_a_summary_of_their_own() -> None:
    found = docstring("What is measured. " + "It may be many things of many kinds. " * 4)
    assert found[:2] == ("What is measured.", "")


def test_urls_stay_whole() -> None:
    url = "https://example.com/" + "long-part/" * 12
    assert docstring("Summary", f"See {url}")[-1] == url
