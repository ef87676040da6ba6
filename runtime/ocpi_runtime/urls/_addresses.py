"""Which IP addresses are on the public internet, independent of the release of Python.

``ipaddress.is_global`` follows the registries of IANA as they were when Python was released, so
that its answer for an address differs between two machines. The networks are written out here.
"""

import ipaddress
from collections.abc import Iterator
from typing import Final, TypeAlias

__all__ = ["Address", "is_link_local", "is_public", "is_unusable"]

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
_Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


def _networks(*texts: str) -> tuple[_Network, ...]:
    return tuple(ipaddress.ip_network(text) for text in texts)


_NOT_PUBLIC_V4: Final = _networks(
    "0.0.0.0/8",  # this network
    "10.0.0.0/8",  # private
    "100.64.0.0/10",  # shared by customers of one provider
    "127.0.0.0/8",  # this machine
    "169.254.0.0/16",  # link-local
    "172.16.0.0/12",  # private
    "192.0.0.0/24",  # protocol assignments
    "192.0.2.0/24",  # documentation
    "192.88.99.0/24",  # relays of 6to4, no longer in use
    "192.168.0.0/16",  # private
    "198.18.0.0/15",  # benchmarks
    "198.51.100.0/24",  # documentation
    "203.0.113.0/24",  # documentation
    "224.0.0.0/4",  # multicast
    "240.0.0.0/4",  # reserved, and broadcast
)
_PUBLIC_V6: Final = ipaddress.IPv6Network("2000::/3")
_NOT_PUBLIC_V6: Final = _networks(  # within the network of global unicast
    "2001::/23",  # protocol assignments, Teredo among them
    "2001:db8::/32",  # documentation
    "2002::/16",  # 6to4
    "3fff::/20",  # documentation
)
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
_LINK_LOCAL: Final = _networks("169.254.0.0/16", "fe80::/10")
_METADATA: Final = _networks(  # of cloud machines, where it is not link-local
    "100.100.100.200/32",
    "168.63.129.16/32",
    "192.0.0.192/32",
    "fd00:ec2::254/128",
    "fd20:ce::254/128",
)
_UNUSABLE: Final = _networks("0.0.0.0/32", "224.0.0.0/4", "::/128", "ff00::/8")

# Where an IPv6 address of a network holds an IPv4 address: how many bits are behind it.
_HOLDERS: Final[tuple[tuple[ipaddress.IPv6Network, int], ...]] = (
    (ipaddress.IPv6Network("::/96"), 0),  # compatible
    (ipaddress.IPv6Network("::ffff:0:0/96"), 0),  # mapped
    (ipaddress.IPv6Network("::ffff:0:0:0/96"), 0),  # translated
    (_NAT64, 0),
    (ipaddress.IPv6Network("64:ff9b:1::/48"), 0),  # NAT64 of one network
    (ipaddress.IPv6Network("2001::/32"), 64),  # Teredo, the server
    (ipaddress.IPv6Network("2002::/16"), 80),  # 6to4
)
_LOW_32: Final = 0xFFFFFFFF
_TEREDO: Final = ipaddress.IPv6Network("2001::/32")


def is_public(address: Address) -> bool:
    """Return whether an address is one of the public internet.

    An IPv6 address of NAT64 is as public as the IPv4 address in it. Other forms that hold an IPv4
    address are not public: no name of the public internet has one.
    """
    if isinstance(address, ipaddress.IPv4Address):
        return not _within(address, _NOT_PUBLIC_V4)
    if address in _NAT64:
        return not _within(ipaddress.IPv4Address(int(address) & _LOW_32), _NOT_PUBLIC_V4)
    return address in _PUBLIC_V6 and not _within(address, _NOT_PUBLIC_V6)


def is_link_local(address: Address) -> bool:
    """Return whether an address, or one that it holds, is link-local or serves cloud metadata."""
    return any(_within(each, _LINK_LOCAL) or _within(each, _METADATA) for each in _meant(address))


def is_unusable(address: Address) -> bool:
    """Return whether an address, or one that it holds, stands for no single machine."""
    if address == ipaddress.IPv6Address("::1"):  # by its form it holds 0.0.0.1
        return False
    return any(_within(each, _UNUSABLE) for each in _meant(address))


def _meant(address: Address) -> Iterator[Address]:
    """Return an address and the IPv4 addresses in it."""
    yield address
    if isinstance(address, ipaddress.IPv4Address):
        return
    for network, bits in _HOLDERS:
        if address in network:
            yield ipaddress.IPv4Address(int(address) >> bits & _LOW_32)
    if address in _TEREDO:  # the client's own address is inverted at the end
        yield ipaddress.IPv4Address(~int(address) & _LOW_32)


def _within(address: Address, networks: tuple[_Network, ...]) -> bool:
    return any(address in network for network in networks)
