"""Objects belong to a registration: two that had one party, one after the other, do not meet."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_IDENTITY = ("module", "country_code", "party_id", "uid", "variant")
_objects = sa.table("objects", *map(sa.column, ("seq", "source", "holder", *_IDENTITY)))
_partners = sa.table("partners", *map(sa.column, ("id", "beside")))
_parties = sa.table("parties", *map(sa.column, ("country_code", "party_id", "partner_id")))
_renditions = sa.table("renditions", sa.column("seq"))
_SEQUENCE = sa.text("SELECT seq FROM sqlite_sequence WHERE name = 'objects'")
_company = sa.func.coalesce(_partners.c.beside, _partners.c.id)


def upgrade() -> None:
    """Note to which registration objects belong, and let each have its own of one id."""
    op.add_column("objects", sa.Column("holder", sa.String(36), nullable=False, server_default=""))
    link = op.get_bind()
    found = sa.select(_company).where(_partners.c.id == _objects.c.source).scalar_subquery()
    link.execute(
        sa.update(_objects)
        .where(_objects.c.source != "")
        .values(holder=sa.func.coalesce(found, _objects.c.source))
    )
    _name_reservations(link)
    _remake([*_IDENTITY, "holder"])


def downgrade() -> None:
    """Keep the newest object of each id, and remove the column.

    Audiences stay as wide: what was set aside for a registration goes on being shown to nobody.
    """
    link = op.get_bind()
    same = _objects.alias()
    newer = sa.exists().where(
        *(same.c[name] == _objects.c[name] for name in _IDENTITY), same.c.seq > _objects.c.seq
    )
    older = list(link.execute(sa.select(_objects.c.seq).where(newer)).scalars())
    for seq in older:
        link.execute(sa.delete(_objects).where(_objects.c.seq == seq))
        link.execute(sa.delete(_renditions).where(_renditions.c.seq == seq))
    _remake(_IDENTITY)
    op.drop_column("objects", "holder")


def _name_reservations(link: sa.Connection) -> None:
    """Assign reservations to the registration of the eMSP that made them."""
    holder = (
        sa.select(sa.func.min(_company))
        .select_from(_parties.join(_partners, _partners.c.id == _parties.c.partner_id))
        .where(
            _parties.c.country_code == _objects.c.country_code,
            _parties.c.party_id == _objects.c.party_id,
        )
        .scalar_subquery()
    )
    link.execute(
        sa.update(_objects)
        .where(_objects.c.module == "reservations")
        .values(variant=sa.func.coalesce(holder, ""))
    )


def _remake(identity: Sequence[str]) -> None:
    """Change the key of objects, and widen audiences for a registration."""
    link = op.get_bind()
    highest = link.execute(_SEQUENCE).scalar() if link.dialect.name == "sqlite" else None
    with op.batch_alter_table("objects", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.drop_constraint("objects_id", type_="unique")
        batch.create_unique_constraint("objects_id", list(identity))
        batch.alter_column("audience", type_=sa.String(48), existing_nullable=False)
    with op.batch_alter_table("listings") as batch:
        batch.alter_column("audience", type_=sa.String(48), existing_nullable=False)
    if highest is not None:
        _keep_sequence(link, highest)


def _keep_sequence(link: sa.Connection, highest: int) -> None:
    """Go on counting where the table was: a place is never given twice, it may be in a URL."""
    values = {"highest": highest}
    link.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = 'objects'"))
    link.execute(
        sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES ('objects', :highest)"), values
    )
