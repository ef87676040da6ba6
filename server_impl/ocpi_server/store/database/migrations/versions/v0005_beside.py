"""Two registrations of one company, which meets two of our roles in versions without roles."""

from collections.abc import Iterable
from typing import Any

import msgspec
import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_MEETS = {"CPO": "EMSP", "EMSP": "CPO"}


def upgrade() -> None:
    """Note which role of ours partners meet, and give parties a second seat."""
    op.add_column("partners", sa.Column("met_as", sa.String(8)))
    op.add_column("partners", sa.Column("beside", sa.String(36)))
    _fill(op.get_bind())
    seat = sa.Column("seat", sa.String(8), primary_key=True)
    _remake([seat], [{**row, "seat": ""} for row in _parties()])


def downgrade() -> None:
    """Remove both; a party that was shared stays with one partner."""
    rows = sorted(_parties("seat"), key=lambda row: str(row["seat"]), reverse=True)
    kept = {(row["country_code"], row["party_id"]): row for row in rows}
    _remake([], [{name: row[name] for name in row if name != "seat"} for row in kept.values()])
    op.drop_column("partners", "beside")
    op.drop_column("partners", "met_as")


def _fill(connection: sa.Connection) -> None:
    table = sa.table("partners", *map(sa.column, ("id", "version", "roles", "met_as")))
    old = sa.select(table.c.id, table.c.roles).where(table.c.version.in_(("2.0", "2.1.1")))
    for partner_id, roles in connection.execute(old).all():
        for role in msgspec.json.decode(roles)[:1]:
            values = {"met_as": _MEETS.get(role["role"])}
            connection.execute(sa.update(table).where(table.c.id == partner_id).values(values))


def _parties(*more: str) -> list[dict[str, Any]]:
    names = ("country_code", "party_id", *more, "partner_id")
    table = sa.table("parties", *map(sa.column, names))
    return [dict(row) for row in op.get_bind().execute(sa.select(table)).mappings()]


def _remake(seat: Iterable[sa.Column[str]], rows: list[dict[str, Any]]) -> None:
    """Make the table again: SQLite cannot give a table another primary key."""
    op.drop_table("parties")
    made = op.create_table(
        "parties",
        sa.Column("country_code", sa.String(2), primary_key=True),
        sa.Column("party_id", sa.String(3), primary_key=True),
        *seat,
        sa.Column("partner_id", sa.String(36), nullable=False, index=True),
    )
    op.bulk_insert(made, rows)
