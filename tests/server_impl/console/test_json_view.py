"""JSON in parts: whatever the text is, each part is read once."""

import pytest

from ocpi_server.console._json_view import json_parts


def test_parts_are_what_the_text_is_made_of() -> None:
    parts = [*json_parts(b'{"a" : [1, "x\\"y", true]}')]
    assert [each for each in parts if each[0]] == [
        ("key", '"a"'), ("number", "1"), ("string", '"x\\"y"'), ("word", "true")
    ]  # fmt: skip
    assert (
        "".join(text for _, text in parts) == '{\n  "a": [\n    1,\n    "x\\"y",\n    true\n  ]\n}'
    )


@pytest.mark.parametrize("end", [b"", b"\\", b"\\\n"])
def test_a_string_without_an_end_is_one_part(end: bytes) -> None:
    """Else its end is looked for from each quotation mark in it, which takes a minute."""
    body = b'{"a": "' + b'\\"' * 1000 + end
    parts = [*json_parts(body)]
    assert [kind for kind, _ in parts] == ["", "key", "", "string", ""]
    assert "".join(text for _, text in parts) == body.decode()
