"""The Link to the next page, and the numbers beside it."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpi_runtime.paging import (
    bracketed,
    format_link,
    is_readable,
    next_url,
    parse_count,
    parse_link,
)

NEXT = "https://example.com/ocpi/2.2.1/cdrs?offset=50&limit=50"
URLS = st.text(
    st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters='<>"'), max_size=200
)
NOISE = st.text(st.sampled_from('<>;,="\\ \trelnxtabcREL*'), max_size=60)


@given(URLS)
def test_what_is_written_can_be_read(path: str) -> None:
    url = f"https://example.com/{path}"
    assert parse_link(format_link(url)) == url


@given(URLS, NOISE)
def test_nothing_before_the_link_hides_it(path: str, noise: str) -> None:
    url = f"https://example.com/{path}"
    title = noise.replace("\\", "").replace('"', "")
    before = f'<https://example.com/a>; rel="prev"; title="{title}"'
    assert parse_link(f"{before}, {format_link(url)}") == url


@given(NOISE)
def test_any_text_returns_a_link_or_none(header: str) -> None:
    found = parse_link(header)
    assert found is None or found in header


@pytest.mark.parametrize(
    "header",
    [
        f'<{NEXT}>; rel="next"',
        f"<{NEXT}>; rel=next",
        f"<{NEXT}>;rel=NEXT",
        f'<{NEXT}> ; REL = "Next"',
        f'< {NEXT} >; rel="next"',
        f'<{NEXT}>; rel="last next"',
        f'<{NEXT}>; title="a, b; rel=\\"x\\""; rel="next"',
        f'<{NEXT}>; rel="next"; rel="prev"',
        f'<{NEXT}>; flag; rel="next";',
        f'<https://a/?x=1,2>; rel="first", <{NEXT}>; rel="next"',
        f'<https://a/>; rel="prev"; title="<https://b/>; rel=next", <{NEXT}>; rel="next"',
        f', ,<https://a/>,<{NEXT}>;rel=next,<https://b/>; rel="next"',
        f'<https://a/>; rel="prev" broken, <{NEXT}>; rel="next"',
        f"<https://a/>; rel=prev\t,\t<{NEXT}>\t;\trel=next",
    ],
)
def test_the_next_page_is_found(header: str) -> None:
    assert parse_link(header) == NEXT


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        NEXT,
        f"<{NEXT}>",
        f'<{NEXT}>; rel="prev"',
        f'<{NEXT}>; rel="nextish"',
        f'<{NEXT}>; rel="prev"; rel="next"',
        f'<{NEXT}>; title="rel=next"',
        f'<{NEXT}; rel="next"',
        "rel=next",
        '<>; rev="next"',
    ],
)
def test_where_there_is_no_next_page(header: str | None) -> None:
    assert parse_link(header) is None


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("https://a/?x=1", '<https://a/?x=1>; rel="next"'),
        (" https://a ; rel=last ", "<https://a>; rel=last"),
        ('<https://a>; rel="next"', '<https://a>; rel="next"'),
        ("", ""),
        (" ", " "),
    ],
)
def test_brackets_are_added_where_they_are_missing(sent: str, read: str) -> None:
    assert bracketed(sent) == read


@pytest.mark.parametrize(
    ("header", "readable"),
    [
        ('<https://a>; rel="next"', True),
        ('<https://a>; rel="last"', True),
        ("<https://a>", True),
        ("https://a; rel=next", False),
        ("https://a; rel=last", False),
        ('<https://a>; rel="last", https://b; rel="next"', False),
        ("", False),
    ],
)
def test_a_header_with_a_next_outside_its_links_is_not_readable(
    header: str, *, readable: bool
) -> None:
    assert is_readable(header) is readable


def test_relative_links_are_joined_to_the_page() -> None:
    page = "https://example.com/ocpi/cdrs?offset=0"
    assert (
        parse_link('<?offset=50>; rel="next"', base=page)
        == "https://example.com/ocpi/cdrs?offset=50"
    )
    assert parse_link(f'<{NEXT}>; rel="next"', base=page) == NEXT


def test_the_first_16_kb_of_a_header_are_read() -> None:
    link = '<https://x>; rel="next"'
    fits = "," * (16 * 1024 - len(link)) + link
    assert parse_link(fits) == "https://x"
    assert parse_link(f",{fits}") is None


def test_long_headers_are_read_in_linear_time() -> None:
    for header in (
        "<" * 100_000,
        "<a>;" + " ;" * 50_000,
        '<a>; x="' + "\\" * 100_000,
        "," * 100_000,
    ):
        assert parse_link(header) is None


@pytest.mark.parametrize(
    "url",
    ["https://a/ b", "https://a/>", 'https://a/"', "https://a/\r\nX: y", "https://ä/"],
)
def test_urls_that_would_break_the_header_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="percent-encoded"):
        format_link(url)


def test_filters_stay_in_the_next_url() -> None:
    moment = datetime(2024, 6, 29, 20, 39, 9, 250_000, tzinfo=UTC)
    url = next_url(
        "https://example.com/cdrs?tenant=7#x",
        {"date_from": moment, "date_to": None, "offset": 50, "limit": 50, "cursor": "a/b&c"},
    )
    parts = urlsplit(url)
    assert (parts.path, parts.fragment) == ("/cdrs", "")
    assert parse_qs(parts.query) == {
        "tenant": ["7"],
        "date_from": ["2024-06-29T20:39:09.250Z"],
        "offset": ["50"],
        "limit": ["50"],
        "cursor": ["a/b&c"],
    }
    assert parse_link(format_link(url)) == url
    assert next_url("https://example.com/cdrs", {}) == "https://example.com/cdrs"


@pytest.mark.parametrize(("text", "value"), [("0", 0), (" 50 ", 50), ("007", 7), (None, None)])
def test_numbers_are_read(text: str | None, value: int | None) -> None:
    assert parse_count("X-Total-Count", text) == (value, "")


@pytest.mark.parametrize(
    "text", ["", "-1", "1.0", "1e3", "ten", "٣", "5, 5", "+5", "1_0", "9" * 5000]
)
def test_wrong_numbers_are_reported(text: str) -> None:
    found = parse_count("X-Limit", text)
    assert found.value is None
    assert found.problem.startswith("The header X-Limit is not a number")
    assert len(found.problem) < 120


@given(st.dictionaries(st.text(min_size=1), st.text(min_size=1)))
def test_any_filter_comes_back_as_it_was(query: dict[str, str]) -> None:
    url = next_url("https://example.com/cdrs?tenant=1", {**query})
    assert format_link(url)
    assert parse_qsl(urlsplit(url).query) == [("tenant", "1"), *query.items()]
