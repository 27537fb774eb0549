"""A row that crosses a room's border has the columns of its table, in their order."""

from __future__ import annotations

from dataclasses import fields

import pytest
from sqlalchemy import Table

from bot.escalation.alerts import Alert
from bot.knowledge.readings import Reading, Search
from bot.problems.outages import Outage, OutageMember
from bot.scenarios.library.run_rows import KeptFile, RunEvent, RunRow
from bot.selfservice.learning import Lesson
from bot.selfservice.utterances import Utterance
from bot.storage import schema
from bot.telegram.outbox import OutboxRow
from bot.telegram.posts import Post
from bot.tickets.prompts import Prompt
from bot.tickets.store import HistoryRow
from bot.tickets.transcript import Relay
from bot.timers.timers import Timer

ROWS: tuple[tuple[type, Table], ...] = (
    (Alert, schema.alerts),
    (HistoryRow, schema.history),
    (KeptFile, schema.scenario_versions),
    (Lesson, schema.lessons),
    (Outage, schema.outages),
    (OutageMember, schema.outage_people),
    (OutboxRow, schema.outbox),
    (Post, schema.posts),
    (Prompt, schema.prompts),
    (Reading, schema.readings),
    (Relay, schema.relays),
    (RunEvent, schema.run_events),
    (RunRow, schema.runs),
    (Search, schema.searches),
    (Timer, schema.timers),
    (Utterance, schema.utterances),
)


@pytest.mark.parametrize(("row", "table"), ROWS, ids=[row.__name__ for row, _ in ROWS])
def test_a_row_has_the_columns_of_its_table(row: type, table: Table) -> None:
    assert [one.name for one in fields(row)] == list(table.c.keys())
