"""Objects of partners that are not valid, even after repairs."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_KEY = {
    "source": 36, "module": 32, "country_code": 2, "party_id": 3, "uid": 64, "variant": 64,
}  # fmt: skip


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "partial_objects",
        *(sa.Column(name, sa.String(length), primary_key=True) for name, length in _KEY.items()),
        sa.Column("received", sa.BigInteger, nullable=False),
        sa.Column("last_updated", sa.BigInteger, nullable=False),
        sa.Column("version", sa.String(16), nullable=False),
        sa.Column("raw", sa.LargeBinary, nullable=False),
        sa.Column("faults", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """Remove the table."""
    op.drop_table("partial_objects")
