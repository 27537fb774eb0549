"""The card of a finding, with its evidence and what was decided; the draft of a scenario for words that found none."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from bot.config.config import Work
from bot.keys import FindingRef
from bot.people import directory
from bot.reports.advice import weekly
from bot.reports.advice.buttons import DraftOfFinding, ProblemOfFinding, RejectFinding
from bot.reports.advice.patterns import WORDS
from bot.reports.advice.weekly import DRAFTED, OFFERED, PROBLEM, REASONS, REJECTED, WeeklyFinding
from bot.reports.insight.telling import amount
from bot.scenarios.language.scaffolds import NewScenario, scenario_files
from bot.telegram import chats
from bot.telegram.card import Drawing
from bot.telegram.keyboard import Keyboard, button
from bot.texts import speak
from bot.texts.speak import Voice
from bot.tickets import store

LISTED = 15  # tickets of one card
SAID = 3  # examples of words
PHRASES = 12
_MARKUP = str.maketrans({"<": "‹", ">": "›", "&": "+", "{": "(", "}": ")"})


def card(work: Work, about: str, chat: str) -> Drawing | None:
    """For supervisors."""
    row = weekly.find(work.tx, FindingRef.read(about).number)
    if row is None:
        return None
    voice = speak.voice(chats.language(work.tx, chat))
    facts = {"about": weekly.subject(work, row, voice.language), "n": row.count}
    facts["usual"] = voice.number(float(row.usual), "#,##0.#")
    lines = [f"<b>{voice.html('finding.head')}</b>", voice.html(f"finding.{row.kind}", **facts)]
    if row.kind == WORDS:
        lines += [voice.html("finding.said", words=one) for one in weekly.words_of(work.tx, row)[1:SAID]]
    if row.numbers:
        listed = ", ".join(map(str, row.numbers[:LISTED])) + (" …" if len(row.numbers) > LISTED else "")
        lines.append(voice.html("finding.tickets", listed=listed))
    if float(row.hours):
        cost = _money(work, row.cost, voice)
        lines.append(voice.html("finding.cost", hours=voice.number(float(row.hours), "#,##0.#"), cost=cost))
    lines += _decided(work, row, voice)
    return Drawing("\n".join(map(str, lines)), _buttons(row, voice))


def _money(work: Work, value: int, voice: Voice) -> str:
    rates = work.config.desk.file.rates
    return amount(voice, value, rates.currency if rates else "")


def _decided(work: Work, row: WeeklyFinding, voice: Voice) -> list[str]:
    if row.decided_by is None:
        return []
    who = directory.get(work.tx, row.decided_by).name
    reason = voice.say(f"finding.reason.{row.reason}") if row.state == REJECTED else ""
    said = {PROBLEM: "finding.is_problem", DRAFTED: "finding.is_draft", REJECTED: "finding.is_rejected"}
    lines: list[str] = [voice.html(said[row.state], who=who, number=row.problem or 0, reason=reason)]
    if row.judged_at is not None:
        now, cost = row.now_count or 0, row.now_cost or 0
        facts = {"before": row.count, "now": now, "cost": _money(work, row.cost - cost, voice)}
        better = now < row.count or cost < row.cost
        lines.append(voice.html("finding.brought" if better else "finding.brought_nothing", **facts))
    return lines


def _buttons(row: WeeklyFinding, voice: Voice) -> Keyboard:
    if row.state != OFFERED:
        return []
    first = [button(voice.say("button.finding_problem"), ProblemOfFinding(row.id), "primary")]
    if row.kind == WORDS:
        first.append(button(voice.say("button.finding_draft"), DraftOfFinding(row.id)))
    reasons = [[button(voice.say(f"button.finding.{one}"), RejectFinding(row.id, one))] for one in REASONS]
    return [first, *reasons]


def draft(work: Work, about: str, chat: str) -> Drawing | None:
    """The draft of a scenario, with the words of the tickets as its phrases, as a document."""
    row = weekly.find(work.tx, FindingRef.read(about).number)
    if row is None or row.kind != WORDS:
        return None
    voice = speak.voice(chats.language(work.tx, chat))
    said = [one.translate(_MARKUP) for one in weekly.words_of(work.tx, row)][:PHRASES]
    listed = [one.category for one in store.peek_all(work.tx, row.numbers)]
    category = work.config.desk.category(max(dict.fromkeys(listed), key=listed.count, default=""))
    topic = NewScenario(
        name=f"finding_{row.id}",
        title={voice.language: said[0]},
        advice={voice.language: voice.say("finding.draft_advice")},
        phrases={voice.language: said},
        category=category.id,
        team=category.team,
    )
    file = _folder() / f"finding-{row.id}.txt"
    parts = [f"# scenarios/{name}\n{text}" for name, text in scenario_files(topic).items()]
    file.write_text("\n".join(parts), "utf-8")
    return Drawing(voice.html("finding.draft_caption", n=len(said)), document=file)


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="firstline-findings-"))
