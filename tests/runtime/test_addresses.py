"""Addresses that are not on the public internet, in every form, on every release of Python."""

import ipaddress
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ocpi_runtime import urls
from ocpi_runtime.errors import UnsafeUrl
from ocpi_runtime.urls import UrlPolicy

OPEN = UrlPolicy(allow_private=True, allow_http=True)


def addresses(*lines: str) -> list[str]:
    return [each for line in lines for each in line.split()]


INSIDE_V4 = addresses(
    "0.0.0.1 10.0.0.0 10.255.255.255 100.64.0.0 100.127.255.255 127.0.0.0 127.255.255.255",
    "172.16.0.0 172.31.255.255 192.0.0.0 192.0.0.9 192.0.0.10 192.0.0.170 192.0.0.255 192.0.2.1",
    "192.88.99.1 192.168.0.0 192.168.255.255 198.18.0.0 198.19.255.255 198.51.100.7 203.0.113.7",
    "240.0.0.1 255.255.255.254",
)
INSIDE_V6 = addresses(
    "::1 ::2 100::1 5f00::1 64:ff9b:1::1 64:ff9b:1:ffff::808:808 2001:1::1 2001:10::1 2001:20::1",
    "2001:30::1 2001:1ff:ffff::1 2001:db8::1 3fff::1 3fff:fff::1 4000::1 fc00::1 fdff::1 fec0::1",
    "feff::1 ::ffff:8.8.8.8 ::ffff:0:8.8.8.8 ::8.8.8.8 2002:808:808::1 2001:0:808:808::f7f7:f7f7",
)
OUTSIDE = addresses(
    "1.1.1.1 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0",
    "172.15.255.255 172.32.0.0 191.255.255.255 192.0.1.0 192.0.3.0 192.167.255.255 192.169.0.0",
    "198.17.255.255 198.20.0.0 203.0.112.255 203.0.114.0 223.255.255.255 2000::1 2001:200::1",
    "2001:dc8::1 2003::1 2606:4700:4700::1111 3ffe:ffff::1 64:ff9b::8.8.8.8",
)
NEVER = addresses(
    "169.254.0.0 169.254.169.254 169.254.255.255 fe80:: fe80::1 febf:ffff::1 100.100.100.200",
    "192.0.0.192 168.63.129.16 fd00:ec2::254 fd20:ce::254 224.0.0.1 239.255.255.255 ff02::1",
    "0.0.0.0 ::",
)
HOLDING: dict[str, Callable[[int], int]] = {
    "compatible": lambda inner: inner,
    "mapped": lambda inner: 0xFFFF << 32 | inner,
    "translated": lambda inner: 0xFFFF << 48 | inner,
    "NAT64": lambda inner: 0x64FF9B << 96 | inner,
    "NAT64 of one network": lambda inner: 0x64FF9B0001 << 80 | inner,
    "6to4": lambda inner: 0x2002 << 112 | inner << 80 | 1,
    "Teredo": lambda inner: 0x20010000 << 96 | 0x08080808 << 64 | (inner ^ 0xFFFFFFFF),
    "server of Teredo": lambda inner: 0x20010000 << 96 | inner << 64 | 0xF7F7F7F7,
}
FORMS = pytest.mark.parametrize("form", HOLDING.values(), ids=HOLDING)


def refused(address: object, policy: UrlPolicy | None = None) -> bool:
    text = str(address)
    try:
        urls.check_url(f"https://[{text}]/" if ":" in text else f"https://{text}/", policy)
    except UnsafeUrl:
        return True
    return False


@pytest.mark.parametrize("address", INSIDE_V4 + INSIDE_V6)
def test_special_networks_need_permission(address: str) -> None:
    assert refused(address)
    assert not refused(address, OPEN)


@pytest.mark.parametrize("address", OUTSIDE)
def test_their_neighbours_are_public(address: str) -> None:
    assert not refused(address)


@pytest.mark.parametrize("address", NEVER)
def test_link_local_and_metadata_are_refused_whatever_is_allowed(address: str) -> None:
    assert refused(address)
    assert refused(address, OPEN)


@FORMS
@pytest.mark.parametrize("inner", INSIDE_V4)
def test_an_inner_address_needs_the_same_permission(form: Callable[[int], int], inner: str) -> None:
    assert refused(ipaddress.IPv6Address(form(int(ipaddress.IPv4Address(inner)))))


@FORMS
@pytest.mark.parametrize("inner", [each for each in NEVER if each[0] != "0" and ":" not in each])
def test_no_form_hides_what_is_never_called(form: Callable[[int], int], inner: str) -> None:
    held = ipaddress.IPv6Address(form(int(ipaddress.IPv4Address(inner))))
    assert refused(held, OPEN)
    assert refused(held.exploded, OPEN)


@given(st.integers(0, 2**32 - 1))
@example(int(ipaddress.IPv4Address("192.0.0.8")))
def test_nothing_that_python_calls_private_passes(number: int) -> None:
    address = ipaddress.IPv4Address(number)
    assert address.is_global or refused(address)


@given(st.integers(0, 2**128 - 1) | st.integers(0x2000 << 112, 2**125 + 2**124 - 1))
def test_nothing_that_python_calls_private_passes_in_ipv6(number: int) -> None:
    address = ipaddress.IPv6Address(number)
    assert address.is_global or refused(address)


@given(st.integers(0, 2**32 - 1), st.sampled_from(sorted(HOLDING)))
def test_every_form_is_refused_where_its_inner_address_is(number: int, form: str) -> None:
    inner = ipaddress.IPv4Address(number)
    held = ipaddress.IPv6Address(HOLDING[form](number))
    assert not refused(inner) or refused(held)
    assert not refused(inner, OPEN) or number == 0 or refused(held, OPEN)


def test_hosts_are_compared_in_one_form() -> None:
    spellings = (
        "http://127.0.0.1:80/x",
        "https://127.1/",
        "https://0x7f000001",
        "https://127.0.0.1./",
    )
    for left, right in pairwise(spellings):
        assert urls.host_of(left) == urls.host_of(right)
    assert urls.host_of("https://EXAMPLE.com.:8443/a") == "example.com"
    assert urls.host_of("https://[2001:DB8:0::1]:1/") == "2001:db8::1"
