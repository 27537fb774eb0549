"""The table of refusals: each is provoked over HTTP and must come in exactly the table's words."""

from typing import Any

import pytest

from bot.sandbox.refusals import REFUSALS, spell
from tests.sandbox.conftest import ANNA, BORIS, FORUM, GROUP, OLEG, Client

Step = tuple[str, dict[str, Any]]  # "/path" is a /sim call, anything else a method of the Bot API
LONG = "я" * 4097
BUTTON = {"text": "Да", "callback_data": "y"}


def keys(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"inline_keyboard": [list(buttons)]}


def note(chat: int = ANNA, **more: Any) -> Step:
    return ("sendMessage", {"chat_id": chat, "text": "x", **more})


def rights(**given: bool) -> Step:
    return ("/rights", {"chat": FORUM, "rights": given})


WRITTEN: Step = ("/send", {"sender": ANNA, "text": "x"})  # message 1 of Anna's chat
SENT = note()  # the same, from the bot
TOPIC: Step = ("createForumTopic", {"chat_id": FORUM, "name": "Принтер"})  # topic and message 2
IN_FORUM: Step = ("/send", {"sender": OLEG, "chat": FORUM, "text": "x"})
PHOTO = {"chat_id": ANNA, "photo": "SBPH"}

# name, what fills its words, what happens before, the call that is refused
CASES: list[tuple[str, dict[str, Any], list[Step], Step]] = [
    ("method_unknown", {}, [], ("sendNothing", {})),
    ("not_implemented", {"what": "sendPoll"}, [], ("sendPoll", {"chat_id": ANNA})),
    ("not_implemented", {"what": "message_effect_id in sendMessage"}, [], note(message_effect_id="5")),
    ("not_implemented", {"what": "parse_mode MarkdownV2: use HTML or entities"}, [], note(parse_mode="MarkdownV2")),
    ("not_implemented", {"what": "inline buttons with web_app"}, [], note(reply_markup=keys({"text": "x", "web_app": {}, "switch_inline_query_chosen_chat": {}} | {"web_app": {"url": "https://x.ru"}}))),
    ("json_field", {"field": "reply markup"}, [], note(reply_markup="{oops")),
    ("field_missing", {"field": "message_id"}, [], note(reply_parameters={"quote": "x"})),
    ("field_missing", {"field": "inline_keyboard"}, [SENT], ("editMessageText", {"chat_id": ANNA, "message_id": 1, "text": "y", "reply_markup": {"keyboard": [["A"]]}})),
    ("field_boolean", {"field": "force_reply"}, [], note(reply_markup={"force_reply": "yes"})),
    ("field_boolean", {"field": "is_disabled"}, [], note(link_preview_options={"is_disabled": "yes"})),
    ("field_array", {"field": "inline_keyboard"}, [], note(reply_markup={"inline_keyboard": "bad"})),
    ("markup_object", {}, [], note(reply_markup="[]")),
    ("chat_empty", {}, [], ("sendMessage", {"text": "x"})),
    ("chat_empty", {}, [], note(chat="")),  # type: ignore[arg-type]
    ("chat_unknown", {}, [], note(chat=77)),
    ("chat_unknown", {}, [], note(chat="@nobody_at_all")),  # type: ignore[arg-type]
    ("chat_unknown", {}, [], note(chat="@oleg")),  # type: ignore[arg-type]
    ("user_id_invalid", {}, [], ("getChatMember", {"chat_id": FORUM, "user_id": 0})),
    ("not_member_user", {}, [], ("getChatMember", {"chat_id": FORUM, "user_id": 555})),
    ("blocked", {}, [("/block", {"sender": ANNA})], note()),
    ("deactivated", {}, [("/people", {"id": ANNA, "deactivated": True})], note()),
    ("never_wrote", {}, [], note(chat=OLEG)),
    ("to_bot", {}, [], note(chat=4242)),
    ("kicked_group", {}, [("/kick", {"chat": GROUP})], note(chat=GROUP)),
    ("kicked_supergroup", {}, [("/kick", {"chat": FORUM})], note(chat=FORUM)),
    ("not_member_group", {}, [("leaveChat", {"chat_id": GROUP})], note(chat=GROUP)),
    ("not_member_supergroup", {}, [("/leave", {"chat": FORUM})], ("getChat", {"chat_id": FORUM})),
    ("upgraded", {}, [("/migrate", {"chat": GROUP})], note(chat=GROUP)),
    ("no_admins", {}, [], ("getChatAdministrators", {"chat_id": ANNA})),
    ("leave_private", {}, [], ("leaveChat", {"chat_id": ANNA})),
    ("no_right_topics", {}, [rights(can_manage_topics=False)], TOPIC),
    ("no_right_edit_topic", {}, [TOPIC, rights(can_manage_topics=False)], ("closeForumTopic", {"chat_id": FORUM, "message_thread_id": 2})),
    ("no_right_pin", {}, [IN_FORUM, rights(can_pin_messages=False)], ("pinChatMessage", {"chat_id": FORUM, "message_id": 2})),
    ("no_right_send", {}, [("/rights", {"chat": FORUM, "status": "restricted", "rights": {"can_send_messages": False}})], note(chat=FORUM)),
    ("no_right_tags", {}, [rights(can_manage_tags=False)], ("setChatMemberTag", {"chat_id": FORUM, "user_id": OLEG, "tag": "дежурный"})),
    ("tag_long", {}, [], ("setChatMemberTag", {"chat_id": FORUM, "user_id": OLEG, "tag": "д" * 17})),
    ("text_empty", {}, [], ("sendMessage", {"chat_id": 0})),
    ("text_empty", {}, [], note(text="")),
    ("text_blank", {}, [], note(text=" \n ")),
    ("text_blank", {}, [], note(text="<b> </b>", parse_mode="HTML")),
    ("text_raw_long", {}, [], note(text="я" * 16_385)),
    ("text_long", {}, [], note(text=LONG)),
    ("text_long", {}, [SENT], ("editMessageText", {"chat_id": ANNA, "message_id": 1, "text": LONG})),
    ("parse_mode", {}, [], note(parse_mode="INVALID")),
    ("entities", {"why": 'Unsupported start tag "" at byte offset 2'}, [], note(text="5 < 6", parse_mode="HTML")),
    ("entity_type", {}, [], note(entities=[{"type": "invalid", "offset": 0, "length": 1}])),
    ("entity_field", {"field": "url"}, [], note(entities=[{"type": "text_link", "offset": 0, "length": 1}])),
    ("user_unknown", {}, [], note(entities=[{"type": "text_mention", "offset": 0, "length": 1, "user": {"id": 77}}])),
    ("entity_begin", {"offset": 100}, [], note(entities=[{"type": "bold", "offset": 100, "length": 1}])),
    ("entity_end", {"offset": 0, "end": 100}, [], note(entities=[{"type": "bold", "offset": 0, "length": 100}])),
    ("entity_middle", {"offset": 0, "end": 1}, [], note(text="👩", entities=[{"type": "bold", "offset": 0, "length": 1}])),
    ("entity_offset", {"offset": -1}, [], note(entities=[{"type": "bold", "offset": -1, "length": 1}])),
    ("entity_url", {"url": "not-a-url", "why": "Wrong HTTP URL"}, [], note(entities=[{"type": "text_link", "offset": 0, "length": 1, "url": "not-a-url"}])),
    ("entity_url", {"url": "", "why": "URL host is empty"}, [], note(entities=[{"type": "text_link", "offset": 0, "length": 1, "url": ""}])),
    ("preview_url", {}, [], note(link_preview_options={"url": "not-a-url"})),
    ("button_text", {}, [], note(reply_markup=keys({"callback_data": "x"}))),
    ("button_no_action", {}, [], note(reply_markup=keys({"text": "x", "callback_data": ""}))),
    ("button_data", {}, [], note(reply_markup=keys({"text": "x", "callback_data": "я" * 33}))),
    ("button_url", {"url": "not-a-url", "why": "Wrong HTTP URL"}, [], note(reply_markup=keys({"text": "x", "url": "not-a-url"}))),
    ("button_url", {"url": "ftp://example.com", "why": "Unsupported URL protocol"}, [], note(reply_markup=keys({"text": "x", "url": "ftp://example.com"}))),
    ("button_copy", {}, [], note(reply_markup=keys({"text": "x", "copy_text": {"text": ""}}))),
    ("button_type", {}, [], note(reply_markup=keys({"text": "x", "pay": True}))),
    ("button_style", {}, [], note(reply_markup=keys({**BUTTON, "style": "green"}))),
    ("button_bad", {"why": 'Can\'t find field "text"'}, [], note(reply_markup={"keyboard": [[{}]]})),
    ("markup_long", {}, [], note(reply_markup={"inline_keyboard": [[BUTTON]] * 101})),
    ("markup_long", {}, [], note(reply_markup=keys(*[BUTTON] * 9))),
    ("reply_unknown", {}, [], note(reply_parameters={"message_id": 99})),
    ("quote_invalid", {}, [SENT], note(reply_parameters={"message_id": 1, "quote": "y"})),
    ("quote_long", {}, [SENT], note(reply_parameters={"message_id": 1, "quote": "y" * 1025})),
    ("thread_unknown", {}, [], note(message_thread_id=5)),
    ("thread_unknown", {}, [], note(chat=FORUM, message_thread_id=1)),
    ("not_forum", {}, [], ("createForumTopic", {"chat_id": GROUP, "name": "x"})),
    ("topic_closed", {}, [TOPIC, ("closeForumTopic", {"chat_id": FORUM, "message_thread_id": 2})], note(chat=FORUM, message_thread_id=2)),
    ("topic_same", {}, [TOPIC], ("editForumTopic", {"chat_id": FORUM, "message_thread_id": 2, "name": "Принтер"})),
    ("topic_same", {}, [TOPIC], ("reopenForumTopic", {"chat_id": FORUM, "message_thread_id": 2})),
    ("topic_bad_id", {}, [], ("closeForumTopic", {"chat_id": FORUM, "message_thread_id": 9})),
    ("topic_name", {}, [], ("createForumTopic", {"chat_id": FORUM, "name": " "})),
    ("topic_name_long", {}, [], ("createForumTopic", {"chat_id": FORUM, "name": "x" * 129})),
    ("topic_color", {}, [], ("createForumTopic", {"chat_id": FORUM, "name": "x", "icon_color": 5})),
    ("edit_unknown", {}, [], ("editMessageText", {"chat_id": ANNA, "message_id": 9, "text": "x"})),
    ("delete_unknown", {}, [], ("deleteMessage", {"chat_id": ANNA, "message_id": 9})),
    ("delete_unknown", {}, [SENT, ("deleteMessage", {"chat_id": ANNA, "message_id": 1})], ("deleteMessage", {"chat_id": ANNA, "message_id": 1})),
    ("forward_unknown", {}, [], ("forwardMessage", {"chat_id": ANNA, "from_chat_id": ANNA, "message_id": 9})),
    ("copy_unknown", {}, [], ("copyMessage", {"chat_id": ANNA, "from_chat_id": ANNA, "message_id": 9})),
    ("react_unknown", {}, [], ("setMessageReaction", {"chat_id": ANNA, "message_id": 9})),
    ("pin_unknown", {}, [], ("pinChatMessage", {"chat_id": ANNA, "message_id": 9})),
    ("unpin_unknown", {}, [], ("unpinChatMessage", {"chat_id": ANNA, "message_id": 9})),
    ("id_missing", {}, [], ("editMessageText", {"chat_id": ANNA, "text": "x"})),
    ("not_editable", {}, [WRITTEN], ("editMessageText", {"chat_id": ANNA, "message_id": 1, "text": "y"})),
    ("not_editable", {}, [note(reply_markup={"keyboard": [["A"]]})], ("editMessageText", {"chat_id": ANNA, "message_id": 1, "text": "y"})),
    ("not_deletable", {}, [TOPIC], ("deleteMessage", {"chat_id": FORUM, "message_id": 2})),
    ("not_deletable", {}, [IN_FORUM, rights(can_delete_messages=False)], ("deleteMessage", {"chat_id": FORUM, "message_id": 2})),
    ("not_deletable_all", {}, [SENT, ("/clock/advance", {"seconds": 48 * 3600})], ("deleteMessage", {"chat_id": ANNA, "message_id": 1})),
    ("not_copyable", {}, [note(protect_content=True)], ("copyMessage", {"chat_id": ANNA, "from_chat_id": ANNA, "message_id": 1})),
    ("not_forwardable", {}, [TOPIC], ("forwardMessage", {"chat_id": ANNA, "from_chat_id": FORUM, "message_id": 2})),
    ("not_modified", {}, [SENT], ("editMessageText", {"chat_id": ANNA, "message_id": 1, "text": "x"})),
    ("not_modified", {}, [note(reply_markup=keys(BUTTON))], ("editMessageReplyMarkup", {"chat_id": ANNA, "message_id": 1, "reply_markup": keys(BUTTON)})),
    ("no_caption", {}, [SENT], ("editMessageCaption", {"chat_id": ANNA, "message_id": 1, "caption": "y"})),
    ("no_media", {}, [("sendContact", {"chat_id": ANNA, "phone_number": "1", "first_name": "x"}), ("/send", {"sender": ANNA, "photo": {}})], ("editMessageMedia", {"chat_id": ANNA, "message_id": 1, "media": {"type": "photo", "media": "LAST"}})),
    ("ids_many", {}, [], ("deleteMessages", {"chat_id": ANNA, "message_ids": list(range(1, 102))})),
    ("ids_none", {}, [], ("deleteMessages", {"chat_id": ANNA, "message_ids": []})),
    ("ids_order", {}, [], ("copyMessages", {"chat_id": ANNA, "from_chat_id": ANNA, "message_ids": [2, 1]})),
    ("ids_invalid", {}, [], ("deleteMessages", {"chat_id": ANNA, "message_ids": ["x"]})),
    ("reaction", {}, [SENT], ("setMessageReaction", {"chat_id": ANNA, "message_id": 1, "reaction": [{"type": "emoji", "emoji": "🖨"}]})),
    ("reactions_many", {}, [SENT], ("setMessageReaction", {"chat_id": ANNA, "message_id": 1, "reaction": [{"type": "emoji", "emoji": "👌"}, {"type": "emoji", "emoji": "👍"}]})),
    ("action", {}, [], ("sendChatAction", {"chat_id": ANNA, "action": "dancing"})),
    ("query_old", {}, [], ("answerCallbackQuery", {"callback_query_id": "5"})),
    ("answer_long", {}, [], ("answerCallbackQuery", {"callback_query_id": "5", "text": "x" * 201})),
    ("answer_url", {}, [], ("answerCallbackQuery", {"callback_query_id": "5", "url": "https://example.com"})),
    ("results_many", {}, [], ("answerInlineQuery", {"inline_query_id": "5", "results": [{}] * 51})),
    ("results_bad", {"why": 'Can\'t find field "type"'}, [], ("answerInlineQuery", {"inline_query_id": "5", "results": [{}]})),
    ("command", {}, [], ("setMyCommands", {"commands": [{"command": "Старт", "description": "x"}]})),
    ("command_words", {}, [], ("setMyCommands", {"commands": [{"command": "start", "description": ""}]})),
    ("commands_many", {}, [], ("setMyCommands", {"commands": [{"command": "a", "description": "x"}] * 101})),
    ("scope", {"why": "Unsupported type specified"}, [], ("getMyCommands", {"scope": {"type": "moon"}})),
    ("no_file", {"kind": "photo"}, [], ("sendPhoto", {"chat_id": ANNA})),
    ("file_id", {}, [], ("sendPhoto", PHOTO)),
    ("file_id_get", {}, [], ("getFile", {"file_id": "x"})),
    ("file_url", {}, [], ("sendPhoto", {"chat_id": ANNA, "photo": "https://example.com/x.png"})),
    ("file_type", {}, [("/send", {"sender": ANNA, "document": {}})], ("sendPhoto", {"chat_id": ANNA, "photo": "LAST"})),
    ("album_small", {}, [], ("sendMediaGroup", {"chat_id": ANNA, "media": [{"type": "photo", "media": "x"}]})),
    ("album_big", {}, [], ("sendMediaGroup", {"chat_id": ANNA, "media": [{}] * 11})),
    ("album_mix", {}, [("/send", {"sender": ANNA, "voice": {}})], ("sendMediaGroup", {"chat_id": ANNA, "media": [{"type": "voice", "media": "LAST"}] * 2})),
    ("media_bad", {"why": 'Can\'t find field "media"'}, [], ("sendMediaGroup", {"chat_id": ANNA, "media": [{"type": "photo"}] * 2})),
    ("caption_long", {}, [("/send", {"sender": ANNA, "photo": {}})], ("sendPhoto", {"chat_id": ANNA, "photo": "LAST", "caption": "x" * 1025})),
    ("contact", {}, [], ("sendContact", {"chat_id": ANNA})),
    ("location", {}, [], ("sendLocation", {"chat_id": ANNA})),
    ("conflict_webhook", {}, [("setWebhook", {"url": "http://127.0.0.1:9/"})], ("getUpdates", {})),
    ("webhook_bad", {"why": "An HTTPS URL must be provided for webhook"}, [], ("setWebhook", {"url": "http://example.com/"})),
    ("webhook_bad", {"why": "Webhook can be set up only on ports 80, 88, 443 or 8443"}, [], ("setWebhook", {"url": "https://example.com:8081/"})),
    ("secret_long", {}, [], ("setWebhook", {"url": "http://127.0.0.1:9/", "secret_token": "x" * 257})),
    ("secret_chars", {}, [], ("setWebhook", {"url": "http://127.0.0.1:9/", "secret_token": "тайна"})),
    ("flood", {"seconds": 1}, [("setWebhook", {"url": "http://127.0.0.1:9/"})], ("setWebhook", {"url": "http://127.0.0.1:9/"})),
    ("ephemeral_chat", {}, [], note(receiver_user_id=ANNA)),
    ("ephemeral_user", {}, [], note(chat=FORUM, ephemeral_message_parameters={"receiver_user_id": BORIS})),
    ("ephemeral_unknown", {}, [], ("deleteEphemeralMessage", {"chat_id": FORUM, "receiver_user_id": ANNA, "ephemeral_message_id": 1})),
]  # fmt: skip

# These need more than one call, or bytes: the tests named here provoke them
ELSEWHERE = {
    "token_revoked": "test_wire.py",
    "token_invalid": "test_wire.py",
    "path_unknown": "test_wire.py",
    "restart": "test_faults.py",
    "topic_deleted": "test_faults.py",
    "no_text": "test_files.py",
    "file_big": "test_files.py",
    "file_empty": "test_files.py",
    "upload_big": "test_files.py",
    "photo_bad": "test_files.py",
    "photo_size": "test_files.py",
    "conflict_poll": "test_polling.py",
    "conflict_set": "test_polling.py",
}


async def last_file(desk: Client) -> str:
    """The file_id of the newest thing Anna sent."""
    message = (await desk.look(f"chats/{ANNA}/messages"))[-1]
    found = message.get("photo", [{}])[-1] or next(
        message[kind] for kind in ("document", "voice") if kind in message
    )
    return str(found["file_id"])


@pytest.mark.parametrize(("name", "facts", "before", "call"), CASES, ids=[case[0] for case in CASES])
async def test_a_refusal_comes_in_the_words_of_the_table(
    desk: Client, name: str, facts: dict[str, Any], before: list[Step], call: Step
) -> None:
    for path, body in before:
        await (desk.sim(path[1:], **body) if path.startswith("/") else desk.ok(path, **body))
    method, args = call
    if "LAST" in repr(args):
        file = await last_file(desk)
        args = {key: _filled(value, file) for key, value in args.items()}
    answer = await desk.call(method, **args)
    refusal = REFUSALS[name]
    words = refusal.words.format(**facts) if facts else refusal.words
    assert (answer["error_code"], answer["description"]) == (refusal.code, spell(refusal.code, words))


def _filled(value: Any, file: str) -> Any:
    if isinstance(value, list):
        return [_filled(one, file) for one in value]
    if isinstance(value, dict):
        return {key: _filled(one, file) for key, one in value.items()}
    return file if value == "LAST" else value


def test_every_refusal_of_the_table_is_provoked_somewhere() -> None:
    assert set(REFUSALS) == {case[0] for case in CASES} | set(ELSEWHERE)


@pytest.mark.parametrize("name", REFUSALS)
def test_every_refusal_says_where_its_words_come_from(name: str) -> None:
    assert REFUSALS[name].source.split()[0].rstrip(";") in {"S", "T", "D", "L", "I", "O"}


@pytest.mark.parametrize(
    ("code", "words", "description"),
    [
        (400, "Message is too long", "Bad Request: message is too long"),
        (400, "TOPIC_CLOSED", "Bad Request: TOPIC_CLOSED"),
        (403, "bot was blocked by the user", "Forbidden: bot was blocked by the user"),
        (401, "", "Unauthorized"),
        (429, "retry after 5", "Too Many Requests: retry after 5"),
    ],
)
def test_the_prefix_and_the_first_letter_follow_the_servers_rule(
    code: int, words: str, description: str
) -> None:
    assert spell(code, words) == description


async def test_an_upgraded_group_tells_its_new_id(desk: Client) -> None:
    new = await desk.sim("migrate", chat=GROUP)
    answer = await desk.call("sendMessage", chat_id=GROUP, text="x")
    assert answer["parameters"] == {"migrate_to_chat_id": new["id"]}
    assert (await desk.ok("sendMessage", chat_id=new["id"], text="x"))["chat"]["type"] == "supergroup"
