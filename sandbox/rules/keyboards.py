"""reply_markup: read, checked, and converted to the form in messages."""

import json
from typing import Any

from sandbox.core.refusals import refuse
from sandbox.core.world import Json
from sandbox.rules.links import link_fault

DATA_LIMIT = 64  # bytes
COPY_LIMIT = 256
INLINE_LIMIT = 100  # buttons; with ROW_LIMIT and BYTES_LIMIT from issue threads, not documented
ROW_LIMIT = 8
BYTES_LIMIT = 10_240
FIXED_LIMIT = 300
FIXED_ROW_LIMIT = 12
STYLES = ("primary", "success", "danger")
ACTIONS = (
    "url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay", "disabled",
)  # fmt: skip
NOT_BUILT = ("web_app", "login_url", "callback_game", "disabled", "switch_inline_query_chosen_chat")
FLAGS = {
    "keyboard": ("resize_keyboard", "one_time_keyboard", "is_persistent", "selective"),
    "force_reply": ("force_reply", "selective"),
    "remove_keyboard": ("remove_keyboard", "selective"),
}


def read_markup(markup: Any, inline_only: bool = False) -> Json | None:
    """The checked markup, None when there is none. Raises ApiError."""
    if markup is None or markup == {}:
        return None
    if not isinstance(markup, dict):
        raise refuse("markup_object")
    if "inline_keyboard" in markup:
        return _inline(markup)
    if inline_only:
        raise refuse("field_missing", field="inline_keyboard")
    for kind, flags in FLAGS.items():
        if kind in markup:
            for flag in flags:
                if flag in markup and not isinstance(markup[flag], bool):
                    raise refuse("field_boolean", field=flag)
            return _fixed(markup) if kind == "keyboard" else markup
    raise refuse("markup_object")


def _rows(markup: Json, field: str) -> list[list[Any]]:
    rows = markup[field]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise refuse("field_array", field=field)
    return [row for row in rows if row]


def _inline(markup: Json) -> Json | None:
    rows = [[_inline_button(button) for button in row] for row in _rows(markup, "inline_keyboard")]
    if not rows:
        return None
    if sum(map(len, rows)) > INLINE_LIMIT or max(map(len, rows)) > ROW_LIMIT:
        raise refuse("markup_long")
    if len(rows) > 4 and len(json.dumps(rows, ensure_ascii=False).encode()) > BYTES_LIMIT:
        raise refuse("markup_long")
    return {"inline_keyboard": rows}


def _inline_button(button: Any) -> Json:
    if not isinstance(button, dict) or not isinstance(button.get("text"), str):
        raise refuse("button_text")
    action = next((name for name in ACTIONS if button.get(name) not in (None, "", False)), None)
    if button.get("switch_inline_query") == "" or button.get("switch_inline_query_current_chat") == "":
        action = action or next(name for name in ACTIONS[4:6] if button.get(name) == "")
    if action is None or not button["text"].strip():
        raise refuse("button_no_action")
    if action in NOT_BUILT:
        raise refuse("not_implemented", what=f"inline buttons with {action}")
    style = button.get("style")
    if style is not None and style not in STYLES:
        raise refuse("button_style")
    _check_action(action, button[action])
    kept: Json = {"text": button["text"], action: button[action]}
    for extra in ("style", "icon_custom_emoji_id"):
        if button.get(extra):
            kept[extra] = button[extra]
    return kept


def _check_action(action: str, value: Any) -> None:
    if action == "callback_data" and len(str(value).encode()) > DATA_LIMIT:
        raise refuse("button_data")
    if action == "url" and (why := link_fault(value)):
        raise refuse("button_url", url=value, why=why)
    if action == "pay":
        raise refuse("button_type")
    if action == "copy_text":
        text = value.get("text") if isinstance(value, dict) else None
        if not isinstance(text, str) or not 1 <= len(text) <= COPY_LIMIT:
            raise refuse("button_copy")


def _fixed(markup: Json) -> Json:
    rows = [[_fixed_button(button) for button in row] for row in _rows(markup, "keyboard")]
    if sum(map(len, rows)) > FIXED_LIMIT or max(map(len, rows), default=0) > FIXED_ROW_LIMIT:
        raise refuse("markup_long")
    if not rows:
        raise refuse("markup_object")
    return {**markup, "keyboard": rows}


def _fixed_button(button: Any) -> Json:
    if isinstance(button, str):
        return {"text": button}
    if not isinstance(button, dict) or not button.get("text"):
        raise refuse("button_bad", why='Can\'t find field "text"')
    if (wanted := button.get("request_chat")) is not None:
        _check_request(wanted)
    return button


def _check_request(wanted: Any) -> None:
    """KeyboardButtonRequestChat: which chat is asked for, and that the bot asks for no right that the person need not have."""
    for field in ("request_id", "chat_is_channel"):
        if not isinstance(wanted, dict) or field not in wanted:
            raise refuse("button_bad", why=f'Can\'t find field "{field}"')
    of_bot, of_user = (wanted.get(f"{who}_administrator_rights") or {} for who in ("bot", "user"))
    if any(value and not of_user.get(name) for name, value in of_bot.items()):
        raise refuse("rights_mismatch")
