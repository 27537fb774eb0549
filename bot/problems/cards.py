"""The cards of an outage: the banner before a scenario, the news for affected people, the card for supervisors."""

from __future__ import annotations

from bot.config.config import Work
from bot.keys import BannerRef, OutageRef, PersonChat
from bot.people import directory
from bot.problems import outages as verbs
from bot.problems.outages import Outage
from bot.telegram import chats
from bot.telegram.buttons import (
    AskOutageOver,
    EndOutage,
    KeepOutage,
    MeToo,
    OutageBroken,
    OutageWorks,
    SomethingElse,
    TellOutageNews,
)
from bot.telegram.card import Drawing
from bot.telegram.keyboard import Keyboard, button
from bot.texts import speak
from bot.texts.speak import Voice
from bot.tickets import readers


def banner(work: Work, about: str, chat: str) -> Drawing | None:
    """Before the first question of a scenario: the known outage. `about` contains what the person was about to do.

    Rows of version 0.1 have a number instead of the scenario: it is kept and begins nothing.
    """
    shown = BannerRef.read(about)
    row, person_id = verbs.find(work.tx, shown.outage), PersonChat.read(chat).number
    if row is None:
        return None
    voice = speak.voice(chats.language(work.tx, chat))
    other = button(voice.say("button.something_else"), SomethingElse(row.id, shown.scenario, shown.words))
    if row.state != "open":
        return Drawing(voice.html("outage.over", words=row.words), [[other]])
    lines = _told(work, row, voice, "outage.banner", chat)
    said = verbs.of(work.tx, row.id, person_id)
    if said is not None and said.joined_at is not None:
        return Drawing("\n".join([*lines, voice.html("outage.joined")]), [[other]])
    mine = button(voice.say("button.me_too"), MeToo(row.id, shown.scenario, shown.words), "primary")
    return Drawing("\n".join(lines), [[mine], [other]])


def news(work: Work, about: str, chat: str) -> Drawing | None:
    """For affected people: the news; and at the end whether it works for them."""
    row, person_id = verbs.find(work.tx, OutageRef.read(about).number), PersonChat.read(chat).number
    said = verbs.of(work.tx, row.id, person_id) if row is not None else None
    if row is None or said is None:
        return None
    voice = speak.voice(chats.language(work.tx, chat))
    if row.state == "open":
        return Drawing("\n".join(_told(work, row, voice, "outage.news", chat)))
    text = voice.html("outage.over", words=row.words)
    if said.verdict:
        return Drawing(
            f"{text}\n{voice.html('outage.glad' if said.verdict == verbs.WORKS else 'outage.ticket')}"
        )
    answers = [
        button(voice.say("button.works"), OutageWorks(row.id)),
        button(voice.say("button.does_not_work"), OutageBroken(row.id)),
    ]
    return Drawing(f"{text}\n{voice.html('outage.works')}", [answers])


def card(work: Work, about: str, chat: str) -> Drawing | None:
    """For supervisors: everything, with the possible actions."""
    row = verbs.find(work.tx, OutageRef.read(about).number)
    if row is None:
        return None
    voice = speak.voice(chats.language(work.tx, chat))
    title = work.config.desk.category(row.category).title[voice.language]
    head = voice.html(
        "outage.head" if row.state == "open" else "outage.head_over", number=row.id, category=title
    )
    where = [voice.say("outage.floor", n=row.floor)] if row.floor is not None else []
    where += [voice.say("outage.office", name=row.office)] if row.office else []
    since = voice.when(row.started_at, readers.zone_of(work, chat), work.now)
    who = voice.html("outage.since", when=since, who=directory.get(work.tx, row.author).name)
    lines = [
        " · ".join([f"<b>{head}</b>", *where]),
        *_told(work, row, voice, "outage.words", chat),
        who,
    ]
    hit = verbs.hit(work.tx, row.id)
    lines.append(voice.many("outage.hit", hit) if hit else voice.say("outage.hit_none"))
    keyboard: Keyboard = []
    if row.state == "open":
        keyboard = [
            [
                button(voice.say("button.outage_news"), TellOutageNews(row.id)),
                button(voice.say("button.outage_over"), AskOutageOver(row.id)),
            ]
        ]
    return Drawing("\n".join(map(str, lines)), keyboard)


def sure(work: Work, about: str, chat: str) -> Drawing | None:
    """The confirmation before the end is announced."""
    row = verbs.find(work.tx, OutageRef.read(about).number)
    if row is None or row.state != "open":
        return None
    voice = speak.voice(chats.language(work.tx, chat))
    text = voice.html("outage.sure", number=row.id, words=row.words, n=verbs.hit(work.tx, row.id))
    return Drawing(
        text,
        [
            [
                button(voice.say("button.outage_yes"), EndOutage(row.id)),
                button(voice.say("button.never_mind"), KeepOutage(row.id)),
            ]
        ],
    )


def _told(work: Work, row: Outage, voice: Voice, key: str, chat: str) -> list[str]:
    lines = [str(voice.html(key, words=row.words))]
    if row.workaround:
        lines.append(voice.html("outage.workaround", workaround=row.workaround))
    if row.state == "open" and row.next_at is not None:
        late = row.next_at <= work.now
        when = voice.when(row.next_at, readers.zone_of(work, chat), work.now)
        lines.append(voice.say("outage.next_late") if late else voice.say("outage.next", when=when))
    return lines
