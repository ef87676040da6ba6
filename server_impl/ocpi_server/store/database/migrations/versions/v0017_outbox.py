"""What partners have not been sent yet is kept beside the objects."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_KEY = {
    "module": 32, "country_code": 2, "party_id": 3, "uid": 64, "variant": 64, "partner": 36,
}  # fmt: skip
_partners = sa.table("partners", sa.column("id"), sa.column("status"))
_lanes = sa.table("lanes", sa.column("partner"))


def upgrade() -> None:
    """Number the changes of objects, and create the tables with a lane for each registration."""
    op.add_column("objects", sa.Column("number", sa.BigInteger, nullable=False, server_default="0"))
    op.add_column("objects", sa.Column("posted_url", sa.Text))
    op.create_table(
        "notes",
        *(sa.Column(name, sa.String(length), primary_key=True) for name, length in _KEY.items()),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("parts", sa.Text),
        sa.Column("removed", sa.Text),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("due", sa.BigInteger, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("refused", sa.Integer, nullable=False),
        sa.Column("error", sa.Text),
    )
    op.create_index("notes_due", "notes", ["partner", "due", "since"])
    _create_lanes()
    registered = sa.select(_partners.c.id).where(_partners.c.status == "registered")
    op.get_bind().execute(sa.insert(_lanes).from_select(["partner"], registered))


def _create_lanes() -> None:
    op.create_table(
        "lanes",
        sa.Column("partner", sa.String(36), primary_key=True),
        sa.Column("owner", sa.String(128)),
        sa.Column("until", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("due", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
        sa.Column("error", sa.Text),
        sa.Column("failed", sa.BigInteger),
        sa.Column("succeeded", sa.BigInteger),
        sa.Column("refill", sa.BigInteger),
        sa.Column("refill_module", sa.String(32)),
    )


def downgrade() -> None:
    """Remove the tables and columns; partners ask for what they were not sent."""
    op.drop_table("lanes")
    op.drop_table("notes")
    # Not in a batch: a copy of the table would begin to count places again.
    op.drop_column("objects", "posted_url")
    op.drop_column("objects", "number")
