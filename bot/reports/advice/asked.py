"""/advice in the chat: the three changes that would save most; accepting one, and what accepted ones brought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from sqlalchemy import Connection, select

from bot.config.config import Config, Work
from bot.people.access import Object, authorize
from bot.people.directory import Person
from bot.reports.advice import weekly
from bot.reports.advice.finding import MOST, Advice, advise
from bot.reports.insight.days import last_days, period_of
from bot.reports.insight.telling import amount
from bot.sla.policy import Desk
from bot.storage.schema import advices
from bot.storage.upsert import insert_for
from bot.telegram import chats, outbox
from bot.texts import speak
from bot.texts.speak import Voice

DAYS = 84
SOON = 14  # days after which an accepted advice is judged
TAKE = "take"
DAY = 86_400


@dataclass(frozen=True, slots=True)
class TakenAdvice:
    """An accepted advice: what was expected of it, money a month."""

    key: str
    gain: int
    taken_at: int


@dataclass(frozen=True, slots=True)
class Brought:
    """`now` is what is still lost, money a month; None while it is too early to judge."""

    taken: TakenAdvice
    now: float | None


@dataclass(frozen=True, slots=True)
class Found:
    """What the answer is written from."""

    advice: Sequence[Advice]
    brought: Sequence[Brought]


def read(work: Work) -> Found:
    """The advice of twelve weeks, without what was accepted, and what that brought since."""
    config, desk, tx = work.config, work.config.desk, work.tx
    taken = _taken(tx)
    keys = {one.key for one in taken}
    covered, stale = _covered(config), _stale(config, work.now)
    advice = advise(tx, desk, last_days(desk, DAYS, work.now), covered, stale)
    brought = []
    for one in taken:
        now = None
        if work.now - one.taken_at >= SOON * DAY:
            first = desk.usual.local(max(one.taken_at + DAY, work.now - DAYS * DAY)).date()
            since = period_of(desk, first, desk.usual.local(work.now).date())
            still = {each.key: each.gain for each in advise(tx, desk, since, covered, stale)}
            now = still.get(one.key, 0.0)
        brought.append(Brought(one, now))
    return Found([one for one in advice if one.key not in keys], brought)


def _covered(config: Config) -> set[str]:
    return {one.spec.category for one in config.program.scenarios.values() if one.spec.category}


def _stale(config: Config, now: int) -> set[str]:
    return {one.id for one in config.library.stale(config.desk.usual.local(now).date())}


def _taken(tx: Connection) -> list[TakenAdvice]:
    columns = (advices.c.key, advices.c.gain, advices.c.taken_at)
    return [
        TakenAdvice(*row) for row in tx.execute(select(*columns).order_by(advices.c.taken_at, advices.c.key))
    ]


def show(work: Work, person: Person, chat: str, found: Found) -> None:
    """Say the three that would save most, and what was accepted. Raises NotAllowed."""
    authorize(person, "quality", Object())
    voice, desk = speak.voice(chats.language(work.tx, chat)), work.config.desk
    lines = [f"<b>{voice.html('advice.head')}</b>"]
    for number, one in enumerate(found.advice[:MOST], 1):
        lines.append(
            f"{number}. {escape(said(one, desk, voice))}\n<code>/advice take {escape(one.key)}</code>"
        )
    if not found.advice:
        lines.append(str(voice.html("advice.none")))
    if found.brought:
        lines += [
            f"<b>{voice.html('advice.taken')}</b>",
            *(escape(_brought(one, desk, voice)) for one in found.brought),
        ]
    outbox.say(work, chat, "\n\n".join(lines))
    weekly.show_open(work, chat)


def said(one: Advice, desk: Desk, voice: Voice) -> str:
    """One advice with its evidence and its gain."""
    facts: dict[str, object] = {
        "about": _name(one, desk, voice),
        "of": one.of,
        "gain": _money(one.gain, desk, voice),
    }
    facts |= {"seen": voice.number(one.seen, "#,##0.#"), "usual": voice.number(one.usual, "#,##0.#")}
    return voice.say(f"advice.{one.kind}", **facts)


def _name(one: Advice, desk: Desk, voice: Voice) -> str:
    match one.kind:
        case "topic":
            return desk.category(one.about).title[voice.language]
        case "queue":
            return desk.team(one.about).title[voice.language]
    return one.about


def _money(value: float, desk: Desk, voice: Voice) -> str:
    return amount(voice, value, desk.file.rates.currency if desk.file.rates else "")


def _brought(one: Brought, desk: Desk, voice: Voice) -> str:
    facts = {"key": one.taken.key, "gain": _money(one.taken.gain, desk, voice)}
    facts["day"] = voice.day(desk.usual.local(one.taken.taken_at).date())
    if one.now is None:
        return voice.say("advice.early", **facts, days=SOON)
    brought = _money(one.taken.gain - one.now, desk, voice)
    return voice.say("advice.brought", **facts, brought=brought, now=_money(one.now, desk, voice))


def wanted(words: str) -> str | None:
    """The key in `take step/printer/lid`; None when nothing is to be accepted."""
    verb, _, key = words.strip().partition(" ")
    return key.strip() if verb.lower() == TAKE and key.strip() else None


def take(work: Work, person: Person, chat: str, key: str, found: Found) -> None:
    """Accept one, so that later it is said what it brought. Raises NotAllowed."""
    authorize(person, "quality", Object())
    chosen = next((one for one in found.advice if one.key == key), None)
    if chosen is None:
        outbox.line(work, chat, "advice.unknown", {"key": key[:60]})
        return
    row = insert_for(work.tx.dialect.name, advices).on_conflict_do_nothing()
    facts = {"key": key, "gain": round(chosen.gain), "taken_by": person.id, "taken_at": work.now}
    work.tx.execute(row, [facts])
    outbox.line(work, chat, "advice.accepted", {"key": key, "days": SOON})
