"""Sends one prepared row: the Bot API calls for a call, a card with or without a picture, or a new topic."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import structlog

from bot.storage.unit import Units
from bot.telegram import chats, outbox, posts
from bot.telegram.api import Api, Refused, RetryAfter, Unintelligible, Unreachable
from bot.telegram.card import Drawing, with_hours
from bot.telegram.delivery import Ending, Job
from bot.telegram.desk.topic_icons import TopicIcons
from bot.telegram.outbox import Outcome
from bot.telegram.refusals import Meaning, meaning

UNNAMED = "…"  # a topic has a name
_SENDING = frozenset(
    f"send{kind}" for kind in ("Message", "Photo", "Document", "Video", "Voice", "Audio")
) | {"copyMessage", "copyMessages"}
log = structlog.get_logger()


class Speech:
    """Turns a Job into calls. Raises what Api.call raises; the sender handles it."""

    def __init__(self, units: Units[object], api: Api) -> None:
        self._units, self._api, self._icons = units, api, TopicIcons(api)
        self._marks_hours = True
        # A file at a version -> Telegram's id of it, so that it is uploaded once.
        self._photos: dict[Path, tuple[int, str]] = {}

    async def say(self, job: Job) -> Ending:
        """Send it and return the outcome. Its topic is opened first if there is none yet."""
        if job.drop is not None:
            return Ending(Outcome("dropped", reason=job.drop))
        place = job.place
        if job.fault is not None or place is None:
            return Ending(Outcome("dead", reason=job.fault or "chat is not bound"))
        if job.picture is not None and not job.picture.is_file():
            log.error("telegram.no_such_picture", file=job.picture.name, about=job.row.about)
            job = job.without_picture
        await self._open_topic(job, place.chat_id)
        if job.drawing is not None:
            return await self._show(job, job.drawing, place.chat_id)
        answer = await self._call(job, place)
        ids = _message_ids(answer)
        if not ids and job.row.its_method in _SENDING:
            raise Unintelligible(f"{job.row.its_method}: no message")
        missed = await self._missed_its_topic(job, answer)
        reason = outbox.UNATTACHED if missed else None
        return Ending(Outcome("sent", ids[0] if ids else None, reason, message_ids=ids))

    async def _call(self, job: Job, place: chats.Place) -> Any:
        """What is for one reader of a group is ephemeral; where Telegram refuses that, all read it. A server before 10.2 does not
        know the parameter and sends an ordinary message."""
        params = {"chat_id": place.chat_id, **_taken(job)}
        only_for = params.pop(outbox.EPHEMERAL, None)
        if only_for is not None and place.is_group:
            alone = {name: value for name, value in params.items() if name != "reply_parameters"}
            try:
                return await self._api.call(job.row.its_method, alone | {outbox.EPHEMERAL: only_for})
            except Refused as refusal:
                log.info("telegram.not_ephemeral", chat=job.row.chat, text=refusal.description)
        return await self._api.call(job.row.its_method, params)

    async def remove(self, job: Job, message_id: int) -> None:
        """Delete the card's previous post; best effort, because old messages cannot be deleted."""
        target = {"chat_id": job.place.chat_id if job.place else 0, "message_id": message_id}
        try:
            await self._api.call("deleteMessage", target)
        except Refused:
            await self.unbutton(job, message_id)
        except (RetryAfter, Unreachable):
            log.info("telegram.old_card_stays", message_id=message_id)

    async def unbutton(self, job: Job, message_id: int) -> None:
        """Remove the buttons of a message that is too old to be deleted (two days); best effort."""
        target = {"chat_id": job.place.chat_id if job.place else 0, "message_id": message_id}
        try:
            await self._api.call("editMessageReplyMarkup", target)
        except (Refused, RetryAfter, Unreachable):
            log.info("telegram.old_card_stays", message_id=message_id)

    def stop_marking_hours(self) -> None:
        """This Bot API server is older than date-time entities (9.5): hours are words from now on."""
        self._marks_hours = False

    def forget(self, photo: Path) -> None:
        """Telegram no longer knows its id of this file: upload it the next time."""
        self._photos.pop(photo, None)

    async def reopen(self, job: Job) -> None:
        """Reopen the closed topic of this row. Raises Refused without the right."""
        topic = {"chat_id": job.place.chat_id if job.place else 0, "message_thread_id": job.thread}
        try:
            await self._api.call("reopenForumTopic", topic)
        except Refused as refusal:
            if meaning(refusal) is not Meaning.UNCHANGED:
                raise

    async def _open_topic(self, job: Job, chat_id: int) -> None:
        new = job.new_topic
        if new is None or job.thread is not None or job.row.topic is None:
            return
        target = {"chat_id": chat_id, "name": new.text.strip()[:128] or UNNAMED}
        topic = await self._icons.call("createForumTopic", target, new.icon)
        thread = _number(topic, "message_thread_id")
        await self._units.run(posts.keep, job.row.chat, posts.TOPIC, job.row.topic, thread)
        await self._units.run(posts.keep, job.row.chat, posts.TOPIC_NAME, job.row.topic, 0, drawn=new.digest)
        job.params["message_thread_id"] = thread

    async def _missed_its_topic(self, job: Job, answer: Any) -> bool:
        """Whether a message is outside its topic: a group without topics does not refuse the topic's id, but ignores it
        (Client.cpp:8255). The answer of copyMessage does not show that."""
        shown = isinstance(answer, dict) and "chat" in answer and job.row.topic is not None
        if not shown or job.thread is None or "message_thread_id" in answer:
            return False
        await self._units.run(chats.without_topics, job.row.chat, chats.NO_FORUM)
        return True

    async def _show(self, job: Job, drawing: Drawing, chat_id: int) -> Ending:
        """Edit the card in place; send a new message if there is none yet or it must move to the bottom."""
        post = job.post
        if job.row.card == posts.TOPIC_NAME:
            return await self._rename(job, drawing, chat_id)
        if post is not None and "anew" not in job.params:
            if post.drawn == drawing.digest:
                return Ending(Outcome("sent", post.message_id, "unchanged"))
            alike = bool(post.media) == drawing.has_media
            if alike and await self._edit(post.message_id, drawing, chat_id):
                return Ending(Outcome("sent", post.message_id), drawing)
        message_id = await self._send(job, drawing, chat_id)
        former = post.message_id if post is not None else None
        return Ending(Outcome("sent", message_id), drawing, former=former)

    async def _rename(self, job: Job, drawing: Drawing, chat_id: int) -> Ending:
        """Change a topic's name and icon; one that Telegram does not let us change keeps them."""
        if job.post is not None and job.post.drawn == drawing.digest:
            return Ending(Outcome("sent", 0, "unchanged"))
        target = {"chat_id": chat_id, "message_thread_id": job.thread, "name": drawing.text}
        try:
            await self._icons.call("editForumTopic", target, drawing.icon)
        except Refused as refusal:
            return Ending(Outcome("dropped", reason=refusal.description[:200]))
        return Ending(Outcome("sent", 0), drawing)

    async def _edit(self, message_id: int, drawing: Drawing, chat_id: int) -> bool:
        """Edit the card in place; False when it has to be sent as a new message."""
        target = {"chat_id": chat_id, "message_id": message_id, "reply_markup": drawing.markup}
        try:
            if drawing.photo is None:
                await self._api.call("editMessageText", target | self._text(drawing))
            elif drawing.has_media:
                await self._edit_media(target, drawing, drawing.photo)
            else:
                return False
        except Refused as refusal:
            what = meaning(refusal)
            if what is Meaning.POST_GONE:
                return False
            if what is not Meaning.UNCHANGED:
                raise
        return True

    async def _edit_media(self, target: dict[str, Any], drawing: Drawing, photo: Path) -> None:
        known = self._known(photo)
        media = {"type": "photo", "media": known or "attach://photo", **self._caption(drawing)}
        files = None if known else {"photo": photo}
        self._learn(photo, await self._api.call("editMessageMedia", target | {"media": media}, files=files))

    async def _send(self, job: Job, drawing: Drawing, chat_id: int) -> int:
        params = {"chat_id": chat_id, **job.params}
        params.pop("anew", None)
        markup = {"reply_markup": drawing.markup} if drawing.keyboard else {}
        if drawing.document is not None:
            body, file = params | self._caption(drawing) | markup, {"document": drawing.document}
            return _number(await self._api.call("sendDocument", body, files=file), "message_id")
        if drawing.photo is not None and drawing.has_media:
            return await self._send_photo(drawing.photo, params | self._caption(drawing) | markup)
        if drawing.photo is not None:
            await self._send_photo(drawing.photo, params)
        answer = await self._api.call("sendMessage", params | self._text(drawing) | markup)
        number = _number(answer, "message_id")
        await self._missed_its_topic(job, answer)
        return number

    def _text(self, drawing: Drawing) -> dict[str, Any]:
        return {"text": self._words(drawing), "link_preview_options": {"is_disabled": True}} | _mode(drawing)

    def _caption(self, drawing: Drawing) -> dict[str, Any]:
        return {"caption": self._words(drawing)} | _mode(drawing)

    def _words(self, drawing: Drawing) -> str:
        return with_hours(drawing) if self._marks_hours else drawing.text

    async def _send_photo(self, photo: Path, params: dict[str, Any]) -> int:
        known = self._known(photo)
        files = None if known else {"photo": photo}
        answer = await self._api.call("sendPhoto", params | ({"photo": known} if known else {}), files=files)
        self._learn(photo, answer)
        return _number(answer, "message_id")

    def _known(self, photo: Path) -> str | None:
        """Telegram's id of this file, as long as the file is unchanged."""
        stamp, name = self._photos.get(photo, (0, None))
        return name if photo.is_file() and photo.stat().st_mtime_ns == stamp else None

    def _learn(self, photo: Path, answer: Any) -> None:
        if isinstance(answer, dict) and answer.get("photo"):
            self._photos[photo] = photo.stat().st_mtime_ns, answer["photo"][-1]["file_id"]


def _taken(job: Job) -> Mapping[str, Any]:
    """Only what is sent goes into a topic and answers something; other calls know neither."""
    if job.row.its_method in _SENDING or job.row.its_method.endswith("ForumTopic"):
        return job.params
    return {
        name: value
        for name, value in job.params.items()
        if name not in ("message_thread_id", "reply_parameters")
    }


def _mode(drawing: Drawing) -> dict[str, Any]:
    return {} if drawing.plain else {"parse_mode": "HTML"}


def _message_ids(answer: Any) -> tuple[int, ...]:
    answers = answer if isinstance(answer, list) else [answer]
    found = (one.get("message_id") for one in answers if isinstance(one, dict))
    return tuple(number for number in found if isinstance(number, int))


def _number(answer: Any, name: str) -> int:
    """A number of an answer. Raises Unintelligible without one."""
    number = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(number, int):
        raise Unintelligible(f"no {name} in the answer")
    return number
