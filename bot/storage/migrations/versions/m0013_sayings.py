"""The company's own words: sayings that ended well, and words that were removed."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "sayings",
        sa.Column("id", big, primary_key=True),
        sa.Column("utterance", sa.BigInteger(), nullable=False, unique=True),
        sa.Column("person", big, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("scenario", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Index("ix_sayings_state", "state", "at"),
    )
    op.create_table(
        "unlearnt",
        sa.Column("word", sa.Text(), primary_key=True),
        sa.Column("removed_by", big, sa.ForeignKey("people.id")),
        sa.Column("at", sa.BigInteger(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("unlearnt")
    op.drop_table("sayings")
