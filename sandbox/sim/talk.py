"""/sim/send, /sim/forward, /sim/edit, /sim/delete, /sim/react: what people do with messages."""

import base64
import binascii
from typing import Any

from sandbox.core.box import Box
from sandbox.core.files import Upload, plain_picture
from sandbox.core.world import ANONYMOUS_ADMIN, CHANNEL_BOT, GENERAL, Account, Chat, Json, Message, World
from sandbox.rules import entities
from sandbox.rules.contents import forwarded
from sandbox.rules.media import DEFAULTS, SHAPES, check_album, media, media_kind
from sandbox.rules.posting import announce_edit, post, public, removed, show
from sandbox.rules.replies import chosen
from sandbox.sim.asked import Wrong, chat_of, flag, message_of, must_be_in, number, person_of

KINDS = ("photo", *SHAPES)
PLAIN = ("contact", "location", "dice", "poll")  # used as given
MIMES = {
    "photo": ("photo.png", "image/png"),
    "document": ("document.txt", "text/plain"),
    "voice": ("voice.oga", "audio/ogg"),
    "video": ("video.mp4", "video/mp4"),
    "video_note": ("round.mp4", "video/mp4"),
    "audio": ("audio.mp3", "audio/mpeg"),
    "sticker": ("sticker.webp", "image/webp"),
    "animation": ("animation.mp4", "video/mp4"),
}
# Body fields that /sim/send may set directly on a message
EXTRA = ("forward_origin", "via_bot", "users_shared", "chat_shared", "web_app_data", "author_signature")


def send(box: Box, body: Json) -> Json | list[Json]:
    """A person writes, by default in private to the bot. Returns the Message, or a list for an album."""
    person = person_of(box.world, body)
    chat = chat_of(box.world, body, default=person.id)
    _may_write(chat, person)
    place = _place(box.world, chat, person, body)
    if album := body.get("album"):
        return _album(box, chat, person, body, place, album)
    content = _content(box, body)
    message = _say(box, chat, person, content, place)
    return message.transcript()


def _may_write(chat: Chat, person: Account) -> None:
    if chat.private and chat.id == person.id:
        if person.blocked:
            raise Wrong(f"{person.id} has blocked the bot; unblock first", 403)
        if person.deactivated:
            raise Wrong(f"{person.id} is deactivated", 403)
        person.started = True
    must_be_in(chat, person)


def _say(box: Box, chat: Chat, person: Account, content: Json, place: Json) -> Message:
    return post(
        box,
        chat,
        place["sender"],
        person.id,
        content,
        thread=place["thread"],
        reply=place["reply"],
        sender_chat=place["sender_chat"],
    )


def _place(world: World, chat: Chat, person: Account, body: Json) -> Json:
    """The shown sender, the topic, the replied message."""
    sender, sender_chat = _shown_sender(world, chat, person, body)
    thread = body.get("thread")
    reply = _reply(chat, body.get("reply_to"), body.get("quote"))
    if reply and thread is None and chat.is_forum:
        thread = chat.messages[reply["to"]].thread
    if thread in (None, GENERAL, 0) or not chat.is_forum:
        thread = None
    elif (topic := chat.topics.get(int(thread))) is None or topic.deleted:
        raise Wrong(f"no topic {thread} in {chat.id}", 404)
    closed = chat.topics.get(thread or GENERAL)
    member = chat.members.get(person.id)
    may_manage = member is not None and member.may("can_manage_topics")
    if closed is not None and closed.closed and closed.creator != person.id and not may_manage:
        raise Wrong("TOPIC_CLOSED", 403)
    return {"sender": sender, "sender_chat": sender_chat, "thread": thread, "reply": reply}


def _shown_sender(world: World, chat: Chat, person: Account, body: Json) -> tuple[Json | None, Json | None]:
    if flag(body, "anonymous"):
        member = chat.members.get(person.id)
        if member is None or member.status not in ("administrator", "creator"):
            raise Wrong("only an administrator can write anonymously", 403)
        return ANONYMOUS_ADMIN, chat.picture()
    if chat.type == "channel":
        return None, chat.picture()
    if body.get("sender_chat") is not None:
        return CHANNEL_BOT, chat_of(world, body, name="sender_chat").picture()
    return person.user, None


def _reply(chat: Chat, given: Any, words: Any) -> Json | None:
    if given is None:
        return None
    wanted: Json = given if isinstance(given, dict) else {"message_id": given}
    target = message_of(chat, wanted)
    reply: Json = {"to": target.id}
    if words or wanted.get("quote"):
        reply["quote"] = chosen(target, str(words or wanted["quote"]))
    return reply


def _content(box: Box, body: Json) -> Json:
    for kind in KINDS:
        if body.get(kind) is not None:
            content = _attachment(box, kind, body[kind])
            return content | _caption(box.world, body) | _extra(body)
    if (venue := body.get("venue")) is not None:
        return {"venue": venue, "location": venue["location"]} | _extra(body)
    if body.get("content"):
        return dict(body["content"]) | _extra(body)
    for kind in PLAIN:
        if body.get(kind) is not None:
            return {kind: body[kind]} | _extra(body)
    if body.get("text"):
        text, found = entities.formatted(
            str(body["text"]), body.get("parse_mode"), body.get("entities"), box.world.users
        )
        entities.check_text(text)
        content = {"text": text}
        if found:
            content["entities"] = found
        return content | _extra(body)
    if extra := _extra(body):
        return extra
    raise Wrong(f"nothing to send: text, {', '.join((*KINDS, *PLAIN))}, venue, content or album")


def _extra(body: Json) -> Json:
    return {name: body[name] for name in EXTRA if name in body}


def _caption(world: World, body: Json) -> Json:
    if not body.get("caption"):
        return {}
    text, found = entities.formatted(
        str(body["caption"]), body.get("parse_mode"), body.get("caption_entities"), world.users
    )
    author = world.people.get(int(body.get("from") or 0))
    is_premium = author is not None and bool(author.user.get("is_premium"))
    entities.check_caption(text, entities.PREMIUM_CAPTION_LIMIT if is_premium else entities.CAPTION_LIMIT)
    return {"caption": text, **({"caption_entities": found} if found else {})}


def _attachment(box: Box, kind: str, given: Any) -> Json:
    """A file by base64, by file_id, or a generated one."""
    wanted: Json = given if isinstance(given, dict) else {}
    if isinstance(given, str) or wanted.get("file_id"):
        return media(box.files, kind, wanted.get("file_id") or given, wanted)
    name, mime = MIMES[kind]
    if wanted.get("base64") is not None:
        try:
            data = base64.b64decode(wanted["base64"], validate=True)
        except (binascii.Error, ValueError, TypeError):
            raise Wrong(f"{kind}: base64 cannot be read") from None
    elif kind == "photo":
        data = plain_picture()
    else:
        data = bytes(int(wanted.get("size") or 1024))
    upload = Upload(str(wanted.get("name") or name), str(wanted.get("mime") or mime), data)
    shape = {field: wanted.get(field) or DEFAULTS.get(field) for field in SHAPES.get(kind, ())}
    return media(box.files, kind, upload, shape)


def _album(box: Box, chat: Chat, person: Account, body: Json, place: Json, album: Any) -> list[Json]:
    if (
        not isinstance(album, list)
        or not 2 <= len(album) <= 10
        or not all(isinstance(one, dict) for one in album)
    ):
        raise Wrong("album: a list of 2 to 10 messages")
    contents = [_content(box, one) for one in album]
    check_album([media_kind(content) for content in contents])
    group = {"media_group_id": box.world.new_album()}
    if body.get("caption"):
        contents[0] |= _caption(box.world, body)
    return [_say(box, chat, person, {**group, **content}, place).transcript() for content in contents]


def forward(box: Box, body: Json) -> Json | list[Json]:
    """A person forwards messages of `source_chat` to `chat` (by default to the bot)."""
    person = person_of(box.world, body)
    chat = chat_of(box.world, body, default=person.id)
    _may_write(chat, person)
    source = chat_of(box.world, body, default=person.id, name="source_chat")
    must_be_in(source, person)
    asked = body.get("message_ids") or [number(body, "message_id")]
    place = _place(box.world, chat, person, {**body, "reply_to": None})
    contents = [forwarded(message_of(source, {"message_id": one})) for one in asked]
    sent = [_say(box, chat, person, content, place).transcript() for content in contents]
    return sent if body.get("message_ids") else sent[0]


def edit(box: Box, body: Json) -> Json:
    """A person changes the text or the file of their message; only a real change makes an update, unless `unchanged` asks for
    one (I tdlib/telegram-bot-api#388: a reaction, or a server that has forgotten the message, makes such an update)."""
    person = person_of(box.world, body)
    chat = chat_of(box.world, body, default=person.id)
    message = message_of(chat, body)
    if message.by != person.id or message.service:
        raise Wrong("people edit only their own messages", 403)
    if flag(body, "unchanged"):
        announce_edit(box, message)
        return message.transcript()
    old = message.body
    drop: tuple[str, ...]
    if "text" in old:
        drop, new = ("text", "entities"), _content(box, {"text": body.get("text"), **_marks(body)})
    elif any(body.get(kind) is not None for kind in KINDS):
        drop, new = (*KINDS, "caption", "caption_entities"), _content(box, body)
    else:
        drop, new = (
            ("caption", "caption_entities"),
            _caption(
                box.world,
                {"from": person.id, "caption": body.get("caption", body.get("text")), **_marks(body)},
            ),
        )
    changed = {name: value for name, value in old.items() if name not in drop} | new
    if {**changed, "edit_date": 0} == {**old, "edit_date": 0}:
        return message.transcript()
    message.body = changed | {"edit_date": box.clock.date()}
    announce_edit(box, message)
    show(box.events, message)
    return message.transcript()


def _marks(body: Json) -> Json:
    return {name: body[name] for name in ("parse_mode", "entities", "caption_entities") if name in body}


def delete(box: Box, body: Json) -> Json:
    """A person deletes a message; there is no update."""
    person = person_of(box.world, body)
    chat = chat_of(box.world, body, default=person.id)
    must_be_in(chat, person)
    message = message_of(chat, body)
    removed(box.events, message)
    return message.transcript()


def react(box: Box, body: Json) -> Json:
    """A person sets their reactions on a message: `emoji` is one, a list, or null for none."""
    person = person_of(box.world, body)
    chat = chat_of(box.world, body, default=person.id)
    must_be_in(chat, person)
    message = message_of(chat, body)
    given = body.get("emoji")
    wanted = [given] if isinstance(given, str) and given else list(given or [])
    old = message.reactions.get(person.id, [])
    new: list[Json] = [{"type": "emoji", "emoji": str(one)} for one in wanted]
    if new:
        message.reactions[person.id] = new
    else:
        message.reactions.pop(person.id, None)
    member = box.world.bot_member(chat)
    sees = chat.private or (member is not None and member.status in ("administrator", "creator"))
    if sees and old != new:
        update: Json = {
            "chat": chat.picture(),
            "message_id": message.id,
            "user": public(person.user),
            "date": box.clock.date(),
            "old_reaction": old,
            "new_reaction": new,
        }
        box.updates.add("message_reaction", update, f"chat{chat.id}", chat.id)
    show(box.events, message)
    return message.transcript()
