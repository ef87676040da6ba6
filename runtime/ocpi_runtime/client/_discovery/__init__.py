"""Discovery of versions and endpoints, and the handshake of credentials."""
