"""Joining ids to URLs, and URLs that are refused."""

import asyncio
import socket
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpi_runtime import urls
from ocpi_runtime.errors import UnsafeUrl
from ocpi_runtime.urls import UrlPolicy

OPEN = UrlPolicy(allow_private=True, allow_http=True)
IDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)


@given(st.lists(IDS, min_size=1, max_size=4))
def test_ids_of_any_kind_survive_the_path(ids: list[str]) -> None:
    url = urls.join("https://example.com/ocpi/", *ids)
    path = urlsplit(url).path
    assert [urls.decode_segment(each) for each in path.split("/")[2:]] == ids
    assert url.isascii()
    assert not {".", ".."} & set(path.split("/"))


@pytest.mark.parametrize(
    ("base", "segments", "url"),
    [
        ("https://a/x", ("1",), "https://a/x/1"),
        ("https://a/x/", ("1",), "https://a/x/1"),
        ("https://a/x//", ("1", "2"), "https://a/x/1/2"),
        ("https://a/x/", (), "https://a/x/"),
        ("https://a/x", (), "https://a/x"),
        ("https://a/x?t=1", ("1",), "https://a/x/1?t=1"),
        ("https://a/x/?t=1", ("1",), "https://a/x/1?t=1"),
        ("https://a/x", ("a/b",), "https://a/x/a%2Fb"),
        ("https://a/x", ("a b",), "https://a/x/a%20b"),
        ("https://a/x", ("50%",), "https://a/x/50%25"),
        ("https://a/x", ("%2F",), "https://a/x/%252F"),
        ("https://a/x", ("..",), "https://a/x/%2E%2E"),
        ("https://a/x", (".", "a.b"), "https://a/x/%2E/a.b"),
        ("https://a/x", ("?#",), "https://a/x/%3F%23"),
        ("https://a/x", ("é",), "https://a/x/%C3%A9"),
        ("https://a/x", ("BE*BEC*E1",), "https://a/x/BE*BEC*E1"),
    ],
)
def test_segments_follow_exactly_one_slash(base: str, segments: tuple[str, ...], url: str) -> None:
    assert urls.join(base, *segments) == url


def test_segments_that_are_no_utf_8_are_refused() -> None:
    assert urls.decode_segment("a%2Fb+c") == "a/b+c"
    with pytest.raises(ValueError, match="utf-8"):
        urls.decode_segment("%FF")


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com",
        "https://example.com/ocpi/versions?x=%20",
        "https://EXAMPLE.com.:8443/",
        "https://xn--mnchen-3ya.de/",
        "https://a_b.example.com/",
        "https://8.8.8.8/",
        "https://[2606:4700:4700::1111]/",
        "https://1password.com/",
        "https://example.com/@user:x",
    ],
)
def test_public_urls_are_allowed(url: str) -> None:
    urls.check_url(url)


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST",
        "localhost.",
        "a.localhost",
        "printer.local",
        "metadata.google.internal",
        "127.0.0.1",
        "127.1",
        "127.0.0.1.",
        "0x7f000001",
        "0x7f.1",
        "2130706433",
        "017700000001",
        "0177.0.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "[::1]",
        "[fc00::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:a00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::10.0.0.1]",
        "[2002:7f00:1::]",
        "[2001:db8::1]",
    ],
)
def test_hosts_that_are_not_on_the_internet_need_permission(host: str) -> None:
    url = f"https://{host}/versions"
    with pytest.raises(UnsafeUrl) as caught:
        urls.check_url(url)
    assert "private" in caught.value.hint
    assert caught.value.permitted_by == "allow_private"
    urls.check_url(url, UrlPolicy(allow_private=True))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "/versions",
        "//example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://",
        "https:///path",
        "https://:443/",
        "https://user@example.com/",
        "https://user:secret@example.com/",
        "https://@example.com/",
        "https://example.com:99999/",
        "https://example.com:x/",
        "https://example.com/a b",
        "https://example.com/\n",
        "https://exa\tmple.com/",
        "https://example.com\\@127.0.0.1/",
        "https://münchen.de/",
        "https://a..b/",
        "https://-/",
        "https://[::1/",
        "https://[::g]/",
        "https://[v1.x]/",
        "https://[v1.x:y]/",
        "https://1.2.3.4.5/",
        "https://256.1.1.1/",
        "https://0x/",
        "https://exa%6Dple.com/",
        "https://224.0.0.1/",
        "https://[ff02::1]/",
        "https://0.0.0.0/",
        "https://0/",
        "https://[::]/",
        "https://[::ffff:0.0.0.0]/",
        "https://[64:ff9b::224.0.0.1]/",
        "https://example.com/" + "a" * 5000,
    ],
)
def test_what_no_permission_makes_right(url: str) -> None:
    with pytest.raises(UnsafeUrl) as caught:
        urls.check_url(url, OPEN)
    assert caught.value.permitted_by == ""
    assert "secret" not in str(caught.value)
    assert len(str(caught.value)) < 300


def test_plain_http_needs_permission() -> None:
    with pytest.raises(UnsafeUrl, match="plain http") as caught:
        urls.check_url("http://example.com/")
    assert caught.value.permitted_by == "allow_http"
    urls.check_url("http://example.com/", UrlPolicy(allow_http=True))


def test_urls_of_objects_are_at_most_255_characters_long() -> None:
    wire = UrlPolicy(max_length=urls.MAX_LENGTH)
    url = "https://example.com/" + "a" * 235
    urls.check_url(url, wire)
    with pytest.raises(UnsafeUrl, match="256 characters"):
        urls.check_url(url + "a", wire)


def test_other_urls_are_at_most_4096_characters_long() -> None:
    url = "https://example.com/" + "a" * 4076
    urls.check_url(url)
    with pytest.raises(UnsafeUrl, match="4097 characters") as caught:
        urls.check_url(url + "a")
    assert caught.value.hint == "Use a shorter one."


def test_odd_hosts_are_judged_in_linear_time() -> None:
    for host in ("a" * 4000, "a." * 2000, "a-" * 2000 + "!", "1." * 2000):
        with pytest.raises(UnsafeUrl):
            urls.check_url(f"https://{host}/", OPEN)


def resolver(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    async def found(_self: Any, host: str, port: int | None, **_options: Any) -> list[Any]:
        if not addresses or host != "example.com":
            raise socket.gaierror("unknown")
        return [(0, 0, 0, "", (each, port)) for each in addresses]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", found)


async def test_names_that_lead_inside_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    resolver(monkeypatch, "93.184.215.14", "10.0.0.7")
    with pytest.raises(UnsafeUrl, match=r"10\.0\.0\.7"):
        await urls.resolve_and_check("https://example.com/")
    found = await urls.resolve_and_check("https://example.com/", OPEN)
    assert found == ("93.184.215.14", "10.0.0.7")


@pytest.mark.parametrize("address", ["::1", "fe80::1%eth0", "::ffff:192.168.0.1"])
async def test_names_that_lead_inside_by_ipv6(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    resolver(monkeypatch, address)
    with pytest.raises(UnsafeUrl):
        await urls.resolve_and_check("https://example.com/")


async def test_public_names_give_their_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    resolver(monkeypatch, "93.184.215.14", "93.184.215.14")
    assert await urls.resolve_and_check("https://example.com/") == ("93.184.215.14",)


async def test_addresses_are_their_own() -> None:
    assert await urls.resolve_and_check("https://93.184.215.14/") == ("93.184.215.14",)


async def test_names_without_address(monkeypatch: pytest.MonkeyPatch) -> None:
    resolver(monkeypatch)
    with pytest.raises(UnsafeUrl, match=r"address of host .* was not found"):
        await urls.resolve_and_check("https://example.com/")


async def test_urls_are_checked_before_names_are_resolved() -> None:
    with pytest.raises(UnsafeUrl, match="plain http"):
        await urls.resolve_and_check("http://example.com/")
