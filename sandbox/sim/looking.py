"""/sim/state, transcripts, calls and files: read-only."""

import json
from collections.abc import Iterable
from itertools import takewhile

from sandbox.core.box import Box
from sandbox.core.calls import Call, plain
from sandbox.core.idle import outstanding
from sandbox.core.world import GENERAL, Account, Chat, Json, Message
from sandbox.rules.topics import shown
from sandbox.sim.asked import Wrong, chat_of, number, real


def state(box: Box, query: Json) -> Json:
    """Everything except the messages."""
    return {
        "bot": box.world.bot,
        "token": box.token,
        "people": [person_shown(person) for person in box.world.people.values()],
        "chats": [chat_shown(chat) for chat in box.world.chats.values() if not chat.private],
        "private": {
            chat.id: {"pinned": chat.pinned, "reply_keyboard": chat.reply_keyboard, "last": last_id(chat)}
            for chat in box.world.chats.values()
            if chat.private
        },
        "commands": [
            {"scope": json.loads(scope), "language_code": language, "commands": commands}
            for (scope, language), commands in box.commands.items()
        ],
        "clock": box.clock.picture(),
        "zone": box.zone,
        "notice": box.notice,
        "tour": box.tour.picture() if box.tour is not None else None,
        "follower": box.follower.picture(),
        "flood": box.flood.picture(),
        "webhook": box.webhook.picture(),
        "outstanding": outstanding(box),
        "calls": box.calls.total,
    }


def person_shown(person: Account) -> Json:
    flags = {name: getattr(person, name) for name in ("started", "blocked", "deactivated")}
    return {**person.extra, **person.user, "about": person.about, **flags}


def chat_shown(chat: Chat) -> Json:
    return {
        **chat.picture(),
        "is_forum": chat.is_forum,
        "about": chat.about,
        "members": [
            {"id": number, "status": member.status, "rights": member.rights, "tag": member.tag}
            for number, member in chat.members.items()
        ],
        "topics": [shown(topic) for topic in chat.topics.values()],
        "pinned": chat.pinned,
        "reply_keyboard": chat.reply_keyboard,
        "migrated_to": chat.migrated_to,
        "last": last_id(chat),
    }


def last_id(chat: Chat) -> int:
    return next(reversed(chat.messages), 0)


def messages(box: Box, query: Json) -> list[Json]:
    """The transcript, oldest first: `after`, `thread`, `limit`, `as`. Work is proportional to the answer.

    `former` reads what a group had before it became a supergroup.
    """
    chat = box.world.chats.get(number(query, "chat")) if query.get("former") else chat_of(box.world, query)
    if chat is None:
        raise Wrong(f"no chat {query['chat']}", 404)
    after = int(real(query.get("after", 0), "after"))
    wanted: Iterable[Message] = takewhile(
        lambda message: message.id > after, reversed(chat.messages.values())
    )
    if (thread := query.get("thread")) is not None:
        topic = None if str(thread) in ("general", str(GENERAL)) else int(real(thread, "thread"))
        wanted = (message for message in wanted if message.thread == topic)
    found = _last(wanted, int(real(query["limit"], "limit")) if query.get("limit") else None)
    pictures = [message.transcript() for message in found]
    if query.get("as"):
        reader = int(real(query["as"], "as"))
        pictures += [
            one.transcript() for one in chat.ephemeral.values() if one.seen_by == reader and not one.deleted
        ]
        pictures.sort(key=lambda picture: picture["date"])
    return pictures


def _last(newest_first: Iterable[Message], limit: int | None) -> list[Message]:
    found: list[Message] = []
    for message in newest_first:
        found.append(message)
        if limit is not None and len(found) >= limit:
            break
    return found[::-1]


def calls(box: Box, query: Json) -> list[Json]:
    """Bot API calls in order: `after` a number, only of one `method`, at most `limit` of the newest."""
    found = box.calls.after(int(real(query.get("after", 0), "after")))
    if name := query.get("method"):
        found = [call for call in found if call.method.lower() == name.lower()]
    if query.get("limit"):
        found = found[-int(real(query["limit"], "limit")) :]
    return [_call(call) for call in found]


def _call(call: Call) -> Json:
    return {
        "number": call.number,
        "method": call.method,
        "args": plain(call.args),
        "answer": json.loads(call.answer) if call.answer else None,
        "status": call.status,
        "time": round(call.time, 3),
    }


def file_bytes(box: Box, file_id: str) -> tuple[bytes, str]:
    """Bytes and mime type of a file, for the page."""
    stored = box.files.by_id(file_id)
    if stored is None:
        raise Wrong(f"no file {file_id}", 404)
    return stored.data, stored.mime or "application/octet-stream"
