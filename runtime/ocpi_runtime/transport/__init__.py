"""How the connections to one partner are made: certificates, headers, a proxy, times."""

import math
import os
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Any, Final

from ocpi_runtime.transport._checks import check_file, check_header, check_proxy, without_user

__all__ = ["Transport"]

_FILES: Final = ("client_cert", "client_key", "ca")
_SECONDS: Final = ("connect_seconds", "read_seconds", "total_seconds")


@dataclass(frozen=True, slots=True, kw_only=True)
class Transport:
    """What one partner demands of the connections to it, beside OCPI.

        transport = Transport(client_cert="our.pem", client_key="our.key", ca="their-ca.pem")
        async with connect(url, token, bindings=[binding], transport=transport) as peer: ...

    The files are read at once, so that a wrong path is an error here and not at the first call.

    Attributes:
        client_cert: File with our certificate and those between it and its authority, in PEM.
        client_key: File with its private key in PEM, not encrypted; by default it is in
            ``client_cert``.
        ca: File with the certificates of the authorities, in PEM, that alone may have issued the
            certificate of the partner; by default those that the system trusts.
        headers: Headers that are sent with every request, such as a key of an API gateway. Their
            values are masked wherever exchanges are reported.
        proxy: URL of an HTTP proxy, ``http://user:password@host:port``. It resolves the names of
            hosts, so that the addresses behind them are not checked.
        connect_seconds: As ``Limits.connect``, which it overrides, like the next two.
        read_seconds: As ``Limits.read``.
        total_seconds: As ``Limits.total``.

    Raises:
        ValueError: A file, header, URL or time cannot be used; the message names it.
    """

    client_cert: str | os.PathLike[str] | None = None
    client_key: str | os.PathLike[str] | None = None
    ca: str | os.PathLike[str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False, hash=False)
    proxy: str | None = field(default=None, repr=False)
    connect_seconds: float | None = None
    read_seconds: float | None = None
    total_seconds: float | None = None

    def __post_init__(self) -> None:
        for name in _FILES:
            check_file(name, getattr(self, name))
        if self.client_key is not None and self.client_cert is None:
            raise ValueError("client_key needs client_cert, the certificate that it belongs to.")
        if self.client_cert is not None or self.ca is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            self._load_authorities(context)
            self.load_certificate(context)
        for name, value in self.headers.items():
            check_header(name, value)
        object.__setattr__(self, "headers", MappingProxyType(dict(self.headers)))
        if self.proxy is not None:
            check_proxy(self.proxy)
        for name in _SECONDS:
            seconds = getattr(self, name)
            if seconds is not None and not (math.isfinite(seconds) and seconds > 0):
                raise ValueError(f"{name} is {seconds}; it must be more than 0.")

    @property
    def has_tls(self) -> bool:
        """Whether certificates are named."""
        return self.client_cert is not None or self.ca is not None

    @property
    def has_connection(self) -> bool:
        """Whether it is about connections, which an HTTP client of yours makes by itself."""
        return self.has_tls or self.proxy is not None

    def without_connection(self) -> "Transport":
        """Return headers and times alone, for use with a client that makes the connections."""
        return replace(self, client_cert=None, client_key=None, ca=None, proxy=None)

    def without_times(self) -> "Transport":
        """Return it with the times of the limits, for calls that another request waits for."""
        return replace(self, connect_seconds=None, read_seconds=None, total_seconds=None)

    @property
    def has_times(self) -> bool:
        """Whether it overrides a time of the limits."""
        return any(getattr(self, name) is not None for name in _SECONDS)

    def load_certificate(self, context: ssl.SSLContext) -> None:
        """Load our certificate and its key, if there is one.

        Raises:
            ValueError: The files have none, or they do not belong together.
        """
        if self.client_cert is None:
            return
        key = self.client_key or self.client_cert
        try:
            context.load_cert_chain(self.client_cert, key, password=_no_password)
        except (ssl.SSLError, ValueError) as error:
            raise ValueError(
                f"client_cert {self.client_cert} with the key in {key} cannot be used. Both must "
                "be PEM, belong together, and the key must not be encrypted."
            ) from error

    def _load_authorities(self, context: ssl.SSLContext) -> None:
        if self.ca is None:
            return
        try:
            context.load_verify_locations(cafile=self.ca)
        except ssl.SSLError as error:
            raise ValueError(f"ca {self.ca} contains no PEM certificate.") from error

    def as_data(self) -> dict[str, Any]:
        """Return what is set, as JSON values; secrets are among them."""
        return dict(self._set())

    def described(self) -> dict[str, Any]:
        """Return what is set with secrets masked, to be shown."""
        shown = self.as_data()
        if self.headers:
            shown["headers"] = dict.fromkeys(self.headers, "***")
        if self.proxy is not None:
            shown["proxy"] = without_user(self.proxy)
        return shown

    def _set(self) -> Iterator[tuple[str, Any]]:
        for each in fields(self):
            value = getattr(self, each.name)
            if value is None or value == {}:
                continue
            if each.name in _FILES:
                value = os.fspath(value)
            yield each.name, dict(value) if isinstance(value, Mapping) else value


def _no_password() -> str:
    """Return no password: OpenSSL would ask for one at the terminal."""
    return ""
