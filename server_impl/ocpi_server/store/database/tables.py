"""The tables of the platform, as SQLAlchemy Core sees them; migrations change older ones."""

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
)

__all__ = [
    "SEQUENCE",
    "exchanges",
    "listings",
    "metadata",
    "objects",
    "partial_objects",
    "parties",
    "partners",
    "renditions",
    "vault",
]

metadata = MetaData()

SEQUENCE = BigInteger().with_variant(Integer, "sqlite")
"""The type of a key that the database counts up."""

objects = Table(
    "objects",
    metadata,
    Column("seq", SEQUENCE, primary_key=True, autoincrement=True),
    Column("module", String(32), nullable=False),
    Column("country_code", String(2), nullable=False),
    Column("party_id", String(3), nullable=False),
    Column("uid", String(64), nullable=False),
    Column("variant", String(64), nullable=False),
    Column("source", String(36), nullable=False),
    Column("audience", String(48), nullable=False),
    Column("last_updated", BigInteger, nullable=False),
    Column("version", String(16), nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("alias", String(64), nullable=False, server_default=""),
    Column("checksum", BigInteger),
    Column("holder", String(36), nullable=False, server_default=""),
    Column("repairs", Text),
    Column("sent", LargeBinary),
    Column("number", BigInteger, nullable=False, server_default="0"),
    Column("posted_url", Text),
    UniqueConstraint(
        "module", "country_code", "party_id", "uid", "variant", "holder", name="objects_id"
    ),
    sqlite_autoincrement=True,
)
"""Every OCPI object, own and received, as the bytes that were accepted.

``seq`` is the order of creation. Owner, uid, variant (a token's type) and holder are the identity,
folded because CiStrings have no case. ``source`` is empty for own objects and the partner's id for
received ones; ``holder`` likewise, where all registrations of a company are the first one of them.
``audience`` is the only party that may see the object, empty for everybody; behind ``@`` is the
registration that had the party then, if it has been released since.
``last_updated`` counts microseconds; ``version`` is the OCPI version that ``raw`` is written in.
``alias`` is another name that an object is looked up by, such as the short form of the
contract of an own token, which 2.0 writes.
``checksum`` is that of ``raw`` and ``version``; null where an older release wrote the row.
``repairs`` is a JSON array of what the dialect of the partner repaired, and ``sent`` the text that
came before the repairs; both are null where ``raw`` is what was sent.
``number`` grows with every change of the object: the microsecond of the change, or more than the
number before. ``posted_url`` is where an own CDR can be read at its receiver, once it was taken;
empty where the receiver did not say.
"""

_COVERED = (objects.c.country_code, objects.c.party_id, objects.c.version)
"""What lists ask for besides: with it in the index, no row is looked at to count them."""

Index(
    "objects_order",
    objects.c.module,
    objects.c.source,
    objects.c.audience,
    objects.c.seq,
    objects.c.last_updated,
    *_COVERED,
    objects.c.number,
)
Index(
    "objects_updated",
    objects.c.module,
    objects.c.source,
    objects.c.audience,
    objects.c.last_updated,
    *_COVERED,
)

Index(
    "objects_alias",
    objects.c.module,
    objects.c.alias,
    sqlite_where=objects.c.alias != "",
    postgresql_where=objects.c.alias != "",
)

listings = Table(
    "listings",
    metadata,
    Column("module", String(32), primary_key=True),
    Column("source", String(36), primary_key=True),
    Column("audience", String(48), primary_key=True),
    Column("country_code", String(2), primary_key=True),
    Column("party_id", String(3), primary_key=True),
    Column("total", BigInteger, nullable=False),
    Column("changes", BigInteger, nullable=False),
    Column("shifts", BigInteger, nullable=False),
    Column("bytes", BigInteger, nullable=False, server_default="0"),
)
"""What is known about lists without looking at objects, kept in the transaction of each write.

``total`` is how many objects there are, ``changes`` grows with every write, ``shifts`` with
every write that gives other objects another place in the list. ``bytes`` is how long the texts of
its objects are together.
"""

Index("listings_source", listings.c.source)

partial_objects = Table(
    "partial_objects",
    metadata,
    Column("source", String(36), primary_key=True),
    Column("module", String(32), primary_key=True),
    Column("country_code", String(2), primary_key=True),
    Column("party_id", String(3), primary_key=True),
    Column("uid", String(64), primary_key=True),
    Column("variant", String(64), primary_key=True),
    Column("received", BigInteger, nullable=False),
    Column("last_updated", BigInteger, nullable=False),
    Column("version", String(16), nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("faults", Text, nullable=False),
)
"""Objects of partners that are not valid, even after repairs: the text that was sent.

They are for the operator alone; no interface shows them. ``uid`` of an object without ids is made
of its text. ``last_updated`` is that of the object, or ``received``; both count microseconds.
``faults`` is a JSON array of pointers, codes and messages.
"""

renditions = Table(
    "renditions",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("version", String(64), primary_key=True),
    Column("digest", LargeBinary(16), nullable=False),
    Column("raw", LargeBinary),
    Column("losses", Text, nullable=False),
    Column("checksum", BigInteger),
)
"""Objects in other versions than they were accepted in, made once per change.

``version`` may name editions, as ``2.3.0@core-1``.
``digest`` is that of the object's text: a rendition of other text is out of date, so that writing
an object costs nothing here. ``raw`` is null where the version cannot represent the object.
``losses`` is a JSON array of what is lost in the rendition. ``checksum`` is that of ``raw`` and
``losses``.
"""

Index(
    "renditions_refused",
    renditions.c.version,
    renditions.c.seq,
    sqlite_where=renditions.c.raw.is_(None),
    postgresql_where=renditions.c.raw.is_(None),
)

Index(
    "renditions_lossy",
    renditions.c.seq,
    renditions.c.version,
    sqlite_where=renditions.c.losses != literal_column("'[]'"),
    postgresql_where=renditions.c.losses != literal_column("'[]'"),
)

partners = Table(
    "partners",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", String(255), nullable=False),
    Column("status", String(16), nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("pending_digest", String(64), unique=True),
    Column("token_digest", String(64), unique=True),
    Column("sealed_token", LargeBinary),
    Column("token_base64", Integer),
    Column("versions_url", Text),
    Column("version", String(16)),
    Column("endpoints", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("own_role", String(8)),
    Column("linked_partner_id", String(36)),
    Column("previous_digest", String(64)),
    Column("previous_whole", Integer),
    Column("sealed_pending", LargeBinary),
    Column("proposed", BigInteger),
    Column("expires", BigInteger),
    Column("allowed", Text, nullable=False, server_default="[]"),
    Column("vouched", Integer, nullable=False, server_default="0"),
    Column("claimed", Text, nullable=False, server_default="[]"),
    Column("blocked", BigInteger),
    Column("sealed_transport", LargeBinary),
    Column("dialect", Text),
    Column("created", BigInteger, nullable=False),
    Column("updated", BigInteger, nullable=False),
    Column("agreed", BigInteger),
)
"""The platforms on the other side.

Tokens that they use here are kept as digests; the token that we use there is sealed. The pending
one opens versions and credentials only: token A of an invitation, or a token of ours that the
other side has not confirmed yet. ``revision`` grows with every change.
``endpoints`` and ``roles`` are JSON arrays as OCPI writes them. ``token_base64`` overrides the
version's way of writing our token into the header: 0 plain, 1 Base64, null as the version requires.
``own_role`` is the one role of ours that a registration of 2.0 or 2.1.1 is with.
``linked_partner_id`` is the
first registration of the same company, where an operator linked it.

``previous_digest`` is the token that ``token_digest`` replaced: it is valid until the new one is
used. ``previous_whole`` is 0 where it opens versions and credentials only (a token A).
``sealed_pending`` is the text of a token that was proposed in a renewal whose answer did not come,
``proposed`` when that was. ``expires`` is when token A ends.
``roles`` are in force, ``claimed`` ones wait for an operator, ``allowed`` ones were named in the
invitation. ``vouched`` is 1 where the first claim is granted without being named. ``blocked`` is
when an operator blocked the partner, null where it is not blocked. ``sealed_transport`` is a JSON
object of certificates, headers, proxy and times for calls to the partner, sealed; null where it
demands nothing. ``dialect`` is the TOML text of its dialect, null where that of the platform
counts. ``agreed`` is when the tokens in force were exchanged, null where an older release did.
"""

Index("partners_previous", partners.c.previous_digest, unique=True)

parties = Table(
    "parties",
    metadata,
    Column("country_code", String(2), primary_key=True),
    Column("party_id", String(3), primary_key=True),
    Column("seat", String(8), primary_key=True),
    Column("partner_id", String(36), nullable=False, index=True),
    Column("held", Integer, nullable=False, server_default="1"),
)
"""Which partner speaks for a party. A party has one voice: nobody else may register it.

``held`` is 0 where the partner spoke for the party once: it stays reserved for that partner.

Only a partner that an operator put beside another one may share its party; ``seat`` is our role
that it meets then, and empty for everybody else.
"""

exchanges = Table(
    "exchanges",
    metadata,
    Column("uid", String(36), primary_key=True),
    Column("partner_id", String(36), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("answered", BigInteger),
    Column("result", LargeBinary),
)
"""Requests of ours whose result comes later, at a URL that ends in ``uid``."""

Index("exchanges_created", exchanges.c.created, exchanges.c.uid)

vault = Table(
    "vault",
    metadata,
    Column("name", String(16), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)
"""One row, sealed with the key: it distinguishes a wrong key from a damaged token."""
