"""CDRs that partners send: taken once, never changed. An eMSP's side."""

from ocpi_runtime.errors import GenericClientError, InvalidParameters, NotFound, Violation
from ocpi_runtime.server import Context, Created, Partner
from ocpi_runtime.types import PartyId, Raw
from ocpi_runtime.urls import join
from ocpi_server._jsonbytes import fields, same, text_field
from ocpi_server.objects.known_tokens import KnownTokens
from ocpi_server.objects.rules import holder_of, named_owner
from ocpi_server.store import Draft, Duplicate, Key, ObjectStore, Stored
from ocpi_server.versioning.renditions import Renditions

__all__ = ["ReceivedCdrs"]

_MODULE = "cdrs"
_LONGEST_ID = 36
"""Only a credit CDR may have a longer id, so that something can be appended to that of the CDR."""


class ReceivedCdrs:
    """The CDRs of partners. Each has a URL that ends in its place in the store.

    Args:
        store: Where they are kept.
        version: The OCPI version that the bodies are written in.
        renditions: Converts what is stored to other versions.
        tokens: Which tokens CDRs may be about.
    """

    def __init__(
        self, store: ObjectStore, version: str, renditions: Renditions, tokens: KnownTokens
    ) -> None:
        self._store = store
        self._tokens = tokens
        self._renditions = renditions
        self._version = version

    async def post(
        self,
        context: Context,
        *,
        country_code: str,
        party_id: str,
        uid: str,
        credited: str | None,
        credit: bool,
        last_updated: int,
        raw: Raw,
    ) -> Created:
        """Take a new CDR.

        Args:
            context: Who sends it.
            country_code: Of its owner.
            party_id: Of its owner.
            uid: Its id.
            credited: The id of the CDR that it credits, if any.
            credit: Whether it is a credit CDR.
            last_updated: Microseconds since 1970.
            raw: The whole CDR.

        Raises:
            InvalidParameters: It is another party's; a credit CDR without reference; an id that
                is too long.
            UnknownToken: Its token is neither ours nor known.
            GenericClientError: A CDR of this id with other content is stored; it stays as it is.
        """
        owner = named_owner(context.partner, country_code, party_id)
        _check(uid, credited, credit=credit)
        key = Key.of(_MODULE, owner, uid, holder=holder_of(context.partner))
        draft = Draft(key, raw, last_updated, self._version, source=context.partner.id)
        # First: its token may have been removed since it was sent before.
        stored = await self._store.get(key)
        if stored is not None:
            return _again(context, draft, stored)
        await self._tokens.require(_MODULE, raw, _session(owner, raw, key.holder))
        try:
            place = await self._store.add(draft)
        except Duplicate:
            return _again(context, draft, await self._store.get(key))
        await self._renditions.taken(key, self._version)
        return Created(join(context.endpoint_url, str(place)))

    async def get(self, partner: Partner, name: str) -> Raw:
        """Read a CDR back by the end of its URL.

        Raises:
            NotFound: There is none, or it is another party's.
        """
        found = None
        if name.isascii() and name.isdigit() and len(name) < 19:  # noqa: PLR2004 - 64 bits
            found = await self._store.get_seq(int(name))
        if (
            found is None
            or found.key.module != _MODULE
            or found.key.holder != holder_of(partner)
            or not partner.owns(found.key.country_code, found.key.party_id)
        ):
            raise NotFound(f"CDR {name} not found.")
        return await self._renditions.of(found, self._version)


def _session(owner: PartyId, raw: bytes, holder: str) -> Key | None:
    """Return the session that a CDR is about; None where it names none, as before 2.2."""
    uid = text_field(fields(raw), "session_id")
    return None if uid is None else Key.of("sessions", owner, uid, holder=holder)


def _again(context: Context, draft: Draft, stored: Stored | None) -> Created:
    """Return the URL of a CDR that was sent before: the answer to it may have been lost.

    Raises:
        GenericClientError: The CDR differs from the one that is stored.
    """
    if stored is None or stored.version != draft.version:
        raise _changed(draft.key)
    if not same(stored.raw, draft.raw):
        raise _changed(draft.key)
    return Created(join(context.endpoint_url, str(stored.seq)))


def _changed(key: Key) -> GenericClientError:
    return GenericClientError(
        f"CDR {key.uid} of {key.country_code}-{key.party_id} is stored with other content;"
        " CDRs cannot be changed.",
        hint="Send a credit CDR for it, then a new one with another id.",
    )


def _check(uid: str, credited: str | None, *, credit: bool) -> None:
    if credit and not credited:
        fault = Violation("/credit_reference_id", "required", "is required for a credit CDR")
        raise InvalidParameters(
            "credit_reference_id is required for a credit CDR.", violations=[fault]
        )
    if not credit and len(uid) > _LONGEST_ID:
        fault = Violation("/id", "maxLength", f"has more than {_LONGEST_ID} characters")
        raise InvalidParameters(
            f"The id of a CDR has at most {_LONGEST_ID} characters, unless it is a credit CDR.",
            violations=[fault],
        )
