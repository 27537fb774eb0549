"""sendMessage, contacts, places, chat actions, reactions, answers to callbacks."""

from sandbox.api.deliver import deliver, text_content
from sandbox.api.table import SENDING, TEXTUAL, Methods
from sandbox.core.box import Box
from sandbox.core.facts import REACTIONS
from sandbox.core.refusals import refuse
from sandbox.core.wire import CHAT, FLAG, FLOAT, INT, JSON, TEXT, Args
from sandbox.core.world import Json, Message
from sandbox.rules.gates import known_chat, message_of, thread_of, writable_chat
from sandbox.rules.links import checked_link
from sandbox.rules.posting import show

METHODS = Methods()

ACTIONS = {
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
    "record_audio", "upload_audio", "upload_document", "choose_sticker", "find_location",
    "record_video_note", "upload_video_note",
}  # fmt: skip
ANSWER_LIMIT = 200


@METHODS.add("getMe")
def get_me(box: Box, args: Args) -> Json:
    return box.world.bot


@METHODS.add("sendMessage", _sending=SENDING, _text=TEXTUAL)
def send_message(box: Box, args: Args) -> Message:
    return deliver(box, args, text_content(box.world, args))


@METHODS.add("sendContact", _sending=SENDING, phone_number=TEXT, first_name=TEXT, last_name=TEXT, vcard=TEXT)
def send_contact(box: Box, args: Args) -> Message:
    if not args.get("phone_number") or not args.get("first_name"):
        raise refuse("contact")
    fields = ("phone_number", "first_name", "last_name", "vcard")
    return deliver(box, args, {"contact": {name: args[name] for name in fields if args.get(name)}})


@METHODS.add(
    "sendLocation",
    _sending=SENDING,
    latitude=FLOAT,
    longitude=FLOAT,
    horizontal_accuracy=FLOAT,
    live_period=INT,
)
def send_location(box: Box, args: Args) -> Message:
    if "latitude" not in args or "longitude" not in args:
        raise refuse("location")
    if args.get("live_period"):
        raise refuse("not_implemented", what="live_period in sendLocation")
    place = {
        name: args[name]
        for name in ("latitude", "longitude", "horizontal_accuracy")
        if args.get(name) is not None
    }
    return deliver(box, args, {"location": place})


@METHODS.add("sendChatAction", chat_id=CHAT, message_thread_id=INT, action=TEXT)
def send_chat_action(box: Box, args: Args) -> bool:
    action = args.get("action", "").lower()
    if action not in ACTIONS:
        raise refuse("action")
    chat = writable_chat(box.world, args)
    thread = thread_of(chat, args.get("message_thread_id"))
    box.events.tell("action", {"chat": chat.id, "thread": thread, "action": action})
    return True


@METHODS.add("setMessageReaction", chat_id=CHAT, message_id=INT, reaction=JSON, is_big=FLAG)
def set_message_reaction(box: Box, args: Args) -> bool:
    given = args.get("reaction") or []
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise refuse("json_field", field="reaction")
    if len(given) > 1:
        raise refuse("reactions_many")
    if given and (given[0].get("type") != "emoji" or given[0].get("emoji") not in REACTIONS):
        raise refuse("reaction")
    chat = known_chat(box.world, args)
    message = message_of(chat, args.get("message_id", 0), "react_unknown")
    if message.service:
        raise refuse("react_unknown")
    if given:
        message.reactions[box.world.bot_id] = [{"type": "emoji", "emoji": given[0]["emoji"]}]
    else:
        message.reactions.pop(box.world.bot_id, None)
    show(box.events, message)
    return True


@METHODS.add(
    "answerCallbackQuery", callback_query_id=TEXT, text=TEXT, show_alert=FLAG, url=TEXT, cache_time=INT
)
def answer_callback_query(box: Box, args: Args) -> bool:
    text = args.get("text", "")
    if len(text) > ANSWER_LIMIT:
        raise refuse("answer_long")
    url = args.get("url", "")
    if url and not (checked_link(url) or "").startswith(("https://t.me/", "http://t.me/", "tg://")):
        raise refuse("answer_url")
    answer = {"text": text or None, "show_alert": bool(args.get("show_alert")), "url": url or None}
    box.queries.answer(args.get("callback_query_id", ""), answer)
    return True
