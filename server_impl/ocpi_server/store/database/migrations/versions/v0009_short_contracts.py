"""The contracts of own tokens in their short form, to be found in every version."""

from collections.abc import Callable

import msgspec
import sqlalchemy as sa
from alembic import op

from ocpi_bridge import short_id

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_contract = msgspec.json.Decoder(dict[str, msgspec.Raw])
_CHUNK = 1000


def upgrade() -> None:
    """Shorten the names that are there."""
    _rewrite(op.get_bind(), short_id)


def downgrade() -> None:
    """Write them in full again."""
    _rewrite(op.get_bind(), str.lower)


def _rewrite(connection: sa.Connection, form: Callable[[str], str]) -> None:
    columns = ("seq", "module", "source", "raw", "alias")
    table = sa.table("objects", *(sa.column(name) for name in columns))
    own = sa.select(table.c.seq, table.c.raw).where(
        table.c.module == "tokens", table.c.source == "", table.c.seq > sa.bindparam("after")
    )
    name = sa.update(table).where(table.c.seq == sa.bindparam("at"))
    after = 0
    while rows := connection.execute(
        own.order_by(table.c.seq).limit(_CHUNK), {"after": after}
    ).all():
        names = [{"at": seq, "new": form(_written(bytes(raw)))} for seq, raw in rows]
        connection.execute(name.values(alias=sa.bindparam("new")), names)
        after = rows[-1].seq


def _written(raw: bytes) -> str:
    try:
        part = _contract.decode(raw).get("contract_id")
        value = "" if part is None else msgspec.json.decode(part)
    except msgspec.DecodeError:
        return ""  # damage stays with its own object
    return value if isinstance(value, str) else ""
