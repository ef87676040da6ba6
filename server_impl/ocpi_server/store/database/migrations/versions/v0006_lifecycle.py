"""The life of a registration: invitations that end, claims that wait, blocks, replaced tokens."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_INVITATION = timedelta(days=7)
_partners = sa.table("partners", *map(sa.column, ("id", "status", "roles", "expires", "vouched")))
_parties = sa.table(
    "parties", *map(sa.column, ("country_code", "party_id", "seat", "partner_id", "held"))
)


def _columns() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("previous_digest", sa.String(64)),
        sa.Column("previous_whole", sa.Integer),
        sa.Column("sealed_pending", sa.LargeBinary),
        sa.Column("proposed", sa.BigInteger),
        sa.Column("expires", sa.BigInteger),
        sa.Column("allowed", sa.Text, nullable=False, server_default="[]"),
        sa.Column("vouched", sa.Integer, nullable=False, server_default="0"),
        sa.Column("claimed", sa.Text, nullable=False, server_default="[]"),
        sa.Column("blocked", sa.BigInteger),
    )


def upgrade() -> None:
    """Add the columns, let open invitations end, and reserve the parties of ended partners."""
    for column in _columns():
        op.add_column("partners", column)
    op.create_index("partners_previous", "partners", ["previous_digest"], unique=True)
    held = sa.Column("held", sa.Integer, nullable=False, server_default="1")
    op.add_column("parties", held)
    link = op.get_bind()
    ends = int((datetime.now(UTC) + _INVITATION).timestamp() * 1_000_000)
    invited = sa.update(_partners).where(_partners.c.status == "invited")
    link.execute(invited.values(expires=ends, vouched=1))
    _reserve(link)


def downgrade() -> None:
    """Remove the columns; a blocked partner is unblocked, and a claim that waits is lost."""
    op.get_bind().execute(sa.delete(_parties).where(_parties.c.held == 0))
    op.drop_column("parties", "held")
    op.drop_index("partners_previous", "partners")
    for column in _columns():
        op.drop_column("partners", column.name)


def _reserve(link: sa.Connection) -> None:
    taken = {tuple(row) for row in link.execute(sa.select(*list(_parties.c)[:2])).all()}
    ended = sa.select(_partners.c.id, _partners.c.roles).where(
        _partners.c.status.in_(("unregistered", "invited"))
    )
    for partner_id, text in link.execute(ended).all():
        for role in msgspec.json.decode(text):
            party = (role["country_code"].upper(), role["party_id"].upper())
            if party not in taken:
                taken.add(party)
                link.execute(sa.insert(_parties), _row(party, partner_id))


def _row(party: tuple[str, str], partner_id: str) -> dict[str, Any]:
    country, name = party
    return {
        "country_code": country,
        "party_id": name,
        "seat": "",
        "partner_id": partner_id,
        "held": 0,
    }
