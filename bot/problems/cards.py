"""The cards of an outage: the banner before a scenario, the news for affected people, the cards for supervisors."""

from __future__ import annotations

from bot.config.config import Work
from bot.keys import BannerRef, OutageRef, PersonChat
from bot.people import directory
from bot.problems import children, places
from bot.problems import outages as verbs
from bot.problems.buttons import (
    AnnounceOutage,
    AskOutageNote,
    AskOutageWords,
    AskOutageWorkaround,
    DropOutage,
    NothingNew,
    NotMine,
    OpenProblem,
    ShowTimeline,
    WithdrawOutage,
)
from bot.problems.outages import BROKEN, DRAFT, OPEN, OVER, WITHDRAWN, WORKS, Outage, OutageMember
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

HEADS = {
    DRAFT: "outage.head_draft",
    OPEN: "outage.head",
    OVER: "outage.head_over",
    WITHDRAWN: "outage.head_withdrawn",
}
ENDS = {OVER: "outage.over", WITHDRAWN: "outage.withdrawn"}


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
    if row.state != OPEN:
        return Drawing(_ended(work, row, voice), [[other]])
    lines = [*_told(work, row, voice, "outage.banner", chat), *_next(work, row, voice, chat)]
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
    if row.state == OPEN:
        return _open_news(work, row, said, voice, chat)
    text = _ended(work, row, voice)
    if said.verdict:
        return Drawing(f"{text}\n{_answered(row, said, voice)}")
    if row.state == WITHDRAWN:
        if said.ticket is not None:
            return Drawing(f"{text}\n{voice.html('outage.goes_on', number=said.ticket)}")
        broken = button(voice.say("button.still_broken"), OutageBroken(row.id))
        return Drawing(f"{text}\n{voice.html('outage.still_broken')}", [[broken]])
    answers = [
        button(voice.say("button.works"), OutageWorks(row.id)),
        button(voice.say("button.does_not_work"), OutageBroken(row.id)),
    ]
    return Drawing(f"{text}\n{voice.html('outage.works')}", [answers])


def _open_news(work: Work, row: Outage, said: OutageMember, voice: Voice, chat: str) -> Drawing:
    lines: list[str] = [voice.html("outage.nothing_new")] if row.rounds else []
    lines += [*_told(work, row, voice, "outage.news", chat), *_next(work, row, voice, chat)]
    if said.joined_at is None:
        return Drawing("\n".join([*lines, voice.html("outage.apart_told")]))
    if said.ticket is None:
        return Drawing("\n".join(lines))
    lines.append(voice.html("outage.part", number=said.ticket))
    return Drawing("\n".join(lines), [[button(voice.say("button.something_else"), NotMine(row.id))]])


def _answered(row: Outage, said: OutageMember, voice: Voice) -> str:
    if said.verdict == WORKS:
        return voice.html("outage.glad")
    if said.ticket is not None:
        return voice.html("outage.open_again", number=said.ticket)
    return voice.html("outage.ticket")


def card(work: Work, about: str, chat: str) -> Drawing | None:
    """For supervisors: everything, with the possible actions."""
    row = verbs.find(work.tx, OutageRef.read(about).number)
    if row is None or row.state not in HEADS:
        return None
    voice = speak.voice(chats.language(work.tx, chat))
    since = voice.when(row.started_at, readers.zone_of(work, chat), work.now)
    by_bot = verbs.is_declared_by_bot(work.tx, row.id)
    name = voice.say("outage.by_bot") if by_bot else directory.get(work.tx, row.author).name
    who = voice.html("outage.since", when=since, who=name)
    lines = [
        _head(work, row, voice),
        *_told(work, row, voice, "outage.words", chat),
        *_next(work, row, voice, chat),
        who,
        _hit(work, row, voice),
    ]
    if row.parent is not None:
        count = len(children.linked(work.tx, row.id))
        lines.append(voice.html("outage.parent", number=row.parent, linked=count))
    if row.note:
        lines.append(voice.html("outage.note", note=row.note))
    timeline = button(voice.say("button.timeline"), ShowTimeline(row.id))
    keyboard: Keyboard = [[timeline]]
    if row.state == OPEN:
        keyboard = [
            [
                button(voice.say("button.outage_news"), TellOutageNews(row.id)),
                button(voice.say("button.nothing_new"), NothingNew(row.id)),
            ],
            [button(voice.say("button.outage_over"), AskOutageOver(row.id)), timeline],
        ]
    elif row.state == OVER and not row.note:
        keyboard = [[button(voice.say("button.outage_note"), AskOutageNote(row.id)), timeline]]
    if row.state == OVER:
        keyboard.append([button(voice.say("button.open_problem"), OpenProblem(row.id))])
    return Drawing("\n".join(map(str, lines)), keyboard)


def draft(work: Work, about: str, chat: str) -> Drawing | None:
    """For the supervisor who is about to declare: what people will read, everything filled in."""
    row = verbs.find(work.tx, OutageRef.read(about).number)
    if row is None or row.state != DRAFT:
        return None
    voice = speak.voice(chats.language(work.tx, chat))
    lines = [_head(work, row, voice), *_told(work, row, voice, "outage.words", chat)]
    if not row.workaround:
        lines.append(voice.html("outage.no_workaround"))
    lines += _next(work, row, voice, chat)
    return Drawing(
        "\n".join([*map(str, lines), voice.html("outage.draft_how")]),
        [
            [button(voice.say("button.announce"), AnnounceOutage(row.id), "primary")],
            [
                button(voice.say("button.outage_words"), AskOutageWords(row.id)),
                button(voice.say("button.outage_workaround"), AskOutageWorkaround(row.id)),
            ],
            [button(voice.say("button.outage_drop"), DropOutage(row.id))],
        ],
    )


def sure(work: Work, about: str, chat: str) -> Drawing | None:
    """The confirmation before the end is announced: it is over, or it was no outage."""
    row = verbs.find(work.tx, OutageRef.read(about).number)
    if row is None or row.state != OPEN:
        return None
    voice = speak.voice(chats.language(work.tx, chat))
    text = voice.html("outage.sure", number=row.id, words=row.words, n=verbs.hit(work.tx, row.id))
    return Drawing(
        text,
        [
            [button(voice.say("button.outage_yes"), EndOutage(row.id))],
            [
                button(voice.say("button.outage_mistake"), WithdrawOutage(row.id)),
                button(voice.say("button.never_mind"), KeepOutage(row.id)),
            ],
        ],
    )


def _head(work: Work, row: Outage, voice: Voice) -> str:
    title = work.config.desk.category(row.category).title[voice.language]
    head = voice.html(HEADS[row.state], number=row.id, category=title)
    return " · ".join([f"<b>{head}</b>", *where(row, voice)])


def where(row: Outage, voice: Voice) -> list[str]:
    """The place in words, as HTML; nothing when it is everywhere."""
    floor: list[str] = [voice.html("outage.floor", n=row.floor)] if row.floor is not None else []
    return floor + ([voice.html("outage.office", name=places.site_name(row.office))] if row.office else [])


def _hit(work: Work, row: Outage, voice: Voice) -> str:
    """How many are affected; after the end, for how many it works."""
    members = [one for one in verbs.members(work.tx, row.id) if one.joined_at is not None]
    if not members:
        return voice.say("outage.hit_none")
    if row.state != OVER:
        return voice.many("outage.hit", len(members))
    works = sum(one.verdict == WORKS for one in members)
    broken = sum(one.verdict == BROKEN for one in members)
    return voice.say("outage.verdicts", works=works, broken=broken, silent=len(members) - works - broken)


def _ended(work: Work, row: Outage, voice: Voice) -> str:
    return voice.html(ENDS.get(row.state, "outage.over"), words=_words(work, row, voice))


def _told(work: Work, row: Outage, voice: Voice, key: str, chat: str) -> list[str]:
    """What is broken, since when, who is affected, how to work meanwhile."""
    lines = [str(voice.html(key, words=_words(work, row, voice)))]
    if news := verbs.latest_news(work.tx, row.id):
        lines.append(voice.html("outage.latest", news=news))
    if key == "outage.banner":
        since = voice.when(row.started_at, readers.zone_of(work, chat), work.now)
        lines.append(voice.html("outage.began", when=since))
    if key != "outage.words" and (there := where(row, voice)):
        lines.append(voice.html("outage.who", where=", ".join(there)))
    if row.workaround:
        lines.append(voice.html("outage.workaround", workaround=row.workaround))
    return lines


def _words(work: Work, row: Outage, voice: Voice) -> str:
    """The words of the declarer; a reader of another language reads first, in their own, what it is about."""
    author = directory.get(work.tx, row.author)
    if author.language == voice.language or not row.words:
        return row.words
    category = work.config.desk.category(row.category).title[voice.language]
    return voice.say("outage.foreign", category=category, words=row.words)


def _next(work: Work, row: Outage, voice: Voice, chat: str) -> list[str]:
    if row.state not in (OPEN, DRAFT) or row.next_at is None:
        return []
    late = row.next_at <= work.now
    when = voice.when(row.next_at, readers.zone_of(work, chat), work.now)
    return [voice.say("outage.next_late") if late else voice.say("outage.next", when=when)]
