"""What is noted of an own session beside its text, for its provider alone."""

from ocpi_runtime.types import PartyId, Raw
from ocpi_server.store import Draft, Key, Stored

__all__ = ["session_key", "session_note"]


def session_key(module: str, session: Stored) -> Key:
    """Return the key of a note about a session."""
    owner = PartyId(session.key.country_code, session.key.party_id)
    return Key.of(module, owner, session.key.uid, holder=session.key.holder)


def session_note(module: str, session: Stored, raw: bytes | Raw, changed: int) -> Draft:
    """Return a note about a session, to be stored.

    Args:
        module: What the note is about.
        session: The session; the note has its audience and version.
        raw: JSON text.
        changed: Microseconds since 1970.
    """
    key = session_key(module, session)
    return Draft(key, raw, changed, session.version, audience=session.audience, undated=True)
