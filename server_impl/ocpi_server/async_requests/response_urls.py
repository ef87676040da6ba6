"""The URLs that results are sent to: allowed by the policy, and at the partner that asked."""

from collections.abc import Sequence
from typing import Self

from ocpi_runtime.errors import InvalidParameters, UnsafeUrl, Violation
from ocpi_runtime.server import Context
from ocpi_runtime.urls import MAX_LENGTH, UrlPolicy, check_url, host_of
from ocpi_server.partners import KnownPartner, PartnerRecord
from ocpi_server.settings import UrlRules

__all__ = ["ResponseUrls"]


class ResponseUrls:
    """Refuses the URLs that results must not be sent to.

    A result carries our token to wherever it is sent, and a partner that names somebody else's
    host would have this platform call it.

    Args:
        policy: Which URLs may be called at all.
        hosts: Hosts beside those of the partner; ``*`` stands for every host.
    """

    def __init__(self, policy: UrlPolicy, hosts: Sequence[str] = ()) -> None:
        self._policy = policy
        self._any = "*" in hosts
        self._hosts = frozenset(_host(f"https://{host}") for host in hosts if host != "*")

    @classmethod
    def of(cls, rules: UrlRules) -> Self:
        """Make it of the settings."""
        policy = UrlPolicy(
            allow_private=rules.allow_private, allow_http=rules.allow_http, max_length=MAX_LENGTH
        )
        return cls(policy, rules.response_hosts)

    def check(self, context: Context, response_url: str, field: str = "/response_url") -> None:
        """Refuse a URL that results of a request must not be sent to.

        Args:
            context: The request.
            response_url: Where its result is to be sent.
            field: Where the URL is in the request, as a pointer.

        Raises:
            InvalidParameters: It points at the field.
        """
        try:
            check_url(response_url, self._policy)
            if not self._any:
                self._check_host(context, host_of(response_url))
        except UnsafeUrl as error:
            fault = Violation(field, "url", error.message)
            raise InvalidParameters(error.message, violations=[fault], hint=error.hint) from None

    def _check_host(self, context: Context, host: str) -> None:
        partner = context.partner
        if host in self._hosts:
            return
        if isinstance(partner, KnownPartner) and host in _hosts_of(partner.record):
            return
        raise UnsafeUrl(
            f"Host {host} is not a host of this partner.",
            hint="Use the host of your versions URL or of one of your endpoints.",
        )


def _hosts_of(partner: PartnerRecord) -> set[str]:
    """Return the hosts of a partner, as its registration has them."""
    urls = [endpoint.url for endpoint in partner.endpoints]
    if partner.versions_url is not None:
        urls.append(partner.versions_url)
    return {_host(url) for url in urls}


def _host(url: str) -> str:
    try:
        return host_of(url)
    except UnsafeUrl:
        return ""
