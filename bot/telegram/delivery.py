"""All that is needed to deliver an outbox row, collected in the transaction that leases it: place, topic, drawing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Generic

import structlog
from markupsafe import Markup

from bot.keys import ChatRef
from bot.storage.db import overheard, savepoint
from bot.storage.unit import Unit
from bot.telegram import chats, limits, outbox, posts
from bot.telegram.backlog import Backlog, Closed, Waiting
from bot.telegram.card import C, Drawing, Renderer, fitted, unmarked
from bot.telegram.outbox import OutboxRow, Outcome
from bot.telegram.posts import Post
from bot.texts import speak

log = structlog.get_logger()


Hook = Callable[[Unit[C], Any, Outcome], None]
"""`hook(unit, row, outcome)`: the room whose words these were hears what became of them, in the same transaction."""
MUTED = "muted"
"""The same for a chat for which Telegram takes nothing for LONG_SILENCE or longer."""
RETRY_AFTER = "retry_after"  # the reason of rows that wait because Telegram asked to
LONG_SILENCE = 600  # seconds
QUOTE = ("quote", "quote_entities", "quote_position")
LOST = "lost"
"""The hook that hears of a row which waits because its group has thrown us out."""
FADES = "fades"
"""The hook that is called for a card that was shown with words such as "today"."""


@dataclass(frozen=True, slots=True)
class Job:
    """A leased row with all that its delivery needs. `drop` says why it is not sent, `fault` why it cannot be."""

    row: OutboxRow
    place: chats.Place | None
    params: dict[str, Any] = field(default_factory=dict)
    drawing: Drawing | None = None
    post: Post | None = None
    new_topic: Drawing | None = None  # the topic must be opened first, with this name and icon
    drop: str | None = None
    fault: str | None = None

    @property
    def thread(self) -> int | None:
        """The id of its topic, if known."""
        thread: int | None = self.params.get("message_thread_id")
        return thread

    @property
    def in_group(self) -> bool:
        return self.place is not None and self.place.is_group

    @property
    def calls(self) -> int:
        """The minimum number of calls: its topic may have to be opened first."""
        return 1 if self.new_topic is None else 2

    @property
    def in_general(self) -> Job:
        """The same outside any topic: the wrong place is better than none (T12)."""
        params = {key: value for key, value in self.params.items() if key != "message_thread_id"}
        return replace(self, params=params, new_topic=None, post=None)

    @property
    def picture(self) -> Path | None:
        return self.drawing.photo if self.drawing is not None else None

    @property
    def without_picture(self) -> Job:
        return replace(self, drawing=replace(self.drawing, photo=None)) if self.drawing is not None else self

    @property
    def is_quoting(self) -> bool:
        return "quote" in self.params.get("reply_parameters", {})

    @property
    def without_quote(self) -> Job:
        """The same as an answer to the whole message."""
        reply = {key: value for key, value in self.params["reply_parameters"].items() if key not in QUOTE}
        return replace(self, params=self.params | {"reply_parameters": reply})

    @property
    def kind(self) -> str:
        """The card's name or the method: what kind of message it is."""
        return self.row.card or self.row.its_method

    @property
    def is_copy(self) -> bool:
        return self.row.method == "copyMessage"

    @property
    def is_answer(self) -> bool:
        return "reply_parameters" in self.params

    @property
    def without_reply(self) -> Job:
        return replace(
            self, params={key: self.params[key] for key in self.params if key != "reply_parameters"}
        )

    @property
    def is_plain(self) -> bool:
        return self.drawing.plain if self.drawing is not None else "parse_mode" not in self.params

    @property
    def plainly(self) -> Job:
        if self.drawing is not None:
            return replace(self, drawing=self.drawing.plainly)
        params = {key: value for key, value in self.params.items() if key != "parse_mode"}
        words = {key: unmarked(params[key]) for key in ("text", "caption") if key in params}
        return replace(self, params=params | words)


@dataclass(frozen=True, slots=True)
class Ending:
    """The outcome of a try; `former` is the message that a card has left."""

    outcome: Outcome
    drawing: Drawing | None = None
    not_before: int = 0
    former: int | None = None


@dataclass(frozen=True, slots=True)
class Book(Generic[C]):
    """What the rooms have for delivery: renderers by card, callbacks by the first word of what a row is about."""

    renderers: Mapping[str, Renderer[C]]
    hooks: Mapping[str, Hook[C]]


@dataclass(frozen=True, slots=True)
class Look:
    """What the next look at the outbox may lease: as in Backlog.lease."""

    changed: Collection[str]
    closed: Closed
    most: int


def turn(
    unit: Unit[C], book: Book[C], backlog: Backlog, endings: Sequence[tuple[Job, Ending]], wanted: Look
) -> tuple[list[Job], list[Waiting]]:
    """Store how deliveries ended; then lease the next rows and draw them from the current state, so that a card never shows an
    old one. In one transaction, for what a delivery causes is most often the next thing to deliver."""
    with overheard(unit.tx, outbox.SIGNAL) as caused:
        for job, ending in endings:
            close(unit, job, ending, book.hooks)
    changed = {*wanted.changed, *caused, *(job.row.chat for job, _ in endings)}
    rows, waiting = backlog.lease(unit, changed, wanted.closed, wanted.most)
    return [_prepare(unit, book.renderers, row) for row in rows], waiting


def close(unit: Unit[C], job: Job, ending: Ending, hooks: Mapping[str, Hook[C]]) -> None:
    """Store the outcome of a row and call its room's delivery callback."""
    row, outcome, drawing = job.row, ending.outcome, ending.drawing
    if outcome.state == "pending":
        outbox.postpone(unit.tx, row, ending.not_before, outcome.reason or "")
        if outcome.reason == chats.GONE:
            _tell(unit, row, outcome, hooks.get(LOST))
        if outcome.reason == RETRY_AFTER and ending.not_before - unit.now >= LONG_SILENCE:
            chats.muted(unit, row.chat, ending.not_before)
            _tell(unit, row, outcome, hooks.get(MUTED))
        return
    if not outbox.settle(unit, row.id, outcome):
        return
    if row.kind == "hide":
        posts.forget(unit.tx, row.chat, row.its_card, row.about)
        return  # an old message that Telegram will not delete does no harm
    if drawing is not None and outcome.message_id is not None:
        shown, media = drawing.digest, drawing.has_media
        posts.keep(unit, row.chat, row.its_card, row.about, outcome.message_id, drawn=shown, media=media)
        if drawing.pinned and job.in_group:
            _pin(unit, row.chat, outcome.message_id)
    if outcome.is_done and job.drawing is not None and job.drawing.fades:
        _tell(unit, row, outcome, hooks.get(FADES))
    kind = row.about.partition(":")[0]
    hook = hooks.get(kind) if kind else None
    _tell(unit, row, outcome, hooks.get("") if hook is None and outcome.state == "dead" else hook)


def _pin(unit: Unit[C], chat: str, message_id: int) -> None:
    """Once, behind all talk: a card that is not pinned yet is only higher up."""
    target = {"message_id": message_id, "disable_notification": True}
    about, once = f"{outbox.TIDY}:{message_id}", f"pin:{chat}:{message_id}"
    outbox.call(unit, chat, "pinChatMessage", target, about=about, dedupe=once, priority=outbox.ORDER)


def _tell(unit: Unit[C], row: OutboxRow, outcome: Outcome, hook: Hook[C] | None) -> None:
    if hook is None:
        return
    try:
        with savepoint(unit.tx):
            hook(unit, row, outcome)
    except Exception:  # the message was sent, even if the callback fails (P6)
        log.critical("outbox.room_failed", row=row.id, about=row.about, exc_info=True)


_OF_A_TOPIC = frozenset({"closeForumTopic", "reopenForumTopic", "editForumTopic"})


def _prepare(unit: Unit[C], renderers: Mapping[str, Renderer[C]], row: OutboxRow) -> Job:
    place = chats.find(unit.tx, row.chat)
    if row.expires_at is not None and row.expires_at <= unit.now:
        return Job(row, place, drop="expired")
    if place is None:
        return Job(row, None)
    try:
        with savepoint(unit.tx):
            return _drawn(unit, renderers, row, place)
    except Exception as error:  # a card that cannot be drawn must not stop the others (P6)
        log.critical("outbox.cannot_draw", row=row.id, card=row.card, about=row.about, exc_info=True)
        return Job(row, place, fault=f"cannot draw: {type(error).__name__}: {error}"[:200])


def _drawn(unit: Unit[C], renderers: Mapping[str, Renderer[C]], row: OutboxRow, place: chats.Place) -> Job:
    params = dict(row.params or {})
    if source := params.pop("from_chat", None):
        found = chats.find(unit.tx, source)
        if found is None:
            return Job(row, place, drop="source gone")
        params["from_chat_id"] = found.chat_id
    if key := params.pop("line", None):
        voice = speak.voice(chats.language(unit.tx, row.chat))
        facts, marked = params.pop("facts"), params.pop("marked", ())
        facts |= {name: Markup(facts[name]) for name in marked}
        facts |= {name: _called(unit, renderers, facts[name], row.chat) for name in params.pop("titled", ())}
        params |= {"text": str(voice.html(key, **facts)), "parse_mode": "HTML"}
    if "text" in params and params.get("parse_mode") == "HTML":
        params["text"] = fitted(params["text"])
    if row.kind == "hide":
        post = posts.find(unit.tx, row.chat, row.its_card, row.about)
        return Job(row, place, {"message_id": post.message_id}) if post else Job(row, place, drop="not there")
    new_topic = _into_topic(unit, renderers, row, place, params)
    if row.kind == "call":
        if row.method in _OF_A_TOPIC and "message_thread_id" not in params:
            return Job(row, place, drop="no topic")
        return Job(row, place, params, new_topic=new_topic)
    with speak.moments() as said:
        drawing = renderers[row.its_card](unit, row.about, row.chat)
    if drawing is None:
        return Job(row, place, drop="no longer true")
    fades = any(one.fades for one in said)
    drawing = replace(drawing, text=fitted(drawing.text), hours=tuple(said), fades=fades)
    post = posts.find(unit.tx, row.chat, row.its_card, row.about)
    return Job(row, place, params, drawing, post, new_topic)


def _called(unit: Unit[C], renderers: Mapping[str, Renderer[C]], ref: str, reader: str) -> str:
    """What the readers of a chat call another one."""
    key = ChatRef.read(ref).name
    drawing = renderers[chats.TITLE](unit, key, reader) if chats.TITLE in renderers else None
    return drawing.text if drawing is not None else key


def _into_topic(
    unit: Unit[C],
    renderers: Mapping[str, Renderer[C]],
    row: OutboxRow,
    place: chats.Place,
    params: dict[str, Any],
) -> Drawing | None:
    """Set the call's topic; returns the drawing of a topic that has to be opened first."""
    if row.topic is None or not place.is_group:
        return None
    if not place.is_forum:
        anchor = posts.anchor(unit.tx, row.chat, row.topic)
        if anchor is not None and "reply_parameters" not in params:
            params["reply_parameters"] = {"message_id": anchor, "allow_sending_without_reply": True}
        return None
    topic = posts.find(unit.tx, row.chat, posts.TOPIC, row.topic)
    if topic is not None and posts.newest(unit.tx, row.chat) - topic.message_id > limits.TOPIC_REACH:
        outbox.show_again(unit, row.chat, row.topic)
        topic = None
    if topic is not None:
        params["message_thread_id"] = topic.message_id
        return None
    return renderers[posts.TOPIC](unit, row.topic, row.chat)
