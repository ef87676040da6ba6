"""A hub notes which parties messages without a receiver may be for."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "hub_parties",
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("uid", sa.String(64), primary_key=True),
        sa.Column("party", sa.String(8), primary_key=True),
        sa.Column("concerns", sa.String(8), primary_key=True),
        sa.Column("noted", sa.BigInteger, nullable=False, index=True),
        sa.Column("partner", sa.String(36), nullable=False),
    )
    op.create_index("hub_parties_partner", "hub_parties", ["partner", "noted"])


def downgrade() -> None:
    """Remove it: such messages need a receiver, until others have shown it again."""
    op.drop_table("hub_parties")
