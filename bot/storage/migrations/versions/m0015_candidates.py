"""Signs of trouble, what is usual of them, and the mass incidents that are suspected."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "signals",
        sa.Column("id", big, primary_key=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("person", big, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("ticket", sa.BigInteger()),
        sa.Column("site", sa.Text(), server_default="", nullable=False),
        sa.Column("floor", sa.Integer()),
        sa.Column("wide", sa.Integer(), server_default="0", nullable=False),
        sa.Column("candidate", sa.BigInteger()),
        sa.Index("ix_signals_at", "at"),
        sa.Index("ix_signals_candidate", "candidate"),
    )
    op.create_table(
        "signal_keys",
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("at", sa.BigInteger(), primary_key=True),
        sa.Column("signal", big, primary_key=True, autoincrement=False),
        sa.Index("ix_signal_keys_at", "at"),
    )
    op.create_table(
        "tallies",
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("hour", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Index("ix_tallies_hour", "hour"),
    )
    op.create_table(
        "candidates",
        sa.Column("id", big, primary_key=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("window_s", sa.Integer(), nullable=False),
        sa.Column("usual", sa.Text(), nullable=False),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.Column("raised_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("outage", big, sa.ForeignKey("outages.id")),
        sa.Column("decided_by", big, sa.ForeignKey("people.id")),
        sa.Column("decided_at", sa.BigInteger()),
        sa.Index("ix_candidates_state", "state", "key"),
    )


def downgrade() -> None:
    for name in ("candidates", "tallies", "signal_keys", "signals"):
        op.drop_table(name)
