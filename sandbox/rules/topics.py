"""Changes of forum topics by anyone; each makes its service message."""

from sandbox.core.box import Box
from sandbox.core.facts import TOPIC_ICONS
from sandbox.core.refusals import refuse
from sandbox.core.world import GENERAL, Chat, Json, Topic
from sandbox.rules.posting import removed, service

COLOURS = (7322096, 16766590, 13338331, 9367192, 16749490, 16478047)
NAME_LIMIT = 128


def check_name(name: str) -> str:
    name = name.strip()
    if not name:
        raise refuse("topic_name")
    if len(name) > NAME_LIMIT:
        raise refuse("topic_name_long")
    return name


def create(box: Box, chat: Chat, actor: Json, name: str, colour: int, icon: str | None) -> Topic:
    """A topic's id is the id of the service message that begins it."""
    made: Json = {"name": name, "icon_color": colour}
    if icon:
        made["icon_custom_emoji_id"] = icon
    topic = Topic(chat.next_message, name, colour, icon, creator=int(actor["id"]))
    chat.topics[topic.id] = topic
    box.events.tell("topic", {"chat": chat.id, "topic": shown(topic)})
    service(box, chat, actor, {"forum_topic_created": made}, thread=topic.id, reply={"to": None})
    return topic


def rename(box: Box, chat: Chat, topic: Topic, actor: Json, name: str | None, icon: str | None) -> None:
    changed: Json = {}
    if name and name != topic.name:
        changed["name"] = topic.name = name
    if icon is not None and icon != (topic.icon_custom_emoji_id or ""):
        changed["icon_custom_emoji_id"] = topic.icon_custom_emoji_id = icon
    if not changed:
        raise refuse("topic_same")
    _note(box, chat, topic, actor, {"forum_topic_edited": changed})


def close(box: Box, chat: Chat, topic: Topic, actor: Json) -> None:
    if topic.closed:
        raise refuse("topic_same")
    topic.closed = True
    _note(box, chat, topic, actor, {"forum_topic_closed": {}})


def reopen(box: Box, chat: Chat, topic: Topic, actor: Json) -> None:
    if not topic.closed:
        raise refuse("topic_same")
    topic.closed = False
    _note(box, chat, topic, actor, {"forum_topic_reopened": {}})


def _note(box: Box, chat: Chat, topic: Topic, actor: Json, what: Json) -> None:
    box.events.tell("topic", {"chat": chat.id, "topic": shown(topic)})
    service(box, chat, actor, what, thread=None if topic.id == GENERAL else topic.id)


def delete(box: Box, chat: Chat, topic: Topic) -> None:
    """Delete a topic with all its messages; there is no update."""
    topic.deleted = True
    for message in chat.messages.values():
        if message.thread == topic.id and not message.deleted:
            removed(box.events, message)
    box.events.tell("topic", {"chat": chat.id, "topic": shown(topic)})


def shown(topic: Topic) -> Json:
    """A topic in the form of /sim: `icon_emoji` is what its icon shows."""
    state = {name: True for name in ("closed", "deleted", "hidden") if getattr(topic, name)}
    emoji = TOPIC_ICONS.get(topic.icon_custom_emoji_id or "")
    return {**topic.picture(), **state, **({"icon_emoji": emoji} if emoji else {})}
