"""The card of a suspected mass incident: what is alike, how many when there are usually few, who they are."""

from __future__ import annotations

from collections.abc import Sequence

from bot.config.config import Work
from bot.keys import CandidateRef
from bot.people.directory import Person
from bot.problems import candidates, places
from bot.problems import outages as outage_rows
from bot.problems.buttons import DeclareCandidate, MergeCandidate, RejectCandidate
from bot.problems.candidates import DECLARED, MERGED, QUIET, REJECTED, MassCandidate, SignalRow
from bot.problems.detection.signals import BurstKey, KeyKind
from bot.sla.names import Section
from bot.telegram import chats
from bot.telegram.card import Drawing
from bot.telegram.keyboard import Keyboard, button
from bot.texts import speak
from bot.texts.speak import Voice
from bot.tickets import readers, store

LISTED = 15  # people of one card
SELDOM = 0.1  # fewer are said to be "fewer than"
OFFERED = 3  # outages that a candidate may belong to
ENDS = {
    DECLARED: "candidate.declared",
    MERGED: "candidate.merged",
    REJECTED: "candidate.rejected",
    QUIET: "candidate.quiet",
}

DECLARATIONS = {
    outage_rows.DRAFT: "candidate.draft",
    outage_rows.DROPPED: "candidate.dropped",
}


def card(work: Work, about: str, chat: str) -> Drawing | None:
    """For supervisors: why it was brought up, and the three things that can be done."""
    row = candidates.find(work.tx, CandidateRef.read(about).number)
    if row is None:
        return None
    voice = speak.voice(chats.language(work.tx, chat))
    people = candidates.reporters(work.tx, row)
    what = " · ".join(_alike(work, row.about, people, voice))
    lines: list[str] = [f"<b>{voice.html('candidate.head', what=what)}</b>", _why(row, len(people), voice)]
    wide = sum(bool(one.wide) for one, _ in people)
    if wide:
        lines.append(voice.many("candidate.wide", wide))
    zone = readers.zone_of(work, chat)
    lines += [_reporter(work, one, person, voice, zone) for one, person in people[:LISTED]]
    if len(people) > LISTED:
        lines.append(voice.html("candidate.more", n=len(people) - LISTED))
    if (how := _how_it_stands(work, row)) is not None:
        lines.append(voice.html(how, outage=row.outage or 0))
    return Drawing("\n".join(lines), _buttons(work, row, voice))


def _how_it_stands(work: Work, row: MassCandidate) -> str | None:
    """The sentence for what was decided; of a declaration, for what became of it."""
    if row.state != DECLARED or row.outage is None:
        return ENDS.get(row.state)
    outage = outage_rows.peek(work.tx, row.outage)
    return DECLARATIONS.get(outage.state, ENDS[DECLARED]) if outage is not None else None


def _alike(work: Work, key: BurstKey, people: Sequence[tuple[SignalRow, Person]], voice: Voice) -> list[str]:
    """What the reports have in common, in words."""
    sites = [places.site_name(person.office) for _, person in people]
    place = [next((name for name in sites if places.site(name) == key.site), key.site)] if key.site else []
    place += [voice.say("outage.floor", n=key.floor)] if key.floor is not None else []
    named = _subject(work, key, voice)
    listed = [one.category for one, _ in people]
    most = max(dict.fromkeys(listed), key=listed.count, default="")
    if key.kind in (KeyKind.WORD, KeyKind.WIDE) and 2 * listed.count(most) > len(listed):
        named = [*_subject(work, BurstKey(KeyKind.CATEGORY, most), voice), *named]
    return [*named, *place]


def _subject(work: Work, key: BurstKey, voice: Voice) -> list[str]:
    desk, program = work.config.desk, work.config.program
    match key.kind:
        case KeyKind.CATEGORY if desk.has(Section.CATEGORIES, key.name):
            return [desk.category(key.name).title[voice.language]]
        case KeyKind.SERVICE | KeyKind.STEP:
            scenario = key.name.partition("#")[0]
            known = scenario in program.scenarios
            return [program.title(scenario, voice.language) if known else scenario]
        case KeyKind.WORD:
            return [voice.say("candidate.word")]
        case KeyKind.WIDE:
            return [voice.say("candidate.scope")]
        case _:
            return []


def _why(row: MassCandidate, people: int, voice: Voice) -> str:
    """How many in how long, and how many there are in that time usually."""
    seconds = max(60, row.last_at - row.began_at)
    usual = float(row.usual) * seconds / row.window_s
    said = (
        voice.number(usual, "0.#")
        if usual >= SELDOM
        else voice.say("candidate.under", n=voice.number(SELDOM))
    )
    return voice.many("candidate.why", people, minutes=round(seconds / 60), usual=said)


def _reporter(work: Work, one: SignalRow, person: Person, voice: Voice, zone: str) -> str:
    place = [places.site_name(person.office)] if person.office else []
    place += [voice.say("outage.floor", n=one.floor)] if one.floor is not None else []
    ticket = store.peek(work.tx, one.ticket) if one.ticket is not None else None
    what = (
        voice.html("candidate.ticket", number=ticket.id, summary=speak.shortened(ticket.title, 60))
        if ticket is not None
        else ""
    )
    who = " · ".join([person.name, *place])
    return voice.html("candidate.line", when=voice.clock(one.at, zone), who=who, what=what)


def _buttons(work: Work, row: MassCandidate, voice: Voice) -> Keyboard:
    if not candidates.is_undecided(work.tx, row):
        return []
    known = outage_rows.all_open(work.tx)[-OFFERED:]
    merging = [
        [button(voice.say("button.merge_candidate", number=one.id), MergeCandidate(row.id, one.id))]
        for one in known
    ]
    return [
        [
            button(voice.say("button.declare_candidate"), DeclareCandidate(row.id), "primary"),
            button(voice.say("button.reject_candidate"), RejectCandidate(row.id)),
        ],
        *merging,
    ]
