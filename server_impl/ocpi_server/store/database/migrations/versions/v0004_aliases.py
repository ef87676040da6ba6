"""Other names of objects: the contracts of own tokens, by which old sessions identify them."""

import msgspec
import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_contract = msgspec.json.Decoder(dict[str, msgspec.Raw])


def upgrade() -> None:
    """Add the column and its index, and fill it."""
    op.add_column("objects", sa.Column("alias", sa.String(64), nullable=False, server_default=""))
    _fill(op.get_bind())
    named = sa.text("alias != ''")
    op.create_index(
        "objects_alias",
        "objects",
        ["module", "alias"],
        sqlite_where=named,
        postgresql_where=named,
    )


def downgrade() -> None:
    """Remove both."""
    op.drop_index("objects_alias", "objects")
    op.drop_column("objects", "alias")


def _fill(connection: sa.Connection) -> None:
    columns = ("seq", "module", "source", "raw", "alias")
    table = sa.table("objects", *(sa.column(name) for name in columns))
    own = sa.select(table.c.seq, table.c.raw).where(
        table.c.module == "tokens", table.c.source == "", table.c.seq > sa.bindparam("after")
    )
    name = sa.update(table).where(table.c.seq == sa.bindparam("at"))
    after = 0
    while rows := connection.execute(own.order_by(table.c.seq).limit(1000), {"after": after}).all():
        names = [{"at": seq, "new": _alias(bytes(raw))} for seq, raw in rows]
        connection.execute(name.values(alias=sa.bindparam("new")), names)
        after = rows[-1].seq


def _alias(raw: bytes) -> str:
    part = _contract.decode(raw).get("contract_id")
    value = "" if part is None else msgspec.json.decode(part)
    return value.lower() if isinstance(value, str) else ""
