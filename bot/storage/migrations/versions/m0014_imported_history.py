"""The history of another desk, imported for reports and plans; advice that was accepted."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "imports",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("bad", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("hash", name="uq_imports_hash"),
    )
    op.create_table(
        "past_events",
        sa.Column("import", BIG, sa.ForeignKey("imports.id"), primary_key=True, autoincrement=False),
        sa.Column("line", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Index("ix_past_events_number", "import", "number", "line"),
    )
    op.create_table(
        "past_tickets",
        sa.Column("source", sa.Text(), primary_key=True),
        sa.Column("number", sa.Text(), primary_key=True),
        sa.Column("line", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("type", "priority", "category", "team")),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        *(
            sa.Column(name, sa.BigInteger())
            for name in ("claimed_at", "replied_at", "resolved_at", "closed_at")
        ),
        sa.Column("is_cancelled", sa.Integer(), nullable=False),
        sa.Column("handovers", sa.Integer()),
        sa.Column("teams", sa.JSON()),
        *(sa.Column(name, sa.Integer()) for name in ("reopened", "stars", "met")),
        sa.Column("stays", sa.JSON()),
        sa.Index("ix_past_tickets_opened", "opened_at"),
    )
    op.create_table(
        "advices",
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("gain", sa.BigInteger(), nullable=False),
        sa.Column("taken_by", BIG, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("taken_at", sa.BigInteger(), nullable=False),
    )


def downgrade() -> None:
    for name in ("advices", "past_tickets", "past_events", "imports"):
        op.drop_table(name)
