"""Problems with their incidents, and known errors."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "problems",
        sa.Column("id", big, primary_key=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("owner", big, sa.ForeignKey("people.id")),
        sa.Column("outage", big, sa.ForeignKey("outages.id")),
        sa.Column("author", big, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger()),
        sa.Column("proof", sa.Text()),
    )
    op.create_table(
        "problem_tickets",
        sa.Column("problem", big, sa.ForeignKey("problems.id"), primary_key=True, autoincrement=False),
        sa.Column("ticket", big, sa.ForeignKey("tickets.id"), primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Index("ix_problem_tickets_ticket", "ticket"),
    )
    op.create_table(
        "known_errors",
        sa.Column("id", big, primary_key=True),
        sa.Column("problem", big, sa.ForeignKey("problems.id"), nullable=False),
        sa.Column("scenario", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), server_default="", nullable=False),
        sa.Column("site", sa.Text(), server_default="", nullable=False),
        sa.Column("symptoms", sa.Text(), nullable=False),
        sa.Column("workaround", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("author", big, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Index("ix_known_errors_scenario", "scenario", "expires_at"),
    )


def downgrade() -> None:
    for name in ("known_errors", "problem_tickets", "problems"):
        op.drop_table(name)
