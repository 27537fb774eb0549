"""When people left and were erased, their consents, and which tickets have lost their words."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
TICKETS_KEPT = sa.text("closed_at IS NOT NULL AND emptied_at IS NULL")
RUNS_KEPT = sa.text("status <> 'open' AND state <> ''")


def upgrade() -> None:
    op.add_column("people", sa.Column("left_at", sa.BigInteger()))
    op.add_column("people", sa.Column("erased_at", sa.BigInteger()))
    op.create_table(
        "consents",
        sa.Column("person", ID, autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("agreed_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name=op.f("fk_consents_person")),
        sa.PrimaryKeyConstraint("person", "version", name=op.f("pk_consents")),
    )
    op.add_column("tickets", sa.Column("emptied_at", sa.BigInteger()))
    op.create_index(
        "ix_tickets_kept",
        "tickets",
        ["closed_at"],
        sqlite_where=TICKETS_KEPT,
        postgresql_where=TICKETS_KEPT,
    )
    op.create_index(
        "ix_runs_kept", "runs", ["updated_at"], sqlite_where=RUNS_KEPT, postgresql_where=RUNS_KEPT
    )


def downgrade() -> None:
    op.drop_index("ix_runs_kept", "runs")
    op.drop_index("ix_tickets_kept", "tickets")
    op.drop_column("tickets", "emptied_at")
    op.drop_table("consents")
    op.drop_column("people", "erased_at")
    op.drop_column("people", "left_at")
