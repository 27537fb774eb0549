"""Forum topics: create, rename, close, reopen, delete; the General topic."""

from sandbox.api.table import Methods
from sandbox.core.box import Box
from sandbox.core.facts import TOPIC_ICONS
from sandbox.core.refusals import refuse
from sandbox.core.wire import CHAT, INT, TEXT, Args
from sandbox.core.world import GENERAL, Chat, Json, Topic
from sandbox.rules.gates import writable_chat
from sandbox.rules.posting import service
from sandbox.rules.topics import COLOURS, check_name, close, create, delete, rename, reopen

METHODS = Methods()


def _forum(box: Box, args: Args, refusal: str) -> Chat:
    chat = writable_chat(box.world, args)
    if not chat.is_forum:
        raise refuse("not_forum")
    if not box.world.bot_may(chat, "can_manage_topics"):
        raise refuse(refusal)
    return chat


def _topic(chat: Chat, number: int | None) -> Topic:
    topic = chat.topics.get(number or 0)
    if topic is None or topic.deleted:
        raise refuse("topic_bad_id")
    return topic


@METHODS.add("getForumTopicIconStickers")
def icon_stickers(_box: Box, _args: Args) -> list[Json]:
    return [
        {
            "file_id": f"icon{number}",
            "file_unique_id": f"unique{number}",
            "type": "custom_emoji",
            "width": 100,
            "height": 100,
            "is_animated": True,
            "is_video": False,
            "emoji": emoji,
            "custom_emoji_id": number,
            "set_name": "Topics",
        }
        for number, emoji in TOPIC_ICONS.items()
    ]


def _icon(args: Args) -> str | None:
    icon: str | None = args.get("icon_custom_emoji_id")
    if icon and icon not in TOPIC_ICONS:
        raise refuse("topic_icon")
    return icon


@METHODS.add("createForumTopic", chat_id=CHAT, name=TEXT, icon_color=INT, icon_custom_emoji_id=TEXT)
def create_forum_topic(box: Box, args: Args) -> Json:
    name = check_name(args.get("name", ""))
    colour = args.get("icon_color", 0) or COLOURS[0]
    if colour not in COLOURS:
        raise refuse("topic_color")
    chat = _forum(box, args, "no_right_topics")
    box.flood.spend(chat)
    return create(box, chat, box.world.bot, name, colour, _icon(args)).picture()


@METHODS.add("editForumTopic", chat_id=CHAT, message_thread_id=INT, name=TEXT, icon_custom_emoji_id=TEXT)
def edit_forum_topic(box: Box, args: Args) -> bool:
    chat = _forum(box, args, "no_right_edit_topic")
    topic = _topic(chat, args.get("message_thread_id"))
    name = check_name(args["name"]) if args.get("name") else None
    rename(box, chat, topic, box.world.bot, name, _icon(args))
    return True


@METHODS.add("closeForumTopic", chat_id=CHAT, message_thread_id=INT)
def close_forum_topic(box: Box, args: Args) -> bool:
    chat = _forum(box, args, "no_right_edit_topic")
    close(box, chat, _topic(chat, args.get("message_thread_id")), box.world.bot)
    return True


@METHODS.add("reopenForumTopic", chat_id=CHAT, message_thread_id=INT)
def reopen_forum_topic(box: Box, args: Args) -> bool:
    chat = _forum(box, args, "no_right_edit_topic")
    reopen(box, chat, _topic(chat, args.get("message_thread_id")), box.world.bot)
    return True


@METHODS.add("deleteForumTopic", chat_id=CHAT, message_thread_id=INT)
def delete_forum_topic(box: Box, args: Args) -> bool:
    chat = _forum(box, args, "no_right_edit_topic")
    if not box.world.bot_may(chat, "can_delete_messages"):
        raise refuse("no_right_edit_topic")
    delete(box, chat, _topic(chat, args.get("message_thread_id")))
    return True


@METHODS.add("editGeneralForumTopic", chat_id=CHAT, name=TEXT)
def edit_general(box: Box, args: Args) -> bool:
    name = check_name(args.get("name", ""))
    chat = _forum(box, args, "no_right_edit_topic")
    rename(box, chat, chat.topics[GENERAL], box.world.bot, name, None)
    return True


@METHODS.add("closeGeneralForumTopic", chat_id=CHAT)
def close_general(box: Box, args: Args) -> bool:
    chat = _forum(box, args, "no_right_edit_topic")
    close(box, chat, chat.topics[GENERAL], box.world.bot)
    return True


@METHODS.add("reopenGeneralForumTopic", chat_id=CHAT)
def reopen_general(box: Box, args: Args) -> bool:
    chat = _forum(box, args, "no_right_edit_topic")
    general = chat.topics[GENERAL]
    _unhide(box, chat, general)
    reopen(box, chat, general, box.world.bot)
    return True


@METHODS.add("hideGeneralForumTopic", chat_id=CHAT)
def hide_general(box: Box, args: Args) -> bool:
    chat = _forum(box, args, "no_right_edit_topic")
    general = chat.topics[GENERAL]
    if general.hidden:
        raise refuse("topic_same")
    general.hidden = general.closed = True
    service(box, chat, box.world.bot, {"general_forum_topic_hidden": {}})
    return True


@METHODS.add("unhideGeneralForumTopic", chat_id=CHAT)
def unhide_general(box: Box, args: Args) -> bool:
    chat = _forum(box, args, "no_right_edit_topic")
    if not chat.topics[GENERAL].hidden:
        raise refuse("topic_same")
    _unhide(box, chat, chat.topics[GENERAL])
    return True


def _unhide(box: Box, chat: Chat, general: Topic) -> None:
    if general.hidden:
        general.hidden = False
        service(box, chat, box.world.bot, {"general_forum_topic_unhidden": {}})
