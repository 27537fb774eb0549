"""People's words are shown as written, on every card and in every sentence: as text, not markup, without breaking
anything (T14)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import escape
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Table,
    Text,
    func,
    insert,
    select,
    type_coerce,
    update,
)

from bot.accounts import consent, forgetting, proving
from bot.app.registries import renderers, ringers
from bot.config.config import Config
from bot.keys import WordsRef
from bot.problems import causes, declaring, extents, rounds, timeline
from bot.problems import outages as outage_verbs
from bot.reports.advice import weekly
from bot.selfservice import alarm, intake, kb_browse, learning, profile, turns, utterances, where
from bot.sla.person_limits import Notice, Privacy
from bot.sla.policy import Desk
from bot.storage import typed
from bot.storage.schema import candidates, findings, lessons, metadata, outages, people, signals
from bot.storage.schema import outbox as outbox_rows
from bot.teamdesk.command_list import run
from bot.telegram import delivery, outbox
from bot.telegram.buttons import (
    AddComment,
    AllTopics,
    AskEmployee,
    CallAssignee,
    GiveBack,
    OpenEngineers,
    OpenMore,
    OpenMute,
    OpenPriorities,
    OpenReplies,
    OpenTeams,
    Resolve,
    Schedule,
    ShowSimilar,
    ShowWhy,
    StartScenario,
)
from bot.telegram.card import TEXT, fitted, unmarked
from bot.telegram.outbox import OutboxRow
from bot.texts import speak
from bot.tickets import actions, approval, closing, control, handover, planning
from bot.timers import timers
from handlers.commands import TABLE
from sandbox.rules.html_dialect import parse_html
from tests.databases import in_memory
from tests.pressing import press
from tests.tickets.company import (
    ANNA,
    BORIS,
    CAST,
    CHATS,
    HELPDESK,
    MARINA,
    MONDAY,
    OLEG,
    claimed,
    closed,
    house_of,
    message,
    opened,
    who,
)
from tests.undone import company, undoing
from tests.units import work

WORD = "Ъ7Ъ"  # a placeholder for people's words
HOUR = 3600
BY_ITS_ENGINEER = (
    AskEmployee,
    OpenTeams,
    OpenMore,
    OpenPriorities,
    OpenReplies,
    ShowSimilar,
    ShowWhy,
    Schedule,
    GiveBack,
)
WITHOUT_WORDS = {
    "chat_title",
    "figures",
    "topic",
    "topic_name",
    "rollback",
}  # a local picture, a plain name, a hash
WITHOUT_WORDS |= {"afterword"}  # the team's card asks the same
WITHOUT_WORDS |= {"report", "report_wait"}  # figures, by the names of teams, categories and steps
PIECES = (
    "<b>",
    "</b>",
    "<a href='tg://user?id=1'>",
    "</code>",
    "&",
    "&lt;",
    "&amp;nbsp;",
    "<",
    ">",
    "</>",
    "{name}",
)
PIECES += (
    "{{ 7*7 }}",
    "%s",
    "\u202e",
    "\u200b",
    "🖨",
    "👩‍👩‍👧",
    "\n",
    '"',
    "'",
    "\\",
    "слово ",
    "<tg-time unix='1'>",
    "]]>",
)
pieces = st.sampled_from(PIECES) | st.text(max_size=5)
written = st.lists(pieces, max_size=12).map(lambda some: "щ" + "".join(some))


@dataclass(frozen=True)
class World:
    """A day, and its configuration."""

    tx: Connection = field(repr=False)
    house: Config = field(repr=False)

    @cached_property
    def harmless(self) -> dict[int, tuple[str, str]]:
        """All waiting messages as plain text."""
        return _everything(self.tx, self.house)


@pytest.fixture(scope="module")
def world(shipped: Desk) -> Iterator[World]:
    """All cards and sentences of a day wait to be sent; people's words in them are WORD."""
    notice = Notice(version=1, text={"ru": "Как мы храним ваши данные"})
    file = shipped.file.model_copy(update={"privacy": Privacy(notice=notice)})
    shipped = replace(shipped, file=file)
    with in_memory().connect() as tx:
        company(tx, CAST, (*CHATS, "bot-admins"))
        wrote = {"name": f"{WORD} {WORD}", "department": WORD, "office": WORD}
        tx.execute(update(people).values(wrote | {"profile": {"office": WORD, "room": WORD}}))
        tx.execute(update(people).where(people.c.id == ANNA).values(manager=f"S-{OLEG}"))
        tx.execute(update(people).values(username=None))  # they are called by their names
        house = house_of(shipped)
        _a_day(tx, house)
        yield World(tx, house)


def _a_day(tx: Connection, house: Config) -> None:
    asked: dict[str, Any] = {"summary": WORD, "words": WORD, "body": WORD, "summary_own": WORD}
    asked |= {"transcript": [(WORD, WORD)], "tried": [WORD], "tried_own": [WORD]}
    desk = house.desk
    anna, oleg, marina = who(tx, ANNA), who(tx, OLEG), who(tx, MARINA)
    new = opened(tx, desk, **asked)
    extents.hear(work(tx, MONDAY, desk), new, "весь этаж стоит")
    _its_promises_ring(tx, house)
    for _ in range(6):
        opened(tx, desk, **asked)
    _its_promises_ring(tx, house)
    solved = closed(tx, desk, words=WORD)
    closing.comment(work(tx, MONDAY), solved.id, anna, WORD)
    held = claimed(tx, desk, **asked)
    for kind in BY_ITS_ENGINEER:
        press(work(tx, MONDAY, desk), kind(held.id), oleg, HELPDESK)
    for kind in (OpenMute, OpenEngineers, CallAssignee):
        press(work(tx, MONDAY, desk), kind(held.id), marina, "supervisors")
    planning.prioritize(work(tx, MONDAY, desk), held.id, oleg, "P1", WORD)
    control.hush(work(tx, MONDAY, desk), held.id, marina, 60, WORD)
    planning.propose_day(work(tx, MONDAY, desk), held.id, oleg, "+3")
    planning.link(work(tx, MONDAY), held.id, new.id, oleg)
    waiting = claimed(tx, desk, **asked)
    actions.ask(work(tx, 0, desk), waiting.id, oleg, WORD, MONDAY)
    handed = claimed(tx, desk, **asked)
    handover.transfer(work(tx, MONDAY, desk), handed.id, oleg, "network", WORD)
    unspoken = claimed(tx, desk, **asked)
    press(work(tx, MONDAY, desk), Resolve(unspoken.id), oleg, HELPDESK)
    told = claimed(tx, desk, **asked)
    actions.resolve(work(tx, MONDAY, desk), told.id, oleg, WORD)
    consent = opened(tx, desk, category="equipment", **asked)
    approval.answered(work(tx, MONDAY), consent.id, oleg, "inquire", WORD)
    press(work(tx, MONDAY, desk), AddComment(solved.id), anna, f"person:{ANNA}")
    for name, words in (
        ("board", ""),
        ("queue", ""),
        ("find", WORD),
        ("kb", WORD),
        ("draft", str(told.id)),
        ("why", str(held.id)),
    ):
        run(work(tx, MONDAY, house), TABLE[name], oleg, HELPDESK, message(70, place=-1001), words)
    outbox.show(work(tx, MONDAY), HELPDESK, "why_whole", held.about)
    outbox.show(work(tx, MONDAY), oleg.key, "later_menu", held.about)
    run(work(tx, MONDAY, house), TABLE["board"], marina, "supervisors", message(70, place=-1004), "")
    run(work(tx, MONDAY, house), TABLE["queue"], marina, "supervisors", message(70, place=-1004), "")
    run(work(tx, MONDAY, house), TABLE["quality"], marina, marina.key, message(70), "")
    _what_an_employee_sees(tx, house)
    _an_outage(tx, house)
    _an_account(tx, house)


def _its_promises_ring(tx: Connection, house: Config) -> None:
    """A reminder, an alert; for many tickets at once a list."""
    for minutes in (50, 70, 150, 30 * 60, 31 * 60):
        timers.ring(work(tx, MONDAY + minutes * 60, house), ringers())


def _what_an_employee_sees(tx: Connection, house: Config) -> None:
    anna = who(tx, ANNA)
    intake.menu(work(tx, MONDAY), anna)
    intake.my_tickets(work(tx, MONDAY), anna)
    intake.choose(work(tx, MONDAY, house), anna, AllTopics())
    profile.unfold(work(tx, MONDAY), anna)
    learning.ask(work(tx, MONDAY), anna)
    lesson = {
        "utterance": 9,
        "person": ANNA,
        "text": WORD,
        "scenario": "printer",
        "state": "told",
        "at": MONDAY,
    }
    tx.execute(insert(lessons).values(lesson))
    outbox.show(work(tx, MONDAY), "bot-admins", learning.LESSON, "lesson:1")
    turns.take(work(tx, MONDAY, house), anna, message(71, WORD))
    unclear = message(72, WORD)
    kept = utterances.keep(tx, anna, unclear, house.router.route(WORD), utterances.WHERE)
    where.ask(work(tx, MONDAY, house), anna, kept, unclear.message_id)
    kept = utterances.keep(tx, anna, message(73, WORD), house.router.route(WORD), utterances.ALARM)
    outbox.show(work(tx, MONDAY), anna.key, alarm.CARD, WordsRef(kept))
    boris = who(tx, BORIS)
    turns.take(work(tx, MONDAY, house), boris, message(71, WORD, 1002))
    intake.choose(work(tx, MONDAY, house), boris, StartScenario("printer", 0))
    intake.menu(work(tx, MONDAY), boris)
    kb_browse.look_up(work(tx, MONDAY, house), anna, anna.key, WORD)
    kb_browse.look_up(work(tx, MONDAY, house), anna, anna.key, "vpn")
    article = house.library.get("vpn-connect")
    assert article is not None
    kb_browse.open_article(work(tx, MONDAY), anna, article, anna.key)


def _an_outage(tx: Connection, house: Config) -> None:
    marina, anna = who(tx, MARINA), who(tx, ANNA)
    declaring.declare(work(tx, MONDAY, house), marina, f"printing до 18:00 {WORD}. Обход: {WORD}", marina.key)
    number = tx.scalar(select(outages.c.id))
    assert number is not None
    values = {"words": WORD, "workaround": WORD, "news": WORD, "next_at": MONDAY + HOUR, "state": "open"}
    tx.execute(update(outages).values(values))
    row = outage_verbs.find(tx, number)
    assert row is not None
    outage_verbs.join(work(tx, MONDAY), number, anna)
    rounds.tell_open(work(tx, MONDAY), row, marina.key)
    outbox.show(work(tx, MONDAY), anna.key, "banner", f"outage:{number}:1:0")
    outbox.show(work(tx, MONDAY), marina.key, "outage_over", f"outage:{number}")
    outbox.show(work(tx, MONDAY), marina.key, timeline.CARD, f"outage:{number}")
    outage_verbs.change(work(tx, MONDAY), number, marina, "update", {"words": WORD})
    burst = {"key": "category|printing||", "state": "open", "people": 1, "window_s": 60, "usual": "0.10"}
    times = {"began_at": MONDAY, "raised_at": MONDAY, "last_at": MONDAY}
    suspected = tx.execute(insert(candidates).values(**burst, **times)).inserted_primary_key
    assert suspected is not None
    tx.execute(update(signals).values(candidate=suspected[0]))
    outbox.show(work(tx, MONDAY), "supervisors", "candidate", f"candidate:{suspected[0]}")
    number = causes.begin(work(tx, MONDAY, house), marina, WORD)
    causes.add(work(tx, MONDAY, house), number, [], marina)
    found = {"kind": "words", "about": "aa", "count": 5, "usual": "0.0", "hours": "1.0", "cost": 0}
    evidence = {"tickets": "[1]", "state": "offered", "found_at": MONDAY}
    offered = tx.execute(insert(findings).values(**found, **evidence)).inserted_primary_key
    assert offered is not None
    for card in (weekly.CARD, weekly.DRAFT_CARD):
        outbox.show(work(tx, MONDAY), "supervisors", card, f"finding:{offered[0]}")
    drafted = declaring.Suspicion("printing", WORD, None, WORD, MONDAY)
    declaring.begin_draft(work(tx, MONDAY), marina, drafted, marina.key)


def _an_account(tx: Connection, house: Config) -> None:
    consent.ask(work(tx, MONDAY, house), who(tx, ANNA))
    forgetting.ask(work(tx, MONDAY), who(tx, ANNA))
    outbox.show(work(tx, MONDAY), who(tx, MARINA).key, forgetting.ERASE, who(tx, ANNA).key)
    row = {"staff_id": WORD, "name": WORD, "username": "hostile", "language": "ru", "profile": {}}
    tx.execute(insert(people).values(**row, roles=[f"engineer:{WORD}"], proof="name"))
    proving.meet(work(tx, MONDAY), 9001, "hostile")
    tx.execute(update(people).where(people.c.username == "hostile").values(username=WORD))


def _places(tx: Connection) -> list[Column[Any]]:
    """Every column of every table with people's words."""
    columns = [column for table in metadata.sorted_tables for column in table.c]
    texts = [column for column in columns if isinstance(column.type, Text | JSON)]
    return [column for column in texts if tx.scalar(select(func.count()).where(_raw(column).contains(WORD)))]


def _raw(column: Column[Any]) -> Any:
    return func.coalesce(type_coerce(column, Text), "")


def _written_instead(tx: Connection, words: str, *, but_not: Table | None = None) -> None:
    """Replace WORD by `words` everywhere except in this table."""
    for column in [one for one in _places(tx) if one.table is not but_not]:
        put = json.dumps(words)[1:-1] if isinstance(column.type, JSON) else words
        there = _raw(column).contains(WORD)
        tx.execute(
            update(column.table).where(there).values({column.name: func.replace(_raw(column), WORD, put)})
        )


def _everything(tx: Connection, house: Config) -> dict[int, tuple[str, str]]:
    """The text of each row of the outbox, with the name of its card or sentence."""
    said = {}
    for row in typed.every(
        OutboxRow,
        tx.execute(select(outbox_rows).where(outbox_rows.c.kind != "hide").order_by(outbox_rows.c.id)),
    ):
        job = delivery._prepare(work(tx, MONDAY, house), renderers(), row)
        assert job.fault is None, job.fault
        words = job.drawing.text if job.drawing is not None else job.params.get("text")
        if words is not None:
            said[row.id] = (row.card or (row.params or {}).get("line") or row.method, words)
    return said


def test_every_card_is_among_those_that_are_looked_at(world: World) -> None:
    names = {name for name, _ in _everything(world.tx, world.house).values()}
    assert set(renderers()) - names == WITHOUT_WORDS


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@example(words="щ" + "".join(PIECES))
@example(words="<&>" * 1365)
@given(words=written)
def test_words_of_people_are_read_as_they_were_written_and_are_no_markup(world: World, words: str) -> None:
    harmless = world.harmless
    with undoing(world.tx):
        _written_instead(world.tx, words)
        hostile = _everything(world.tx, world.house)
    assert {harmless[number][0] for number in set(harmless) - set(hostile)} <= {
        "similar"
    }  # found by its words
    for number, (name, said) in hostile.items():
        plain, entities = parse_html(said)
        _, expected = parse_html(harmless[number][1])
        added = Counter(entity["type"] for entity in entities) - Counter(
            entity["type"] for entity in expected
        )
        assert not added, (name, said)
        assert len(plain) <= TEXT, name


def test_however_much_people_write_a_card_says_what_else_must_be_known(world: World) -> None:
    """Telegram refuses a longer text: the employee would not read that it is solved, the team would not see the ticket."""
    harmless = world.harmless
    with undoing(world.tx):
        _written_instead(world.tx, "ы" * TEXT, but_not=people)
        hostile = _everything(world.tx, world.house)
    found_by_words = speak.voice("ru").say("team.similar")
    for number, (name, said) in harmless.items():
        if name in ("ticket_card", "team_card", "approval", "alert"):
            ours = {line for line in said.split("\n") if WORD not in line and line != found_by_words}
            assert ours <= {*hostile[number][1].split("\n")}, name


@given(words=written, most=st.integers(1, 60))
def test_a_text_that_is_too_long_is_cut_between_its_characters(words: str, most: int) -> None:
    html = f"<b>{escape(words)}</b> <a href='https://x.y'>{escape(words)}</a> конец"
    whole, cut = unmarked(html), parse_html(fitted(html, most))[0]
    assert cut == whole if len(whole) <= most else cut == whole[: most - 1] + "…"
