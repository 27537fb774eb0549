"""Registries handed to lower layers: card renderers, timer handlers, delivery callbacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.accounts import consent, erasure, forgetting, proving, trail
from bot.app import midnight
from bot.config.config import Config, Work
from bot.conversation import edits, exchange, hidden_words, recall, twins
from bot.escalation import alerts, engine, levels, migration, pauses, telling, why
from bot.keys import ADMINS, InviteRef, PersonChat, RawChat, TicketRef
from bot.knowledge import reviews
from bot.people import directory
from bot.problems import candidate_cards, candidates, causes, declaring, extents, outages, rounds, timeline
from bot.problems import cards as outage_cards
from bot.reports import asked, letters, problem_cards, scenario_figures, under_way
from bot.reports.advice import finding_cards, weekly
from bot.reports.pictures import album
from bot.reports.showing import quality
from bot.scenarios.library import run
from bot.selfservice import alarm, kb_cards, learning, profile_card, resuming, screens, taught_words, where
from bot.teamdesk import cards, commands, draft, groups, load, menus, scenario_versions
from bot.teamdesk.board import board, own_desk, refreshing
from bot.teamdesk.topic import name
from bot.telegram import chats, outbox, posts
from bot.telegram.card import Renderer
from bot.telegram.delivery import FADES, LOST, MUTED, Hook
from bot.telegram.outbox import OutboxRow, Outcome
from bot.telegram.refusals import nobody_there
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
from bot.tickets.clocks import clock_rows, no_deadline, operations, revised_eta
from bot.timers.ringer import Watchdog
from bot.timers.timers import Ringer, Timer


def renderers() -> Mapping[str, Renderer[Config]]:
    """What draws each card."""
    return {
        "ticket_card": cards.ticket_card,
        "team_card": cards.team_card,
        "queue": cards.queue,
        "alert": alerts.alert,
        "reminder": alerts.reminder,
        "burst": alerts.burst,
        "why": why.brief,
        "why_whole": why.drawing,
        "quality": quality,
        chats.TITLE: groups.named,
        posts.TOPIC: name.topic,
        posts.TOPIC_NAME: name.topic_name,
        "ask_prompt": menus.ask_prompt,
        "assign_menu": menus.assign_menu,
        "transfer_menu": menus.transfer_menu,
        "more_menu": menus.more_menu,
        "hush_menu": menus.hush_menu,
        "afterword": resolution.card,
        draft.CARD: draft.drawing,
        draft.ARTICLE: draft.article_drawing,
        "load": load.drawing,
        posts.BOARD: board.drawing,
        own_desk.LATER: own_desk.later,
        backlog_digest.CARD: backlog_digest.drawing,
        "priority_menu": menus.priority_menu,
        "canned_menu": menus.canned_menu,
        "similar": menus.similar,
        "schedule": menus.schedule,
        "approval": approval.card,
        extents.CARD: extents.card,
        "my_tickets": load.my_tickets,
        "menu": screens.menu,
        "topics": screens.topics,
        "offer": screens.offer,
        where.CARD: where.card,
        alarm.CARD: alarm.card,
        learning.ASK: learning.question,
        learning.LESSON: learning.card,
        "run": screens.step,
        "shelf": kb_cards.shelf,
        "article": kb_cards.article,
        "resume": resuming.card,
        "profile": profile_card.card,
        "figures": scenario_figures.drawing,
        asked.CARD: album.card,
        under_way.CARD: under_way.card,
        scenario_versions.CARD: scenario_versions.card,
        trail.CARD: trail.card,
        proving.CARD: proving.card,
        consent.CARD: consent.card,
        forgetting.CARD: forgetting.card,
        forgetting.ERASE: forgetting.erase_card,
        "banner": outage_cards.banner,
        "outage": outage_cards.card,
        declaring.DRAFT_CARD: outage_cards.draft,
        candidates.CARD: candidate_cards.card,
        causes.CARD: problem_cards.card,
        timeline.CARD: timeline.card,
        weekly.CARD: finding_cards.card,
        weekly.DRAFT_CARD: finding_cards.draft,
        "outage_news": outage_cards.news,
        "outage_over": outage_cards.sure,
    }


def ringers() -> Mapping[str, Ringer[Config]]:
    """What handles each kind of timer."""
    return {
        "sla": levels.ring,
        reviews.TIMER: _review_articles,
        learning.TIMER: learning.ring,
        taught_words.TIMER: taught_words.ring,
        commands.MIGRATE: migration.ring,
        telling.HELD: telling.ring_held,
        telling.GATHERED: telling.ring_gathered,
        operations.PAUSE: pauses.ring,
        run.TIMER: _silent_runs,
        ticket_timers.TIMER: closing.ring,
        operations.PLEDGE: revised_eta.ring,
        clock_rows.NO_DEADLINE: no_deadline.ring,
        recall.TIMER: recall.ring,
        hidden_words.TIMER: hidden_words.ring,
        prompts.TIMER: prompts.ring,
        absence.TIMER: absence.ring,
        backlog_digest.TIMER: backlog_digest.ring,
        outages.TIMER: rounds.ring,
        midnight.TIMER: midnight.ring,
        erasure.TIMER: erasure.ring,
        letters.TIMER: letters.ring,
        refreshing.TIMER: refreshing.ring,
    }


def watchdog() -> Watchdog[Config]:
    """What the ringer notes of itself."""
    return Watchdog(engine.beat, engine.note, engine.set_back)


def hooks() -> Mapping[str, Hook[Config]]:
    """Delivery callbacks by the first word of what a row is about; "" is called for every other row that died."""
    return {
        LOST: _lost,
        MUTED: _muted,
        FADES: midnight.fades,
        "relay": exchange.heard,
        "album": exchange.album_heard,
        "edit": edits.heard,
        "secret": hidden_words.heard,
        "recall": recall.heard,
        recall.TIMER: recall.offered,
        "prompt": prompts.heard,
        "question": declaring.heard,
        InviteRef.KIND: _invited,
        "reaction": _unheard,
        "topic": _unheard,
        outbox.TIDY: _unheard,
        twins.COPY: _unheard,
        "ticket": _about_ticket,
        "": _undelivered,
    }


def _silent_runs(work: Work, rows: Sequence[Timer]) -> None:
    run.ring(work, rows, work.config.program, resuming.tell_silence)


def _review_articles(work: Work, rows: Sequence[Timer]) -> None:
    desk = work.config.desk
    reviews.ring(work, work.config.library, desk.usual, rows)


def _lost(work: Work, row: OutboxRow, _outcome: Outcome) -> None:
    telling.lost(work, row.chat)


def _muted(work: Work, row: OutboxRow, _outcome: Outcome) -> None:
    telling.muted(work, row.chat)


def _unheard(_work: Work, _row: OutboxRow, _outcome: Outcome) -> None:
    """A receipt or a tidying-up that failed is no one's loss."""


def _invited(work: Work, row: OutboxRow, outcome: Outcome) -> None:
    """The link of an invitation is in its reader's hands, or nowhere: it is not kept (T2)."""
    outbox.wipe(work, row.id)
    if outcome.state == "dead":
        _undelivered(work, row, outcome)


def _about_ticket(work: Work, row: OutboxRow, outcome: Outcome) -> None:
    approval.heard(work, row, outcome)
    if outcome.state == "dead":
        _undelivered(work, row, outcome)


def _undelivered(work: Work, row: OutboxRow, outcome: Outcome) -> None:
    """Something could not be said and no one else takes care of it: the administrators are notified."""
    if row.card in telling.CARDS:
        telling.unreached(work, row.chat, row.about)
    # The audit trail can be read with /audit; an administrator who never wrote to the bot is no news.
    if row.chat == ADMINS or row.about == "undelivered:" or row.card == trail.CARD:
        return
    which = str(row.id)
    topic = TicketRef.among(row.topic or "")
    reason = outcome.reason or ""
    if row.kind == "call" and topic is not None and exchange.kind_refused(work, topic.number, reason):
        return
    if (raw := RawChat.among(row.chat)) is not None and raw.number > 0 and nobody_there(reason):
        return  # a stranger who pressed a button and never began a chat
    if PersonChat.names(row.chat) and nobody_there(reason):
        unreachable.unreachable(work, directory.get(work.tx, PersonChat.read(row.chat).number), reason)
        which = f"{row.chat}:{work.now // unreachable.DAY}"  # about a person who blocked the bot: once a day, not once a card
    told = {"chat": row.chat, "what": row.card or row.method or "?", "reason": reason or "?"}
    again = f"undelivered:{which}"
    outbox.line(work, ADMINS, "undelivered.other", told, about="undelivered:", dedupe=again)
