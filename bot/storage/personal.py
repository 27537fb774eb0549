"""Which column holds personal data, of every table (T24). A new column has to be classified here: a test compares both.

`identity`: a name, an account, where a person sits. `words`: what people wrote, or what was written about them.
`number`: our number or key of a person, which says who it is only as long as the directory does. `work`: texts that
staff write for everyone, and files that operators write. `plain`: no personal data.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Column, ColumnElement, Table, Text, cast, or_, select

from bot.storage import schema
from bot.storage.schema import metadata


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one table by what they hold, names separated by spaces."""

    plain: str = ""
    number: str = ""
    identity: str = ""
    words: str = ""
    work: str = ""

    @property
    def all(self) -> list[str]:
        return " ".join([self.plain, self.number, self.identity, self.words, self.work]).split()

    @property
    def personal(self) -> list[str]:
        """What an erasure empties."""
        return f"{self.identity} {self.words}".split()


@dataclass(frozen=True, slots=True)
class Whose:
    """A person as the tables refer to them. `account` is Telegram's id."""

    number: int
    key: str
    account: int | None


COLUMNS: Mapping[str, Columns] = {
    "inbox": Columns(plain="update_id received_at state attempts", identity="lane", words="payload error"),
    "outbox": Columns(
        plain="id kind about card topic method priority state not_before expires_at attempts created_at done_at message_id",
        number="chat dedupe",
        words="params reason",
    ),
    "posts": Columns(plain="card about message_id drawn media at", number="chat"),
    "chats": Columns(plain="key chat_id is_forum language lost updated_at"),
    "facts": Columns(plain="key value"),
    "gaps": Columns(plain="id began_at ended_at"),
    "desk_versions": Columns(plain="hash kind name loaded_at", work="spec"),
    "timers": Columns(plain="id kind cycle key level fire_at state fired_at late_s reason", number="ref"),
    "people": Columns(
        plain="language active proof left_at erased_at",
        number="id",
        identity="staff_id name department office zone phone email telegram_id username roles manager lost",
        words="profile told",
    ),
    "strangers": Columns(plain="seen answered_at", identity="telegram_id"),
    "consents": Columns(plain="version asked_at agreed_at", number="person"),
    "invites": Columns(plain="id hash made_at expires_at state ended_at", number="person made_by"),
    "audit": Columns(plain="id at action facts seal link", number="actor about", identity="personal"),
    "runs": Columns(
        plain="id scenario version status seq step awaits language started_at updated_at",
        number="person",
        words="last state view pending",
    ),
    "run_events": Columns(plain="id run seq step kind value to_step at"),
    "scenario_versions": Columns(plain="hash scenario loaded_at", work="source"),
    "utterances": Columns(
        plain="id message kind album decision candidates chosen at asked last_at",
        number="person about",
        words="text file_id more",
    ),
    "teaching": Columns(plain="answer at", number="person"),
    "lessons": Columns(
        plain="id utterance scenario state at decided_at", number="person decided_by", words="text"
    ),
    "learnt_phrases": Columns(plain="id scenario added_at in_file_at", number="added_by", work="phrase"),
    "sayings": Columns(
        plain="id utterance scenario state at", number="person", identity="team", words="text"
    ),
    "unlearnt": Columns(plain="at", number="removed_by", work="word"),
    "tickets": Columns(
        plain="id run type category impact urgency priority team state version opened_at claimed_at resolved_at closed_at"
        " cause promise stars owner_team why wake_at recurrences outcome mass_hint emptied_at",
        number="requester assignee watcher owner author",
        words="summary body transcript tried words resolution question comment summary_own tried_own note"
        " workaround",
    ),
    "extents": Columns(
        plain="ticket category scope pressure floor answer at", number="person", identity="office"
    ),
    "links": Columns(plain="ticket other kind at"),
    "terms": Columns(plain="ticket", words="term"),
    "prompts": Columns(plain="id ticket action value message at", number="chat person"),
    "approvals": Columns(plain="id ticket state asked_at decided_at", number="approver", words="word"),
    "history": Columns(plain="id ticket at action", number="actor", words="data"),
    "relays": Columns(
        plain="id ticket toward role kind album from_message to_message state at",
        number="author from_chat to_chat",
        identity="from_place to_place signature",
        words="file edit content",
    ),
    "searches": Columns(plain="id ticket message topic found at", number="person chat", words="text"),
    "readings": Columns(
        plain="id article search ticket at helped said_at opened", number="person chat sender"
    ),
    "awaited": Columns(plain="what at", number="person"),
    "clocks": Columns(
        plain="id ticket kind scope cycle rule chain calendar calendar_hash policy_hash target_s state started_at consumed_s"
        " running_since due_at floor_until floor_s stopped_at outcome strict_outcome breached_at breach_target_s overrun_s",
        work="void_reason",
    ),
    "segments": Columns(plain="id clock started_at ended_at start_reason end_reason"),
    "alerts": Columns(
        plain="id chat ticket clock key loud at late_s late_why held_until burst", number="mentions"
    ),
    "advices": Columns(plain="gain taken_at", number="taken_by", work="key"),
    "findings": Columns(
        plain="id kind count usual hours cost tickets state found_at decided_at reason problem judged_at now_count now_cost",
        number="decided_by",
        work="about",
    ),
    "imports": Columns(plain="id source hash state line bad begun_at"),
    "past_events": Columns(plain="import line", work="number facts"),
    "past_tickets": Columns(
        plain="source line opened_at claimed_at replied_at resolved_at closed_at is_cancelled handovers reopened stars met",
        work="number type priority category team department teams stays",
    ),
    "outages": Columns(
        plain="id category office floor next_at state asked question started_at changed_at ended_at parent"
        " rounds",
        number="author asked_of",
        work="words workaround news note",
    ),
    "outage_people": Columns(plain="outage joined_at passed_at verdict ticket", number="person"),
    "outage_tickets": Columns(plain="ticket outage state at"),
    "signals": Columns(plain="id at category ticket floor wide candidate", number="person", identity="site"),
    "signal_keys": Columns(plain="key at signal"),
    "tallies": Columns(plain="key hour people"),
    "candidates": Columns(
        plain="id key state people window_s usual began_at raised_at last_at outage decided_at",
        number="decided_by",
    ),
    "problems": Columns(
        plain="id category state outage opened_at closed_at", number="owner author", work="title proof"
    ),
    "problem_tickets": Columns(plain="problem ticket at"),
    "known_errors": Columns(
        plain="id problem scenario step site expires_at at", number="author", work="symptoms workaround"
    ),
    "outage_history": Columns(plain="id outage at action", number="actor", work="data"),
}
# Keys of `history.data` with people's words; the others are figures and names that reports count.
WORDS_IN_HISTORY = frozenset({"note", "question", "answer", "words", "reason", "names"})


def theirs(table: Table, whose: Whose) -> ColumnElement[bool] | None:
    """Which rows of a table are about this person; None where no row is about one person."""
    columns = table.c
    mine = select(schema.tickets.c.id).where(schema.tickets.c.requester == whose.number)
    match table.name:
        case "people":
            return columns.id == whose.number
        case "strangers":
            return columns.telegram_id == whose.account
        case "inbox":
            return columns.lane == whose.account
        case "outbox" | "posts":
            return columns.chat == whose.key
        case "audit":
            return columns.about == whose.key
        case "tickets":
            return columns.requester == whose.number
        case "approvals":
            return columns.ticket.in_(mine) | (columns.approver == whose.number)
        case "relays":
            return columns.ticket.in_(mine) | (columns.author == whose.number)
        case "utterances":
            return (columns.person == whose.number) | (columns.about == whose.number)
        case "history" | "terms" | "prompts":
            return columns.ticket.in_(mine)
        case "run_events":
            return columns.run.in_(select(schema.runs.c.id).where(schema.runs.c.person == whose.number))
    return columns.person == whose.number if "person" in columns else None


def mentions(column: Column[object], needles: list[str]) -> ColumnElement[bool]:
    """Whether a text or JSON column contains one of these texts, as JSON writes them or plainly."""
    written = {one for needle in needles for one in (needle, json.dumps(needle)[1:-1])}
    return or_(*(cast(column, Text).contains(one, autoescape=True) for one in sorted(written)))


def tables() -> list[Table]:
    return list(metadata.sorted_tables)
