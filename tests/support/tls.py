"""Certificates of an authority made for one test, for servers that demand one of their clients."""

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import trustme

__all__ = ["Certificates", "certificates"]


@dataclass(frozen=True, slots=True)
class Certificates:
    """Files in PEM.

    Attributes:
        ca: The authority that issued all of them.
        server: Certificate and key of 127.0.0.1, in one file.
        client_cert: The certificate of a client.
        client_key: Its key.
        other_ca: An authority that issued none of them.
    """

    ca: Path
    server: Path
    client_cert: Path
    client_key: Path
    other_ca: Path

    def demanding(self) -> dict[str, Any]:
        """Return the options of uvicorn for a server that admits clients with a certificate."""
        return {
            "ssl_certfile": str(self.server),
            "ssl_ca_certs": str(self.ca),
            "ssl_cert_reqs": int(ssl.CERT_REQUIRED),
            # Clients that do not take part in the end of TLS would keep it waiting.
            "timeout_graceful_shutdown": 0,
        }


def certificates(folder: Path) -> Certificates:
    """Make an authority and what it issues."""
    authority, server, client = trustme.CA(), folder / "server.pem", folder / "client.pem"
    ca, key, other = folder / "ca.pem", folder / "client.key", folder / "other-ca.pem"
    authority.cert_pem.write_to_path(ca)
    trustme.CA().cert_pem.write_to_path(other)
    issued = authority.issue_cert("127.0.0.1")
    issued.private_key_and_cert_chain_pem.write_to_path(server)
    issued = authority.issue_cert("client@example.org")
    issued.cert_chain_pems[0].write_to_path(client)
    issued.private_key_pem.write_to_path(key)
    return Certificates(ca, server, client, key, other)
