"""What shows damage, what is counted for each partner, and lists by date without a look at rows."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_LIST = ("module", "source", "audience", "country_code", "party_id")
_objects = sa.table("objects", *map(sa.column, (*_LIST, "raw")))
_listings = sa.table("listings", *map(sa.column, (*_LIST, "bytes")))
_BY_ORDER = ("module", "source", "audience", "seq", "last_updated")
_BY_DATE = ("module", "source", "audience", "last_updated")
_COVERED = ("country_code", "party_id", "version")


def upgrade() -> None:
    """Add checksums, sizes and wider indexes; the texts that are there get a checksum when written.

    Until then they are read as JSON instead, which costs a little more.
    """
    op.add_column("objects", sa.Column("checksum", sa.BigInteger))
    op.add_column("renditions", sa.Column("checksum", sa.BigInteger))
    size = sa.Column("bytes", sa.BigInteger, nullable=False, server_default="0")
    op.add_column("listings", size)
    _count(op.get_bind())
    op.create_index("listings_source", "listings", ["source"])
    _index(*_COVERED)


def downgrade() -> None:
    """Remove them."""
    _index()
    op.drop_index("listings_source", "listings")
    op.drop_column("listings", "bytes")
    op.drop_column("renditions", "checksum")
    op.drop_column("objects", "checksum")


def _count(link: sa.Connection) -> None:
    names = [_objects.c[name] for name in _LIST]
    sizes = sa.select(*names, sa.func.sum(sa.func.length(_objects.c.raw))).group_by(*names)
    for *name, size in link.execute(sizes).all():
        of: Any = (_listings.c[column] == value for column, value in zip(_LIST, name, strict=True))
        link.execute(sa.update(_listings).where(*of).values(bytes=int(size or 0)))


def _index(*covered: str) -> None:
    for name, columns in (("objects_order", _BY_ORDER), ("objects_updated", _BY_DATE)):
        op.drop_index(name, "objects")
        op.create_index(name, "objects", [*columns, *covered])
