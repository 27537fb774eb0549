"""An outage has a parent ticket, linked tickets, rounds without news, and a note after its end."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("outages", sa.Column("parent", sa.BigInteger(), nullable=True))
    op.add_column("outages", sa.Column("rounds", sa.Integer(), server_default="0", nullable=False))
    op.add_column("outages", sa.Column("note", sa.Text(), nullable=True))
    op.add_column("outage_people", sa.Column("ticket", sa.BigInteger(), nullable=True))
    op.create_table(
        "outage_tickets",
        sa.Column("ticket", BIG, sa.ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
        sa.Column("outage", BIG, sa.ForeignKey("outages.id"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Index("ix_outage_tickets_outage", "outage"),
    )


def downgrade() -> None:
    op.drop_table("outage_tickets")
    op.drop_column("outage_people", "ticket")
    for name in ("note", "rounds", "parent"):
        op.drop_column("outages", name)
