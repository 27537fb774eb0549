"""The one that speaks: takes rows from the outbox, waits for its place under the limits, sends, remembers the message id."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Callable, Mapping
from html import unescape
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Connection

from bot.clock import Clock, rest
from bot.storage.db import Database
from bot.telegram import chats, outbox, posts
from bot.telegram.api import Api, Refused, RetryAfter, Unreachable
from bot.telegram.card import Drawing, Renderer
from bot.telegram.delivery import Job, take
from bot.telegram.limits import Limits, Meter
from bot.telegram.outbox import Outcome
from bot.telegram.refusals import Meaning, meaning

SLOTS = 16  # deliveries under way at once
GIVE_UP = 24 * 3600  # seconds: what could not be delivered in a day is said to somebody instead
NEAR = 3.0  # real seconds: a wait so short still counts as work in hand
OUTAGE_PAUSE = 1.0  # steady seconds without any call after Telegram could not be reached
log = structlog.get_logger()

Hook = Callable[[Connection, Any, Outcome, int], None]
"""`hook(tx, row, outcome, now)`: the room whose words these were hears what became of them, in the same transaction."""


class Sender:
    """Delivers the outbox. At most one row of a chat is under way, so a chat reads everything in order."""

    def __init__(
        self,
        db: Database,
        api: Api,
        clock: Clock,
        renderers: Mapping[str, Renderer],
        hooks: Mapping[str, Hook],
        changed: Callable[[], None],
        limits: Limits | None = None,
    ) -> None:
        self._db, self._api, self._clock = db, api, clock
        self._renderers, self._hooks, self._changed = renderers, hooks, changed
        self._meter = Meter(limits or Limits())
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._wake = asyncio.Event()
        self._looking = True
        self._release: float | None = None  # steady second at which a waiting row may go
        self._stopping = False
        self._photos: dict[
            Path, str
        ] = {}  # a file of ours -> Telegram's id of it, so that it is uploaded once
        self.last_beat = clock.steady()

    @property
    def busy(self) -> bool:
        """Something is being sent, or will be within moments."""
        soon = self._release is not None and self._release - self._clock.steady() <= NEAR
        return self._looking or bool(self._under_way) or soon

    @property
    def next_due(self) -> int | None:
        """When the limits let the next waiting row go, in UTC seconds."""
        if self._release is None:
            return None
        return self._clock.now() + math.ceil(max(0.0, self._release - self._clock.steady()))

    async def run(self) -> None:
        """Deliver until `stop`."""
        self._db.listen("outbox", self.wake)
        self._clock.on_change(self.wake)
        await self._db.run(outbox.reclaim)
        while not self._stopping:
            self._wake.clear()
            await self._fill()
            self.last_beat = self._clock.steady()
            self._looking = self._wake.is_set()
            self._changed()
            await rest(self._wake, self._pause())

    async def stop(self) -> None:
        """Finish the messages in flight; the rest stays in the outbox."""
        self._stopping = True
        self.wake()
        if self._under_way:
            await asyncio.wait(self._under_way.values(), timeout=5)

    def wake(self) -> None:
        self._looking = True
        self._wake.set()
        self._changed()

    async def _fill(self) -> None:
        """Lease what may go now and start its delivery; then see how long the rest must wait."""
        steady = self._clock.steady()
        room = min(SLOTS - len(self._under_way), self._meter.overall_room(steady))
        if room > 0:
            busy = {*self._under_way, *self._meter.waiting(steady)}
            for job in await self._db.run(take, self._renderers, busy, room, self._clock.now()):
                if job.drop is None and job.place is not None:
                    self._meter.spend(job.row.chat, self._clock.steady(), is_group=job.place.is_group)
                self._under_way[job.row.chat] = asyncio.create_task(self._deliver(job))
        self._release = self._earliest(await self._db.read(outbox.waiting))

    def _earliest(self, waiting: list[tuple[str, int]]) -> float | None:
        steady = self._clock.steady()
        limited = self._meter.waiting(steady)
        overall = self._meter.overall_free_at(steady)
        times = [
            max(overall, limited.get(chat, steady), steady + self._clock.until(not_before))
            for chat, not_before in waiting
            if chat not in self._under_way
        ]
        return min(times, default=None)

    def _pause(self) -> float:
        if self._looking:
            return 0.0
        if self._release is None:
            return 1.0  # other processes write into the same outbox; a look a second is cheap (R10)
        return min(1.0, max(0.0, self._release - self._clock.steady()))

    async def _deliver(self, job: Job) -> None:
        row = job.row
        try:
            try:
                await self._try(job)
            except Refused as refusal:
                await self._refused(job, refusal)
        except RetryAfter as wait:
            log.warning("telegram.retry_after", chat=row.chat, seconds=wait.seconds)
            until = self._clock.steady() + wait.seconds
            self._meter.close(row.chat, until, is_group=_is_group(job))
            await self._db.run(outbox.postpone, row, self._clock.now() + math.ceil(wait.seconds))
        except Unreachable as error:
            await self._later(job, error)
        except Exception as error:
            log.exception("outbox.delivery_failed", row=row.id)
            await self._settle(job, "dead", Outcome(None, f"{type(error).__name__}: {error}"[:200]))
        finally:
            self._under_way.pop(row.chat, None)
            self.wake()

    async def _try(self, job: Job) -> None:
        if job.drop is not None:
            await self._settle(job, "dropped", Outcome(None, job.drop))
        elif job.place is None:
            await self._settle(job, "dead", Outcome(None, "chat is not bound"))
        else:
            await self._open_topic(job, job.place.chat_id)
            if job.drawing is None:
                answer = await self._api.call(job.row.method, {"chat_id": job.place.chat_id} | job.params)
                await self._settle(job, "sent", Outcome(_message_id(answer)))
            else:
                await self._show(job, job.drawing, job.place.chat_id)

    async def _open_topic(self, job: Job, chat_id: int) -> None:
        if job.topic_name is None:
            return
        topic = await self._api.call("createForumTopic", {"chat_id": chat_id, "name": job.topic_name[:128]})
        thread = int(topic["message_thread_id"])
        await self._db.run(posts.keep, job.row.chat, posts.TOPIC, job.row.topic, thread, self._clock.now())
        job.params["message_thread_id"] = thread

    async def _show(self, job: Job, drawing: Drawing, chat_id: int) -> None:
        anew = job.params.pop("anew", None)
        if job.post is not None and anew is None:
            if job.post.drawn == drawing.digest:
                await self._settle(job, "sent", Outcome(job.post.message_id, "unchanged"))
                return
            alike = bool(job.post.media) == (drawing.photo is not None)
            if alike and drawing.caption_fits and await self._edit(job, drawing, chat_id):
                return
        message_id = await self._send_card(job, drawing, chat_id)
        await self._settle(job, "sent", Outcome(message_id), drawing)
        if job.post is not None:
            await self._remove(chat_id, job.post.message_id)

    async def _edit(self, job: Job, drawing: Drawing, chat_id: int) -> bool:
        """Change the card in place; False when it has to be sent anew."""
        assert job.post is not None
        target = {"chat_id": chat_id, "message_id": job.post.message_id, "reply_markup": drawing.markup}
        try:
            if drawing.photo is None:
                await self._api.call("editMessageText", target | _text(drawing))
            else:
                await self._edit_media(target, drawing, drawing.photo)
        except Refused as refusal:
            what = meaning(refusal)
            if what is Meaning.POST_GONE:
                return False
            if what is not Meaning.UNCHANGED:
                raise
        await self._settle(job, "sent", Outcome(job.post.message_id), drawing)
        return True

    async def _edit_media(self, target: dict[str, Any], drawing: Drawing, photo: Path) -> None:
        known = self._photos.get(photo)
        media = {
            "type": "photo",
            "media": known or "attach://photo",
            "caption": drawing.text,
            "parse_mode": "HTML",
        }
        files = None if known else {"photo": photo}
        self._learn(photo, await self._api.call("editMessageMedia", target | {"media": media}, files=files))

    async def _send_card(self, job: Job, drawing: Drawing, chat_id: int) -> int:
        params = {"chat_id": chat_id, **job.params}
        markup = {"reply_markup": drawing.markup} if drawing.keyboard else {}
        if drawing.photo is not None and drawing.caption_fits:
            caption = {"caption": drawing.text, "parse_mode": "HTML"}
            return await self._send_photo(drawing.photo, params | caption | markup)
        if drawing.photo is not None:
            await self._send_photo(drawing.photo, params)
        return int((await self._api.call("sendMessage", params | _text(drawing) | markup))["message_id"])

    async def _send_photo(self, photo: Path, params: dict[str, Any]) -> int:
        known = self._photos.get(photo)
        files = None if known else {"photo": photo}
        answer = await self._api.call("sendPhoto", params | ({"photo": known} if known else {}), files=files)
        self._learn(photo, answer)
        return int(answer["message_id"])

    def _learn(self, photo: Path, answer: Any) -> None:
        if isinstance(answer, dict) and answer.get("photo"):
            self._photos[photo] = answer["photo"][-1]["file_id"]

    async def _remove(self, chat_id: int, message_id: int) -> None:
        """Take away the card's former post; best effort, for an old message may not be deletable any more."""
        target = {"chat_id": chat_id, "message_id": message_id}
        try:
            await self._api.call("deleteMessage", target)
        except Refused:
            try:
                await self._api.call("editMessageReplyMarkup", target)
            except (Refused, RetryAfter, Unreachable):
                log.info("telegram.old_card_stays", message_id=message_id)
        except (RetryAfter, Unreachable):
            log.info("telegram.old_card_stays", message_id=message_id)

    async def _later(self, job: Job, error: Unreachable) -> None:
        row, now = job.row, self._clock.now()
        if now - row.created_at > GIVE_UP:
            await self._settle(job, "dead", Outcome(None, str(error)[:200]))
            return
        pause = min(300.0, 2.0**row.attempts)
        self._meter.close(None, self._clock.steady() + OUTAGE_PAUSE)
        self._meter.close(row.chat, self._clock.steady() + pause, is_group=_is_group(job))
        log.warning("telegram.unreachable", chat=row.chat, attempt=row.attempts, error=str(error))
        await self._db.run(outbox.postpone, row, now + math.ceil(pause))

    async def _refused(self, job: Job, refusal: Refused) -> None:
        """Do what the refusal's meaning asks; what has no remedy is dead, and its room hears of it."""
        row, now, what = job.row, self._clock.now(), meaning(refusal)
        log.warning(
            "telegram.refused", row=row.id, chat=row.chat, meaning=what.value, text=refusal.description
        )
        again = row.attempts < 5
        if what is Meaning.UNCHANGED:
            await self._settle(job, "sent", Outcome(None, "unchanged"))
        elif what is Meaning.TOPIC_GONE and row.topic is not None and again:
            await self._db.run(posts.forget_topic, row.chat, row.topic)
            await self._db.run(outbox.postpone, row, now)
        elif what is Meaning.TOPIC_CLOSED and job.place is not None and again:
            thread = job.params.get("message_thread_id")
            await self._api.call(
                "reopenForumTopic", {"chat_id": job.place.chat_id, "message_thread_id": thread}
            )
            await self._db.run(outbox.postpone, row, now)
        elif what is Meaning.MOVED and job.place is not None and again:
            await self._db.run(
                chats.move, job.place.chat_id, int(refusal.parameters["migrate_to_chat_id"]), now
            )
            await self._db.run(outbox.postpone, row, now)
        elif what is Meaning.BAD_MARKUP and again and job.place is not None:
            await self._plainly(job, job.place.chat_id)
        else:
            if what in (Meaning.CHAT_GONE, Meaning.PERSON_GONE):
                await self._db.run(chats.lose, row.chat, refusal.description, now)
            await self._settle(job, "dead", Outcome(None, refusal.description[:200]))

    async def _plainly(self, job: Job, chat_id: int) -> None:
        """The markup was refused: the words matter more than their looks."""
        words = (
            job.drawing.text if job.drawing else str(job.params.get("text", job.params.get("caption", "")))
        )
        params = {"chat_id": chat_id, **{key: job.params[key] for key in _PLAIN if key in job.params}}
        if job.drawing is not None and job.drawing.keyboard:
            params["reply_markup"] = job.drawing.markup
        answer = await self._api.call(
            "sendMessage", params | {"text": unescape(re.sub(r"<[^>]*>", "", words))[:4096]}
        )
        await self._settle(job, "sent", Outcome(_message_id(answer), "markup refused"), job.drawing)

    async def _settle(self, job: Job, state: str, outcome: Outcome, drawing: Drawing | None = None) -> None:
        await self._db.run(_settle, job, state, outcome, drawing, self._hooks, self._clock.now())


_PLAIN = ("message_thread_id", "reply_parameters", "reply_markup")


def _settle(
    tx: Connection,
    job: Job,
    state: str,
    outcome: Outcome,
    drawing: Drawing | None,
    hooks: Mapping[str, Hook],
    now: int,
) -> None:
    row = job.row
    if not outbox.settle(tx, row.id, state, now, outcome):
        return
    if row.kind == "hide":
        posts.forget(tx, row.chat, row.card, row.about)
        return  # an old message that Telegram will not delete is nobody's loss
    if drawing is not None and outcome.message_id is not None:
        media = drawing.photo is not None and drawing.caption_fits
        posts.keep(
            tx, row.chat, row.card, row.about, outcome.message_id, now, drawn=drawing.digest, media=media
        )
    hook = hooks.get(row.about.partition(":")[0]) or (hooks.get("") if state == "dead" else None)
    if hook is not None:
        hook(tx, row, outcome, now)


def _text(drawing: Drawing) -> dict[str, Any]:
    return {"text": drawing.text, "parse_mode": "HTML", "link_preview_options": {"is_disabled": True}}


def _message_id(answer: Any) -> int | None:
    if isinstance(answer, list) and answer:
        answer = answer[0]
    return int(answer["message_id"]) if isinstance(answer, dict) and "message_id" in answer else None


def _is_group(job: Job) -> bool:
    return job.place is not None and job.place.is_group
