"""Promises: the SLA clocks of a ticket and the spans in which they ran."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPEN = sa.text("state IN ('running','paused')")


def upgrade() -> None:
    op.create_table(
        "clocks",
        sa.Column("id", ID, nullable=False),
        sa.Column("ticket", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), server_default="", nullable=False),
        sa.Column("cycle", sa.Integer(), server_default="1", nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("calendar_hash", sa.Text(), nullable=False),
        sa.Column("policy_hash", sa.Text(), nullable=False),
        sa.Column("target_s", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("consumed_s", sa.Integer(), nullable=False),
        sa.Column("running_since", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("floor_until", sa.BigInteger(), nullable=True),
        sa.Column("floor_s", sa.Integer(), nullable=False),
        sa.Column("stopped_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("strict_outcome", sa.Text(), nullable=True),
        sa.Column("breached_at", sa.BigInteger(), nullable=True),
        sa.Column("breach_target_s", sa.Integer(), nullable=True),
        sa.Column("overrun_s", sa.Integer(), nullable=False),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.id"], name=op.f("fk_clocks_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clocks")),
        sa.UniqueConstraint(
            "ticket", "kind", "scope", "cycle", name=op.f("uq_clocks_ticket_kind_scope_cycle")
        ),
    )
    op.create_index("ix_clocks_open", "clocks", ["calendar", "id"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_table(
        "segments",
        sa.Column("id", ID, nullable=False),
        sa.Column("clock", ID, nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("start_reason", sa.Text(), nullable=False),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["clock"], ["clocks.id"], name=op.f("fk_segments_clock")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segments")),
    )
    op.create_index("ix_segments_clock", "segments", ["clock", "id"])
    op.create_table(
        "alerts",
        sa.Column("id", ID, nullable=False),
        sa.Column("chat", sa.Text(), nullable=False),
        sa.Column("ticket", ID, nullable=False),
        sa.Column("clock", ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("mentions", sa.JSON(), nullable=False),
        sa.Column("loud", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("late_s", sa.Integer(), nullable=False),
        sa.Column("burst", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.id"], name=op.f("fk_alerts_ticket")),
        sa.ForeignKeyConstraint(["clock"], ["clocks.id"], name=op.f("fk_alerts_clock")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        sa.UniqueConstraint("clock", "key", "chat", name=op.f("uq_alerts_clock_key_chat")),
    )
    op.create_index("ix_alerts_chat", "alerts", ["chat", "at"])
    op.create_index("ix_alerts_ticket", "alerts", ["ticket", "chat"])


def downgrade() -> None:
    op.drop_table("alerts")
    op.drop_table("segments")
    op.drop_table("clocks")
