"""What the words about a ticket say of who is hit and how pressing it is."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "extents",
        sa.Column("ticket", big, sa.ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
        sa.Column("person", big, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("pressure", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("floor", sa.Integer()),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Index("ix_extents_at", "at"),
    )


def downgrade() -> None:
    op.drop_table("extents")
