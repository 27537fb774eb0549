"""Every inline button as a type, which packs and parses its callback data.

The data is `room|action|field|...`, at most 64 bytes. Fields are row numbers or *names* (a team, a reply), never
positions in a list: messages stay for months. A long or not plain name is `~` and a short hash; see `named`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import ClassVar, dataclass_transform

LONGEST = 64  # bytes (Bot API)
_PLAIN = re.compile(r"[A-Za-z0-9_.-]{1,24}")
_HASHED = re.compile(r"~[0-9a-f]{10}")
_BY_FORM: dict[tuple[str, int], type[Button]] = {}


@dataclass_transform(frozen_default=True)
class Button:
    """The data of a button: frozen, its fields are ints or names (str). A subclass with a sign is a button type."""

    sign: ClassVar[str]

    def __init_subclass__(cls, sign: str = "") -> None:
        dataclass(frozen=True)(cls)
        if sign:
            form = (sign, len(fields(cls)))  # type: ignore[arg-type]
            assert form not in _BY_FORM, form
            cls.sign = sign
            _BY_FORM[form] = cls

    def pack(self) -> str:
        data = "|".join([self.sign, *(written(value) for value in vars(self).values())])
        assert len(data) <= LONGEST, data
        return data


@lru_cache(maxsize=4096)
def parse(data: str) -> Button | None:
    """The button of this callback data; None when it is invalid. Callback data can be anything, from anyone."""
    room, _, rest = data.partition("|")
    action, *texts = rest.split("|")
    kind = _BY_FORM.get((f"{room}|{action}", len(texts)))
    if kind is None or len(data.encode()) > LONGEST:
        return None
    values: list[int | str] = []
    for field, text in zip(fields(kind), texts, strict=True):  # type: ignore[arg-type]
        if field.type == "int":
            if not (text.isascii() and text.isdigit() and len(text) < 16):
                return None
            values.append(int(text))
        elif text and not (_PLAIN.fullmatch(text) or _HASHED.fullmatch(text)):
            return None
        else:
            values.append(text)
    return kind(*values)


def named(carried: str, known: Iterable[str]) -> str | None:
    """The name in use that a button means; None when it has been removed."""
    return next((name for name in known if carried in (name, _short(name))), None)


def written(value: int | str) -> str:
    """A field as a button carries it; a card's key that buttons have to find is written the same way."""
    if isinstance(value, int) or not value or _PLAIN.fullmatch(value) or _HASHED.fullmatch(value):
        return str(value)
    return _short(value)


def _short(name: str) -> str:
    return f"~{hashlib.sha256(name.encode()).hexdigest()[:10]}"


class OfTicket(Button):
    ticket: int


# ── the team's and the supervisors' chats ──


class Claim(OfTicket, sign="t|claim"):
    pass


class AskEmployee(OfTicket, sign="t|ask"):
    pass


class Resolve(OfTicket, sign="t|resolve"):
    pass


class OfferWorkaround(OfTicket, sign="t|around"):
    pass


class OpenTeams(OfTicket, sign="t|give"):
    pass


class HandTo(OfTicket, sign="t|team"):
    team: str


class OpenMore(OfTicket, sign="t|more"):
    pass


class AcceptExtent(OfTicket, sign="t|extent"):
    pass


class OpenPriorities(OfTicket, sign="t|prio"):
    pass


class SetPriority(OfTicket, sign="t|priority"):
    priority: str


class Schedule(OfTicket, sign="t|snooze"):
    pass


class GiveBack(OfTicket, sign="t|back"):
    pass


class OpenReplies(OfTicket, sign="t|canned"):
    pass


class SendReply(OfTicket, sign="t|reply"):
    reply: str


class ShowSimilar(OfTicket, sign="t|similar"):
    pass


class ShowWhy(OfTicket, sign="t|why"):
    pass


class CloseMenu(OfTicket, sign="t|closemenu"):
    pass


class SetCause(OfTicket, sign="t|reason"):
    cause: str


class Recall(OfTicket, sign="t|recall"):
    relay: int


class TakeControl(OfTicket, sign="t|take"):
    pass


class CallAssignee(OfTicket, sign="t|call"):
    pass


class OpenEngineers(OfTicket, sign="t|reassign"):
    pass


class Assign(OfTicket, sign="t|assign"):
    engineer: int


class KeepAssignee(OfTicket, sign="t|unassign"):
    pass


class OpenMute(OfTicket, sign="t|hush"):
    pass


class Mute(OfTicket, sign="t|hush"):
    minutes: int


class DeclareOutage(OfTicket, sign="t|outage"):
    pass


class OpenGuides(OfTicket, sign="k|beside"):
    pass


class SendArticle(Button, sign="k|send"):
    reading: int


# ── an employee's own ticket ──


class Confirm(OfTicket, sign="t|confirm"):
    pass


class Reject(OfTicket, sign="t|reject"):
    pass


class CancelTicket(OfTicket, sign="t|cancel"):
    pass


class CancelSurely(OfTicket, sign="t|cancelyes"):
    pass


class KeepTicket(OfTicket, sign="t|cancelno"):
    pass


class RateTicket(OfTicket, sign="t|rate"):
    stars: int


class AddComment(OfTicket, sign="t|word"):
    pass


class ReopenTicket(OfTicket, sign="t|again"):
    pass


class HowToWrite(OfTicket, sign="t|write"):
    pass


class ShowTicket(OfTicket, sign="t|show"):
    pass


class AgreeToDay(OfTicket, sign="t|agree"):
    pass


class ConfirmExtent(OfTicket, sign="t|wide"):
    pass


class DenyExtent(OfTicket, sign="t|narrow"):
    pass


class DeclineDay(OfTicket, sign="t|disagree"):
    pass


# ── consent ──


class Approve(OfTicket, sign="t|approve"):
    pass


class Deny(OfTicket, sign="t|deny"):
    pass


class Inquire(OfTicket, sign="t|inquire"):
    pass


# ── the menu and the offer below a person's words; `utterance` 0 means without words ──


class AllTopics(Button, sign="m|all"):
    pass


class MyTickets(Button, sign="m|mine"):
    pass


class StartScenario(Button, sign="m|start"):
    scenario: str
    utterance: int


class ToHuman(Button, sign="m|human"):
    utterance: int


class NoneOfThese(Button, sign="m|none"):
    utterance: int


class ToTicket(Button, sign="m|to"):
    utterance: int
    ticket: int


class NotThere(Button, sign="m|else"):
    utterance: int


class ReportDanger(Button, sign="m|danger"):
    utterance: int


class NoDanger(Button, sign="m|safe"):
    utterance: int


class NotSecret(Button, sign="m|open"):
    message: int


class SpeakLanguage(Button, sign="m|speak"):
    language: str


class ResumeRun(Button, sign="m|goon"):
    run: int


class RestartRun(Button, sign="m|anew"):
    run: int


class CloseRun(Button, sign="m|drop"):
    run: int


# ── the profile ──


class OpenProfile(Button, sign="p|profile"):
    pass


class ConfirmProfile(Button, sign="p|right"):
    pass


class ChangeField(Button, sign="p|field"):
    field: str


class ChooseValue(Button, sign="p|choose"):
    field: str
    value: str


class LeaveProfile(Button, sign="p|leave"):
    pass


# ── the knowledge base; `article` is `Article.number` ──


class OpenArticles(Button, sign="k|shelf"):
    pass


class ArticlesForWords(Button, sign="k|words"):
    utterance: int


class AllArticleTopics(Button, sign="k|topics"):
    search: int


class ArticleTopic(Button, sign="k|about"):
    search: int
    scenario: str


class ReadArticle(Button, sign="k|read"):
    search: int
    article: int


class SeeArticle(Button, sign="k|see"):
    reading: int
    article: int


class ArticleHelped(Button, sign="k|yes"):
    reading: int


class ArticleFailed(Button, sign="k|no"):
    reading: int


class HumanAfterArticles(Button, sign="k|human"):
    search: int


# ── learning from people's words ──


class Teach(Button, sign="l|yes"):
    utterance: int


class TeachNot(Button, sign="l|no"):
    utterance: int


class AddLesson(Button, sign="l|add"):
    lesson: int


class AddLessonTo(Button, sign="l|addto"):
    lesson: int
    scenario: str


class DeclineLesson(Button, sign="l|decline"):
    lesson: int


# ── outages; `scenario` is what the person was about to begin, "" for the offer below their words ──


class MeToo(Button, sign="o|joins"):
    outage: int
    scenario: str
    utterance: int


class SomethingElse(Button, sign="o|differs"):
    outage: int
    scenario: str
    utterance: int


class OutageWorks(Button, sign="o|works"):
    outage: int


class OutageBroken(Button, sign="o|broken"):
    outage: int


class TellOutageNews(Button, sign="o|news"):
    outage: int


class AskOutageOver(Button, sign="o|over"):
    outage: int


class EndOutage(Button, sign="o|ended"):
    outage: int


class KeepOutage(Button, sign="o|keep"):
    outage: int


# ── former scenario files ──


class RollBack(Button, sign="v|back"):
    version: str


class KeepVersion(Button, sign="v|keep"):
    version: str


# ── accounts; `account` is Telegram's id, so that an answer is about the account that was shown ──


class ConfirmAccount(Button, sign="a|yes"):
    person: int
    account: int


class DeclineAccount(Button, sign="a|no"):
    person: int
    account: int


# ── personal data ──


class AgreeToNotice(Button, sign="n|agree"):
    version: int


class ForgetMe(Button, sign="n|forget"):
    person: int


class KeepMe(Button, sign="n|keep"):
    person: int


class ErasePerson(Button, sign="n|erase"):
    person: int


class KeepPerson(Button, sign="n|keepall"):
    person: int
