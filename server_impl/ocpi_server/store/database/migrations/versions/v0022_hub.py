"""A hub stands for URLs of platforms, and notes when it heard of them."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of a hub."""
    op.create_table(
        "hub_urls",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("caller", sa.String(36), nullable=False),
        sa.Column("platform", sa.String(36), nullable=False),
        sa.Column("sender", sa.String(8), nullable=False),
        sa.Column("receiver", sa.String(8), nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False, index=True),
    )
    op.create_table(
        "hub_contacts",
        sa.Column("partner_id", sa.String(36), primary_key=True),
        sa.Column("parties", sa.Text, nullable=False, server_default="[]"),
        sa.Column("heard", sa.BigInteger, nullable=False),
        sa.Column("checked", sa.BigInteger, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    )


def downgrade() -> None:
    """Remove the tables; results of commands on their way are lost."""
    op.drop_table("hub_contacts")
    op.drop_table("hub_urls")
