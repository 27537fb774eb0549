"""What lower rooms need from higher ones, as data: who draws a card, who rings a timer, who hears of a delivery."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row

from bot.config.config import House
from bot.conversation import edits, exchange, recall
from bot.escalation import alerts, engine, levels, migration, pauses, telling, why
from bot.knowledge import reviews
from bot.people import directory
from bot.problems import cards as outage_cards
from bot.problems import declaring, outages
from bot.reports import scenario_figures
from bot.reports.showing import quality
from bot.scenarios.library import run
from bot.selfservice import kb_cards, learning, profile_card, resuming, screens
from bot.teamdesk import cards, commands, draft, load, menus, scenario_versions
from bot.telegram import chats, outbox
from bot.telegram.card import Drawing, Renderer
from bot.telegram.delivery import LOST, Hook
from bot.telegram.outbox import Outcome
from bot.telegram.refusals import nobody_there, one_kind_only
from bot.tickets import (
    absence,
    approval,
    backlog_digest,
    closing,
    prompts,
    resolution,
    ticket_timers,
    unreachable,
)
from bot.tickets.clocks import operations, revised_eta
from bot.timers.ringer import Heart
from bot.timers.timers import Ringer


def renderers(house: House) -> Mapping[str, Renderer]:
    """The drawer of every card, given the files as they are loaded at that moment."""

    def by_desk(draw: Any) -> Renderer:
        def drawn(tx: Connection, about: str, chat: str, now: int) -> Drawing | None:
            drawing: Drawing | None = draw(house.desk, tx, about, chat, now)
            return drawing

        return drawn

    return {
        "ticket_card": partial(cards.ticket_card, house),
        "team_card": partial(cards.team_card, house),
        "queue": by_desk(cards.queue),
        "alert": by_desk(alerts.alert),
        "reminder": by_desk(alerts.reminder),
        "burst": by_desk(alerts.burst),
        "why": by_desk(why.drawing),
        "quality": by_desk(quality),
        "topic": cards.topic,
        "ask_prompt": menus.ask_prompt,
        "assign_menu": by_desk(menus.assign_menu),
        "transfer_menu": by_desk(menus.transfer_menu),
        "more_menu": menus.more_menu,
        "hush_menu": menus.hush_menu,
        "afterword": by_desk(resolution.card),
        draft.CARD: by_desk(draft.drawing),
        "load": by_desk(load.drawing),
        backlog_digest.CARD: by_desk(backlog_digest.drawing),
        "priority_menu": by_desk(menus.priority_menu),
        "canned_menu": by_desk(menus.canned_menu),
        "similar": menus.similar,
        "schedule": by_desk(menus.schedule),
        "approval": approval.card,
        "my_tickets": by_desk(load.my_tickets),
        "menu": partial(screens.menu, house),
        "topics": partial(screens.topics, house),
        "offer": partial(screens.offer, house),
        learning.ASK: learning.question,
        learning.LESSON: partial(learning.card, house),
        "run": partial(screens.step, house),
        "shelf": partial(kb_cards.shelf, house),
        "article": partial(kb_cards.article, house),
        "resume": resuming.card,
        "profile": partial(profile_card.card, house),
        "figures": partial(scenario_figures.drawing, house),
        scenario_versions.CARD: partial(scenario_versions.card, house),
        "banner": partial(outage_cards.banner, house),
        "outage": partial(outage_cards.card, house),
        "outage_news": partial(outage_cards.news, house),
        "outage_over": outage_cards.sure,
    }


def ringers(house: House) -> Mapping[str, Ringer]:
    """The ringer of every kind of timer."""

    def sla(tx: Connection, rows: Sequence[Row[Any]], now: int) -> None:
        levels.ring(tx, house.desk, rows, now)

    def silent_runs(tx: Connection, rows: Sequence[Row[Any]], now: int) -> None:
        run.ring(tx, rows, now, house.program, resuming.tell_silence)

    def by_itself(tx: Connection, rows: Sequence[Row[Any]], now: int) -> None:
        closing.ring(tx, house.desk, rows, now)

    def absences(tx: Connection, rows: Sequence[Row[Any]], now: int) -> None:
        absence.ring(tx, house.desk, rows, now)

    def long_pauses(tx: Connection, rows: Sequence[Row[Any]], now: int) -> None:
        pauses.ring(tx, house.desk, rows, now)

    def new_promises(tx: Connection, rows: Sequence[Row[Any]], now: int) -> None:
        revised_eta.ring(tx, house.desk, rows, now)

    def reviewed(tx: Connection, rows: Sequence[Row[Any]], now: int) -> None:
        calendar = house.desk.calendar(house.desk.default_rule.calendar)
        reviews.ring(tx, house.library, calendar, rows, now)

    def lessons(tx: Connection, rows: Sequence[Row[Any]], now: int) -> None:
        learning.ring(house.desk, tx, rows, now)

    def under_todays_rules(tx: Connection, rows: Sequence[Row[Any]], now: int) -> None:
        migration.ring(tx, house.desk, rows, now)

    return {
        "sla": sla,
        reviews.TIMER: reviewed,
        learning.TIMER: lessons,
        commands.MIGRATE: under_todays_rules,
        telling.HELD: telling.ring_held,
        telling.GATHERED: telling.ring_gathered,
        operations.PAUSE: long_pauses,
        run.TIMER: silent_runs,
        ticket_timers.TIMER: by_itself,
        operations.PLEDGE: new_promises,
        recall.TIMER: recall.ring,
        absence.TIMER: absences,
        backlog_digest.TIMER: backlog_digest.ring,
        outages.TIMER: outages.ring,
    }


def heart(house: House) -> Heart:
    """What the ringer notes of itself."""

    def beat(tx: Connection, now: int) -> bool:
        return engine.beat(tx, house.desk, now)

    return Heart(beat, engine.note)


def hooks(house: House) -> Mapping[str, Hook]:
    """Who hears what became of a row, by the first word of what it is about; "" hears of every other row that died."""

    def undelivered(tx: Connection, row: Row[Any], outcome: Outcome, now: int) -> None:
        if row.card in telling.CARDS:
            telling.unreached(tx, house.desk, row.chat, row.about, now)
        _undelivered(tx, row, outcome, now)

    def lost(tx: Connection, row: Row[Any], _outcome: Outcome, now: int) -> None:
        telling.lost(tx, house.desk, row.chat, now)

    return {
        LOST: lost,
        "relay": exchange.heard,
        "album": exchange.album_heard,
        "edit": edits.heard,
        "recall": recall.heard,
        recall.TIMER: recall.offered,
        "prompt": prompts.heard,
        "question": declaring.heard,
        "reaction": _unheard,
        "topic": _unheard,
        "": undelivered,
    }


def _unheard(_tx: Connection, _row: Row[Any], _outcome: Outcome, _now: int) -> None:
    """A receipt or a tidying-up that failed is nobody's loss."""


def _undelivered(tx: Connection, row: Row[Any], outcome: Outcome, now: int) -> None:
    """Something could not be said and nobody else takes care of it: the administrators are told."""
    if row.chat == chats.ADMINS or row.about == "undelivered:":
        return
    which = str(row.id)
    if row.kind == "call" and one_kind_only(outcome.reason or "") and (row.topic or "").startswith("ticket:"):
        exchange.kind_refused(tx, int(row.topic.partition(":")[2]), now)
        return
    if row.chat.startswith("person:") and nobody_there(outcome.reason or ""):
        unreachable.unreachable(tx, directory.get(tx, int(row.chat.partition(":")[2])), now)
        which = f"{row.chat}:{now // unreachable.DAY}"  # whoever blocked the bot is told about once a day, not once a card
    told = {"chat": row.chat, "what": row.card or row.method or "?", "reason": outcome.reason or "?"}
    how: dict[str, Any] = {"about": "undelivered:", "dedupe": f"undelivered:{which}"}
    outbox.line(tx, chats.ADMINS, "undelivered.other", told, now, **how)
