"""A Bot API method: its name, its fields, the function that executes it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from sandbox.core.box import Box
from sandbox.core.wire import CHAT, FLAG, INT, JSON, TEXT, Args, Spec
from sandbox.core.world import Json, Message

Result = bool | int | str | Json | list[Json] | Message
Handler = Callable[[Box, Args], Result | Awaitable[Result]]
H = TypeVar("H", bound=Handler)


@dataclass(frozen=True, slots=True)
class Method:
    name: str
    fields: Spec
    run: Handler


# Fields that change what a call means and are not implemented: refused, never ignored
NOT_BUILT_FIELDS = (
    "business_connection_id",
    "direct_messages_topic_id",
    "suggested_post_parameters",
    "message_effect_id",
    "allow_paid_broadcast",
    "checklist",
    "rich_message",
)
SENDING: Spec = {
    "chat_id": CHAT,
    "message_thread_id": INT,
    "disable_notification": FLAG,
    "protect_content": FLAG,
    "reply_parameters": JSON,
    "reply_to_message_id": INT,
    "allow_sending_without_reply": FLAG,
    "reply_markup": JSON,
    "ephemeral_message_parameters": JSON,
    "receiver_user_id": INT,
    "callback_query_id": TEXT,
}
TEXTUAL: Spec = {
    "text": TEXT,
    "parse_mode": TEXT,
    "entities": JSON,
    "link_preview_options": JSON,
    "disable_web_page_preview": FLAG,
}
CAPTIONED: Spec = {
    "caption": TEXT,
    "parse_mode": TEXT,
    "caption_entities": JSON,
    "show_caption_above_media": FLAG,
}


class Methods(dict[str, Method]):
    """The methods of one theme by their lower-case names."""

    def add(self, name: str, /, **fields: str | Spec) -> Callable[[H], H]:
        """Add a method; a keyword is a field and its kind, `_x=` a group of fields."""
        spec: Spec = {}
        for field, kind in fields.items():
            if isinstance(kind, dict):
                spec.update(kind)
            else:
                spec[field] = kind

        def register(run: H) -> H:
            self[name.lower()] = Method(name, spec, run)
            return run

        return register
