"""What a peer does beside keeping objects: commands, profiles, authorizations, registrations."""

from typing import Any
from uuid import uuid4

from tests.interop.peers.kept import KNOWN_TOKEN, REGISTRATION_TOKEN, Kept

__all__ = ["TOKEN_OF_CALLER", "Actions"]

TOKEN_OF_CALLER = "interop-token-of-the-caller"  # sent with the results of commands


class Actions:
    """Tokens and actions, the same for both packages.

    Args:
        kept: The objects of the peer.
        versions_url: Goes into its credentials.
    """

    def __init__(self, kept: Kept, versions_url: str) -> None:
        self.kept = kept
        self._url = versions_url
        self.tokens = {KNOWN_TOKEN: TOKEN_OF_CALLER}
        self.invitations = {REGISTRATION_TOKEN}

    def credentials(self, version: str, token: str) -> dict[str, Any]:
        """Return what the peer answers about itself."""
        details = {"name": "Interop"}
        party = {"party_id": "MCK", "country_code": "NL", "business_details": details}
        if version.startswith("2.1"):
            return {"token": token, "url": self._url, **party}
        roles = [{"role": role, **party} for role in ("CPO", "EMSP")]
        return {"token": token, "url": self._url, "roles": roles}

    def register(self, version: str, old_token: str, theirs: dict[str, Any]) -> dict[str, Any]:
        """Register a caller; return credentials with a new token in place of the old one."""
        self.invitations.discard(old_token)
        self.tokens.pop(old_token, None)
        made = uuid4().hex
        self.tokens[made] = str(theirs["credentials"]["token"])
        return self.credentials(version, made)

    def forget(self, token: str) -> None:
        """End the registration of a caller."""
        self.tokens.pop(token, None)

    def authorized(self, version: str, data: dict[str, Any]) -> dict[str, Any]:
        """Answer whether a driver may charge."""
        token = self.kept.read(version, "tokens", "EMSP", data["token_uid"])
        allowed = "ALLOWED" if token and token["valid"] else "BLOCKED"
        if version.startswith("2.1"):
            return {"allowed": allowed}
        return {"allowed": allowed, "token": token}

    @staticmethod
    def accepted() -> dict[str, Any]:
        """Return the answer to a command; its result is sent later."""
        return {"result": "ACCEPTED", "timeout": 30}
