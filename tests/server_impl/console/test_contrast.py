"""The colours of the console, light and dark, by the contrasts that WCAG 2.2 AA demands."""

import re
from importlib.resources import files

import pytest

SHEET = files("ocpi_server.console").joinpath("static", "console.css").read_text(encoding="utf-8")
TEXTS = {
    "text": ("back", "side", "card", "raised", "code", "idle-back"),
    "soft": ("back", "side", "card", "raised", "code"),
    "link": ("back", "side", "card", "code"),
    "bad": ("back", "card", "code", "bad-back"),
    "good": ("good-back",),
    "warning": ("warning-back", "card"),
    "info": ("info-back",),
    "idle": ("idle-back",),
    "on-accent": ("accent",),
    **dict.fromkeys(("key", "string", "number", "word"), ("code",)),
}
"""Texts, with what they are written on: 4.5 to 1."""
PARTS = {
    "strong-line": ("raised", "back"),
    "focus": ("back", "side", "card", "info-back"),
    "point": ("land", "code"),
    **dict.fromkeys(("accent", "good", "warning", "bad"), ("card",)),
}
"""Borders of fields, marks of focus, points of the map, and bars of charts: 3 to 1."""


def _palettes() -> dict[str, dict[str, str]]:
    light, dark = re.findall(r":root \{(.*?)\n *\}", SHEET, re.DOTALL)[:2]
    read = re.compile(r"--([\w-]+): (#[0-9a-f]{6})")
    known = dict(read.findall(light))
    return {"light": known, "dark": known | dict(read.findall(dark))}


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_of_black_and_white() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_and_mark_can_be_seen(scheme: str) -> None:
    palette = _palettes()[scheme]
    least = {(4.5, name): on for name, on in TEXTS.items()} | {
        (3.0, name): on for name, on in PARTS.items()
    }
    weak = {
        (name, ground): round(contrast(palette[name], palette[ground]), 2)
        for (wanted, name), grounds in least.items()
        for ground in grounds
        if contrast(palette[name], palette[ground]) < wanted
    }
    assert weak == {}
