"""The table of Bot API methods: which are built, with which fields; which are known but answered 501."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from sandbox.core.facts import METHOD_NAMES
from sandbox.core.wire import CHAT, FLAG, INT, JSON, TEXT, Args, Spec

if TYPE_CHECKING:
    from sandbox.core.box import Box

Handler = Callable[["Box", Args], Any]
H = TypeVar("H", bound=Handler)


@dataclass(frozen=True, slots=True)
class Method:
    name: str
    fields: Spec
    run: Handler


METHODS: dict[str, Method] = {}
KNOWN = {name.lower(): name for name in METHOD_NAMES}

# Fields that change what a call means and are not built: refused aloud, never ignored
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


def method(name: str, /, **fields: str | Spec) -> Callable[[H], H]:
    """Register a Bot API method; a keyword is a field and its kind, `_x=` a whole group of fields."""
    spec: Spec = {}
    for field, kind in fields.items():
        if isinstance(kind, dict):
            spec.update(kind)
        else:
            spec[field] = kind

    def register(run: H) -> H:
        METHODS[name.lower()] = Method(name, spec, run)
        return run

    return register
