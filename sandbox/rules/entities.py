"""Formatted text: the official server's HTML dialect, given entities, lengths, trimming."""

import re
from typing import Any

from sandbox.core.refusals import refuse
from sandbox.core.world import Json
from sandbox.rules import autolinks
from sandbox.rules.html_dialect import BrokenMarkup, parse_html, utf16
from sandbox.rules.links import checked_link, link_fault

RAW_LIMIT = 32_768  # bytes
TEXT_LIMIT = 4_096  # characters (code points) after parsing
CAPTION_LIMIT = 1_024
PREMIUM_CAPTION_LIMIT = 4_096  # of people with Telegram Premium
QUOTE_LIMIT = 1_024
KINDS = {
    "mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bold", "italic",
    "underline", "strikethrough", "spoiler", "blockquote", "expandable_blockquote", "code", "pre",
    "text_link", "text_mention", "custom_emoji", "date_time",
}  # fmt: skip
FOUND_BY_SERVER = {"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"}
ORDER = ("expandable_blockquote", "blockquote", "pre", "code")  # outermost first among equals
BLANK = " \t\n\r\v\0"
CONTROL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\r\u202a-\u202e]")

Text = tuple[str, list[Json]]


def formatted(text: str, parse_mode: str | None, given: Any, users: dict[int, Json]) -> Text:
    """Text and entities of a message. Raises ApiError."""
    if len(text) * 4 > RAW_LIMIT and len(text.encode()) > RAW_LIMIT:
        raise refuse("text_raw_long")
    mode = (parse_mode or "").lower()
    if mode not in ("", "html", "none"):
        raise (
            refuse("parse_mode")
            if mode not in ("markdown", "markdownv2")
            else refuse("not_implemented", what=f"parse_mode {parse_mode}: use HTML or entities")
        )
    if mode == "html":
        try:
            text, entities = parse_html(text)
        except BrokenMarkup as fault:
            raise refuse("entities", why=str(fault)) from None
    else:
        entities = given_entities(text, given, users)
    entities = [entity for entity in (_resolved(one, users) for one in entities) if entity is not None]
    text, entities = trimmed(text, entities)
    return text, with_links(text, entities)


def _resolved(entity: Json, users: dict[int, Json]) -> Json | None:
    """A mention of an unknown user and an invalid link are dropped without an error."""
    if entity["type"] == "text_mention":
        user = users.get(int(entity["user"]["id"]))
        return {**entity, "user": user} if user else None
    if entity["type"] == "text_link":
        url = checked_link(entity["url"])
        return {**entity, "url": url} if url else None
    return entity


def given_entities(text: str, given: Any, users: dict[int, Json]) -> list[Json]:
    """Entities from `entities` / `caption_entities`, checked against the text."""
    if not given:
        return []
    if not isinstance(given, list):
        raise refuse("json_field", field="entities")
    end = utf16(text)
    entities = [_given(text, one, end) for one in given if not _dropped(one)]
    for entity in entities:
        if entity["type"] == "text_mention" and users.get(int(entity["user"].get("id", 0))) is None:
            raise refuse("user_unknown")
    return entities


def _dropped(one: Any) -> bool:
    return isinstance(one, dict) and one.get("type") in FOUND_BY_SERVER  # the server detects these itself


def _given(text: str, one: Any, end: int) -> Json:
    if not isinstance(one, dict) or one.get("type") not in KINDS:
        raise refuse("entity_type")
    offset, length = int(one.get("offset", 0)), int(one.get("length", 0))
    if offset < 0:
        raise refuse("entity_offset", offset=offset)
    if offset > end:
        raise refuse("entity_begin", offset=offset)
    if offset + length > end:
        raise refuse("entity_end", offset=offset, end=offset + length)
    if splits_symbol(text, offset) or splits_symbol(text, offset + length):
        raise refuse("entity_middle", offset=offset, end=offset + length)
    entity: Json = {"type": one["type"], "offset": offset, "length": length}
    for kind, field in (("text_link", "url"), ("text_mention", "user"), ("custom_emoji", "custom_emoji_id")):
        if one["type"] == kind:
            if field not in one:
                raise refuse("entity_field", field=field)
            entity[field] = one[field]
    if one["type"] == "text_link" and (why := link_fault(one["url"])):
        raise refuse("entity_url", url=one["url"], why=why)
    if one["type"] == "date_time":
        if "unix_time" not in one:
            raise refuse("entity_field", field="unix_time")
        entity["unix_time"] = int(one["unix_time"])
    for field in ("language", "date_time_format"):
        if one.get(field):
            entity[field] = one[field]
    return entity


def splits_symbol(text: str, offset: int) -> bool:
    """Whether a UTF-16 offset is inside a surrogate pair."""
    if text.isascii():
        return False
    units = text.encode("utf-16-le")
    return 0 < offset * 2 < len(units) and 0xDC <= units[offset * 2 + 1] <= 0xDF


def trimmed(text: str, entities: list[Json]) -> Text:
    """Leading and trailing blanks removed, control characters blanked, entities moved and sorted."""
    if CONTROL.search(text):
        text = CONTROL.sub(lambda found: "" if found[0] == "\r" and not entities else " ", text)
    stripped = text.lstrip(BLANK)
    shift = utf16(text[: len(text) - len(stripped)])
    stripped = stripped.rstrip(BLANK)
    if len(stripped) == len(text) and not entities:
        return text, entities
    end = utf16(stripped)
    kept = []
    for entity in entities:
        start = max(entity["offset"] - shift, 0)
        stop = min(entity["offset"] + entity["length"] - shift, end)
        if stop > start:
            kept.append({**entity, "offset": start, "length": stop - start})
    kept.sort(key=lambda entity: (entity["offset"], -entity["length"], _rank(entity["type"])))
    return stripped, kept


def _rank(kind: str) -> int:
    return ORDER.index(kind) if kind in ORDER else len(ORDER)


def with_links(text: str, entities: list[Json]) -> list[Json]:
    """Adds what the server detects: links, commands, mentions, hashtags, e-mail addresses."""
    taken = [
        (entity["offset"], entity["offset"] + entity["length"])
        for entity in entities
        if entity["type"] in ("code", "pre", "text_link", "text_mention")
    ]
    found = [
        one for one in autolinks.find(text) if not any(_cross(one, start, stop) for start, stop in taken)
    ]
    if not found:
        return entities
    return sorted(
        entities + found, key=lambda entity: (entity["offset"], -entity["length"], _rank(entity["type"]))
    )


def _cross(entity: Json, start: int, stop: int) -> bool:
    return bool(entity["offset"] < stop and start < entity["offset"] + entity["length"])


def check_text(text: str) -> None:
    if not text:
        raise refuse("text_blank")
    if len(text) > TEXT_LIMIT:
        raise refuse("text_long")


def check_caption(text: str, limit: int = CAPTION_LIMIT) -> None:
    if len(text) > limit:
        raise refuse("caption_long")
