"""What was found to come back, week by week, and what was decided about it."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "findings",
        sa.Column("id", big, primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("usual", sa.Text(), nullable=False),
        sa.Column("hours", sa.Text(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.Column("tickets", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("found_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", big, sa.ForeignKey("people.id")),
        sa.Column("decided_at", sa.BigInteger()),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("problem", big, sa.ForeignKey("problems.id")),
        sa.Column("judged_at", sa.BigInteger()),
        sa.Column("now_count", sa.Integer()),
        sa.Column("now_cost", sa.BigInteger()),
        sa.Index("ix_findings_state", "state", "decided_at"),
    )


def downgrade() -> None:
    op.drop_table("findings")
